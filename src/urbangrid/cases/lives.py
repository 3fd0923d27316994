"""Whole lives of cases in bulk: the moves, clocks and records that the actions would have left, made as plain rows and written with COPY.

A ``Life`` goes its way by the moves of its process, held by those who hold their duties; a step that no action would have taken is an
error here too. What only the database could say (who else works on the case, whether somebody was faster) cannot happen to it: nobody
sees it before it is written. So no row is read, locked or written twice, which is nine tenths of an action's time.

``volume`` makes cases to measure on with it, the demonstration city its months (``demo.month``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from urbangrid.cases import case_limits, clocks, deadlines, lives_reports, proposals, records, repeats
from urbangrid.cases.actions import dispatch_grounds, filing, indexing
from urbangrid.cases.actions.intake import ACCEPT_MINUTES
from urbangrid.cases.lifecycle import FENCE, FINAL, ClockEffect, Edge, State, When
from urbangrid.cases.lives_clocks import LongClock, StageClock
from urbangrid.cases.lives_values import OF_UNIT, Given, Ground, Spot, Told, Work, holds, may
from urbangrid.cases.models import (
    Case,
    CaseAccess,
    CaseRecord,
    CaseRelation,
    CaseReport,
    Clock,
    RecordFile,
    RecordSecret,
    Report,
    ReportFile,
    WorkItem,
)
from urbangrid.cases.process import Move
from urbangrid.cases.records import Entry
from urbangrid.cases.volume_rows import Rows, Values, index_literal, unsaved
from urbangrid.catalog import queries as catalog
from urbangrid.core.ids import id_at, new_id
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting

__all__ = ["TABLES", "Given", "Ground", "Life", "Spot", "Told", "Work"]
TABLES = Case, CaseAccess, CaseRecord, CaseRelation, CaseReport, Clock, RecordFile, RecordSecret, Report, ReportFile, WorkItem


class Life:
    """One report and the case that comes of it; ``rows`` is all that there is to write."""

    def __init__(self, ground: Ground, told: Told) -> None:
        self.ground, self.told = ground, told
        self._first = id_at(told.at)
        self.report_id = self._first + 1
        self.case: Case | None = None
        self.items: list[Values] = []
        self.stages: dict[int, StageClock] = {}
        self.unit: LongClock | None = None
        self.whole: LongClock | None = None
        self.earlier: list[LongClock] = []
        """Clocks of units that had the case before."""
        self.entries: list[tuple[Acting, datetime, Entry]] = []
        """What the records say, chained and signed by ``rows``."""
        self.made = Rows()
        self.report_state, self.refusal = "waiting", ("", "")
        self.found = ""
        """What the last verification said."""
        unit = organizations.unit_for_duty(ground.platform.pk, "accept", told.spot.place.subdistrict_id)
        code = catalog.calendar_code_for(ground.platform.pk, stage="accept")
        stage = StageClock("accept", unit, code, ACCEPT_MINUTES * 60, told.at, ground.line(code))
        self._open("accept", "accept", unit, None, told.at, stage)
        self.items[0]["report_id"] = self.report_id

    # --- what is there ---

    @property
    def state(self) -> str:
        return self.case.state if self.case is not None else State.REPORTED

    @property
    def work(self) -> Work | None:
        """What somebody must do now, the fence before the repair; None where it has ended."""
        for one in reversed(self.items):
            if one["closed_at"] is None:
                return Work(one["kind"], one["duty"], one["unit_id"], one["appointment_id"], one["opened_at"], one["due_at"])
        return None

    @property
    def found_untrue(self) -> bool:
        """Whether the inspector who was sent did not find it."""
        return self.found not in ("", "true")

    def grounds(self, at: datetime) -> tuple[int | None, Mapping[str, Any]]:
        """The unit that a dispatcher would be proposed, and what the record of the dispatch says of it: asked once per class and area."""
        case = self.case
        assert case is not None
        known, key = self.ground.proposed, (case.category_id, case.subdistrict_id)
        if key not in known:
            decision = proposals.decide(case, at, case.platform_id)
            unit = organizations.unit(decision.unit_id).name if decision.unit_id is not None else ""
            given = {"unit": str(decision.unit_id), "unit_name": unit, **dispatch_grounds.grounds(decision), "assist": []}
            known[key] = decision.unit_id, given
        return known[key]

    # --- steps ---

    def refuse(self, at: datetime, who: Acting, reason: str, note: str) -> None:
        """不予受理: there never is a case (case-rules 6)."""
        may(who.may("refuse_report"), "refuse_report", who)
        self.report_state, self.refusal = "refused", (reason, note)
        self._close(self.items[0], at, who, None)

    def accept(self, at: datetime, who: Acting) -> None:
        """受理: the case is opened where its report stood."""
        told, ground = self.told, self.ground
        case = self.case = unsaved(
            Case, id=self._first, platform_id=ground.platform.pk, process_id=ground.definition_id, state=State.REPORTED, source=told.source,
            source_class=told.source_class, category_id=told.category_id, condition_id=told.condition_id, description=told.description,
            urgent=told.urgent, reported_at=told.at, opened_at=at, simulated=told.simulated, point=told.spot.point, **told.spot.columns,
        )  # fmt: skip
        inputs = {"source": told.source, "report": told.number, "category": str(told.category_id), **told.spot.inputs}
        self.report_state = "accepted"
        self.take("accept", at, who, Given(inputs=inputs, texts={"description": told.description}, files=told.files))
        for number in (case.community_id, case.subdistrict_id, case.district_id):
            self._let_read(at, "area", division_id=number)
        for number in told.spot.place.on_border_with:
            self._let_read(at, "border", division_id=number)

    def take(self, action: str, at: datetime, who: Acting, given: Given | None = None) -> None:
        """One move of the process, and the one that it lets follow at once.

        Raises AssertionError where no action would have taken it: it is none from here, or the post does not hold it.
        """
        given, case = given or Given(), self.case
        assert case is not None
        move = self.ground.move(action, case.state, given.when)
        assert move is not None, f"{action} is no move from {case.state}"
        item = self._item(move.edge.work)
        may(who.may(move.duty) and (item is None or holds(who, item)), action, who)
        inputs = {**given.inputs, **self._effect(action, at, who, given)}
        entry = Entry(
            action, move.edge.source, move.edge.target, inputs=inputs, secret=given.texts, files=given.files, reason=given.reason,
            target_unit_id=case.handler_unit_id if action in OF_UNIT else None,
            device_at=self.told.at if action == "accept" and self.told.reporter is not None else None,
        )  # fmt: skip
        self._move(move, entry, at, who, given)
        if action == "dispatch":
            self._fence(at, given.note)

    def _move(self, move: Move, entry: Entry, at: datetime, who: Acting, given: Given) -> None:
        case, edge = self.case, move.edge
        assert case is not None
        case.state = edge.target
        case.seq += 1
        self.entries.append((who, at, entry))
        if edge.work and (item := self._item(edge.work)) is not None:
            self._close(item, at, who, case.seq)
        if edge.over or edge.target in FINAL:
            for item in self.items:
                if item["closed_at"] is None:
                    self._close(item, at, None, case.seq)
        self._clocks(edge, at)
        follower = self.ground.move(move.then, edge.target) if move.then else None
        if follower is not None:
            follows = Entry(follower.edge.action, follower.edge.source, follower.edge.target, chained=True)
            self._move(follower, follows, at, who, given)
        elif edge.target != edge.source or edge.over:
            self._await(at, given)

    def _clocks(self, edge: Edge, at: datetime) -> None:
        for clock, effect in ((self.unit, edge.unit_clock), (self.whole, edge.case_clock)):
            if clock is not None and effect not in (ClockEffect.NONE, ClockEffect.START):
                percent = round(float(self.ground.process.settings.get("rework_floor", 0.5)) * 100)
                clock.follow(effect, at, percent)
        if edge.unit_clock == ClockEffect.END:
            for one in self.earlier:
                one.follow(ClockEffect.END, at, 0)

    # --- what single moves leave on the case ---

    def _effect(self, action: str, at: datetime, who: Acting, given: Given) -> dict[str, Any]:
        """What the action sets before its record, and what of it the record names."""
        case = self.case
        assert case is not None
        if action == "file":
            return self._file(at, who, given)
        if action == "propose_filing":
            case.limit_value, case.limit_unit = case_limits.limit_of(case, self.ground.process, at)
        if action == "dispatch":
            self._dispatch(at, given.unit_id or 0)
        elif action == "feedback":
            case.disposed_at = at
            case.on_time = self.unit.on_time(at) if self.unit is not None else None
        elif action == "verify":
            self.found = given.reason
            if given.reason == "true":
                lives_reports.put_own(self.made, case, self.told.spot, at, who, given)
        elif action in ("check", "check_remotely"):
            case.check_answer, case.checked_at, case.check_means = given.reason, at, given.inputs["means"]
        elif action == "rework":
            case.rework_count += 1
        elif action == "fence":
            case.fenced_at = at
        elif action == "refuse_filing":
            case.closed_at, case.words = at, index_literal(indexing.text_of(case))
        elif action == "close":
            case.closing_kind, case.closed_at = ("normal" if case.on_time is not False else "overdue"), at
            case.reply = given.texts.get("reply", "")
            return {"kind": case.closing_kind, "on_time": case.on_time}
        return {}

    def _file(self, at: datetime, who: Acting, given: Given) -> dict[str, Any]:
        case, ground = self.case, self.ground
        assert case is not None
        case.is_complex, case.city_owned = given.when is When.COMPLEX, given.when is When.CITY_OWNED
        case.limit_value, case.limit_unit = case_limits.limit_of(case, ground.process, at)
        repeated: dict[str, Any] = {}
        if case.filed_at is None:
            repeated = self._repeat(at, who)
            case.number, case.filed_at = given.number, at
            code = filing.calendar_of_limit(case, None)
            self.whole = LongClock("case", None, code, case_limits.case_limit_seconds(case, at), at, ground.line(code))
        case.words = index_literal(indexing.text_of(case))
        return filing.as_inputs(case, self.told.spot.inputs) | repeated

    def _repeat(self, at: datetime, who: Acting) -> dict[str, Any]:
        """反复, as ``filing`` notes it."""
        case, again = self.case, self.told.again
        assert case is not None
        if again is None or not repeats.is_repeat(again.closed_at, at, self.ground.repeat_hours):
            return {}
        case.repeat = True
        self.made.put(
            CaseRelation, id=new_id(), case_id=case.pk, other_id=again.case_id, kind="repeat", made_at=at, made_by_id=who.appointment_id
        )
        return {"repeat_of": str(again.case_id), "repeat_of_number": again.number}

    def _dispatch(self, at: datetime, unit_id: int) -> None:
        case, unit = self.case, organizations.unit(unit_id)
        assert case is not None
        assert case.limit_value is not None
        case.handler_unit_id, case.dispatched_at = unit_id, at
        code = filing.calendar_of_limit(case, unit.calendar_code)
        limit = case_limits.seconds_of((case.limit_value, case.limit_unit))
        self.unit = LongClock("unit", unit_id, code, limit, at, self.ground.line(code))
        self._let_read(at, "handler", unit_id=unit_id)

    def _fence(self, at: datetime, note: str) -> None:
        """先期围护 beside the repair, where the condition asks for one (``actions.fences``)."""
        case = self.case
        assert case is not None
        hours = catalog.condition(case.condition_id or 0).fence_hours
        if not hours or case.fenced_at is not None or self._item(FENCE) is not None:
            return
        limit, line = deadlines.budget_seconds(hours, "urgent_hour"), self.ground.line(clocks.ALWAYS)
        stage = StageClock(FENCE, case.handler_unit_id, clocks.ALWAYS, limit, at, line, kind=FENCE)
        duty = self.ground.process.waits[State.DISPOSING].duty
        self._open(FENCE, duty, case.handler_unit_id, None, at, stage)["note"] = note[:300]

    # --- items ---

    def _item(self, kind: str) -> Values | None:
        return next((one for one in self.items if one["kind"] == kind and one["closed_at"] is None), None)

    def _await(self, at: datetime, given: Given) -> None:
        """The work of the state that the case has come to, for whoever holds it."""
        case, wait = self.case, self.ground.process.waits.get(State(self.state))
        if case is None or wait is None:
            return
        duty, unit, person = wait.duty, None, None
        if wait.holder == "handler":
            unit = case.handler_unit_id
        elif wait.holder == "inspector" and given.person is not None:
            unit, person = given.person.unit_id, given.person.appointment_id
        else:
            unit = organizations.unit_for_duty(case.platform_id, duty, case.subdistrict_id)
        stage = None
        if wait.limit_minutes is not None:
            code = self._stage_calendar(wait.work, wait.calendar)
            stage = StageClock(wait.work, unit, code, wait.limit_minutes * 60, at, self.ground.line(code))
        item = self._open(wait.work, duty, unit, person, at, stage)
        item["note"], item["paused"] = given.note[:300], wait.paused
        if wait.work == "dispose" and self.unit is not None:
            self.unit.item_id = item["id"]

    def _stage_calendar(self, work: str, calendar: str) -> str:
        case = self.case
        assert case is not None
        if calendar == "unit":
            own = organizations.unit(case.handler_unit_id).calendar_code if case.handler_unit_id is not None else ""
            return catalog.calendar_code_for(case.platform_id, unit_calendar=own)
        return calendar if calendar != clocks.ALWAYS else catalog.calendar_code_for(case.platform_id, stage=work)

    def _open(self, kind: str, duty: str, unit: int | None, person: int | None, at: datetime, stage: StageClock | None) -> Values:
        pk, case = new_id(), self.case
        item: Values = {
            "id": pk, "platform_id": self.ground.platform.pk, "case_id": case.pk if case else None, "report_id": None, "kind": kind,
            "duty": duty, "unit_id": unit, "appointment_id": person, "urgent": self.told.urgent, "opened_seq": case.seq if case else 0,
            "opened_at": at, "closed_at": None, "closed_seq": None, "closed_by_id": None, "on_time": None, "note": "", "paused": False,
            "due_at": stage.due if stage is not None else None, "warn_at": None,
        }  # fmt: skip
        self.items.append(item)
        if stage is not None:
            self.stages[pk] = stage
        return item

    def _close(self, item: Values, at: datetime, who: Acting | None, seq: int | None) -> None:
        item["closed_at"], item["closed_seq"], item["closed_by_id"] = at, seq, who.appointment_id if who is not None else None
        stage = self.stages.get(item["id"])
        if self.unit is not None and item["id"] == self.unit.item_id:
            item["due_at"] = self.unit.due
        elif self.unit is not None and item["kind"] == "receive":  # who has not received owes both (``clocks.nearer``)
            item["due_at"] = min(filter(None, (item["due_at"], self.unit.due)), default=None)
        if stage is not None:
            stage.ended = at
            item["on_time"] = stage.on_time

    def _let_read(self, at: datetime, why: str, *, unit_id: int | None = None, division_id: int | None = None) -> None:
        assert self.case is not None
        if unit_id is not None or division_id is not None:
            self.made.put(
                CaseAccess, id=new_id(), case_id=self.case.pk, unit_id=unit_id, division_id=division_id, since=at, why=why
            )  # fmt: skip

    # --- writing ---

    def rows(self) -> Rows:
        """Everything, with open clocks and lights as they stand; call once."""
        case, told, made = self.case, self.told, self.made
        lives_reports.put_first(made, told, self.report_id, self.ground.platform.pk, self.report_state, self.refusal)
        case_id = case.pk if case is not None else None
        for item in self.items:
            item["case_id"] = case_id
        for item_id, stage in self.stages.items():
            item = next(one for one in self.items if one["id"] == item_id)
            row = stage.row(case_id, item_id, self.ground)
            if item["closed_at"] is None:
                item["due_at"], item["warn_at"] = row["due_at"], row["warn_at"]
            made.put(Clock, **row)
        for clock in filter(None, (self.unit, self.whole, *self.earlier)):
            row = clock.row(case_id, self.ground)
            made.put(Clock, **row)
            self._show(clock, row)
        for item in self.items:
            made.put(WorkItem, **item)
        if case is not None:
            self._seal(case)
            made.add(case, point=told.spot.ewkb)
            made.put(CaseReport, id=new_id(), case_id=case.pk, report_id=self.report_id, role="origin")
        lives_reports.put_photos(made, self.report_id, told.files)
        return made

    def _seal(self, case: Case) -> None:
        """The records of all moves, one after the other."""
        case.seq = 0
        for who, at, entry in self.entries:
            record, kept, files = records.chained(case, who, at, entry)
            self.made.put(CaseRecord, **record)
            for model, values in ((RecordSecret, kept), (RecordFile, files)):
                for one in values:
                    self.made.put(model, id=new_id(), **one)

    def _show(self, clock: LongClock, row: Values) -> None:
        """The unit's limit gives its item the light, before receipt where it is over first; the case's stands on the case."""
        assert self.case is not None
        if clock is self.whole and self.case.closed_at is None:
            self.case.due_at, self.case.warn_at = row["due_at"], row["warn_at"]
        for item in self.items:
            if item["id"] == clock.item_id and item["closed_at"] is None:
                item["due_at"], item["warn_at"], item["paused"] = row["due_at"], row["warn_at"], row["due_at"] is None
            elif clock is self.unit and item["kind"] == "receive" and item["closed_at"] is None:
                item |= {name: min(filter(None, (item[name], row[name])), default=None) for name in ("due_at", "warn_at")}
