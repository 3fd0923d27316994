"""Which tables have leaves in the log. A package declares its table; the sealer and the verifier read it by these few statements.

Each table has a column ``position``, written by the database alone from one sequence. Its default takes the transaction's own number
first and the position second; the sealer's low-water mark rests on that order.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from urbangrid.audit import leaves, merkle

Words = Callable[[Sequence[tuple[int, int]]], dict[tuple[int, int], str]]
"""From (subject, seq) to how a person calls the row; what is not known is left out."""


@dataclass(frozen=True, slots=True)
class Source:
    """A table with leaves. ``seq`` is an SQL expression; ``data`` makes the leaf's bytes of the values of ``columns``."""

    kind: int
    table: str
    subject: str
    seq: str
    columns: tuple[str, ...]
    data: Callable[[Sequence[Any]], bytes]
    words: Words


@dataclass(frozen=True, slots=True)
class Row:
    """A row as the log knows it."""

    position: int
    kind: int
    subject_id: int
    seq: int
    hash: bytes


_sources: dict[int, Source] = {}


def declare(source: Source) -> None:
    """Add a table (call in AppConfig.ready). Raises ValueError when the kind is taken."""
    if _sources.setdefault(source.kind, source) is not source:
        raise ValueError(f"the kind {source.kind} of leaves has two tables")


def every() -> list[Source]:
    """The declared tables, by kind."""
    return [_sources[kind] for kind in sorted(_sources)]


def unsealed(low_water: int, at_most: int) -> list[Row]:
    """The first committed rows above ``low_water`` without a leaf, by position.

    Of two rows with one position (somebody wrote it) the first is taken: the other stays without a leaf, and ``audit verify`` names it.
    """
    found: dict[int, Row] = {}
    for source in every():
        for row in _unsealed_of(source, low_water, at_most):
            found.setdefault(row.position, row)
    return [found[position] for position in sorted(found)[:at_most]]


def _unsealed_of(source: Source, low_water: int, at_most: int) -> Iterator[Row]:
    columns = ", ".join(f"t.{name}" for name in source.columns)
    sql = (
        f"SELECT t.position, t.{source.subject}, {source.seq}, {columns} FROM {source.table} t WHERE t.position > %s"  # noqa: S608
        " AND NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.position = t.position) ORDER BY t.position LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [low_water, at_most])
        for position, subject, seq, *values in cursor.fetchall():
            yield Row(position, source.kind, subject, seq, merkle.leaf_hash(source.data(values)))


def waiting(low_water: int, at_most: int) -> tuple[int, Any]:
    """How many rows wait to be sealed (counted up to ``at_most`` for each table) and the time of the oldest; (0, None) for none."""
    count, oldest = 0, None
    for source in every():
        sql = (
            "SELECT count(*), min(w.at) FROM ("  # noqa: S608
            f"SELECT t.at FROM {source.table} t WHERE t.position > %s"
            " AND NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.position = t.position) ORDER BY t.position LIMIT %s) w"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, [low_water, at_most])
            number, first = cursor.fetchone()
        count += number
        oldest = min(filter(None, (oldest, first)), default=None)
    return count, oldest


def rows_of(source: Source, first: int, end: int) -> Iterator[tuple[int, bytes | None, datetime | None]]:
    """For each leaf of this table with a number from ``first`` to before ``end``: its number, the leaf hash that the row gives now, and
    the time it says; None when the row is gone."""
    columns = ", ".join(f"t.{name}" for name in source.columns)
    sql = (
        f"SELECT l.number, t.position, t.at, {columns} FROM audit_leaf l LEFT JOIN {source.table} t"  # noqa: S608
        f" ON t.{source.subject} = l.subject_id AND {source.seq} = l.seq AND t.position = l.position"
        " WHERE l.kind = %s AND l.number >= %s AND l.number < %s ORDER BY l.number"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [source.kind, first, end])
        for number, position, at, *values in cursor:
            yield number, None if position is None else merkle.leaf_hash(source.data(values)), at


def names(kind: int, rows: Sequence[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """How a person calls these rows."""
    return _sources[kind].words(rows) if kind in _sources else {}


AUDIT_COLUMNS = ("id", "platform_id", "at", "user_id", "appointment_id", "action", "subject", "purpose", "values", "address")


def audit_text(values: Sequence[Any]) -> bytes:
    """Canonical JSON of an audit row given by ``AUDIT_COLUMNS``."""
    row_id, platform_id, at, user_id, appointment_id, action, subject, purpose, held, address = values
    held = json.loads(held) if isinstance(held, str) else held
    return leaves.content(row_id, platform_id, at, user_id, appointment_id, action, subject, purpose, held, address)


def audit_words(rows: Sequence[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """Time (UTC) and act of audit rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, at, action FROM audit_auditrow WHERE id = ANY(%s)", [[subject for subject, _seq in rows]])
        return {(row_id, 0): f"{at:%Y-%m-%d %H:%M:%SZ} {action}" for row_id, at, action in cursor.fetchall()}


AUDIT_ROWS = Source(
    leaves.AUDIT, "audit_auditrow", "id", "0", AUDIT_COLUMNS, lambda values: leaves.of_audit(audit_text(values)), audit_words
)
