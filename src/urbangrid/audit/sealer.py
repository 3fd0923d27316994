"""The sealer: every committed record and audit row becomes a leaf of the log exactly once (architecture §3.4; docs/adr/0004-merkle-log.md).

1. One sealer works at a time, by an advisory lock of its connection; a second one passes by.
2. A batch is one transaction: the first rows above the low-water mark that have no leaf, by position; their leaves, the subtrees they
   complete, the frontier, one signed head. After it the head is appended to the files outside the database (``audit.outside``).
3. A position is taken before its transaction ends, so rows may turn up late below ones that are sealed, or never. The low-water mark
   therefore moves only past positions whose transactions have certainly ended. To know that, the sealer remembers a pair: the last
   position given out, read first, then a transaction number of its own, taken second. A row takes its transaction's number first and its
   position second (the column's default), so whoever holds a position up to the first has a number below the second; once no running
   transaction is older than the second, all of them have ended.
4. The pair lives in memory, never in the database: a restored database counts its transactions anew. A lost connection forgets it,
   because a crashed server may give the same positions out again. Without it the mark waits for the next round and nothing else happens.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from urbangrid.audit import heads, outside, sources
from urbangrid.audit.merkle import Frontier
from urbangrid.audit.models import Log, TreeHead
from urbangrid.audit.sources import Row
from urbangrid.core import clock

BATCH = 20_000
"""Rows of one transaction, and so of one head, while catching up."""
LOCK = 0x5EA1
"""Advisory lock of the one sealer of a database."""
KEPT_LEVEL = 8
"""Complete subtrees of this level and above are kept: 1/128 as many as leaves (measured: docs/adr/0004-merkle-log.md)."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Sealer:
    """Seals what waits. Any number may run; one works."""

    _ended: tuple[int, int] | None = field(default=None)
    """A position, and the transaction number before which everybody who holds it or a smaller one began."""

    def seal(self, batch: int = BATCH) -> int:
        """Seal everything that waits and write the heads out; says how many leaves were added. Raises DatabaseError.

        A folder that cannot be written stops nothing: it is logged, seen on the health page, and tried again with the next call.
        """
        done = 0
        try:
            with _alone() as mine:
                if not mine:
                    return 0
                while True:
                    added, more = self._batch(batch)
                    done += added
                    if not more:
                        break
                outside.write_out()
        except DatabaseError:
            self._ended = None
            raise
        return done

    def run(self, stop: threading.Event) -> None:
        """Seal every ``SEAL_SECONDS`` until ``stop`` is set; a lost database is waited for."""
        while not stop.is_set():
            try:
                done = self.seal()
                if done:
                    _log.debug("sealed %s rows", done)
            except DatabaseError:
                _log.exception("the sealer lost the database and tries again")
                connection.close()
            except Exception:  # a key that cannot be read, a head that cannot be signed: the worker's other work goes on
                _log.exception("nothing was sealed; tried again in %s s", settings.SEAL_SECONDS)
            stop.wait(settings.SEAL_SECONDS)
        connection.close()

    def _batch(self, batch: int) -> tuple[int, bool]:
        """Leaves added, and whether more rows wait."""
        ended = self._ended[0] if self._ended is not None and _none_older_than(self._ended[1]) else None
        with transaction.atomic():
            log = _the_log()
            rows = sources.unsealed(log.low_water, batch)  # a snapshot taken after the question above: all who had ended are in it
            more = len(rows) == batch
            low_water = log.low_water
            if ended is not None:
                low_water = max(low_water, min(ended, rows[-1].position) if more else ended)
            if rows:
                _append(log, rows)
            if rows or low_water != log.low_water:
                log.low_water = low_water
                log.save(update_fields=["size", "frontier", "low_water"])
        if ended is not None and not (more and low_water < ended):
            self._ended = None
        if self._ended is None:
            self._ended = _pair(low_water)
        return len(rows), more


@contextmanager
def _alone() -> Iterator[bool]:
    """Hold the sealer's lock, if nobody else does. The server frees it when the connection ends, however that happens."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine and connection.connection is not None and not connection.connection.closed and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _none_older_than(number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= %s", [number])
        return bool(cursor.fetchone()[0])


def _pair(low_water: int) -> tuple[int, int] | None:
    """The pair of step 3; None while no position above the mark was given out. Two statements, outside of any transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(pg_sequence_last_value('audit_position'), 0)")
        last = int(cursor.fetchone()[0])
        if last <= low_water:
            return None
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return last, int(cursor.fetchone()[0])


def _the_log() -> Log:
    return Log.objects.get_or_create(pk=1, defaults={"log_id": secrets.token_hex(16)})[0]


def _append(log: Log, rows: Sequence[Row]) -> None:
    """Leaves, subtrees and a head for these rows, in this order."""
    frontier = Frontier.load(log.size, bytes(log.frontier))
    nodes: list[tuple[int, int, bytes]] = []

    def made(level: int, number: int, digest: bytes) -> None:
        if level >= KEPT_LEVEL:
            nodes.append((level, number, digest))

    with connection.cursor() as cursor:
        with cursor.copy("COPY audit_leaf (number, position, kind, subject_id, seq, hash) FROM STDIN") as copy:
            for number, row in enumerate(rows, log.size):
                frontier.append(row.hash, made)
                copy.write_row((number, row.position, row.kind, row.subject_id, row.seq, row.hash))
        if nodes:
            with cursor.copy("COPY audit_node (level, number, hash) FROM STDIN") as copy:
                for node in nodes:
                    copy.write_row(node)
    last = TreeHead.objects.order_by("-size").first()
    head = heads.signed(log.log_id, frontier.size, frontier.root(), clock.now(), bytes(last.hash) if last else b"")
    heads.row_of(head).save(force_insert=True)
    log.size, log.frontier = frontier.size, frontier.dump()
