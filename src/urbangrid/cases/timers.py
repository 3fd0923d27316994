"""Timers: every warning of a running clock is given exactly once, and none while the clock stands (architecture §3.1, SY-4.4).

A warning is a line of ``messaging.lines`` with a clock: half of the limit, amber, due, or so many counted minutes. How it works:

1. A move of a clock writes ``look_at`` = now with the row it writes anyway (null when the clock stands or ends), so an action pays for
   one column and nothing else.
2. Every two seconds the worker takes the clocks whose ``look_at`` has come (a partial index) and locks their cases first, as an action
   does, with SKIP LOCKED: an action that is under way is never overtaken, and one that comes later dates itself after the sweep.
3. It folds the clock, notes each warning whose instant has come in ``spoken`` and writes one outbox entry for it, in the same
   transaction: after a crash both stand or neither. ``look_at`` becomes the instant of the next warning.

A warning is known by its event and the budget it was given for: a pause and the going on after it repeat nothing, while an extension,
a correction or a rework's floor is a new limit and warns anew. A changed calendar folds the clock again (``upkeep``) and so moves it.

Rejected: rows of a ``Timer`` table written by actions (five more rows and an update per move), and looking through every open clock
each time (6,000 folds of 0.1 ms each). Measured: docs/topics/notices.md.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce

from urbangrid.cases import clocks, deadlines
from urbangrid.cases.deadlines import ClockError, ClockState, WarnRule
from urbangrid.cases.models import Case, Clock, Report
from urbangrid.core import clock, outbox
from urbangrid.core.errors import Refusal
from urbangrid.core.models import OutboxEntry
from urbangrid.core.platforms import platform_of
from urbangrid.messaging import queries as messaging
from urbangrid.messaging.lines import Line

_log = logging.getLogger(__name__)

TOPIC = "timer"
"""Subject: the clock; seq: which of its warnings; payload: event, clock's kind and stage, case, item, report, unit (ids as numbers)."""
AT_ONCE = 100
"""Clocks of one transaction: actions on their cases wait for it, some 50 ms."""
A_SECOND = timedelta(seconds=1)
"""At the due second itself the limit is still kept."""


@dataclass(frozen=True, slots=True)
class Warning:
    """A warning and the instant at which it is given."""

    event: str
    mark: str
    at: datetime


def warnings(state: ClockState, lines: tuple[Line, ...], rules: tuple[WarnRule, ...]) -> list[Warning]:
    """Of a running clock by the lines that watch it, earliest first; none while it stands."""
    since = state.running_since
    if since is None:
        return []
    found = []
    for line in lines:
        left = max(_counted(state, line, rules) - state.consumed, 0)
        at = state.timeline.advance(since, left) + (A_SECOND if line.at == "due" else timedelta(0))
        found.append(Warning(line.event, f"{line.event}:{state.budget}", at))
    return sorted(found, key=lambda one: one.at)


def _counted(state: ClockState, line: Line, rules: tuple[WarnRule, ...]) -> int:
    """Counted seconds of the clock's life after which a line speaks."""
    if line.at == "share":
        return state.budget * line.amount // 100
    if line.at == "warn":
        return state.budget - deadlines.warn_seconds(state.limit, rules)
    return state.budget if line.at == "due" else line.amount * 60


def due_warnings(found: Sequence[Warning], said: Collection[str], now: datetime) -> tuple[list[Warning], datetime | None]:
    """Of warnings in their order those to be given now, and when to look again; ``said`` are the marks given before."""
    fresh = [one for one in found if one.mark not in said]
    later = [one.at for one in fresh if one.at > now]
    return [one for one in fresh if one.at <= now], min(later, default=None)


def sweep(most: int = AT_ONCE) -> int:
    """Look at the clocks whose time has come; says at how many. Any number of workers may sweep at once."""
    with transaction.atomic():
        now = clock.now()
        rows = _ours(now, most)
        told = [entry for row in rows for entry in _look_safely(row, now)]
        if rows:
            Clock.objects.bulk_update(rows, ["look_at", "spoken"])
        if told:
            OutboxEntry.objects.bulk_create(told)
            outbox.wake()
    return len(rows)


