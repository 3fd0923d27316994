"""The Merkle tree of RFC 6962 (section 2.1; its proofs checked as RFC 9162, section 2.1): hashes, frontier, proofs. No database.

A leaf hash is SHA-256(0x00 ‖ data), a node SHA-256(0x01 ‖ left ‖ right). A *subtree* (level, number) is complete: it holds the leaves
number·2^level up to (number+1)·2^level. Every part of a proof is the root of a range of leaves that begins at such a border, so a proof
is first a list of ranges, then one hash for each, read from wherever complete subtrees are kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

EMPTY_ROOT = hashlib.sha256(b"").digest()
HASH_BYTES = 32

Range = tuple[int, int]
"""First leaf, and the leaf behind the last."""
Subtree = tuple[int, int]
"""Level and number."""


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 ‖ data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(peaks: Sequence[bytes]) -> bytes:
    """The root over peaks, largest subtree first; of none: SHA-256 of nothing."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


@dataclass(slots=True)
class Frontier:
    """All that must be known of a tree to append to it: its size and the roots of its complete subtrees, largest first."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes, made: Callable[[int, int, bytes], None] | None = None) -> None:
        """Append a leaf hash; ``made(level, number, hash)`` is called for each subtree above the leaf that it completes."""
        level, before = 0, self.size
        while before >> level & 1:
            leaf = node_hash(self.peaks.pop(), leaf)
            level += 1
            if made is not None:
                made(level, before >> level, leaf)
        self.peaks.append(leaf)
        self.size = before + 1

    def root(self) -> bytes:
        """Root of the tree."""
        return fold(self.peaks)

    def dump(self) -> bytes:
        """The peaks beside each other."""
        return b"".join(self.peaks)

    @classmethod
    def load(cls, size: int, peaks: bytes) -> Frontier:
        """What ``dump`` wrote. Raises ValueError when the number of peaks is not that of a tree of this size."""
        found = [peaks[start : start + HASH_BYTES] for start in range(0, len(peaks), HASH_BYTES)]
        if len(found) != size.bit_count() or len(peaks) % HASH_BYTES:
            raise ValueError("the frontier does not belong to a tree of this size")
        return cls(size, found)


def subtrees(start: int, end: int) -> Iterator[Subtree]:
    """Complete subtrees that make up the leaves ``start`` to ``end``, largest first. ``start`` must be their common border."""
    while start < end:
        level = (end - start).bit_length() - 1
        if start & ((1 << level) - 1):
            raise ValueError("the range does not begin at the border of its largest subtree")
        yield level, start >> level
        start += 1 << level


def _split(size: int) -> int:
    """The largest power of two smaller than ``size`` (size ≥ 2)."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_ranges(number: int, size: int) -> list[Range]:
    """Ranges whose roots prove that leaf ``number`` stands in the tree of ``size`` (RFC 6962, 2.1.1), nearest first."""
    if not 0 <= number < size:
        raise ValueError("no such leaf")
    found: list[Range] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if number < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def consistency_ranges(old: int, size: int) -> list[Range]:
    """Ranges whose roots prove that the tree of ``size`` continues the one of ``old`` leaves (RFC 6962, 2.1.2)."""
    if not 0 < old <= size:
        raise ValueError("no such older tree")
    found: list[Range] = []
    start, end, whole = 0, size, True
    while old != end - start:
        middle = _split(end - start)
        if old <= middle:
            found.append((start + middle, end))
            end = start + middle
        else:
            found.append((start, start + middle))
            start, old, whole = start + middle, old - middle, False
    if not whole:
        found.append((start, end))
    return found[::-1]


def check_inclusion(leaf: bytes, number: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether ``path`` proves the leaf hash at ``number`` under ``root`` (RFC 9162, 2.1.3.2)."""
    if not 0 <= number < size:
        return False
    place, last, found = number, size - 1, leaf
    for part in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(part, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, part)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def check_consistency(old: int, size: int, old_root: bytes, root: bytes, path: Sequence[bytes]) -> bool:
    """Whether ``path`` proves that the tree under ``root`` begins with the one under ``old_root`` (RFC 9162, 2.1.4.2)."""
    if not 0 < old <= size:
        return False
    if old == size:
        return not path and old_root == root
    parts = list(path)
    if old & (old - 1) == 0:
        parts.insert(0, old_root)
    if not parts:
        return False
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = parts[0]
    for part in parts[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node_hash(part, before), node_hash(part, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, part)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old_root and after == root
