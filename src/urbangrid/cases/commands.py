"""The commands ``audit verify`` and ``audit export``."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from urbangrid.audit import checking, outside, signing
from urbangrid.audit.actions import note
from urbangrid.audit.checking import LogFault
from urbangrid.audit.messages import KINDS, LOG_FAULTS, WAYS
from urbangrid.cases import proving
from urbangrid.cases.messages import RECORD_FAULT_KINDS, RECORD_FAULTS
from urbangrid.cases.proving import Verdict
from urbangrid.cases.verification import Fault
from urbangrid.core.text import beside

MOST_SHOWN = 1_000
"""Faults printed; the counts are always whole."""
MOST_NOTICES = 5


def verify(args: argparse.Namespace) -> int:
    """``audit verify [--since HEAD] [--heads FILE] [--jobs N]``: each fault by case number and seq, then counts; 1 for any fault."""
    started = time.monotonic()
    files = _files(getattr(args, "heads", None))
    since = None
    if named := getattr(args, "since", None):
        since = proving.find_head(named, files, checking.extent())
        if since is None:
            print(_("没有找到树头“%(named)s”。请写树头的条数，或其摘要的前几位；库外的树头文件可用 --heads 指出。") % {"named": named})
            return 2
    jobs = getattr(args, "jobs", None) or os.cpu_count() or 1
    verdict = proving.prove(files, since, jobs, _show if sys.stderr.isatty() else None)
    for line in _lines(verdict, time.monotonic() - started):
        print(line)
    _remember(verdict)
    return 1 if verdict.count else 0


def _files(given: list[str] | None) -> list[Path]:
    """The heads files in reach: both folders with what was put aside there, and those that somebody brought."""
    found = [path for folder in outside.folders() for path in (*outside.abandoned(folder), *outside.files(folder))]
    return found + [Path(one) for one in given or []]


def _lines(verdict: Verdict, seconds: float) -> Iterator[str]:
    faults = [_line(fault) for fault in verdict.faults] + [_log_line(fault) for fault in verdict.log_faults]
    yield from faults[:MOST_SHOWN]
    if len(faults) > MOST_SHOWN:
        yield _("……另有 %(count)s 处没有列出") % {"count": len(faults) - MOST_SHOWN}
    words = _("%(cases)s 件案件、%(records)s 条办理经过，用时 %(seconds).1f 秒：%(result)s")
    result = _("全部相符")
    if faults:
        kinds = _("、").join(f"{KINDS[kind]} {count}" for kind, count in sorted(_kinds(verdict).items()))
        result = _("发现 %(count)s 处不符（%(kinds)s）") % {"count": len(faults), "kinds": kinds}
    yield words % {"cases": verdict.cases, "records": verdict.records, "seconds": seconds, "result": result}
    yield from _about_log(verdict)


def _about_log(verdict: Verdict) -> Iterator[str]:
    counts = {"leaves": verdict.leaves, "heads": verdict.heads, "outside": verdict.outside_heads, "stamps": verdict.stamps}
    yield _("日志 %(leaves)s 条，树头 %(heads)s 个；比对库外树头 %(outside)s 个，时间戳 %(stamps)s 个") % counts
    if verdict.stamps and not settings.TIMESTAMP_ROOTS:
        yield _("时间戳只核对了摘要：没有设置 URBANGRID_TIMESTAMP_ROOTS，签名和证书未核验")
    if not verdict.outside_heads:
        yield _("没有库外树头可比：只能证明数据库与自己的签名相符。请用 --heads 给出以前取走的树头文件。")
    for one, largest in verdict.returns.items():
        words = _("%(at)s 恢复到 %(made_at)s 的数据（%(way)s）：日志自第 %(size)s 条（树头 %(head)s）重新接续，其间的记录已放弃")
        values = {"at": f"{one.at:%Y-%m-%d %H:%M:%SZ}", "made_at": one.made_at, "way": WAYS.get(one.way, one.way), "size": one.size}
        kept = _("；旧树头到第 %(largest)s 条") % {"largest": largest} if largest else ""
        yield words % (values | {"head": one.head[:16] or "—"}) + kept
    yield from _notices(verdict)
    if verdict.purged:
        yield _("按期清除的照片和附文 %(count)s 项，审计中都有记录；其内容不再能核验") % {"count": verdict.purged}
    if verdict.since is not None:
        yield _("树头 %(size)s 之前只核对了叶子的根，没有逐条读记录") % {"size": verdict.since.size}
    if verdict.unsealed:
        size = verdict.newest.size if verdict.newest else 0
        yield _("树头 %(size)s 以后的 %(count)s 条变动尚不能证明（还未封存）") % {"size": size, "count": verdict.unsealed}
    yield _("签名公钥指纹 %(print)s，请审计人员抄下，与核验程序打印的对照") % {"print": signing.fingerprint()}


def _notices(verdict: Verdict) -> Iterator[str]:
    if not verdict.odd:
        return
    values = {"count": len(verdict.odd), "hours": f"{settings.ORDER_HOURS:g}"}
    yield (
        _("时间与次序不符 %(count)s 条：写的时间与在日志中的次序相差超过 %(hours)s 小时。导入、演示数据、拨动时钟也会如此，请逐条对照：")
        % values
    )
    for where, one in verdict.odd[:MOST_NOTICES]:
        moments = {"at": f"{one.at:%Y-%m-%d %H:%M:%SZ}", "near": f"{one.near:%Y-%m-%d %H:%M:%SZ}"}
        place = _where(LogFault("row_altered", where))
        yield f"[{_('注意')}] {place}  " + _("写的是 %(at)s，日志中排在 %(near)s 前后") % moments
    if len(verdict.odd) > MOST_NOTICES:
        yield _("……另有 %(count)s 处没有列出") % {"count": len(verdict.odd) - MOST_NOTICES}


def _kinds(verdict: Verdict) -> Counter[str]:
    of_records = Counter(RECORD_FAULT_KINDS.get(fault.code, "altered") for fault in verdict.faults)
    return of_records + Counter(LOG_FAULTS[fault.code][0] for fault in verdict.log_faults)


def _line(fault: Fault) -> str:
    where = _("%(number)s 第 %(seq)s 条") % {"number": fault.number, "seq": fault.seq} if fault.seq else fault.number
    kind = KINDS[RECORD_FAULT_KINDS.get(fault.code, "altered")]
    return f"[{kind}] {where}  {beside(RECORD_FAULTS[fault.code], fault.detail)}"


def _log_line(fault: LogFault) -> str:
    kind, sentence = LOG_FAULTS[fault.code]
    return f"[{KINDS[kind]}] {_where(fault)}  {beside(sentence, fault.detail)}"


def _where(fault: LogFault) -> str:
    name, hash_sign, rest = fault.where.partition("#")
    if fault.code in ("row_altered", "row_missing"):
        seq, _at, leaf = rest.partition(" @") if hash_sign else ("", "", "")
        if seq:
            return _("%(number)s 第 %(seq)s 条（叶子 %(leaf)s）") % {"number": name, "seq": seq, "leaf": leaf}
        row, _at, leaf = fault.where.partition(" @")
        return _("审计 %(row)s（叶子 %(leaf)s）") % {"row": row, "leaf": leaf}
    if fault.code == "unlogged":
        return _("审计 %(row)s") % {"row": fault.where}
    if fault.code in ("file_erased", "contact_erased"):
        return _("编号 %(id)s") % {"id": fault.where}
    if fault.code == "leaf_missing":
        return _("叶子 %(numbers)s") % {"numbers": fault.where}
    return _("树头 %(where)s") % {"where": fault.where}


def _remember(verdict: Verdict) -> None:
    """The look itself goes on the trail, and the health page finds its date there."""
    kinds = _kinds(verdict)
    note(
        None, "audit_verified",
        values={
            "records": verdict.records, "leaves": verdict.leaves, "heads": verdict.outside_heads, "unsealed": verdict.unsealed,
            "purged": verdict.purged,
            "odd": len(verdict.odd),
            "faults": verdict.count, **{kind: kinds[kind] for kind in KINDS}, "since": verdict.since.size if verdict.since else None,
        },
    )  # fmt: skip


def _show(done: int, total: int) -> None:
    print(f"\r{done}/{total}", end="\n" if done == total else "", file=sys.stderr, flush=True)
