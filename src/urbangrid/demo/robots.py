"""``simulate``: programs on every stage of a case's way in the demonstration city, through the ordinary actions, beside the visitors.

1. Reports come in as often as the hour asks for, so many times faster as ``--speed`` says.
2. Work is answered when it has waited as long as its post takes (``day.WAYS``), divided by the speed, the oldest first.
3. A case in which a person has a part is left alone (``cases.rehearsal``), looked at once more under the case's lock.
4. Of every queue of a post that is offered at the sign-in the newest few are left (``left``), so that a visitor finds something to do.
5. What was refused a few times is left to people: an approval that wants a date, a unit or a second opinion.
6. Every act is one transaction of its own: wherever it is stopped, what was done stands and nothing is half done.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from django.db import transaction

from urbangrid.cases import rehearsal
from urbangrid.cases.actions import perform
from urbangrid.cases.actions.intake import accept
from urbangrid.cases.holding import Work
from urbangrid.cases.rehearsal import Left
from urbangrid.core import clock
from urbangrid.core.errors import MovedOn, Refusal
from urbangrid.demo import accounts, beside, day, mix, rhythm, unasked
from urbangrid.demo.day import Day, Story
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.models import Appointment

AT_ONCE = 40
"""Works looked at together."""
LEFT = 6
"""Of a queue: a handful for a visitor."""
KINDS = (
    "verify", "file", "confirm_filing", "sign", "release", "hand_on", "dispatch", "receive", "fence", "dispose", "review", "send_check",
    "check", "close", *beside.KINDS,
)  # fmt: skip
GIVEN_UP = 3
"""Refusals of what is to be done in one case."""
PUBLIC = 0.09
"""Of the reports: of the public."""


class Yielded(Exception):
    """A person has taken a part in the case since it was looked at."""


@dataclass(slots=True)
class Robots:
    """``posts``: codes of those that are played; empty: all. ``left``: how many of a queue are left to a visitor; 0: everything is worked.
    """

    day: Day
    speed: float
    scale: float
    posts: frozenset[str]
    chance: random.Random
    left: int = 0
    number: int = 0
    owed: float = 0.0
    acts: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    refusals: Counter[int] = field(default_factory=Counter)
    """By case; that somebody was faster is none."""

    def turn(self, seconds: float) -> int:
        """What happens in so many seconds of the wall clock; how many acts that were."""
        before = self.acts.total()
        self._report(seconds)
        left = rehearsal.left_to(self._shown() if self.left else (), self.left)
        self._accept(left)
        hopeless = {case for case, times in self.refusals.items() if times >= GIVEN_UP}
        left = replace(left, cases=left.cases | hopeless)
        waited = timedelta(minutes=1) / self.speed
        moved = set[int]()
        for one in rehearsal.work(self.day.town.platform.pk, KINDS, clock.now() - waited, AT_ONCE, left):
            least, most = day.WAYS.get(one.work.kind, beside.MINUTES if one.work.kind in beside.KINDS else (3, 20))
            patience = timedelta(minutes=least + (most - least) * (one.work.item_id % 97) / 96) / self.speed
            if one.work.case_id not in moved and one.opened_at <= clock.now() - patience and self._plays(one.work):
                moved.add(one.work.case_id)
                self._try(one.work.kind, partial(self._answer, one), one.work.case_id)
        return self.acts.total() - before

    def _answer(self, one: rehearsal.Waiting) -> None:
        if not rehearsal.hold(one.work.case_id):
            raise Yielded
        self.number += 1
        self.day.now = clock.now()
        if self._of_own_accord(one):
            return
        if one.work.kind not in beside.KINDS:
            self.day.answer(one.work.case_id, one.work, Story(), one.class_name, self.number, one.seq)
            return
        who = self.day.who(one.work)
        deed = beside.deed(self.day, one.work, who, one.class_name, self.number)
        if deed is None:
            raise Yielded
        perform(who, one.work.case_id, deed[0], one.seq, deed[1])

    def _of_own_accord(self, one: rehearsal.Waiting) -> bool:
        """Whether something was asked, urged or ordered; what a rule stands against is left, and the work is answered."""
        found = unasked.deed(self.day, one)
        if found is None or (self.posts and found[0].post_code not in self.posts):
            return False
        who, action, data = found
        try:
            with transaction.atomic():
                perform(who, one.work.case_id, action, one.seq, data)
        except Refusal:
            return False
        return True

    def _plays(self, work: Work) -> bool:
        try:
            return not self.posts or self.day.who(work).post_code in self.posts
        except Appointment.DoesNotExist:  # nobody holds that duty
            return False

    def _report(self, seconds: float) -> None:
        """New reports by the hour; none where no inspector or seat is played."""
        if self.posts and not self.posts & {"inspector", "seat_agent"}:
            return
        hour = clock.now().astimezone(self.day.town.platform.zone).hour
        self.owed += mix.A_DAY * self.scale * rhythm.BY_INSPECTOR[hour] / sum(rhythm.BY_INSPECTOR) / 3600 * seconds * self.speed
        while self.owed >= 1:
            self.owed -= 1
            self.number += 1
            name = f"robot-{clock.now():%Y%m%d%H%M%S}-{self.chance.getrandbits(32):x}"
            public = self.chance.random() < PUBLIC
            self._try("report", partial(self.day.report, self.number, Story(), public=public, client_id=name))

    def _shown(self) -> list[Acting]:
        """The posts that are offered at the sign-in."""
        people = self.day.town.people
        return [self.day.named(account) for key, _icon, _words in accounts.shown() if (account := accounts.account_of(key)) in people]

    def _accept(self, left: Left) -> None:
        if self.posts and "seat_agent" not in self.posts:
            return
        until = clock.now() - timedelta(minutes=2) / self.speed
        seats = [self.day.named(account) for account in day.SEATS]
        for report_id, public, unit_id, _since in rehearsal.reports(self.day.town.platform.pk, until, AT_ONCE, left):
            own = [seat for seat in seats if seat.unit_id == unit_id]
            if own:
                self._try("accept", partial(accept, self.chance.choice(own), report_id, "send_verification" if public else "", {}))

    def _try(self, action: str, act: Callable[[], object], case_id: int = 0) -> None:
        """One act as a whole; a refusal is no fault: somebody was faster, or a rule stands against it."""
        try:
            with transaction.atomic():
                act()
        except (Refusal, Yielded, Appointment.DoesNotExist) as fault:
            self.refused += 1
            self.refusals[case_id] += bool(case_id) and not isinstance(fault, MovedOn | Yielded)
        else:
            self.acts[action] += 1
