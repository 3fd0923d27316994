"""The table "who is notified" as data: what causes a line, whom it names, and when its clock speaks. Plain values."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

CHANNELS = ("in_system",)
"""Ways that exist. Push and short messages come with their gateways; the switches have room for them."""
CLOCKS = ("unit", "stage", "case")
MOMENTS = ("share", "warn", "due", "minutes")
MOST = {"share": 99, "minutes": 100_000}
"""Largest number of a settable moment: percent, minutes."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``amount``: percent of the limit (``at`` = share) or counted minutes (minutes); 0 where nothing is to be set."""

    event: str
    to: tuple[str, ...]
    report: bool = False
    every: bool = False
    authorisation: bool = False
    sheet: bool = False
    """The sheet of a morning or of a week, not a case."""
    course: bool = False
    """A course or its quiz, not a case."""
    opened: frozenset[str] = frozenset()
    actions: frozenset[str] = frozenset()
    nobody: bool = False
    reworks: int = 0
    clock: str = ""
    at: str = ""
    amount: int = 0
    stages: frozenset[str] = frozenset()
    urgent: bool = False

    @property
    def is_settable(self) -> bool:
        """Whether an administrator may set its number."""
        return self.at in MOST

    def of_clock(self, kind: str, stage: str) -> bool:
        """Whether it watches a clock of that kind (and stage, of a stage clock)."""
        limit = "unit" if kind == "assist" else kind  # a unit that assists has a limit of its own
        return self.clock == limit and (not self.stages or stage in self.stages)


@lru_cache(maxsize=1)
def shipped() -> tuple[Line, ...]:
    """The lines of the product, in the order of the table."""
    table = tomllib.loads((Path(__file__).parent / "lines.toml").read_text(encoding="utf-8"))
    return tuple(read(row) for row in table["lines"])


def read(row: Mapping[str, Any]) -> Line:
    """A row as a line. Raises ValueError for a clock, moment or number that this release does not know."""
    line = Line(
        event=str(row["event"]), to=tuple(row["to"]), report=bool(row.get("report")), every=bool(row.get("every")),
        authorisation=bool(row.get("authorisation")), sheet=bool(row.get("sheet")), course=bool(row.get("course")),
        opened=frozenset(row.get("opened", ())), actions=frozenset(row.get("actions", ())), nobody=bool(row.get("nobody")),
        reworks=int(row.get("reworks", 0)), clock=str(row.get("clock", "")), at=str(row.get("at", "")), amount=int(row.get("amount", 0)),
        stages=frozenset(row.get("stages", ())), urgent=bool(row.get("urgent")),
    )  # fmt: skip
    causes = [line.report, line.every, line.authorisation, line.sheet, line.course, bool(line.opened), bool(line.actions), bool(line.clock)]
    if sum(causes) != 1 or not line.to:
        raise ValueError(f"lines: {line.event} needs one cause and somebody to tell")
    if line.clock and (line.clock not in CLOCKS or line.at not in MOMENTS):
        raise ValueError(f"lines: {line.event}: no such clock or moment")
    if line.is_settable and not 0 < line.amount <= MOST[line.at]:
        raise ValueError(f"lines: {line.event}: {line.amount} is no {line.at}")
    return line


def line_of(event: str) -> Line | None:
    """A shipped line by its event."""
    return next((line for line in shipped() if line.event == event), None)
