"""Many inserts and updates of different tables in one statement, one round trip (architecture §3.3: as few statements as possible).

PostgreSQL runs data-modifying CTEs of one statement together; Django writes each part's SQL, this module only joins them. The text
depends on tables, columns and numbers of rows alone, so that it is prepared: PostgreSQL neither parses nor plans the two hundred values
of an action again. Foreign keys between the parts hold, because Django's constraints are checked at commit. A row may stand in one
batch once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, Model
from django.db.models.sql import InsertQuery, UpdateQuery

from urbangrid.core import statements

FEW = 12
"""Up to so many rows are written as plain VALUES; more go through Django's compiler, which sends them as arrays."""


class Collected(NamedTuple):
    """Rows to insert by model, rows with the names of their changed fields, keys of rows to delete."""

    inserts: dict[type[Model], list[Model]]
    updates: list[tuple[Model, tuple[str, ...]]]
    deletes: list[tuple[type[Model], int]]


class Batch:
    """Collect rows, then ``flush`` once inside the caller's transaction. The rows' ids must be set before (``core.ids``)."""

    def __init__(self) -> None:
        self._inserts: dict[type[Model], list[Model]] = {}
        self._updates: list[tuple[Model, tuple[str, ...]]] = []
        self._deletes: list[tuple[type[Model], int]] = []

    def insert(self, *rows: Model) -> None:
        for row in rows:
            self._inserts.setdefault(type(row), []).append(row)

    def update(self, row: Model, fields: Iterable[str]) -> None:
        self._updates.append((row, tuple(fields)))

    def delete(self, model: type[Model], pk: int) -> None:
        """A row by its key; nothing refers to it, as PostgreSQL sees at commit."""
        self._deletes.append((model, pk))

    def rows(self) -> list[Model]:
        """The rows to be inserted."""
        return [row for rows in self._inserts.values() for row in rows]

    def take(self) -> Collected:
        """Everything collected; then the batch is empty."""
        taken = Collected(self._inserts, [one for one in self._updates if one[1]], self._deletes)
        self._inserts, self._updates, self._deletes = {}, [], []
        return taken

    def flush(self) -> None:
        """One statement for everything collected; then the batch is empty."""
        write, taken = _Writer(), self.take()
        parts = [write.insert(model, rows) for model, rows in taken.inserts.items()]
        parts += [write.update(row, fields) for row, fields in taken.updates]
        parts += [write.delete(model, pk) for model, pk in taken.deletes]
        if len(write.values) > statements.MOST_VALUES:  # a thousand imported rows: written into the text by Django's cursor
            with write.connection.cursor() as cursor:
                cursor.execute(_together(parts), write.values)
        elif parts:
            statements.run_numbered(_joined(tuple(parts)), write.values)


def _together(parts: Sequence[str]) -> str:
    return f"WITH {', '.join(f'part{i} AS ({sql})' for i, sql in enumerate(parts))} SELECT 1"


@lru_cache(maxsize=512)
def _joined(parts: tuple[str, ...]) -> str:
    """One statement of all parts, the values' places numbered. Kept, because of some hundred places that takes a tenth of an action."""
    pieces = _together(parts).split("%s")
    return pieces[0] + "".join(f"${number}{piece}" for number, piece in enumerate(pieces[1:], 1))


@lru_cache(maxsize=256)
def _new_fields(model: type[Model]) -> list[Field[Any, Any]]:
    return [field for field in model._meta.local_concrete_fields if not field.generated]


@lru_cache(maxsize=1024)
def _insert_text(model: type[Model], rows: int) -> str:
    columns = ", ".join(f'"{field.column}"' for field in _new_fields(model))
    row = f"({', '.join(['%s'] * len(_new_fields(model)))})"
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES {", ".join([row] * rows)}'  # noqa: S608


@lru_cache(maxsize=1024)
def _fields(model: type[Model], names: tuple[str, ...]) -> list[Any]:
    return [model._meta.get_field(name) for name in names]


@lru_cache(maxsize=1024)
def _update_text(model: type[Model], names: tuple[str, ...]) -> str:
    columns = ", ".join(f'"{field.column}" = %s' for field in _fields(model, names))
    return f'UPDATE "{model._meta.db_table}" SET {columns} WHERE "{_key(model).column}" = %s'  # noqa: S608


def _is_plain(field: Field[Any, Any], value: Any) -> bool:
    """Whether ``%s`` is all that the value needs: no SQL expression, no placeholder of its own (geometry)."""
    return value is None or not (hasattr(value, "resolve_expression") or hasattr(field, "get_placeholder"))


class _Writer:
    """Writes the text of parts and keeps their values in order."""

    def __init__(self) -> None:
        # not Django's ``connection``: that stand-in looks itself up again at every one of some hundred uses
        self.connection = connections[DEFAULT_DB_ALIAS]
        self.values: list[Any] = []

    def insert(self, model: type[Model], rows: list[Model]) -> str:
        fields = _new_fields(model)
        values = [[field.pre_save(row, True) for field in fields] for row in rows]
        for row in rows:
            row._state.adding = False
        if len(rows) <= FEW and all(_is_plain(field, value) for row in values for field, value in zip(fields, row, strict=True)):
            for row_values in values:
                self.values += [field.get_db_prep_save(value, self.connection) for field, value in zip(fields, row_values, strict=True)]
            return _insert_text(model, len(rows))
        query = InsertQuery(model)
        query.insert_values(fields, rows)
        ((sql, params),) = query.get_compiler(connection=self.connection).as_sql()
        self.values += params
        return str(sql)

    def delete(self, model: type[Model], pk: int) -> str:
        self.values.append(pk)
        return f'DELETE FROM "{model._meta.db_table}" WHERE "{_key(model).column}" = %s'  # noqa: S608

    def update(self, row: Model, names: tuple[str, ...]) -> str:
        model, fields = type(row), _fields(type(row), names)
        values = [getattr(row, field.attname) for field in fields]
        if all(map(_is_plain, fields, values)):
            self.values += [field.get_db_prep_save(value, self.connection) for field, value in zip(fields, values, strict=True)]
            self.values.append(row.pk)
            return _update_text(model, names)
        query = UpdateQuery(model)
        query.add_filter("pk", row.pk)  # type: ignore[arg-type]
        query.add_update_fields([(field, None, value) for field, value in zip(fields, values, strict=True)])
        sql, params = query.get_compiler(connection=self.connection).as_sql()
        self.values += params
        return str(sql)


def _key(model: type[Model]) -> Field[Any, Any]:
    assert model._meta.pk is not None
    return model._meta.pk