def _ours(now: datetime, most: int) -> list[Clock]:
    """Clocks to look at, locked after the case or report they belong to; what is being acted on waits for the next sweep."""
    waiting = list(
        Clock.objects.filter(look_at__lte=now, ended_at=None).order_by("look_at").values_list("pk", "case_id", "item__report_id")[:most]
    )
    if not waiting:
        return []
    cases = _free(Case, {case_id for _pk, case_id, _report in waiting if case_id is not None})
    reports = _free(Report, {report_id for _pk, case_id, report_id in waiting if case_id is None and report_id is not None})
    owned = Q(case_id__in=cases) | Q(case=None, item__report_id__in=reports)
    found = Clock.objects.select_for_update(of=("self",), skip_locked=True, no_key=True).select_related("item")
    found = found.annotate(platform_id=Coalesce("item__platform_id", "case__platform_id"))
    return list(found.filter(owned, pk__in=[pk for pk, *_ in waiting], look_at__lte=now, ended_at=None).order_by("pk"))


def _free(model: type[Case] | type[Report], ids: set[int]) -> list[int]:
    """Those of the rows that nobody is acting on; they are ours until the transaction ends."""
    if not ids:
        return []
    statement = f"SELECT id FROM {model._meta.db_table} WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [sorted(ids)])
        return [row[0] for row in cursor.fetchall()]


def _look_safely(row: Clock, now: datetime) -> list[OutboxEntry]:
    """One clock that cannot be folded is looked at again in an hour and keeps nobody else's warnings back."""
    try:
        return _look(row, now)
    except (ClockError, Refusal, ValueError):
        _log.exception("the timers of clock %s cannot be computed", row.pk)
        row.look_at = now + timedelta(hours=1)
        return []


def _look(row: Clock, now: datetime) -> list[OutboxEntry]:
    """The entries of warnings whose time has come; sets when to look again."""
    platform_id: int = row.platform_id  # type: ignore[attr-defined]  # annotated by _ours
    state = clocks.state_of(row, platform_id, platform_of(platform_id).zone)
    lines = tuple(line for line in messaging.table(platform_id).lines if line.of_clock(row.kind, row.stage))
    said = row.spoken.split()
    given, row.look_at = due_warnings(warnings(state, lines, clocks.warn_rules(platform_id)), said, now)
    row.spoken = " ".join([*said, *(one.mark for one in given)])
    return [_entry(row, one, serial, now) for serial, one in enumerate(given, len(said) + 1)]


def _entry(row: Clock, one: Warning, serial: int, now: datetime) -> OutboxEntry:
    item = row.item
    payload = {
        "event": one.event, "kind": row.kind, "stage": row.stage, "case": row.case_id, "item": row.item_id,
        "report": item.report_id if item is not None else None, "unit": row.unit_id, "platform": row.platform_id,  # type: ignore[attr-defined]
    }  # fmt: skip
    return OutboxEntry(topic=TOPIC, subject_id=row.pk, seq=serial, payload=payload, created_at=now)


def ahead(case_id: int, platform_id: int, unit_ids: Collection[int]) -> list[Warning]:
    """Warnings still to come of the clocks that run for these units and for the case as a whole, earliest first; one statement."""
    open_clocks = Clock.objects.filter(case_id=case_id, ended_at=None).select_related("item").order_by("id")
    rows = [row for row in open_clocks if _runs_for(row, unit_ids)]
    lines, rules, zone = messaging.table(platform_id).lines, clocks.warn_rules(platform_id), platform_of(platform_id).zone
    found = [
        one
        for row in rows
        for one in warnings(clocks.state_of(row, platform_id, zone), tuple(x for x in lines if x.of_clock(row.kind, row.stage)), rules)
        if one.mark not in row.spoken.split()
    ]
    return sorted(found, key=lambda one: one.at)


def _runs_for(row: Clock, unit_ids: Collection[int]) -> bool:
    unit_id = row.item.unit_id if row.kind == "stage" and row.item is not None else row.unit_id
    return row.kind == "case" or unit_id in unit_ids


def look_anew(platform_id: int) -> int:
    """After a line's number was changed: every running clock of the platform is looked at again; says how many."""
    of_platform = Q(case__platform_id=platform_id) | Q(item__platform_id=platform_id)
    ids = Clock.objects.filter(of_platform, ended_at=None, due_at__isnull=False).values("pk")
    return Clock.objects.filter(pk__in=ids).update(look_at=clock.now())
