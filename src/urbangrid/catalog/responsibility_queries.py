"""Who has to deal with a class and where: answers from the responsibility table (责任清单), remembered per process (cache.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Q

from urbangrid.catalog import cache, queries, settled, sharing
from urbangrid.catalog.models import Responsibility
from urbangrid.catalog.settled import Unsettled
from urbangrid.catalog.sharing import Situation
from urbangrid.catalog.values import CategoryOption, Handbook, Responsible, Shares
from urbangrid.core import clock
from urbangrid.grids.models import Division


def handbook(category_id: int, platform_id: int | None = None, division_ids: Sequence[int] = ()) -> Handbook:
    """Filing condition, limit, closing condition and responsible units of a class (JJ-5.3-2, CY-2.2b)."""
    units = responsible_units(platform_id, category_id, division_ids) if platform_id is not None else []
    return Handbook(queries.category(category_id), tuple(queries.conditions_of(category_id, platform_id)), tuple(units))


def responsible_units(platform_id: int, category_id: int, division_ids: Sequence[int]) -> list[Responsible]:
    """Units of the responsibility table now, the smallest area first, rows for everywhere last, each unit once.

    ``division_ids`` are the areas of the place from the smallest to the largest. A class without rows of its own uses
    those of the national class that it is matched to. Conditions are not judged here; `shares` does.
    """
    nearness: dict[int | None, int] = {id: place for place, id in enumerate(division_ids)}
    nearness[None] = len(division_ids)
    fitting = [row for row in _responsible_rows(platform_id, category_id, clock.now()) if row.division_id in nearness]
    found: dict[object, Responsible] = {}
    for row in sorted(fitting, key=lambda row: nearness[row.division_id]):
        found.setdefault(row.unit_key, row)
    return list(found.values())


def shares(platform_id: int, category_id: int, situation: Situation) -> Shares:
    """The units of a class at a place and instant with what their conditions say there, and the one that decides (sharing.py)."""
    ranked = sharing.rank(_responsible_rows(platform_id, category_id, situation.local), situation)
    return Shares(tuple(sharing.each_unit_once(ranked)), sharing.decided(ranked))


def _responsible_rows(platform_id: int, category_id: int, at: datetime) -> list[Responsible]:
    rows = _responsibilities(platform_id)
    listed = [row for row in rows.get(category_id, ()) if row.in_force(at)]
    if not listed:
        equivalent = queries.category(category_id).equivalent_id
        listed = [row for row in rows.get(equivalent, ()) if row.in_force(at)] if equivalent is not None else []
    return listed


def _responsibilities(platform_id: int) -> Mapping[int, tuple[Responsible, ...]]:
    """The rows of a platform by class, in the order of the table, those that ended left out."""

    def make() -> Mapping[int, tuple[Responsible, ...]]:
        rows: dict[int, tuple[Responsible, ...]] = {}
        listed = Responsibility.objects.filter(not_ended(), platform_id=platform_id).exclude(category=None)
        for row in listed.select_related("division").defer("division__geom").order_by("position", "id"):
            assert row.category_id is not None
            rows[row.category_id] = (*rows.get(row.category_id, ()), responsible(row))
        return rows

    return cache.remembered(("responsibilities", platform_id), make)


def unsettled(platform_id: int) -> list[tuple[CategoryOption, Unsettled]]:
    """待明确 over all offered classes, in their order: areas without exactly one main unit (SY-6.4b, settled.py)."""
    areas = Division.objects.filter(platform_id=platform_id, level="subdistrict", valid_to=None).values_list("id", flat=True)
    ids, now = list(areas), clock.now()
    return [
        (option, one)
        for option in queries.category_options(platform_id)
        for one in settled.unsettled(option.id, _responsible_rows(platform_id, option.id, now), ids)
    ]


def not_ended() -> Q:
    """Rows in force, or to be so from a later day."""
    return Q(valid_to=None) | Q(valid_to__gt=clock.now())


def responsible(row: Responsibility) -> Responsible:
    """The value of a row whose division is loaded."""
    return Responsible(
        unit_id=row.unit_id, unit_name=row.unit_name, entry_name=row.entry_name, division_id=row.division_id,
        division_name=row.division.name if row.division else "", basis=row.basis, row_id=row.id, position=row.position,
        is_main=row.is_main, rule=row.rule, conditions=conditions_of_row(row), valid_from=row.valid_from, valid_to=row.valid_to,
    )  # fmt: skip


def conditions_of_row(row: Responsibility) -> sharing.Conditions:
    """The conditions of a row as the rules read them."""
    return sharing.Conditions(frozenset(row.roads), frozenset(row.weekdays), row.from_minute, row.to_minute, row.owner)
