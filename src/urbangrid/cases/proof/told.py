"""What a case must look like after a list of acts: its state, open work, requests, clocks, readers. Told naively, act by act.

The table of moves (``lifecycle.EDGES``) and the definition (as raw rows) are read as data; how they are carried out is written here a
second time. Nothing of ``cases.actions``, ``cases.process`` or ``cases.deadlines`` is used. What the acts do stands in ``proof.acts``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from urbangrid.cases.lifecycle import BESIDE, EDGES, FINAL, WORK, Edge, State
from urbangrid.cases.proof.entrusted import Entrusted
from urbangrid.cases.proof.watch import Wall, Watch
from urbangrid.cases.requests import CONTESTED, KINDS

Row = Mapping[str, Any]
ORDERS = frozenset({"answer_order", "answer_instruction", "judge_answer"})
UNFILED = ("to_file", "verifying", "to_confirm")
UNIT_SECONDS = {"urgent_hour": 3600, "work_hour": 3600, "work_day": 8 * 3600, "day": 24 * 3600}
ALLOWANCE = {"urgent_hour": 4, "work_hour": 4, "work_day": 2, "day": 2}


class Contradiction(Exception):
    """The platform and the second telling do not agree."""


@dataclass(frozen=True, slots=True)
class Act:
    """One record of a case as it was read from its signed body."""

    seq: int
    action: str
    source: str
    target: str
    at: datetime
    appointment: int | None
    unit: int | None
    target_unit: int | None
    inputs: Row
    reason: str = ""
    chained: bool = False
    actor: int | None = None


class Law:
    """A definition as its rows stand, with the edges that each row allows."""

    def __init__(self, definition: Row) -> None:
        gone = set(definition.get("without", ()))
        self.moves: list[tuple[Edge, Row]] = []
        for row in definition["moves"]:
            states = row["from"] if isinstance(row["from"], list) else [row["from"]]
            for edge in EDGES:
                fits = edge.action == row["action"] and edge.source in states and row.get("to", edge.target) == edge.target
                if fits and not {str(edge.source), str(edge.target)} & gone:
                    self.moves.append((edge, row))
        self._named: dict[tuple[str, str], list[tuple[Edge, Row]]] = {}
        for edge, row in self.moves:
            self._named.setdefault((edge.action, edge.source), []).append((edge, row))
        self.waits: dict[str, Row] = {row["state"]: row for row in definition["waits"] if row["state"] not in gone}
        self.requests: dict[str, Row] = {row["kind"]: row for row in definition.get("requests", ())}
        self.orders: dict[str, Row] = {row["kind"]: row for row in definition.get("orders", ())}
        self.verified: Row = definition.get("verify_before_filing", {})
        self.settings: Row = definition.get("settings", {})

    def named(self, action: str, state: str) -> list[tuple[Edge, Row]]:
        return self._named.get((action, state), [])

    def goes_on(self, row: Row, state: str) -> bool:
        """Whether another move follows by itself from ``state``."""
        return bool(row.get("then")) and bool(self.named(row["then"], state))

    def chain(self, kind: str, again: bool, *, in_district: bool = False) -> list[Row]:
        """Approvers in order, each with ``of_district``; those of the district come first where its unit asks, or alone."""
        rule = self.requests[kind]
        city: list[Row] = [{**row, "of_district": False} for row in (rule["again"] if again and rule.get("again") else rule["chain"])]
        own = rule.get("district_again") if again and rule.get("district_again") else rule.get("district", ())
        if not in_district or not own:
            return city
        first: list[Row] = [{**row, "of_district": True} for row in own]
        return first if rule.get("district_decides") else first + city

    def everyone(self, kind: str, again: bool, *, in_district: bool = False) -> list[Row]:
        """The chain, then those above it, of the city or of the district it ends with, who are not in it: they decide where it sleeps."""
        chain, rule = self.chain(kind, again, in_district=in_district), self.requests[kind]
        of_district = chain[-1]["of_district"] and bool(rule.get("district_above"))
        known = {one["duty"] for one in chain if one["of_district"] == of_district}
        above = rule["district_above"] if of_district else rule.get("above", ())
        return chain + [{**row, "of_district": of_district} for row in above if row["duty"] not in known]

    @property
    def by_closing(self) -> bool:
        """Whether cases are judged by the moment of closing."""
        return bool(self.settings.get("judged_by", "feedback") == "closing")

    @property
    def sleep_seconds(self) -> int:
        return int(self.settings.get("escalate_minutes", 120)) * 60


@dataclass(slots=True)
class Work:
    """Something that somebody must do. ``among``: units of which one has it; ``person``: -1 stands for some inspector."""

    kind: str
    duty: str
    opened: int
    unit: int | None = None
    among: frozenset[int] = frozenset()
    person: int | None = None
    request: int | None = None
    watch: Watch | None = None
    closed: int | None = None
    matched: int | None = None
    """Id of the platform's row, once both were held against each other."""


