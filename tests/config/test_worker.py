"""The worker: starts on a fresh database, does its jobs, ends when told."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from procrastinate.contrib.django import app

from tests.live.outbox_entries import waiting, write
from tests.live.processes import worker_process
from tests.support.city import City, city
from urbangrid.audit import retention
from urbangrid.cases import upkeep
from urbangrid.catalog import cache
from urbangrid.config import jobs
from urbangrid.config.command import file_hold
from urbangrid.core import outbox
from urbangrid.live.messages import CHANNEL, Message, publish

__all__ = ["city"]


def _until(condition: Callable[[], bool], seconds: float = 40) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it did not happen in time"
        time.sleep(0.05)


@pytest.mark.django_db(transaction=True)
def test_a_started_worker_delivers_and_a_told_one_ends_cleanly(tmp_path: Path) -> None:
    write(7, 1, 2)
    with worker_process(tmp_path, 8000) as process:
        _until(lambda: waiting() == 0)
    assert process.returncode == 0


@pytest.mark.django_db(transaction=True)
def test_what_the_worker_left_behind_when_killed_is_delivered_by_the_next(tmp_path: Path) -> None:
    with worker_process(tmp_path, 8000) as process:
        write(7, 1)
        _until(lambda: waiting() == 0)
        process.kill()
        process.wait(10)
    write(7, 2)
    with worker_process(tmp_path, 8000):
        _until(lambda: waiting() == 0)


def test_every_job_is_registered_with_a_time() -> None:
    timed = {row.task.name for row in app.periodic_registry.periodic_tasks.values()}
    assert set(jobs.NAMES) <= timed
    assert {"record_partitions", "idle_claims", "changed_calendars", "upload_garbage", "old_sessions"} <= timed


def test_calendars_are_looked_at_once_after_each_change(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[object] = []

    def recompute(tell: object) -> int:
        looked.append(tell)
        return 0

    monkeypatch.setattr(jobs, "_calendars_at", None)
    monkeypatch.setattr(upkeep, "recompute_clocks", recompute)
    jobs.changed_calendars()
    jobs.changed_calendars()
    assert len(looked) == 1
    cache.changed()
    jobs.changed_calendars()
    assert len(looked) == 2


@pytest.mark.django_db
def test_nothing_is_purged_while_a_backup_copies_files(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    monkeypatch.setattr(retention, "purge_all", lambda: {"photos": 1})
    with file_hold.copying(tmp_path):
        assert jobs.purges() == {}
    assert jobs.purges() == {"photos": 1}


@pytest.mark.django_db(transaction=True)
def test_the_worker_runs_every_job_to_its_end(city: City, tmp_path: Path) -> None:
    with connection.cursor() as cursor:  # a worker of an earlier test may have been ended on the minute
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
    for name in jobs.NAMES:
        app.configure_task(name).defer(timestamp=0)
    with worker_process(tmp_path, 8000):
        _until(lambda: _left() == [])


@pytest.mark.django_db(transaction=True)
def test_a_job_that_was_cut_off_by_a_kill_is_done_again_a_minute_later_and_one_that_runs_is_not() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now()) RETURNING id")
        (living,) = cursor.fetchone()
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, status, worker_id)"
            " VALUES ('default', 'purges', 'purges', 'doing', NULL), ('default', 'old_sessions', 'old_sessions', 'doing', %s),"
            " ('default', 'idle_claims', 'idle_claims', 'doing', NULL), ('default', 'idle_claims', 'idle_claims', 'todo', NULL)",
            [living],
        )
        assert jobs.cut_off_jobs() == 2
        assert _left() == [("purges", "todo"), ("old_sessions", "doing"), ("idle_claims", "todo")]
        cursor.execute("DELETE FROM procrastinate_jobs; DELETE FROM procrastinate_workers")


def _left() -> list[tuple[str, str]]:
    """Jobs that are not done: what succeeded is removed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, status::text FROM procrastinate_jobs ORDER BY id")
        return list(cursor.fetchall())


@pytest.mark.django_db(transaction=True)
def test_a_message_larger_than_postgresql_carries_tells_the_page_to_read_again() -> None:
    with psycopg.connect(outbox.conninfo(), autocommit=True) as listener:
        listener.execute(f"LISTEN {CHANNEL}")
        publish([Message("tasks:1", {"count": 900, "new": list(range(10**18, 10**18 + 900))})])
        (notice,) = listener.notifies(timeout=5, stop_after=1)
    assert notice.payload == '{"topic":"tasks:1","count":900,"refresh":true}'
