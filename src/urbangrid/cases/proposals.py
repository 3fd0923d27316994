"""派遣建议: which unit should get a case, and why (case-rules 13). Every reason carries its numbers or its source."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count

from urbangrid.cases.models import Case, WorkItem
from urbangrid.cases.processes import process_of
from urbangrid.catalog import queries as catalog
from urbangrid.catalog.values import Responsible
from urbangrid.organizations import queries as organizations

PRECEDENTS = 50
"""How many of the newest cases of the same class and area are counted."""


@dataclass(frozen=True, slots=True)
class Why:
    """One ground: ``basis`` territory, table, precedent or load; ``agrees`` whether it speaks for the proposed unit."""

    basis: str
    words: str
    agrees: bool
    hits: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """A unit with its grounds, strongest first."""

    unit_id: int
    unit_name: str
    grounds: tuple[Why, ...]
    duty_phone: str = ""
    in_hand: int = 0
    calendar: str = ""


def first_choice(case: Case, platform_id: int | None = None) -> Choice | None:
    """The proposed unit alone: the one settled by 权属会商, else the district of the position where the route says so, else the
    responsibility table, where it is silent the precedent. ``platform_id``: whose units are asked for (default: the case's platform's)."""
    if case.settled_unit_id is not None:
        return Choice(case.settled_unit_id, "", ())
    centre = territory(case, platform_id)
    if centre is not None and by_territory(case):
        return Choice(centre.unit_id, centre.name, ())
    listed = _table(case, platform_id)
    if centre is not None and not listed:
        return Choice(centre.unit_id, centre.name, ())
    if listed:
        return Choice(listed[0].unit_id or 0, listed[0].unit_name, ())
    common = precedents(case, platform_id).most_common(1)
    return Choice(common[0][0], "", ()) if common else None


def territory(case: Case, platform_id: int | None) -> organizations.UnitInfo | None:
    """The command centre of the district that the case lies in, for the city's dispatcher; None where no district commands there."""
    if platform_id not in (None, case.platform_id):
        return None
    return organizations.district_centre(case.platform_id, case.district_id)


def by_territory(case: Case) -> bool:
    """Whether the process lets the district of the position come before the unit of the matter (SZ-4.2c)."""
    chosen = catalog.find_category(case.category_id)
    return process_of(case.process_id).route_of(chosen.code if chosen else "") == "territory"


def _table(case: Case, platform_id: int | None) -> list[Responsible]:
    if case.category_id is None:
        return []
    areas = [number for number in (case.community_id, case.subdistrict_id, case.district_id) if number]
    return [row for row in catalog.responsible_units(platform_id or case.platform_id, case.category_id, areas) if row.unit_id]


def precedents(case: Case, platform_id: int | None = None) -> Counter[int]:
    """How often which unit had the newest cases of the same class in the same sub-district."""
    if case.category_id is None:
        return Counter()
    rows = (
        Case.objects.filter(
            platform_id=case.platform_id,
            category_id=case.category_id,
            subdistrict_id=case.subdistrict_id,
            handler_unit__platform_id=platform_id or case.platform_id,
            confidential=False,
        )
        .exclude(pk=case.pk)
        .order_by("-id")
        .values_list("handler_unit_id", flat=True)[:PRECEDENTS]
    )
    return Counter(number for number in rows if number is not None)


def choices(case: Case, most: int = 4, platform_id: int | None = None) -> list[Choice]:
    """Proposed units with their grounds: first the table's, then the precedent's; at most ``most``. Three statements. Where a district
    commands, it and the unit of the matter are both shown, in the order of the route."""
    listed, past = _table(case, platform_id), precedents(case, platform_id)
    order = list(dict.fromkeys([row.unit_id for row in listed if row.unit_id] + [number for number, _ in past.most_common()]))
    centre = territory(case, platform_id)
    if centre is not None:
        order.insert(0 if by_territory(case) else 1, centre.unit_id)
    order = order[:most]
    units = {unit.unit_id: unit for unit in organizations.units(platform_id or case.platform_id, order)}
    loads = dict(
        WorkItem.objects.filter(closed_at=None, unit_id__in=order, kind__in=("receive", "dispose", "district_dispatch"))
        .values_list("unit_id")
        .annotate(n=Count("id"))
        .order_by()
    )
    return [_choice(units[number], listed, past, loads.get(number, 0)) for number in order if number in units]


def _choice(unit: organizations.UnitInfo, listed: list[Responsible], past: Counter[int], load: int) -> Choice:
    grounds = []
    if unit.is_district:
        grounds.append(Why("territory", "", True))
    entry = next((row for row in listed if row.unit_id == unit.unit_id), None)
    if entry is not None:
        where = entry.division_name or ""
        grounds.append(Why("table", " ".join(part for part in (where, entry.entry_name, entry.basis) if part), True))
    total = sum(past.values())
    if total and not unit.is_district:
        grounds.append(Why("precedent", "", past[unit.unit_id] * 2 > total, past[unit.unit_id], total))
    grounds.append(Why("load", "", True, load))
    return Choice(unit.unit_id, unit.name, tuple(grounds), unit.duty_phone, load, unit.calendar_code)
