"""A draft replayed against what is on record: stages ended in the last 30 days and stages open now (desks.md A3).

1. Cases that would follow the draft are found by their source and class, as ``processes.current_for`` chooses.
2. Their ended stages and open stages are read in one statement each; only stages whose limit or calendar differs are folded again.
3. 处置 without a stage limit is judged by the unit's clock at the feedback, or at the closing where the draft says so, where the draft
   has a disposal limit or a moment of judging of its own or drops one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from urbangrid.cases import clocks, deadlines, judging, processes, words
from urbangrid.cases.actions.filing import calendar_of_limit
from urbangrid.cases.definitions.layout import draw
from urbangrid.cases.definitions.rows import SCOPE
from urbangrid.cases.definitions.simulation import Simulation, Span, Tally, Verdict, judged
from urbangrid.cases.models import Case, ProcessDefinition
from urbangrid.cases.process import Process, Wait, load
from urbangrid.catalog import queries as catalog
from urbangrid.core import clock
from urbangrid.core.platforms import platform_of
from urbangrid.organizations import queries as organizations

DAYS = 30
TELL_EVERY = 2_000
"""Spans between two signs of progress."""
Progress = Callable[[int, int], None]

_STAGES = """
SELECT i.case_id, coalesce(c.number, ''), i.kind, i.opened_at, i.closed_at, i.unit_id,
    CASE WHEN k.id IS NULL THEN i.due_at ELSE k.due_at END, k.events, k.limit_seconds, k.calendar_code,
    k.on_time, c.process_id, c.source, c.category_id
FROM cases_workitem i JOIN cases_case c ON c.id = i.case_id LEFT JOIN cases_clock k ON k.item_id = i.id AND k.kind = 'stage'
WHERE i.platform_id = %s AND NOT c.history AND i.request_id IS NULL AND {which}
"""
_ENDED = _STAGES.format(which="i.closed_at >= %s AND i.closed_at < %s")
_OPEN = _STAGES.format(which="i.closed_at IS NULL AND c.closed_at IS NULL")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of ``_STAGES``."""

    case_id: int
    number: str
    kind: str
    opened_at: datetime
    closed_at: datetime | None
    unit_id: int | None
    due_at: datetime | None
    events: str | None
    limit_seconds: int | None
    calendar_code: str | None
    on_time: bool | None
    process_id: int
    source: str
    category_id: int | None

    @property
    def span(self) -> Span:
        """A stage without clock has its item's instants."""
        if self.events is not None:
            events = tuple(deadlines.events_from_json(self.events))
        else:
            events = (deadlines.ClockEvent(self.opened_at, "start"),)
            events += (deadlines.ClockEvent(self.closed_at, "end"),) if self.closed_at else ()
        return Span(self.case_id, self.number, self.kind, events, self.closed_at, self.on_time)


