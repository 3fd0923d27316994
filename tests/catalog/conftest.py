"""A platform, its units and the national catalogue, made anew for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from urbangrid.catalog import actions, cache
from urbangrid.core.models import Platform


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """A rolled-back test leaves nothing in the cache of the process."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def platform(db: None) -> Platform:
    """A district platform."""
    return Platform.objects.create(code="110108", name="海淀区", short_name="海")


@pytest.fixture
def national(platform: Platform) -> Platform:
    """The platform with the national catalogue loaded."""
    actions.load_national()
    return platform
