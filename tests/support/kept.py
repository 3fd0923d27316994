"""Made cities kept as text and put back for every test: to make one takes a second and more, to put it back some hundredths."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, TypeVar

from django.apps import apps
from django.db import connection, transaction

City = TypeVar("City")
_made: dict[str, tuple[object, dict[str, bytes]]] = {}


def city(name: str, make: Callable[[], City]) -> City:
    """A copy of what ``make`` gave under this name, with its rows in the empty database of this test; the first call of a run makes it."""
    if name not in _made:
        with transaction.atomic():
            made = make()
            with connection.cursor() as cursor:
                _made[name] = made, {table: _copy_out(cursor, table) for table in _tables()}
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            _set_checks(cursor, "replica")  # rows that were checked once are not checked again for every test
            for table, text in rows(name).items():
                with cursor.copy(f'COPY "{table}" FROM STDIN') as copied:
                    copied.write(text)
            _set_checks(cursor, "origin")
    return copy.deepcopy(_made[name][0])  # type: ignore[return-value]  # a story may change what it got; one function makes one name


def rows(name: str) -> dict[str, bytes]:
    """Tables of a city that was made in this run that have rows, as COPY writes them."""
    return {table: text for table, text in _made[name][1].items() if text}


def _tables() -> list[str]:
    """Our own; a migration puts rows into none of them."""
    return [model._meta.db_table for model in apps.get_models(include_auto_created=True) if model.__module__.startswith("urbangrid.")]


def _set_checks(cursor: Any, role: str) -> None:
    """Whether triggers and references are looked at (``origin``) or not (``replica``); a server's administrator alone may choose."""
    cursor.execute("SELECT set_config('session_replication_role', %s, true) WHERE current_setting('is_superuser') = 'on'", [role])


def _copy_out(cursor: Any, table: str) -> bytes:
    with cursor.copy(f'COPY (SELECT * FROM "{table}") TO STDOUT') as copied:
        return b"".join(bytes(part) for part in copied)
