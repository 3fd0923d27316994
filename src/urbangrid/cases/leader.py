"""What the leader's page tells: the worst three with whom to call, what is late in whose hands, her own instructions (desks.md L2, L4).

Sums come from ``day_figures``; here they get names, holders, telephones and the case that a 批示 about them goes to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from urbangrid.cases import access, day_figures, day_rules, ledgers, today, words
from urbangrid.cases.day_figures import Late
from urbangrid.cases.day_rules import RoadWeek, UnitWeek
from urbangrid.cases.models import Case, CaseRequest, RecordSecret, WorkItem
from urbangrid.cases.rows import Light, light_of, title_of
from urbangrid.cases.today import Stuck
from urbangrid.catalog import queries as catalog
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting

LATE_UNITS = 7
"""Rows of the table; the others stand in one more."""
ANSWERS = "answer_order"
"""Duty of who can be given an instruction."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a 批示 goes: a case as it stood at ``seq``, and the unit; ``unit_id`` None: whoever has the case."""

    case_id: int
    seq: int
    number: str
    unit_id: int | None
    unit: str


@dataclass(frozen=True, slots=True)
class Person:
    """Whom to call; the unit's duty telephone where nobody gave a number."""

    unit: str
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class CaseTold:
    """A case in the words of the page; ``held``: None where nothing is open on it."""

    case_id: int
    seq: int
    number: str
    title: str
    place: str
    unit_id: int | None
    unit: str
    since: datetime
    due_at: datetime | None
    fenced: bool
    held: Stuck | None


@dataclass(frozen=True, slots=True)
class WorstUnit:
    week: UnitWeek
    late: int
    common: str
    person: Person
    target: Target | None


@dataclass(frozen=True, slots=True)
class WorstRoad:
    week: RoadWeek
    common: tuple[str, ...]
    person: Person
    target: Target | None


@dataclass(frozen=True, slots=True)
class WorstDanger:
    case: CaseTold
    now: datetime
    person: Person
    target: Target | None

    @property
    def waited_seconds(self) -> int:
        return int((self.now - self.case.since).total_seconds())


@dataclass(frozen=True, slots=True)
class LateRow:
    """A unit with late cases; ``share``: of the longest bar, percent; ``late_seconds``: how long the oldest is over its limit."""

    unit_id: int | None
    unit: str
    phone: str
    count: int
    share: int
    late_seconds: int
    oldest: CaseTold | None


@dataclass(frozen=True, slots=True)
class Worst:
    """各最差一件; None where the week knows none."""

    unit: WorstUnit | None
    road: WorstRoad | None
    danger: WorstDanger | None


@dataclass(frozen=True, slots=True)
class Hands:
    """在谁手里: rows of the units, and how many cases lie in units beyond the table."""

    rows: tuple[LateRow, ...]
    others: int


_TOLD = (
    "seq", "number", "category_id", "condition_id", "place_text", "road_name", "handler_unit__short_name", "opened_at", "reported_at",
    "due_at", "fenced_at", "platform_id",
)  # fmt: skip


def told(acting: Acting, ids: Sequence[int], now: datetime) -> dict[int, CaseTold]:
    """Readable cases with who holds them; two statements."""
    if not ids:
        return {}
    held = today.holding(ids, now)
    rows = access.visible_to(acting).filter(pk__in=list(ids)).select_related("handler_unit").only(*_TOLD)
    return {row.pk: _told(row, held.get(row.pk)) for row in rows}


def _told(row: Case, held: Stuck | None) -> CaseTold:
    return CaseTold(
        case_id=row.pk, seq=row.seq, number=row.number or "", title=title_of(row.category_id, row.condition_id),
        place=row.place_text or row.road_name, unit_id=row.handler_unit_id, unit=row.handler_unit.short_name if row.handler_unit else "",
        since=row.reported_at or row.opened_at, due_at=row.due_at, fenced=row.fenced_at is not None, held=held,
    )  # fmt: skip


