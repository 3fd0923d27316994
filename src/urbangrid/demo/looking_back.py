"""Papers of the last days, made when their hour came: the 日报 of 08:00 and sheets of handing over.

While the months are lived, the city is looked at at these hours: what lives on stands in the database as it then stood, acts of the agenda
up to then are done, people have come and gone. The paper is composed by the code that composes it every day; then the rows of that
instant are taken back and the paper is kept.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import partial
from typing import Any

from django.db import connection, transaction

from urbangrid.cases import handing_over
from urbangrid.cases.actions import daily_sheets
from urbangrid.cases.daily import AT, KeptSheet
from urbangrid.core import clock
from urbangrid.demo.agenda import Agenda
from urbangrid.demo.day import Day
from urbangrid.demo.lying import Lying
from urbangrid.demo.rosters import Rosters
from urbangrid.organizations import attending, handing
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.models import Turn
from urbangrid.service_requests import queries as requests

SHEETS, HANDOVERS = 7, 4
"""Days before today that have a daily sheet, and whose shifts handed over up to the last of these: what comes later is the day that is
played step by step (``demo.day``), and no paper may leave it out."""
CHANGES = (time(8), time(16), time(18))
"""Hours at which shifts end (``rosters.SHIFTS``)."""
TEAMS = ("seat_agent", "dispatcher", "duty_director")
"""Posts that hand over with a sheet."""
LONGEST = timedelta(hours=16)
"""From the end of a shift to who follows: over the night where nobody works."""
NOTES = ("现场有围挡的两处请盯修复进度。", "热线平稳，无待回访的急件。", "雨水井盖缺件，供货明日到，已告知单位。", "")


@dataclass(frozen=True, slots=True)
class Hour:
    """An instant that is looked at. ``sheet``: the daily sheet is due; ``change``: shifts hand over."""

    at: datetime
    sheet: bool
    change: bool


def hours(today: date, zone: tzinfo) -> list[Hour]:
    """In their order, the last at eight of yesterday; today's daily sheet is left to the worker."""
    found = []
    for days in range(SHEETS, 0, -1):
        for hour in CHANGES[: 1 if days == 1 else None]:
            one = Hour(datetime.combine(today - timedelta(days=days), hour, zone), hour == AT, days <= HANDOVERS)
            if one.sheet or one.change:
                found.append(one)
    return found


class Papers:
    """``month.Looks`` over the hours of the last days."""

    def __init__(self, day: Day, rosters: Rosters, lying: Lying, agenda: Agenda, until: Sequence[Hour]) -> None:
        self.day, self.rosters, self.lying, self.agenda = day, rosters, lying, agenda
        self.waiting = deque(until)
        self.sheets = self.handovers = 0
        self.analyzed = False

    def next(self) -> datetime | None:
        return self.waiting[0].at if self.waiting else None

    def look(self, write: Callable[[], None]) -> None:
        hour, sheet = self.waiting.popleft(), None
        given: list[tuple[Turn, Acting, dict[str, Any]]] = []
        self.catch_up(hour.at)
        if not self.analyzed:  # once: the tables grow by a tenth from the first look to the last
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE cases_case, cases_workitem, cases_clock, cases_caseaccess, cases_report")
            self.analyzed = True
        with transaction.atomic(), clock.travel(hour.at):
            write()
            attending.refresh(self.day.town.platform.pk)
            if hour.sheet:
                sheet = daily_sheets.compose(self.day.town.platform, requests.due_until)
            if hour.change:
                given = [(turn, who, handing_over.content(who)) for turn, who in self._leaving(hour.at)]
            transaction.set_rollback(True)
        organizations.forget()
        self._keep(hour.at, sheet, given)

    def catch_up(self, at: datetime) -> None:
        """Who came and went, and what was done besides, until then."""
        self.rosters.sign(at)
        self.lying.take_up()
        self.agenda.until(at)

    def _leaving(self, at: datetime) -> list[tuple[Turn, Acting]]:
        """Those of the desks whose turn ends now and whom somebody follows."""
        rows = Turn.objects.filter(ends_at=at, post__code__in=TEAMS, signed_on_at__isnull=False, platform=self.day.town.platform)
        found = [(turn, self.day.acting(turn.appointment_id)) for turn in rows.order_by("unit__code", "post__code", "pk")]
        return [(turn, who) for turn, who in found if self._follower(turn) is not None]

    def _follower(self, turn: Turn) -> Turn | None:
        """The next turn of the same post by somebody else that was signed on, or will be."""
        rows = Turn.objects.filter(unit_id=turn.unit_id, post_id=turn.post_id, begins_at__range=(turn.ends_at, turn.ends_at + LONGEST))
        came = {pk for pk, _came, _left in self.rosters.signed}
        later = [one for one in rows.exclude(appointment_id=turn.appointment_id).order_by("begins_at", "pk") if one.pk in came]
        return later[0] if later else None

    def _keep(self, at: datetime, sheet: KeptSheet | None, given: Sequence[tuple[Turn, Acting, dict[str, Any]]]) -> None:
        if sheet is not None:
            self.sheets += daily_sheets.keep(self.day.town.platform, sheet)
        for number, (turn, who, content) in enumerate(given):
            with clock.travel(at):
                made = handing.give(who, content=content, notes=NOTES[(self.handovers + number) % len(NOTES)])
            follower = self._follower(turn)
            assert follower is not None
            successor = self.day.acting(follower.appointment_id)
            answered = max(at, follower.begins_at) + timedelta(minutes=12 + number)
            self.agenda.put(answered, partial(_accept, successor, made.pk))
        self.handovers += len(given)

    def tell_of(self, tell: Callable[[str], None]) -> None:
        tell(f"日报 {self.sheets} 期，交接班单 {self.handovers} 张")


def _accept(successor: Acting, sheet_id: int) -> None:
    handing.accept(successor, sheet_id)
