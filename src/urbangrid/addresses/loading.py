"""Bulk writing by COPY: a city's hundred thousand house numbers in seconds. Checks of an import belong before it.

The caller gives geometries in degrees (EPSG:4490) and holds the transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import shapely
from django.db import connection, models
from psycopg import sql

from urbangrid.addresses.models import Building, DoorNumber, Landmark, Surface
from urbangrid.core.geometry import STORAGE_SRID
from urbangrid.core.ids import new_id
from urbangrid.core.models import Platform
from urbangrid.grids.projection import as_multipolygon, shapes

Progress = Callable[[int], None]
"""Called with the rows written so far."""
STEP = 20_000


def write_doors(platform: Platform, rows: Iterable[tuple[int, str]], points: Sequence[Any], at: datetime, told: Progress) -> int:
    """House numbers: (road id, number) and their points."""
    return _write(DoorNumber, ("road_id", "number"), "point", platform, rows, points, at, told)


def write_landmarks(platform: Platform, rows: Iterable[tuple[str, str]], points: Sequence[Any], at: datetime, told: Progress) -> int:
    """Landmarks and crossings: (name, kind) and their points."""
    return _write(Landmark, ("name", "kind"), "point", platform, rows, points, at, told)


def write_buildings(platform: Platform, rows: Iterable[tuple[str, str]], polygons: Sequence[Any], at: datetime, told: Progress) -> int:
    """Buildings: (name, kind) and their footprints."""
    return _write(Building, ("name", "kind"), "geom", platform, rows, [as_multipolygon(one) for one in polygons], at, told)


def write_surfaces(platform: Platform, rows: Iterable[tuple[str, str]], polygons: Sequence[Any], at: datetime, told: Progress) -> int:
    """Water and parks: (name, kind) and their areas."""
    return _write(Surface, ("name", "kind"), "geom", platform, rows, [as_multipolygon(one) for one in polygons], at, told)


def _write(
    model: type[models.Model], columns: tuple[str, str], place: str, platform: Platform, rows: Iterable[tuple[Any, str]],
    geometries: Sequence[Any], at: datetime, told: Progress,
) -> int:  # fmt: skip
    """One COPY of all rows; afterwards the planner counts them, or lookups would scan the table."""
    hexes = shapely.to_wkb(shapely.set_srid(shapes(geometries), STORAGE_SRID), hex=True, include_srid=True).tolist()
    names = ("id", "platform_id", "valid_from", *columns, place)
    table = sql.Identifier(model._meta.db_table)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(table, sql.SQL(", ").join(map(sql.Identifier, names)))
    since, written = at.isoformat(), 0
    with connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            for (first, second), shape in zip(rows, hexes, strict=True):
                copy.write_row((new_id(), platform.pk, since, first, second, shape))
                written += 1
                if written % STEP == 0:
                    told(written)
        cursor.execute(sql.SQL("ANALYZE {}").format(table))
    return written
