"""What the core knows of its own health: database, outbox, clocks, disk. Thresholds are explained in docs/topics/health.md."""

from __future__ import annotations

import errno
import os
import shutil
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from urbangrid.core import clients, clock, ids, lines, outbox, stamps
from urbangrid.core.health import Check, Finding, Level
from urbangrid.core.models import ParkedDelivery
from urbangrid.core.text import lasting

SLOW_ANSWER_SECONDS = 0.1
LATE_ANSWER_SECONDS = 1.0
LOCK_WATCH_SECONDS, LOCK_BAD_SECONDS = 10, 30
"""How long somebody may wait for a lock."""
LONG_TRANSACTION_SECONDS = 600
START_SECONDS = 5
"""Statistics that are as old as the server itself began with it."""
OUTBOX_LATE_SECONDS = 10
OUTBOX_STANDS_SECONDS = 60
DRIFT_SECONDS = 2
WRONG_CLOCK_SECONDS = 30
STARTING_SECONDS = 180
"""After a start so long for what waited meanwhile."""
SHOWN_HOURS = 24
"""For how long the page tells of what is over."""
MOST_COUNTED = 10_000
EVENTS = "events.jsonl"
"""In the folder of the logs: what supervisor, worker and servers noticed."""


def _database() -> Finding:
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    seconds = time.perf_counter() - began
    says = _("数据库在 %(ms).1f 毫秒内应答") % {"ms": seconds * 1000}
    if seconds < SLOW_ANSWER_SECONDS:
        return Finding(Level.GOOD, says, gauge=seconds)
    advice = _("机器过忙或磁盘过慢：看本页“慢语句”和磁盘，停下不急的导入与统计；持续超过十分钟请联系系统管理员。")
    return Finding(Level.BAD if seconds >= LATE_ANSWER_SECONDS else Level.WATCH, says, advice, seconds)


def unreachable(error: BaseException | None) -> Finding:
    """The database does not answer; None: it did not within the time given."""
    said = str(error or "")
    if "starting up" in said or "recovery" in said or "shutting down" in said:
        advice = _("数据库正在启动或从中断处恢复，通常一分钟内完成，请等待；超过十分钟请看日志 logs/database.log 的末尾。")
        return Finding(Level.BAD, _("连不上数据库：正在恢复"), advice)
    if "too many" in said or "remaining connection slots" in said:
        advice = _("连接已用完：在 postgresql.conf 中调大 max_connections 后重启，或停下占用连接的外部程序。")
        return Finding(Level.BAD, _("连不上数据库：连接已用完"), advice)
    advice = _(
        "在平台所在机器上看日志 logs/database.log 的末尾；磁盘满则先腾出空间。"
        "平台会自动重新启动数据库，仍不行请执行 ./urbangrid down 再 up。"
    )
    if error is None:
        return Finding(Level.BAD, _("连不上数据库：没有按时应答"), advice)
    return Finding(Level.BAD, _("连不上数据库"), advice)


def _connections() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),"
            " current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int"
        )
        used, most = cursor.fetchone()
    percent = 100 * used / most
    says = _("已用 %(used)s 个连接，共 %(most)s 个") % {"used": used, "most": most}
    if percent < 80:
        return Finding(Level.GOOD, says, gauge=percent)
    advice = _("快用完了：停下占用连接的外部程序，或在 postgresql.conf 中调大 max_connections 后重启平台。")
    return Finding(Level.BAD if percent >= 95 else Level.WATCH, says, advice, percent)


def _transactions() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(extract(epoch FROM max(clock_timestamp() - xact_start)), 0)::float8 FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        seconds = float(cursor.fetchone()[0])
    if seconds < LONG_TRANSACTION_SECONDS:
        return Finding(Level.GOOD, _("最长的已进行 %(time)s") % {"time": lasting(seconds)}, gauge=seconds)
    advice = _("长事务会拖慢所有人：看是否有人在 psql 中忘了提交，或导入没有结束；确认后结束该连接（pg_terminate_backend）。")
    return Finding(Level.WATCH, _("最长的已进行 %(minutes).0f 分钟") % {"minutes": seconds / 60}, advice, seconds)


