"""Rows on their way into the database: made, and put into the words of COPY, by another process while this one goes on.

A forked process and no pool of them, because it finds what it is to write in the memory that both have: nothing is handed over but the
finished words, through a file in memory. It never speaks with the database, whose connection is its parent's: a statement is refused.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn

from django.db import connection
from psycopg import Copy
from psycopg.copy import Writer

from urbangrid.cases import volume_rows
from urbangrid.cases.volume_rows import Rows

PIECE = 1 << 20
"""Bytes that are given to the server at a time."""


class Copies:
    """The rows that ``make`` gives, begun at once; ``make`` may use all memory as it now stands, and reads nothing from the database."""

    def __init__(self, make: Callable[[], Rows]) -> None:
        self._file = os.memfd_create("rows")
        sys.stdout.flush()
        sys.stderr.flush()
        self._child = os.fork()
        if self._child == 0:
            _write_and_end(self._file, make)

    def write(self) -> None:
        """COPY every table, when the words are finished; call once, in a transaction. Raises RuntimeError where making them failed."""
        _child, status = os.waitpid(self._child, 0)
        with os.fdopen(self._file, "rb") as file:
            if status:
                raise RuntimeError(f"rows were not made: their process ended with {os.waitstatus_to_exitcode(status)}")
            file.seek(0)
            with connection.cursor() as cursor:
                for words, size in json.loads(file.readline()):
                    with cursor.copy(words) as copy:
                        for piece in _pieces(size):
                            copy.write(file.read(piece))


def _pieces(size: int) -> Iterator[int]:
    for begun in range(0, size, PIECE):
        yield min(PIECE, size - begun)


def _write_and_end(file: int, make: Callable[[], Rows]) -> NoReturn:
    """The child: what it cannot do is told, and it ends without tidying up what is its parent's."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        gc.disable()  # a collection would write to, and so copy, the memory that both have
        connection.execute_wrappers.append(_no_statement)
        _put(file, make())
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _no_statement(*_given: Any) -> NoReturn:
    raise AssertionError("the database's connection is the parent's")


class _Words(Writer):
    """Keeps what ``Copy`` would send."""

    def __init__(self) -> None:
        self.kept: list[Any] = []

    def write(self, data: Any) -> None:
        self.kept.append(bytes(data))


def _in_words(rows: Iterable[tuple[Any, ...]]) -> bytes:
    kept = _Words()
    with Copy(connection.connection.cursor(), writer=kept) as copy:
        for row in rows:
            copy.write_row(row)
    return b"".join(kept.kept)


def _put(file: int, rows: Rows) -> None:
    """A line that tells statements and sizes, then the words of each table."""
    found = [(statement, _in_words(values)) for statement, values in volume_rows.tables(rows)]
    with os.fdopen(file, "wb", closefd=False) as out:
        out.write(json.dumps([[statement, len(words)] for statement, words in found]).encode() + b"\n")
        for _statement, words in found:
            out.write(words)
