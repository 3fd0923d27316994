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

    def flush(self) -> None:
        """One statement for everything collected; then the batch is empty."""
        # not Django's ``connection``: that stand-in looks itself up again at every one of some hundred uses
        connection = connections[DEFAULT_DB_ALIAS]
        parts = [_insert_sql(model, rows, connection) for model, rows in self._inserts.items()]
        parts += [_update_sql(row, fields, connection) for row, fields in self._updates if fields]
        self._inserts, self._updates = {}, []
        if not parts:
            return
        names = ", ".join(f"part{i} AS ({sql})" for i, (sql, _) in enumerate(parts))
        params = [value for _, values in parts for value in values]
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {names} SELECT 1", params)


Part = tuple[str, Sequence[Any]]
"""A statement with its values."""


@lru_cache(maxsize=256)
def _insert_shape(model: type[Model]) -> tuple[list[Field[Any, Any]], str, str]:
    """Fields, the head of the INSERT and the placeholders of one row."""
    fields = [field for field in model._meta.local_concrete_fields if not field.generated]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    return fields, f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ', f"({', '.join(['%s'] * len(fields))})"


@lru_cache(maxsize=1024)
def _update_shape(model: type[Model], names: tuple[str, ...]) -> tuple[list[Field[Any, Any]], str]:
    """Fields and the UPDATE of one row by its key."""
    fields: Any = [model._meta.get_field(name) for name in names]
    assert model._meta.pk is not None
    columns = ", ".join(f'"{field.column}" = %s' for field in fields)
    return fields, f'UPDATE "{model._meta.db_table}" SET {columns} WHERE "{model._meta.pk.column}" = %s'


def _is_plain(field: Field[Any, Any], value: Any) -> bool:
    """Whether ``%s`` is all that the value needs: no SQL expression, no placeholder of its own (geometry)."""
    return value is None or not (hasattr(value, "resolve_expression") or hasattr(field, "get_placeholder"))


def _insert_sql(model: type[Model], rows: list[Model], connection: BaseDatabaseWrapper) -> Part:
    fields, head, one = _insert_shape(model)
    values = [[field.pre_save(row, True) for field in fields] for row in rows]
    plain = len(rows) <= FEW and all(_is_plain(field, value) for row in values for field, value in zip(fields, row, strict=True))
    for row in rows:
        row._state.adding = False
    if plain:
        params = [field.get_db_prep_save(value, connection) for row in values for field, value in zip(fields, row, strict=True)]
        return head + ", ".join([one] * len(rows)), params
    query = InsertQuery(model)
    query.insert_values(fields, rows)
    ((sql, compiled),) = query.get_compiler(connection=connection).as_sql()
    return sql, compiled


def _update_sql(row: Model, names: tuple[str, ...], connection: BaseDatabaseWrapper) -> Part:
    fields, sql = _update_shape(type(row), names)
    values = [getattr(row, field.attname) for field in fields]
    if all(_is_plain(field, value) for field, value in zip(fields, values, strict=True)):
        params = [field.get_db_prep_save(value, connection) for field, value in zip(fields, values, strict=True)]
        return sql, [*params, row.pk]
    query = UpdateQuery(type(row))
    query.add_filter("pk", row.pk)  # type: ignore[arg-type]
    query.add_update_fields([(field, None, value) for field, value in zip(fields, values, strict=True)])  # type: ignore[arg-type]
    compiled_sql, compiled = query.get_compiler(connection=connection).as_sql()
    return compiled_sql, compiled
