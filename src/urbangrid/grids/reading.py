"""Reads boundary files and code tables for an import; every row that cannot be used becomes a fault with its number."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw
import shapely
from django.utils.translation import gettext as _
from pyproj import Transformer
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from urbangrid.core.errors import Refusal
from urbangrid.grids import coding
from urbangrid.grids.mapping import DivisionMapping, LayerMapping, TableMapping
from urbangrid.grids.messages import Fault
from urbangrid.grids.projection import SAME_AS_STORAGE, as_multipolygon, move

_NUMBERS = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


@dataclass(frozen=True, slots=True)
class Outline:
    """One usable polygon of a boundary file; geometry in EPSG:4490. Empty words: the file says nothing."""

    place: str
    name: str
    code: str
    district: str
    district_code: str
    parent_code: str
    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One row of a code table."""

    place: str
    code: str
    name: str
    parent: str


@dataclass(frozen=True, slots=True)
class Features:
    """A boundary file as read: geometries in EPSG:4490, one list of values per property."""

    geometries: list[BaseGeometry | None]
    properties: dict[str, list[Any]]


def read_features(path: Path, crs: str) -> Features:
    """All features of a GeoJSON, Shapefile or other OGR file. ``crs`` names the reference system of files that state
    none.

    Raises Refusal when the file is missing, unreadable, or has no reference system.
    """
    if not path.is_file():
        raise Refusal("grids.file_missing", path=str(path))
    try:
        meta, _ids, geometries, columns = pyogrio.raw.read(path, datetime_as_string=True)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.GeometryError) as error:
        raise Refusal("grids.file_unreadable", path=path.name, reason=_("不是可识别的空间数据文件")) from error
    if geometries is None:
        raise Refusal("grids.file_unreadable", path=path.name, reason=_("文件中没有图形"))
    # a GeoJSON file without `crs` is WGS-84 by its standard, so only other formats can lack one
    stated = meta["crs"] or crs
    if not stated:
        raise Refusal("grids.no_crs", path=path.name)
    shapes = shapely.force_2d(shapely.from_wkb(np.asarray(geometries, dtype=object), on_invalid="ignore"))
    if stated not in SAME_AS_STORAGE:
        try:
            shapes = move(shapes, Transformer.from_crs(stated, "EPSG:4490", always_xy=True))
        except CRSError as error:
            raise Refusal("grids.no_crs", path=path.name) from error
    properties = {str(name): list(column) for name, column in zip(meta["fields"], columns, strict=True)}
    return Features(list(shapes), properties)


def outlines(path: Path, mapping: DivisionMapping) -> tuple[LayerMapping, list[Outline], list[Fault]]:
    """The usable polygons of ``path`` by the mapping's fitting layer, and the faults of the others. Raises Refusal."""
    features = read_features(path, mapping.crs)
    layer = mapping.layer_for(features.properties)
    if layer is None:
        raise Refusal("grids.no_layer_fits", path=path.name, properties=_("、").join(features.properties))
    usable: list[Outline] = []
    faults: list[Fault] = []
    for number, geometry in enumerate(features.geometries, 1):
        words = _words(features, layer, number - 1)
        place = _("第 %(number)s 个图形（%(name)s）") % {"number": number, "name": words["name"] or _("无名称")}
        fault = _polygon_fault(place, words["name"], geometry)
        if fault or geometry is None:
            faults.extend([fault] if fault else [])
        else:
            usable.append(Outline(place=place, geometry=as_multipolygon(geometry), **words))
    return layer, usable, faults


def _words(features: Features, layer: LayerMapping, index: int) -> dict[str, str]:
    columns = {
        "name": layer.name,
        "code": layer.code,
        "district": layer.district,
        "district_code": layer.district_code,
        "parent_code": layer.parent_code,
    }
    return {key: _word(features.properties.get(column), index) for key, column in columns.items()}


