"""What an extension does to the day on which a unit's limit ends (golden table: budget + the original limit)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from urbangrid.cases import clocks, deadlines
from urbangrid.cases.asked import AskedView
from urbangrid.cases.models import Case, CaseRequest, Clock

ANY_NUMBER = 99
"""How many a unit may have was checked when it asked."""


def with_days(case: Case, found: Iterable[AskedView], zone: ZoneInfo) -> tuple[AskedView, ...]:
    """The requests, each extension with the day on which the limit ended when it was asked and the day that it leads to."""
    return tuple(_with_days(case, one, zone) if one.kind == "extension" else one for one in found)


def _with_days(case: Case, one: AskedView, zone: ZoneInfo) -> AskedView:
    rows = Clock.objects.filter(case=case, kind="unit").order_by("-id")
    row = next((row for row in rows if row.unit_id == one.unit_id), None)
    if row is None:
        return one
    before, after = days(clocks.state_of(row, case.platform_id, zone), one.asked_at, waits=one.state == CaseRequest.WAITING)
    return replace(one, due_before=before, due_after=after)


def days(state: deadlines.ClockState, asked_at: datetime, *, waits: bool) -> tuple[datetime | None, datetime | None]:
    """(due without the extension, due with it); None where the limit stands.

    One that waits is told as things are now, one that was decided as they were when it was asked: what came later is not its doing.
    """
    own = next((event for event in state.events if event.kind == "extend" and event.at == asked_at), None)
    events = [event for event in state.events if event is not own and (waits or event.at <= asked_at)]
    if not waits and events and events[-1].kind == "end":
        events.pop()
    before = deadlines.replay(events, state.first_limit, state.timeline)
    if before.phase != "running":
        return None, None
    after = deadlines.extend(before, asked_at, most=ANY_NUMBER, in_time=True)
    return deadlines.due_at(before), deadlines.due_at(after)
