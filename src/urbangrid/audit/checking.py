"""Proving the log: leaves against rows, tree against heads, heads against each other (architecture §3.4; HD-2.3.7e).

The leaves are cut into stretches of ``STRETCH``; each can be proved by another process:
1. its leaves are numbered without a gap, and each row that it names is there and gives the leaf's hash;
2. the complete subtrees of its leaves are those that are kept for proofs;
3. for every tree head that ends in it, the peaks of its part; the signature of the head is good and it names the head before.
Then, in order, the peaks of the stretches are put together and the root of every head is compared. A part that is only to be proved to
have stood still (``rows_from``) gets everything but the reading of its rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection

from urbangrid.audit import heads, outside, restorations, sources
from urbangrid.audit.heads import Head
from urbangrid.audit.merkle import Frontier, fold
from urbangrid.audit.models import Node, TreeHead
from urbangrid.audit.order import LEAD, Odd, odd
from urbangrid.audit.restorations import Restoration
from urbangrid.audit.sealer import KEPT_LEVEL

STRETCH_LEVEL = 15
STRETCH = 1 << STRETCH_LEVEL
"""Leaves that one process proves at a time."""
MOST_STRANGE = 1_000
"""Outside heads unknown to the database that are looked at one by one; of more, the first and the count."""


@dataclass(frozen=True, slots=True)
class LogFault:
    """Something wrong with the log. ``code`` is worded by ``messages.LOG_FAULTS``; ``where`` names row or head for a person."""

    code: str
    where: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """Leaves ``first`` to before ``end``; their rows are read from leaf ``rows_from`` on; ``sizes``: outside heads to be recomputed."""

    log_id: str
    first: int
    end: int
    rows_from: int
    sizes: tuple[int, ...] = ()


@dataclass(slots=True)
class Part:
    """What a stretch gave: how many leaves, its peaks at its end and at the size of each head, its faults."""

    leaves: int = 0
    rows: int = 0
    peaks: list[bytes] = field(default_factory=list)
    at_size: dict[int, list[bytes]] = field(default_factory=dict)
    roots: dict[int, bytes] = field(default_factory=dict)
    """Root by size, as the database's heads state them."""
    faults: list[LogFault] = field(default_factory=list)
    odd: list[tuple[str, Odd]] = field(default_factory=list)
    """Rows whose time does not fit the order of the log (``audit.order``), worded as places."""


def prove(task: Task) -> Part:
    """Steps 1 to 3 for one stretch."""
    part = Part()
    found = _heads(task, part)
    wanted = {head.size for head in found} | set(task.sizes)
    part.roots = {head.size: head.root for head in found}
    made: dict[tuple[int, int], bytes] = {}
    frontier, hashes = Frontier(), dict[int, bytes]()
    named: dict[int, tuple[int, int, int]] = {}
    expected = task.first
    for number, kind, subject, seq, digest in _leaves(task):
        if number != expected:
            part.faults.append(LogFault("leaf_missing", f"{expected}–{number - 1}" if number > expected + 1 else f"{expected}"))
        expected = number + 1
        hashes[number], named[number] = digest, (kind, subject, seq)
        frontier.append(digest, lambda level, place, value: made.update({(level, place): value}))
        if task.first + frontier.size in wanted:
            part.at_size[task.first + frontier.size] = list(frontier.peaks)
    part.leaves, part.peaks = frontier.size, frontier.peaks
    if expected < task.end:
        part.faults.append(LogFault("leaf_missing", f"{expected}–{task.end - 1}"))
    if frontier.size == task.end - task.first:
        part.faults += _nodes(task, made)
    part.faults += _rows(task, hashes, named, part)
    return part


def _leaves(task: Task) -> Iterator[tuple[int, int, int, int, bytes]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, kind, subject_id, seq, hash FROM audit_leaf WHERE number >= %s AND number < %s ORDER BY number",
            [task.first, task.end],
        )
        for number, kind, subject, seq, digest in cursor:
            yield number, kind, subject, seq, bytes(digest)


