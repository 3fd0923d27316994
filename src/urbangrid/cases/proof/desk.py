"""Reports before they are cases: taken, accepted (with filing, proposal or verification in one), refused, joined to a case.

Told a second time like the cases: who may decide on a report, and what becomes of its work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from urbangrid.cases.actions import intake
from urbangrid.cases.actions.inputs import ReasonInputs, ReportInputs
from urbangrid.cases.models import Case, Report, WorkItem
from urbangrid.cases.proof import entrusted
from urbangrid.cases.proof.told import Contradiction
from urbangrid.cases.proof.watch import Watch
from urbangrid.cases.proof.world import World
from urbangrid.core.ids import new_id
from urbangrid.organizations.acting import Acting

ACCEPT_SECONDS = 15 * 60
THEN = ("", "", "file", "send_verification", "propose_filing")
ENDS = {"accept": "accepted", "refuse_report": "refused"}


@dataclass(slots=True)
class Told:
    """A report as it must be: at which desk it waits, by whom it was made."""

    report_id: int
    number: str
    reporter: int | None
    unit: int | None
    state: str = "waiting"


@dataclass(slots=True)
class Desk:
    """The reports of a walk."""

    world: World
    seed: str
    reports: list[Told] = field(default_factory=list)

    @property
    def waiting(self) -> frozenset[int]:
        return frozenset(one.report_id for one in self.reports if one.state == "waiting")

    def reporter(self, number: str) -> int | None:
        return next((one.reporter for one in self.reports if one.number == number), None)

    def joined(self, report_id: int) -> None:
        """It tells of a case that was there before."""
        next(one for one in self.reports if one.report_id == report_id).state = "linked"
        self.agree()

    # --- moves ---

    def data(self, rng: Random, open_cases: int, most: int) -> tuple[str, dict[str, Any]]:
        """What happens at the desk next, with its inputs."""
        room = open_cases + len(self.waiting) < most
        if not self.reports or (room and rng.random() < 0.4):
            chosen = {"class": rng.randrange(100), "spot": rng.randrange(100), "by_phone": rng.random() < 0.4, "urgent": rng.random() < 0.1}
            return "report", chosen
        places = [place for place, one in enumerate(self.reports) if one.state == "waiting"]
        place = rng.choice(places) if places and rng.random() < 0.9 else rng.randrange(len(self.reports))
        if open_cases < most and rng.random() < 0.7:
            return "accept", {"report": place, "then": rng.choice(THEN)}
        return "refuse_report", {"report": place, "reason": rng.choice(self.world.reasons["refuse_report"])}

    def right(self, action: str, data: Mapping[str, Any]) -> list[str]:
        """Who may do it."""
        if action == "report":
            return self.world.with_duty("register" if data["by_phone"] else "report")
        return [name for name, who in self.world.people.items() if not self.forbidden(who, action, self._of(data), decided=False)]

    def forbidden(self, who: Acting, action: str, report: Told | None, *, decided: bool = True) -> str:
        """Why the platform must refuse it."""
        if report is None:
            return ""
        if decided and report.state != "waiting":
            return "what was decided"
        if who.platform_id != self.world.platform.pk or action not in who.duties:
            return "the matrix"
        return "the matrix" if action == "accept" and who.unit_id != report.unit else ""

    def _of(self, data: Mapping[str, Any]) -> Told | None:
        return self.reports[data["report"] % len(self.reports)] if "report" in data and self.reports else None

    def act(self, who: Acting, action: str, data: Mapping[str, Any]) -> Case | None:
        """Do it; the case that came of it. Raises Refusal, and Contradiction where it must not have been done."""
        if action == "report":
            self._take(who, data)
            return None
        told = self._of(data)
        if told is None:
            return None
        forbidden, case = self.forbidden(who, action, told), None
        if action == "accept":
            case = intake.accept(who, told.report_id, data["then"])
        else:
            intake.refuse_report(who, told.report_id, ReasonInputs(data["reason"], "不属受理范围"))
        if forbidden:
            raise Contradiction(f"{action} was done, which {forbidden} forbids")
        told.state = ENDS[action]
        self.agree()
        return case

    def must_take(self, who: Acting, action: str, data: Mapping[str, Any]) -> bool:
        """Whether nothing stands against it. What follows at once with ``then`` is judged as a move of the case, where it was done."""
        return action == "report" or (not data.get("then") and not self.forbidden(who, action, self._of(data)))

    def _take(self, who: Acting, data: Mapping[str, Any]) -> None:
        world = self.world
        category, condition = world.classes[data["class"] % len(world.classes)]
        source = "hotline" if data["by_phone"] else "inspector"
        longitude, latitude = world.spots[data["spot"] % len(world.spots)]
        row = intake.report(who, ReportInputs(
            source, f"walk-{self.seed}-{new_id()}", category, condition, "路面坑洼", data["urgent"], "大柳树路", longitude, latitude,
            files=() if data["by_phone"] else (world.photo(who, 0),),
        ))  # fmt: skip
        unit = world.desk_for("accept", row.subdistrict_id)
        self.reports.append(Told(row.pk, row.number, row.reporter_appointment_id, unit))
        self.agree()

    # --- judging ---

    def agree(self) -> None:
        """Each report is what it must be; its work is open, at its desk and due in fifteen minutes of the desk's time, while it waits."""
        states = dict(Report.objects.filter(pk__in=[one.report_id for one in self.reports]).values_list("pk", "state"))
        items = {
            row.report_id: row for row in WorkItem.objects.filter(report_id__in=states, kind="accept").prefetch_related("clocks")
        }  # fmt: skip
        for one in self.reports:
            if states[one.report_id] != one.state:
                raise Contradiction(f"report: it is {states[one.report_id]}, it must be {one.state}")
            item = items[one.report_id]
            if (item.closed_at is None) != (one.state == "waiting") or item.unit_id != one.unit:
                raise Contradiction(f"report: its work is wrong, it is {one.state}")
            self._due(item, one.state == "waiting")

    def _due(self, item: WorkItem, waits: bool) -> None:
        clocks = list(item.clocks.all())
        if len(clocks) != 1 or (clocks[0].ended_at is None) != waits:
            raise Contradiction("report: the limit of its acceptance is wrong")
        watch = Watch("stage", ACCEPT_SECONDS, self.world.wall(clocks[0].calendar_code))
        watch.add(item.opened_at, "start")
        if waits and clocks[0].due_at != watch.due():
            raise Contradiction(f"report: due {clocks[0].due_at}, it must be {watch.due()}")


def confided(world: World, rng: Random, client_id: str) -> int:
    """A case of a complaint about a unit (case-rules 24), for some people by name."""
    taker, about, named = entrusted.chosen(world, rng)
    category, condition = rng.choice(world.classes)
    told = ReportInputs("hotline", client_id, category, condition, "收了好处不来修", False, "大柳树路", *rng.choice(world.spots))
    report = intake.report(taker, told, confidential=True)
    return int(intake.accept(taker, report.pk, entrusted=intake.Entrusted(about, named)).pk)
