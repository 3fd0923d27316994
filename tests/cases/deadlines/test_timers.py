"""Warnings of a clock against a second, naive implementation that counts half hours: each once, none while it stands (SY-4.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cases.deadlines.calendars import BEIJING, OFFICE, SANITATION, at, only
from urbangrid.cases import deadlines
from urbangrid.cases.deadlines import WARN_RULES
from urbangrid.cases.timers import due_warnings, warnings
from urbangrid.messaging.lines import Line

BEGIN = at("2026-11-16 08:00")
"""A Monday."""
SLOT = timedelta(minutes=30)
SLOTS = 24 * 2 * 9
SECONDS = 1800
TO = ("handler",)
LINES = (
    Line("half", TO, clock="unit", at="share", amount=50),
    Line("soon", TO, clock="unit", at="warn"),
    Line("late", TO, clock="unit", at="due"),
    Line("asleep", TO, clock="unit", at="minutes", amount=120),
)
Move = tuple[int, str, int]
"""Slot, move, and half hours of a corrected limit."""

moves = st.lists(
    st.tuples(
        st.integers(1, SLOTS - 1),
        st.sampled_from(["stand", "go_on", "rework", "extend", "correct", "calendar"]),
        st.integers(4, 30).map(lambda hours: 2 * hours),
    ),
    max_size=7, unique_by=lambda one: one[0],
).map(sorted)  # fmt: skip


def swept(limit: int, story: Iterable[Move]) -> list[tuple[int, str, int]]:
    """What the product says: the slot, the event, the budget. It looks only when ``look_at`` has come, as the worker does."""
    state = deadlines.start(BEGIN, limit, only(OFFICE))
    by_slot = {slot: (kind, to) for slot, kind, to in story}
    said: list[str] = []
    look_at: datetime | None = BEGIN
    told = []
    for slot in range(SLOTS):
        now = BEGIN + slot * SLOT
        if slot in by_slot:
            moved = _moved(state, by_slot[slot], now)
            look_at = moved.running_since if moved is not state else look_at
            state = moved
        if look_at is None or look_at > now:
            continue
        due, look_at = due_warnings(warnings(state, LINES, WARN_RULES), said, now)
        said += [one.mark for one in due]
        told += [(slot, *_read(one.mark)) for one in due]
    return told


def _read(mark: str) -> tuple[str, int]:
    event, _sep, budget = mark.partition(":")
    return event, int(budget)


def _moved(state: deadlines.ClockState, move: tuple[str, int], now: datetime) -> deadlines.ClockState:
    kind, to = move
    if kind == "stand" and state.phase == "running":
        return deadlines.stand(state, now, "suspension")
    if kind == "go_on" and state.phase == "standing":
        return deadlines.go_on(state, now)
    if kind == "rework":
        return deadlines.rework(state, now)
    if kind == "extend" and state.extensions < 2 and deadlines.on_time(state, now) and deadlines.due_at(state) != now:
        return deadlines.extend(state, now)
    if kind == "correct":
        return deadlines.correct(state, now, to * SECONDS)
    if kind == "calendar":
        return deadlines.change_calendar(state, now, SANITATION)
    return state


@dataclass
class Naive:
    """Counts half hours one after the other and remembers nothing but what it counted."""

    limit: int
    counted: int = 0
    running: bool = True
    sanitation: bool = False
    changes: list[tuple[str, int]] = field(default_factory=list)
    moved_at: int = 0
    full_since: tuple[int, int] | None = None
    missed: bool = False
    told: list[tuple[int, str, int]] = field(default_factory=list)

    @property
    def budget(self) -> int:
        total = self.limit
        for kind, counted in self.changes:
            total = total + self.limit if kind == "extend" else max(total, counted + self.limit // 2)
        return total

    def move(self, slot: int, kind: str, to: int) -> None:
        if kind == "stand" and self.running:
            self.running = False
        elif kind == "go_on" and not self.running:
            self.running = True
        elif kind == "rework":
            self.changes.append((kind, self.counted))
            self.running = True
        elif kind == "extend":
            self.changes.append((kind, self.counted))
        elif kind == "correct":
            self.limit = to * SECONDS
        elif kind == "calendar":
            self.sanitation = True
            return
        else:
            return
        self.moved_at = slot

    def open(self, slot: int) -> bool:
        moment = (BEGIN + slot * SLOT).astimezone(BEIJING)
        hour = moment.hour + moment.minute / 60
        if self.sanitation:
            return 5 <= hour < 11 or 13 <= hour < 19
        return moment.weekday() < 5 and (8 <= hour < 12 or 14 <= hour < 18)

    def speak(self, slot: int) -> None:
        budget = self.budget
        if self.counted < budget:
            self.full_since = None
        elif self.full_since is None or self.full_since[1] != budget:
            self.full_since = slot, budget
        if not self.running:
            return
        share = 1 / 3 if 3600 <= self.limit < 7200 else 1 / 5
        amber = max(int(self.limit * share), 1800 if self.limit >= 7200 else 0)
        reached = {
            "half": self.counted >= budget // 2,
            "soon": self.counted >= budget - amber,
            "late": self.full_since is not None and slot > max(self.full_since[0], self.moved_at),
            "asleep": self.counted >= 7200,
        }
        known = {(event, of) for _slot, event, of in self.told}
        self.told += [(slot, event, budget) for event, is_reached in reached.items() if is_reached and (event, budget) not in known]


def naive(limit: int, story: Iterable[Move]) -> list[tuple[int, str, int]]:
    by_slot = {slot: (kind, to) for slot, kind, to in story}
    one = Naive(limit)
    for slot in range(SLOTS):
        if slot in by_slot:
            one.move(slot, *by_slot[slot])
        one.speak(slot)
        if one.running and one.open(slot):
            one.counted += SECONDS
    return one.told


def allowed(limit: int, story: list[Move]) -> list[Move]:
    """Without extensions that the engine refuses (asked too late, a third one): what is asked of both must be possible."""
    kept: list[Move] = []
    state = deadlines.start(BEGIN, limit, only(OFFICE))
    for slot, kind, to in story:
        moved = _moved(state, (kind, to), BEGIN + slot * SLOT)
        if moved is not state:
            kept.append((slot, kind, to))
        state = moved
    return kept


@settings(max_examples=120, deadline=None)
@given(st.integers(4, 24).map(lambda hours: 2 * hours), moves)
def test_each_warning_is_given_once_at_its_time_and_none_while_the_clock_stands(half_hours: int, story: list[Move]) -> None:
    limit = half_hours * SECONDS
    story = allowed(limit, story)
    found = swept(limit, story)
    assert sorted(found) == sorted(naive(limit, story))
    assert len({(event, budget) for _slot, event, budget in found}) == len(found)
