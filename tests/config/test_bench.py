"""What lists, pages and actions cost in statements, and the parts of ``bench`` that can go wrong silently."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from tests.config import query_counts
from tests.support.city import City
from tests.support.desk import Desk
from urbangrid.cases import clocks, deadlines, verification, volume, volume_open
from urbangrid.cases.actions import ACTIONS
from urbangrid.catalog import cache
from urbangrid.config import bench_budgets, bench_city, bench_fill, bench_peer
from urbangrid.core import platforms
from urbangrid.organizations import queries as organizations

GOLDEN = Path(__file__).parents[1] / "golden" / "queries.txt"
BUDGET = {"list": 10, "case": 12, "action": 12, "desk": 20}
"""Architecture §8. A desk draws a list and a case on one page: both budgets, less session and acting post, which it asks once."""
HEAD = "# Statements of each list, case page and action with warm caches; made by UPDATE_GOLDEN=1 pytest tests/config/test_bench.py\n"


@pytest.fixture
def counts(city: City, desk: Callable[[str], Desk], monkeypatch: pytest.MonkeyPatch) -> query_counts.Counts:
    """The counts, with memories that do not end by the hour while the story is told."""
    monkeypatch.setattr(cache, "CHECK_SECONDS", 1e9)
    monkeypatch.setattr(platforms, "FRESH_SECONDS", 1e9)
    monkeypatch.setattr(organizations, "FRESH_SECONDS", 1e9)
    return query_counts.all_counts(desk, city)


def test_statements_are_within_budget_and_as_many_as_the_golden_file_says(counts: query_counts.Counts) -> None:
    actions = {name.removeprefix("action ") for name in counts.found if name.startswith("action ")}
    # hand_on follows filing by itself; return_up is a district's
    assert set(ACTIONS) - actions <= {"hand_on", "return_up"}, "an action that no story here takes"
    over = {name: count for name, count in counts.found.items() if count > BUDGET[name.partition(" ")[0]]}
    written = HEAD + "".join(f"{count:>3}  {name}\n" for name, count in sorted(counts.found.items()))
    if os.environ.get("UPDATE_GOLDEN") == "1":
        GOLDEN.write_text(written, encoding="utf-8")
    assert not over, {name: counts.statements[name] for name in over}
    assert written == GOLDEN.read_text(encoding="utf-8")


def test_cases_made_for_measuring_carry_six_proved_records_and_clocks_that_the_engine_agrees_with(db: None) -> None:
    with transaction.atomic():
        scene = bench_fill.scene_of(bench_city.make(), spots=60)
    now = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    with transaction.atomic():
        rows = volume.Rows()
        for serial in range(6):
            rows.join(volume.closed(scene, serial, now - timedelta(days=serial + 1)))
        volume.write(rows)
    volume_open.write_open(scene, range(7), 7, now)
    closed = [row["case_id"] for row in _rows("SELECT id AS case_id FROM cases_case WHERE closed_at IS NOT NULL")]
    opened = [row["case_id"] for row in _rows("SELECT id AS case_id FROM cases_case WHERE closed_at IS NULL")]
    proved = verification.verify_cases(closed + opened)
    assert not proved.faults
    assert proved.records == 6 * len(closed) + sum(row["seq"] for row in _rows("SELECT seq FROM cases_case WHERE closed_at IS NULL"))
    assert {row["state"] for row in _rows("SELECT state FROM cases_case WHERE closed_at IS NULL")} == set(volume_open.states())
    zone, platform_id = scene.platform.zone, scene.platform.pk
    ended = _rows("SELECT events, limit_seconds, on_time FROM cases_clock WHERE ended_at IS NOT NULL AND calendar_code = 'always'")
    late = 0
    for row in ended:
        timeline = clocks.timeline(platform_id, "always", zone)
        state = deadlines.replay(deadlines.events_from_json(row["events"]), row["limit_seconds"], timeline)
        assert (deadlines.verdict(state) == "on_time") == row["on_time"]
        late += not row["on_time"]
    assert 0 < late < len(ended)


def _rows(sql: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def test_captured_statements_become_a_script_over_many_cases() -> None:
    case_id, fresh = 5_000_000_000_000_000_000, 6_000_000_000_000_000_000
    captured = [
        "SELECT * FROM cases_case WHERE id = 5000000000000000000 AND platform_id = 4000000000000000000 LIMIT 21",
        "INSERT INTO keys VALUES (6000000000000000007, 'the-key', '{\"a\":true, \"b\": \"5000000000000000000\"}')",
        "UPDATE cases_workitem SET seq = 777777, at = '2026-11-20 09:40:00'::timestamptz WHERE id = 5000000000000001003",
    ]
    lines = bench_peer.script(captured, case_id, "the-key", fresh, case_id, 10, 40).splitlines()
    assert lines[0] == "\\set case 5000000000000000000 + 10 * random(0, 39)"
    assert "\\set new0 random(1, 9000000000000000000)" in lines
    assert lines[-3:] == [
        "SELECT * FROM cases_case WHERE id = :case::bigint AND platform_id = 4000000000000000000 LIMIT 21;",
        "INSERT INTO keys VALUES (:new0::bigint, ('k' || :key::text), E'{\"a\"\\x3atrue, \"b\"\\x3a \"5000000000000000000\"}');",
        "UPDATE cases_workitem SET seq = :seq::integer, at = E'2026-11-20 09\\x3a40\\x3a00'::timestamptz"
        " WHERE id = (:case::bigint + 1003);",
    ]


def test_a_broken_budget_and_what_grows_with_the_number_of_cases_are_named() -> None:
    figures = {"cpu_ms": 9.0, "web_ms": 7.0, "database_ms": 2.0, "p50_ms": 8.0, "p95_ms": 9.0, "requests": 500}
    small = {
        "queries": {"list, unit": 11, "receive": 8}, "cpu": {"list, unit": figures, "receive": figures | {"cpu_ms": 10.5}},
        "ratio": {"percent": 4.9},
    }  # fmt: skip
    large = {"queries": {"case": 12}, "cpu": {"list, unit": figures | {"cpu_ms": 12.6}, "receive": figures}, "ratio": {"percent": 5.0}}
    sizes: dict[int, Any] = {100: small, 1000: large}
    found = {"sizes": sizes, "growth": bench_budgets.growth(sizes)}
    assert bench_budgets.broken(found) == [
        "100: list, unit: 11 > 10", "100: receive: 10.5 ms > 10.0 ms", "100: pgbench: 4.9 % < 5.0 %", "list, unit: × 1.4 > × 1.3",
    ]  # fmt: skip
    assert bench_budgets.broken({"sizes": {1000: large}, "growth": {}}) == []
