"""The whole record proved: case chains, leaves, tree heads, time stamps; on several processes at once (architecture §3.4).

1. The extent of the log is read in one statement; what is sealed later does not belong to this look.
2. The heads outside the database are read; those that the database does not have are kept to be held against the tree.
3. Processes prove the stretches of the log (``audit.checking``) and the cases (``cases.verification``); here the tree is put together.
4. With ``since`` the leaves before that head are only hashed together and compared with its root; rows are read of what came after, and of
   the cases that have something after it.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import django
from django.db import connection

from urbangrid.audit import checking, heads, leaves, outside, retention, stamps
from urbangrid.audit.checking import Extent, LogFault
from urbangrid.audit.heads import Head
from urbangrid.audit.models import HeadStamp, TreeHead
from urbangrid.audit.order import Odd
from urbangrid.audit.restorations import Restoration
from urbangrid.cases.models import Case
from urbangrid.cases.verification import Fault, verify_cases

BATCH = 1_000
"""Cases that one process takes at a time."""
WORTH_IT = 20
"""Pieces of work from which several processes are faster than one: each needs two seconds to start."""
Progress = Callable[[int, int], None]
"""Called after each piece: done, in all."""
One, Got = TypeVar("One"), TypeVar("Got")


@dataclass(slots=True)
class Verdict:
    """What was looked at and what is wrong."""

    cases: int = 0
    records: int = 0
    leaves: int = 0
    heads: int = 0
    outside_heads: int = 0
    stamps: int = 0
    unsealed: int = 0
    returns: dict[Restoration, int] = field(default_factory=dict)
    """Returns to older data, each with the largest size of the heads it gave up (0: none is kept here)."""
    purged: int = 0
    newest: Head | None = None
    since: Head | None = None
    faults: list[Fault] = field(default_factory=list)
    log_faults: list[LogFault] = field(default_factory=list)
    odd: list[tuple[str, Odd]] = field(default_factory=list)
    """Notices, no faults: rows whose time does not fit the order of the log (``audit.order``)."""

    @property
    def count(self) -> int:
        return len(self.faults) + len(self.log_faults)


def find_head(text: str, files: Sequence[Path], known: Extent | None) -> Head | None:
    """The head that somebody names by its size or the beginning of its hash: an outside one before the database's own."""
    by_size = int(text) if text.isdecimal() and len(text) < 16 else None
    for path in files:
        for line in outside.read(path):
            if line.head is not None and _is_named(line.head, text.lower(), by_size):
                return line.head
    if known is None:
        return None
    rows = TreeHead.objects.order_by("size")
    found = (heads.of_row(row, known.log_id) for row in (rows.filter(size=by_size) if by_size is not None else rows.iterator()))
    return next((head for head in found if _is_named(head, text.lower(), by_size)), None)


def _is_named(head: Head, text: str, by_size: int | None) -> bool:
    return head.size == by_size if by_size is not None else head.hash().hex().startswith(text)


def prove(files: Sequence[Path], since: Head | None = None, jobs: int = 1, progress: Progress | None = None) -> Verdict:
    """Everything; or with ``since`` the rows, bodies and files of what came after that head and of the cases that have something after it.

    Of what came before, only the leaves are hashed together and compared with that head's root: that proves the log, not the rows under
    it. A row, text or file from before that was altered or destroyed since is found by a look without ``since`` alone.
    """
    known = checking.extent()
    verdict = Verdict(since=since)
    found = checking.read_outside(files, known.log_id if known else "")
    verdict.outside_heads = found.count
    verdict.returns = {one: found.abandoned.get(one, 0) for one in found.returns}
    asked = frozenset(head.size for _where, head in found.strange) | ({since.size} if since else set())
    start = since.size if since else 0
    stretches = checking.tasks(known, start, asked) if known else []
    ids = list(Case.objects.order_by("id").values_list("id", flat=True)) if since is None else _touched(start)
    batches = [ids[first : first + BATCH] for first in range(0, len(ids), BATCH)]
    total, done = len(stretches) + len(batches), 0
    with _pool(jobs if total >= WORTH_IT else 1) as work:
        joined = checking.Joined(asked)
        for task, part in zip(stretches, work(checking.prove, stretches), strict=True):
            joined.add(task, part)
            done = _tell(progress, done, total)
        for proved in work(verify_cases, batches):
            verdict.cases += proved.cases
            verdict.records += proved.records
            verdict.unsealed += proved.unsealed
            verdict.purged += proved.purged
            verdict.faults += proved.faults
            done = _tell(progress, done, total)
    _conclude(verdict, known, found, joined, since)
    return verdict


