"""Reference systems. Storage is CGCS2000 (EPSG:4490, degrees); measuring is done in the platform's projected system (metres)."""

from __future__ import annotations

from functools import lru_cache

from django.contrib.gis.geos import Point
from pyproj import Transformer

STORAGE_SRID = 4490
DEFAULT_METRIC_SRID = 4548  # CGCS2000 / 3-degree Gauss-Kruger CM 117E: Beijing


@lru_cache(maxsize=64)
def transformer(source_srid: int, target_srid: int) -> Transformer:
    """A cached transformer, always x = longitude or easting."""
    return Transformer.from_crs(source_srid, target_srid, always_xy=True)


def to_metric(longitude: float, latitude: float, metric_srid: int) -> tuple[float, float]:
    """Degrees (4490) to metres (easting, northing) in ``metric_srid``."""
    x, y = transformer(STORAGE_SRID, metric_srid).transform(longitude, latitude)
    return float(x), float(y)


def from_metric(x: float, y: float, metric_srid: int) -> tuple[float, float]:
    """Metres in ``metric_srid`` to degrees (longitude, latitude; 4490)."""
    longitude, latitude = transformer(metric_srid, STORAGE_SRID).transform(x, y)
    return float(longitude), float(latitude)


def on_earth(longitude: float, latitude: float) -> bool:
    """Whether these are degrees at all: finite, |longitude| ≤ 180, |latitude| ≤ 90."""
    return abs(longitude) <= 180 and abs(latitude) <= 90  # NaN and infinity are not


def point(longitude: float, latitude: float) -> Point:
    """A stored point."""
    return Point(longitude, latitude, srid=STORAGE_SRID)