_WAITING = """
SELECT extract(epoch FROM clock_timestamp() - w.query_start)::float8, b.pid, coalesce(nullif(b.application_name, ''), b.backend_type),
       extract(epoch FROM clock_timestamp() - b.xact_start)::float8
FROM pg_stat_activity w CROSS JOIN LATERAL unnest(pg_blocking_pids(w.pid)) AS blocker(pid)
JOIN pg_stat_activity b ON b.pid = blocker.pid
WHERE w.wait_event_type = 'Lock' ORDER BY b.xact_start NULLS LAST, w.query_start LIMIT 1
"""


def _waiting() -> Finding:
    """Whether somebody waits for a lock, and who holds it: the oldest transaction of those in the way."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        row = cursor.fetchone()
    if row is None or row[0] < LOCK_WATCH_SECONDS:
        return Finding(Level.GOOD, _("没有人久等"), gauge=row[0] if row else 0)
    waited, pid, holder, held = row
    says = _("有人已等 %(waited)s，挡在前面的是 %(holder)s（进程号 %(pid)s，已 %(held)s）")
    values = {"waited": lasting(waited), "holder": holder, "pid": pid, "held": lasting(held or 0)}
    advice = _("是备份或导入就等它结束；已经没人管的，在 ./urbangrid psql 中执行 SELECT pg_terminate_backend(%(pid)s)。") % values
    return Finding(Level.BAD if waited >= LOCK_BAD_SECONDS else Level.WATCH, says % values, advice, waited)


def _recovered() -> Finding:
    """Whether the server recovered by itself from the crash of one of its processes: it begins its statistics anew then, not its run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT stats_reset, extract(epoch FROM clock_timestamp() - stats_reset)::float8,"
            " stats_reset - pg_postmaster_start_time() > make_interval(secs => %s) FROM pg_stat_bgwriter",
            [START_SECONDS],
        )
        at, ago, since_start = cursor.fetchone()
    if not since_start or not 0 <= ago < timedelta(hours=SHOWN_HOURS).total_seconds():
        return Finding(Level.GOOD, _("24 小时内没有"), gauge=0)
    says = _("数据库的一个进程在 %(at)s 崩溃，数据库已自行恢复") % {"at": timezone.localtime(at).strftime("%m-%d %H:%M:%S")}
    advice = _("已确认的办理都在。请看日志 logs/database.log 这一时刻的原因：多为内存不足被系统结束；再次出现请加内存或联系系统管理员。")
    return Finding(Level.WATCH, says, advice, ago)


def _outbox() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), min(created_at) FROM (SELECT created_at FROM core_outboxentry WHERE delivered_at IS NULL"
            " ORDER BY id LIMIT %s) AS waiting",
            [MOST_COUNTED],
        )
        count, oldest = cursor.fetchone()
    seconds = max((clock.now() - oldest).total_seconds(), 0.0) if oldest else 0.0
    parts = {"rows": count}
    if seconds < OUTBOX_LATE_SECONDS:
        return Finding(Level.GOOD, _("待送达 %(count)s 条") % {"count": count}, gauge=seconds, parts=parts)
    says = _("待送达 %(count)s 条，最早的已等 %(time)s") % {"count": count, "time": lasting(seconds)}
    advice = _("后台进程没有跟上：看“后台进程”一行；它正常而这里仍增长时，看日志 logs/worker.log。案件本身不受影响，恢复后逐条补送。")
    level = Level.BAD if seconds >= OUTBOX_STANDS_SECONDS else Level.WATCH
    return given_time(Finding(level, says, advice, seconds, parts), oldest=oldest)


def _parked() -> Finding:
    rows = ParkedDelivery.objects.filter(resolved_at=None)
    given_up = rows.filter(attempts__gte=outbox.MOST_ATTEMPTS).count()
    count = rows.count()
    if not count:
        return Finding(Level.GOOD, _("没有"), gauge=0)
    says = _("%(count)s 条没有送达，其中 %(given_up)s 条已不再自动重试") % {"count": count, "given_up": given_up}
    advice = _("在健康页“未送达”中看原因，排除后点“再试一次”。")
    return Finding(Level.BAD if given_up else Level.WATCH, says, advice, count)


