"""Rows that the stories of the catalogue need."""

from __future__ import annotations

from urbangrid.catalog import queries
from urbangrid.catalog.values import CategoryOption
from urbangrid.core import clock
from urbangrid.core.models import Platform
from urbangrid.grids.models import Division
from urbangrid.organizations.models import Unit


def unit(platform: Platform, code: str, name: str, short_name: str = "") -> Unit:
    """A department."""
    return Unit.objects.create(platform=platform, code=code, name=name, short_name=short_name or name, kind="department")


def division(platform: Platform, level: str, code: str, name: str) -> Division:
    """A division in force without outline."""
    return Division.objects.create(platform=platform, level=level, code=code, name=name, valid_from=clock.now())


def national_class(platform: Platform, kind: str, code: str) -> CategoryOption:
    """An offered class that must be there."""
    found = queries.find_class(platform.id, kind, code)
    assert found is not None
    return found
