"""值班表: shifts, how many each wants, who works when; checked against gaps, overlaps, rest and leave (case-rules 23).

Who has the duty ``roster`` (排班) plans for her own unit and those below it. What kind of day it is comes from the caller, who asks
the one calendar (``catalog``, which stands above this package).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from django.db import transaction
from django.db.models import Q

from urbangrid.audit.actions import note
from urbangrid.core import clock
from urbangrid.core.errors import NotAllowed, NotFound, Refusal
from urbangrid.core.platforms import platform_of
from urbangrid.organizations import attending, queries, shift_messages, shifts
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.engaged import Engaged, granted
from urbangrid.organizations.models import Appointment, Leave, Post, Shift, Staffing, Turn, Unit
from urbangrid.organizations.queries import in_force
from urbangrid.organizations.shifts import Gap, Planned, Span, Wanted

__all__ = [
    "DUTY",
    "Faults",
    "Plan", "Team",
    "add",
    "around",
    "check",
    "days_of",
    "drop",
    "faults",
    "fill",
    "find",
    "granted",
    "managed",
    "mine",
    "people_of",
    "plan",
    "replace",
    "shift_messages",
    "shifts_of",
    "span",
    "stand_in",
    "teams",
]  # fmt: skip

DUTY = "roster"
DAY_KINDS = ("workday", "rest_day", "holiday")
LONGEST = 62
"""Days of one plan or one fill."""
DayKind = Callable[[date], str]


def shifts_of(platform_id: int) -> list[Shift]:
    """Those in use, by when they begin."""
    return list(Shift.objects.filter(platform_id=platform_id, is_active=True).order_by("begins_minute", "letter"))


def managed(acting: Acting) -> list[Unit]:
    """Units for which the acting post plans: its own and those below, by code; none without the duty."""
    if not acting.may(DUTY):
        return []
    rows = list(Unit.objects.filter(platform_id=acting.platform_id, is_active=True).order_by("code"))
    known = {acting.unit_id}
    while grown := {row.pk for row in rows if row.parent_id in known} - known:
        known |= grown
    return [row for row in rows if row.pk in known]


def check(acting: Acting, unit_id: int) -> None:
    """Raises NotAllowed ``roster_elsewhere``."""
    if unit_id not in {row.pk for row in managed(acting)}:
        raise NotAllowed("roster_elsewhere")


@dataclass(frozen=True, slots=True)
class Team:
    """Everybody in force in a post of a unit, by name."""

    unit: Unit
    post: Post
    people: Sequence[Appointment]


def teams(acting: Acting) -> list[Team]:
    """Those whom the acting post may plan, by unit and post; two statements."""
    rows = Appointment.objects.filter(in_force(), unit__in=[row.pk for row in managed(acting)], for_night=False)
    found: dict[tuple[int, int], list[Appointment]] = {}
    for row in rows.select_related("user", "post", "unit").order_by("unit__code", "post__code", "user__name", "pk"):
        found.setdefault((row.unit_id, row.post_id), []).append(row)
    return [Team(people[0].unit, people[0].post, people) for people in found.values()]


def people_of(unit_id: int, post_id: int) -> list[Appointment]:
    """Everybody in force in a post of a unit, by name."""
    rows = Appointment.objects.filter(in_force(), unit_id=unit_id, post_id=post_id, for_night=False)
    return list(rows.select_related("user", "post", "unit").order_by("user__name", "pk"))


def days_of(first: date, last: date) -> list[date]:
    """Both included. Raises Refusal ``roster_days`` when turned round or longer than two months."""
    if not first <= last <= first + timedelta(days=LONGEST - 1):
        raise Refusal("roster_days", status=422, field="last", days=LONGEST)
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def span(shift: Shift, day: date) -> Span:
    """When a shift of a day begins and ends."""
    return shifts.span_of(day, shift.begins_minute, shift.lasts_minutes, platform_of(shift.platform_id).zone)


@dataclass(frozen=True, slots=True)
class Plan:
    """The roster of a post in a unit: turns by (person, day), what each day wants, leave by person."""

    days: Sequence[date]
    shifts: Sequence[Shift]
    people: Sequence[Appointment]
    turns: Mapping[tuple[int, date], Sequence[Turn]]
    wanted: Sequence[Wanted]
    leaves: Sequence[Leave]
    staffing: Mapping[int, Staffing]
    """定员 by shift."""

    @property
    def planned(self) -> list[Planned[Turn]]:
        return [_planned(one) for found in self.turns.values() for one in found]


def _planned(turn: Turn) -> Planned[Turn]:
    return Planned(turn.appointment.user_id, Span(turn.begins_at, turn.ends_at), turn)


def plan(unit_id: int, post_id: int, days: Sequence[date], day_kind: DayKind, people: Sequence[Appointment] | None = None) -> Plan:
    """Read it; four statements where ``people`` of the team are known. Turns of people who left the post meanwhile are among them."""
    unit = queries.unit(unit_id)
    zone = platform_of(unit.platform_id).zone
    rows = Turn.objects.filter(unit_id=unit_id, post_id=post_id, day__range=(days[0], days[-1]))
    turns: dict[tuple[int, date], list[Turn]] = {}
    for row in rows.select_related("shift", "appointment__user", "stands_in_for__user").order_by("begins_at", "pk"):
        turns.setdefault((row.appointment_id, row.day), []).append(row)
    known = people if people is not None else people_of(unit_id, post_id)
    begins, ends = (datetime.combine(day, time.min, zone) for day in (days[0], days[-1] + timedelta(days=1)))
    leaves = granted(begins, ends).filter(appointment__in=[row.pk for row in known])
    staffing = {row.shift_id: row for row in Staffing.objects.filter(unit_id=unit_id, post_id=post_id)}
    offered = shifts_of(unit.platform_id)
    return Plan(days, offered, known, turns, _wanted(offered, staffing, days, day_kind), list(leaves), staffing)


def _wanted(offered: Sequence[Shift], staffing: Mapping[int, Staffing], days: Sequence[date], day_kind: DayKind) -> list[Wanted]:
    found = []
    for day in days:
        for shift in offered:
            count = getattr(staffing[shift.pk], day_kind(day)) if shift.pk in staffing else 0
            if count:
                found.append(Wanted(shift.name, day, span(shift, day), count))
    return found


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong with a roster; turns during a leave are among ``away``."""

    gaps: Sequence[Gap]
    overlaps: Sequence[tuple[Planned[Turn], Planned[Turn]]]
    rests: Sequence[tuple[Planned[Turn], Planned[Turn], timedelta]]
    away: Sequence[Turn]

    def __bool__(self) -> bool:
        return bool(self.gaps or self.overlaps or self.rests or self.away)