def _drift() -> Finding:
    """The host's clock in the middle of the question against the database's answer."""
    before = datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        there = cursor.fetchone()[0]
    seconds = (before + (datetime.now(UTC) - before) / 2 - there).total_seconds()
    says = _("本机与数据库相差 %(seconds).1f 秒") % {"seconds": abs(seconds)}
    if abs(seconds) < DRIFT_SECONDS:
        return Finding(Level.GOOD, says, gauge=seconds)
    advice = _("用对时服务（chrony 或 systemd-timesyncd）校准两台机器的时钟；计时以平台机器为准，校准前不要批量办理。")
    return Finding(Level.BAD if abs(seconds) >= WRONG_CLOCK_SECONDS else Level.WATCH, says, advice, seconds)


def _behind() -> Finding:
    """Whether the newest entry was made later than now: then the clock was set back, be it while everything was off."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM core_outboxentry")
        newest = cursor.fetchone()[0]
    ahead = (ids.moment_of(newest) - datetime.now(UTC) - clock.shift()).total_seconds() if newest else 0.0
    if ahead < DRIFT_SECONDS:
        return Finding(Level.GOOD, _("时钟不早于最新的记录"), gauge=max(ahead, 0.0))
    says = _("时钟比最新的记录慢 %(time)s") % {"time": lasting(ahead)}
    advice = _(
        "时钟被拨回过，或曾拨快又拨正：请核对本机时间与对时服务。时间若不对请立即校准；若已正确，本行到时自己变绿。"
        "办理照常：近期办过的案件，下一步按它上一步的时刻记，办理经过中注明。"
    )
    return Finding(Level.WATCH, says, advice, ahead)


def _jumps() -> Finding:
    found = [row for row in recent_events() if row.get("event") == "clock_jump"]
    if not found:
        return Finding(Level.GOOD, _("24 小时内没有跳动"), gauge=0)
    seconds = float(str(found[0]["seconds"]))
    values = {"count": len(found), "at": local(found[0]), "seconds": seconds}
    says = _("24 小时内跳动 %(count)s 次，最近在 %(at)s，%(seconds)+.0f 秒") % values
    advice = _("请核对本机时间与对时服务（chrony 或 systemd-timesyncd）。期间收到的上报和办理时刻可能不准，请当班负责人抽查。")
    return Finding(Level.WATCH, says, advice, seconds)


def _disk() -> Finding:
    shares = {}
    for folder in (settings.DATA, settings.FILES_ROOT, settings.DATA / "postgres"):
        with suppress(FileNotFoundError):
            shares[Path(folder).stat().st_dev] = shutil.disk_usage(folder)
    least = min(shares.values(), key=lambda usage: usage.free)
    values = {"free": least.free / 2**30, "percent": 100 * least.free / max(least.total, 1)}
    says = _("剩余 %(free).1f GB（%(percent).0f%%）") % values
    if least.free >= settings.DISK_LOW_BYTES:
        return Finding(Level.GOOD, says, gauge=least.free)
    advice = _("请尽快腾出空间或加盘：先移走旧备份和 logs 中的 .1 文件。满了以后照片收不下，数据库会停止写入；已办成的不会丢。")
    return Finding(Level.BAD if least.free < settings.DISK_LEAST_BYTES else Level.WATCH, says, advice, least.free)


def _writable() -> Finding:
    """One small file, written and removed: the only way to know."""
    path = Path(settings.FILES_ROOT) / f".probe.{os.getpid()}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * 4096)
        path.unlink()
    except OSError as error:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        return _not_writable(error)
    return Finding(Level.GOOD, _("可以写入"), gauge=1)


def _not_writable(error: OSError) -> Finding:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Finding(Level.BAD, _("文件存不下：磁盘已满"), _("请立即腾出空间；其间新照片收不下，会告诉上报人稍后再传。"), 0)
    if error.errno == errno.EROFS:
        advice = _("磁盘成了只读，多半是硬件出错：看系统日志（dmesg），换盘或修复后重新挂载，再执行 ./urbangrid up。")
        return Finding(Level.BAD, _("文件存不下：磁盘只读"), advice, 0)
    advice = _("请检查数据文件夹的属主和权限，应属于运行平台的用户。")
    return Finding(Level.BAD, _("文件存不下：%(error)s") % {"error": error.strerror}, advice, 0)


def _front_server() -> Finding:
    peer = clients.undeclared()
    if peer is None:
        return Finding(Level.GOOD, _("没有未登记的前置服务器"), gauge=0)
    says = _("%(peer)s 转发了别人的请求，但没有登记为前置服务器：它后面的人都算同一个地址") % {"peer": peer}
    advice = _(
        "若它是本平台的前置服务器（如 nginx），请在 settings.env 中设 URBANGRID_TRUSTED_PROXIES=%(peer)s 后重启平台；"
        "否则几个人输错密码，它后面的所有人都暂时不能登录。若不是，请查是哪个程序自行加了 X-Forwarded-For。"
    )
    return Finding(Level.WATCH, says, advice % {"peer": peer}, 1)


def recent_events() -> list[dict[str, object]]:
    """What happened to processes and clock in the last 24 hours, newest first."""
    found = []
    for row in lines.newest_first(Path(settings.LOGS_ROOT) / EVENTS):
        with suppress(KeyError, ValueError, TypeError):
            if stamps.age_seconds(row) <= timedelta(hours=SHOWN_HOURS).total_seconds():
                found.append(row)
    return found


def _started_at(service: str, seconds: float) -> datetime | None:
    """When a process was started, by the machine's clock, if in the last so many seconds; None where that is longer ago or it crashed."""
    rows = [row for row in recent_events() if row.get("service") == service and stamps.age_seconds(row) < seconds]
    return stamps.moment(rows[-1]) if rows and all(row.get("event") == "started" for row in rows) else None


