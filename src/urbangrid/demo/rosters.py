"""Shifts of the made city: who is planned, who came when, who was away and who stood in (case-rules 23).

1. The shifts stand from the first of the months on; what is over was planned in bulk by the same rule (``shifts.fill``), today and what
   comes by the ordinary action.
2. Leave is asked by its persons and decided by who plans them, each at its own instant.
3. Whoever is offered at the sign-in is at work on the made day: each cycle is turned so that it begins with her today.
4. ``sign`` lets people come and go up to an instant: one turn in fifteen is missed, one in twelve begins late.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection

from urbangrid.core import clock
from urbangrid.demo import accounts, rhythm
from urbangrid.demo.posts import playing
from urbangrid.organizations import attending, leaves, rosters, shift_settings, shifts
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.models import Appointment, Shift, Turn

AHEAD = 11
"""Days planned after today."""
SHIFTS = (("早", "早班", 480, 480, False), ("中", "中班", 960, 480, False), ("夜", "夜班", 0, 480, True), ("日", "日班", 480, 600, False))
"""Letter, name, minute of the day at which it begins, minutes that it lasts, whether it is a night."""


@dataclass(frozen=True, slots=True)
class Staffed:
    """How a post works: its cycle by how many it has at least, with the steps between two people, and how many of ten people each shift
    wants on workdays and on other days."""

    cycles: Sequence[tuple[int, str, int]]
    wanted: Mapping[str, tuple[float, float]]


STAFFED = {
    "seat_agent": Staffed(((8, "早早中中夜夜休休", 2), (2, "早中休", 1)), {"早": (2, 2), "中": (2, 2), "夜": (2, 2)}),
    "duty_director": Staffed(((2, "日休", 1),), {"日": (5, 5)}),
    "dispatcher": Staffed(((3, "早中休", 1), (2, "早中", 1)), {"早": (3, 3), "中": (3, 3)}),
    "inspector": Staffed(((6, "早早中中休休", 2), (2, "早中休", 1)), {"早": (3, 2), "中": (3, 2)}),
}


@dataclass(frozen=True, slots=True)
class Away:
    """A leave of one day: so many days from today, of whom, why, and whether a colleague who is free that day stands in. ``decided``:
    False leaves it with who plans."""

    post: str
    days: int
    kind: str
    reason: str
    stand_in: bool
    decided: bool = True


AWAY = (
    Away("inspector", -24, "training", "市级业务培训", stand_in=True), Away("seat_agent", -12, "private", "家中有事", stand_in=True),
    Away("inspector", -5, "sick", "发热就诊", stand_in=False), Away("seat_agent", 0, "annual", "年休", stand_in=True),
    Away("inspector", 0, "sick", "扭伤脚踝", stand_in=True), Away("inspector", 4, "private", "孩子家长会", stand_in=False, decided=False),
    Away("seat_agent", 6, "annual", "年休", stand_in=False, decided=False),
)  # fmt: skip
CAME, LEFT = (
    "UPDATE organizations_turn AS turn SET signed_on_at = told.at FROM unnest(%s::bigint[], %s::timestamptz[]) AS told (pk, at)"
    " WHERE turn.id = told.pk AND turn.signed_on_at IS NULL",
    "UPDATE organizations_turn AS turn SET signed_off_at = told.at FROM unnest(%s::bigint[], %s::timestamptz[]) AS told (pk, at)"
    " WHERE turn.id = told.pk AND turn.signed_off_at IS NULL",
)
BETWEEN = timedelta(days=5)
"""At least, between two leaves of one person."""
ASKED, GRANTED = timedelta(days=3), timedelta(days=2)
"""How long before its day a leave is asked and decided."""


class Rosters:
    """The roster of the months; ``sign`` goes forward in time."""

    def __init__(self, administrator: Acting, planners: Sequence[Acting], now: datetime) -> None:
        self.administrator, self.planners, self.now = administrator, planners, now
        self.today = now.astimezone(administrator.zone).date()
        self.shown = frozenset(accounts.account_of(key) for key, _icon, _sentence in accounts.shown())
        self.shifts: dict[str, Shift] = {}
        self.planned = 0
        self.signed: list[tuple[int, datetime, datetime]] = []
        """Turns that somebody came to: when she came and when she left."""
        self.at = datetime.min.replace(tzinfo=now.tzinfo)

    def fill(self) -> None:
        """Make the shifts, plan everybody of the posts above, each by the first planner who may; then leave is taken."""
        first, midnight = rhythm.first_day(self.today), time.min
        with clock.travel(datetime.combine(first, midnight, self.administrator.zone)):
            for letter, name, begins, lasts, night in SHIFTS:
                self.shifts[letter] = shift_settings.change_shift(
                    self.administrator, letter=letter, name=name, begins_minute=begins, lasts_minutes=lasts, night=night
                )
        for planner, team in list(self._teams()):
            self._plan(planner, team, first)
        for away in AWAY:
            self._leave(away)
        self._come_and_go()

    def _teams(self) -> Iterator[tuple[Acting, rosters.Team]]:
        done = set[tuple[int, int]]()
        for planner in self.planners:
            for team in rosters.teams(planner):
                if (key := (team.unit.pk, team.post.pk)) not in done:
                    done.add(key)
                    yield planner, team

    def _plan(self, planner: Acting, team: rosters.Team, first: date) -> None:
        how, people = STAFFED.get(team.post.code), self._by_pk(team)
        found = next(((cycle, step) for least, cycle, step in how.cycles if len(people) >= least), None) if how is not None else None
        if how is None or found is None:
            return
        numbers = {
            self.shifts[letter].pk: [int(share * len(people) / 10) for share in (workday, other, other)]
            for letter, (workday, other) in how.wanted.items()
        }
        cycle, step = found
        with clock.travel(datetime.combine(self.today - timedelta(days=2), time.min, self.administrator.zone)):
            shift_settings.set_staffing(planner, team.unit.pk, team.post.pk, numbers)
            self._in_bulk(team, cycle, step, first)
            turns, _left_out = rosters.fill(
                planner, unit_id=team.unit.pk, post_id=team.post.pk, people=list(people), cycle=cycle, first=self.today,
                last=self.today + timedelta(days=AHEAD), step=step,
            )  # fmt: skip
        self.planned += turns

    def _by_pk(self, team: rosters.Team) -> dict[int, Appointment]:
        """Who is planned, in the order of the cycle: whoever is shown first."""
        return {row.pk: row for row in sorted(team.people, key=lambda row: row.user.username not in self.shown)}

    def _in_bulk(self, team: rosters.Team, cycle: str, step: int, first: date) -> None:
        """What is over: nobody is away yet and nobody has another post's turn, so there is nothing that the action would refuse."""
        days = [first + timedelta(days=number) for number in range((self.today - first).days)]
        by_pk, begun = self._by_pk(team), -len(days) % len(cycle)
        made = []
        for person, day, shift in shifts.fill(shifts.cycle_of(cycle[begun:] + cycle[:begun], self.shifts), list(by_pk), days, step=step):
            when = rosters.span(shift, day)
            made.append(
                Turn(platform_id=by_pk[person].platform_id, unit=team.unit, post=team.post, shift=shift, day=day, appointment_id=person,
                     begins_at=when.begins_at, ends_at=when.ends_at)
            )  # fmt: skip
        Turn.objects.bulk_create(made, batch_size=2000)
        self.planned += len(made)

    def _leave(self, away: Away) -> None:
        """Of the first of the post who works that day, is not shown and has no leave near it; nobody where the day has none."""
        day = self.today + timedelta(days=away.days)
        begins = datetime.combine(day, time.min, self.administrator.zone)
        rows = Turn.objects.filter(post__code=away.post, day=day, stands_in_for=None, shift__night=False)
        rows = rows.exclude(appointment__leaves__begins_at__range=(begins - BETWEEN, begins + BETWEEN))
        rows = rows.exclude(appointment__user__username__in=self.shown)
        turn = rows.select_related("appointment").order_by("begins_at", "pk").first()
        planner = next((one for one, team in self._teams() if turn and (team.unit.pk, team.post.pk) == (turn.unit_id, turn.post_id)), None)
        if turn is None or planner is None:
            return
        at = min(begins, self.now)
        with clock.travel(at - ASKED + timedelta(hours=10)):
            person = self._acting(turn.appointment_id)
            asked = leaves.ask(person, kind=away.kind, begins_at=begins, ends_at=begins + timedelta(days=1), reason=away.reason)
        if away.decided:
            with clock.travel(at - GRANTED + timedelta(hours=9)):
                leaves.decide(planner, asked.pk, grant=True, stand_in=self._free(turn, day) if away.stand_in else 0)

    def _acting(self, appointment_id: int) -> Acting:
        from_team = next(row for _planner, team in self._teams() for row in team.people if row.pk == appointment_id)
        return playing(from_team)

    def _free(self, turn: Turn, day: date) -> int:
        """A colleague without a turn that day; 0: there is none."""
        busy = set(Turn.objects.filter(unit_id=turn.unit_id, post_id=turn.post_id, day=day).values_list("appointment_id", flat=True))
        others = [row.pk for row in rosters.people_of(turn.unit_id, turn.post_id) if row.pk not in busy]
        return others[0] if others else 0

    def _come_and_go(self) -> None:
        rows = Turn.objects.filter(platform_id=self.administrator.platform_id, begins_at__lte=self.now).order_by("begins_at", "pk")
        told = rows.values_list("pk", "begins_at", "ends_at", "appointment__user__username")
        for number, (pk, begins, ends, account) in enumerate(told):
            if number % 15 != 7 or account in self.shown:
                came = begins + timedelta(minutes=11 if number % 12 == 5 else -number % 9)
                self.signed.append((pk, came, ends + timedelta(minutes=number % 6)))

    def sign(self, until: datetime) -> None:
        """Everybody who came or went since the last time and until then."""
        came = [(pk, at) for pk, at, _left in self.signed if self.at < at <= until]
        left = [(pk, at) for pk, _came, at in self.signed if self.at < at <= until]
        self.at = until
        with connection.cursor() as cursor:
            for words, found in ((CAME, came), (LEFT, left)):
                cursor.execute(words, [[pk for pk, _at in found], [at for _pk, at in found]])
        with clock.travel(until):
            leaves.turn_over()
            attending.refresh(self.administrator.platform_id)

    def tell_of(self, tell: Callable[[str], None]) -> None:
        present = Turn.objects.filter(signed_on_at__isnull=False, signed_off_at=None).count()
        tell(f"班次 {len(self.shifts)} 个，值班 {self.planned} 班，现在在岗 {present} 人")
