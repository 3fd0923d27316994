"""What this package tells others: frozen values without a database behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from urbangrid.catalog.limits import Limit, LimitRow, choose
from urbangrid.catalog.words import limit_words, path_words, responsibility_words
from urbangrid.core import clock


@dataclass(frozen=True, slots=True)
class CategoryOption:
    """A class as it is chosen and shown; ``path``: 事件·市容环境·道路破损."""

    id: int
    kind: str
    code: str
    name: str
    major_name: str
    initials: str
    aliases: tuple[str, ...]
    description: str
    collect_hint: str
    confirm_filing: bool
    complex_by_default: bool
    duplicate_radius_m: int
    equivalent_id: int | None
    version_code: str
    standard_ref: str
    major_code: str = ""

    @property
    def path(self) -> str:
        return path_words(self.kind, self.major_name, self.name)


@dataclass(frozen=True, slots=True)
class Condition:
    """A filing condition with the rows of its limit table that are in force; ``limit`` is the ordinary one."""

    id: int
    category_id: int
    position: int
    problem: str
    condition: str
    closing_condition: str
    limit_rows: tuple[LimitRow, ...]
    source: str
    confidence: str
    fence_hours: int | None = None
    """先期围护 within so many 紧急工作时; None: no fence is asked for."""

    @property
    def limit(self) -> Limit | None:
        return choose(self.limit_rows, None, "", clock.now())

    @property
    def limit_text(self) -> str:
        """``4 工作时``; empty when the condition has no ordinary limit."""
        limit = self.limit
        return limit_words(limit.value, limit.unit) if limit else ""


@dataclass(frozen=True, slots=True)
class Responsible:
    """A unit that the responsibility table names; ``unit_id`` None: the table's words fit no unit yet."""

    unit_id: int | None
    unit_name: str
    entry_name: str
    division_id: int | None
    division_name: str
    basis: str

    @property
    def why(self) -> str:
        return responsibility_words(self.entry_name, self.unit_name, self.division_name, self.basis)


@dataclass(frozen=True, slots=True)
class Handbook:
    """What the handbook says of a class: when to file, by when, what 'done' means, who is responsible."""

    category: CategoryOption
    conditions: tuple[Condition, ...]
    units: tuple[Responsible, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason of a list; ``reply`` is the sentence for the citizen, empty where none is due."""

    code: str
    label: str
    needs_words: bool
    reply: str


@dataclass(frozen=True, slots=True)
class CalendarVersion:
    """A version of a calendar and the instant from which it applies; ``text`` is what calendar_from_json reads."""

    version: int
    applies_from: datetime
    rules: Mapping[str, Any]
    text: str
