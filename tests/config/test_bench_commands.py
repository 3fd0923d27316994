"""Each kind of ``bench`` on a database of a few cases: it runs to its end, and what it tells was measured."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from urbangrid.config import bench, bench_live, bench_pages, bench_queue, bench_uploads
from urbangrid.config.bench_database import Databases, copied, prepared
from urbangrid.config.bench_effort import TRIAL, effort
from urbangrid.config.command import installation

ROWS = 1000
"""Enough that cases stand open in every state."""
Measured = Callable[[ModuleType], Any]


@pytest.fixture(scope="module")
def databases() -> Iterator[Databases]:
    """The filled database is made by the first command, kept for the others, and dropped in the end."""
    found = Databases(installation.find(argparse.Namespace(data=None)))
    assert effort(ROWS) is TRIAL
    yield found
    for name in (prepared(ROWS), copied(ROWS)):
        found.drop(name)


@pytest.fixture
def measured(databases: Databases, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Measured:
    """What a command of that module prints; its exit code says whether something was broken."""

    def run(kind: ModuleType) -> Any:
        args = argparse.Namespace(data=str(tmp_path), rows=[ROWS], json=True, compare=False, browsers=40)
        code = kind.run(args)
        found = json.loads(capfd.readouterr().out)
        assert code == (1 if found["broken"] else 0)
        assert found["machine"]["cores"] > 0
        return found

    return run


def test_cases_are_filled_and_lists_pages_and_actions_measured(measured: Measured) -> None:
    found = measured(bench)["sizes"][str(ROWS)]
    assert found["cases"] == ROWS + TRIAL.to_receive + TRIAL.to_dispatch
    assert found["queries"].keys() == found["cpu"].keys() >= {"list, seat agent", "queue of 300 reports", "case", "dispatch", "receive"}
    assert found["queries"]["receive"] == 6
    for name, figures in found["cpu"].items():
        assert figures["p50_ms"] > 0 and figures["p95_ms"] >= figures["p50_ms"], name
    assert found["ratio"].get("percent", 1) > 0


def test_no_report_is_taken_by_two_seats(measured: Measured) -> None:
    found = measured(bench_queue)
    assert (found["taken"], found["twice"], found["left"], found["not_hers"]) == (TRIAL.waiting, 0, 0, 0)
    assert 0 < found["claim_p50_ms"] <= found["page_p50_ms"]


def test_every_browser_hears_every_message_and_comes_back_after_a_restart(measured: Measured) -> None:
    found = measured(bench_live)
    assert found["browsers"] == 40
    assert found["arrived"] > 0
    assert (found["missing"], found["unheard"], found["not_back"]) == (0, 0, 0)
    assert 0 < found["p50_ms"] <= found["p99_ms"]
    assert found["memory_mb"] > 20


def test_slow_uploads_arrive_whole_beside_the_lists(measured: Measured) -> None:
    found = measured(bench_uploads)
    assert (found["lost"], found["faults"]) == (0, 0)
    assert found["sent_mb"] >= 20 * 0.26
    assert all(read["with"]["p95_ms"] > 0 and read["cpu_ratio"] >= 0 for read in found["reads"].values())


def test_pages_are_measured_with_their_statements(measured: Measured) -> None:
    found = measured(bench_pages)
    assert not found["broken"]
    assert all(page["queries"] > 1 and page["kib"] > 0 and page["p50_ms"] > 0 for page in found["pages"].values())
