"""Tables without indexes, foreign keys and autovacuum while millions of rows are copied in: half of the filling's processor time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

TABLES = r"cases\_%"
_CONSTRAINTS = """
SELECT k.conrelid::regclass::text, quote_ident(k.conname), pg_get_constraintdef(k.oid), k.contype = 'f', c.relkind = 'p'
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE c.relname LIKE %s AND NOT c.relispartition AND k.contype IN ('u', 'f') AND k.conparentid = 0 ORDER BY k.contype = 'f', 1, 2
"""
_INDEXES = """
SELECT x.indexrelid::regclass::text, pg_get_indexdef(x.indexrelid) FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid
WHERE c.relname LIKE %s AND NOT c.relispartition AND NOT x.indisprimary
AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = x.indexrelid AND contype = 'u') ORDER BY 1
"""
_LEAVES = "SELECT oid::regclass::text FROM pg_class WHERE relname LIKE %s AND relkind = 'r' ORDER BY 1"


@dataclass(frozen=True, slots=True)
class _Constraint:
    table: str
    name: str
    words: str
    foreign: bool
    partitioned: bool

    def again(self) -> str:
        """Foreign keys are not checked once more, where PostgreSQL allows that: the rows were made to fit."""
        unchecked = " NOT VALID" if self.foreign and not self.partitioned else ""
        return f"ALTER TABLE {self.table} ADD CONSTRAINT {self.name} {self.words}{unchecked}"


@contextmanager
def bare(tell: Callable[[str], None]) -> Iterator[None]:
    """Take indexes and constraints off the tables of cases, all but primary keys; put them back at the end of the block."""
    constraints = [_Constraint(*row) for row in _asked(_CONSTRAINTS)]
    indexes = _asked(_INDEXES)
    leaves = [name for (name,) in _asked(_LEAVES)]
    _run(f"ALTER TABLE {leaf} SET (autovacuum_enabled = false)" for leaf in leaves)
    _run(f"ALTER TABLE {one.table} DROP CONSTRAINT {one.name}" for one in reversed(constraints))
    _run(f"DROP INDEX {name}" for name, _words in indexes)
    yield
    tell(_("建立索引 %(count)d 个") % {"count": len(indexes)})
    _run(words.replace(" ON ONLY ", " ON ") for _name, words in indexes)
    _run(one.again() for one in constraints)
    _run(f"ALTER TABLE {leaf} RESET (autovacuum_enabled)" for leaf in leaves)


def _asked(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [TABLES])
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _run(statements: Iterator[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
