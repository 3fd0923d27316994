"""Roads by name: which there are, and a point of one inside an area. Coordinates are EPSG:4490."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db import connection
from django.db.models import Q

from urbangrid.core import clock
from urbangrid.grids.models import Road


def road_names(platform_id: int) -> list[str]:
    """Names of the roads in force, each once, the longest first so that 大柳树路东段 is found before 大柳树路; one statement."""
    now = clock.now()
    rows = Road.objects.filter(Q(valid_to=None) | Q(valid_to__gt=now), platform_id=platform_id, valid_from__lte=now).exclude(name="")
    return sorted(set(rows.values_list("name", flat=True)), key=lambda name: (-len(name), name))


CLEAR_DEGREES: Final = 0.00015
"""About 15 m: nearer to another road, what lies there may be counted to that one."""
STEPS: Final = 10
"""A road's parts are looked at in so many steps."""
_POINT: Final = """
WITH named AS (
    SELECT name, geom FROM grids_road
     WHERE platform_id = %(platform)s AND name <> '' AND valid_from <= %(at)s AND (valid_to IS NULL OR valid_to > %(at)s)
), road AS (
    SELECT ST_Union(geom) AS line FROM named WHERE name = %(name)s
), area AS (
    SELECT ST_Union(geom) AS ground FROM grids_division WHERE id = ANY(%(areas)s)
), part AS (
    SELECT CASE WHEN cardinality(%(areas)s::bigint[]) = 0 THEN line ELSE ST_Intersection(line, ground) END AS line FROM road, area
), middle AS (
    SELECT line, ST_Centroid(line) AS p FROM part WHERE NOT ST_IsEmpty(line)
), candidate AS (
    SELECT ST_ClosestPoint(line, p) AS p FROM middle
    UNION ALL
    SELECT ST_LineInterpolatePoint(piece.geom, step::float / %(steps)s)
      FROM middle, ST_Dump(ST_LineMerge(ST_CollectionExtract(line, 2))) AS piece, generate_series(1, %(steps)s - 1) AS step
)
SELECT ST_X(candidate.p), ST_Y(candidate.p)
  FROM candidate, middle
 ORDER BY EXISTS (SELECT FROM named WHERE name <> %(name)s AND ST_DWithin(geom, candidate.p, %(clear)s)), ST_Distance(candidate.p, middle.p)
 LIMIT 1
"""


def point_on_road(platform_id: int, name: str, areas: Sequence[int] = ()) -> tuple[float, float] | None:
    """Longitude and latitude of a point of a road, away from other roads where it has one, near the middle of what lies in the areas.

    None where nothing of it does.
    """
    values: dict[str, Any] = {
        "platform": platform_id, "name": name, "areas": list(areas), "at": clock.now(), "clear": CLEAR_DEGREES, "steps": STEPS,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_POINT, values)
        row = cursor.fetchone()
    return None if row is None or row[0] is None else (float(row[0]), float(row[1]))
