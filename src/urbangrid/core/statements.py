"""Statements that nearly every request or action sends: prepared once per connection, so that PostgreSQL need not plan them each time.

Django writes values into the text it sends, so that no two texts are alike and each is parsed and planned anew; for who acts (six
tables joined) planning took longer than reading. Here values travel apart from the text, and psycopg prepares what is sent for the
second time; Django's own cursors never prepare. What is prepared lasts as long as the connection, refusals or not (``Lasting``).
Measured: docs/adr/0005-statements-prepared-once.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.base import ServerBindingCursor
from psycopg import RawCursor
from psycopg._preparing import Prepare, PrepareManager
from psycopg.pq.abc import PGresult

PREPARED_AFTER = 1
"""Uses of a statement on a connection before it is prepared."""
MOST_VALUES = 65_535
"""That PostgreSQL takes apart from the text of a statement."""
Values = Sequence[Any] | Mapping[str, Any]
_MADE_ANEW = re.compile(rb"(?:DROP|ALTER|DISCARD ALL|DEALLOCATE ALL)\b")
"""What psycopg too takes for a reason to prepare again."""


class Lasting(PrepareManager):
    """Prepared statements that a rollback leaves.

    psycopg forgets all of them at each rollback, also to a savepoint: a transaction that is undone may have made tables, and others bear
    their names now. Migrations alone make tables here, while every refused action is a rollback, after which a connection planned each
    statement twice again. PostgreSQL itself plans anew what hangs on a table that changed.
    """

    def _should_discard(self, prep: Prepare, results: Sequence[PGresult], *_more: Any) -> bool:
        if any(result.command_status and _MADE_ANEW.match(result.command_status) for result in results):
            return super().clear()
        return False

    def clear(self) -> bool:
        """Called by psycopg behind a rollback."""
        return False


def _connected() -> tuple[BaseDatabaseWrapper, Any]:
    """Django's connection and psycopg's below it."""
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    below: Any = connection.connection
    if not isinstance(below._prepared, Lasting):
        below._prepared = Lasting()
        below.prepare_threshold = PREPARED_AFTER
    return connection, below


@contextmanager
def prepared() -> Iterator[Any]:
    """A cursor whose statements are prepared at their second use. Where statements are logged, Django's own: its log shows values."""
    connection, below = _connected()
    if connection.queries_logged:
        with connection.cursor() as plain:
            yield plain
        return
    raw: Any = ServerBindingCursor(below)  # type: ignore[call-arg]  # the stubs know psycopg 2 alone
    with connection.make_cursor(raw) as cursor:
        yield cursor


_NUMBERED = re.compile(r"\$\d+")


def run_numbered(statement: str, values: Sequence[Any]) -> None:
    """Run a long statement whose values' places are numbered ``$1``, ``$2``, ... in order: psycopg need not look for them.

    Django's own cursor, of logged statements, knows places that are not numbered alone.
    """
    connection, below = _connected()
    if connection.queries_logged:
        changed(_NUMBERED.sub("%s", statement), values)
        return
    raw: Any = RawCursor(below)
    with connection.make_cursor(raw) as cursor:
        cursor.execute(statement, values)


def all_rows(statement: str, values: Values) -> list[tuple[Any, ...]]:
    """Run a statement with fixed text; its rows."""
    with prepared() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def one_row(statement: str, values: Values) -> tuple[Any, ...] | None:
    """Run a statement with fixed text; its first row."""
    with prepared() as cursor:
        cursor.execute(statement, values)
        found: tuple[Any, ...] | None = cursor.fetchone()
        return found


def changed(statement: str, values: Values) -> int:
    """Run a statement with fixed text that writes; how many rows it changed."""
    with prepared() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
