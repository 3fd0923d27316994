"""One closed month and the running one: every report with its life as the posts would have played it, made by ``cases.lives``.

1. The days with their weather (``rhythm``), the reports of each by the mix (``mix``), in the order in which they come in.
2. Each goes its way: a desk answers within minutes, a unit within its working hours and its limit, as punctual as it is.
3. What lies after ``now`` has not happened: the life stands open there. A few are left lying on purpose, for 超期未结 and 挂账.
4. All rows go to the database with COPY, some hundred lives at once; then the serial numbers go on where these ended.
5. At some instants on the way the city is looked at (``looking_back``): lives that go on stand in the database as they then stood.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial

from django.db import connection

from urbangrid.cases import numbers, partitions, processes
from urbangrid.cases.clocks import ALWAYS
from urbangrid.cases.lifecycle import State, When
from urbangrid.cases.lives import Given, Ground, Spot, Told, Work
from urbangrid.core.foreign_keys import checked_together
from urbangrid.core.models import Platform
from urbangrid.demo import matters, mix, rhythm, sayings
from urbangrid.demo.citizens import Citizens
from urbangrid.demo.lived import Life
from urbangrid.demo.matters import Matter, Photos, Places
from urbangrid.demo.posts import Posts
from urbangrid.demo.writing import TABLES, Looks, Writing
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting

RECENT = timedelta(hours=73)
"""So long after closing the same would be 反复 (``repeats.HOURS``)."""
BACK_AFTER = timedelta(hours=1), timedelta(hours=60)
"""How long after closing it is reported again, where it comes back."""
TOLD_EVERY = 2000
"""Cases between two lines on the terminal."""
STUCK_DAYS, SUSPENDED_DAYS = 14, 40
"""Of the last so many days are those that stand overdue, and those that were set aside."""
SETTLED = timedelta(days=2)
"""What was reported earlier than that is answered; what came later stands where it stands."""
PAUSES: Mapping[str, tuple[float, float]] = {
    "accept": (1, 11), "file": (1, 11), "confirm_filing": (2, 12), "sign": (8, 50), "hand_on": (1, 8), "dispatch": (1, 11),
    "verify": (7, 26), "review": (3, 24), "send_check": (2, 20), "check": (6, 27), "close": (2, 22), "fence": (15, 52),
}  # fmt: skip
"""Minutes that a desk or an inspector takes, least and most; one in thirty takes three times as long."""
SLOW = 0.03
NIGHT = range(7), range(22, 24)
"""Hours in which no inspector is sent out to check: she goes in the morning."""

Tell = Callable[[str], None]


@dataclass(slots=True)
class Left:
    """Lives left lying for what comes after: they stand 处置中 since ``at``."""

    suspended: list[tuple[int, datetime]] = field(default_factory=list)
    extended: list[tuple[int, datetime]] = field(default_factory=list)
    overdue: int = 0


@dataclass(slots=True)
class Month:
    """Plays the lives; ``scale`` says how many."""

    ground: Ground
    posts: Posts
    places: Places
    photos: Photos
    matters: Sequence[Matter]
    scale: float
    now: datetime
    chance: random.Random
    serials: dict[tuple[str, date], int] = field(default_factory=lambda: defaultdict(int))
    left: Left = field(default_factory=Left)
    kept: dict[int, tuple[int, int]] = field(default_factory=lambda: defaultdict(lambda: (0, 0)))
    """Of each unit: first answers so far, and those within the limit."""
    recent: dict[tuple[int, int], list[Life]] = field(default_factory=lambda: defaultdict(list))
    """Of each class and community: cases that are open or were closed in the last three days."""

    citizens: Citizens = field(init=False)

    def __post_init__(self) -> None:
        own = random.Random()  # noqa: S311 - so that what citizens do changes no case
        own.setstate(self.chance.getstate())
        self.citizens = Citizens(self.ground.platform, self.posts, self.now, own, partial(self._number, "request"))

    # --- reports ---

    def reports(self, today: int) -> Iterator[Told]:
        """All of them in the order of time; ``today``: so many of the last hours are played otherwise and left out here."""
        local = self.now.astimezone(self.ground.platform.zone).date()
        for one in rhythm.days(rhythm.first_day(local), local, self.chance.randrange(2**31)):
            count = round(mix.A_DAY * self.scale * one.share)
            sources = self.chance.choices(list(mix.SOURCES), list(mix.SOURCES.values()), k=count)
            found: list[tuple[datetime, str]] = []
            for inspector in (True, False):
                own = [source for source in sources if (source == "inspector") == inspector]
                hours = rhythm.BY_INSPECTOR if inspector else rhythm.BY_CITIZEN
                found += zip(rhythm.moments(one, len(own), hours, self.ground.platform.zone, self.chance), own, strict=True)
            for number, (at, source) in enumerate(sorted(found)):
                if at < self.now - timedelta(minutes=2) and not (one.day == local and number % max(count // max(today, 1), 1) == 0):
                    yield self._told(at + timedelta(milliseconds=number % 1000), source)

    def _told(self, at: datetime, source: str) -> Told:
        matter = matters.choose(self.matters, self.chance)
        again = self._again(matter, at) if self.chance.random() < mix.REPEATED else None
        spot = again.told.spot if again is not None else self.places.spot(self.chance, lambda one: self._is_new(matter, one, at))
        condition = again.told.condition_id if again is not None else self.chance.choice(matter.conditions)
        reporter = self.posts.inspector(spot, self.chance) if source == "inspector" else None
        text = "" if reporter is not None else sayings.called(matter.name, spot.words, self.chance)
        files = (self.photos.one("before", matter.name, self.chance),) if reporter is not None else ()
        whole = at.replace(microsecond=at.microsecond // 1000 * 1000)
        return Told(
            whole, self._number("report", at), f"month-{at:%Y%m%d}-{len(self.serials)}-{self.chance.getrandbits(40):x}", source,
            "inspector" if reporter is not None else "public", matter.category_id, condition, text, spot,
            reporter=reporter, files=files, urgent=self.chance.random() < (0.015 if reporter else 0.05),
            contact_id=self.citizens.contact(source, whole) if reporter is None else None,
            again=again.as_earlier() if again is not None else None,
        )  # fmt: skip

    def _near(self, category_id: int, radius_m: float, spot: Spot, at: datetime) -> list[Life]:
        """Cases of the class there that are open, or were closed so shortly before that another one would be 反复."""
        known = self.recent[category_id, spot.place.community_id or 0]
        known[:] = [one for one in known if one.closed_at is None or one.closed_at > at - RECENT]
        return [one for one in known if matters.near(one.told.spot, spot, radius_m)]

    def _is_new(self, matter: Matter, spot: Spot, at: datetime) -> bool:
        """Whether nothing of the kind is or was there."""
        return not self._near(matter.category_id, matter.radius_m, spot, at)

    def _again(self, matter: Matter, at: datetime) -> Life | None:
        """A case of the class whose matter may be there again, the last one there; None where a few draws find none."""
        able = [
            (one, closed) for (category_id, _community), known in self.recent.items() if category_id == matter.category_id
            for one in known
            if one.is_closed and (closed := one.closed_at) is not None and BACK_AFTER[0] < at - closed < BACK_AFTER[1]
        ]  # fmt: skip
        weights = [mix.STUBBORN if mix.comes_back(one.told.spot.place.road) else 1 for one, _closed in able]
        for found, last in self.chance.choices(able, weights, k=3) if able else ():
            near = self._near(matter.category_id, matter.radius_m, found.told.spot, at)
            if all(one.closed_at is not None and one.closed_at <= last for one in near):
                return found
        return None

    def _number(self, kind: str, at: datetime) -> str:
        day = at.astimezone(self.ground.platform.zone).date()
        self.serials[kind, day] += 1
        return numbers.written(self.ground.platform, kind, day, self.serials[kind, day])

    # --- a life ---

    def play(self, told: Told) -> Life:
        """From the report to its end, or to where it stands now, with what its citizen is told."""
        life = Life(self.ground, told)
        at = told.at.replace(microsecond=0) + self._pause("accept")
        if at <= self.now:
            self._live(life, at)
        self.citizens.follow(life)
        return life

    def _live(self, life: Life, at: datetime) -> None:
        told, seat = life.told, self.posts.holder(life.work, self.chance)
        if self.chance.random() < mix.REFUSED:
            life.refuse(at, seat, "below_condition" if told.reporter else "out_of_scope", "")
            return
        life.accept(at, seat)
        if told.reporter is None:
            self._step(life, "send_verification", at, seat, Given(person=self.posts.inspector(told.spot, self.chance)))
        self._go_on(life, at)
        if life.case is not None:
            self.recent[told.category_id, told.spot.place.community_id or 0].append(life)

    def _go_on(self, life: Life, at: datetime) -> None:
        while (work := life.work) is not None:
            following = self._when(life, work, at)
            if following is None or following > self.now:
                return
            at = following
            self._answer(life, work, at)

    def _when(self, life: Life, work: Work, at: datetime) -> datetime | None:
        """When the work is answered; None where it is left lying."""
        if work.kind == "receive":
            return self._received_at(life, at)
        if work.kind == "dispose":
            return self._disposed_at(life, at)
        found = at + self._pause(work.kind)
        hour = found.astimezone(self.ground.platform.zone).hour
        if work.kind == "check" and (hour in NIGHT[0] or hour in NIGHT[1]):
            found = self._morning(found)
        return found

    def _morning(self, at: datetime) -> datetime:
        local = at.astimezone(self.ground.platform.zone)
        day = local.date() + timedelta(days=1 if local.hour >= 22 else 0)
        begun = datetime.combine(day, datetime.min.time(), self.ground.platform.zone) + timedelta(hours=7)
        return (begun + timedelta(seconds=self.chance.randrange(600, 5400))).astimezone(UTC)

    def _received_at(self, life: Life, at: datetime) -> datetime:
        """Within the unit's own hours; what counts day and night is signed for day and night."""
        share = self.chance.uniform(0.1, 0.85 if self.chance.random() > SLOW else 1.6)
        code = life.unit.code if life.unit is not None else ALWAYS
        return self.ground.line(code).advance(at, round((1500 if code == ALWAYS else 3600) * share))

    def _disposed_at(self, life: Life, at: datetime) -> datetime | None:
        case, unit = life.case, life.unit
        assert case is not None
        assert unit is not None
        if self._left_lying(life):
            return None
        late = not case.rework_count and self._is_late(case.handler_unit_id or 0)
        for _turn in range(6):
            share = self.chance.uniform(1.03, 1.5) if late else self.chance.triangular(0.12, 0.96, 0.4)
            found, soonest = unit.at_share(share), at + timedelta(minutes=self.chance.randrange(10, 26))
            if found < soonest:
                found = soonest if late or unit.due is None else max(min(soonest, unit.due - timedelta(minutes=1)), at)
            if late and found > self.now:
                late = False  # not yet late: whether it is kept nobody knows
                continue
            if 7 <= found.astimezone(self.ground.platform.zone).hour < 22:
                break
        return found

    def _is_late(self, unit_id: int) -> bool:
        """By the share of limits that the unit keeps; steered, so that a small unit comes to its share as well."""
        wanted, (answered, kept) = mix.kept_share(organizations.unit(unit_id).code), self.kept[unit_id]
        ahead = kept / answered - wanted if answered else 0.0
        return self.chance.random() < 1 - wanted + 4 * ahead

    def _left_lying(self, life: Life) -> bool:
        """Whether this is one of those that stand overdue, that are set aside, or for which time is asked."""
        case, whole = life.case, life.whole
        assert case is not None
        assert whole is not None
        assert case.dispatched_at is not None
        age, due = self.now - life.told.at, whole.due
        if case.rework_count or case.fenced_at is not None or due is None:
            return False
        if self.left.overdue < round(mix.OVERDUE * self.scale) and age < timedelta(days=STUCK_DAYS) and due < self.now - SETTLED / 24:
            weak = organizations.unit(case.handler_unit_id or 0).code == mix.WORST
            if self.chance.random() < (0.05 if weak else 0.012):
                self.left.overdue += 1
                return True
        for wanted, kept, days, share in (
            (mix.SUSPENDED * self.scale, self.left.suspended, SUSPENDED_DAYS, 0.012), (None, self.left.extended, 99, mix.EXTENDED),
        ):  # fmt: skip
            if (wanted is None or len(kept) < round(wanted)) and age < timedelta(days=days) and self.chance.random() < share:
                asked = life.unit.at_share(0.3) if life.unit is not None else self.now
                if asked < self.now - timedelta(hours=6) and case.state == State.DISPOSING:
                    kept.append((case.pk, asked))
                    return True
        return False

    def _pause(self, kind: str) -> timedelta:
        least, most = PAUSES.get(kind, (3, 20))
        minutes = self.chance.uniform(least, most) * (3 if self.chance.random() < SLOW else 1)
        return timedelta(seconds=round(minutes * 60))

    # --- steps ---

    def _answer(self, life: Life, work: Work, at: datetime) -> None:
        """What the holder of the work does."""
        if work.kind == "check":
            who = self.posts.by_id[work.appointment_id or 0]
        else:
            who = self.posts.by_id[work.appointment_id] if work.appointment_id else self.posts.holder(work, self.chance)
        answers: Mapping[str, Callable[[Life, datetime, Acting], tuple[str, Given]]] = {
            "verify": self._verified, "file": self._filed, "confirm_filing": self._confirmed, "dispatch": self._dispatched,
            "dispose": self._fed_back, "fence": self._fenced, "review": self._reviewed, "send_check": self._sent, "check": self._checked,
            "close": self._closed,
        }  # fmt: skip
        action, given = answers[work.kind](life, at, who) if work.kind in answers else (work.kind, Given())
        self._step(life, action, at, who, given)

    def _step(self, life: Life, action: str, at: datetime, who: Acting, given: Given) -> None:
        life.take(action, at, who, given)
        case = life.case
        if action == "feedback" and case is not None and case.handler_unit_id is not None and not case.rework_count:
            answered, kept = self.kept[case.handler_unit_id]
            self.kept[case.handler_unit_id] = answered + 1, kept + bool(case.on_time)

    def _verified(self, life: Life, at: datetime, who: Acting) -> tuple[str, Given]:
        if self.chance.random() < mix.UNTRUE:
            return "verify", matters.verified("not_true", "现场未见所述情况")
        photo = self.photos.one("before", matters.name_of(life), self.chance)
        note = self.chance.choice(mix.TEXTS["verify"])
        return "verify", matters.verified("true", note, files=(photo,), number=self._number("report", at))

    def _filed(self, life: Life, at: datetime, who: Acting) -> tuple[str, Given]:
        untrue = life.found_untrue
        if not who.may("refuse_filing" if untrue else "file"):
            note = "核实不属实，提请不予立案" if untrue else "提请立案"
            return "propose_filing", Given(texts={"note": note}, note=note)
        return self._confirmed(life, at, who)

    def _confirmed(self, life: Life, at: datetime, who: Acting) -> tuple[str, Given]:
        if life.found_untrue:
            return "refuse_filing", Given(reason="not_true")
        return "file", Given(when=When.PLAIN, number=self._number("case", at))

    def _dispatched(self, life: Life, at: datetime, who: Acting) -> tuple[str, Given]:
        unit, inputs = life.grounds(at)
        opinion = self.chance.choice(mix.TEXTS["dispatch"])
        return "dispatch", Given(inputs=inputs, texts={"opinion": opinion}, note=opinion, unit_id=unit)

    def _fenced(self, life: Life, at: datetime, who: Acting) -> tuple[str, Given]:
        return "fence", Given(texts={"text": "已围挡并设警示标志"}, files=(self.photos.one("fence", matters.name_of(life), self.chance),))

    def _fed_back(self, life: Life, at: datetime, who: Acting) -> tuple[str, Given]:
        text = sayings.done(matters.name_of(life), self.chance)
        photo = self.photos.one("after", matters.name_of(life), self.chance)
        texts = {"text": text, "handled_by": who.user_name}
        return "feedback", Given(inputs={"handled_at": None}, texts=texts, files=(photo,), note=text, when=When.OWN_UNIT)

    def _reviewed(self, life: Life, at: datetime, who: Acting) -> tuple[str, Given]:
        if self.chance.random() < mix.REWORK:
            return "rework", matters.sent_again(self.ground.platform.pk, self.chance.choice(mix.TEXTS["rework"]))
        return "review", Given()

    def _sent(self, life: Life, at: datetime, who: Acting) -> tuple[str, Given]:
        return "send_check", Given(person=self.posts.inspector(life.told.spot, self.chance, besides=life.told.reporter))

    def _checked(self, life: Life, at: datetime, who: Acting) -> tuple[str, Given]:
        answer = "handled" if self.chance.random() > mix.CHECK_FAILS else "insufficient"
        note = sayings.checked(matters.name_of(life), self.chance) if answer == "handled" else "处置不到位，仍有残留"
        return "check", matters.checked(answer, note, self.photos.one("check", matters.name_of(life), self.chance))

    def _closed(self, life: Life, at: datetime, who: Acting) -> tuple[str, Given]:
        case = life.case
        assert case is not None
        if case.check_answer != "handled":
            return "rework", matters.sent_again(self.ground.platform.pk, "核查不到位，请继续处置")
        public = life.told.reporter is None
        return "close", Given(texts={"reply": mix.TEXTS["reply"][0]} if public else {})