@dataclass(slots=True)
class Asked:
    """A request or order."""

    kind: str
    unit: int | None
    at: datetime
    by: int | None
    state: str = "waiting"
    link: int = 0
    again: bool = False
    days: int = 0
    target: int | None = None
    subject: str = ""


@dataclass(slots=True)
class Facts:
    """What the telling takes from the city as given: who holds which duty, where an answer goes on at once, calendars, case limits."""

    units_with: Callable[..., frozenset[int]]
    """By duty, of the platform of the cases or of a given one."""
    answers_directly: Callable[[int], bool]
    wall: Callable[[str], Wall]
    case_value: Callable[[str, datetime], int | None]
    """The case limit that the catalogue names for a condition; None: the allowance."""
    fence_hours: Callable[[str], int]
    """Of a two-limit condition; 0 for any other."""
    platform_of: Callable[[int | None], int | None] = lambda _unit: None
    """The platform that a unit belongs to."""
    centres: frozenset[int] = frozenset()
    """Command centres of districts that only command."""


@dataclass(slots=True)
class Told:
    """A case as it must be."""

    law: Law
    facts: Facts
    kinds: dict[int, str] = field(default_factory=dict)
    """Kind of each request by id, for orders that are passed on."""
    state: str = "reported"
    seq: int = 0
    work: list[Work] = field(default_factory=list)
    asked: dict[int, Asked] = field(default_factory=dict)
    units: dict[int, Watch] = field(default_factory=dict)
    case: Watch | None = None
    handler: int | None = None
    command: int | None = None
    dispatched: datetime | None = None
    disposed: datetime | None = None
    fenced: bool = False
    called: datetime | None = None
    """The first call of a case that is not filed yet (先派后补)."""
    called_kept: bool | None = None
    decisions: list[tuple[int, bool]] = field(default_factory=list)
    """Units that decisions bound the case to, oldest first; whether it may not be sent back (指定处置)."""
    row: Row = field(default_factory=dict)
    """The case's row as last read: for what is no rule's outcome (class, source, place, instants of the past)."""
    items: Sequence[Row] = ()
    """Its open work as last read and found right."""
    limit: tuple[int, str] | None = None
    condition: str = ""
    on_time: bool | None = None
    judge_again: bool = False
    """A feedback is judged anew once the calendar that the catalogue now chooses is known."""
    readers: dict[int, int | None] = field(default_factory=dict)
    """Unit → None while it reads everything, else the last seq that it may read."""
    platform: int = 0
    secret: Entrusted | None = None
    """Of a confidential case."""
    mates: Callable[[Any], frozenset[int]] = frozenset
    """Units of a person's own platform."""
    areas: frozenset[int | None] = frozenset()
    """Divisions whose posts read the case."""
    reporters: dict[int | None, int | None] = field(default_factory=dict)
    """Inspectors whose report it tells of, with the case that brought it (None: its own)."""
    of_other: Callable[[int], Iterable[int | None]] = lambda _case: ()
    """Reporters of another case."""
    of_report: Callable[[str], int | None] = lambda _number: None
    """Who made a report."""
    acts: list[Act] = field(default_factory=list)
    undo: dict[int, dict[str, Any]] = field(default_factory=dict)
    """What a withdrawal of the step of that seq gives back."""
    apart: dict[str, Any] = field(default_factory=dict)
    """What the case leaves behind when it is merged, for the day it is taken apart again."""

    def open(self, kind: str = "") -> list[Work]:
        return [one for one in self.work if one.closed is None and kind in ("", one.kind)]

    def one(self, kind: str) -> Work | None:
        return next(iter(self.open(kind)), None)

    @property
    def watch(self) -> Watch | None:
        """Of the unit that has the case."""
        return self.units.get(self.handler or 0)

    def level(self, unit: int | None) -> int | None:
        """The platform whose dispatcher gives cases to a unit: of a district's centre the city."""
        return self.platform if unit in self.facts.centres else self.facts.platform_of(unit)

    def bound(self, level: int | None) -> tuple[int | None, bool]:
        """The unit that the newest decision of a level names, and whether it may not send the case back."""
        return next(((unit, firm) for unit, firm in reversed(self.decisions) if self.level(unit) == level), (None, False))

    def contested_by(self, asked: Asked) -> int | None:
        """The person whose last act before it an appeal contests."""
        contested = CONTESTED.get(asked.subject, ())
        return next((act.actor for act in reversed(self.acts) if act.action in contested and act.at <= asked.at), None)

    # --- work ---

    def close(self, works: Iterable[Work | None], act: Act) -> None:
        for work in works:
            if work is not None and work.closed is None:
                work.closed = act.seq
                if work.watch is not None:
                    work.watch.add(act.at, "end")

    def put(self, work: Work, act: Act, seconds: int | None) -> Work:
        """Open it; its own limit runs from now (None: the unit's limit is its own)."""
        if seconds is not None:
            work.watch = Watch("stage", seconds, self.facts.wall("always"), work.unit)
            work.watch.add(act.at, "start")
        self.work.append(work)
        return work

    def open_state(self, act: Act) -> None:
        """The work of the state that the case has come to."""
        row = self.law.waits.get(self.state)
        if row is None:
            return
        work = Work(WORK[State(self.state)], row["duty"], act.seq)
        holder = row["holder"]
        if holder == "handler":
            work.unit = self.handler
        elif holder == "district":
            work.unit = self.command
        elif holder == "inspector":
            work.person = -1
        else:
            work.among = self.facts.units_with(row["duty"])
        minutes = row.get("limit_minutes")
        self.put(work, act, None if minutes is None else minutes * 60)
        if self.called is not None and self.case is None and self.state in UNFILED and work.watch is not None:
            work.watch.limit = self.call_seconds
            work.watch.happened[:] = []
            work.watch.add(self.called, "start")

    @property
    def call_seconds(self) -> int:
        """How long after a call the case is to be filed."""
        return int(self.law.settings.get("file_after_call_minutes", 10)) * 60

    def beside(self, kind: str, duty: str, act: Act, seconds: int, **more: Any) -> Work:
        platform = more.pop("platform", None)
        work = Work(kind, duty, act.seq, **more)
        if work.unit is None:
            work.among = self.facts.units_with(duty) if platform is None else self.facts.units_with(duty, platform)
        return self.put(work, act, seconds)

    # --- moves of the table ---

    def move(self, act: Act) -> Row:
        """Take the edge that the act names; raises Contradiction where the definition has none."""
        found = [(edge, row) for edge, row in self.law.named(act.action, act.source) if edge.target == act.target]
        if not found:
            raise Contradiction(f"{act.action}: {act.source} → {act.target} is no move of the definition")
        edge, row = found[0]
        if edge.target != edge.source:
            self.end_aside(act)
        self.state = act.target
        self.close([self.one(edge.work)] if edge.work else [], act)
        if edge.source == State.DISPOSING != edge.target:
            self.close(self.open("crew_task"), act)
        if edge.target in FINAL:
            self.close([one for one in self.open() if one.kind not in (*ORDERS, "decide")], act)
        elif edge.over:
            self.close([one for one in self.open() if one.kind not in BESIDE], act)
        self._tell_clocks(edge, act)
        self.lapse(act)
        if not self.law.goes_on(row, self.state) and (edge.target != edge.source or edge.over):
            self.open_state(act)
        return row

    def _tell_clocks(self, edge: Edge, act: Act) -> None:
        floor = round(float(self.law.settings.get("rework_floor", 0.5)) * 100)
        number = {"rework": floor, "credit": int((self.dispatched or act.at).timestamp())}
        word = {"stand": "review", "elsewhere": "stand", "go_on": "go_on", "rework": "rework", "credit": "credit"}
        for watch, effect in ((self.watch, edge.unit_clock), (self.case, edge.case_clock)):
            if watch is not None and effect in word:
                watch.add(act.at, word[effect], number.get(effect, 0))
        if edge.unit_clock == "end":
            for watch in self.units.values():
                watch.add(act.at, "end")
            self.units.clear()
        if edge.case_clock == "end" and self.case is not None:
            self.case.add(act.at, "end")
            self.case = None

    @property
    def aside(self) -> str:
        """What stands beside the state: set aside, else something is asked."""
        states = {(one.kind, one.state) for one in self.asked.values()}
        if ("suspension", "granted") in states:
            return "suspended"
        if ("deferral", "granted") in states:
            return "deferred"
        return "asking" if any(kind in KINDS_WAIT and state == "waiting" for kind, state in states) else ""

    def district_of(self, unit: int | None) -> int | None:
        """The platform of the district that a unit belongs to; None for the city's own."""
        found = self.facts.platform_of(unit)
        return found if found != self.platform else None

    def decided_in(self, asked: Asked) -> int | None:
        """The district whose posts decide first what was asked; a district that gives back its own part asks the city."""
        itself = asked.kind == "assist_back" and asked.unit in self.facts.centres
        return None if itself else self.district_of(asked.unit)

    def returned(self) -> list[int | None]:
        """Districts that gave the case back to the city."""
        undone = {int(act.inputs["step"]) for act in self.acts if act.action == "withdraw"}
        return list(dict.fromkeys(act.target_unit for act in self.acts if act.action == "return_up" and act.seq not in undone))

    def lapse(self, act: Act, of_unit: int | None = None, of_district: int | None = None) -> None:
        """Requests that have lost their sense in this state, with the unit that asked, or with its district."""
        for number, asked in self.asked.items():
            if asked.state != "waiting" or asked.kind not in KINDS_WAIT:
                continue
            left = of_district is not None and asked.kind not in ("appeal", "assist_back") and self.district_of(asked.unit) == of_district
            if left or self.state not in KINDS_WAIT[asked.kind] or (of_unit is not None and asked.unit == of_unit):
                asked.state = "lapsed"
                self.close([one for one in self.open("decide") if one.request == number], act)

    # --- asides ---

    def end_aside(self, act: Act) -> None:
        """挂账 or 缓办 ends with a move: what stood for it goes on, its re-check is over."""
        if self.aside not in ("suspended", "deferred"):
            return
        for watch in (self.watch, self.case):
            if watch is not None and watch.stands:
                watch.add(act.at, "go_on")
        for asked in self.asked.values():
            if asked.kind in ("suspension", "deferral") and asked.state == "granted":
                asked.state = "ended"
        self.close(self.open("recheck"), act)

    def follow_unit(self, act: Act) -> None:
        """While the unit's limit stands, those of its crews stand with it."""
        watch = self.watch
        if watch is None or self.one("dispose") is None:
            return
        for task in self.open("crew_task"):
            if task.watch is not None and task.watch.stands != watch.stands:
                task.watch.add(act.at, "stand" if watch.stands else "go_on")


KINDS_WAIT = {code: frozenset(str(state) for state in kind.waits_in) for code, kind in KINDS.items()}
"""States in which a waiting request of a kind keeps its sense: the table of kinds is data as well."""