def _word(column: list[Any] | None, index: int) -> str:
    """A property as text; numbers that a shapefile made of codes lose their decimals again."""
    value = column[index] if column else None
    if value is None or (isinstance(value, float) and not np.isfinite(value)):
        return ""
    if isinstance(value, float | np.floating):
        return str(int(value))
    return str(value).strip()


def _polygon_fault(place: str, name: str, geometry: BaseGeometry | None) -> Fault | None:
    """Why this polygon cannot be loaded; None when it can."""
    if geometry is None or geometry.is_empty:
        return Fault(place, "no_geometry", left_out=True)
    if geometry.geom_type not in ("Polygon", "MultiPolygon"):
        return Fault(place, "not_polygon", left_out=True, values={"kind": geometry.geom_type})
    corners = shapely.get_coordinates(geometry)
    wrong = corners[~(np.isfinite(corners).all(axis=1) & (np.abs(corners[:, 0]) <= 180) & (np.abs(corners[:, 1]) <= 90))]
    if len(wrong):
        return Fault(place, "out_of_range", left_out=True, values={"place": f"{wrong[0][0]}, {wrong[0][1]}"})
    if not name:
        return Fault(place, "no_name", left_out=True)
    return ring_fault(place, geometry)


def ring_fault(place: str, geometry: BaseGeometry) -> Fault | None:
    """A ring that crosses itself, with the place where; any other invalidity with the library's reason."""
    if geometry.is_valid:
        return None
    reason = str(shapely.is_valid_reason(geometry))
    if "Self-intersection" in reason:
        return Fault(place, "ring", left_out=True, values={"place": ", ".join(_NUMBERS.findall(reason.split("[")[-1]))})
    return Fault(place, "invalid", left_out=True, values={"reason": reason})


def code_rows(folder: Path, level: str, table: TableMapping, *, prefix: str, parents: set[str] | None) -> tuple[list[CodeRow], list[Fault]]:
    """Rows of one code table whose code begins with ``prefix``; with ``parents``, an unknown parent is a fault.

    Raises Refusal when the file or a column is missing.
    """
    path = folder / table.file
    found: dict[str, CodeRow] = {}
    faults: list[Fault] = []
    for number, row in _csv(path, table):
        code, name = row[table.code] or "", row[table.name] or ""
        if not code.startswith(prefix):
            continue
        place = _("%(file)s 第 %(number)s 行（%(name)s）") % {
            "file": table.file,
            "number": number,
            "name": name or code,
        }
        parent = (row[table.parent] or "") if table.parent else ""
        fault = _code_fault(place, level, code, name)
        if fault is None and code in found:
            fault = Fault(place, "duplicate", left_out=True, values={"other": found[code].place, "code": code})
        if fault is None and parents is not None and parent not in parents:
            fault = Fault(place, "orphan", left_out=True, values={"parent": parent})
        if fault:
            faults.append(fault)
        else:
            found[code] = CodeRow(place, code, name, parent)
    return list(found.values()), faults


def _csv(path: Path, table: TableMapping) -> Iterator[tuple[int, dict[str, str | None]]]:
    if not path.is_file():
        raise Refusal("grids.file_missing", path=str(path))
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            for column in filter(None, (table.code, table.name, table.parent)):
                if column not in (reader.fieldnames or ()):
                    raise Refusal("grids.column_missing", path=path.name, column=column)
            for row in reader:
                yield reader.line_num, {key: value.strip() if value else value for key, value in row.items() if key}
    except (UnicodeDecodeError, csv.Error) as error:
        raise Refusal("grids.file_unreadable", path=path.name, reason=str(error)) from error


def _code_fault(place: str, level: str, code: str, name: str) -> Fault | None:
    if not coding.is_division_code(level, code):
        return Fault(place, "bad_code", left_out=True, values={"code": code, "length": coding.LEVEL_LENGTHS[level]})
    if not name:
        return Fault(place, "no_name", left_out=True)
    return None
