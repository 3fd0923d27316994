"""Inclusion and consistency proofs from what is stored: at most two stretches of 255 leaves and one subtree per level are read."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from urbangrid.audit import merkle
from urbangrid.audit.merkle import Range, Subtree
from urbangrid.audit.sealer import KEPT_LEVEL


def inclusion(number: int, size: int) -> list[bytes]:
    """Proves that leaf ``number`` stands in the tree of ``size``."""
    return _roots(merkle.inclusion_ranges(number, size))


def consistency(old: int, size: int) -> list[bytes]:
    """Proves that the tree of ``size`` continues the one of ``old`` leaves."""
    return _roots(merkle.consistency_ranges(old, size))


def peaks(size: int) -> list[bytes]:
    """The frontier of the tree at an earlier size."""
    parts = list(merkle.subtrees(0, size))
    known = _known(parts)
    return [known[part] for part in parts]


def _roots(ranges: Sequence[Range]) -> list[bytes]:
    parts = [list(merkle.subtrees(*one)) for one in ranges]
    known = _known([part for one in parts for part in one])
    return [merkle.fold([known[part] for part in one]) for one in parts]


def _known(parts: Sequence[Subtree]) -> dict[Subtree, bytes]:
    """Hashes of complete subtrees: large ones are kept, small ones are put together from their leaves."""
    large = [part for part in parts if part[0] >= KEPT_LEVEL]
    small = [part for part in parts if part[0] < KEPT_LEVEL]
    known: dict[Subtree, bytes] = {}
    with connection.cursor() as cursor:
        if large:
            levels, numbers = zip(*large, strict=True)
            cursor.execute(
                "SELECT n.level, n.number, n.hash FROM audit_node n JOIN unnest(%s::smallint[], %s::bigint[]) AS asked(level, number)"
                " USING (level, number)",
                [list(levels), list(numbers)],
            )
            known |= {(level, number): bytes(digest) for level, number, digest in cursor.fetchall()}
        if small:
            firsts = [number << level for level, number in small]
            ends = [(number + 1) << level for level, number in small]
            cursor.execute(
                "SELECT l.number, l.hash FROM unnest(%s::bigint[], %s::bigint[]) AS asked(first, behind)"
                " JOIN audit_leaf l ON l.number >= asked.first AND l.number < asked.behind",
                [firsts, ends],
            )
            hashes = {number: bytes(digest) for number, digest in cursor.fetchall()}
            for (level, number), first, end in zip(small, firsts, ends, strict=True):
                frontier = merkle.Frontier()
                for leaf in range(first, end):
                    frontier.append(hashes[leaf])
                known[level, number] = frontier.root()
    return known
