"""Writes of places one by one, for administration pages and the made city. Imports and generation stand in
importing.py and layers.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import shapely
from django.db import transaction
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from urbangrid.core import clock
from urbangrid.core.errors import Refusal
from urbangrid.core.geometry import STORAGE_SRID
from urbangrid.core.models import Platform
from urbangrid.grids import coding
from urbangrid.grids.cell_rows import CodedCell, chain_of, write_cells
from urbangrid.grids.generation import Cell, Origin
from urbangrid.grids.importing import import_divisions
from urbangrid.grids.layers import LayerResult, code_drawn_cells, generate
from urbangrid.grids.matching import PARENT_LEVEL
from urbangrid.grids.models import (
    UNIT_LAYER,
    AreaGrade,
    Division,
    GridRun,
    Level,
    ResponsibilityGrid,
    Road,
    RoadGrade,
    UnitGrid,
)
from urbangrid.grids.numbering import Numbers
from urbangrid.grids.projection import shapes, stored_lines, stored_polygons, to_metres

__all__ = [
    "LayerResult",
    "NewCell",
    "code_drawn_cells",
    "create_area_grade",
    "create_cells",
    "create_division",
    "create_responsibility_grid",
    "create_road",
    "create_roads",
    "create_run",
    "generate",
    "import_divisions",
]


@dataclass(frozen=True, slots=True)
class NewCell:
    """A cell to be coded: its community and its polygon in EPSG:4490. ``whole``: it is a full square of a regular
    run.
    """

    community: Division
    geometry: BaseGeometry
    row: int = 0
    column: int = 0
    whole: bool = False


def create_division(
    *,
    platform: Platform,
    level: str,
    code: str,
    name: str,
    parent: Division | None = None,
    geometry: BaseGeometry | None = None,
    source: str = "",
    at: datetime | None = None,
) -> Division:
    """A division in force from ``at`` (default: now); geometry in EPSG:4490. A code of the reserved range marks it
    provisional.

    Raises Refusal for a code of the wrong form, a code in force, a parent of the wrong level, or an invalid polygon.
    """
    label = str(Level(level).label)
    if not coding.is_division_code(level, code):
        raise Refusal("grids.code_wrong", field="code", number=code, level=label)
    if (parent.level if parent else None) != PARENT_LEVEL.get(level) and not (level == Level.DISTRICT and parent is None):
        raise Refusal("grids.parent_wrong", field="parent", name=name, level=label)
    if Division.objects.filter(platform=platform, level=level, code=code, valid_to=None).exists():
        raise Refusal("grids.code_taken", field="code", number=code)
    return Division.objects.create(
        platform=platform,
        level=level,
        code=code,
        name=name,
        parent=parent,
        geom=stored_polygons(_checked(name, geometry, "Polygon")) if geometry is not None else None,
        provisional=coding.is_provisional(code),
        source=source,
        valid_from=at or clock.now(),
    )


def create_run(
    *,
    platform: Platform,
    layer: str = UNIT_LAYER,
    size_m: float | None = None,
    origin: Origin | None = None,
    source: str = "",
) -> GridRun:
    """A run to write cells into; ``size_m`` and ``origin`` (metres in the platform's projected system) only for
    regular squares.
    """
    start = origin or Origin(0.0, 0.0)
    return GridRun.objects.create(
        platform=platform,
        layer=layer,
        size_m=size_m,
        origin_west_m=start.west_m,
        origin_north_m=start.north_m,
        metric_srid=platform.metric_srid,
        source=source,
        valid_from=clock.now(),
    )


@transaction.atomic
def create_cells(run: GridRun, cells: Sequence[NewCell]) -> list[int]:
    """Code and write cells in the order given, per community after the largest serial ever used; their ids in the
    same order.

    Raises Refusal when a community has no serials left.
    """
    Platform.objects.select_for_update().get(pk=run.platform_id)
    last = Numbers(run.platform_id, run.layer).last_serial
    in_metres = to_metres(shapes([cell.geometry for cell in cells]), run.metric_srid)
    given: dict[str, int] = defaultdict(int, last)
    coded: list[CodedCell] = []
    for cell, geometry in zip(cells, in_metres, strict=True):
        code = cell.community.code
        given[code] += 1
        if given[code] > coding.LAST_SERIAL:
            raise Refusal("grids.serials_exhausted", name=cell.community.name, number=code, needed=1)
        number = coding.unit_grid_code(code, given[code])
        coded.append(CodedCell(number, chain_of(cell.community), Cell(cell.row, cell.column, geometry, cell.whole)))
    return write_cells(run, coded)


def create_road(*, platform: Platform, name: str, grade: str, geometry: BaseGeometry, source: str = "") -> Road:
    """A road (line or lines in EPSG:4490) with its grade (RoadGrade)."""
    return Road.objects.create(
        platform=platform,
        name=name,
        grade=RoadGrade(grade),
        geom=stored_lines(_checked(name, geometry, "LineString")),
        source=source,
        valid_from=clock.now(),
    )


def create_roads(*, platform: Platform, rows: Sequence[tuple[str, str, BaseGeometry]], source: str = "") -> list[Road]:
    """Many roads at once (name, grade, lines in EPSG:4490), in the order given; checked as ``create_road`` checks one."""
    return Road.objects.bulk_create(
        [
            Road(
                platform=platform, name=name, grade=RoadGrade(grade), geom=stored_lines(_checked(name, geometry, "LineString")),
                source=source, valid_from=clock.now(),
            )
            for name, grade, geometry in rows
        ],
        batch_size=2_000,
    )  # fmt: skip


def create_area_grade(*, platform: Platform, grade: int, geometry: BaseGeometry, name: str = "", source: str = "") -> AreaGrade:
    """An area of grade 1 to 4 (EPSG:4490). Where two overlap, the higher grade (the smaller number) counts."""
    if grade not in (1, 2, 3, 4):
        raise Refusal("grids.grade_wrong", field="grade", grade=grade)
    return AreaGrade.objects.create(
        platform=platform,
        name=name,
        grade=grade,
        geom=stored_polygons(_checked(name, geometry, "Polygon")),
        source=source,
        valid_from=clock.now(),
    )


@transaction.atomic
def create_responsibility_grid(
    *, platform: Platform, code: str, name: str, cell_ids: Sequence[int], unit_id: int | None = None
) -> ResponsibilityGrid:
    """A responsibility grid of cells in force. Raises Refusal when a cell is unknown or closed, or the code is in
    force.
    """
    known = set(UnitGrid.objects.filter(platform=platform, pk__in=cell_ids, valid_to=None).values_list("pk", flat=True))
    if missing := set(cell_ids) - known:
        raise Refusal("grids.cells_unknown", field="cells", count=len(missing))
    if ResponsibilityGrid.objects.filter(platform=platform, code=code, valid_to=None).exists():
        raise Refusal("grids.code_taken", field="code", number=code)
    grid = ResponsibilityGrid.objects.create(platform=platform, code=code, name=name, unit_id=unit_id, valid_from=clock.now())
    grid.cells.set(known)
    return grid


def _checked(name: str, geometry: BaseGeometry, kind: str) -> BaseGeometry:
    """The geometry when it is a valid one of its kind in degrees; Refusal otherwise."""
    if geometry.is_empty or kind not in geometry.geom_type:
        raise Refusal("grids.geometry_wrong", field="geometry", name=name, reason=_("图形种类不对"))
    if not geometry.is_valid:
        raise Refusal("grids.geometry_wrong", field="geometry", name=name, reason=shapely.is_valid_reason(geometry))
    west, south, east, north = geometry.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        reason = _("坐标不是经纬度（EPSG:%(srid)s）") % {"srid": STORAGE_SRID}
        raise Refusal("grids.geometry_wrong", field="geometry", name=name, reason=reason)
    return geometry
