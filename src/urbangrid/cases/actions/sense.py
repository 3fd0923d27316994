"""What typed numbers and times can mean at all."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.utils.timezone import make_aware

from urbangrid.core.errors import Refusal

DEGREES = {"longitude": 180, "device_longitude": 180, "latitude": 90, "device_latitude": 90}
YEARS = range(1900, 2100)
T = TypeVar("T")


def check(found: Any, labels: Mapping[str, Any]) -> None:
    """Degrees lie on Earth (NaN and infinity do not) and times in years that somebody can mean. Raises Refusal ``input_wrong``."""
    for name in (field.name for field in fields(found)):
        value = getattr(found, name)
        wrong = isinstance(value, float) and (not math.isfinite(value) or abs(value) > DEGREES.get(name, math.inf))
        if wrong or (isinstance(value, datetime) and value.year not in YEARS):
            raise Refusal("input_wrong", status=422, field=name, label=labels.get(name, name), value=str(value)[:60])


def moment(value: datetime) -> datetime:
    """The same instant in UTC: PostgreSQL takes no offset beyond 16 hours. One without a zone is the clock on the writer's wall."""
    return (value if value.tzinfo else make_aware(value)).astimezone(UTC)


def aware(found: T) -> T:
    """The same inputs with every time in UTC."""
    times = {
        field.name: moment(value)
        for field in fields(found)  # type: ignore[arg-type]
        if isinstance(value := getattr(found, field.name), datetime)
    }
    return replace(found, **times) if times else found  # type: ignore[type-var]
