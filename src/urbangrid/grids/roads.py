"""Roads by name: which there are, and a point of one inside an area. Coordinates are EPSG:4490."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import connection
from django.db.models import Q

from urbangrid.core import clock
from urbangrid.grids.models import Road


def road_names(platform_id: int) -> list[str]:
    """Names of the roads in force, each once, the longest first so that 大柳树路东段 is found before 大柳树路; one statement."""
    now = clock.now()
    rows = Road.objects.filter(Q(valid_to=None) | Q(valid_to__gt=now), platform_id=platform_id, valid_from__lte=now).exclude(name="")
    return sorted(set(rows.values_list("name", flat=True)), key=lambda name: (-len(name), name))


_POINT: Final = """
WITH road AS (
    SELECT ST_Union(geom) AS line FROM grids_road
     WHERE platform_id = %(platform)s AND name = %(name)s AND valid_from <= %(at)s AND (valid_to IS NULL OR valid_to > %(at)s)
), area AS (
    SELECT ST_Union(geom) AS ground FROM grids_division WHERE id = ANY(%(areas)s)
), part AS (
    SELECT CASE WHEN cardinality(%(areas)s::bigint[]) = 0 THEN line ELSE ST_Intersection(line, ground) END AS line FROM road, area
)
SELECT ST_X(p), ST_Y(p) FROM (SELECT ST_ClosestPoint(line, ST_Centroid(line)) AS p FROM part WHERE NOT ST_IsEmpty(line)) AS found
"""


def point_on_road(platform_id: int, name: str, areas: Sequence[int] = ()) -> tuple[float, float] | None:
    """Longitude and latitude of the point of a road nearest to the middle of what lies in the areas; None where nothing of it does."""
    with connection.cursor() as cursor:
        cursor.execute(_POINT, {"platform": platform_id, "name": name, "areas": list(areas), "at": clock.now()})
        row = cursor.fetchone()
    return None if row is None or row[0] is None else (float(row[0]), float(row[1]))
