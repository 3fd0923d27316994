"""Checks of the processes: worker, its jobs, the live process, what the supervisor saw."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from contextlib import closing
from datetime import UTC, datetime

from croniter import croniter
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from urbangrid.config import process_events
from urbangrid.core import beats, stamps
from urbangrid.core.health import Check, Finding, Level
from urbangrid.core.health_checks import given_time, recent_events
from urbangrid.core.text import lasting

SILENT_SECONDS = 60
JOB_LATE_SECONDS = 300
LIVE_SECONDS = 1.0
"""What the live process may take to answer."""
LIVE_STARTING_SECONDS = 20
WORKER_PARTS = ("worker", "relay")
"""Signs of life of the worker: its loop of jobs, its relay."""


def _worker() -> Finding:
    ages = [beats.age_seconds(name) for name in WORKER_PARTS]
    known = [age for age in ages if age is not None]
    advice = _(
        "平台会自动重新启动它；一分钟后仍是红的，请看日志 logs/worker.log 的末尾，再执行 ./urbangrid down 和 up。"
        "办理不受影响，通知和计时提醒会补上。"
    )
    if len(known) < len(ages):
        return given_time(Finding(Level.BAD, _("后台进程还没有运行过"), advice))
    seconds = max(known)
    if seconds > SILENT_SECONDS:
        found = Finding(Level.BAD, _("后台进程停着，已有 %(time)s没有动静") % {"time": lasting(seconds)}, advice, seconds)
        return given_time(found) if seconds > (_worker_seconds() or 0) else found  # who has beaten since the start is not given time
    return Finding(Level.GOOD, _("%(seconds).0f 秒前有动静") % {"seconds": seconds}, gauge=seconds)


_JOBS = """
SELECT count(*) FILTER (WHERE j.status = 'failed'),
    count(*) FILTER (WHERE j.status = 'doing' AND (w.id IS NULL OR w.last_heartbeat < now() - interval '2 minutes')),
    coalesce(extract(epoch FROM now() - min(e.at) FILTER (WHERE j.status = 'todo')), 0)::float8
FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
    LEFT JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred' AND j.status = 'todo'
        AND (j.scheduled_at IS NULL OR j.scheduled_at <= now())
WHERE j.status IN ('todo', 'doing', 'failed')
"""


def _jobs() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(_JOBS)
        failed, cut_off, waited = cursor.fetchone()
    if waited > JOB_LATE_SECONDS:
        says = _("有作业等了 %(minutes).0f 分钟还没有开始") % {"minutes": waited / 60}
        advice = _("看“后台进程”一行；它正常时，多半有一项作业太久，请看日志 logs/worker.log。")
        return given_time(Finding(Level.BAD, says, advice, failed))
    if failed or cut_off:
        says = _("失败 %(failed)s 项，中断 %(cut_off)s 项") % {"failed": failed, "cut_off": cut_off}
        advice = _("在健康页“失败的作业”中看原因，排除后点“再试一次”；定时作业到下一时刻也会再做。")
        return Finding(Level.WATCH, says, advice, failed + cut_off)
    return Finding(Level.GOOD, _("没有失败，最久的等了 %(time)s") % {"time": lasting(waited)}, gauge=0)


def _periodic() -> Finding:
    """The job that is latest against its own rhythm, by its last success; one whose time has not come since the worker started waits for
    it."""
    late: list[tuple[float, float, str]] = []
    running = _worker_seconds()
    for name, cron in _crons().items():
        age = beats.age_seconds(f"job.{name}")
        period = _period_seconds(cron)
        if age is not None and age > 2 * period + SILENT_SECONDS:
            late.append((age, period, name))
    due = [(age, name) for age, period, name in late if running is None or running > period + SILENT_SECONDS]
    if not due:
        return Finding(Level.GOOD, _("都按时完成") if not late else _("平台停过，到各自的时刻会补上"), gauge=0, early=bool(late))
    seconds, name = max(due)
    says = _("%(count)s 项没有按时完成，最久的是 %(name)s，上次成功在 %(hours).1f 小时前") % {
        "count": len(due),
        "name": name,
        "hours": seconds / 3600,
    }
    return Finding(Level.BAD, says, _("看日志 logs/worker.log 中这项作业的错误；平台停过一阵时，开机后到它的下一时刻会自己补上。"), seconds)


def _worker_seconds() -> float | None:
    """How long the worker has been running since its last start of the last day; None where that is longer ago."""
    starts = (row for row in recent_events() if row.get("service") == "worker" and row.get("event") == "started")
    newest = next(starts, None)
    return stamps.age_seconds(newest) if newest is not None else None


def _crons() -> dict[str, str]:
    from urbangrid.config import jobs  # registers the jobs: only where somebody asks for them

    return jobs.CRONS


def _period_seconds(cron: str) -> float:
    times = croniter(cron, datetime(2026, 1, 1, tzinfo=UTC))
    first = times.get_next(float)
    return float(times.get_next(float) - first)


def _live() -> Finding:
    began = time.perf_counter()
    if any(_live_answers(secured) for secured in ((False, True) if settings.HTTPS else (False,))):
        seconds = time.perf_counter() - began
        return Finding(Level.GOOD, _("在 %(ms).0f 毫秒内应答") % {"ms": seconds * 1000}, gauge=seconds)
    advice = _("页面仍可使用，但新到待办要刷新才见，照片可能传不上。平台会自动重新启动它；不行请看日志 logs/live.log 的末尾。")
    return given_time(Finding(Level.BAD, _("实时进程没有应答"), advice), "live", LIVE_STARTING_SECONDS)


def _live_answers(secured: bool) -> bool:
    host, port = _listening_host(), settings.PORT + 1
    if secured:
        trust_all = ssl._create_unverified_context()  # noqa: S323  # this machine asks itself whether the process lives
        asked: http.client.HTTPConnection = http.client.HTTPSConnection(host, port, timeout=LIVE_SECONDS, context=trust_all)
    else:
        asked = http.client.HTTPConnection(host, port, timeout=LIVE_SECONDS)
    with closing(asked):
        try:
            asked.request("GET", "/health")
            return asked.getresponse().status < 300
        except (OSError, http.client.HTTPException):
            return False


def _listening_host() -> str:
    """Where the servers of this installation listen, as the supervisor noted it."""
    try:
        host = str(json.loads((settings.DATA / "running.json").read_text()).get("host", ""))
    except (OSError, ValueError):
        host = ""
    return "127.0.0.1" if host in ("", "0.0.0.0", "::") else host  # noqa: S104


CHECKS = (
    Check("worker.silent_seconds", gettext_lazy("后台进程"), _worker, needs_running=True),
    Check("live.answer_seconds", gettext_lazy("实时进程"), _live, needs_database=False, needs_running=True),
    Check("processes.ended_rows", gettext_lazy("进程"), process_events.look, needs_database=False),
    Check("jobs.failed_rows", gettext_lazy("作业"), _jobs),
    Check("jobs.overdue_seconds", gettext_lazy("定时作业"), _periodic, needs_database=False, needs_running=True),
)