class Simulator:
    """One draft against one platform's record."""

    def __init__(self, platform_id: int, definition: dict[str, Any], now: datetime | None = None) -> None:
        self.platform = platform_of(platform_id)
        self.definition = definition
        self.process: Process = load(definition)
        self.now = now or clock.now()
        self.since = self.now - timedelta(days=DAYS)
        self._timelines: dict[str, deadlines.CalendarTimeline] = {}
        self._chosen: dict[tuple[str, int | None], bool] = {}
        shown = {box.state for box in draw(self.process).boxes}
        self.waits = {wait.work: wait for wait in self.process.waits.values() if wait.state in shown}

    def count(self) -> int:
        """How many stages will be read."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM cases_workitem WHERE platform_id = %s AND (closed_at IS NULL OR closed_at >= %s)",
                [self.platform.pk, self.since],
            )
            found: int = cursor.fetchone()[0]
        return found

    def run(self, tell: Progress | None = None) -> Simulation:
        """Read and judge everything; ``tell(done, total)`` now and then."""
        result, whole, done = Simulation(), self.count() if tell else 0, 0
        for ended, rows in ((True, self._rows(_ENDED, self.since, self.now)), (False, self._rows(_OPEN))):
            for row in rows:
                done += 1
                if tell is not None and done % TELL_EVERY == 0:
                    tell(done, whole)
                if self.follows(row.source, row.category_id):
                    self._take(result, row, ended=ended)
        for span, verdict in self._units():
            result.add(span, verdict)
        return result

    # --- which cases ---

    def follows(self, source: str, category_id: int | None) -> bool:
        """Whether a case of that source and class would follow the draft, were it published now."""
        key = (source, category_id)
        if key not in self._chosen:
            self._chosen[key] = self._follows(source, category_id)
        return self._chosen[key]

    def _follows(self, source: str, category_id: int | None) -> bool:
        chosen = catalog.find_category(category_id)
        found = {
            "source": source, "kind": chosen.kind if chosen else "", "major_code": chosen.major_code if chosen else "",
            "category_code": chosen.code if chosen else "",
        }  # fmt: skip
        draft = ProcessDefinition(effective_from=self.now, version=1, **{name: self.definition.get(name, "") for name in SCOPE})
        fitting = [one for one in (*self._others, draft) if all(getattr(one, name) in ("", found[name]) for name in SCOPE)]
        return bool(fitting) and max(fitting, key=lambda one: (processes.exactness(one)[:5], one is draft)) is draft

    @cached_property
    def _others(self) -> list[ProcessDefinition]:
        return [one for one in processes.in_force(self.platform.pk, self.now) if one.code != self.definition["code"]]

    # --- stages ---

    def _rows(self, statement: str, *values: datetime) -> Iterator[Row]:
        with connection.cursor() as cursor:
            cursor.execute(statement, [self.platform.pk, *values])
            while lines := cursor.fetchmany(TELL_EVERY):
                yield from (Row(*line) for line in lines)

    def _take(self, result: Simulation, row: Row, *, ended: bool) -> None:
        wait, before = self.waits.get(row.kind), self._wait_before(row)
        if row.kind == "dispose" and wait is not None and wait.limit_minutes is None:
            return  # judged by the unit's clock
        limit = wait.limit_minutes * 60 if wait is not None and wait.limit_minutes is not None else None
        same = wait is not None and before is not None and (limit, wait.calendar) == (row.limit_seconds, before.calendar)
        span = row.span if not same or ended else None
        if ended and span is not None:
            verdict = Verdict(row.on_time) if same else self._judge(span, limit, row, wait, before)
            result.add(span, verdict)
        elif span is not None:
            verdict = self._judge(span, limit, row, wait, before)
            result.add_open(span, verdict, row.due_at, gone=wait is None)

    def _judge(self, span: Span, limit: int | None, row: Row, wait: Wait | None, before: Wait | None) -> Verdict:
        if wait is None or limit is None:
            return Verdict(None)
        return judged(span, limit, self._timeline(self._calendar(row, wait, before)), self.now)

    def _wait_before(self, row: Row) -> Wait | None:
        waits = processes.process_of(row.process_id).waits.values()
        return next((wait for wait in waits if wait.work == row.kind), None)

    def _calendar(self, row: Row, wait: Wait, before: Wait | None) -> str:
        """As ``holders.calendar_code`` finds it, for the unit that had the stage."""
        if row.calendar_code and before is not None and before.calendar == wait.calendar:
            return row.calendar_code
        if wait.calendar == "unit":
            own = organizations.unit(row.unit_id).calendar_code if row.unit_id else ""
            return catalog.calendar_code_for(self.platform.pk, unit_calendar=own)
        if wait.calendar != clocks.ALWAYS:
            return wait.calendar
        return catalog.calendar_code_for(self.platform.pk, stage=wait.work)

    def _timeline(self, code: str) -> deadlines.CalendarTimeline:
        if code not in self._timelines:
            self._timelines[code] = clocks.timeline(self.platform.pk, code, self.platform.zone)
        return self._timelines[code]

    # --- disposal, by the unit's limit ---

    def _units(self) -> Iterator[tuple[Span, Verdict]]:
        """Cases fed back in the period: the recorded verdict, and the one under the draft's disposal limit and moment (case-rules 1)."""
        found = Case.objects.filter(platform_id=self.platform.pk, history=False, disposed_at__gte=self.since, disposed_at__lt=self.now)
        found = found.filter(on_time__isnull=False).select_related("handler_unit").prefetch_related("clocks")
        for case in found.iterator(chunk_size=500):
            if not self.follows(case.source, case.category_id):
                continue
            rows = [row for row in case.clocks.all() if row.kind == "unit" and row.unit_id == case.handler_unit_id]
            events = tuple(deadlines.events_from_json(rows[-1].events)) if rows else ()
            ended_at = judging.instant(self.process, case.disposed_at, case.closed_at)
            kept = tuple(event for event in events if event.kind != "end" and event.at <= (ended_at or self.now))
            span = Span(case.pk, case.number or "", "dispose", kept, ended_at, case.on_time)
            yield span, self._unit_verdict(case, span)

    def _unit_verdict(self, case: Case, span: Span) -> Verdict:
        own, moment = processes.process_of(case.process_id), judging.setting(self.process)
        if (self.process.limit == own.limit and moment == judging.setting(own)) or not span.events:
            return Verdict(case.on_time)
        if span.ended_at is None:
            return Verdict(None)
        if moment == judging.CLOSING:
            span = replace(span, events=deadlines.by_closing(span.events))
        limit = self.process.limit
        if limit is None:
            listed = catalog.limit_for(case.condition_id or 0, case.area_grade, "", case.disposed_at or self.now)
            limit = (listed.value, listed.unit)
        case.limit_value, case.limit_unit = limit
        code = calendar_of_limit(case, case.handler_unit.calendar_code if case.handler_unit else None)
        seconds = deadlines.budget_seconds(limit[0], limit[1])  # type: ignore[arg-type]
        return judged(span, seconds, self._timeline(code), self.now)


