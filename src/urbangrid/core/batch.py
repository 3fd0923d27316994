"""Many inserts and updates of different tables in one statement, one round trip (architecture §3.3: as few statements as possible).

PostgreSQL runs data-modifying CTEs of one statement together; Django writes each part's SQL, this module only joins them. Foreign keys
between the parts hold, because Django's constraints are checked at commit. A row may stand in one batch once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model
from django.db.models.sql import InsertQuery, UpdateQuery


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
        parts = [self._insert_sql(model, rows) for model, rows in self._inserts.items()]
        parts += [self._update_sql(row, fields) for row, fields in self._updates]
        self._inserts, self._updates = {}, []
        if not parts:
            return
        names = ", ".join(f"part{i} AS ({sql})" for i, (sql, _) in enumerate(parts))
        params = [value for _, values in parts for value in values]
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {names} SELECT 1", params)

    @staticmethod
    def _insert_sql(model: type[Model], rows: list[Model]) -> tuple[str, Sequence[Any]]:
        query = InsertQuery(model)
        fields = [field for field in model._meta.local_concrete_fields if not field.generated]
        query.insert_values(fields, rows)
        ((sql, params),) = query.get_compiler(connection=connection).as_sql()
        for row in rows:
            row._state.adding = False
        return sql, params

    @staticmethod
    def _update_sql(row: Model, names: tuple[str, ...]) -> tuple[str, Sequence[Any]]:
        query = UpdateQuery(type(row))
        query.add_filter("pk", row.pk)  # type: ignore[arg-type]
        chosen: Any = [type(row)._meta.get_field(name) for name in names]
        query.add_update_fields([(field, None, getattr(row, field.attname)) for field in chosen])
        sql, params = query.get_compiler(connection=connection).as_sql()
        return sql, params
