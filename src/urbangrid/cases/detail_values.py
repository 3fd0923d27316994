"""What a case page shows, as frozen values (``cases.detail`` fills them)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from urbangrid.cases import asked, deadlines, words
from urbangrid.cases.models import Case
from urbangrid.cases.relations import Related
from urbangrid.cases.rows import Light
from urbangrid.catalog.values import Article


@dataclass(frozen=True, slots=True)
class Twin:
    """A photo of another case with the same bytes; ``number`` is empty before filing."""

    case_id: int
    number: str
    role_word: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of the record; ``file_id`` is served only to who may read the case."""

    file_id: int
    role: str
    role_word: str
    taken_at: datetime | None
    at: datetime
    by: str
    seq: int
    doubts: tuple[str, ...] = ()
    """What speaks against it, for who reviews and checks (desks.md P3); nothing of one that was refused meanwhile."""
    refused: bool = False
    """Of a feedback or check that was sent back (返工 followed): it stands behind those that count now."""
    twin: Twin | None = None
    """The photo that it is the same as, of another case that the reader may see."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of 办理经过."""

    seq: int
    at: datetime
    action: str
    word: str
    actor: str
    post: str
    unit: str
    text: str
    quotes: tuple[tuple[str, str], ...]
    reason: str
    to_state: str
    photos: int
    chained: bool
    inputs: Mapping[str, Any]
    took_seconds: int = 0
    """Natural time since the step before; 0 for the first and for one that followed by itself (CY-20-3)."""
    changed: tuple[tuple[str, str, str], ...] = ()
    """Of 更正: what, as it was, as it is now, in words."""
    unit_id: int | None = None
    """Of the post that acted."""

    @property
    def said(self) -> tuple[str, ...]:
        """``quotes`` as they are read: a name or place says what it is."""
        return tuple(str(words.SAID) % {"label": words.QUOTED[name], "text": text} if name in words.QUOTED else text
                     for name, text in self.quotes)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LevelSpan:
    """How long a level of command had a case within a stage, in natural seconds over all its visits (SZ-4.2b)."""

    name: str
    seconds: int


@dataclass(frozen=True, slots=True)
class StageSpan:
    """A stage of the stage bar with the time it took (HD-3.2)."""

    code: str
    name: str
    state: str  # done, now or ahead
    entered_at: datetime | None
    left_at: datetime | None
    levels: tuple[LevelSpan, ...] = ()
    """Where two levels share the stage: those that had the case."""


@dataclass(frozen=True, slots=True)
class ClockView:
    """One of the three clocks with the counted stretches that add up (case-rules 1, architecture §3.6)."""

    kind: str
    name: str
    light: Light
    limit_seconds: int
    used_seconds: int
    due_at: datetime | None
    ended: bool
    on_time: bool | None
    stretches: tuple[deadlines.Stretch, ...]
    calendar: str
    counted_by: str
    """Name of the calendar whose working hours alone count; empty for a clock that runs day and night."""
    provisional: bool


@dataclass(frozen=True, slots=True)
class Possible:
    """A move from here: ``why_not`` is empty when the acting post may take it."""

    action: str
    word: str
    why_not: str


@dataclass(frozen=True, slots=True)
class Doable:
    """What the acting post may do with a case as it stands for her: steps, requests, and whether she may take back her last step."""

    seq: int
    state: str
    moves: tuple[Possible, ...]
    asks: tuple[asked.Askable, ...]
    can_withdraw: bool


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has it now and since when (desks.md D4)."""

    kind: str
    word: str
    holder: str
    since: datetime
    light: Light
    claimed_by: str
    note: str
    item_id: int = 0


@dataclass(frozen=True, slots=True)
class JointPart:
    """A helping unit on the joint-handling strip (desks.md P5); ``done``: it answered, else it was let go."""

    unit: str
    unit_id: int
    light: Light
    answered_at: datetime | None
    done: bool
    on_time: bool | None
    can_drop: bool = False
    """Open, and asked for by the post's own level of command."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything a case page shows to one acting post."""

    case: Case
    title: str
    path: str
    state_word: str
    aside_word: str
    source: str
    limit: str
    condition: str
    closing_condition: str
    standard: str
    stages: tuple[StageSpan, ...]
    clocks: tuple[ClockView, ...]
    holders: tuple[Holder, ...]
    story: tuple[Line, ...]
    photos: tuple[Photo, ...]
    photos_erased: int
    moves: tuple[Possible, ...]
    requests: tuple[asked.AskedView, ...]
    asks: tuple[asked.Askable, ...]
    joint: tuple[JointPart, ...]
    can_withdraw: bool
    my_item_id: int | None
    my_item_kind: str
    relations: tuple[Related, ...]
    articles: tuple[Article, ...]
    now: datetime
    reply_needed: bool = False
    may_join: bool = False
    """The post may ask another unit to help, or record what was agreed."""

    def photos_as(self, role: str) -> list[Photo]:
        """Those in one role. Of disposal and check the newest record's come first, refused ones behind the others."""
        found = [photo for photo in self.photos if photo.role == role]
        return sorted(found, key=lambda photo: (photo.refused, -photo.seq)) if role in ("after", "check") else found

    @property
    def main(self) -> Related | None:
        """The case this one was merged into."""
        return next((one for one in self.relations if one.leads), None)
