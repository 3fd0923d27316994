"""The one unit that answers for a class everywhere, as a survey of workflows names it (CY-9)."""

from __future__ import annotations

from django.db.models import Max, Q, QuerySet

from urbangrid.catalog import cache, responsibility, responsibility_queries
from urbangrid.catalog.models import Responsibility
from urbangrid.catalog.values import CategoryOption
from urbangrid.core import clock


def put(platform_id: int, category: CategoryOption, unit_id: int, unit_name: str, basis: str) -> bool:
    """Make a unit the one of a class in no particular area; rows of single areas and rows with rules stay, the former rows end now.

    False where it was already.
    """
    responsibility.lock(platform_id)
    former = list(_everywhere(platform_id, category.id))
    if [row.unit_id for row in former] == [unit_id]:
        return False
    now = clock.now()
    for row in former:
        responsibility.end(row, now, now)
    Responsibility.objects.bulk_update(former, ["valid_to"])
    last = Responsibility.objects.filter(platform_id=platform_id).aggregate(last=Max("position"))["last"] or 0
    Responsibility.objects.create(
        platform_id=platform_id, category_id=category.id, entry_name=category.name, kind=category.kind, code=category.code,
        unit_id=unit_id, unit_name=unit_name, position=last + 1, basis=basis, valid_from=now, replaces=former[0] if former else None,
    )  # fmt: skip
    cache.changed()
    return True


def name_of(platform_id: int, category_id: int) -> str:
    """The table's word for that unit; empty where there is none."""
    return _everywhere(platform_id, category_id).values_list("unit_name", flat=True).first() or ""


def _everywhere(platform_id: int, category_id: int) -> QuerySet[Responsibility]:
    plain = Q(roads=[], weekdays=[], from_minute=None, owner="")
    now = responsibility_queries.not_ended()
    rows = Responsibility.objects.filter(now, plain, platform_id=platform_id, category_id=category_id, division=None)
    return rows.order_by("-is_main", "position", "id")
