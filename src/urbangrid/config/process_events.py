"""What happened to the processes of the platform in the last day, as the supervisor and the servers wrote it (logs/events.jsonl).

Rows carry a stamp (``core.stamps``) and ``event``: ``started`` and ``ended`` of a service (with ``code``: exit code, or minus the
signal), ``worker_started`` of a server's own process, ``cut_off`` when the run before ended without being told to.
"""

from __future__ import annotations

import signal
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from urbangrid.core import health_checks, stamps
from urbangrid.core.health import Finding, Level

NAMES = {
    "database": gettext_lazy("数据库"),
    "web": gettext_lazy("网页进程"),
    "live": gettext_lazy("实时进程"),
    "worker": gettext_lazy("后台进程"),
}
AGAIN_AND_AGAIN = 3
"""So many unexpected ends within ``SHORT_SECONDS`` are no accident."""
SHORT_SECONDS = 600
EDGE_SECONDS = 300


def look() -> Finding:
    """Unexpected ends of the last 24 hours: what, when, by what, and whether it runs again."""
    return judge(health_checks.recent_events())


def judge(rows: Sequence[Mapping[str, Any]]) -> Finding:
    """The finding for events, newest first."""
    ends: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    running: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        name, event = str(row.get("service", "")), row.get("event")
        if event == "started" and name not in ends:
            running[name] = row  # of several, the first after the end
        elif event == "ended":
            ends[name].append(row)
    said = [_said(name, found, running.get(name)) for name, found in ends.items()]
    said += _replaced(rows) + [_cut_off(row) for row in rows if row.get("event") == "cut_off"]
    if not said:
        return Finding(Level.GOOD, _("24 小时内没有意外结束"), gauge=0)
    down = [name for name in ends if name not in running]
    often = any(sum(stamps.age_seconds(row) < SHORT_SECONDS for row in found) >= AGAIN_AND_AGAIN for found in ends.values())
    count = sum(map(len, ends.values())) or len(said)
    return Finding(Level.BAD if down or often else Level.WATCH, _("；").join(said), _advice(bool(down), often), count)


def _said(name: str, ends: Sequence[Mapping[str, Any]], again: Mapping[str, Any] | None) -> str:
    values = {"name": NAMES.get(name, name), "at": health_checks.local(dict(ends[0])), "how": how(ends[0].get("code")), "count": len(ends)}
    if again is None:
        return _("%(name)s在 %(at)s %(how)s，现在没有运行（24 小时内 %(count)s 次）") % values
    values["again"] = health_checks.local(dict(again))
    return _("%(name)s在 %(at)s %(how)s，%(again)s 已重新运行（24 小时内 %(count)s 次）") % values


def how(code: object) -> str:
    """How a process ended, by its exit code; a signal is minus its number."""
    if not isinstance(code, int):
        return _("意外结束")
    if code >= 0:
        return _("意外结束（代码 %(code)s）") % {"code": code}
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = str(-code)
    return _("被信号 %(name)s 结束") % {"name": name}


def _replaced(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Processes that a server had to start again: more starts than it has processes, since its own start.

    Where its own start is older than what is told, every start of a process counts, but for the oldest minutes, to which it may belong.
    """
    room: dict[str, int] = {}
    more: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in reversed(rows):
        name = str(row.get("service", ""))
        if row.get("event") == "started":
            room[name] = int(row.get("workers", 1))
        elif row.get("event") == "worker_started":
            unknown = name not in room and stamps.age_seconds(row) > health_checks.SHOWN_HOURS * 3600 - EDGE_SECONDS
            room[name] = room.get(name, 0) - 1
            if room[name] < 0 and not unknown:
                more[name].append(row)
    said = _("%(name)s有 %(count)s 个子进程意外结束，已补上（最近在 %(at)s）")
    return [
        said % {"name": NAMES.get(name, name), "count": len(found), "at": health_checks.local(dict(found[-1]))}
        for name, found in more.items()
    ]


def _cut_off(row: Mapping[str, Any]) -> str:
    return _("%(at)s 启动时发现上次运行被中断（断电或强行结束），已自动恢复") % {"at": health_checks.local(dict(row))}


def _advice(down: bool, often: bool) -> str:
    if down:
        return _("看 logs 中该进程日志的末尾；平台会继续尝试启动，超过五分钟仍不行请执行 ./urbangrid down 再 up。")
    if often:
        return _("反复结束不是偶然：看 logs 中该进程日志的末尾和系统日志（内存不足时内核会结束进程），并联系维护人员。")
    return _("已恢复，不必操作；已确认的办理没有丢失。请看 logs 中该进程日志在那一刻的记录和系统日志，弄清原因。")
