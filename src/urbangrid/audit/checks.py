"""What the health page says about the log (desks.md A4)."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from urbangrid.audit import outside, restorations, sources
from urbangrid.audit.models import AuditRow, HeadStamp, Log, TreeHead
from urbangrid.core import clock
from urbangrid.core.health import Check, Finding, Level
from urbangrid.core.health_checks import given_time
from urbangrid.core.text import lasting

UNSEALED_WATCH, UNSEALED_BAD = timedelta(minutes=2), timedelta(minutes=30)
"""How long a row may wait; the sealer looks every few seconds."""
MOST_COUNTED = 10_000
WRITE_GRACE = timedelta(minutes=2)
VERIFY_WATCH = timedelta(days=35)
"""The record should be verified every month."""


def unsealed() -> Finding:
    """Rows that are not in the log yet, and the age of the oldest."""
    log = Log.objects.filter(pk=1).first()
    count, oldest = sources.waiting(log.low_water if log else 0, MOST_COUNTED)
    if oldest is None:
        return Finding(Level.GOOD, _("全部已封存"), gauge=0)
    says = _("%(count)s 条尚未封存，最早 %(age)s") % {
        "count": f"{count}+" if count >= MOST_COUNTED else count,
        "age": _age(oldest),
    }
    waited = clock.now() - oldest
    if waited < UNSEALED_WATCH:
        return Finding(Level.GOOD, says, gauge=count)
    level = Level.BAD if waited > UNSEALED_BAD else Level.WATCH
    advice = _("请看后台进程是否在运行，其日志 worker.log 中有没有“nothing was sealed”；恢复后会自动补封，不会丢失。")
    return given_time(Finding(level, says, advice, gauge=count), oldest=oldest)


def outside_file() -> Finding:
    """The newest head of the database stands in the file of the data folder."""
    return _written(Path(settings.HEADS_ROOT), _("请查看数据文件夹下 heads 的权限和磁盘空间；恢复后会自动补写。"))


def outside_copy() -> Finding:
    """The same for the second folder."""
    if not settings.HEADS_COPY:
        return Finding(Level.GOOD, _("没有设置第二处；宜把 URBANGRID_HEADS_COPY 设为另一台机器上的文件夹"))
    return _written(
        Path(settings.HEADS_COPY), _("请查看 %(folder)s 是否已挂载、可写；恢复后会自动补写。") % {"folder": settings.HEADS_COPY}
    )


def _written(folder: Path, advice: str) -> Finding:
    last = TreeHead.objects.order_by("-size").first()
    try:
        newest = outside.newest(folder)
    except (OSError, ValueError) as error:
        return Finding(Level.BAD, _("树头文件读不出：%(error)s") % {"error": type(error).__name__}, advice)
    if last is None:
        return Finding(Level.GOOD, _("还没有树头"), early=True)
    if newest is not None and newest.hash() == bytes(last.hash):
        return Finding(Level.GOOD, _("已写到第 %(size)s 条（%(age)s）") % {"size": last.size, "age": _age(last.at)})
    if clock.now() - last.at < WRITE_GRACE:
        return Finding(Level.GOOD, _("正在写第 %(size)s 条的树头") % {"size": last.size})
    says = _("只写到第 %(written)s 条，数据库已到第 %(size)s 条") % {"written": newest.size if newest else 0, "size": last.size}
    return Finding(Level.BAD, says, advice)


def cut_off() -> Finding:
    """No folder has a newest head that the database does not have, unless a return to older data that stands on the trail gave it up."""
    returns = restorations.every()
    for folder in outside.folders():
        try:
            newest = outside.newest(folder)
        except (OSError, ValueError):
            continue  # the two checks above speak of it
        if newest is None or restorations.explaining(newest, returns):
            continue  # the sealer puts these files aside
        if not TreeHead.objects.filter(hash=newest.hash()).exists():
            size = Log.objects.filter(pk=1).values_list("size", flat=True).first() or 0
            says = _("%(folder)s 中的树头到第 %(outside)s 条，数据库只有 %(size)s 条或与之不同：数据库被截断、换过或恢复到了旧备份")
            advice = _("请先保留两处树头文件并运行 ./urbangrid audit verify，查明数据库为什么变旧；用命令恢复的会自动注明，不在此列。")
            return Finding(Level.BAD, says % {"folder": folder, "outside": newest.size, "size": size}, advice)
    if not returns:
        return Finding(Level.GOOD, _("与库外树头一致"))
    says = _("与库外树头一致；%(at)s 恢复到 %(made_at)s 的数据，第 %(size)s 条以后重新接续")
    last = returns[-1]
    return Finding(Level.GOOD, says % {"at": f"{last.at:%Y-%m-%d %H:%MZ}", "made_at": last.made_at, "size": last.size})


def verified() -> Finding:
    """When the whole record was last verified, and what came out."""
    rows = AuditRow.objects.filter(action="audit_verified").order_by("-at")
    last = next((row for row in rows[:50] if row.values.get("since") is None), None)
    advice = _("请运行 ./urbangrid audit verify；宜每月一次，并在换机、恢复之后做。")
    if last is None:
        first = TreeHead.objects.order_by("size").values_list("at", flat=True).first()
        late = first is not None and clock.now() - first > VERIFY_WATCH
        return Finding(Level.WATCH, _("从未全库核验"), advice) if late else Finding(Level.GOOD, _("还没有全库核验"), early=True)
    faults = int(last.values.get("faults", 0))
    age_days = (clock.now() - last.at).total_seconds() / 86_400
    if faults:
        says = _("%(age)s核验发现 %(count)s 处不符") % {"age": _age(last.at), "count": faults}
        bad = _("请再次运行 ./urbangrid audit verify 查看逐条结果，保留现场并报告审计管理员。")
        return Finding(Level.BAD, says, bad, gauge=age_days)
    says = _("%(age)s核验，全部相符") % {"age": _age(last.at)}
    if clock.now() - last.at > VERIFY_WATCH:
        return Finding(Level.WATCH, says, advice, gauge=age_days)
    return Finding(Level.GOOD, says, gauge=age_days)


def stamped() -> Finding:
    """How old the newest time stamp is, where a service is set."""
    if not settings.TIMESTAMP_URL:
        return Finding(Level.GOOD, _("没有设置时间戳服务"))
    last = HeadStamp.objects.order_by("-head_id").first()
    log = Log.objects.filter(pk=1).first()
    failure = log.stamp_failure if log else ""
    since = last.at if last else None
    says = _("最近的时间戳：%(age)s") % {"age": _age(since)} if since else _("还没有时间戳")
    gauge = (clock.now() - since).total_seconds() if since else None
    if failure:
        says += _("；最近一次没有取到：%(failure)s") % {"failure": failure}
    newest = TreeHead.objects.order_by("-size").first()
    current = newest is None or (last is not None and last.head_id == newest.size)
    limit = timedelta(minutes=3 * settings.TIMESTAMP_MINUTES)
    late = not current and (since is None or clock.now() - since > limit)
    if not failure and not late:
        return Finding(Level.GOOD, says, gauge=gauge)
    advice = _("请查看时间戳服务 %(url)s 是否可达；封存不受影响，恢复后会自动补取。") % {"url": settings.TIMESTAMP_URL}
    return Finding(Level.BAD if late and since is not None else Level.WATCH, says, advice, gauge=gauge)


def _age(moment: datetime) -> str:
    return _("%(time)s前") % {"time": lasting((clock.now() - moment).total_seconds())}


CHECKS = (
    Check("record.unsealed_rows", gettext_lazy("记录封存"), unsealed),
    Check("record.heads_file", gettext_lazy("库外树头"), outside_file),
    Check("record.heads_copy", gettext_lazy("树头副本"), outside_copy),
    Check("record.cut_off", gettext_lazy("记录是否被截断"), cut_off),
    Check("record.verified_days", gettext_lazy("全库核验"), verified),
    Check("record.stamp_age_seconds", gettext_lazy("时间戳"), stamped),
)
