"""What this package tells others: frozen values without a database behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext

from urbangrid.catalog.condition_words import words_of
from urbangrid.catalog.limits import Limit, LimitRow, choose
from urbangrid.catalog.sharing import NO_CONDITIONS, Conditions, Ranked
from urbangrid.catalog.words import limit_words, path_words, responsibility_words
from urbangrid.core import clock
from urbangrid.core.shipped import shipped
from urbangrid.core.text import cited, labelled


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
    valid_from: datetime | None = None
    """None: since the version of the catalogue."""

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
    """A row of the responsibility table; ``unit_id`` None: the table's words fit no unit yet. No dates: always."""

    unit_id: int | None
    unit_name: str
    entry_name: str
    division_id: int | None
    division_name: str
    basis: str
    row_id: int = 0
    position: int = 0
    is_main: bool = False
    rule: str = ""
    conditions: Conditions = NO_CONDITIONS
    valid_from: datetime | None = None
    valid_to: datetime | None = None

    @property
    def unit_key(self) -> tuple[int | None, str]:
        return (self.unit_id, self.unit_name if self.unit_id is None else "")

    @property
    def why(self) -> str:
        said = responsibility_words(self.entry_name, self.unit_name, self.division_name, self.basis)
        return gettext("；").join(part for part in (said, self.rule_text) if part)

    @property
    def rule_text(self) -> str:
        """When this unit and not another: the conditions, then the table's own words."""
        return gettext("；").join(part for part in (words_of(self.conditions), self.rule) if part)

    def in_force(self, at: datetime) -> bool:
        """Whether the row holds at the instant; its end is excluded."""
        return (self.valid_from is None or self.valid_from <= at) and (self.valid_to is None or at < self.valid_to)


@dataclass(frozen=True, slots=True)
class Shares:
    """The rows for a class at a place and instant, each unit once, best first, and the one that decides; None: the dispatcher chooses."""

    ranked: tuple[Ranked[Responsible], ...]
    decided: Responsible | None


@dataclass(frozen=True, slots=True)
class Article:
    """An article of a law or regulation that applies to a class; ``cited``: as it is put into a reply."""

    id: int
    title: str
    number: str
    text: str
    document_id: int | None = None
    """The text in 法规库 that it is of."""

    @property
    def cited(self) -> str:
        return labelled(cited(self.title, self.number), self.text)


@dataclass(frozen=True, slots=True)
class Service:
    """A company of the register as dispatch reads it: classes and areas served (none: everywhere), contract days, whom to call."""

    unit_id: int
    kind: str
    category_ids: frozenset[int]
    division_ids: frozenset[int]
    contract_from: date | None
    contract_to: date | None
    duty_name: str
    duty_phone: str

    def under_contract(self, day: date) -> bool:
        return (self.contract_from is None or self.contract_from <= day) and (self.contract_to is None or day <= self.contract_to)

    def serves(self, category_id: int, division_ids: Sequence[int]) -> bool:
        return category_id in self.category_ids and (not self.division_ids or not self.division_ids.isdisjoint(division_ids))


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
    stored: str
    needs_words: bool
    reply: str

    @property
    def label(self) -> str:
        """In the reader's language, where the list is the one that is shipped."""
        return shipped(self.stored)


@dataclass(frozen=True, slots=True)
class CalendarVersion:
    """A version of a calendar and the instant from which it applies; ``text`` is what calendar_from_json reads."""

    name: str
    version: int
    applies_from: datetime
    rules: Mapping[str, Any]
    text: str
