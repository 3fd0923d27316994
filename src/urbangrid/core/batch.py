"""Many inserts and updates of different tables in one statement, one round trip (architecture §3.3: as few statements as possible).

PostgreSQL runs data-modifying CTEs of one statement together; Django writes each part's SQL, this module only joins them. Foreign keys
between the parts hold, because Django's constraints are checked at commit. A row may stand in one batch once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model
from django.db.models.sql import InsertQuery, UpdateQuery
from psycopg.adapt import Transformer

FEW = 12
"""Up to so many rows are written as plain VALUES; more go through Django's compiler, which sends them as arrays."""


class Batch:
    """Collect rows, then ``flush`` once inside the caller's transaction. The rows' ids must be set before (``core.ids``)."""

    def __init__(self) -> None:
        self._inserts: dict[type[Model], list[Model]] = {}
        self._updates: list[tuple[Model, tuple[str, ...]]] = []

    def insert(self, *rows: Model) -> None:
        for row in rows:
            self._inserts.setdefault(type(row), []).append(row)

    def update(self, row: Model, fields: Iterable[str]) -> None:
        self._updates.append((row, tuple(fields)))

    def rows(self) -> list[Model]:
        """The rows to be inserted."""
        return [row for rows in self._inserts.values() for row in rows]

    def flush(self) -> None:
        """One statement for everything collected; then the batch is empty."""
        # not Django's ``connection``: that stand-in looks itself up again at every one of some hundred uses
        connection = connections[DEFAULT_DB_ALIAS]
        with connection.cursor() as cursor:
            write = _Writer(connection, cursor)
            parts = [write.insert(model, rows) for model, rows in self._inserts.items()]
            parts += [write.update(row, fields) for row, fields in self._updates if fields]
            self._inserts, self._updates = {}, []
            if parts:
                cursor.execute(f"WITH {', '.join(f'part{i} AS ({sql})' for i, sql in enumerate(parts))} SELECT 1")


@lru_cache(maxsize=256)
def _insert_shape(model: type[Model]) -> tuple[list[Field[Any, Any]], str]:
    """Fields and the head of the INSERT."""
    fields = [field for field in model._meta.local_concrete_fields if not field.generated]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    return fields, f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES '  # noqa: S608


@lru_cache(maxsize=1024)
def _fields(model: type[Model], names: tuple[str, ...]) -> list[Any]:
    return [model._meta.get_field(name) for name in names]


def _is_plain(field: Field[Any, Any], value: Any) -> bool:
    """Whether ``%s`` is all that the value needs: no SQL expression, no placeholder of its own (geometry)."""
    return value is None or not (hasattr(value, "resolve_expression") or hasattr(field, "get_placeholder"))


class _Writer:
    """Writes parts with their values in them. psycopg would do the same with placeholders, but take them apart again first: for the
    two hundred of an action that costs as much as the statement itself."""

    def __init__(self, connection: BaseDatabaseWrapper, cursor: Any) -> None:
        self.connection = connection
        self.cursor = cursor
        self.literal = Transformer(cursor.cursor).as_literal

    def value(self, field: Field[Any, Any], value: Any) -> str:
        ready = field.get_db_prep_save(value, self.connection)
        return "NULL" if ready is None else self.literal(ready).decode()

    def insert(self, model: type[Model], rows: list[Model]) -> str:
        fields, head = _insert_shape(model)
        values = [[field.pre_save(row, True) for field in fields] for row in rows]
        for row in rows:
            row._state.adding = False
        if len(rows) <= FEW and all(_is_plain(field, value) for row in values for field, value in zip(fields, row, strict=True)):
            written = (", ".join(map(self.value, fields, row)) for row in values)
            return head + ", ".join(f"({one})" for one in written)
        query = InsertQuery(model)
        query.insert_values(fields, rows)
        ((sql, params),) = query.get_compiler(connection=self.connection).as_sql()
        return self.with_values(sql, params)

    def update(self, row: Model, names: tuple[str, ...]) -> str:
        model, fields = type(row), _fields(type(row), names)
        values = [getattr(row, field.attname) for field in fields]
        if all(map(_is_plain, fields, values)):
            columns = ", ".join(f'"{field.column}" = {self.value(field, value)}' for field, value in zip(fields, values, strict=True))
            return f'UPDATE "{model._meta.db_table}" SET {columns} WHERE "{_key(model).column}" = {self.value(_key(model), row.pk)}'  # noqa: S608
        query = UpdateQuery(model)
        query.add_filter("pk", row.pk)  # type: ignore[arg-type]
        query.add_update_fields([(field, None, value) for field, value in zip(fields, values, strict=True)])
        sql, params = query.get_compiler(connection=self.connection).as_sql()
        return self.with_values(sql, params)

    def with_values(self, sql: str, params: Sequence[Any]) -> str:
        return str(self.cursor.mogrify(sql, params))


def _key(model: type[Model]) -> Field[Any, Any]:
    assert model._meta.pk is not None
    return model._meta.pk
