"""The SQL of this package's reads. Table names are those of models.py; every statement names the index it relies on."""

from __future__ import annotations

import math
from typing import Final

METRES_PER_DEGREE: Final = 110_000.0
"""Somewhat less than a degree of latitude anywhere, so that a box in degrees never misses what lies within a distance
in metres.
"""
EDGE_DEGREES: Final = 1e-5
"""About a metre: an edge straight in metres is bent in degrees, so between two stored cells a hair may stay open; the
nearest takes it.
"""

IN_FORCE: Final = "{0}.valid_from <= %(at)s AND ({0}.valid_to IS NULL OR {0}.valid_to > %(at)s)"
_CELL, _RUN, _DIVISION, _GRADE, _ROAD = (IN_FORCE.format(name) for name in ("c", "r", "d", "g", "w"))
_POINT: Final = "ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4490)"


def degrees(distance_m: float, latitude: float) -> float:
    """Half the side of a box in degrees that holds everything within ``distance_m``; wider towards the poles."""
    return distance_m / (METRES_PER_DEGREE * max(math.cos(math.radians(latitude)), 0.01))


# Arithmetic first (index whole_cell_by_row_column); only when no whole square answers, the second part runs (GiST on
# geom).
CELL_OF_POINT: Final = f"""
WITH here AS (
    SELECT ST_Transform({_POINT}, metric_srid) AS p_m, metric_srid FROM core_platform WHERE id = %(platform)s
), found AS (
    (SELECT c.id, c.code, c.community_id, c.subdistrict_id, c.district_id
       FROM here CROSS JOIN grids_gridrun r
       JOIN grids_unitgrid c ON c.grid_run_id = r.id AND c.whole
        AND c.grid_row = floor((r.origin_north_m - ST_Y(p_m)) / r.size_m)::int
        AND c.grid_column = floor((ST_X(p_m) - r.origin_west_m) / r.size_m)::int
      WHERE r.platform_id = %(platform)s AND r.layer = %(layer)s AND r.size_m IS NOT NULL
        AND r.metric_srid = here.metric_srid
        AND {_RUN} AND {_CELL}
      LIMIT 1)
    UNION ALL
    (SELECT c.id, c.code, c.community_id, c.subdistrict_id, c.district_id
       FROM grids_unitgrid c
      WHERE c.platform_id = %(platform)s AND c.layer = %(layer)s AND {_CELL}
        AND ST_DWithin(c.geom, {_POINT}, {EDGE_DEGREES})
      ORDER BY ST_Distance(c.geom, {_POINT}), c.code
      LIMIT 1)
    LIMIT 1
)
SELECT found.id, found.code, n.id, n.name, s.id, s.name, t.id, t.name
  FROM found
  JOIN grids_division n ON n.id = found.community_id
  JOIN grids_division s ON s.id = found.subdistrict_id
  JOIN grids_division t ON t.id = found.district_id
"""  # noqa: S608 (all parts are constants of this module)

# GiST on geom of each table; distances are measured in metres on the small piece of the border that lies in the box.
AROUND_POINT: Final = f"""
WITH here AS (
    SELECT {_POINT} AS p, ST_Transform({_POINT}, metric_srid) AS p_m, metric_srid FROM core_platform
     WHERE id = %(platform)s
), near AS (
    SELECT d.id, d.name, d.level, CASE WHEN ST_Covers(d.geom, p) THEN 0 ELSE ST_Distance(p_m, ST_Transform(
             ST_Intersection(ST_MakeValid(ST_ClipByBox2D(d.geom, box)), box), metric_srid)) END AS distance_m
      FROM grids_division d
      CROSS JOIN (SELECT *, ST_Expand(p, 2 * %(border_deg)s) AS box FROM here) AS here
     WHERE d.platform_id = %(platform)s AND {_DIVISION} AND NOT (d.provisional AND d.level = 'community')
       AND d.geom && ST_Expand(p, %(border_deg)s)
), roads AS (
    SELECT w.id, w.name, w.grade, ST_Distance(ST_Transform(w.geom, metric_srid), p_m) AS distance_m
      FROM grids_road w, here
     WHERE w.platform_id = %(platform)s AND {_ROAD} AND w.geom && ST_Expand(p, %(road_deg)s)
)
SELECT 'division', id, name, level, distance_m::float FROM near WHERE distance_m <= %(border_m)s
UNION ALL
(SELECT 'grade', g.id, g.name, g.grade::text, 0::float
   FROM grids_areagrade g, here
  WHERE g.platform_id = %(platform)s AND {_GRADE} AND ST_Covers(g.geom, p)
  ORDER BY g.grade LIMIT 1)
UNION ALL
(SELECT 'road', id, name, grade, distance_m::float
   FROM roads WHERE distance_m <= %(road_m)s ORDER BY distance_m, name LIMIT 1)
ORDER BY 1, 5, 2
"""  # noqa: S608

DIVISIONS: Final = f"""
SELECT d.id, d.parent_id, d.level, d.code, d.name, d.provisional
  FROM grids_division d
 WHERE d.platform_id = %(platform)s AND {_DIVISION}
   AND (%(provisional)s OR d.split_from = '')
 ORDER BY d.code, d.id
"""  # noqa: S608

EXTENT: Final = f"""
SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e)
  FROM (SELECT ST_Extent(d.geom) AS e FROM grids_division d WHERE d.platform_id = %(platform)s AND {_DIVISION}) AS whole
"""  # noqa: S608

ONE_CELL: Final = "SELECT ST_AsGeoJSON(geom, 7, 0) FROM grids_unitgrid WHERE id = %(cell)s"

_OUTLINED: Final = {
    "cell": f"grids_unitgrid d WHERE d.layer = %(layer)s AND {_DIVISION}",
    "road": f"grids_road d WHERE {_DIVISION}",
    "grade": f"grids_areagrade d WHERE {_DIVISION}",
}
_LABELS: Final = {
    "cell": "'id', d.id::text, 'code', d.code",
    "road": "'id', d.id::text, 'name', d.name, 'grade', d.grade",
    "grade": "'id', d.id::text, 'name', d.name, 'grade', d.grade",
}
_DIVISION_OUTLINES: Final = f"grids_division d WHERE d.level = %(level)s AND {_DIVISION}"
_DIVISION_LABELS: Final = "'id', d.id::text, 'code', d.code, 'name', d.name, 'provisional', d.provisional"


def outlines(level: str) -> str:
    """The statement for one level; ids are text, because a browser's numbers end at 2^53. GiST on geom, at most
    ``limit`` rows are read.
    """
    rows, label = _OUTLINED.get(level, _DIVISION_OUTLINES), _LABELS.get(level, _DIVISION_LABELS)
    return f"""
WITH met AS (
    SELECT json_build_object('type', 'Feature', 'properties', json_build_object({label}),
             'geometry', ST_AsGeoJSON(ST_SimplifyPreserveTopology(d.geom, %(detail)s), 6, 0)::json) AS feature
      FROM {rows} AND d.platform_id = %(platform)s
       AND d.geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4490)
     LIMIT %(limit)s
), counted AS (SELECT count(*) AS n FROM met)
SELECT json_build_object('type', 'FeatureCollection', 'too_many', n > %(at_most)s,
         'features', CASE WHEN n > %(at_most)s THEN '[]'::json
                          ELSE coalesce((SELECT json_agg(feature) FROM met), '[]'::json) END)::text
  FROM counted
"""  # noqa: S608
