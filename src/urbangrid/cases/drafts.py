"""What was typed when somebody else was first; kept until it is used or thrown away (architecture §3.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from urbangrid.cases.models import Draft
from urbangrid.core import clock
from urbangrid.organizations.acting import Acting

MOST_BYTES = 40_000


def keep(acting: Acting, key: str, case_id: int | None, inputs: Mapping[str, Any]) -> None:
    """Keep typed inputs under a key of the person; a newer draft replaces the older."""
    plain = {name: value if isinstance(value, str | bool | int | list) else str(value) for name, value in inputs.items()}
    if len(str(plain)) > MOST_BYTES:
        plain = {name: str(value)[:4000] for name, value in plain.items()}
    Draft.objects.update_or_create(
        user_id=acting.user_id, key=key[:60], defaults={"case_id": case_id, "inputs": plain, "saved_at": clock.now()}
    )


def find(acting: Acting, key: str) -> dict[str, Any] | None:
    """The person's draft under a key."""
    found = Draft.objects.filter(user_id=acting.user_id, key=key[:60]).values_list("inputs", flat=True).first()
    return None if found is None else dict(found)


def forget(acting: Acting, key: str) -> None:
    """Thrown away, or used up."""
    Draft.objects.filter(user_id=acting.user_id, key=key[:60]).delete()