def _rows(task: Task, hashes: dict[int, bytes], named: dict[int, tuple[int, int, int]], part: Part) -> list[LogFault]:
    first = max(task.first, task.rows_from)
    wrong: list[tuple[int, str]] = []
    seen = 0
    times: list[tuple[int, datetime]] = []
    for source in sources.every():
        for number, digest, at in sources.rows_of(source, max(first - LEAD, 0), task.end):
            times += [(number, at)] if at is not None else []
            if number < first:
                continue
            seen += 1
            if digest is None:
                wrong.append((number, "row_missing"))
            elif digest != hashes.get(number):
                wrong.append((number, "row_altered"))
    part.rows = seen
    part.odd = _odd(task, first, times, named)
    known = {source.kind for source in sources.every()}
    wrong += [(number, "row_missing") for number, (kind, _subject, _seq) in named.items() if number >= first and kind not in known]
    return [LogFault(code, where) for code, where in _worded(sorted(wrong), named)]


def _odd(task: Task, first: int, times: list[tuple[int, datetime]], named: dict[int, tuple[int, int, int]]) -> list[tuple[str, Odd]]:
    most = timedelta(hours=settings.ORDER_HOURS)
    rows = TreeHead.objects.order_by("size").values_list("size", "at")
    begun = rows.first()
    if not most or begun is None:
        return []
    after = rows.filter(size__gt=task.end).first()
    known = [*rows.filter(size__gt=first - LEAD, size__lte=task.end), *([after] if after else [])]
    found = [one for one in odd(times, known, begun[0], most) if one.number >= first]
    words = {one.number: where for one, (_code, where) in zip(found, _worded([(one.number, "") for one in found], named), strict=True)}
    return [(words[one.number], one) for one in found]


def _worded(wrong: Sequence[tuple[int, str]], named: dict[int, tuple[int, int, int]]) -> Iterator[tuple[str, str]]:
    by_kind: dict[int, list[tuple[int, int]]] = {}
    for number, _code in wrong:
        kind, subject, seq = named[number]
        by_kind.setdefault(kind, []).append((subject, seq))
    words = {(kind, *key): text for kind, keys in by_kind.items() for key, text in sources.names(kind, keys).items()}
    for number, code in wrong:
        kind, subject, seq = named[number]
        yield code, _place(words.get((kind, subject, seq), str(subject)), seq, number)


def _place(name: str, seq: int, number: int) -> str:
    return f"{name}#{seq} @{number}" if seq else f"{name} @{number}"


def _nodes(task: Task, made: dict[tuple[int, int], bytes]) -> list[LogFault]:
    """Kept subtrees inside this stretch."""
    made = {place: digest for place, digest in made.items() if place[0] >= KEPT_LEVEL}
    base = {(level, number + (task.first >> level)): digest for (level, number), digest in made.items()}
    levels = {level for level, _number in base}
    kept: dict[tuple[int, int], bytes] = {}
    for level in levels:
        rows = Node.objects.filter(level=level, number__gte=task.first >> level, number__lt=-(-task.end >> level))
        kept |= {(level, row.number): bytes(row.hash) for row in rows}
    return [LogFault("node", f"{level}/{number}") for (level, number), value in sorted(base.items()) if kept.get((level, number)) != value]


def _heads(task: Task, part: Part) -> list[Head]:
    """The database's heads that end here; their signatures, hashes and links are looked at."""
    rows = list(TreeHead.objects.filter(size__gt=task.first, size__lte=task.end).order_by("size"))
    before = TreeHead.objects.filter(size__lte=task.first).order_by("-size").values_list("hash", flat=True).first()
    previous, found = bytes(before) if before else b"", []
    for row in rows:
        head = heads.of_row(row, task.log_id)
        where = str(row.size)
        if head.hash() != bytes(row.hash):
            part.faults.append(LogFault("head_altered", where))
        elif not head.is_signed():
            part.faults.append(LogFault("head_signature", where, head.key_id))
        if bytes(row.previous) != previous:
            part.faults.append(LogFault("head_chain", where))
        previous = bytes(row.hash)
        found.append(head)
    return found