def faults(found: Plan, before: Collection[Planned[Turn]] = ()) -> Faults:
    """Gaps, overlaps, short rests and turns during a leave. ``before``: turns of the same people around the plan, elsewhere or earlier."""
    everything = [*found.planned, *before]
    away = [
        one.key for one in found.planned
        if any(row.appointment_id == one.key.appointment_id and one.span.overlaps(Span(row.begins_at, row.ends_at)) for row in found.leaves)
    ]  # fmt: skip
    gone = {turn.pk for turn in away}
    at_work = [one for one in found.planned if one.key.pk not in gone]
    return Faults(shifts.gaps(found.wanted, at_work), shifts.overlaps(everything), shifts.short_rests(everything, _rest(found)), away)


def _rest(found: Plan) -> timedelta:
    platform_id = found.people[0].platform_id if found.people else 0
    hours = platform_of(platform_id).settings.get("rest_hours") if platform_id else None
    return timedelta(hours=float(hours)) if hours is not None else shifts.REST


def around(found: Plan) -> list[Planned[Turn]]:
    """Other turns of the same people within a day of the plan: of another post, or just before and after it. One statement."""
    first, last = found.days[0] - timedelta(days=1), found.days[-1] + timedelta(days=1)
    known = {one.key.pk for one in found.planned}
    users = {row.user_id for row in found.people}
    rows = Turn.objects.filter(appointment__user__in=users, day__range=(first, last)).exclude(pk__in=known)
    return [_planned(row) for row in rows.select_related("shift", "appointment__user")]


