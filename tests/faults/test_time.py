"""The machine's clock is set by a day, and a worker is away for an hour: order stays, nothing stalls, what was due happens once."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.installation import Platform, wait_for
from tests.faults.judge import judge, wait_for_health
from tests.faults.load import working

HOUR, DAY = 3600, 24 * 3600


class Clock:
    """The time that the processes of the installation are shown (libfaketime)."""

    def __init__(self, file: Path, platform: Platform) -> None:
        self.file, self.platform, self.shift = file, platform, 0

    def set(self, shift: int) -> None:
        """Set it by so many seconds against the true time; returns when the platform shows it."""
        self.shift = shift
        draft = self.file.with_suffix(".new")
        draft.write_text(f"{shift:+d}\n")
        draft.chmod(0o644)
        draft.replace(self.file)
        wait_for(lambda: abs(self.seen() - time.time() - shift) < HOUR / 2, "the platform shows the set time")

    def seen(self) -> float:
        """What the database says."""
        return float(self.platform.one("SELECT extract(epoch FROM clock_timestamp())"))


def library() -> Path | None:
    """The library of the Debian package ``libfaketime``."""
    return next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))), None)


@pytest.fixture(scope="module")
def clock(platform: Platform) -> Iterator[Clock]:
    """The installation started again under a clock that can be set."""
    found = library()
    if found is None:
        pytest.skip("needs libfaketime: apt-get install libfaketime (./urbangrid test does it)")
    file = platform.home / "clock"
    file.write_text("+0\n")
    platform.down()
    platform.up(
        {
            "LD_PRELOAD": str(found), "FAKETIME_TIMESTAMP_FILE": str(file), "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1",
        }
    )  # fmt: skip
    made = Clock(file, platform)
    yield made
    made.set(0)
    platform.down()
    for left in Path("/dev/shm").glob("*faketime*"):
        if left.stat().st_uid == platform.place.data.stat().st_uid:
            left.unlink()


@contextmanager
def was_set(clock: Clock, shift: int) -> Iterator[None]:
    """Set for the length of the block, then right again."""
    clock.set(shift)
    try:
        yield
    finally:
        clock.set(0)


@pytest.mark.parametrize("shift", [DAY, -DAY], ids=["a day forward", "a day back"])
def test_a_clock_set_by_a_day_and_back_keeps_every_order_and_stops_nobody(clock: Clock, platform: Platform, shift: int) -> None:
    before = _done_behind(platform)

    def says_so() -> None:
        wait_for(lambda: _done_behind(platform) > before, "what is done while the clock is behind says so")

    with working(platform) as load:
        load.progress(20)  # cases that are on their way when the clock is set
        with was_set(clock, shift):
            load.progress(40)
            wait_for_health(platform, "clock.jump_seconds", "跳动")
            if shift < 0:
                says_so()
        load.progress(40)
        platform.wait_until_well()
        if shift > 0:
            says_so()
            wait_for_health(platform, "clock.behind_seconds", "慢")
    assert judge(platform, load.ledger) == []
    assert load.ledger.not_now == [], "a set clock is no reason to send anybody away"
    verified = platform.command("audit", "verify")
    assert verified.returncode == 0, verified.stdout


def _done_behind(platform: Platform) -> int:
    return int(platform.one("SELECT count(*) FROM cases_caserecord WHERE body LIKE %s", '%"clock_behind_seconds":%'))


def test_a_worker_that_was_away_for_an_hour_does_what_was_due_once(clock: Clock, platform: Platform) -> None:
    worker = platform.child("worker")
    with working(platform) as load:
        os.kill(worker, signal.SIGSTOP)
        try:
            load.progress(40)
            waiting = platform.one("SELECT count(*) FROM core_outboxentry WHERE delivered_at IS NULL")
            clock.set(HOUR)
            load.progress(20)
            wait_for_health(platform, "outbox.waiting_seconds", "待送达")
        finally:
            os.kill(worker, signal.SIGCONT)
        load.progress(20)
    assert waiting > 0
    assert judge(platform, load.ledger) == []
    assert platform.child("worker") == worker
    wait_for(lambda: _minute_jobs_run_since(platform, clock.seen() - 600), "the jobs of the new hour are done")
    twice = "SELECT task_name, defer_timestamp FROM procrastinate_periodic_defers GROUP BY 1, 2 HAVING count(*) > 1"
    assert platform.rows(twice) == []


def _minute_jobs_run_since(platform: Platform, moment: float) -> bool:
    asked = "SELECT max(defer_timestamp) FROM procrastinate_periodic_defers WHERE task_name = 'idle_claims'"
    return bool((platform.one(asked) or 0) >= moment)