# --- putting the stretches together ---


@dataclass(frozen=True, slots=True)
class Extent:
    """How far the log goes, read in one statement: what the log says of itself, its last leaf, its last head, its low-water mark."""

    log_id: str
    size: int
    frontier: bytes
    leaves: int
    head: int
    low_water: int


def extent() -> Extent | None:
    """The extent of the log; None before the first sealing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT log_id, size, frontier, coalesce((SELECT max(number) + 1 FROM audit_leaf), 0),"
            " coalesce((SELECT max(size) FROM audit_treehead), 0), low_water FROM audit_log"
        )
        row = cursor.fetchone()
    return Extent(row[0], row[1], bytes(row[2]), *row[3:]) if row else None


@dataclass(slots=True)
class Joined:
    """The whole tree, stretch after stretch; ``roots`` holds what was computed at the sizes that outside heads ask for."""

    asked: frozenset[int] = frozenset()
    frontier: Frontier = field(default_factory=Frontier)
    rows: int = 0
    heads: int = 0
    roots: dict[int, bytes] = field(default_factory=dict)
    faults: list[LogFault] = field(default_factory=list)
    odd: list[tuple[str, Odd]] = field(default_factory=list)
    _last_good: int = 0
    _bad: bool = False
    _gap: bool = False

    def add(self, task: Task, part: Part) -> None:
        """The next stretch, in order."""
        self.faults += part.faults
        self.odd += part.odd
        self.heads += len(part.roots)
        self.rows += part.rows
        self._gap = self._gap or part.leaves != task.end - task.first
        if self._gap:  # behind a missing leaf every root differs; the missing leaf is named
            return
        for size in sorted(part.at_size):
            root = fold(self.frontier.peaks + part.at_size[size])
            if size in self.asked:
                self.roots[size] = root
            self._compare(size, root, part.roots.get(size))
        if part.leaves == STRETCH:
            _append_subtree(self.frontier, part.peaks[0])
        else:
            self.frontier.peaks += part.peaks
            self.frontier.size += part.leaves

    def _compare(self, size: int, root: bytes, stated: bytes | None) -> None:
        if stated is None:
            return
        if stated == root:
            self._last_good, self._bad = size, False
        elif not self._bad:  # the next heads would say the same
            self._bad = True
            self.faults.append(LogFault("root", str(size), f"{self._last_good}–{size - 1}"))

    def finish(self, known: Extent) -> None:
        """The log's own idea of itself."""
        if max(known.size, known.head) > known.leaves:
            self.faults.append(LogFault("log_cut_off", str(max(known.size, known.head)), str(known.leaves)))
        elif not self._gap and (known.size, known.frontier) != (self.frontier.size, self.frontier.dump()):
            self.faults.append(LogFault("frontier", str(known.size), str(self.frontier.size)))


def _append_subtree(frontier: Frontier, root: bytes) -> None:
    """Append a complete stretch: the same as appending a leaf, ``STRETCH_LEVEL`` higher."""
    higher = Frontier(frontier.size >> STRETCH_LEVEL, frontier.peaks)
    higher.append(root)
    frontier.size, frontier.peaks = higher.size << STRETCH_LEVEL, higher.peaks


def tasks(known: Extent, rows_from: int, sizes: Iterable[int]) -> list[Task]:
    """The stretches of all leaves that are there."""
    wanted = sorted(set(sizes))
    found = []
    for first in range(0, known.leaves, STRETCH):
        end = min(first + STRETCH, known.leaves)
        found.append(Task(known.log_id, first, end, rows_from, tuple(one for one in wanted if first < one <= end)))
    return found


# --- heads outside ---


