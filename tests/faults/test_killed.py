"""kill -9 and its relatives while people work: nothing acknowledged is lost, nothing is done twice, no process stays behind."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from tests.faults.installation import Platform, wait_for
from tests.faults.judge import judge, wait_for_health
from tests.faults.load import working


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def _backends(platform: Platform) -> list[int]:
    """Server processes that serve a connection of the platform."""
    asked = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY backend_start"
    return [row[0] for row in platform.rows(asked)]


def _kill_postmaster(platform: Platform) -> None:
    _kill(platform.child("database"))


def _kill_one_backend(platform: Platform) -> None:
    grown_up = "SELECT now() - pg_postmaster_start_time() > interval '6 seconds'"
    wait_for(lambda: platform.one(grown_up), "the server has run for a while, so that its recovery is told from its start")
    _kill(_backends(platform)[0])  # the server ends all others and recovers


def _end_all_connections(platform: Platform) -> None:
    platform.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )


def _restart_database(platform: Platform) -> None:
    os.kill(platform.child("database"), signal.SIGINT)


FAULTS: dict[str, Callable[[Platform], None]] = {
    "a web worker": lambda platform: _kill(platform.workers_of("web")[0]),
    "the web server": lambda platform: _kill(platform.child("web")),
    "the live process": lambda platform: _kill(platform.workers_of("live")[0]),
    "the live server": lambda platform: _kill(platform.child("live")),
    "the worker": lambda platform: _kill(platform.child("worker")),
    "the postmaster": _kill_postmaster,
    "a database process": _kill_one_backend,
    "all connections": _end_all_connections,
    "a restart of the database": _restart_database,
}

TOLD: dict[str, tuple[str, ...]] = {
    "a web worker": ("processes.ended_rows", "网页进程"),
    "the web server": ("processes.ended_rows", "网页进程", "SIGKILL"),
    "the live process": ("processes.ended_rows", "实时进程"),
    "the live server": ("processes.ended_rows", "实时进程", "SIGKILL"),
    "the worker": ("processes.ended_rows", "后台进程", "SIGKILL"),
    "the postmaster": ("processes.ended_rows", "数据库", "SIGKILL"),
    "a database process": ("database.recovered_seconds", "自行恢复"),
    "a restart of the database": ("processes.ended_rows", "数据库"),
}
"""What /health says afterwards. Ended connections leave nothing to tell: each is opened again at its next use."""


@pytest.mark.parametrize("name", FAULTS)
def test_killed_while_people_work_it_comes_back_and_nothing_is_lost_or_done_twice(platform: Platform, name: str) -> None:
    before = platform.place.state()["children"]
    with working(platform) as load:
        FAULTS[name](platform)
        load.progress(25)
        platform.wait_until_well()
        load.progress(10)
    if name in TOLD:
        wait_for_health(platform, *TOLD[name])
    assert judge(platform, load.ledger) == []
    if name in ("the postmaster", "a restart of the database"):
        assert platform.place.state()["children"]["database"] != before["database"]


def test_the_killed_supervisor_leaves_nothing_and_the_next_up_goes_on(platform: Platform) -> None:
    members = platform.members()
    with working(platform) as load:
        _kill(platform.supervisor())
        wait_for(lambda: not set(platform.members()) & set(members), "the processes of the killed run are gone")
        platform.up()
        load.progress(10)
    wait_for_health(platform, "processes.ended_rows", "上次运行被中断")
    assert judge(platform, load.ledger) == []
    verified = platform.command("audit", "verify")
    assert verified.returncode == 0, verified.stdout
