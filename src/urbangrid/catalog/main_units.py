"""The one unit that answers for a class everywhere, as a survey of workflows names it (CY-9)."""

from __future__ import annotations

from django.db.models import Max

from urbangrid.catalog import cache
from urbangrid.catalog.models import Responsibility
from urbangrid.catalog.values import CategoryOption


def put(platform_id: int, category: CategoryOption, unit_id: int, unit_name: str, basis: str) -> bool:
    """Make a unit the one of a class in no particular area; rows of single areas stay. False where it was already."""
    everywhere = Responsibility.objects.filter(platform_id=platform_id, category_id=category.id, division=None)
    if list(everywhere.values_list("unit_id", flat=True)) == [unit_id]:
        return False
    everywhere.delete()
    last = Responsibility.objects.filter(platform_id=platform_id).aggregate(last=Max("position"))["last"] or 0
    Responsibility.objects.create(
        platform_id=platform_id, category_id=category.id, entry_name=category.name, kind=category.kind, code=category.code,
        unit_id=unit_id, unit_name=unit_name, position=last + 1, basis=basis,
    )  # fmt: skip
    cache.changed()
    return True


def name_of(platform_id: int, category_id: int) -> str:
    """The table's word for that unit; empty where there is none."""
    rows = Responsibility.objects.filter(platform_id=platform_id, category_id=category_id, division=None).order_by("position", "id")
    return rows.values_list("unit_name", flat=True).first() or ""