def view(acting: Acting, found: Late, last: date, now: datetime) -> tuple[Worst, Hands]:
    """The worst three of the seven days that end with ``last``, and the late units; nine statements at most."""
    unit = day_rules.worst_unit(day_figures.units_of_week(acting, last), day_figures.compared_from(acting))
    road = next(iter(day_rules.worst_roads(day_figures.roads_of_week(acting, last), 1)), None)
    danger = day_figures.dangers(acting).values_list("pk", flat=True).first()
    shown = found.units[:LATE_UNITS]
    of_unit = None if unit is None else _case_of_unit(acting, found, unit.unit_id, last)
    of_road = None if road is None else _case_of_road(acting, road, last)
    ids = [one for one in (*(row.oldest_id for row in shown), danger, of_unit, of_road) if one is not None]
    known = told(acting, list(dict.fromkeys(ids)), now)
    people = _people(acting, unit, road)
    worst = Worst(
        None if unit is None else _unit(unit, found, known.get(of_unit or 0), people),
        None if road is None else _road(acting, road, known.get(of_road or 0), people),
        _danger(known[danger], now) if danger in known else None,
    )
    return worst, hands(shown, found.total, known, now)


def hands(shown: Sequence[day_figures.LateUnit], total: int, known: Mapping[int, CaseTold], now: datetime) -> Hands:
    """The rows of the table; ``total``: late cases of all units."""
    most = max((row.count for row in shown), default=1)
    rows = tuple(
        LateRow(
            row.unit_id, row.unit, row.phone, row.count, max(round(100 * row.count / most), 4),
            int((now - row.oldest_due).total_seconds()), known.get(row.oldest_id),
        )
        for row in shown
    )  # fmt: skip
    return Hands(rows, total - sum(row.count for row in shown))


def _case_of_unit(acting: Acting, found: Late, unit_id: int, last: date) -> int | None:
    """The case that an instruction about a unit begins from: its longest late one, else the last that it fed back late."""
    late = next((row.oldest_id for row in found.units if row.unit_id == unit_id), None)
    if late is not None:
        return late
    fed_back = day_figures.judged_of_unit(acting, last, unit_id).order_by("on_time", "-disposed_at")
    return fed_back.values_list("pk", flat=True).first()


def _case_of_road(acting: Acting, road: RoadWeek, last: date) -> int | None:
    """The newest repeated one there, an open one first."""
    again = day_figures.on_road(acting, last, road.road, road.subdistrict_id).filter(repeat=True)
    return again.order_by("-closed_at", "-id").values_list("pk", flat=True).first()  # NULL, still open, comes first


def office(acting: Acting, subdistrict_id: int | None) -> int | None:
    """The office that answers for a road."""
    return organizations.office_of(acting.cases_platform_id, subdistrict_id)


def _people(acting: Acting, unit: UnitWeek | None, road: RoadWeek | None) -> dict[int, Person]:
    found = [unit.unit_id if unit is not None else None, office(acting, road.subdistrict_id) if road is not None else None]
    return people([one for one in found if one is not None])


def people(unit_ids: Sequence[int]) -> dict[int, Person]:
    """Whom to call in each unit: who is at work and gave a number first; one statement."""
    made = {}
    for contact in organizations.contacts(list(dict.fromkeys(unit_ids))):
        reached = sorted(contact.people, key=lambda one: (not one.on_duty, not one.phone))
        first = next(iter(reached), None)
        phone = (first.phone if first is not None else "") or contact.duty_phone
        made[contact.unit_id] = Person(organizations.unit(contact.unit_id).short_name, first.name if first is not None else "", phone)
    return made


NOBODY = Person("", "", "")


def _target(case: CaseTold | None, unit_id: int | None, unit: str) -> Target | None:
    return None if case is None else Target(case.case_id, case.seq, case.number, unit_id, unit)