def _owner(posts: Posts) -> int:
    """Whose the shared pictures are: an inspector's."""
    return next(one.user_id for listed in posts.of_area.values() for one in listed)


def read(platform: Platform, scale: float, now: datetime, seed: int) -> Month | None:
    """The months of a city that stands, before anything happens; None where districts command on their own (model D), whose lives are not
    made in bulk. Call it in a transaction."""
    definition = processes.current_for(platform.pk, "inspector", "")
    process = processes.process_of(definition.pk)
    if process.has(State.AT_DISTRICT):
        return None
    chance = random.Random(seed)  # noqa: S311 - a made city, not a secret
    partitions.ensure(months_before=2)
    ground, posts = Ground(platform, definition.pk, process), Posts.read(platform.pk)
    return Month(
        ground, posts, Places.read(platform, scale, chance), Photos.draw(matters.names(), platform, _owner(posts)),
        matters.known(platform.pk), scale, now.replace(microsecond=0), chance,
    )  # fmt: skip


def play(month: Month, tell: Tell, *, besides: int = 0, looks: Looks | None = None) -> None:
    """Live them; ``besides``: reports of today that are played otherwise."""
    count, writing = 0, Writing(looks)
    with checked_together(TABLES):
        for told in month.reports(besides):
            writing.look_before(told.at)
            writing.put(month.play(told))
            count += 1
            if count % TOLD_EVERY == 0:
                tell(f"本月和上月案件 {count} 件")
        writing.finish()
    numbers.go_on_from(month.ground.platform, month.serials)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cases_case, cases_caserecord, cases_workitem, cases_clock, cases_report, cases_caseaccess")
    tell(f"本月和上月案件 {count} 件")
