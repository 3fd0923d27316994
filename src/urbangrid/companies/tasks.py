"""A task as a company sees it: what to do, where in words, its clocks and what came of what it asked. Nothing of who reported it,
nothing of who works inside, no coordinate, no cell (CY-23b, desks.md G2-G4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from urbangrid.addresses import queries as addresses
from urbangrid.cases import below, detail, queues
from urbangrid.cases.asked import Askable, AskedView
from urbangrid.cases.below import Below
from urbangrid.cases.detail import CaseView, ClockView, Holder, Line, Photo
from urbangrid.cases.rows import Light
from urbangrid.catalog import queries as catalog
from urbangrid.catalog.values import Reason
from urbangrid.companies import picture, tokens
from urbangrid.companies.picture import Picture
from urbangrid.core.platforms import platform_of
from urbangrid.core.shipped import shipped
from urbangrid.grids import surroundings
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting

TOLD = frozenset({"dispatch", "redispatch", "rework"})
"""Acts of the inside whose words are meant for the unit."""
PARTIES = frozenset({"receive", "fence", "feedback", "assign_down", "unassign", "crew_feedback", "hand_back"})
"""Its own acts and those of its crews."""
NAMED = TOLD | PARTIES | {"review", "check", "check_remotely", "close", "void", "recall", "send_back", "correct", "reopen"}


@dataclass(frozen=True, slots=True)
class Duty:
    """A kind of work beside the disposal: the act that answers it, the input that takes its words, whether they must be said."""

    action: str
    words: str
    needed: bool = True


BESIDE = {
    "assist": Duty("assist_answer", "text"), "recheck": Duty("recheck", "note", needed=False),
    "fence": Duty("fence", "text", needed=False), "answer_order": Duty("answer_order", "note"),
    "answer_instruction": Duty("answer_order", "note"),
}  # fmt: skip
"""协办, 复查, 先期围护, replies to 督办 and 批示."""


@dataclass(frozen=True, slots=True)
class Beside:
    """One open item beside the disposal: its word, what was said with it, the request that is answered."""

    duty: Duty
    word: str
    note: str
    light: Light
    request_id: int | None
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """A line of what happened: who of the inside did it is not said, words only where they are meant for the unit."""

    at: datetime
    word: str
    by: str
    text: str
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A request of the unit with what was decided and why (desks.md G4)."""

    request: AskedView
    reason: str
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TaskView:
    """One task on the page of a company."""

    token: str
    seq: int
    number: str
    kind: str
    title: str
    path: str
    urgent: bool
    state_word: str
    place: str
    picture: Picture | None
    condition: str
    closing_condition: str
    limit: str
    opinion: tuple[str, ...]
    before: Sequence[Photo]
    after: Sequence[Photo]
    clocks: Sequence[ClockView]
    events: Sequence[Event]
    beside: Sequence[Beside]
    answers: Sequence[Answer]
    asks: Sequence[Askable]
    dispatched_at: datetime | None
    receipt_due: datetime | None
    received_at: datetime | None
    note: str
    below: Below
    ours: bool
    """Whether the unit, or one above it, has the case now."""
    now: datetime
    item_id: int | None


def view(acting: Acting, case_id: int) -> TaskView:
    """The task. Raises NotFound ``case_unknown``: a case of others and one that does not exist look the same (desks.md G5)."""
    found = detail.view(acting, case_id)
    case = found.case
    own = [row.item_id for row in queues.rows(acting, queues.mine(acting).filter(case_id=case_id))]
    held = [one for one in found.holders if one.item_id in own]
    mine = next((one for one in held if one.kind not in BESIDE), None)
    units = organizations.with_above(acting.unit_id)
    story = _with_us(found.story, units)
    place = " ".join(part for part in (case.subdistrict.name if case.subdistrict else "", case.place_text) if part)
    return TaskView(
        token=tokens.token_of(case_id), seq=case.seq, number=case.number or "", kind=mine.kind if mine else "", title=found.title,
        path=found.path, urgent=case.urgent, state_word=found.state_word, place=place, picture=_picture(acting, found),
        condition=found.condition, closing_condition=found.closing_condition, limit=found.limit,
        opinion=tuple(text for line in story if line.action in ("dispatch", "redispatch") for _name, text in line.quotes),
        before=[one for one in found.photos if one.role in ("before", "fence")],
        after=[one for one in found.photos_as("after") if one.seq in {line.seq for line in story}],
        clocks=[
            one
            for one in found.clocks
            if one.kind in ("unit", "fence") or (one.kind == "stage" and mine is not None and mine.kind != "dispose")
        ],
        events=[_event(line) for line in story if line.action in NAMED], answers=_answers(acting, found),
        beside=[_beside(one, found) for one in held if one.kind in BESIDE], asks=found.asks,
        dispatched_at=case.dispatched_at, receipt_due=mine.light.due_at if mine is not None and mine.kind == "receive" else None,
        received_at=next((line.at for line in reversed(story) if line.action == "receive"), None),
        note=mine.note if mine else "", ours=case.handler_unit_id in units, below=below.view(acting), now=found.now,
        item_id=found.my_item_id,
    )  # fmt: skip


def _with_us(story: Sequence[Line], units: frozenset[int]) -> list[Line]:
    """The lines written while the case was with this unit or one above it: what was said to others, or by them, stays there."""
    kept, with_us = [], False
    for line in story:
        if line.action in ("dispatch", "redispatch"):
            with_us = int(line.inputs.get("unit", 0)) in units
        if with_us:
            kept.append(line)
    return kept


def _picture(acting: Acting, found: CaseView) -> Picture | None:
    point = found.case.point
    if point is None:
        return None
    platform = platform_of(acting.platform_id)
    landmarks = addresses.landmarks_near(platform, point.x, point.y, picture.LANDMARK_M)
    return picture.drawn(surroundings.roads(platform, point.x, point.y, picture.RADIUS_M), landmarks)


def _event(line: Line) -> Event:
    own = line.action in PARTIES
    quotes = line.said if own or line.action in TOLD else ()
    text = " ".join(part for part in (line.text if line.action in PARTIES | TOLD else "", line.reason) if part)
    return Event(line.at, line.word, f"{shipped(line.unit)} {line.actor}" if own else shipped(line.post), text, quotes)


def _beside(one: Holder, found: CaseView) -> Beside:
    request = next((row for row in found.requests if row.mine and row.work == one.kind), None)
    quotes = [text for line in found.story if request is not None and line.seq == request.asked_seq for text in line.said]
    return Beside(BESIDE[one.kind], one.word, one.note, one.light, request.request_id if request else None, tuple(quotes))


def _answers(acting: Acting, found: CaseView) -> list[Answer]:
    lines = {line.seq: line for line in found.story}
    answers = []
    for one in found.requests:
        line = lines.get(one.decided_seq or 0)
        answers.append(Answer(one, line.reason if line else "", line.said if line else ()))
    return answers


def reasons(acting: Acting, view: TaskView) -> dict[str, list[Reason]]:
    """The reason lists of what may be asked, taken back or handed back."""
    actions = [*(ask.action for ask in view.asks), "unassign", "hand_back"]
    return {action: list(catalog.reasons(acting.platform_id, action)) for action in actions}
