"""What an operator must know about backup, restore test, disk and certificate (desks.md A4). Reads small files only."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from urbangrid.config import operations
from urbangrid.config.command import notes, processes, tls
from urbangrid.core import clock
from urbangrid.core.health import Check, Finding, Level

BACKUP_WATCH_HOURS, BACKUP_BAD_HOURS = 24 + 2, 48
"""Two hours of grace: a nightly backup is a day old shortly before the next one is finished."""
TEST_WATCH_DAYS, TEST_BAD_DAYS = 14, 60
DISK_WATCH_DAYS, DISK_BAD_DAYS = 60, 14
GROWTH_DAYS = 30
"""Growth is looked at over the last so many days, and over two at least."""
CERTIFICATE_WATCH_DAYS, CERTIFICATE_BAD_DAYS = 30, 7


def _backup() -> Finding:
    if settings.TRAINING:
        return Finding(Level.GOOD, _("培训副本不备份，随时可以复原"))
    kept = notes.read(Path(settings.DATA))
    last, failed = kept.get("backup"), kept.get("backup_failure")
    made_at, failed_at = notes.moment(last), notes.moment(failed)
    broken = bool(failed and failed_at and (made_at is None or failed_at > made_at))
    advice = _("执行 ./urbangrid backup；失败的原因在日志 logs/worker.log，常见的是磁盘满或备份文件夹不能写。")
    if broken:
        advice = _("最近一次备份没有成功：%(why)s 处理后执行 ./urbangrid backup。") % {"why": (failed or {}).get("why", "")}
    if last is None or made_at is None:
        hours = _installed_hours()
        says = _("还没有备份")
        if hours < BACKUP_WATCH_HOURS and not broken:
            return Finding(Level.GOOD, _("还没有备份，今夜做第一次"), gauge=hours, early=True)
        return Finding(Level.BAD if hours >= BACKUP_BAD_HOURS else Level.WATCH, says, advice, hours)
    hours = (clock.machine() - made_at).total_seconds() / 3600
    says = _("%(hours).0f 小时前：%(folder)s，%(size)s") % {
        "hours": hours,
        "folder": last.get("folder", ""),
        "size": operations.describe(float(last.get("bytes", 0))),
    }
    if broken or hours >= BACKUP_WATCH_HOURS:
        return Finding(Level.BAD if broken or hours >= BACKUP_BAD_HOURS else Level.WATCH, says, advice, hours)
    if weak := _weakness(last):
        return Finding(Level.WATCH, says, weak, hours)
    return Finding(Level.GOOD, says, gauge=hours)


def _installed_hours() -> float:
    """Since the keys of this installation were made."""
    try:
        made = (Path(settings.DATA) / "secrets" / "django_key").stat().st_mtime
    except FileNotFoundError:
        return 0.0
    return (clock.machine().timestamp() - made) / 3600


def _weakness(last: dict[str, object]) -> str:
    """What is wrong with a backup that is young enough; empty when nothing is."""
    if last.get("missing") or last.get("damaged"):
        counted = {"missing": last.get("missing", 0), "damaged": last.get("damaged", 0)}
        return _("备份里缺 %(missing)s 个文件、有 %(damaged)s 个文件已损坏：执行 ./urbangrid backup 看是哪些，并检查磁盘。") % counted
    if settings.DEMONSTRATION:  # a made city may be lost
        return ""
    if not last.get("keys"):
        return _("现在的密钥没有备份，没有密钥不能恢复：在终端执行一次 ./urbangrid backup 并输入口令，口令另处保管。")
    if last.get("same_disk"):
        return _("备份与数据在同一块磁盘，磁盘坏了两样都丢：在 settings.env 里设 URBANGRID_BACKUP_FOLDER 为另一块磁盘。")
    return ""


def _restore_test() -> Finding:
    if settings.TRAINING:
        return Finding(Level.GOOD, _("培训副本不备份，随时可以复原"))
    last = notes.read(Path(settings.DATA)).get("restore_test")
    at = notes.moment(last)
    advice = _("执行 ./urbangrid restore --test，确认备份真的能恢复；平台可以照常运行。")
    if last is None or at is None:
        new = _installed_hours() < TEST_WATCH_DAYS * 24
        return Finding(Level.GOOD if new else Level.WATCH, _("还没有做过恢复演练"), "" if new else advice, early=new)
    days = (clock.machine() - at).total_seconds() / 86400
    if not last.get("ok") and processes.is_alive(int(last.get("pid", 0)), last.get("started")):
        return Finding(Level.GOOD, _("恢复演练正在进行"), gauge=days)
    if not last.get("ok") and "pid" in last:  # ended from outside, by down or a power failure: nothing is known about the backup
        again = _("下一次夜间备份后会自动再做；要现在做：./urbangrid restore --test。")
        return Finding(Level.WATCH, _("%(days).0f 天前的恢复演练被中断，没有做完") % {"days": days}, again, days)
    if not last.get("ok"):
        says = _("%(days).0f 天前的恢复演练没有通过：%(why)s") % {"days": days, "why": last.get("why", "")}
        anew = _("先执行 ./urbangrid backup 另做一份，再执行 ./urbangrid restore --test；仍不通过，按其列出的原因处理，旧备份先不要删除。")
        return Finding(Level.BAD, says, anew, days)
    says = _("%(days).0f 天前通过，用时 %(seconds)s 秒") % {"days": days, "seconds": last.get("seconds", "?")}
    if days >= TEST_WATCH_DAYS:
        return Finding(Level.BAD if days >= TEST_BAD_DAYS else Level.WATCH, says, advice, days)
    return Finding(Level.GOOD, says, gauge=days)


def growth_bytes_per_day(rows: list[dict[str, object]], today: date) -> float | None:
    """Bytes a day over the last GROWTH_DAYS; None with less than two days to compare."""
    days = {date.fromisoformat(str(row["day"])): int(str(row["used_bytes"])) for row in rows}
    recent = [day for day in sorted(days) if today - timedelta(days=GROWTH_DAYS) <= day <= today]
    if len(recent) < 2 or (recent[-1] - recent[0]).days < 2:
        return None
    return (days[recent[-1]] - days[recent[0]]) / (recent[-1] - recent[0]).days


def _disk_days() -> Finding:
    data = Path(settings.DATA)
    growth = growth_bytes_per_day(notes.sizes(data), clock.machine().date())
    free = shutil.disk_usage(data).free
    if growth is None:
        return Finding(Level.GOOD, _("还有 %(free)s；增长要记录两天后才算得出") % {"free": operations.describe(free)}, early=True)
    if growth <= 0:
        return Finding(Level.GOOD, _("还有 %(free)s，近来没有增长") % {"free": operations.describe(free)})
    days = free / growth
    values = {"free": operations.describe(free), "growth": operations.describe(growth), "days": days}
    says = _("还有 %(free)s，每天增长 %(growth)s，约 %(days).0f 天后用完") % values
    if days >= DISK_WATCH_DAYS:
        return Finding(Level.GOOD, says, gauge=days)
    advice = _("扩大磁盘，或把备份移到另一块磁盘（URBANGRID_BACKUP_FOLDER），或少留几份（URBANGRID_BACKUP_KEEP）。")
    return Finding(Level.BAD if days < DISK_BAD_DAYS else Level.WATCH, says, advice, days)


def _certificate() -> Finding:
    if not settings.CERTIFICATE_FILE:
        return Finding(Level.GOOD, _("平台自己不用 HTTPS"))
    days = tls.days_left(Path(settings.CERTIFICATE_FILE), clock.machine())
    says = _("还有 %(days).0f 天到期") % {"days": days}
    if days >= CERTIFICATE_WATCH_DAYS:
        return Finding(Level.GOOD, says, gauge=days)
    advice = _(
        "自建证书：执行 ./urbangrid down 再 up，启动时自动更换。本市的证书：换上新文件（URBANGRID_TLS_CERT、URBANGRID_TLS_KEY）再重启。"
    )
    return Finding(Level.BAD if days < CERTIFICATE_BAD_DAYS else Level.WATCH, says, advice, days)


CHECKS = (
    Check("backup.age_hours", gettext_lazy("备份"), _backup, needs_database=False),
    Check("backup.restore_test_age_days", gettext_lazy("恢复演练"), _restore_test, needs_database=False),
    Check("disk.free_days", gettext_lazy("磁盘可用天数"), _disk_days, needs_database=False),
    Check("tls.certificate_days", gettext_lazy("证书"), _certificate, needs_database=False),
)