def _tell(progress: Progress | None, done: int, total: int) -> int:
    if progress is not None:
        progress(done + 1, total)
    return done + 1


def _conclude(verdict: Verdict, known: Extent | None, found: checking.Outside, joined: checking.Joined, since: Head | None) -> None:
    log_faults, verdict.odd = joined.faults, joined.odd
    if known is not None:
        joined.finish(known)
        newest = TreeHead.objects.filter(size__lte=known.leaves).order_by("-size").first()
        verdict.newest = heads.of_row(newest, known.log_id) if newest else None
        if since is not None and since.size in joined.roots and joined.roots[since.size] != since.root and not joined.faults:
            log_faults.append(LogFault("log_rewritten", str(since.size), f"0–{since.size - 1}"))
        log_faults += _stamp_faults(verdict, known, since)
    log_faults += checking.judge(found, joined, known or Extent("", 0, b"", 0, 0, 0))
    log_faults += _unlogged(verdict, known)
    log_faults += [LogFault(code, str(pk)) for code, rows in _GONE.items() for pk in retention.unrecorded(rows)]
    named = {(str(fault.number), fault.seq) for fault in verdict.faults if fault.code == "leaf"}
    verdict.log_faults = [fault for fault in log_faults if not (fault.code == "row_altered" and _of(fault.where) in named)]
    verdict.leaves, verdict.heads = known.leaves if known else 0, joined.heads


_GONE = {
    "file_erased": "SELECT f.id FROM core_storedfile f WHERE f.state IN ('erasing', 'erased')"
    " AND NOT EXISTS (SELECT 1 FROM cases_recordfile r WHERE r.file_id = f.id)",
    "contact_erased": "SELECT id FROM audit_personaldata WHERE erased_at IS NOT NULL",
}
"""Erased rows that belong to no record of a case: those of a case are named there by number and seq (``cases.verification``)."""


def _of(where: str) -> tuple[str, int]:
    """The record behind ``number#seq @leaf``: the case chain has named it already."""
    name, _hash, rest = where.partition("#")
    seq = rest.partition(" ")[0]
    return name, int(seq) if seq.isdecimal() else 0


def _touched(start: int) -> list[int]:
    """Cases with a record behind leaf ``start``, or with one that is not sealed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject_id FROM audit_leaf WHERE kind = %s AND number >= %s UNION SELECT case_id FROM cases_caserecord r"
            " WHERE NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.position = r.position AND l.kind = %s AND l.subject_id = r.case_id"
            " AND l.seq = r.seq) ORDER BY 1",
            [leaves.RECORD, start, leaves.RECORD],
        )
        return [row[0] for row in cursor.fetchall()]


def _unlogged(verdict: Verdict, known: Extent | None) -> list[LogFault]:
    """Audit rows without a leaf: waiting, or (under the mark of the beginning) put in by somebody."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, at, action, position FROM audit_auditrow t WHERE NOT EXISTS (SELECT 1 FROM audit_leaf l"
            " WHERE l.position = t.position AND l.kind = %s AND l.subject_id = t.id) ORDER BY position",
            [leaves.AUDIT],
        )
        rows = cursor.fetchall()
    mark = known.low_water if known else 0
    verdict.unsealed += sum(position > mark for *_rest, position in rows)
    return [LogFault("unlogged", f"{at:%Y-%m-%d %H:%M:%SZ} {action}", str(pk)) for pk, at, action, position in rows if position <= mark]


def _stamp_faults(verdict: Verdict, known: Extent, since: Head | None) -> list[LogFault]:
    faults = []
    for row in HeadStamp.objects.filter(head_id__gte=since.size if since else 0).select_related("head").order_by("head_id").iterator():
        verdict.stamps += 1
        if fault := stamps.fault_of(heads.of_row(row.head, known.log_id), bytes(row.response)):
            faults.append(LogFault("stamp", str(row.head_id), fault))
    return faults


Map = Callable[[Callable[[Any], Any], Sequence[Any]], Iterator[Any]]


@contextmanager
def _pool(jobs: int) -> Iterator[Map]:
    """A ``map`` over processes, or over this one."""
    if jobs <= 1:
        yield map
        return
    # spawned, not forked: a forked child would share this process's database connection
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=django.setup) as pool:
        yield pool.map