@dataclass(slots=True)
class Outside:
    """The heads in reach: how many, those that the database does not have, and faults of the files themselves."""

    count: int = 0
    strange: list[tuple[str, Head]] = field(default_factory=list)
    returns: list[Restoration] = field(default_factory=list)
    """Returns to older data that stand on the trail."""
    abandoned: dict[Restoration, int] = field(default_factory=dict)
    """Largest size of the heads that each gave up, as far as the installation's folders have them."""
    brought: dict[Restoration, tuple[str, Head]] = field(default_factory=dict)
    """The largest of those that somebody brought and a return gave up."""
    faults: list[LogFault] = field(default_factory=list)


def read_outside(files: Sequence[Path], log_id: str) -> Outside:
    """Read every heads file, compare each line with the database's head of that size (their signatures are proved with the log).

    The lines of the installation's own files must follow each other; what somebody brought may be a selection.
    """
    found, kept = Outside(returns=restorations.every()), outside.folders()
    for path in files:
        own = path.parent in kept or path.parent.parent in kept
        previous: Head | None = None
        batch: list[tuple[str, Head]] = []
        for line in outside.read(path):
            where = f"{path.name}:{line.number}"
            if line.head is None:
                found.faults.append(LogFault("outside_line", where))
                previous = None
                continue
            if own and previous is not None and line.head.previous != previous.hash():
                found.faults.append(LogFault("outside_chain", where))
            previous = line.head
            found.count += 1
            batch.append((where, line.head))
            if len(batch) == outside.CHUNK:
                _compare(batch, log_id, found, own)
                batch = []
        _compare(batch, log_id, found, own)
    return found


def _compare(batch: Sequence[tuple[str, Head]], log_id: str, found: Outside, own: bool) -> None:
    sizes = [head.size for _where, head in batch]
    known = {row.size: (bytes(row.hash), bytes(row.signature)) for row in TreeHead.objects.filter(size__in=sizes)}
    for where, head in batch:
        if known.get(head.size) == (head.hash(), head.signature):
            continue
        if not head.is_signed():
            found.faults.append(LogFault("outside_signature", where, head.key_id))
        elif given_up := restorations.explaining(head, found.returns):
            _abandoned(found, given_up, where, head, own)
        elif head.log_id != log_id:
            found.faults.append(LogFault("outside_log", where, str(head.size)))
        elif len(found.strange) < MOST_STRANGE:
            found.strange.append((where, head))


def _abandoned(found: Outside, by: Restoration, where: str, head: Head, own: bool) -> None:
    """In the installation's own folders it is told; brought by somebody it is a fault too, with its explanation."""
    if own:
        found.abandoned[by] = max(found.abandoned.get(by, 0), head.size)
    elif by not in found.brought or found.brought[by][1].size < head.size:
        found.brought[by] = (where, head)


def judge(found: Outside, joined: Joined, known: Extent) -> list[LogFault]:
    """What the heads that the database does not have say against it: a smaller tree is a cut-off, another root a rewriting."""
    faults = list(found.faults)
    for given_up, (where, head) in found.brought.items():
        faults.append(LogFault("abandoned", where, f"{given_up.size} / {head.size}; {given_up.made_at} → {given_up.at:%Y-%m-%d %H:%M:%SZ}"))
    beyond = [one for one in found.strange if one[1].size > known.leaves]
    if beyond:
        where, head = max(beyond, key=lambda one: one[1].size)
        faults.append(LogFault("log_cut_off", where, f"{known.leaves} / {head.size}"))
    good, rewritten = 0, False
    for where, head in sorted(found.strange, key=lambda one: one[1].size):
        if head.size > known.leaves or head.size not in joined.roots:
            continue
        if joined.roots[head.size] == head.root:
            faults.append(LogFault("head_missing", where, str(head.size)))
            good = head.size
        elif not rewritten:
            rewritten = True
            faults.append(LogFault("log_rewritten", where, f"{good}–{head.size - 1}"))
    return faults
