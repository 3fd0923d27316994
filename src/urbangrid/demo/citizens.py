"""Who calls, writes and is answered in the made city's months: the request beside each report of a citizen, from registering to the call
back."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from urbangrid.audit import personal
from urbangrid.audit.models import PersonalData
from urbangrid.cases.lives import Told
from urbangrid.catalog import queries as catalog
from urbangrid.catalog import sources
from urbangrid.core.ids import new_id
from urbangrid.core.models import Platform
from urbangrid.demo import names
from urbangrid.demo.lived import Life
from urbangrid.demo.posts import Posts
from urbangrid.service_requests import messages, rules
from urbangrid.service_requests.lives import Asked, RequestLife

CHANNELS = {"wechat": "wechat", "web": "web"}
"""By which a source is answered; the others by telephone."""
TELLING, CALLING = (4.0, 90.0), (60.0, 1200.0)
"""Minutes until she is told, and from then until she is called back."""
SATISFIED, NOT_REACHED = 0.9, 0.07
"""Of calls back; the others are 重办."""
BY_DAY = range(8, 21)
"""Hours in which a citizen is called."""
COMPLAINTS = ("处置不彻底，第二天又有", "只清理了一半", "没有人联系我说明情况")
EXPLAINED = "已请处置单位到场复查并向您说明，今后安排专人盯守。"


class Citizens:
    """``number`` gives the number of a request registered at an instant."""

    def __init__(self, platform: Platform, posts: Posts, now: datetime, chance: random.Random, number: Callable[[datetime], str]) -> None:
        self.platform, self.now, self.chance, self.number = platform, now, chance, number
        self.seats = [one for one in posts.by_id.values() if one.post_code == "seat_agent" and one.may("register")]
        self.contacts: dict[int, PersonalData] = {}

    def contact(self, source: str, at: datetime) -> int | None:
        """Of who reports; None where nobody of the public does."""
        found = sources.source(self.platform.pk, source)
        if not self.seats or found is None or not found.is_registered:
            return None
        phone = f"5550{self.chance.randrange(10**7):07d}"
        row = personal.unsaved(self.platform.pk, at, name=self.chance.choice(names.CALLERS), phone=phone)
        row.pk = new_id()
        self.contacts[row.pk] = row
        return row.pk

    def follow(self, life: Life) -> None:
        """Put the request of a citizen's report beside it, as far as it has come."""
        told = life.told
        if told.contact_id is None:
            return
        asked = life.citizen = RequestLife(self._asked(told, life.report_id))
        if life.report_state == "refused":
            self._answered(asked, life.last, self._sentence("refuse_report", life.refusal[0]))
        elif life.case is not None and life.case.closed_at is not None:
            words = life.case.reply or self._sentence("refuse_filing", life.found or "")
            self._answered(asked, life.case.closed_at, words)

    def _asked(self, told: Told, report_id: int) -> Asked:
        assert told.contact_id is not None
        return Asked(
            new_id(), self.number(told.at), told.client_id, told.source, "12319" if told.source == "hotline" else "", told.description,
            told.spot.words, told.category_id, self.contacts.pop(told.contact_id), report_id, self.chance.choice(self.seats), told.at,
        )  # fmt: skip

    def _sentence(self, action: str, code: str) -> str:
        """As ``service_requests.subscribers`` words it."""
        listed = {row.code: row.reply for row in catalog.reasons(self.platform.pk, action)}
        return listed.get(code) or str(messages.CLOSED_REPLY)

    def _answered(self, asked: RequestLife, ended: datetime, words: str) -> None:
        """From the end of the case on, act after act, while they lie before now."""
        at = ended + timedelta(seconds=2)
        if at > self.now:
            return
        asked.result(at, words)
        while asked.state in (rules.TO_REPLY, rules.REPLIED, rules.OPEN):
            waits = TELLING if asked.state != rules.REPLIED else CALLING
            at = self._by_day(at + timedelta(minutes=self.chance.uniform(*waits)))
            if at > self.now:
                return
            self._act(asked, at)

    def _act(self, asked: RequestLife, at: datetime) -> None:
        seat = self.chance.choice(self.seats)
        if asked.state == rules.OPEN:
            asked.write_reply(at, seat, EXPLAINED)
        elif asked.state == rules.TO_REPLY:
            asked.tell(at, seat, CHANNELS.get(asked.asked.source, "phone"))
        else:
            drawn = self.chance.random()
            if drawn < SATISFIED or asked.request.rounds > 1:
                asked.follow_up(at, seat, "satisfied")
            elif drawn < SATISFIED + NOT_REACHED:
                asked.follow_up(at, seat, "not_reached")
            else:
                asked.follow_up(at, seat, "dissatisfied", self.chance.choice(COMPLAINTS))

    def _by_day(self, at: datetime) -> datetime:
        zone: ZoneInfo = self.platform.zone
        local = at.astimezone(zone)
        if local.hour in BY_DAY:
            return at.replace(microsecond=0)
        day = local.date() + timedelta(days=1 if local.hour >= BY_DAY.stop else 0)
        return datetime.combine(day, time(BY_DAY.start, self.chance.randrange(60)), zone)
