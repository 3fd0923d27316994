"""A day of reports in all states, played through the ordinary actions at travelled times, so that every record and clock is real.

1. Each report has a start within the last 30 hours, a kind of problem, a place on a street, and a pace.
2. The posts act on it step after step; a step that would lie in the future is not taken, so that cases stand in every state.
3. A few stories are told besides: signature, city-owned, the three refusals, rework, a case nobody signs for.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from urbangrid.cases import holding, processes
from urbangrid.cases.actions import authorising, intake, perform
from urbangrid.cases.actions.authorising import AuthorisationInputs
from urbangrid.cases.actions.inputs import ReasonInputs, ReportInputs
from urbangrid.cases.holding import Work
from urbangrid.cases.lifecycle import State
from urbangrid.cases.process import Process
from urbangrid.catalog import queries as catalog
from urbangrid.catalog.values import CategoryOption
from urbangrid.core import clock, files
from urbangrid.demo import geography, names, pictures, sayings
from urbangrid.demo.geography import AddressPoint, Geography
from urbangrid.demo.posts import playing
from urbangrid.demo.problems import PROBLEMS
from urbangrid.demo.town import Town
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.models import Appointment
from urbangrid.service_requests import actions as requests

SEED = 20261120
SEATS = ("limin", "zhaoqian", "sunyue")
WAYS = {
    "verify": (6, 26), "file": (2, 12), "dispatch": (2, 12), "receive": (6, 48), "dispose": (50, 640), "review": (4, 24),
    "district_dispatch": (4, 34), "district_review": (4, 24),
    "send_check": (3, 20), "check": (8, 28), "close": (3, 22), "confirm_filing": (4, 14), "sign": (10, 50), "accept": (2, 13),
}  # fmt: skip
"""Minutes a step takes, least and most; one in twelve takes three times as long."""


@dataclass(slots=True)
class Story:
    """What is special about one report: ``until`` stops before that work, the flags are used at filing; ``category`` is the id of its
    class and ``place`` where it lies, where they are not drawn."""

    until: str = ""
    complex: bool = False
    city_owned: bool = False
    refuse_report: bool = False
    not_true: bool = False
    void: bool = False
    rework: bool = False
    urgent: bool = False
    category: int = 0
    place: AddressPoint | None = None


STORIES = (
    Story(until="sign", complex=True), Story(until="sign", complex=True), Story(until="city_answer", city_owned=True),
    Story(until="release", city_owned=True), Story(refuse_report=True), Story(refuse_report=True), Story(not_true=True), Story(void=True),
    Story(rework=True), Story(rework=True), Story(rework=True), Story(until="accept"), Story(until="verify"), Story(until="file"),
    Story(until="dispatch"), Story(until="receive"), Story(until="dispose", urgent=True), Story(until="review"), Story(until="send_check"),
    Story(until="check"), Story(until="close"), Story(until="confirm_filing"),
)  # fmt: skip


@dataclass(slots=True)
class Day:
    """Plays reports; ``now`` is the instant the town is looked at."""

    town: Town
    now: datetime
    random: random.Random
    actings: dict[int, Acting]
    process: Process
    geography: Geography
    communities: dict[int, int]
    """Place in ``town.communities`` by id."""

    def acting(self, appointment_id: int) -> Acting:
        if appointment_id not in self.actings:
            row = Appointment.objects.select_related("user", "post", "unit", "platform").get(pk=appointment_id)
            self.actings[appointment_id] = playing(row)
        return self.actings[appointment_id]

    def named(self, key: str) -> Acting:
        return self.acting(self.town.people[key].pk)

    def authorise_seats(self) -> None:
        """Where seats close by authorisation alone (model E), the duty leader gives it to them for the longest term."""
        begun = self.now - timedelta(days=3)
        with clock.travel(begun):
            for seat in map(self.named, SEATS):
                if not seat.may("close"):
                    given = AuthorisationInputs(begun, begun + authorising.LONGEST, "日常授权", appointment_id=seat.appointment_id)
                    authorising.authorise(self.named("chenliguo"), given)

    # --- one report ---

    def play(self, number: int, story: Story, start: datetime, *, public: bool | None = None) -> None:
        """From the report to where it stands at ``now``; ``public``: whose report it is, by the story where it is not said."""
        if public is None:
            public = bool(story.not_true or story.until in ("verify", "file") or self.random.random() < 0.3)
        at = start
        with clock.travel(at):
            report_id, name = self.report(number, story, public=public)
        at += self.pause("accept")
        if story.until == "accept" or at > self.now:
            return
        seat = self.named(self.random.choice(SEATS))
        with clock.travel(at):
            if story.refuse_report:
                intake.refuse_report(seat, report_id, ReasonInputs("out_of_scope"))
                return
            case_id = intake.accept(seat, report_id, "send_verification" if public else "", {}).pk
        self.go_on(case_id, at, story, name, number)

    def go_on(self, case_id: int, at: datetime, story: Story, name: str, number: int) -> None:
        """Step after step, from ``at`` on."""
        for _step in range(20):
            work = holding.open_work(case_id)
            if work is None or work.kind == story.until:
                return
            at += self.pause(work.kind)
            if at > self.now:
                return
            with clock.travel(at):
                self.answer(case_id, work, story, name, number)

    def pause(self, kind: str) -> timedelta:
        least, most = WAYS.get(kind, (3, 20))
        minutes = self.random.uniform(least, most) * (3 if self.random.random() < 0.08 else 1)
        return timedelta(minutes=minutes)

    def answer(self, case_id: int, work: Work, story: Story, name: str, number: int, seq: int | None = None) -> None:
        """What the holder of the work does; the words are those of ordinary days. ``seq``: of the case as it was looked at."""
        if story.void and work.kind == "receive":
            director = self.named("chenliguo")
            perform(director, case_id, "void", holding.seq_of(case_id), {"reason": "filed_wrongly", "note": "复核不符合立案条件"})
            return
        who = self.who(work)
        action, data = self._deed(work, who, story, name, number)
        perform(who, case_id, action, holding.seq_of(case_id) if seq is None else seq, data)

    def who(self, work: Work) -> Acting:
        """Who does the work: the person it names, a seat of the cast, or somebody who holds its duty."""
        if work.appointment_id is not None:
            return self.acting(work.appointment_id)
        if work.kind in ("file", "send_check", "close", "hand_on"):
            return self.named(self.random.choice(SEATS))
        found = organizations.holder_of(self.town.platform.pk, work.duty, work.unit_id)
        return self.acting(found or 0)

    def _deed(self, work: Work, who: Acting, story: Story, name: str, number: int) -> tuple[str, dict[str, object]]:
        kind = work.kind
        if kind == "verify":
            if story.not_true:
                return "verify", {"answer": "not_true", "note": "现场未见所述情况"}
            return "verify", {"answer": "true", "note": "现场属实", "files": [self.photo(who, name, "before", number)]}
        if kind == "file":
            return self._filing(who, story, needs_another=work.needs_director)
        if kind == "confirm_filing":
            if story.not_true:
                return "refuse_filing", {"reason": "not_true"}
            return "file", {"complex": story.complex and self.process.has(State.TO_SIGN), "city_owned": story.city_owned}
        if kind in ("dispatch", "district_dispatch"):
            unit = holding.proposed_unit(work.case_id) or self.town.units[names.DEFAULT_UNIT].pk
            return "dispatch", {"unit_id": unit, "opinion": self.random.choice(("", "请先围护再处置", "请于今日完成", ""))}
        if kind == "fence":
            return "fence", {"text": "已围挡并设警示标志", "files": [self.photo(who, name, "before", number)]}
        if kind == "dispose":
            return "feedback", {
                "text": sayings.done(name, self.random),
                "handled_by": who.user_name,
                "files": [self.photo(who, name, "after", number)],
            }
        if kind == "review" and story.rework:
            story.rework = False
            return "rework", {"reason": "remains", "note": "照片中仍有残留"}
        if kind == "check":
            photo = self.photo(who, name, "check", number)
            return "check", {"answer": "handled", "note": sayings.checked(name, self.random), "files": [photo]}
        if kind == "close":
            return "close", {"reply": "您好，您反映的问题已处置完毕，现场核查属实。谢谢您。"}
        if kind == "district_review":
            return "review", {}
        return {"city_answer": "enter_city_answer"}.get(kind, kind), {"text": "市级单位已处置"} if kind == "city_answer" else {}

    def _filing(self, who: Acting, story: Story, *, needs_another: bool) -> tuple[str, dict[str, object]]:
        """Filed, refused, or proposed where the model has somebody else decide; a model without signature files plainly."""
        if self.process.has(State.TO_CONFIRM) and (story.not_true or needs_another or not who.may("file")):
            return "propose_filing", {"note": "核实不属实，提请不予立案" if story.not_true else "提请立案"}
        if story.not_true:
            return "refuse_filing", {"reason": "not_true"}
        released = story.city_owned and self.process.has(State.TO_RELEASE)
        return "file", {"complex": story.complex and self.process.has(State.TO_SIGN), "city_owned": released}

    # --- material ---

    def report(self, number: int, story: Story, *, public: bool, client_id: str = "") -> tuple[int, str]:
        """A new report, of the public or an inspector's; its id and the name of its class."""
        category, condition = self._problem(story)
        place = story.place or self.geography.point(self.random)
        urgent = story.urgent or self.random.random() < 0.04
        if public:
            seat = self.named("limin")
            made = requests.register(
                seat,
                requests.Registration(
                    source=self.random.choice(("hotline", "hotline", "wechat", "web")), client_id=client_id or f"demo-{number}",
                    text=sayings.called(category.name, place.words, self.random), line="12319",
                    contact=requests.Contact(self.random.choice(names.CALLERS), f"5550{self.random.randrange(10**7):07d}"),
                    category_id=category.id, condition_id=condition, place_text=place.words, longitude=place.longitude,
                    latitude=place.latitude,
                    urgent=urgent,
                ),
                simulated=True,
            )  # fmt: skip
            return made.report_id or 0, category.name
        inspector = self.inspector_of(place, number)
        report = intake.report(
            inspector,
            ReportInputs(
                source="inspector", client_id=client_id or f"demo-{number}", category_id=category.id, condition_id=condition,
                place_text=place.words,
                longitude=place.longitude, latitude=place.latitude, urgent=urgent, device_longitude=place.longitude + 0.00003,
                device_latitude=place.latitude,
                accuracy_m=6.0, device_at=clock.now(), files=(self.photo(inspector, category.name, "before", number),),
            ),
            simulated=True,
        )  # fmt: skip
        return report.pk, category.name

    def inspector_of(self, place: AddressPoint, number: int) -> Acting:
        """Those of a community report in turn."""
        inspectors = self.town.inspectors[self.communities[place.community_id]]
        return self.named(inspectors[number % len(inspectors)])

    def _problem(self, story: Story) -> tuple[CategoryOption, int]:
        listed = [row for row in self._known() if story.category in (0, row[0].id)]
        names_, weights = [option for option, _w in listed], [weight for _o, weight in listed]
        category = self.random.choices(names_, weights)[0]
        if story.until == "confirm_filing":
            category = next(one for one in catalog.category_options(self.town.platform.pk) if one.confirm_filing)
        return category, self.random.choice(catalog.conditions_of(category.id, self.town.platform.pk)).id

    def classes_of(self, unit_id: int) -> list[CategoryOption]:
        """The classes of ordinary problems that the responsibility table gives to that unit alone."""
        return [one for one, _weight in self._known() if self.geography.units_of(one.id) == (unit_id,)]

    def _known(self) -> list[tuple[CategoryOption, int]]:
        options = {one.name: one for one in catalog.category_options(self.town.platform.pk)}
        found = [(options[name], weight) for name, weight in PROBLEMS if name in options and not options[name].confirm_filing]
        return [(one, weight) for one, weight in found if catalog.conditions_of(one.id, self.town.platform.pk)]

    def photo(self, who: Acting, name: str, kind: str, number: int) -> int:
        data = pictures.picture(name, kind, SEED + number)
        stored = files.store_photo(io.BytesIO(data), name=f"{kind}.jpg", platform_id=who.platform_id, owner_id=who.user_id, zone=who.zone)
        return stored.pk


