"""A case under lock with what is open on it, and what is to be written (architecture §3.3); ``step`` makes one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Model

from urbangrid.cases import calls, clocks, deadlines, judging, records, store, words
from urbangrid.cases.actions import crew_tasks, holders, naming
from urbangrid.cases.lifecycle import BESIDE, FINAL, REMARKS, ClockEffect, Edge, State
from urbangrid.cases.models import Case, CaseAccess, CaseRecord, CaseRequest, Clock, NamedHandler, WorkItem
from urbangrid.cases.process import Move, Process, Wait
from urbangrid.cases.records import Entry
from urbangrid.cases.requests import KINDS
from urbangrid.core import lengths, outbox
from urbangrid.core.batch import Batch
from urbangrid.core.errors import MovedOn, NotAllowed, NotFound
from urbangrid.core.models import OutboxEntry
from urbangrid.organizations.acting import Acting


@dataclass(slots=True)
class Step:
    """A case under lock with what is open on it, and what is to be written."""

    case: Case
    process: Process
    acting: Acting
    at: datetime
    items: list[WorkItem]
    clocks: list[Clock]
    batch: Batch = field(default_factory=Batch)
    accesses: list[CaseAccess] = field(default_factory=list)
    named: list[NamedHandler] = field(default_factory=list)
    """Handlers named in this step, of a confidential case."""
    asked: dict[int, CaseRequest] = field(default_factory=dict)
    """Requests read or made in this step, by id; those changed are written by ``commit``."""
    is_new: bool = False
    _before: dict[str, object] = field(default_factory=dict)
    _changed: dict[int, Clock] = field(default_factory=dict)
    _closed: dict[int, WorkItem] = field(default_factory=dict)
    _shown: dict[int, WorkItem] = field(default_factory=dict)
    _new: list[CaseRequest | WorkItem | Clock] = field(default_factory=list)
    _decided: dict[int, CaseRequest] = field(default_factory=dict)
    last_record: CaseRecord | None = None
    behind_seconds: int = 0
    """How far the machine's clock was behind the last event of this case; ``at`` is that event's time then."""

    def __post_init__(self) -> None:
        self._before = _values(self.case)

    # --- what is there ---

    def item(self, kind: str) -> WorkItem | None:
        return next((item for item in self.items if item.kind == kind and item.closed_at is None), None)

    def clock(self, kind: str) -> Clock | None:
        """The open unit or case clock (a unit clock: of the unit that handles the case now)."""
        found = [row for row in self.clocks if row.kind == kind and row.ended_at is None]
        if kind == "unit":
            found = [row for row in found if row.unit_id == self.case.handler_unit_id]
        return found[-1] if found else None

    def moved_since(self, seq: int) -> bool:
        """Whether the case moved on after ``seq``; remarks of others move nothing, and cost who has a form open nothing."""
        if self.case.seq == seq:
            return False
        later = store.rows(CaseRecord).filter(case_id=self.case.pk, seq__gt=seq).exclude(action__in=REMARKS)
        return seq > self.case.seq or later.exists()

    # --- moving ---

    def take(self, move: Move, entry: Entry, *, work_note: str = "", person: int | None = None) -> None:
        """Take one move with its record, and the move that the definition lets follow at once."""
        edge = move.edge
        self.case.state = edge.target
        self.record(entry)
        if self.case.aside in ("suspended", "deferred") and edge.target != edge.source:
            self.end_aside()
        if edge.work:
            self.close_item(self.item(edge.work))
        if edge.source == State.DISPOSING != edge.target:
            crew_tasks.end(self, crew_tasks.still_open(self))  # whatever takes the case from the unit ends what its crews have
        if edge.over or edge.target in FINAL:
            self._end_work(edge)
        self._apply(edge)
        self.lapse(lambda request: edge.target not in KINDS[request.kind].waits_in)
        follower = self.process.find(move.then, edge.target) if move.then else None
        if follower is not None:
            follows = Entry(follower.edge.action, follower.edge.source, follower.edge.target, chained=True)
            self.take(follower, follows, work_note=work_note, person=person)
        elif edge.target != edge.source or edge.over:
            self.open_item(edge.target, note=work_note, person=person)

    def record(self, entry: Entry) -> None:
        """Append a record and tell the outside. A clock that was set back stands in the record, for whoever reads it later."""
        if self.behind_seconds:
            entry.inputs = {**entry.inputs, "clock_behind_seconds": self.behind_seconds}
        record, kept, files = records.append(self.case, None if self.acting.is_itself else self.acting, self.at, entry)
        self.batch.insert(record, *kept, *files)
        self.last_record = record
        self.tell("case", action=entry.action, to=entry.to_state)

    def tell(self, topic: str, **payload: object) -> None:
        self.batch.insert(OutboxEntry(topic=topic, subject_id=self.case.pk, seq=self.case.seq, payload=payload, created_at=self.at))
        outbox.wake()

    def close_item(self, item: WorkItem | None, *, done: bool = True) -> None:
        """End an item and its own clock; the verdict of the stage stays on it. ``done``: by the acting post, not taken from others."""
        if item is None or item.closed_at is not None:
            return
        item.closed_at, item.closed_seq, item.closed_by_id = self.at, self.case.seq, self.acting.appointment_id or None if done else None
        for row in self.clocks:
            if row.item_id == item.pk and row.kind not in ("unit", "case") and row.ended_at is None:
                self.change(row, lambda state: deadlines.end(state, self.at))
                item.on_time = row.on_time
        self._closed[item.pk] = item

    def _end_work(self, edge: Edge) -> None:
        """A move from above ends what others have open of the state; in a final state everything ends, but orders are still answered and
        what keeps its sense after the end (申诉) is decided."""
        stays = frozenset({"answer_order", "answer_instruction", "judge_answer", "decide"}) if edge.target in FINAL else BESIDE
        for item in self.items:
            if item.closed_at is None and item.kind not in stays:
                self.close_item(item, done=False)

    def lapse(self, lost: Callable[[CaseRequest], bool]) -> None:
        """Waiting requests that have lost their sense wait no longer (cases.requests)."""
        for item in self.items:
            if item.kind != "decide" or item.request_id is None or item.closed_seq not in (None, self.case.seq):
                continue
            request = self.request(item.request_id)
            if request.state == CaseRequest.WAITING and lost(request):
                self.close_item(item, done=False)
                self.decide(request, CaseRequest.LAPSED)

    @property
    def state(self) -> State:
        return State(self.case.state)

    def held_item(self, kind: str) -> WorkItem:
        """The open item of that kind, held by the acting post. Raises MovedOn ``case_not_that_state``, NotAllowed ``not_your_item``."""
        item = self.item(kind)
        if item is None:
            raise MovedOn("case_not_that_state", state=words.STATES[self.case.state], action=words.QUEUES[kind])
        if not holders.holds(self.acting, item):
            raise NotAllowed("not_your_item", holder=holders.holder_name(item), action=words.QUEUES[kind])
        return item

    def note_item(self, item: WorkItem, note: str) -> None:
        """What the holder of an open item should know first."""
        item.note = lengths.shortened(note, 300)
        self.show(item)

    def show(self, item: WorkItem) -> None:
        """What its queue shows of an open item has changed."""
        self._shown[item.pk] = item

    def mark_urgent(self, urgent: bool) -> None:
        """加急, or no longer: the case, and all work that is open on it, so that every queue shows it (desks.md D5)."""
        self.case.urgent = urgent
        for item in self.items:
            if item.closed_at is None and item.urgent != urgent:
                item.urgent = urgent
                self.show(item)

    # --- requests ---

    def end_aside(self) -> None:
        """挂账 or 缓办 has ended: the clocks go on with what was left, its request leaves the library, nobody re-checks it any more."""
        for row in (self.clock("unit"), self.clock("case")):
            if row is not None and row.due_at is None:
                self.change(row, lambda state: deadlines.go_on(state, self.at))
        self.close_item(self.item("recheck"), done=False)
        kinds = ("suspension", "deferral")
        for request in store.rows(CaseRequest).filter(case_id=self.case.pk, kind__in=kinds, state=CaseRequest.GRANTED, ended_at=None):
            request.ended_at, request.state = self.at, CaseRequest.ENDED
            self.changed_request(request)
        self.case.aside = self._asking()

    def request(self, request_id: int) -> CaseRequest:
        """A request of this case. Raises NotFound ``request_unknown``."""
        if request_id not in self.asked:
            found = store.rows(CaseRequest).filter(pk=request_id, case_id=self.case.pk).first()
            if found is None:
                raise NotFound("case_request_unknown")
            self.asked[request_id] = found
        return self.asked[request_id]

    def decide(self, request: CaseRequest, state: str) -> None:
        """The end of a request: granted, refused, withdrawn or lapsed, with the record that says so."""
        request.state, request.decided_at, request.decided_seq = state, self.at, self.case.seq
        request.decided_by_id = None if state == CaseRequest.LAPSED else self.acting.appointment_id or None
        self.changed_request(request)
        if self.case.aside == "asking":
            self.case.aside = self._asking()

    def _asking(self) -> str:
        """What stands beside the state while any request waits for its approver."""
        return "asking" if self.item("decide") is not None else ""

    def changed_request(self, request: CaseRequest) -> None:
        self._decided[request.pk] = request

    def new_request(self, request: CaseRequest) -> CaseRequest:
        self.asked[request.pk] = request
        self._new.append(request)
        return request

    def open_beside(self, wait: Wait, request: CaseRequest, *, note: str = "", unit_id: int | None = None) -> WorkItem:
        """Give somebody work beside the state, on a request: to decide it, to answer an order. ``unit_id``: to that unit, whoever it is."""
        item = holders.item_for(self.case, wait, at=self.at, note=note, person=None, unit_id=unit_id)
        item.request = request
        self._start_stage(item, wait)
        self.items.append(item)
        self._new.append(item)
        return item

    def add_item(self, item: WorkItem, row: Clock) -> None:
        """An item that lies beside the state, with its own clock."""
        self.items.append(item)
        self.clocks.append(row)
        self._new += [row, item]

    def open_item(self, state: State, *, note: str = "", person: int | None = None) -> WorkItem | None:
        """Give somebody the work of ``state``; nobody found means the duty director's queue (architecture §3.2)."""
        wait = self.process.waits.get(state)
        if wait is None:
            return None
        by_another = bool(self.process.settings.get("check_by_another", True))
        item = holders.item_for(self.case, wait, at=self.at, note=note, person=person, by_another=by_another)
        self._start_stage(item, wait)
        self.items.append(item)
        self._new.append(item)
        self.show_unit_clock()
        return item

    def open_with(self, item: WorkItem, row: Clock, *, since: datetime | None = None) -> WorkItem:
        """Put an unsaved item beside the open ones, with a clock of its own (kind, calendar and limit set) from ``since`` or now."""
        row.case, row.item, row.stage, row.unit_id = self.case, item, item.kind, item.unit_id
        clocks.start(row, since or self.at, self.case.platform_id, self.acting.zone)
        item.due_at, item.warn_at = row.due_at, row.warn_at
        self.clocks.append(row)
        self.items.append(item)
        self._new += [row, item]
        return item

    def _start_stage(self, item: WorkItem, wait: Wait) -> None:
        if wait.limit_minutes is None:
            return
        called = self.case.called_at if calls.holds(self.case, wait) else None
        row = Clock(
            case=self.case, item=item, kind="stage", stage=wait.work, unit_id=item.unit_id,
            calendar_code=holders.calendar_code(self.case, wait) if called is None else clocks.ALWAYS,
            limit_seconds=wait.limit_minutes * 60 if called is None else calls.seconds(self.process),
        )  # fmt: skip
        clocks.start(row, called or self.at, self.case.platform_id, self.acting.zone)
        self._new.append(row)
        self.clocks.append(row)
        item.due_at, item.warn_at, item.paused = row.due_at, row.warn_at, wait.paused

    def stage_clock(self, item: WorkItem) -> Clock | None:
        """The open clock of an item's own."""
        return next((row for row in self.clocks if row.item_id == item.pk and row.kind == "stage" and row.ended_at is None), None)

    def pause_item(self, item: WorkItem, why: deadlines.StandReason | None) -> None:
        """The stage of an item stands for a reason, or goes on (None): its light is grey meanwhile."""
        row = self.stage_clock(item)
        if row is None or (row.due_at is None) == (why is not None):  # stands, or runs, already
            return
        self.change(row, lambda state: deadlines.stand(state, self.at, why) if why else deadlines.go_on(state, self.at))
        item.due_at, item.warn_at, item.paused = row.due_at, row.warn_at, why is not None
        self._shown[item.pk] = item

    # --- clocks ---

    def start_clock(
        self, kind: str, *, limit_seconds: int, calendar_code: str, unit_id: int | None = None, since: datetime | None = None
    ) -> Clock:
        row = Clock(case=self.case, kind=kind, unit_id=unit_id, calendar_code=calendar_code, limit_seconds=limit_seconds)
        clocks.start(row, since or self.at, self.case.platform_id, self.acting.zone)
        self._new.append(row)
        self.clocks.append(row)
        return row

    def change(self, row: Clock, how: Callable[[deadlines.ClockState], deadlines.ClockState]) -> None:
        clocks.move(row, self.case.platform_id, self.acting.zone, how)
        if row not in self._new:
            self._changed[row.pk] = row

    def _apply(self, edge: Edge) -> None:
        for kind, effect in (("unit", edge.unit_clock), ("case", edge.case_clock)):
            if effect in (ClockEffect.NONE, ClockEffect.START):
                continue
            for row in self._affected(kind, effect):
                self.change(row, self._how(effect))
        self.show_unit_clock()

    def _affected(self, kind: str, effect: ClockEffect) -> list[Clock]:
        """The clock of the unit that has the case; with the case the clocks of all former units end too."""
        if effect == ClockEffect.END:
            return [row for row in self.clocks if row.kind == kind and row.ended_at is None]
        row = self.clock(kind)
        return [row] if row is not None else []

    def _how(self, effect: ClockEffect) -> Callable[[deadlines.ClockState], deadlines.ClockState]:
        since = self.case.dispatched_at or self.at
        moves: dict[ClockEffect, Callable[[deadlines.ClockState], deadlines.ClockState]] = {
            ClockEffect.STAND: lambda state: deadlines.stand(state, self.at, "review"),
            ClockEffect.ELSEWHERE: lambda state: deadlines.stand(state, self.at, "elsewhere"),
            ClockEffect.GO_ON: lambda state: deadlines.go_on(state, self.at),
            ClockEffect.REWORK: lambda state: deadlines.rework(state, self.at, self._floor_percent()),
            ClockEffect.CREDIT: lambda state: deadlines.credit(state, self.at, since),
            ClockEffect.END: lambda state: deadlines.end(state, self.at),
        }
        return moves[effect]

    def kept_unit_limit(self) -> bool | None:
        """按期 by the moment of feedback, or of closing, against the unit's bundled limit (case-rules 1); None before it and without a
        unit clock."""
        row, at = self.clock("unit"), judging.instant(self.process, self.case.disposed_at, self.case.closed_at)
        if row is None or at is None:
            return None
        return deadlines.on_time(judging.as_judged(self.process, clocks.state_of(row, self.case.platform_id, self.acting.zone)), at)

    def _floor_percent(self) -> int:
        return round(float(self.process.settings.get("rework_floor", 0.5)) * 100)

    def show_unit_clock(self) -> None:
        """While a unit disposes, its own limit gives the item its light."""
        row, item = self.clock("unit"), self.item("dispose")
        if row is not None and item is not None:
            row.item = item
            item.due_at, item.warn_at, item.paused = row.due_at, row.warn_at, row.due_at is None
            if row not in self._new:
                self._changed[row.pk] = row
            self.show(item)
            crew_tasks.follow(self, item.paused)

    def _show_receiving(self) -> None:
        """While a unit has not received, the nearer of its limits to receive and to dispose gives the item its light."""
        item = self.item("receive")
        shown = clocks.nearer(self.stage_clock(item), self.clock("unit")) if item is not None and not item.paused else None
        if item is not None and shown is not None and shown != (item.due_at, item.warn_at):
            item.due_at, item.warn_at = shown
            self.show(item)

    # --- writing ---

    def _gather(self) -> None:
        """Put the rows that are new into the batch."""
        self._show_receiving()
        if self.case.confidential:
            naming.keep_among_named(self.case, [row for row in self._new if isinstance(row, WorkItem)], self.named)
        row = self.clock("case")
        self.case.due_at, self.case.warn_at = (row.due_at, row.warn_at) if row is not None else (None, None)
        if self.is_new:
            self.batch.insert(self.case)
        self.batch.insert(*self._new, *self.accesses, *self.named)

    def new_rows(self) -> list[Model]:
        """All rows of a case that is new, for one who writes many cases at once."""
        assert self.is_new, "what stands in the database already is changed by commit alone"
        self._gather()
        return self.batch.rows()

    def prepare(self) -> None:
        """Put what changed into the batch: for one who writes several cases at once, with one batch for all of them."""
        self._gather()
        for clock_row in self._changed.values():
            self.batch.update(clock_row, clocks.MOVED)
        for item in self._closed.values():
            self.batch.update(item, ["case", "closed_at", "closed_seq", "closed_by", "on_time"])
        for number, item in self._shown.items():
            if number not in self._closed and item not in self._new:
                self.batch.update(item, ["due_at", "warn_at", "paused", "note", "urgent"])
        for request in self._decided.values():
            if request not in self._new:
                self.batch.update(request, REQUEST_CHANGES)
        if not self.is_new:
            after = _values(self.case)
            self.batch.update(self.case, [name for name, value in after.items() if value != self._before[name]])

    def commit(self) -> Case:
        """Write everything; returns the case as it now is."""
        self.prepare()
        store.current().write(self.batch)
        return self.case


REQUEST_CHANGES = ["case", "state", "link", "until", "details", "outcome", "decided_seq", "decided_at", "decided_by", "ended_at"]


def _values(case: Case) -> dict[str, object]:
    """Column values by field name: only what an action changed is written, so that untouched indexes stay untouched."""
    return {field.name: getattr(case, field.attname) for field in Case._meta.concrete_fields}
