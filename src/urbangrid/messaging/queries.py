"""What a post is told: the bell's count, the list, and the lines in force on a platform."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from urbangrid.core import clock
from urbangrid.messaging.lines import Line, shipped
from urbangrid.messaging.models import Notice, NoticeRead, ReadUpTo, Switch, Threshold
from urbangrid.organizations.acting import Acting

PAGE = 50
MOST_COUNTED = 99
RECENT = timedelta(days=30)
"""What is older counts no longer as unread."""
FRESH_SECONDS = 5.0
_known: dict[int, tuple[float, Table]] = {}


@dataclass(frozen=True, slots=True)
class Table:
    """The lines of a platform with its own numbers, and what it switched: (unit or None, event, channel) → on."""

    lines: tuple[Line, ...]
    switches: dict[tuple[int | None, str, str], bool]

    def is_on(self, event: str, unit_id: int | None, channel: str = "in_system") -> bool:
        """A unit's own switch, else the platform's, else on as shipped."""
        own = self.switches.get((unit_id, event, channel)) if unit_id is not None else None
        return self.switches.get((None, event, channel), True) if own is None else own


def table(platform_id: int) -> Table:
    """The platform's table, at most five seconds old."""
    kept = _known.get(platform_id)
    if kept is None or time.monotonic() - kept[0] > FRESH_SECONDS:
        kept = (time.monotonic(), _read(platform_id))
        _known[platform_id] = kept
    return kept[1]


def forget() -> None:
    """Read anew: after a change here, and between tests."""
    _known.clear()


def _read(platform_id: int) -> Table:
    amounts = dict(Threshold.objects.filter(platform_id=platform_id).values_list("event", "amount"))
    lines = tuple(replace(line, amount=amounts[line.event]) if line.event in amounts else line for line in shipped())
    rows = Switch.objects.filter(platform_id=platform_id).values_list("unit_id", "event", "channel", "on")
    return Table(lines, {(unit_id, event, channel): on for unit_id, event, channel, on in rows})


def told(acting: Acting) -> QuerySet[Notice]:
    """Notices for the acting post: its person's and those of its desk. They are of the platform of their case, a district's the city."""
    desk = Q(unit_id=acting.unit_id, duty__in=sorted(acting.duties))
    return Notice.objects.filter(Q(appointment_id=acting.appointment_id) | desk, platform_id=acting.cases_platform_id)


def unread(acting: Acting) -> QuerySet[Notice]:
    """Of these, what is new: neither opened by this post, nor settled, nor marked as read up to."""
    up_to = ReadUpTo.objects.filter(appointment_id=acting.appointment_id, notice_id__gte=OuterRef("pk"))
    mine = NoticeRead.objects.filter(appointment_id=acting.appointment_id, notice=OuterRef("pk"))
    return told(acting).filter(~Exists(up_to), ~Exists(mine), settled_at=None, created_at__gte=clock.now() - RECENT)


@dataclass(frozen=True, slots=True)
class Bell:
    """How many are unread (at most 100 are counted), whether one is urgent, and which cases have an unread comment."""

    count: int
    urgent: bool
    commented: tuple[int, ...]


def bell(acting: Acting) -> Bell:
    """One statement."""
    rows = list(unread(acting).order_by("-id").values_list("urgent", "event", "case_id")[: MOST_COUNTED + 1])
    cases = dict.fromkeys(case_id for _urgent, event, case_id in rows if event == "comment" and case_id is not None)
    return Bell(len(rows), any(row[0] for row in rows), tuple(cases))


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as kept, before it is worded."""

    id: int
    event: str
    case_id: int | None
    report_id: int | None
    values: dict[str, str]
    urgent: bool
    created_at: datetime
    settled: bool
    unread: bool


def notices(acting: Acting, *, only_unread: bool = False, skip: int = 0, most: int = PAGE) -> list[Told]:
    """Newest first; two statements."""
    rows = (unread(acting) if only_unread else told(acting)).order_by("-id")[skip : skip + most]
    found = list(rows)
    fresh = set(unread(acting).filter(pk__in=[row.pk for row in found]).values_list("pk", flat=True)) if found else set()
    return [
        Told(
            row.pk, row.event, row.case_id, row.report_id, row.values, row.urgent, row.created_at, row.settled_at is not None,
            row.pk in fresh,
        )
        for row in found
    ]  # fmt: skip


def given(case_id: int, since: datetime) -> list[tuple[str, datetime, int | None]]:
    """What anybody was told of a case from an instant on: event, when, the unit whose desk was told. One statement."""
    rows = Notice.objects.filter(case_id=case_id, created_at__gte=since).order_by("created_at", "pk")
    return list(rows.values_list("event", "created_at", "unit_id"))


@dataclass(frozen=True, slots=True)
class Delivered:
    """A notice of a case as it was sent: the record that caused it, whose desk or which person."""

    id: int
    seq: int
    unit_id: int | None
    duty: str
    appointment_id: int | None


def delivered(case_id: int, events: Collection[str]) -> list[Delivered]:
    """The notices of a case under these events, oldest first; one statement."""
    rows = Notice.objects.filter(case_id=case_id, event__in=events).order_by("pk")
    return [Delivered(*values) for values in rows.values_list("pk", "seq", "unit_id", "duty", "appointment_id")]


def read_times(notice_ids: Collection[int], appointment_ids: Collection[int]) -> dict[tuple[int, int], datetime]:
    """When which of these posts opened which notice; of who marked all as read, that instant. Two statements."""
    up_to = ReadUpTo.objects.filter(appointment_id__in=appointment_ids)
    found = {(one, row.appointment_id): row.read_at for row in up_to for one in notice_ids if one <= row.notice_id}
    opened = NoticeRead.objects.filter(notice_id__in=notice_ids, appointment_id__in=appointment_ids)
    return found | {(notice, who): at for notice, who, at in opened.values_list("notice_id", "appointment_id", "read_at")}


def notice_of(acting: Acting, notice_id: int) -> Told | None:
    """One of the post's own notices; None for anybody else's."""
    row = told(acting).filter(pk=notice_id).first()
    if row is None:
        return None
    return Told(
        row.pk, row.event, row.case_id, row.report_id, row.values, row.urgent, row.created_at, row.settled_at is not None, unread=False
    )
