"""自处置 as it is read: the seat's lists, an inspector's own, and the proof of a day's draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from urbangrid.cases import drawing, words
from urbangrid.cases.models import SelfDisposal, SelfDisposalDraw
from urbangrid.catalog import queries as catalog
from urbangrid.core import clock
from urbangrid.core.errors import NotAllowed
from urbangrid.organizations.acting import Acting

PAGE = 50


@dataclass(frozen=True, slots=True)
class SelfRow:
    """One of them. ``drawn`` is told to who judges alone: an inspector does not know which of hers is looked at again."""

    self_id: int
    number: str
    title: str
    place: str
    inspector: str
    state: str
    state_word: str
    before_id: int
    after_id: int
    done_at: datetime
    reason: str
    note: str
    description: str
    drawn: bool
    recheck: str
    judged_by_me: bool


@dataclass(frozen=True, slots=True)
class SelfCounts:
    """How many wait, how many of those done wait for their second look; never added to the filed cases."""

    pending: int
    to_recheck: int
    done: int
    void: int


def _check(acting: Acting) -> None:
    if not acting.may("review_self"):
        raise NotAllowed("duty_missing", post=acting.post_name, action=words.ACTIONS["self_dispose"])


def listed(acting: Acting, show: str = "pending", *, skip: int = 0, most: int = PAGE) -> list[SelfRow]:
    """``show``: a state, or ``recheck`` for what was drawn and waits; oldest first where somebody waits. One statement."""
    _check(acting)
    rows = SelfDisposal.objects.filter(platform_id=acting.platform_id)
    rows = rows.filter(state="done", drawn=True, recheck="") if show == "recheck" else rows.filter(state=show)
    order = "id" if show in ("pending", "recheck") else "-id"
    return [_row(acting, row, see_draw=True) for row in rows.order_by(order)[skip : skip + most]]


def counts(acting: Acting) -> SelfCounts:
    """One statement."""
    _check(acting)
    states = {state: Count("id", filter=Q(state=state)) for state in SelfDisposal.STATES}
    recheck = Count("id", filter=Q(state="done", drawn=True, recheck=""))
    found = SelfDisposal.objects.filter(platform_id=acting.platform_id).aggregate(**states, to_recheck=recheck)
    return SelfCounts(found["pending"], found["to_recheck"], found["done"], found["void"])


def mine(acting: Acting, most: int = 10) -> list[SelfRow]:
    """The acting inspector's own, newest first; one statement."""
    rows = SelfDisposal.objects.filter(appointment_id=acting.appointment_id).order_by("-done_at")[:most]
    return [_row(acting, row, see_draw=False) for row in rows]


def _row(acting: Acting, row: SelfDisposal, *, see_draw: bool) -> SelfRow:
    reasons = {one.code: one.label for one in catalog.reasons(acting.platform_id, "self_disposal")} if row.reason else {}
    return SelfRow(
        row.pk, row.number, catalog.category(row.category_id).name, row.place_text, row.inspector_name, row.state,
        str(words.SELF_STATES[row.state]), row.before_id, row.after_id, row.done_at, reasons.get(row.reason, row.reason), row.note,
        row.description, row.drawn and see_draw, str(words.CHECK_ANSWERS.get(row.recheck, "")), row.judged_by_id == acting.appointment_id,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class DrawProof:
    """A day's draw computed again. ``seed`` is shown when the day is over; ``commitment`` stood in the audit trail from the beginning."""

    day: date
    commitment: str
    seed: str
    per_mille: int
    count: int
    drawn: tuple[str, ...]
    agrees: bool
    """What stands in the rows is what the seed gives."""


def proof(acting: Acting, day: date) -> DrawProof | None:
    """None for a day on which nothing came in; two statements."""
    _check(acting)
    draw = SelfDisposalDraw.objects.filter(platform_id=acting.platform_id, day=day).first()
    if draw is None:
        return None
    rows: Sequence[tuple[str, bool]] = list(draw.rows.order_by("id").values_list("number", "drawn"))
    computed = [number for number, _drawn in rows if drawing.is_drawn(draw.seed, number, draw.per_mille)]
    over = day < clock.now().astimezone(acting.zone).date()
    return DrawProof(
        day, drawing.commitment(draw.seed), draw.seed if over else "", draw.per_mille, len(rows), tuple(computed),
        computed == [number for number, drawn in rows if drawn],
    )  # fmt: skip