def starts(count: int, now: datetime, chance: random.Random, since: datetime | None = None) -> Iterator[datetime]:
    """Instants over the last 30 hours, or after ``since``, denser by day and in the last two hours, in order."""
    most = min(1800.0, max((now - since).total_seconds() / 60, 130)) if since is not None else 1800.0
    found: list[datetime] = []
    while len(found) < count:
        recent = chance.random() < 0.4
        at = now - timedelta(minutes=chance.uniform(2, 110) if recent else chance.uniform(110, most))
        by_day = 7 <= (at.hour + 8) % 24 < 20
        if recent or by_day or chance.random() < 0.35:
            found.append(at)
    yield from sorted(found)


def begin(town: Town, now: datetime) -> Day:
    """The posts of a town, ready to act."""
    chance = random.Random(SEED)  # noqa: S311 - a made city, not a secret
    process = processes.process_of(processes.current_for(town.platform.pk, "inspector", "").pk)
    communities = {row.pk: number for number, row in enumerate(town.communities)}
    day = Day(town, now, chance, {}, process, geography.read(town.platform.pk), communities)
    day.authorise_seats()
    return day


def play(day: Day, count: int, tell: Callable[[str], None], *, since: datetime | None = None) -> None:
    """Play ``count`` reports, after ``since``; the special stories come among the later ones so that they are still to be seen."""
    chance, now = day.random, day.now
    stories = [Story() for _number in range(max(count - len(STORIES), 0))] + [replace(one) for one in STORIES]
    order = list(zip(sorted(starts(len(stories), now, chance, since)), stories, strict=True))
    for number, (at, story) in enumerate(order, 1):
        day.play(number, story, at if not story.until else min(at, now - timedelta(minutes=chance.uniform(20, 300))))
        if number % 25 == 0:
            tell(f"案件 {number}/{len(order)}")
