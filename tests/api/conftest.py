"""The posts at the interface."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.city import City
from tests.support.desk import Desk


@pytest.fixture
def desk(city: City) -> Callable[[str], Desk]:
    """``desk("seat_agent")``: somebody of the cast with a token."""
    known: dict[str, Desk] = {}
    return lambda name: known.setdefault(name, Desk(city, name)) if name not in known else known[name]
