"""Rows in bulk: collected by table as plain values, written with one COPY each."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import Any, TypeVar

from django.contrib.gis.geos import Point
from django.db import connection
from django.db.models import NOT_PROVIDED, JSONField, Model
from django.db.models.base import ModelState

from urbangrid.core.geometry import STORAGE_SRID
from urbangrid.core.text import index_words

Values = dict[str, Any]
"""A row by the names of its columns in Python (``attname``)."""


@lru_cache(maxsize=32)
def _blank(model: type[Model]) -> Values:
    """A new row's defaults; making an object of a model for each of thirty rows took most of a case's time."""
    return {field.attname: None if field.primary_key else field.get_default() for field in model._meta.concrete_fields}


M = TypeVar("M", bound=Model)


def unsaved(model: type[M], **values: Any) -> M:
    """As ``model(**values)``, in a quarter of the time: by columns alone, without signals, each value as it goes into the database."""
    row = model.__new__(model)
    row.__dict__.update(_blank(model), _state=ModelState(), **values)
    return row


@dataclass(slots=True)
class Rows:
    """Unsaved rows by table, written with one COPY each."""

    by_model: dict[type[Model], list[Values]] = field(default_factory=dict)

    def add(self, *rows: Model, **instead: Any) -> None:
        """Rows that are objects; not read through their attributes, which would make a geometry object of each point. ``instead``: values
        that are known in the form of the database already, as a point in that of ``ewkb``."""
        for row in rows:
            held = row.__dict__ | instead if instead else row.__dict__
            if isinstance(point := held.get("point"), Point):
                held = held | {"point": ewkb(point.x, point.y)}
            self.by_model.setdefault(type(row), []).append(held)

    def put(self, model: type[Model], **values: Any) -> None:
        """A row of which only these values differ from the defaults."""
        self.by_model.setdefault(model, []).append(_blank(model) | values)

    def join(self, other: Rows) -> None:
        for model, rows in other.by_model.items():
            self.by_model.setdefault(model, []).extend(rows)


def index_literal(text: str) -> str:
    """The words of ``indexing.words_of`` as the text of a tsvector, for COPY."""
    return " ".join(f"'{word}':{place}" for place, word in enumerate(index_words(text).split(), 1))


def ewkb(longitude: float, latitude: float) -> str:
    """A point of the storage system as hexadecimal EWKB: a tenth of the time that a geometry object takes."""
    return "0101000020" + struct.pack("<Idd", STORAGE_SRID, longitude, latitude).hex()


@lru_cache(maxsize=32)
def _columns(model: type[Model]) -> tuple[str, Callable[[Values], tuple[Any, ...]], list[str]]:
    """The COPY of a table, what takes its values out of a row, and the names of those that are JSON. What the database sets itself is
    left to it."""
    fields = [one for one in model._meta.local_concrete_fields if not one.generated and one.db_default is NOT_PROVIDED]
    columns = ", ".join(f'"{one.column}"' for one in fields)
    copy = f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN'
    return copy, itemgetter(*(one.attname for one in fields)), [one.attname for one in fields if isinstance(one, JSONField)]


def tables(rows: Rows) -> Iterator[tuple[str, Iterator[tuple[Any, ...]]]]:
    """Of each table its COPY and the values of its rows."""
    for model, found in rows.by_model.items():
        words, values_of, as_json = _columns(model)
        plain = ((row | {name: json.dumps(row[name]) for name in as_json} for row in found) if as_json else found)
        yield words, map(values_of, plain)


def write(rows: Rows) -> None:
    """COPY every table. Call in a transaction; foreign keys are checked at its end."""
    with connection.cursor() as cursor:
        for words, found in tables(rows):
            with cursor.copy(words) as copy:
                for row in found:
                    copy.write_row(row)
