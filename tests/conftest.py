"""Rules for every test: known requirement ids, and a record of which of them this run proved."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.city import acting, city
from tests.support.desk import desk
from tests.support.screen import screen
from urbangrid.config.command import places, requirements

__all__ = ["acting", "city", "desk", "screen"]

REAL_DATA = Path(os.environ.get("URBANGRID_REAL_DATA", places.CHECKOUT.parent / "shared" / "data"))
_outcomes: dict[str, dict[str, str]] = defaultdict(dict)
"""Requirement id → test → outcome."""


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of the real data sets; tests that need one are skipped with a reason where it is absent."""
    if not REAL_DATA.is_dir():
        pytest.skip("no real data: set URBANGRID_REAL_DATA to their folder")
    return REAL_DATA


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a requirement id that docs/requirements.csv does not have."""
    ids = {str(mark.args[0]) for item in items for mark in item.iter_markers("requirement")}
    if wrong := requirements.unknown(ids, requirements.load()):
        raise pytest.UsageError(f"not in docs/requirements.csv: {', '.join(wrong)}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Hand the ids of a test to its report."""
    report = yield
    report.user_properties.extend(("requirement", str(mark.args[0])) for mark in item.iter_markers("requirement"))
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep the worst outcome of a test's setup, call and teardown for each id it carries."""
    if report.when != "call" and report.outcome == "passed":
        return
    for name, value in report.user_properties:
        if name == "requirement" and _outcomes[str(value)].get(report.nodeid) in (None, "passed"):
            _outcomes[str(value)][report.nodeid] = report.outcome


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the record that ``./urbangrid requirements`` reads."""
    if session.config.option.collectonly:
        return
    run = requirements.LastRun(
        ended=datetime.now(UTC).isoformat(timespec="seconds"),
        arguments=list(session.config.invocation_params.args),
        outcomes={id: list(tests.values()) for id, tests in sorted(_outcomes.items())},
    )
    requirements.write_last_run(run)
