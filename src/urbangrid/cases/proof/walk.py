"""One random walk: a case from its report on, with everything held against the second telling after every move."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction

from urbangrid.cases import access, detail, store
from urbangrid.cases import actions as case_actions
from urbangrid.cases.actions import archiving, escalating, intake, library
from urbangrid.cases.actions.inputs import ReportInputs
from urbangrid.cases.lifecycle import BY_ITSELF, FINAL, REMARKS, State
from urbangrid.cases.models import Case, CaseAccess, CaseReport, NamedHandler, Report
from urbangrid.cases.proof import conditions, entrusted, hidden, judge, rows
from urbangrid.cases.proof.acts import tell
from urbangrid.cases.proof.acts_beside import slept
from urbangrid.cases.proof.desk import Desk, confided
from urbangrid.cases.proof.ground import DATABASE, Ground
from urbangrid.cases.proof.matrix import may, reads_until, sees
from urbangrid.cases.proof.moves import MOST_CASES, Chooser, Move, resolved
from urbangrid.cases.proof.obstacles_asked import Situation
from urbangrid.cases.proof.told import Act, Contradiction, Told
from urbangrid.cases.proof.world import World
from urbangrid.core import clock
from urbangrid.core.errors import Refusal
from urbangrid.core.ids import new_id
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting

BEGIN = datetime(2026, 9, 21, 0, 30, tzinfo=UTC)
"""The week before a long holiday with make-up workdays on both sides."""
CASES = 2
SECRET = 0.3
"""Of the walks: the second case is confidential."""
KIN = frozenset({"merge", "unmerge", "split", "relate", "unrelate", "join_report"})
"""Actions that write to another case as well."""
LONGEST = 90
"""Moves of one walk."""
AT_DESK = frozenset({"report", "accept", "refuse_report"})
CLOSED_FOR = 6
"""Moves that are still tried on a case that has ended."""


@dataclass(slots=True)
class Counts:
    """What a run did."""

    moves: int = 0
    done: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    numbers: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Life:
    """A case of the walk with its telling, the hash of the last record told, and the digest of all its rows."""

    case_id: int
    told: Told
    hash: bytes = b""
    digest: object = ""


class Walk:
    """Two cases side by side and their tellings. ``moves`` is what was done, so that it can be done again."""

    def __init__(self, world: World, seed: str, counts: Counts, ground: Ground = DATABASE) -> None:
        self.world, self.counts, self.rng = world, counts, Random(seed)  # noqa: S311 - dice, no secret
        self.seed, self.ground = seed, ground
        self.now = BEGIN + timedelta(minutes=self.rng.randrange(60 * 24 * 30))
        self.moves: list[Move] = []
        self.lives: list[Life] = []
        self.desk = Desk(world, seed)

    # --- beginning ---

    def begin(self) -> None:
        """Two reports that the seat accepts."""
        with clock.travel(self.now):
            for number in range(CASES):
                self.go_on_with(self._open(number))

    def _open(self, number: int) -> int:
        world, rng = self.world, self.rng
        if number and rng.random() < SECRET:
            return confided(world, rng, f"walk-{self.seed}-{number}-{new_id()}")
        report = self._report(number)
        unit = organizations.unit_for_duty(world.platform.pk, "accept", report.subdistrict_id)
        agents = [who for who in world.people.values() if "accept" in who.duties and who.unit_id == unit]
        return int(intake.accept(rng.choice(agents), report.pk).pk)

    def go_on_with(self, case_id: int) -> None:
        """A case with one record, told from there on."""
        world, case = self.world, store.rows(Case).get(pk=case_id)
        told = Told(world.law(case.process_id), world.facts(), platform=world.platform.pk, mates=world.mates)
        areas = store.rows(CaseAccess).filter(case_id=case_id, division__isnull=False).values_list("division_id", flat=True)
        reporters = store.rows(CaseReport).filter(case_id=case_id).values_list("report__reporter_appointment_id", flat=True)
        told.areas, told.reporters, told.of_other = frozenset(areas), dict.fromkeys(reporters), self._reporters
        told.of_report = self.desk.reporter
        if case.confidential:
            ids = store.rows(NamedHandler).filter(case_id=case_id).values_list("appointment_id", flat=True)
            told.secret = entrusted.read(world, case, ids)
        self.lives.append(Life(case_id, told))
        self._look(self.lives[-1])

    def _reporters(self, case_id: int) -> list[int | None]:
        return [one for life in self.lives if life.case_id == case_id for one in life.told.reporters]

    def _report(self, number: int) -> Report:
        world, rng = self.world, self.rng
        category, condition = rng.choice(world.classes)
        inspector, seat = (rng.choice(world.with_duty(duty)) for duty in ("report", "register"))
        by_inspector = rng.random() < 0.7
        who = world.people[inspector if by_inspector else seat]
        inputs = ReportInputs(
            "inspector" if by_inspector else "hotline", f"walk-{self.seed}-{number}-{new_id()}", category, condition, "路面坑洼",
            rng.random() < 0.1, "大柳树路", *rng.choice(world.spots), files=(world.photo(who, 0),) if by_inspector else (),
        )  # fmt: skip
        return intake.report(who, inputs)

    # --- one step ---

    def step(self, move: Move) -> bool:
        """Do it and hold everything against the telling. Says whether the platform took it."""
        self.moves.append(move)
        self.now += timedelta(seconds=move.wait)
        self.counts.moves += 1
        with clock.travel(self.now):
            if move.action == "round":
                return self._round()
            if move.action in AT_DESK:
                return self._at_desk(move)
            return move.case < len(self.lives) and self._act(move, self.lives[move.case])

    def _at_desk(self, move: Move) -> bool:
        """Something happens to a report; a case that comes of it goes on here."""
        who = self.world.people[move.who]
        must = move.how == "right" and self.desk.must_take(who, move.action, move.data)
        try:
            with self.ground.whole():
                case = self.desk.act(who, move.action, move.data)
        except Refusal as fault:
            self._refused(move, fault)
            self.desk.agree()
            if must:
                raise Contradiction(f"{move.action} was refused ({fault.code}), and nothing stands against it") from fault
            return False
        self.counts.done += 1
        if case is not None:
            self.go_on_with(case.pk)
        return True

    def _round(self) -> bool:
        """What the platform does by itself as days pass."""
        library.wake_due()
        library.ask_rechecks()
        escalating.escalate_slept()
        archiving.archive_old()
        for life in self.lives:
            self._look(life)
            left = [work for work in life.told.open("decide") if slept(life.told, work.request or 0, self.now)]
            if any(not entrusted.undecided(life.told, life.told.asked[work.request or 0]) for work in left):
                raise Contradiction("escalate: an approver sleeps and keeps the request")
        return True

    def _act(self, move: Move, life: Life) -> bool:
        told, who = life.told, self.world.people[move.who]
        reports = [one.report_id for one in self.desk.reports]
        data = resolved(move, self.world, told, who, self.now, [one.case_id for one in self.lives], reports)
        seq, before = max(told.seq - move.stale, 0), told.seq
        forbidden = self._forbidden(move, told, who)
        against = conditions.obstacle(self._situation(move, told, who, data), move.action) if not forbidden else ""
        try:
            with self.ground.whole():
                case_actions.perform(who, life.case_id, move.action, seq, data, key=move.key)
        except Refusal as fault:
            self._refused(move, fault)
            nobody = fault.code == "confidential_nobody"
            if nobody and (told.secret is None or not entrusted.lacks(told, move.action, data, str(fault.values["work"]))):
                raise Contradiction(f"nobody: {move.action} finds nobody for {fault.values['work']}, and somebody is named") from fault
            lawful = not nobody and move.how == "right" and not forbidden and against == ""
            if lawful and (move.action, fault.code) not in conditions.UNTOLD:
                raise Contradiction(f"{move.action} was refused ({fault.code}), and nothing stands against it") from fault
            return False
        except Exception as fault:
            raise Contradiction(f"{move.action} broke: {fault!r}\n{traceback.format_exc()[-1500:]}") from fault
        self.counts.done += 1
        for one in list(self.lives):
            if one is life or move.action in KIN:
                self._look(one)
        if told.seq > before and move.action == "join_report":
            self.desk.joined(int(data["report_id"]))
        if told.seq > before and forbidden:
            raise Contradiction(f"{move.who} did {move.action}, which {forbidden} forbids")
        if told.seq > before and against:
            raise Contradiction(f"{move.action} was done, and this stands against it: {against}")
        return True

    def _situation(self, move: Move, told: Told, who: Acting, data: dict[str, Any]) -> Situation:
        others = {one.case_id: one.told for one in self.lives}
        return Situation(move, self.world, told, who, data, self.now, others, self.desk.waiting)

    def _forbidden(self, move: Move, told: Told, who: Acting) -> str:
        """Why the platform must refuse it; empty where it may do as it likes."""
        request = move.data.get("request")
        if not may(told, who, move.action, request if isinstance(request, int) else None):
            return "the matrix"
        behind = told.acts[-move.stale :] if move.stale else []
        if move.action not in REMARKS and any(one.action not in REMARKS for one in behind):
            return "a form that was drawn before"
        return ""

    def _refused(self, move: Move, fault: Refusal) -> None:
        """Nothing has changed, in neither case."""
        self.counts.refused[f"{move.how} {move.action} {fault.code}"] += 1
        for life in self.lives:
            if self.ground.state(life.case_id) != life.digest:
                raise Contradiction(f"{move.action} was refused ({fault.code}) and yet changed something")

    # --- looking ---

    def _look(self, life: Life) -> None:
        """Read what was written, tell it a second time, hold both against each other."""
        told = life.told
        there = self.ground.read(life.case_id, told.seq)
        found, life.hash = rows.acts(there.records, life.hash)
        told.kinds = {row["id"]: row["kind"] for row in there.requests}
        for act in found:
            self._check_actor(act)
            if told.seq == 0:
                told.state = act.source
            tell(told, act)
            self.counts.acts[act.action] += 1
        judge.agree(self.world, told, there)
        told.row, told.items = there.case, there.items
        for part in [part for act in found if act.action == "split" for part in act.inputs["parts"]]:
            if len(self.lives) < MOST_CASES:
                self.go_on_with(int(part["case"]))
        self._number(there.case)
        self._seen(life)
        life.digest = there.digest
        self.counts.states[told.state] += 1

    def _check_actor(self, act: Act) -> None:
        """By hand only under a post that exists; by itself only what a day brings."""
        if act.appointment is None and act.action not in BY_ITSELF:
            raise Contradiction(f"{act.action} was done by nobody")

    def _number(self, case: rows.Row) -> None:
        number = case["number"]
        if number and number not in self.counts.numbers:
            self.counts.numbers.add(number)
            if store.rows(Case).filter(number=number).count() != 1:
                raise Contradiction(f"number {number} was given twice")

    def _seen(self, life: Life) -> None:
        """Somebody at random sees the case exactly where the matrix says so."""
        name = self.rng.choice(sorted(self.world.people))
        who = self.world.people[name]
        if life.told.secret is not None:
            hidden.look(life.told, who, life.case_id, name, pages=self.rng.random() < self.ground.looks)
            return
        found = access.visible_to(who).filter(pk=life.case_id).exists()
        if found != sees(life.told, who):
            raise Contradiction(f"seen: {name} {'sees' if found else 'does not see'} the case, against the matrix")
        if found and self.rng.random() < self.ground.looks:
            self._read(life, name)

    def _read(self, life: Life, name: str) -> None:
        """What she reads ends where it must: no later record, photo or request, and nobody who has it now."""
        who = self.world.people[name]
        view, until = detail.view(who, life.case_id), reads_until(life.told, who)
        if until is None:
            if not view.story or (life.told.open() and not view.holders):
                raise Contradiction(f"read: {name} must read the whole case")
            return
        seqs = [line.seq for line in view.story] + [photo.seq for photo in view.photos] + [one.asked_seq for one in view.requests]
        if max(seqs, default=0) > until or view.holders or view.moves:
            raise Contradiction(f"read: {name} reads behind record {until}, with which the case left her unit")

    # --- a whole walk ---

    def run(self, most: int) -> None:
        chooser, after = Chooser(self.world, self.rng, self.desk if self.ground.desk else None), 0
        self.begin()
        for _number in range(min(most, LONGEST)):
            tolds = [life.told for life in self.lives]
            self.step(chooser.next(tolds))
            after += all(State(told.state) in FINAL for told in tolds)
            if after > CLOSED_FOR:
                return

    def replay(self, moves: Sequence[Move]) -> None:
        self.begin()
        for move in moves:
            self.step(move)


@dataclass(frozen=True, slots=True)
class Broken:
    """A contradiction with the fewest moves that lead to it."""

    seed: str
    why: str
    moves: tuple[Move, ...]

    def text(self) -> str:
        lines = [f"  {number}. {move.text()}" for number, move in enumerate(self.moves, 1)]
        return "\n".join([f"seed {self.seed}: {self.why}", *lines])


class _Undo(Exception):
    pass


def attempt(world: World, seed: str, moves: Sequence[Move]) -> str:
    """Play these moves from the start and take everything back; why they contradict, or nothing."""
    why = ""
    try:
        with transaction.atomic():
            walk = Walk(world, seed, Counts())
            try:
                walk.replay(moves)
            except Contradiction as fault:
                why = str(fault)
            world.photos.clear()
            raise _Undo
    except _Undo:
        return why


def shortened(world: World, seed: str, moves: Sequence[Move], why: str, tries: int = 120) -> Broken:
    """Leave out halves, quarters, single moves, as long as it still contradicts in the same way."""
    kind, kept, size = why.split(":")[0], list(moves), max(len(moves) // 2, 1)
    while tries > 0:
        place, before = 0, len(kept)
        while place < len(kept) and tries > 0:
            fewer = kept[:place] + kept[place + size :]
            tries -= 1
            found = attempt(world, seed, fewer)
            if found.split(":")[0] == kind:
                kept, why = fewer, found
            else:
                place += size
        if size == 1 and len(kept) == before:
            break
        size = max(size // 2, 1)
    return Broken(seed, why, tuple(kept))


def walks(world: World, seed: int, steps: int, counts: Counts) -> Iterator[Walk]:
    """Walk after walk until so many moves were made. Raises Contradiction with the walk as ``walk``."""
    number = 0
    while counts.moves < steps:
        walk = Walk(world, f"{seed}/{number}", counts)
        yield walk
        try:
            walk.run(steps - counts.moves)
        except Contradiction as fault:
            raise Found(walk, str(fault)) from fault
        number += 1


class Found(Exception):
    """A contradiction in a walk."""

    def __init__(self, walk: Walk, why: str) -> None:
        super().__init__(f"seed {walk.seed}: {why}")
        self.walk, self.why = walk, why


def prove(world: World, seed: int, steps: int, progress: Callable[[Counts], None] | None = None) -> tuple[Counts, Broken | None]:
    """Play ``steps`` moves; the counts, and the first contradiction shortened."""
    counts = Counts()
    point = transaction.savepoint() if transaction.get_connection().in_atomic_block else None
    try:
        for _walk in walks(world, seed, steps, counts):
            if progress is not None:
                progress(counts)
    except Found as found:
        if point is not None:
            transaction.savepoint_rollback(point)
            world.photos.clear()
        return counts, shortened(world, found.walk.seed, found.walk.moves, found.why)
    return counts, None
