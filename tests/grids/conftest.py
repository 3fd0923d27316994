"""Fixtures of the places: a platform and the made town."""

from __future__ import annotations

import pytest

from tests.grids.made_town import Town, make_town
from urbangrid.core.models import Platform


@pytest.fixture
def platform(db: None) -> Platform:
    return Platform.objects.create(code="990101", name="样城区", short_name="样城")


@pytest.fixture
def town(platform: Platform) -> Town:
    return make_town(platform)
