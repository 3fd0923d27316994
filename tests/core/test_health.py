"""The registry of health checks: each line stands alone, a failing check is a bad line."""

from __future__ import annotations

import pytest

from urbangrid.core import health
from urbangrid.core.health import Check, Finding, Level


def _broken() -> Finding:
    raise RuntimeError("no disk")


@pytest.fixture
def own_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_checks", {})


@pytest.mark.usefixtures("own_checks")
def test_a_check_that_fails_is_a_bad_line_and_stops_no_other() -> None:
    health.declare(Check("disk.free_bytes", "磁盘", _broken), Check("queue.age_seconds", "队列", lambda: Finding(Level.GOOD, "3 秒")))
    found = health.look()
    assert [finding.level for _check, finding in found] == [Level.BAD, Level.GOOD]
    assert "RuntimeError" in found[0][1].says and found[0][1].advice
    assert health.worst(found) is Level.BAD


@pytest.mark.usefixtures("own_checks")
def test_without_a_database_only_checks_that_need_none_are_asked() -> None:
    disk = Check("disk.free_days", "磁盘", lambda: Finding(Level.WATCH, "9 天", "清理"), needs_database=False)
    health.declare(Check("queue.age_seconds", "队列", _broken), disk)
    assert [check.name for check, _finding in health.look(with_database=False)] == ["disk.free_days"]


@pytest.mark.usefixtures("own_checks")
def test_a_name_is_declared_once() -> None:
    health.declare(Check("disk.free_days", "磁盘", _broken))
    with pytest.raises(ValueError, match="twice"):
        health.declare(Check("disk.free_days", "磁盘", _broken))
