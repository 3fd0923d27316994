"""Importing what happened elsewhere as history: each row becomes a case with its record, or is listed with the reason.

The verdict "on time" is not taken over from the source: the clock engine computes it (budget = target - opening), and is then compared.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from urbangrid.cases import clocks, deadlines, numbers, processes, records, words
from urbangrid.cases.actions import indexing
from urbangrid.cases.lifecycle import State
from urbangrid.cases.models import Case, CaseReport, Clock, Report
from urbangrid.cases.outside import BadRow, Mover, OutsideRow, read_mapping, rows
from urbangrid.catalog import outside as catalogue
from urbangrid.catalog import queries as catalog
from urbangrid.catalog.values import CategoryOption
from urbangrid.core import clock, geometry
from urbangrid.core.batch import Batch
from urbangrid.core.models import Platform
from urbangrid.grids import queries as grids

BATCH = 1000
FAR_FUTURE = datetime(2100, 1, 1, tzinfo=UTC)
"""An open row is judged long after: with a target that passed it is late, as its source says."""


@dataclass(slots=True)
class Outcome:
    """What an import did; ``contradicted``: ids where the engine and the source's flag differ, among ``flagged``."""

    made: int = 0
    again: int = 0
    bad: list[BadRow] = field(default_factory=list)
    flagged: int = 0
    contradicted: list[str] = field(default_factory=list)
    by_state: Counter[str] = field(default_factory=Counter)
    without_place: int = 0
    outside: int = 0


def on_time(row: OutsideRow, zone: ZoneInfo) -> bool:
    """The engine's verdict: no target is kept by nothing done; a target before the opening was missed before it began."""
    if row.target_at is None:
        return True
    if row.target_at < row.opened_at:
        return False
    state = _state(row, zone)
    return deadlines.on_time(state, row.closed_at or FAR_FUTURE)


def _state(row: OutsideRow, zone: ZoneInfo) -> deadlines.ClockState:
    """The row's limit as a clock that runs day and night, ended where the row is closed."""
    assert row.target_at is not None
    limit = int((row.target_at - row.opened_at).total_seconds())
    state = deadlines.start(row.opened_at, limit, deadlines.CalendarTimeline(deadlines.continuous(zone)))
    return deadlines.end(state, row.closed_at) if row.closed_at is not None else state


def run(platform: Platform, path: Path, mapping_path: Path, tell: Callable[[int], None]) -> Outcome:
    """Import the file in batches of 1,000, each its own transaction, so that an interrupted import goes on where it stopped.

    ``tell`` gets the number of rows done. Raises Refusal of the mapping, the catalogue or a missing process before anything is written.
    """
    mapping = read_mapping(mapping_path)
    version = catalogue.load(platform, mapping_path)
    listed = catalogue.read(mapping_path)
    classes = catalog.version_classes(platform.pk, version.code)
    definition = processes.current_for(platform.pk, "import", "")
    importer = _Importer(platform, mapping.zone, mover_for(platform, mapping_path), listed, classes, definition.pk, Outcome())
    batch: list[OutsideRow] = []
    for row in rows(path, mapping):
        if isinstance(row, BadRow):
            importer.outcome.bad.append(row)
            continue
        batch.append(row)
        if len(batch) >= BATCH:
            importer.write(batch)
            tell(importer.outcome.made + importer.outcome.again)
            batch = []
    importer.write(batch)
    return importer.outcome


