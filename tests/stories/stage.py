"""A city under a model with somebody in every post and a case at each stop, played once; each story starts from there.

Nobody is asked for by the name of her post: ``worker`` finds who has an open piece of work, ``holders`` who has a duty.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from tests.models import ways
from tests.support.city import INSIDE, SINCE, WORKDAY
from tests.support.desk import Answer, Desk
from tests.support.model_city import ModelCity, build
from urbangrid.accounts.models import User
from urbangrid.cases import clocks, deadlines, processes
from urbangrid.cases.actions import authorising
from urbangrid.cases.actions.authorising import AuthorisationInputs
from urbangrid.cases.models import Case, CaseRequest, Clock, WorkItem
from urbangrid.cases.process import Process
from urbangrid.cases.verification import verify_case
from urbangrid.core import clock
from urbangrid.organizations import actions
from urbangrid.organizations.acting import Acting, from_row
from urbangrid.organizations.models import Appointment, Post, Unit

HOUR = timedelta(hours=1)
LATER = WORKDAY + HOUR
"""When the stories go on; what the stage holds was played at WORKDAY."""
_serial = count(1)


def fill(city: ModelCity) -> None:
    """Somebody in each post of the city that nobody of its cast has, and a crew below the unit that stories dispatch to and the company."""
    with clock.travel(SINCE):
        posts = Post.objects.filter(platform=city.platform).exclude(face="administration").order_by("pk")
        for post in posts.exclude(unit_kinds=["crew"]):
            if post.code not in {one.post_code for one in city.cast.values()}:
                unit = Unit.objects.filter(platform=city.platform, kind__in=post.unit_kinds).order_by("code").first()
                if unit is not None:
                    city.cast[post.code] = _appointed(post, unit)
        for name, above, post_code in (("crew", "district_clerk" if city.tenant else "clerk", "crew_member"),
                                       ("company_crew", "company_clerk", "company_crew")):  # fmt: skip
            clerk = city.cast[above]
            unit = actions.create_unit(platform_id=clerk.platform_id, code=name, name="一班", kind="crew", parent_id=clerk.unit_id)
            city.cast[name] = _appointed(Post.objects.get(platform_id=clerk.platform_id, code=post_code), unit)


def _appointed(post: Post, unit: Unit) -> Acting:
    user = User.objects.create(username=f"of.{post.code}", name=post.name, password="!", must_change_password=False)
    row = actions.appoint(user=user, post=post, unit=unit, division_id=unit.division_id)
    return from_row(Appointment.objects.select_related("user", "post", "unit", "platform").get(pk=row.pk))


@dataclass
class Stage:
    """The city, its desks, and cases ``unfiled``, ``filed`` (to be dispatched), ``held`` (a unit disposes of it), ``closed``."""

    letter: str
    city: ModelCity
    cases: dict[str, str] = field(default_factory=dict)
    desks: dict[str, Desk] = field(default_factory=dict)

    # --- people ---

    def at(self, name: str) -> Desk:
        return self.desks[name]

    def holders(self, duty: str, *, beside: str = "") -> list[str]:
        """Of the platform that deals with cases: who holds ``duty`` and not ``beside``."""
        own = [(name, one) for name, one in self.city.cast.items() if one.platform_id == self.city.platform.pk]
        return [name for name, one in own if one.may(duty) and not (beside and one.may(beside))]

    def who(self, duty: str, *, beside: str = "") -> Desk:
        return self.at(self.holders(duty, beside=beside)[0])

    def worker(self, case: str, kind: str) -> Desk:
        """Who of the cast has the open work of that kind: its unit, duty and person decide."""
        item = WorkItem.objects.filter(case_id=case, kind=kind, closed_at=None).order_by("-id")[0]
        cast = self.city.cast.items()
        if item.appointment_id is not None:
            fitting = [name for name, one in cast if one.appointment_id == item.appointment_id]
        else:
            fitting = [name for name, one in cast if one.may(item.duty) and one.unit_id == item.unit_id]
        assert fitting, f"nobody has {kind} ({item.duty}, {item.unit})"
        return self.at(fitting[0])

    @property
    def unit(self) -> Desk:
        """The clerk of the unit that stories dispatch to; in model D one of the district."""
        return self.at("district_clerk" if self.city.tenant else "clerk")

    @property
    def other_unit(self) -> Desk:
        return self.at("other_district_clerk" if self.city.tenant else "other_clerk")

    @property
    def commander(self) -> Desk:
        """Who dispatches at the level of that unit."""
        platform, cast = self.unit.who.platform_id, self.city.cast.items()
        return self.at(next(name for name, one in cast if one.platform_id == platform and one.may("dispatch")))

    # --- steps ---

    def act(self, desk: Desk, case: str, action: str, **data: Any) -> Answer:
        return desk.act(case, action, seq=Case.objects.values_list("seq", flat=True).get(pk=case), **data)

    def done(self, desk: Desk, case: str, action: str, **data: Any) -> dict[str, Any]:
        answer = self.act(desk, case, action, **data)
        assert answer.status == 200, (action, answer.body)
        return dict(answer.body)

    def dispatch(self, case: str, to: Desk | None = None, **more: Any) -> None:
        """To the unit; in model D by way of its district. ``more``: a reason where the unit is not the proposed one."""
        unit = to or self.unit
        if self.city.tenant is not None and unit.who.platform_id != self.city.platform.pk:
            self.done(self.worker(case, "dispatch"), case, "dispatch", unit_id=str(self.at("district_dispatcher").who.unit_id), **more)
            self.done(self.worker(case, "district_dispatch"), case, "dispatch", unit_id=str(unit.who.unit_id), **more)
            return
        self.done(self.worker(case, "dispatch"), case, "dispatch", unit_id=str(unit.who.unit_id), **more)

    def file(self, case: str, *, condition: str = "道路破损", **way: bool) -> None:
        """By whoever files; proposed first where the seat does not. ``way``: complex or city_owned."""
        seat, data = self.at("seat_agent"), {"condition_id": str(self.city.condition(condition))}
        if not seat.who.may("file"):
            self.done(seat, case, "propose_filing", **data)
            seat = self.worker(case, "confirm_filing")
        self.done(seat, case, "file", **data, **way)

    def feed_back(self, case: str, colour: str = "black") -> None:
        unit = self.worker(case, "dispose")
        self.done(unit, case, "feedback", text="已修补", handled_by="班组", files=[unit.send_photo(colour)])

    def review(self, case: str) -> None:
        """By everybody who looks at the answer: in model D the district first."""
        while Case.objects.get(pk=case).state in ("district_review", "to_review"):
            state = Case.objects.get(pk=case).state
            self.done(self.worker(case, "review" if state == "to_review" else state), case, "review")

    def check(self, case: str, answer: str = "handled") -> None:
        self.done(self.worker(case, "send_check"), case, "send_check")
        self.answer_check(case, answer)

    def answer_check(self, case: str, answer: str) -> None:
        inspector = self.worker(case, "check")
        self.done(
            inspector, case, "check", answer=answer, longitude=INSIDE[0], latitude=INSIDE[1], files=[inspector.send_photo("white")]
        )

    def close(self, case: str) -> None:
        self.done(self.who("close"), case, "close", reply=ways.REPLY)

    def to_closure(self, case: str) -> None:
        """From disposing on."""
        self.feed_back(case)
        self.review(case)
        self.check(case)
        self.close(case)

    # --- what stands ---

    def case(self, case: str) -> Case:
        return Case.objects.get(pk=case)

    def work(self, case: str) -> list[str]:
        """Kinds of the open work."""
        return sorted(WorkItem.objects.filter(case_id=case, closed_at=None).values_list("kind", flat=True))

    def used(self, case: str, kind: str = "unit") -> int:
        """Seconds that the running clock of the case, or of the unit that has it, has counted."""
        return deadlines.consumed_at(self._state(self.row(case, kind)), clock.now())

    def stands(self, case: str, kind: str = "unit") -> bool:
        """Whether the clock is grey."""
        return self.row(case, kind).due_at is None

    def row(self, case: str, kind: str = "unit") -> Clock:
        rows = Clock.objects.filter(case_id=case, kind=kind, ended_at=None)
        if kind == "unit":
            rows = rows.filter(unit=self.case(case).handler_unit)
        return rows.get()

    def agrees(self, case: str) -> None:
        """Every due instant that is kept is the one that the engine of the clocks computes."""
        for row in Clock.objects.filter(case_id=case, ended_at=None):
            assert row.due_at == deadlines.due_at(self._state(row)), (row.kind, row.stage)

    def _state(self, row: Clock) -> deadlines.ClockState:
        return clocks.state_of(row, self.city.platform.pk, self.city.platform.zone)

    def story(self, case: str) -> list[str]:
        return self.who("read_all").story(case)

    def refused(self, desk: Desk, case: str, action: str, code: str, **data: Any) -> None:
        """It does not do, for that reason, and nothing has changed."""
        before = Case.objects.values("state", "seq").get(pk=case)
        answer = self.act(desk, case, action, **data)
        assert (400 <= answer.status < 500, answer.code) == (True, code), answer.body
        assert Case.objects.values("state", "seq").get(pk=case) == before

    def proved(self, *cases: str) -> None:
        """Records, chain and clocks of each agree."""
        for case in cases:
            assert verify_case(int(case)) == []
            self.agrees(case)

    # --- requests ---

    @property
    def process(self) -> Process:
        return processes.process_of(processes.current_for(self.city.platform.pk, "inspector", "").pk)

    def request(self, case: str) -> CaseRequest:
        return CaseRequest.objects.filter(case_id=case).order_by("-id")[0]

    def ask(self, desk: Desk, case: str, kind: str, **data: Any) -> CaseRequest:
        self.done(desk, case, f"ask_{kind}", **data)
        return self.request(case)

    def agree(self, case: str, **last: Any) -> list[str]:
        """Everybody of the chain agrees; returns the posts in order. ``last``: what the last one decides besides."""
        asked, posts = self.request(case), []
        while self.request(case).state == CaseRequest.WAITING:
            desk = self.worker(case, "decide")
            self.done(desk, case, "agree", request=str(asked.pk), **last)
            posts.append(desk.who.post_code)
        assert self.request(case).state != CaseRequest.REFUSED
        return posts

    def refuse(self, case: str, reason: str) -> None:
        self.done(self.worker(case, "decide"), case, "disagree", request=str(self.request(case).pk), reason=reason, note="不符合条件")


def later(hours: float = 0) -> AbstractContextManager[None]:
    return clock.travel(LATER + hours * HOUR)


def until(days: float) -> str:
    return (WORKDAY + timedelta(days=days)).isoformat()


def play(letter: str) -> Stage:
    """Build the city and bring a case to each stop."""
    city = build(letter)
    fill(city)
    stage = Stage(letter, city)
    with clock.travel(WORKDAY):
        stage.desks.update({name: Desk(city, name) for name in city.cast})  # type: ignore[arg-type]
        seat = stage.at("seat_agent")
        if not seat.who.may("close"):
            _authorise(stage, seat)
        for name in ("unfiled", "filed", "held", "closed"):
            stage.cases[name] = new_case(stage)
            if name != "unfiled":
                ways.filed(stage.at, city, stage.cases[name])
            if name in ("held", "closed"):
                stage.dispatch(stage.cases[name])
                stage.done(stage.unit, stage.cases[name], "receive")
        stage.to_closure(stage.cases["closed"])
    return stage


def new_case(stage: Stage, **more: Any) -> str:
    """An inspector's report, accepted: it waits to be filed."""
    return ways.accepted(stage.at, ways.inspector_reports(stage.at, stage.city, **more))


def _authorise(stage: Stage, seat: Desk, until: datetime | None = None) -> None:
    """The duty leader lets a seat close (model E)."""
    given = AuthorisationInputs(
        clock.now(), until or clock.now() + timedelta(days=30), "日常授权", appointment_id=seat.who.appointment_id
    )
    authorising.authorise(stage.at("duty_director").who, given)

