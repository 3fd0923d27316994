"""The command ``audit verify``: all records of this installation, on several processes at once."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

import django
from django.utils.translation import gettext as _

from urbangrid.cases.messages import RECORD_FAULTS
from urbangrid.cases.models import Case
from urbangrid.cases.verification import Fault, verify_cases

BATCH = 1_000
"""Cases that one process takes at a time."""
WORTH_IT = 20
"""Batches from which several processes are faster than one: each needs two seconds to start."""
Progress = Callable[[int, int], None]
"""Called after each batch: cases done, cases in all."""


@dataclass(slots=True)
class Verdict:
    """What was looked at and what is wrong."""

    cases: int = 0
    records: int = 0
    faults: list[Fault] = field(default_factory=list)


def verify_all(jobs: int = 1, progress: Progress | None = None) -> Verdict:
    """Verify every case; with many cases in ``jobs`` processes, each with a database connection of its own."""
    ids = list(Case.objects.order_by("id").values_list("id", flat=True))
    batches = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
    verdict = Verdict()
    for batch, (records, faults) in zip(batches, _run(batches, jobs), strict=True):
        verdict.cases += len(batch)
        verdict.records += records
        verdict.faults += faults
        if progress is not None:
            progress(verdict.cases, len(ids))
    return verdict


def _run(batches: Sequence[Sequence[int]], jobs: int) -> Iterator[tuple[int, list[Fault]]]:
    if jobs <= 1 or len(batches) < WORTH_IT:
        yield from map(verify_cases, batches)
        return
    # spawned, not forked: a forked child would share this process's database connection
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(batches)), mp_context=context, initializer=django.setup) as pool:
        yield from pool.map(verify_cases, batches)


def verify(args: argparse.Namespace) -> int:
    """``audit verify [--jobs N]``: prints counts and each fault by case number and seq; 1 when there is a fault."""
    started = time.monotonic()
    jobs = getattr(args, "jobs", None) or os.cpu_count() or 1
    verdict = verify_all(jobs, _show if sys.stderr.isatty() else None)
    for fault in verdict.faults:
        print(_line(fault))
    words = _("%(cases)s 件案件、%(records)s 条办理经过，用时 %(seconds).1f 秒：%(result)s")
    result = _("发现 %(count)s 处不符") % {"count": len(verdict.faults)} if verdict.faults else _("全部相符")
    print(words % {"cases": verdict.cases, "records": verdict.records, "seconds": time.monotonic() - started, "result": result})
    return 1 if verdict.faults else 0


def _line(fault: Fault) -> str:
    where = _("%(number)s 第 %(seq)s 条") % {"number": fault.number, "seq": fault.seq} if fault.seq else fault.number
    return f"{where}  {RECORD_FAULTS[fault.code]}{f'（{fault.detail}）' if fault.detail else ''}"


def _show(done: int, total: int) -> None:
    print(f"\r{done}/{total}", end="\n" if done == total else "", file=sys.stderr, flush=True)
