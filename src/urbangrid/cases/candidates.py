"""The units that come into question for a case, each by its ground (case-rules 13): what proposals weigh.

Asked are the units of one platform: the case's own, or those of the district that dispatches it on (model D, SZ-4.2).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from urbangrid.cases import planning, store, words
from urbangrid.cases.models import Case
from urbangrid.cases.processes import process_of
from urbangrid.cases.settlements import Settlement
from urbangrid.catalog import companies, responsibility_queries, sharing
from urbangrid.catalog import queries as catalog
from urbangrid.catalog.values import Service, Shares
from urbangrid.core.platforms import platform_of
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.queries import UnitInfo

PRECEDENTS = 50
"""How many of the newest cases of the same class and area are counted."""
CANDIDATES = 9
"""As many as there are number keys."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that came into question, as the record of a dispatch keeps it."""

    unit: UnitInfo
    basis: str
    words: str = ""
    rule: str = ""
    fit: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A case at an instant, and whose units are asked for."""

    case: Case
    platform_id: int
    at: datetime

    @property
    def areas(self) -> tuple[int, ...]:
        """Of the place, from the smallest to the largest."""
        case = self.case
        return tuple(number for number in (case.community_id, case.subdistrict_id, case.district_id) if number)

    @property
    def local(self) -> datetime:
        return self.at.astimezone(platform_of(self.case.platform_id).zone)

    def units(self, ids: Iterable[int]) -> list[UnitInfo]:
        """Those of ``ids`` that can be dispatched to, in their order."""
        return organizations.units(self.platform_id, list(ids))


def shares(asked: Asked) -> Shares:
    """The rows of the responsibility table with what their rules say here and now."""
    case = asked.case
    if case.category_id is None:
        return Shares((), None)
    road = case.road_grade or (sharing.OFF_ROAD if case.point is not None and not case.outside else "")
    return responsibility_queries.shares(asked.platform_id, case.category_id, sharing.Situation(asked.areas, road, asked.local))


def from_table(asked: Asked, found: Shares) -> list[Candidate]:
    """The table's units, best first."""
    units = {one.unit_id: one for one in asked.units(one.row.unit_id or 0 for one in found.ranked)}
    return [
        Candidate(
            units[one.row.unit_id], "table", " ".join(part for part in (one.row.division_name, one.row.entry_name, one.row.basis) if part),
            one.row.rule_text, one.fit.name.lower(),
        )
        for one in found.ranked
        if one.row.unit_id in units
    ]  # fmt: skip


def from_decisions(asked: Asked, decisions: Sequence[Settlement]) -> list[Candidate]:
    """Units that 权属会商 named: on this case first, then at this place."""
    units = {one.unit_id: one for one in asked.units(one.unit_id for one in decisions)}
    ordered = sorted(decisions, key=lambda one: (one.case_id != asked.case.pk, not one.here))
    return [Candidate(units[one.unit_id], "decision", one.words) for one in ordered if one.unit_id in units]


def from_register(asked: Asked) -> list[Candidate]:
    """Companies under contract that serve class and area; those that name the area before those for everywhere."""
    number = asked.case.category_id
    if number is None:
        return []
    listed = companies.services(asked.platform_id).values()
    serving = [one for one in listed if one.under_contract(asked.local.date()) and one.serves(number, asked.areas)]
    named = {one.unit_id: one for one in [one for one in serving if one.division_ids] or serving}
    return [Candidate(unit, "register", _of_company(named[unit.unit_id])) for unit in asked.units(named)]


def _of_company(service: Service) -> str:
    until = service.contract_to
    return str(words.COMPANY_UNTIL) % {"kind": service.kind, "day": until.isoformat()} if until else service.kind


def from_call(asked: Asked) -> list[Candidate]:
    """The unit that was called out before the case was filed: it is on its way (case-rules 11)."""
    case = asked.case
    if case.called_unit_id is None or case.called_at is None:
        return []
    at = case.called_at.astimezone(platform_of(case.platform_id).zone).strftime("%H:%M")
    return [
        Candidate(one, "call", str(words.CALLED) % {"time": at, "unit": one.short_name}) for one in asked.units([case.called_unit_id])
    ]


def from_district(asked: Asked) -> list[Candidate]:
    """The command centre of the district that the case lies in, for the city's dispatcher; nothing where no district commands there."""
    if asked.platform_id != asked.case.platform_id:
        return []
    centre = organizations.district_centre(asked.platform_id, asked.case.district_id)
    return [Candidate(centre, "territory", str(words.DISTRICT_OF_PLACE))] if centre is not None else []


def by_territory(case: Case) -> bool:
    """Whether the process lets the district of the position come before the unit of the matter (SZ-4.2c)."""
    chosen = catalog.find_category(case.category_id)
    return process_of(case.process_id).route_of(chosen.code if chosen else "") == "territory"


def from_territory(asked: Asked) -> list[Candidate]:
    """The unit whose own area is the smallest around the place; none where two share it, for an area alone does not choose."""
    for number in asked.areas:
        there = [one for one in organizations.all_units(asked.platform_id) if one.division_id == number and one.has_desk]
        if len(there) == 1:
            return [Candidate(there[0], "territory", there[0].division_name)]
    return []


def from_plan(asked: Asked) -> list[Candidate]:
    """派属地: under a plan that says so the unit of the place's own area, with the plan as the reason (case-rules 18)."""
    if asked.platform_id != asked.case.platform_id:
        return []
    plan = planning.of_case(asked.case, asked.at)
    if plan is None or not plan.to_territory:
        return []
    return [replace(one, basis="plan", words=plan.name) for one in from_territory(asked)]


def from_precedent(asked: Asked, past: Counter[int]) -> list[Candidate]:
    """The units of the newest cases, the most frequent first."""
    return [Candidate(unit, "precedent") for unit in asked.units(number for number, _n in past.most_common())]


def precedents(asked: Asked) -> Counter[int]:
    """How often which unit had the newest cases of the same class in the same sub-district. One statement."""
    case = asked.case
    if case.category_id is None:
        return Counter()
    rows = (
        store.rows(Case)
        .filter(
            platform_id=case.platform_id,
            category_id=case.category_id,
            subdistrict_id=case.subdistrict_id,
            handler_unit__platform_id=asked.platform_id,
            confidential=False,
        )
        .exclude(pk=case.pk)
        .order_by("-id")
        .values_list("handler_unit_id", flat=True)[:PRECEDENTS]
    )
    return Counter(number for number in rows if number is not None)


def once(found: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Each unit by its strongest ground."""
    units: dict[int, Candidate] = {}
    for one in found:
        units.setdefault(one.unit.unit_id, one)
    return tuple(units.values())[:CANDIDATES]