def as_json(found: Simulation, simulator: Simulator) -> dict[str, Any]:
    """What a run keeps: the sentence, the stages in the order of a case's life, the changed stages (at most ``MOST_LISTED``)."""
    order = list(words.QUEUES)
    stages = sorted(found.stages.items(), key=lambda one: order.index(one[0]) if one[0] in order else len(order))
    return {
        "sentence": sentence(found),
        "since": simulator.since.isoformat(), "until": simulator.now.isoformat(),
        "cases": len(found.cases), "affected": len(found.affected), "changed": found.changed,
        "stages": [_tally(stage, tally) for stage, tally in stages], "whole": _tally("", found.whole),
        "listed": [
            {
                "case": str(row.case_id), "number": row.number, "stage": row.stage, "before": row.before, "after": row.after,
                "used": row.used_seconds, "due": row.due_at.isoformat() if row.due_at else None,
            }
            for row in found.listed
        ],
    }  # fmt: skip


def _tally(stage: str, tally: Tally) -> dict[str, Any]:
    before, after = tally.rates
    return {
        "stage": stage, "judged_before": tally.judged_before, "kept_before": tally.kept_before, "judged_after": tally.judged_after,
        "kept_after": tally.kept_after, "open": tally.open_affected, "rate_before": before, "rate_after": after,
    }  # fmt: skip


def sentence(found: Simulation) -> str:
    """在办影响37件,上月按期率96.1→94.8 (desks.md A3)."""
    before, after = ("—" if rate is None else f"{rate:.1f}" for rate in found.whole.rates)
    values = {"open": len(found.affected), "before": before, "after": after}
    return _("在办影响%(open)s件，上月按期率%(before)s→%(after)s") % values