def _person(acting: Acting, appointment_id: int) -> Appointment:
    row = (
        Appointment.objects.filter(in_force(), pk=appointment_id, platform_id=acting.platform_id)
        .select_related("user", "unit", "post")
        .first()
    )
    if row is None:
        raise NotFound("roster_person_unknown")
    check(acting, row.unit_id)
    return row


@transaction.atomic
def add(acting: Acting, appointment_id: int, shift_id: int, day: date) -> Turn:
    """One turn.

    Raises NotFound ``roster_person_unknown``, ``shift_unknown``; Refusal ``roster_overlap``, ``roster_on_leave``, ``roster_past``.
    """
    row, shift = _person(acting, appointment_id), _shift(acting, shift_id)
    made = _made(row, shift, day, Engaged([row], span(shift, day)))
    made.save()
    note(acting, "roster_changed", subject=f"user:{row.user_id}", values={"added": f"{day} {made.shift.name}"})
    attending.refresh(acting.platform_id)
    return made


def _shift(acting: Acting, shift_id: int) -> Shift:
    row = Shift.objects.filter(pk=shift_id, platform_id=acting.platform_id, is_active=True).first()
    if row is None:
        raise NotFound("shift_unknown")
    return row


def _made(row: Appointment, shift: Shift, day: date, engaged: Engaged) -> Turn:
    """A turn to be saved. Raises Refusal ``roster_past``, ``roster_overlap``, ``roster_on_leave``."""
    when = span(shift, day)
    if when.ends_at <= clock.now():
        raise Refusal("roster_past", status=422, field="day", day=f"{day:%m-%d}", shift=shift.name)
    engaged.check(row, when)
    turn = Turn(
        platform_id=row.platform_id, unit=row.unit, post=row.post, shift=shift, day=day, appointment=row, begins_at=when.begins_at,
        ends_at=when.ends_at,
    )  # fmt: skip
    engaged.take(turn)
    return turn


def _all_around(people: Iterable[Appointment], first: date, last: date, zone: tzinfo) -> Engaged:
    """What stands against turns of these days; the longest shift of the last day ends on the day after."""
    begins, ends = (datetime.combine(day, time.min, zone) for day in (first - timedelta(days=1), last + timedelta(days=3)))
    return Engaged(people, Span(begins, ends))


@transaction.atomic
def drop(acting: Acting, turn_id: int) -> None:
    """A planned turn that nobody began. Raises NotFound ``turn_unknown``."""
    row = _open_turn(acting, turn_id)
    note(acting, "roster_changed", subject=f"user:{row.appointment.user_id}", values={"dropped": f"{row.day} {row.shift.name}"})
    row.delete()
    attending.refresh(acting.platform_id)


def _open_turn(acting: Acting, turn_id: int) -> Turn:
    rows = Turn.objects.select_for_update(of=("self",)).filter(pk=turn_id, signed_on_at=None, ends_at__gt=clock.now())
    row = rows.filter(platform_id=acting.platform_id).select_related("appointment__user", "shift").first()
    if row is None:
        raise NotFound("turn_unknown")
    check(acting, row.unit_id)
    return row


@transaction.atomic
def stand_in(acting: Acting, turn_id: int, appointment_id: int) -> Turn:
    """顶班: another person of the same post takes the turn; once it has begun her colleague's open work goes along (desks.md Q1).

    Raises NotFound ``turn_unknown``, ``roster_person_unknown``; Refusal ``roster_overlap``, ``roster_on_leave``, ``roster_other_post``.
    """
    turn, row = _open_turn(acting, turn_id), _person(acting, appointment_id)
    if (row.unit_id, row.post_id) != (turn.unit_id, turn.post_id) or row.pk == turn.appointment_id:
        raise Refusal("roster_other_post", status=422, field="person", name=row.user.name)
    when = Span(turn.begins_at, turn.ends_at)
    Engaged([row], when).check(row, when)
    before = turn.appointment
    turn.appointment, turn.stands_in_for = row, turn.stands_in_for or before
    turn.save(update_fields=["appointment", "stands_in_for"])
    note(acting, "stood_in", subject=f"user:{row.user_id}", values={"for": before.user.name, "turn": f"{turn.day} {turn.shift.name}"})
    if turn.begins_at - attending.EARLY <= clock.now():
        attending.pass_on(before, row)
    attending.refresh(acting.platform_id)
    return turn