def given_time(found: Finding, service: str = "worker", seconds: float = STARTING_SECONDS, *, oldest: datetime | None = None) -> Finding:
    """What was found; no fault yet while a process that has just started may still get to it. ``oldest`` of what waits for it, by the
    platform's clock: only what waited before the start is given time."""
    started = None if found.level is Level.GOOD else _started_at(service, seconds)
    if started is None or (oldest is not None and oldest - clock.shift() >= started):
        return found
    return replace(found, level=Level.GOOD, advice="", early=True)


def local(made: dict[str, object]) -> str:
    """The time of day of a stamp, as the page says it."""
    return timezone.localtime(stamps.moment(made)).strftime("%m-%d %H:%M:%S")


DATABASE = Check("database.latency_seconds", gettext_lazy("数据库"), _database)
CHECKS = (
    DATABASE,
    Check("database.connections_percent", gettext_lazy("数据库连接"), _connections),
    Check("database.transaction_seconds", gettext_lazy("数据库长事务"), _transactions),
    Check("database.waiting_seconds", gettext_lazy("数据库锁等待"), _waiting),
    Check("database.recovered_seconds", gettext_lazy("数据库崩溃"), _recovered),
    Check("outbox.waiting_seconds", gettext_lazy("待送达"), _outbox, needs_running=True),
    Check("outbox.parked_rows", gettext_lazy("未送达"), _parked),
    Check("clock.drift_seconds", gettext_lazy("时钟与数据库"), _drift),
    Check("clock.behind_seconds", gettext_lazy("时钟与记录"), _behind),
    Check("clock.jump_seconds", gettext_lazy("时钟跳动"), _jumps, needs_database=False),
    Check("disk.free_bytes", gettext_lazy("磁盘"), _disk, needs_database=False),
    Check("clients.undeclared_front_server", gettext_lazy("前置服务器"), _front_server, needs_database=False),
    Check("files.writable", gettext_lazy("文件库"), _writable, needs_database=False),
)
