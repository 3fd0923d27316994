"""The record of a run: which requirement ids it proved and what each test took. Hooks of pytest, brought in by tests/conftest.py."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from urbangrid.config.command import lanes, requirements

_outcomes: dict[str, dict[str, str]] = defaultdict(dict)
"""Requirement id → test → outcome."""
_seconds: dict[str, float] = defaultdict(float)
"""Test → setup, call and teardown."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Hand the ids of a test to its report."""
    report = yield
    report.user_properties.extend(("requirement", str(mark.args[0])) for mark in item.iter_markers("requirement"))
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep what a test took, and the worst outcome of its setup, call and teardown for each id it carries."""
    _seconds[report.nodeid] += report.duration
    if report.when != "call" and report.outcome == "passed":
        return
    for name, value in report.user_properties:
        if name == "requirement" and _outcomes[str(value)].get(report.nodeid) in (None, "passed"):
            _outcomes[str(value)][report.nodeid] = report.outcome


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the record that ``./urbangrid requirements`` reads; a lane of several writes its part."""
    if session.config.option.collectonly:
        return
    run = requirements.LastRun(
        ended=datetime.now(UTC).isoformat(timespec="seconds"),
        arguments=list(session.config.invocation_params.args),
        outcomes={id: list(tests.values()) for id, tests in sorted(_outcomes.items())},
        seconds={test: round(took, 3) for test, took in sorted(_seconds.items())},
    )
    requirements.write_last_run(run, Path(os.environ.get(lanes.RECORD, requirements.LAST_RUN)))
