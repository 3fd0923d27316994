"""The tree against the definition: RFC 6962 written down as it stands there, recursive and slow."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from urbangrid.audit import merkle
from urbangrid.audit.merkle import Frontier

Leaves = list[bytes]
leaves = st.lists(st.binary(max_size=4), min_size=1, max_size=70)


def _hash(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def naive_root(entries: Leaves) -> bytes:
    """MTH of RFC 6962, section 2.1."""
    if not entries:
        return _hash(b"")
    if len(entries) == 1:
        return _hash(b"\x00" + entries[0])
    k = 1
    while k * 2 < len(entries):
        k *= 2
    return _hash(b"\x01" + naive_root(entries[:k]) + naive_root(entries[k:]))


def naive_path(m: int, entries: Leaves) -> Leaves:
    """PATH of section 2.1.1."""
    if len(entries) == 1:
        return []
    k = 1
    while k * 2 < len(entries):
        k *= 2
    if m < k:
        return [*naive_path(m, entries[:k]), naive_root(entries[k:])]
    return [*naive_path(m - k, entries[k:]), naive_root(entries[:k])]


def naive_proof(m: int, entries: Leaves, whole: bool = True) -> Leaves:
    """SUBPROOF of section 2.1.2."""
    if m == len(entries):
        return [] if whole else [naive_root(entries)]
    k = 1
    while k * 2 < len(entries):
        k *= 2
    if m <= k:
        return [*naive_proof(m, entries[:k], whole), naive_root(entries[k:])]
    return [*naive_proof(m - k, entries[k:], False), naive_root(entries[:k])]


def roots(ranges: list[merkle.Range], entries: Leaves) -> Leaves:
    """What stands for each range of a proof, put together from complete subtrees as the product does."""
    found = []
    for first, end in ranges:
        parts = [naive_root(entries[number << level : (number + 1) << level]) for level, number in merkle.subtrees(first, end)]
        found.append(merkle.fold(parts))
    return found


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine is slow, the test is not
@given(leaves)
def test_appending_one_by_one_gives_the_root_of_every_size_and_every_complete_subtree(entries: Leaves) -> None:
    frontier, made = Frontier(), dict[tuple[int, int], bytes]()
    assert frontier.root() == naive_root([])
    for size, entry in enumerate(entries, 1):
        frontier.append(merkle.leaf_hash(entry), lambda level, number, digest: made.update({(level, number): digest}))
        assert frontier.root() == naive_root(entries[:size])
        frontier = Frontier.load(size, frontier.dump())
    for level in range(1, 8):
        for number in range(len(entries) >> level):
            assert made.pop((level, number)) == naive_root(entries[number << level : (number + 1) << level])
    assert made == {}


@given(leaves, st.data())
def test_inclusion_is_proved_as_defined_and_nothing_else_is(entries: Leaves, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(entries) - 1))
    path = roots(merkle.inclusion_ranges(number, len(entries)), entries)
    assert path == naive_path(number, entries)
    leaf, root = merkle.leaf_hash(entries[number]), naive_root(entries)
    assert merkle.check_inclusion(leaf, number, len(entries), path, root)
    assert not merkle.check_inclusion(merkle.leaf_hash(b"other"), number, len(entries), path, root)
    assert not merkle.check_inclusion(leaf, number, len(entries), [*path, root], root)
    for other in range(len(entries)):
        if entries[other] != entries[number]:
            assert not merkle.check_inclusion(leaf, other, len(entries), naive_path(other, entries), root)
    for place in range(len(path)):
        assert not merkle.check_inclusion(leaf, number, len(entries), path[:place] + path[place + 1 :], root)


@given(leaves, st.data())
def test_a_continued_log_is_told_from_a_rewritten_one(entries: Leaves, data: st.DataObject) -> None:
    size, old = len(entries), data.draw(st.integers(1, len(entries)))
    path = roots(merkle.consistency_ranges(old, size), entries)
    assert path == naive_proof(old, entries)
    assert merkle.check_consistency(old, size, naive_root(entries[:old]), naive_root(entries), path)
    changed = data.draw(st.integers(0, old - 1))
    rewritten = [*entries[:changed], entries[changed] + b"!", *entries[changed + 1 :]]
    theirs = naive_proof(old, rewritten)
    assert not merkle.check_consistency(old, size, naive_root(entries[:old]), naive_root(rewritten), theirs)
    assert not merkle.check_consistency(old, size, naive_root(entries[:old]), naive_root(entries), [*path, b"\0" * 32])
    for other in range(1, size + 1):
        if other != old:
            assert not merkle.check_consistency(other, size, naive_root(entries[:old]), naive_root(entries), path)


def test_a_leaf_is_never_a_node() -> None:
    left, right = merkle.leaf_hash(b"a"), merkle.leaf_hash(b"b")
    assert merkle.leaf_hash(left + right) != merkle.node_hash(left, right)
    assert merkle.node_hash(left, right) != merkle.node_hash(right, left)


def test_what_does_not_exist_has_no_proof() -> None:
    for number, size in ((0, 0), (3, 3), (-1, 3)):
        with pytest.raises(ValueError, match="no such leaf"):
            merkle.inclusion_ranges(number, size)
        assert not merkle.check_inclusion(b"", number, size, [], b"")
    for old, size in ((0, 3), (4, 3)):
        with pytest.raises(ValueError, match="no such older tree"):
            merkle.consistency_ranges(old, size)
        assert not merkle.check_consistency(old, size, b"", b"", [])
    with pytest.raises(ValueError, match="border"):
        list(merkle.subtrees(1, 4))


def test_a_frontier_of_another_size_is_refused() -> None:
    frontier = Frontier()
    for number in range(5):
        frontier.append(bytes([number]) * 32)
    for size, peaks in ((4, frontier.dump()), (5, frontier.dump()[:-1]), (7, frontier.dump())):
        with pytest.raises(ValueError, match="does not belong"):
            Frontier.load(size, peaks)
