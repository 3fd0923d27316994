"""通知 as pages show them: worded, with what they lead to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from urbangrid.messaging import queries
from urbangrid.messaging.queries import Told
from urbangrid.organizations.acting import Acting
from urbangrid.supervision import words


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One line of the list. ``settled``: the work it asked for is done."""

    id: int
    name: str
    sentence: str
    number: str
    place: str
    at: datetime
    unread: bool
    urgent: bool
    settled: bool


@dataclass(frozen=True, slots=True)
class Day:
    """The notices of one day of the platform's zone, newest first."""

    at: datetime
    rows: list[NoticeRow]


def days(acting: Acting, *, only_unread: bool = False, skip: int = 0) -> list[Day]:
    """A page of notices by day; two statements."""
    found: list[Day] = []
    for told in queries.notices(acting, only_unread=only_unread, skip=skip):
        local = told.created_at.astimezone(acting.zone)
        if not found or found[-1].at.date() != local.date():
            found.append(Day(local, []))
        found[-1].rows.append(_row(told))
    return found


def _row(told: Told) -> NoticeRow:
    return NoticeRow(
        id=told.id, name=str(words.LINES[told.event][0]), sentence=words.sentence(told.event, told.values),
        number=told.values.get("number", ""), place=told.values.get("place", ""), at=told.created_at, unread=told.unread,
        urgent=told.urgent, settled=told.settled,
    )  # fmt: skip
