"""One write path for every move of a case (architecture §3.3).

1. ``begin`` locks the case, compares ``seq``, finds the move, checks duty and holder, reads open items and clocks.
2. ``Step.take`` appends the record, ends the answered item and its clock, applies the clock effects, opens the next item, follows ``then``.
3. ``Step.commit`` writes everything in one statement. The caller's transaction makes it all or nothing.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import F

from urbangrid.cases import access, clocks, levels, messages, records, store, words
from urbangrid.cases.actions import holders
from urbangrid.cases.actions.stepping import Step
from urbangrid.cases.lifecycle import REMARKS, State, When
from urbangrid.cases.models import Case, CaseRecord, Clock, WorkItem
from urbangrid.cases.process import Move, Process
from urbangrid.cases.processes import process_of
from urbangrid.core import clock
from urbangrid.core.errors import MovedOn, NotAllowed, NotFound
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting

__all__ = ["Step", "begin", "check_level", "find", "lock", "mark_seen", "messages", "moved_on", "starting"]


def begin(acting: Acting, case_id: int, seq: int, action: str, when: When | None = None) -> Step:
    """Lock the case and find the move. Call inside ``transaction.atomic``.

    Raises NotFound ``case_unknown``, MovedOn ``case_moved_on`` or ``case_not_that_state``, NotAllowed ``duty_missing`` or
    ``not_your_item``.
    """
    step = lock(acting, case_id)
    if step.moved_since(seq):
        raise moved_on(step.case, acting.zone)
    find(step, action, when)
    return step


def lock(acting: Acting, case_id: int) -> Step:
    """The case under lock with its open items and clocks: two statements."""
    case = store.current().locked(case_id, acting.cases_platform_id)
    if case is None:
        raise NotFound("case_unknown")
    rows = store.current().open_clocks(case)
    access.check_entrusted(acting, case)
    if case.handler_unit_id is not None:
        case.handler_unit = organizations.unit(case.handler_unit_id)
    items = {row.item.pk: row.item for row in rows if row.item is not None}
    still_open = [item for item in items.values() if item.closed_at is None]
    return starting(case, process_of(case.process_id), acting, still_open, rows)


def starting(case: Case, process: Process, acting: Acting, items: list[WorkItem], rows: list[Clock], *earlier: datetime | None) -> Step:
    """A step at this instant, or at the case's last event (and ``earlier`` ones) where the machine's clock is behind that."""
    stamps = [case.opened_at, case.filed_at, case.dispatched_at, case.disposed_at, case.checked_at, case.closed_at]
    if case.seq and max((item.opened_seq for item in items), default=0) < case.seq:  # the last record opened no work: it alone has its time
        stamps.append(store.rows(CaseRecord).values_list("at", flat=True).get(case=case, seq=case.seq))
    now = clock.now()
    at = clock.never_before(*stamps, *earlier, *(item.opened_at for item in items), *map(clocks.last_event_at, rows))
    behind = int((at - now).total_seconds()) if at > now else 0
    return Step(case, process, acting, at, items, rows, is_new=not case.seq, behind_seconds=behind)


def find(step: Step, action: str, when: When | None = None) -> Move:
    """The move of that name from the case's state, allowed to the acting post.

    Raises MovedOn ``case_not_that_state``, NotAllowed ``duty_missing`` or ``not_your_item``, and as ``check_level``.
    """
    state, acting = State(step.case.state), step.acting
    move = step.process.find(action, state, when)
    if move is None:
        raise MovedOn("case_not_that_state", state=words.STATES[state], action=words.ACTIONS[action])
    if not acting.may(move.duty):
        raise NotAllowed("duty_missing", post=acting.post_name, action=words.ACTIONS[action])
    item = step.item(move.edge.work) if move.edge.work else None
    if item is None:
        check_level(step, action)
    elif not holders.holds(acting, item):
        raise NotAllowed("not_your_item", holder=holders.holder_name(item), action=words.ACTIONS[action])
    return move


def check_level(step: Step, action: str) -> None:
    """What a duty alone allows, a district does with the cases in its hand, and nothing else (SZ-2.1d).

    Raises NotFound ``case_unknown`` where it cannot read the case, NotAllowed ``case_not_in_district``.
    """
    if not levels.has_in_hand(step.acting, step.case):
        access.check_seen(step.acting, step.case.pk)
        raise NotAllowed("case_not_in_district", action=words.ACTIONS[action])


def moved_on(case: Case, zone: ZoneInfo) -> MovedOn:
    """Who moved the case on, when and how: the last record tells."""
    last = store.rows(CaseRecord).filter(case=case).exclude(action__in=REMARKS).latest("seq")
    name, post = records.actor_words(last)
    return MovedOn(
        "case_moved_on", post=post, name=name, time=last.at.astimezone(zone).strftime("%H:%M"), action=words.ACTIONS[last.action],
        state=words.STATES[State(case.state)], case_id=case.pk, seq=case.seq,
    )  # fmt: skip


def mark_seen(acting: Acting, case_id: int) -> None:
    """The holder of an open item has opened the case: from now on the step before cannot be withdrawn."""
    WorkItem.objects.filter(case_id=case_id, closed_at=None, seen_at=None, unit_id=acting.unit_id, duty__in=acting.duties).exclude(
        opened_seq=F("closed_seq")
    ).update(seen_at=clock.now())
