"""Whole arrays of geometry between degrees (EPSG:4490) and the metres of a platform's projected system."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
import shapely.geometry
from django.contrib.gis.geos import GEOSGeometry, MultiLineString, MultiPolygon
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from urbangrid.core.geometry import STORAGE_SRID, transformer

SAME_AS_STORAGE = ("EPSG:4490", "EPSG:4326", "OGC:CRS84")
"""WGS-84 and CGCS2000 differ by centimetres, less than any boundary is known; a transformation would only add
rounding.
"""


def shapes(geometries: Sequence[BaseGeometry]) -> NDArray[Any]:
    """An object array, also for a single geometry (numpy would look into it otherwise)."""
    array = np.empty(len(geometries), dtype=object)
    array[:] = geometries
    return array


def move(geometries: NDArray[Any], by: Transformer) -> NDArray[Any]:
    """Every corner through ``by`` (x = longitude or easting)."""

    def corners(coordinates: NDArray[Any]) -> NDArray[Any]:
        return np.column_stack(by.transform(coordinates[:, 0], coordinates[:, 1]))

    return np.asarray(shapely.transform(geometries, corners), dtype=object)


def to_metres(geometries: NDArray[Any], metric_srid: int) -> NDArray[Any]:
    """Degrees (EPSG:4490) to metres in ``metric_srid``."""
    return move(geometries, transformer(STORAGE_SRID, metric_srid))


def to_degrees(geometries: NDArray[Any], metric_srid: int) -> NDArray[Any]:
    """Metres in ``metric_srid`` to degrees (EPSG:4490)."""
    return move(geometries, transformer(metric_srid, STORAGE_SRID))


def from_database(geometry: GEOSGeometry) -> BaseGeometry:
    """A stored geometry as shapely reads it."""
    return shapely.from_wkb(bytes(geometry.wkb))


def as_multipolygon(geometry: BaseGeometry) -> BaseGeometry:
    """Polygons are stored as multipolygons, one column type for all."""
    return shapely.geometry.MultiPolygon(list(shapely.get_parts(geometry)))


def stored_polygons(geometry: BaseGeometry) -> MultiPolygon:
    """A polygon or several, in degrees, as a stored value (EPSG:4490)."""
    stored = GEOSGeometry(memoryview(shapely.to_wkb(as_multipolygon(geometry))), srid=STORAGE_SRID)
    assert isinstance(stored, MultiPolygon)
    return stored


def stored_lines(geometry: BaseGeometry) -> MultiLineString:
    """A line or several, in degrees, as a stored value (EPSG:4490)."""
    lines = shapely.geometry.MultiLineString(list(shapely.get_parts(geometry)))
    stored = GEOSGeometry(memoryview(shapely.to_wkb(lines)), srid=STORAGE_SRID)
    assert isinstance(stored, MultiLineString)
    return stored
