"""The notices that the sheet of the morning (case-rules 26) or of the week (CY-1) is there."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from urbangrid.cases.noticing import Matter
from urbangrid.messaging import actions as messaging
from urbangrid.messaging import queries as tables
from urbangrid.supervision.recipients import Asked, resolve

EVENT: Final = "daily_sheet"
WEEKLY: Final = "weekly_sheet"


def tell(platform_id: int, event: str, cause: str, text: str, at: datetime) -> int:
    """One notice per leader and duty director for whom the line is on; again with the same ``cause`` it stays one. Says to how many."""
    matter = Matter(platform_id, None, None, "", text, "", False, "", None, "", None, None, 0)
    table, told = tables.table(platform_id), 0
    for line in table.lines:
        if line.sheet and line.event == event:
            found = [one for one in resolve(line.to, Asked(matter, at)) if table.is_on(line.event, one.unit_id)]
            told += messaging.keep(messaging.Event(platform_id, line.event, cause, at, values={"title": text}), found)
    return told