@transaction.atomic
def fill(
    acting: Acting, *, unit_id: int, post_id: int, people: Sequence[int], cycle: str, first: date, last: date, step: int = 1,
    wanted: Callable[[date], bool] = lambda _: True,
) -> tuple[int, int]:  # fmt: skip
    """A roster from a typed cycle (早早中中夜夜休休): planned turns of these people that nobody began are replaced.

    Gives how many turns were made and how many were left out because of leave; the gaps they leave are named by ``faults``. Raises
    Refusal ``roster_cycle``, ``roster_days``, ``roster_past``, ``roster_overlap`` (with a turn of another post), ``roster_nobody``.
    """
    check(acting, unit_id)
    staff = {row.pk: row for row in people_of(unit_id, post_id)}
    if not people or not set(people) <= staff.keys():
        raise Refusal("roster_nobody", status=422, field="people")
    letters = {row.letter: row for row in shifts_of(acting.platform_id)}
    try:
        typed = shifts.cycle_of(cycle, letters)
    except (KeyError, ValueError) as fault:
        raise Refusal("roster_cycle", status=422, field="cycle", letters="".join(letters)) from fault
    days = days_of(first, last)
    if days[0] < clock.now().astimezone(acting.zone).date():
        raise Refusal("roster_past", status=422, field="first", day=f"{days[0]:%m-%d}", shift=typed[0].name if typed[0] else "")
    own = Turn.objects.filter(appointment__in=people, unit_id=unit_id, post_id=post_id, day__range=(first, last), signed_on_at=None)
    own.filter(begins_at__gt=clock.now()).delete()
    engaged = _all_around([staff[pk] for pk in people], first, last, acting.zone)
    planned = shifts.fill(typed, people, days, step=step, wanted=wanted)
    made = [turn for person, day, shift in planned if (turn := _made_or_away(staff[person], shift, day, engaged)) is not None]
    Turn.objects.bulk_create(made, batch_size=2000)
    left_out = len(planned) - len(made)
    values = {"cycle": cycle[:62], "days": f"{first} – {last}", "people": len(people), "turns": len(made)}
    note(acting, "roster_filled", subject=f"unit:{unit_id}", values=values)
    attending.refresh(acting.platform_id)
    return len(made), left_out


def _made_or_away(row: Appointment, shift: Shift, day: date, engaged: Engaged) -> Turn | None:
    """None where a leave stands against it, or the turn of today is over already."""
    try:
        return _made(row, shift, day, engaged)
    except Refusal as fault:
        if fault.code not in ("roster_on_leave", "roster_past"):
            raise
        return None


def replace(
    people: Collection[int], first: date, last: date, wanted: Sequence[tuple[Appointment, Shift, date]], zone: tzinfo
) -> list[Refusal | None]:
    """Planned turns of these people in these days that nobody began become ``wanted``; gives the refusal of each, or None.

    Call it in a transaction that is undone where one was refused.
    """
    old = Turn.objects.filter(appointment__in=people, day__range=(first, last), signed_on_at=None, begins_at__gt=clock.now())
    old.delete()
    engaged = _all_around([row for row, _shift, _day in wanted], first, last, zone)
    made: list[Turn] = []
    found: list[Refusal | None] = []
    for row, shift, day in wanted:
        try:
            made.append(_made(row, shift, day, engaged))
            found.append(None)
        except Refusal as fault:
            found.append(fault)
    Turn.objects.bulk_create(made, batch_size=2000)
    return found


def find(acting: Acting, turn_id: int) -> Turn | None:
    """A turn of a unit that the acting post plans; None for any other."""
    rows = Turn.objects.filter(pk=turn_id, unit__in=[row.pk for row in managed(acting)])
    return rows.select_related("shift", "appointment__user", "stands_in_for__user").first()


def mine(acting: Acting, most: int = 8) -> list[Turn]:
    """The next turns of the acting person under this post, the running one first."""
    rows = Turn.objects.filter(Q(ends_at__gt=clock.now()) | Q(signed_on_at__isnull=False, signed_off_at=None))
    return list(
        rows.filter(appointment_id=acting.appointment_id).select_related("shift", "stands_in_for__user").order_by("begins_at")[:most]
    )
