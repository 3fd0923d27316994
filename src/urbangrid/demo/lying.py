"""What the months left lying goes on through the ordinary actions: 挂账 asked and granted, 延期 asked, granted and used."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from urbangrid.cases import holding
from urbangrid.cases.actions import perform
from urbangrid.core import clock, files
from urbangrid.demo import pictures
from urbangrid.demo.agenda import Agenda
from urbangrid.demo.day import Day, Story
from urbangrid.demo.month import Month
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting

SUSPENSIONS = (
    ("season", "冬季不宜栽植，开春补种"),
    ("funds", "已列入下季度维修计划，待拨付"),
    ("project", "随道路改造工程一并处置"),
    ("land", "待征地手续办结"),
)
EXTENSIONS = (
    ("weather", "连日降雨无法施工"),
    ("material", "配件已订购，三日内到货"),
    ("large", "工程量大，需增加班组"),
    ("permit", "占道施工许可办理中"),
)
LONGEST_DAYS = 150


class Lying:
    """Puts what is left lying into the agenda, each act at its own instant, as the posts would have acted."""

    def __init__(self, month: Month, day: Day, agenda: Agenda) -> None:
        self.month, self.day, self.agenda = month, day, agenda
        self.suspended = self.extended = 0

    def take_up(self) -> None:
        """What was left since the last time."""
        for case_id, at in self.month.left.suspended[self.suspended :]:
            self.agenda.put(at, partial(self._suspend, case_id))
        for number, (case_id, at) in enumerate(self.month.left.extended[self.extended :], self.extended):
            self.agenda.put(at, partial(self._extend, case_id, 100_000 + number))
        self.suspended, self.extended = len(self.month.left.suspended), len(self.month.left.extended)

    def _suspend(self, case_id: int) -> None:
        reason, note = self.month.chance.choice(SUSPENSIONS)
        until = self.month.now + timedelta(days=self.month.chance.randrange(6, LONGEST_DAYS))
        clerk = self._clerk(case_id)
        _act(clerk, case_id, "ask_suspension", {"reason": reason, "note": note, "until": until, "files": [_paper(clerk)]})
        self._await(case_id)

    def _extend(self, case_id: int, number: int) -> None:
        reason, note = self.month.chance.choice(EXTENSIONS)
        until = clock.now() + timedelta(days=self.month.chance.randrange(2, 6))
        _act(self._clerk(case_id), case_id, "ask_extension", {"reason": reason, "note": note, "until": until})
        self._await(case_id, number)

    def _await(self, case_id: int, number: int | None = None) -> None:
        """The next approver, or what follows when the last one has agreed; ``number``: of the case as its photos are drawn."""
        if (waiting := holding.decision(case_id)) is not None:
            pause = timedelta(minutes=self.month.chance.randrange(8, 70))
            self.agenda.put(clock.now() + pause, partial(self._agree, case_id, *waiting, number))
        elif number is not None:
            self._later(case_id, number, timedelta(hours=self.month.chance.uniform(2, 20)))

    def _agree(self, case_id: int, request: int, work: holding.Work, number: int | None) -> None:
        who = organizations.holder_of(self.day.town.platform.pk, work.duty, work.unit_id)
        _act(self.day.acting(who or 0), case_id, "agree", {"request": request, "note": "同意"})
        self._await(case_id, number)

    def _later(self, case_id: int, number: int, more: timedelta = timedelta(0)) -> None:
        """The case goes on by itself."""
        work = holding.open_work(case_id)
        if work is not None:
            self.agenda.put(clock.now() + more + self.day.pause(work.kind), partial(self._go_on, case_id, work, number))

    def _go_on(self, case_id: int, work: holding.Work, number: int) -> None:
        self.day.answer(case_id, work, Story(), "道路破损", number)
        self._later(case_id, number)

    def _clerk(self, case_id: int) -> Acting:
        work = holding.open_work(case_id)
        assert work is not None
        return self.day.acting(organizations.holder_of(self.day.town.platform.pk, work.duty, work.unit_id) or 0)


def go_on(month: Month, day: Day, tell: Callable[[str], None]) -> None:
    """Everything up to the present instant."""
    agenda = Agenda()
    Lying(month, day, agenda).take_up()
    agenda.until(day.now)
    tell_of(month, tell)


def tell_of(month: Month, tell: Callable[[str], None]) -> None:
    tell(f"挂账 {len(month.left.suspended)} 件，延期 {len(month.left.extended)} 件")


def _act(who: Acting, case_id: int, action: str, data: dict[str, object]) -> None:
    perform(who, case_id, action, holding.seq_of(case_id), data)


def _paper(who: Acting) -> int:
    """The stamped form, as a drawing."""
    data = pictures.picture("申请表", "check", who.user_id % 10_000)
    kept = files.store_photo(io.BytesIO(data), name="挂账申请表.jpg", platform_id=who.platform_id, owner_id=who.user_id, zone=who.zone)
    return kept.pk