def _unit(week: UnitWeek, found: Late, case: CaseTold | None, known: Mapping[int, Person]) -> WorstUnit:
    late = next((row for row in found.units if row.unit_id == week.unit_id), None)
    common = catalog.category(late.common).name if late is not None and late.common is not None else ""
    target = _target(case, week.unit_id, week.unit)
    return WorstUnit(week, late.count if late is not None else 0, common, known.get(week.unit_id, NOBODY), target)


def _road(acting: Acting, week: RoadWeek, case: CaseTold | None, known: Mapping[int, Person]) -> WorstRoad:
    """An instruction goes to the sub-district's office where it can answer one, else to who has the case."""
    names = tuple(catalog.category(one).name for one in week.common)
    there = office(acting, week.subdistrict_id)
    person = known.get(there or 0, NOBODY)
    if there is not None and organizations.has_duty(there, ANSWERS):
        return WorstRoad(week, names, person, _target(case, there, person.unit))
    return WorstRoad(week, names, person, _target(case, None, case.unit if case is not None else ""))


def _danger(case: CaseTold, now: datetime) -> WorstDanger:
    held = case.held
    unit, _dot, name = held.holder.partition("·") if held is not None else ("", "", "")
    person = Person(unit, name, held.phone if held is not None else "")
    return WorstDanger(case, now, person, _target(case, None, case.unit or unit))


# --- 我的批示 ---


@dataclass(frozen=True, slots=True)
class Instruction:
    """An instruction of one's own that is not accepted yet. ``answered``: it waits for 认可 or 再批 (``item_id``)."""

    request_id: int
    case_id: int
    seq: int
    number: str
    words: str
    unit: str
    place: str
    answered: bool
    seen_at: datetime | None
    item_id: int | None
    light: Light
    until: datetime | None
    answered_at: datetime | None
    aside: str


@dataclass(frozen=True, slots=True)
class Own:
    """One's own instructions: the open ones first due, and how many there ever were."""

    open: tuple[Instruction, ...]
    waiting: int
    total: int


def own_instructions(acting: Acting, now: datetime, most: int = 4) -> Own:
    """我的批示: open until the answer is accepted (desks.md L4); four statements."""
    mine = ledgers.visible(acting).filter(kind="instruction", asked_by_id=acting.appointment_id)
    still = mine.filter(ledgers.is_open())
    ordered = still.select_related("case", "target_unit").defer("case__words", "case__description", "case__last_hash")
    rows = list(ordered.order_by("state", "until", "id")[:most])  # "answered" before "waiting"
    ids = [row.pk for row in rows]
    items = {item.request_id: item for item in WorkItem.objects.filter(request_id__in=ids, closed_at=None).order_by("id")}
    texts = RecordSecret.objects.filter(case_id__in={row.case_id for row in rows}, name="note", erased_at=None)
    said = {(text.case_id, text.seq): text.value for text in texts} if rows else {}
    total = mine.count()
    return Own(
        tuple(_instruction(row, items.get(row.pk), said, now) for row in rows), len(rows) if len(rows) < most else still.count(), total
    )


def _instruction(row: CaseRequest, item: WorkItem | None, said: Mapping[tuple[int, int], str], now: datetime) -> Instruction:
    case, answered = row.case, row.state == "answered"
    held = case.aside if case.aside in words.ASIDES else ""
    light = light_of(item.due_at, item.warn_at, now, paused=item.paused) if item is not None else light_of(row.until, None, now)
    return Instruction(
        request_id=row.pk, case_id=case.pk, seq=case.seq, number=row.number, words=said.get((case.pk, row.asked_seq), ""),
        unit=row.target_unit.short_name if row.target_unit else "", place=case.place_text or title_of(case.category_id, case.condition_id),
        answered=answered, seen_at=item.seen_at if item is not None and not answered else None, item_id=item.pk if item else None,
        light=light, until=row.until, answered_at=item.opened_at if answered and item is not None else None,
        aside=str(words.ASIDES[held]) if held else "",
    )  # fmt: skip
