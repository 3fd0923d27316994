"""派遣建议: which unit should get a case, and why (case-rules 13). Every ground carries its numbers or its source.

Asked in this order; the first that answers is proposed, the others stand beside it:

1. a decision of 权属会商 on this case; the unit that was called out before the filing (先派后补); a decision on a case of the class at
   this very place (settlements); then the territory's unit where a plan (预案) says so;
2. the responsibility table with its rules (catalog.sharing); before it the district of the position where the route says so (SZ-4.2c);
3. such a decision on a case of the class in the sub-district, where the table leaves it open or is silent. Where the table lists several
   units and nothing decides, nobody is proposed and the dispatcher chooses among them with a reason (CY-A2-x);
4. the district of the position, where districts dispatch on; the register of companies: classes and areas served, while the contract
   runs (CY-2.2d);
5. territory: a unit whose own area the place lies in, the smallest first;
6. precedent: who had the newest cases of the same class in the same sub-district.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Count

from urbangrid.cases import candidates, clocks, settlements, words
from urbangrid.cases.candidates import Asked, Candidate
from urbangrid.cases.models import Case, WorkItem
from urbangrid.cases.settlements import Settlement
from urbangrid.catalog import companies
from urbangrid.core import clock
from urbangrid.core.platforms import platform_of
from urbangrid.organizations import queries as organizations


@dataclass(frozen=True, slots=True)
class Why:
    """One ground: ``basis`` decision, call, table, register, territory, precedent or load; ``agrees`` whether it speaks for the unit;
    ``case_number``: of the case that a decision was taken on."""

    basis: str
    words: str
    agrees: bool
    hits: int = 0
    total: int = 0
    case_number: str = ""

    @property
    def label(self) -> str:
        return str(words.PROPOSAL_BASES[self.basis])


@dataclass(frozen=True, slots=True)
class Choice:
    """A unit with its grounds, strongest first, and who answers there.

    ``rule``: the table's words on when this unit; ``fit``: whether they hold here (holds, untold, fails; sent_back: by this unit; empty:
    not in the table); ``on_duty``: at work now by the unit's calendar.
    """

    unit_id: int
    unit_name: str
    grounds: tuple[Why, ...]
    duty_phone: str = ""
    in_hand: int = 0
    calendar: str = ""
    duty_name: str = ""
    on_duty: bool = False
    rule: str = ""
    fit: str = ""
    proposed: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """The proposed unit and what it rests on, and all that came into question, best first.

    ``open``: the table lists several and nothing decides; whoever dispatches says why she chose.
    """

    unit_id: int | None
    basis: str
    candidates: tuple[Candidate, ...]
    open: bool = False
    past: Counter[int] = field(default_factory=Counter)
    decisions: Mapping[int, Settlement] = field(default_factory=dict)
    back: frozenset[int] = frozenset()
    """Units that sent the case back, and districts that returned it."""

    @property
    def rule(self) -> str:
        """Why the proposed unit, in words."""
        return next((one.rule or one.words for one in self.candidates if one.unit.unit_id == self.unit_id), "")


def decide(case: Case, at: datetime | None = None, platform_id: int | None = None) -> Decision:
    """What is proposed for a case at an instant. Two statements at most, three for a case that came back, one more where
    districts command (which of them returned it).

    ``platform_id``: whose units are asked for, a district's that dispatches on (default: the case's platform's).
    """
    asked = Asked(case, platform_id or case.platform_id, at or clock.now())
    decisions, back = settlements.of_class(case), settlements.sent_back(case) | settlements.returned(case)
    shares, centre = candidates.shares(asked), candidates.from_district(asked)
    listed = [*candidates.from_table(asked, shares), *centre, *candidates.from_register(asked), *candidates.from_territory(asked)]
    planned = [_after(one, back) for one in candidates.from_plan(asked)]
    called = [_after(one, back) for one in candidates.from_call(asked)]
    found = candidates.once([*candidates.from_decisions(asked, decisions), *called, *planned, *(_after(one, back) for one in listed)])
    known = Known(
        table=shares.decided.unit_id if shares.decided else None, own=case.settled_unit_id,
        near=frozenset(one.unit_id for one in decisions if one.here), plan=planned[0].unit.unit_id if planned else None,
        called=called[0].unit.unit_id if called else None,
        route=centre[0].unit.unit_id if centre and candidates.by_territory(case) else None,
    )  # fmt: skip
    first, undecided = choose(found, known)
    past = Counter[int]()
    if len(found) != 1:
        past = candidates.precedents(asked)
        found = candidates.once([*found, *(_after(one, back) for one in candidates.from_precedent(asked, past))])
    if first is None and not undecided:
        first = next((one for one in found if one.basis == "precedent" and one.fit == ""), None)
        first = first or next((one for one in found if one.fit == "untold"), None)
    named = {one.unit_id: one for one in reversed(decisions)}
    return Decision(first.unit.unit_id if first else None, first.basis if first else "", found, undecided, past, named, back)


@dataclass(frozen=True, slots=True)
class Known:
    """Units that something speaks for: the table decides on, a decision named for this very case (``own``) or place (``near``), a plan
    (预案) sends to, the route of the process sends to (the district of the position)."""

    table: int | None = None
    own: int | None = None
    near: frozenset[int] = frozenset()
    plan: int | None = None
    route: int | None = None
    called: int | None = None
    """Called out before filing (先派后补)."""


def choose(found: Sequence[Candidate], known: Known) -> tuple[Candidate | None, bool]:
    """The candidate that is proposed, and whether several stand equal so that the dispatcher has to choose."""
    fitting = [one for one in found if one.fit in ("", "holds")]
    by_basis = {basis: [one for one in fitting if one.basis == basis] for basis in ("decision", "register", "territory")}
    settled, district = by_basis["decision"], [one for one in fitting if one.unit.is_district]
    strongest = (
        [one for one in settled if one.unit.unit_id == known.own],
        [one for one in fitting if one.unit.unit_id == known.called],
        [one for one in settled if one.unit.unit_id in known.near],
        [one for one in fitting if one.unit.unit_id == known.plan],
        [one for one in district if one.unit.unit_id == known.route],
        [one for one in fitting if one.unit.unit_id == known.table],
        settled[:1],
    )
    for rows in strongest:
        if rows:
            return rows[0], False
    in_question = [one for one in found if one.basis == "table" and one.fit in ("holds", "untold")]
    for rows in (in_question, district, by_basis["register"], by_basis["territory"]):
        if len(rows) > 1:
            return None, True
        if rows and rows[0].fit != "untold":
            return rows[0], False
    return None, False


def _after(one: Candidate, back: Container[int]) -> Candidate:
    """A unit that sent this case back is shown and not proposed again (case-rules 14)."""
    return replace(one, fit="sent_back") if one.unit.unit_id in back else one


def choices(case: Case, at: datetime | None = None, *, platform_id: int | None = None) -> list[Choice]:
    """The units in question, as ``weighed`` gives them."""
    return weighed(case, at, platform_id=platform_id)[0]


def weighed(case: Case, at: datetime | None = None, *, platform_id: int | None = None) -> tuple[list[Choice], bool]:
    """The units in question with grounds, telephone and duty, the proposed one first; and whether several stand open, so that whoever
    dispatches says why she chose. Four statements. ``platform_id``: as `decide`."""
    at, asked_of = at or clock.now(), platform_id or case.platform_id
    decision = decide(case, at, asked_of)
    decision = decision if decision.past else replace(decision, past=candidates.precedents(Asked(case, asked_of, at)))
    order = [one.unit.unit_id for one in decision.candidates]
    loads = dict(
        WorkItem.objects.filter(closed_at=None, unit_id__in=order, kind__in=("receive", "dispose", "district_dispatch"))
        .values_list("unit_id")
        .annotate(n=Count("id"))
        .order_by()
    )
    found = [_choice(Asked(case, asked_of, at), decision, one, loads.get(one.unit.unit_id, 0)) for one in decision.candidates]
    return sorted(found, key=lambda one: not one.proposed), decision.open


def _choice(asked: Asked, decision: Decision, one: Candidate, load: int) -> Choice:
    unit, code = one.unit, one.unit.calendar_code
    service = companies.services(asked.platform_id).get(unit.unit_id)
    phone = service.duty_phone if service and service.duty_phone else unit.duty_phone
    name = service.duty_name if service and service.duty_name else organizations.duty_person(asked.platform_id, unit.unit_id)
    working = clocks.working_at(asked.case.platform_id, code, platform_of(asked.case.platform_id).zone, asked.at)
    grounds = (*_grounds(decision, one), Why("load", "", True, load))
    proposed = unit.unit_id == decision.unit_id
    return Choice(unit.unit_id, unit.name, grounds, phone, load, code, name, working, one.rule, one.fit, proposed)


def _grounds(decision: Decision, one: Candidate) -> Iterator[Why]:
    """The grounds of a unit, strongest first."""
    settled = decision.decisions.get(one.unit.unit_id)
    if settled is not None:
        yield Why("decision", settled.words, True, case_number=settled.number)
    if one.basis not in ("decision", "precedent"):
        yield Why(one.basis, one.words, one.fit in ("", "holds"))
    hits, total = decision.past[one.unit.unit_id], sum(decision.past.values())
    if total and not one.unit.is_district:
        yield Why("precedent", "", hits * 2 > total, hits, total)
