"""What the health page says about processes that ended: judged from the events that supervisor and servers write."""

from __future__ import annotations

from typing import Any

import pytest

from urbangrid.config import process_events
from urbangrid.core import health_checks, stamps
from urbangrid.core.health import Level

NOW = stamps.stamp()


def at(seconds_ago: float, event: str, service: str = "web", **values: Any) -> dict[str, Any]:
    return NOW | {"up": NOW["up"] - seconds_ago, "event": event, "service": service} | values


def judge(*rows: dict[str, Any]) -> Any:
    """Rows as they were written, oldest first."""
    return process_events.judge(list(reversed(rows)))


START = [at(5000, "started", workers=2), at(4999, "worker_started"), at(4998, "worker_started")]


@pytest.fixture(autouse=True)
def machine_runs_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamps, "stamp", lambda: NOW)


def test_an_ordinary_start_and_a_second_one_are_no_event() -> None:
    assert judge(*START).level is Level.GOOD
    assert judge(*START, at(50, "started", workers=2), at(49, "worker_started"), at(48, "worker_started")).level is Level.GOOD


def test_a_killed_child_of_a_server_is_told_also_after_a_new_start() -> None:
    for later in ([], [at(50, "started", workers=2), at(49, "worker_started"), at(48, "worker_started")]):
        found = judge(*START, at(900, "worker_started"), *later)
        assert found.level is Level.WATCH and "网页进程有 1 个子进程意外结束" in found.says


def test_a_child_started_in_a_server_that_runs_for_days_is_told_too() -> None:
    assert judge(at(900, "worker_started")).level is Level.WATCH
    assert judge(at(86_400 - 10, "worker_started")).level is Level.GOOD, "it may belong to a start that is no longer told"


def test_the_start_that_is_named_is_the_one_after_the_end() -> None:
    found = judge(*START, at(900, "ended", code=-9), at(899, "started"), at(10, "started"))
    again = health_checks.local(at(899, "started"))
    assert found.level is Level.WATCH and "SIGKILL" in found.says and found.says.count("已重新运行") == 1
    assert again.split()[0] in found.says


def test_what_does_not_run_again_is_red() -> None:
    found = judge(*START, at(9, "ended", code=3))
    assert found.level is Level.BAD and "代码 3" in found.says and "现在没有运行" in found.says and found.advice


def test_again_and_again_is_red_though_it_runs() -> None:
    crashes = [row for ago in (300, 200, 100) for row in (at(ago, "ended", code=1), at(ago - 1, "started"))]
    found = judge(*START, *crashes)
    assert found.level is Level.BAD and "反复" in found.advice


def test_a_run_that_was_cut_off_is_told_after_the_next_start() -> None:
    found = judge(at(100, "cut_off"), *START)
    assert found.level is Level.WATCH and "上次运行被中断" in found.says


def test_signals_and_codes_have_names() -> None:
    assert process_events.how(-11) == "被信号 SIGSEGV 结束"
    assert process_events.how(-200) == "被信号 200 结束"
    assert process_events.how(None) == "意外结束"