def mover_for(platform: Platform, mapping_path: Path) -> Mover | None:
    """The rigid move onto the loaded city's middle; None while no city is loaded: points are then kept in the original only."""
    box = grids.extent(platform)
    if box is None:
        return None
    middle = geometry.to_metric((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, platform.metric_srid)
    return Mover(read_mapping(mapping_path), platform.metric_srid, middle)


@dataclass(slots=True)
class _Importer:
    platform: Platform
    zone: ZoneInfo
    mover: Mover | None
    listed: catalogue.OutsideCatalogue
    classes: dict[tuple[str, str], CategoryOption]
    definition_id: int
    outcome: Outcome

    @transaction.atomic
    def write(self, batch: Sequence[OutsideRow]) -> None:
        """One transaction; rows that came before (same client id) are counted, never doubled."""
        keys = {row.id: self._client_id(row) for row in batch}
        known = set(Report.objects.filter(platform=self.platform, client_id__in=keys.values()).values_list("client_id", flat=True))
        fresh = list({row.id: row for row in batch if keys[row.id] not in known}.values())
        self.outcome.again += len(batch) - len(fresh)
        series = self._reserve(fresh)
        parts = Batch()
        ids = [self._one(row, series, parts) for row in fresh]
        parts.flush()
        locate(ids)
        self.outcome.made += len(fresh)

    def _client_id(self, row: OutsideRow) -> str:
        return f"{self.listed.code}:{row.id}"[:64]

    def _reserve(self, batch: Iterable[OutsideRow]) -> dict[tuple[str, date], int]:
        """Serial numbers of the days in question, reserved at once for reports and cases."""
        days = Counter(row.opened_at.astimezone(self.platform.zone).date() for row in batch)
        return {(kind, day): numbers.reserve(self.platform, kind, day, count) for kind in ("report", "case") for day, count in days.items()}

    def _one(self, row: OutsideRow, series: dict[tuple[str, date], int], parts: Batch) -> int:
        day = row.opened_at.astimezone(self.platform.zone).date()
        serial = {kind: series[kind, day] for kind in ("report", "case")}
        for kind in serial:
            series[kind, day] += 1
        kind_of = self.listed.type_of(row.original.get(self.listed.column, ""))
        chosen = self.classes[kind_of.kind, kind_of.code]
        condition = catalog.conditions_of(chosen.id, self.platform.pk)[0]
        report = self._report(row, numbers.written(self.platform, "report", day, serial["report"]), chosen.id, condition.id)
        case = self._case(row, numbers.written(self.platform, "case", day, serial["case"]), chosen.id, condition.id, report)
        entry = records.Entry(
            "import", "reported", case.state, inputs=_inputs(row, self.listed.code, case), files=(), reason="",
        )  # fmt: skip
        record, kept, _files = records.append(case, None, clock.now(), entry)
        parts.insert(report, case, CaseReport(case=case, report=report, role="origin"), record, *kept)
        if row.target_at is not None and row.target_at >= row.opened_at:
            parts.insert(self._clock(row, case))
        self._count(row, case)
        return case.pk

    def _report(self, row: OutsideRow, number: str, category_id: int, condition_id: int) -> Report:
        report = Report(
            platform=self.platform, number=number, source="import", source_class="public", client_id=self._client_id(row),
            category_id=category_id, condition_id=condition_id, state="accepted", received_at=row.opened_at, place_text=row.place[:256],
            original=dict(row.original), outside=True,
        )  # fmt: skip
        if row.longitude is not None and row.latitude is not None and self.mover is not None:
            moved = self.mover.move(row.longitude, row.latitude)
            report.point = geometry.point(*moved) if moved else None
        return report

    def _case(self, row: OutsideRow, number: str, category_id: int, condition_id: int, report: Report) -> Case:
        closed = row.closed_at is not None
        kept = on_time(row, self.zone)
        case = Case(
            platform=self.platform, number=number, process_id=self.definition_id, state=State.CLOSED if closed else State.DISPOSING,
            source="import", source_class="public", category_id=category_id, condition_id=condition_id, place_text=report.place_text,
            point=report.point, outside=True, reported_at=row.opened_at, opened_at=row.opened_at, filed_at=row.opened_at,
            disposed_at=row.closed_at, closed_at=row.closed_at, on_time=kept, history=True,
            closing_kind=("normal" if kept else "overdue") if closed else "",
        )  # fmt: skip
        case.words = indexing.words_of(case)
        return case

    def _clock(self, row: OutsideRow, case: Case) -> Clock:
        state = _state(row, self.zone)
        return Clock(
            case=case, kind="unit", calendar_code=clocks.ALWAYS, calendar_version=0, limit_seconds=state.limit, budget_seconds=state.budget,
            events=deadlines.events_to_json(state.events), ended_at=row.closed_at or clock.now(), on_time=case.on_time,
        )  # fmt: skip

    def _count(self, row: OutsideRow, case: Case) -> None:
        self.outcome.by_state[str(words.STATES[case.state])] += 1
        if row.longitude is None:
            self.outcome.without_place += 1
        if row.on_time is not None:
            self.outcome.flagged += 1
            if row.on_time != case.on_time:
                self.outcome.contradicted.append(row.id)


def _inputs(row: OutsideRow, code: str, case: Case) -> dict[str, object]:
    """What the record of an imported case holds: where it came from, its times, and the digest of the whole original row."""
    digest = hashlib.sha256(json.dumps(dict(row.original), sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    return {
        "from": code, "id": row.id, "opened": row.opened_at, "target": row.target_at, "closed": row.closed_at, "number": case.number,
        "on_time": case.on_time, "original": digest,
    }  # fmt: skip


def locate(case_ids: Sequence[int]) -> None:
    """Cells and areas of imported cases and their reports, by one spatial join each, and the areas' right to read."""
    if not case_ids:
        return
    with connection.cursor() as cursor:
        for table, key in (("cases_case", "c.id = ANY(%s)"), ("cases_report", REPORTS_OF)):
            cursor.execute(
                f"UPDATE {table} c SET cell_id = u.id, community_id = u.community_id, subdistrict_id = u.subdistrict_id,"  # noqa: S608
                " district_id = u.district_id, outside = false FROM grids_unitgrid u"
                f" WHERE {key} AND u.valid_to IS NULL AND u.platform_id = c.platform_id AND u.layer = 'unit'"
                " AND ST_Covers(u.geom, c.point)",
                [list(case_ids)],
            )
        cursor.execute(
            "INSERT INTO cases_caseaccess (id, case_id, division_id, since, why)"
            " SELECT c.id + 1 + a.place, c.id, a.division_id, c.opened_at, 'area' FROM cases_case c,"
            " LATERAL (VALUES (0, c.community_id), (1, c.subdistrict_id), (2, c.district_id)) AS a(place, division_id)"
            " WHERE c.id = ANY(%s) AND a.division_id IS NOT NULL ON CONFLICT DO NOTHING",
            [list(case_ids)],
        )


REPORTS_OF = "c.id IN (SELECT report_id FROM cases_casereport WHERE case_id = ANY(%s))"
