"""Reading the made city for who plays in it: points of address by kind of place, and units by category. It writes nothing.

``read`` takes a share of the house numbers (the same for the same city, whatever their ids) and all landmarks with the unit grid of each;
``Geography.point`` draws one by the weights of kinds. All coordinates are EPSG:4490.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import connection

from urbangrid.catalog.models import Responsibility
from urbangrid.grids.models import UNIT_LAYER

MOST: Final = 20_000
"""House numbers read; a larger city is sampled."""
WEIGHTS: Final[Mapping[str, float]] = {
    "arterial": 16, "secondary": 18, "branch": 24, "lane": 18, "estate": 6, "market": 5, "crossing": 4, "school": 3, "station": 2,
    "park": 2, "shops": 3, "hospital": 1, "office": 1, "works": 1,
}  # fmt: skip
"""Where problems are found: grade of the road of a house number, or kind of landmark. Per hundred or so."""


@dataclass(frozen=True, slots=True)
class AddressPoint:
    """A place as people say it: ``words`` 学府街 86 号门前; ``kind`` a road grade for a house number, else a kind of landmark."""

    kind: str
    words: str
    longitude: float
    latitude: float
    cell_id: int
    community_id: int
    subdistrict_id: int


@dataclass(frozen=True, slots=True)
class Geography:
    """What was read of a platform: points by kind, and units by category (and by sub-district where that matters)."""

    points: Mapping[str, tuple[AddressPoint, ...]]
    units: Mapping[tuple[int, int | None], tuple[int, ...]]

    def point(self, chance: random.Random, weights: Mapping[str, float] = WEIGHTS) -> AddressPoint:
        """A point of a kind drawn by ``weights`` among the kinds that the city has. Raises LookupError where it has none of them."""
        kinds = [kind for kind in weights if self.points.get(kind)]
        if not kinds:
            raise LookupError("the city has no place of these kinds")
        kind = chance.choices(kinds, [weights[one] for one in kinds])[0]
        return chance.choice(self.points[kind])

    def units_of(self, category_id: int, subdistrict_id: int | None = None) -> tuple[int, ...]:
        """Units responsible for a category, of a sub-district first; empty where nobody is."""
        return self.units.get((category_id, subdistrict_id)) or self.units.get((category_id, None), ())


_CELL: Final = """
  JOIN grids_unitgrid c ON c.platform_id = %(platform)s AND c.layer = %(layer)s AND c.valid_to IS NULL AND ST_Intersects(c.geom, p.point)"""
_POINTS: Final = f"""
WITH doors AS (
    SELECT r.grade AS kind, r.name || ' ' || d.number || ' 号门前' AS words, d.point
      FROM addresses_doornumber d JOIN grids_road r ON r.id = d.road_id
     WHERE d.platform_id = %(platform)s AND d.valid_to IS NULL
     ORDER BY md5(r.name || d.number), words LIMIT %(most)s
), marks AS (
    SELECT kind, CASE kind WHEN 'crossing' THEN name ELSE name || '门前' END AS words, point
      FROM addresses_landmark WHERE platform_id = %(platform)s AND valid_to IS NULL
), p AS (SELECT * FROM doors UNION ALL SELECT * FROM marks)
SELECT DISTINCT ON (p.kind, p.words, ST_X(p.point), ST_Y(p.point))
       p.kind, p.words, ST_X(p.point), ST_Y(p.point), c.id, c.community_id, c.subdistrict_id
  FROM p {_CELL}
 ORDER BY p.kind, p.words, ST_X(p.point), ST_Y(p.point), c.code
"""  # noqa: S608


def read(platform_id: int, most: int = MOST) -> Geography:
    """The city as it stands; two statements. ``most``: house numbers at most."""
    points: dict[str, list[AddressPoint]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_POINTS, {"platform": platform_id, "layer": UNIT_LAYER, "most": most})
        for row in cursor.fetchall():
            points[row[0]].append(AddressPoint(*row))
    units: dict[tuple[int, int | None], list[int]] = defaultdict(list)
    listed = Responsibility.objects.filter(platform_id=platform_id, category__isnull=False, unit__isnull=False).order_by("position", "pk")
    for category_id, division_id, unit_id in listed.values_list("category_id", "division_id", "unit_id"):
        units[category_id, division_id].append(unit_id)
    return Geography({kind: tuple(found) for kind, found in points.items()}, {key: tuple(found) for key, found in units.items()})
