"""Jobs of the worker, thin: each names its time and calls the package that knows how. Times are UTC.

A job is done by one worker at a time (``queueing_lock``); one that fails is tried again at its next time and shown by
procrastinate's tables. One whose time passed while no worker ran is done at the next start (``max_delay`` in the settings), once.
Jobs run in threads of the worker, each with a connection of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import close_old_connections, connection, transaction
from procrastinate.contrib.django import app

from urbangrid.audit import retention, stamps
from urbangrid.cases import exports, partitions, upkeep
from urbangrid.cases.actions import archiving, authorising, escalating, library, plan_settling, plans
from urbangrid.cases.definitions import running
from urbangrid.catalog import cache
from urbangrid.config import operations
from urbangrid.config.command import file_hold
from urbangrid.core import beats, clock, files, metrics, tracing
from urbangrid.core.logs import scrub
from urbangrid.courses import quizzes
from urbangrid.live import messages
from urbangrid.organizations import attending, leaves, refusals
from urbangrid.service_requests import upkeep as requests_upkeep
from urbangrid.workbench import daily_sheets, weekly_sheets

NAMES: list[str] = []
"""Of the jobs below, in their order."""
CRONS: dict[str, str] = {}
"""Their times."""

_log = logging.getLogger(__name__)
_jumps = {name: clock.JumpWatch() for name in ("upload_garbage", "purges", "old_sessions")}
_calendars_at: int | None = None
"""Stamp of the catalogues for which every open clock was last looked at."""


def _periodic(cron: str, name: str, work: Callable[[], object], *, alone: bool = False) -> None:
    """Register a job; what it gives is logged when it did something. ``alone``: never begun while an earlier one of its kind works."""

    def job(timestamp: int) -> None:
        tracing.begin(view=f"job:{name}")
        close_old_connections()
        outcome = "failed"
        try:
            done = work()
            outcome = "done"
        except Exception as error:
            beats.beat(f"job.{name}.failed", at_once=True, error=scrub(repr(error))[:150])
            raise
        finally:
            close_old_connections()
            metrics.jobs.labels(name, outcome).inc()
        beats.beat(f"job.{name}", at_once=True)
        if done:
            _log.info("%s: %s", name, done)

    NAMES.append(name)
    CRONS[name] = cron
    app.periodic(cron=cron)(app.task(name=name, queueing_lock=name, lock=name if alone else None)(job))


def begin() -> None:
    """At the worker's first start: from now on a job that never succeeds is late."""
    for name in NAMES:
        if beats.last(f"job.{name}") is None:
            beats.beat(f"job.{name}", at_once=True, never=True)


def idle_claims() -> int:
    """Claims nobody works on return to the pool, and their queues hear of it."""
    told = upkeep.return_idle_claims()
    messages.publish(told)
    return len(told)


def duty() -> int:
    """Who is at work by the roster, and leaves that begin or end."""
    return leaves.turn_over() + attending.refresh()


def changed_calendars() -> int:
    """After a change of any catalogue, and once at the worker's start, bring open clocks up to their calendars."""
    global _calendars_at
    cache.clear()  # the stamp itself must be fresh
    stamp = cache.stamp()
    if stamp == _calendars_at:
        return 0
    done = upkeep.recompute_clocks(messages.publish) + requests_upkeep.recompute_clocks()
    _calendars_at = stamp
    return done


def old_sessions() -> None:
    """Sessions that ended."""
    if not _clock_was_set("old_sessions"):
        call_command("clearsessions", verbosity=0)


_CUT_OFF = """
SELECT j.id, row_number() OVER (PARTITION BY j.task_name ORDER BY j.id) > 1 OR EXISTS (
    SELECT FROM procrastinate_jobs n WHERE n.task_name = j.task_name AND n.status = 'todo')
FROM procrastinate_jobs j WHERE j.status = 'doing' AND j.task_name = ANY(%s) AND NOT EXISTS (
    SELECT FROM procrastinate_workers w WHERE w.id = j.worker_id AND w.last_heartbeat > now() - interval '1 minute')
"""
"""Jobs whose worker was killed in the middle, and whether one of the same kind waits already."""


def cut_off_jobs() -> int:
    """Jobs whose worker was killed in the middle are done again, a daily one too; where the next of its kind waits, by that one."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CUT_OFF, [NAMES])
        found = cursor.fetchall()
        forgotten = [job_id for job_id, waits in found if waits]
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = ANY(%s)", [forgotten])
        for job_id, waits in found:
            if not waits:
                cursor.execute("SELECT procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)", [job_id])
    return len(found)


def _clock_was_set(job: str) -> bool:
    """Whether the machine's clock was set since the job's last time: then every age is wrong, and nothing is removed by age."""
    moved = _jumps[job].look()
    if moved:
        _log.warning("the machine's clock was set by %+.0f s: %s removes nothing this time", moved, job)
    return bool(moved)


def upload_garbage() -> int:
    """Uploads that nobody goes on with."""
    return 0 if _clock_was_set("upload_garbage") else retention.purge("uploads") + files.remove_torn()


def purges() -> dict[str, int]:
    """What the retention table says is to go; not while a backup copies files that its snapshot names."""
    with file_hold.removing(Path(settings.DATA)) as free:
        if not free:
            _log.warning("a backup is under way: nothing is purged this time")
        return retention.purge_all() if free and not _clock_was_set("purges") else {}


def follow_plans() -> int:
    """预案 whose end has come end; open cases that belong to one are taken up, those of an undone one get their limits back."""
    return plans.end_due() + plan_settling.settle_all()


@app.task(name=running.JOB)
def process_run(run_id: str) -> None:
    """A long simulation or migration that somebody asked for on a page; its row says how far it is."""
    tracing.begin(view=f"job:{running.JOB}")
    close_old_connections()
    try:
        running.perform(int(run_id))
    finally:
        close_old_connections()


_periodic("* * * * *", "library_wakes", library.wake_due)
_periodic("* * * * *", "requests_escalate", escalating.escalate_slept)
_periodic("4-59/10 * * * *", "authorisations_end", authorising.remind_ending)
_periodic("* * * * *", "plans", follow_plans)
_periodic("* * * * *", "courses", quizzes.follow)
_periodic("* * * * *", "daily_sheets", daily_sheets.make_due)
_periodic("* * * * *", "weekly_sheets", weekly_sheets.make_due)
_periodic("40 * * * *", "archive", archiving.archive_old)
_periodic("20 0 * * *", "library_rechecks", library.ask_rechecks)
_periodic("* * * * *", exports.JOB, exports.make_waiting)
_periodic("* * * * *", "idle_claims", idle_claims)
_periodic("* * * * *", "duty", duty)
_periodic("* * * * *", "cut_off_jobs", cut_off_jobs)
_periodic("* * * * *", "changed_calendars", changed_calendars)
_periodic("17 19 * * *", "record_partitions", partitions.ensure)
_periodic("27 * * * *", "upload_garbage", upload_garbage)
_periodic("* * * * *", "repeated_refusals", refusals.tell_repeated)
_periodic("37 18 * * *", "purges", purges)
_periodic("7 * * * *", "nightly_backup", operations.nightly, alone=True)
_periodic("12 * * * *", "sizes", operations.record_size)
_periodic("47 19 * * *", "old_sessions", old_sessions)
_periodic("3-59/5 * * * *", "time_stamp", stamps.stamp_newest)
