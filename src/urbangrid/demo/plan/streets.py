"""Streets with their names, the crossings of larger ones, and house numbers along both sides.

House numbers: from the beginning of a street, odd on the left and even on the right, a step apart; a place nearer to another street, in
the water or outside the city has none, and the numbers go on counting.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import shapely
from shapely import LineString

from urbangrid.demo.plan.ground import Numbers
from urbangrid.demo.plan.naming import Names
from urbangrid.demo.plan.values import Door, Mark, Shapes, Street

HALF_WIDTH_M = {"expressway": 22.0, "arterial": 17.0, "secondary": 12.0, "branch": 8.0, "lane": 4.0}
FRONT_M = 4.0
"""A door stands so far behind the edge of its street."""
STEP_M = {"arterial": 30.0, "secondary": 26.0, "branch": 24.0, "lane": 20.0}
"""Between two numbers of a side; ring roads have none."""
PIECE_M = 120.0
CROSSING = ("expressway", "arterial", "secondary")
RANK = ("expressway", "arterial", "secondary", "branch", "lane")


def named(main: Sequence[Street], cuts: Sequence[tuple[str, LineString]], names: Names) -> list[Street]:
    """Main roads as they are, the cuts with names of their own; lanes are called after the street at their beginning."""
    found = [*main]
    for grade, line in cuts:
        if grade != "lane":
            first, *_between, last = np.asarray(line.coords)
            found.append(Street(names.street(last - first), grade, line))
    tree = shapely.STRtree([street.shape for street in found])
    lanes = [line for grade, line in cuts if grade == "lane"]
    ends = shapely.get_point(np.array(lanes, dtype=object), 0)
    beside = tree.query_nearest(ends, all_matches=False)[1].tolist() if lanes else []
    return found + [Street(names.lane(found[street].name), "lane", line) for line, street in zip(lanes, beside, strict=True)]


def crossings(streets: Sequence[Street]) -> list[Mark]:
    """Where two larger streets meet: 人民路与学府街路口. Two that meet twice within 60 m have one."""
    large = [street for street in streets if street.grade in CROSSING]
    lines = np.array([street.shape for street in large], dtype=object)
    left, right = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=1.0)
    once = left < right
    found: dict[str, list[shapely.Point]] = defaultdict(list)
    for one, other in zip(left[once].tolist(), right[once].tolist(), strict=True):
        first, second = large[one], large[other]
        if first.name == second.name:
            continue
        meeting = shapely.shortest_line(first.shape, second.shape)
        shared = shapely.get_parts(shapely.intersection(first.shape, second.shape)).tolist()
        places = [part.centroid for part in shared if not part.is_empty] or [shapely.get_point(meeting, 0)]
        for place in places:
            if all(place.distance(known) > 60 for known in found[f"{first.name}与{second.name}路口"]):
                found[f"{first.name}与{second.name}路口"].append(place)
    return [Mark(name, "crossing", place) for name, places in found.items() for place in places]


class Nearest:
    """The street nearest to points, by short pieces so that long streets cost no more than short ones."""

    def __init__(self, streets: Sequence[Street]) -> None:
        pieces = shapely.segmentize(np.array([street.shape for street in streets], dtype=object), PIECE_M)
        points, owner = shapely.get_coordinates(pieces, return_index=True)
        inner = owner[1:] == owner[:-1]
        self.owner = owner[1:][inner]
        self.half = np.array([HALF_WIDTH_M[street.grade] for street in streets])
        lines = shapely.linestrings(np.stack([points[:-1][inner], points[1:][inner]], axis=1))
        self.tree = shapely.STRtree(np.asarray(lines, dtype=object))

    def of(self, shapes: Shapes) -> Numbers:
        """Number of the nearest street, for each shape."""
        return np.asarray(self.owner[self.tree.query_nearest(shapes, all_matches=False)[1]])

    def clear(self, shapes: Shapes) -> Numbers:
        """Which shapes stand beside all streets, each of its own width."""
        shape, piece = self.tree.query(shapes, predicate="dwithin", distance=float(self.half.max()))
        upon = self.tree.geometries
        close = shapely.distance(shapes[shape], upon[piece]) <= self.half[self.owner[piece]]
        clear = np.ones(len(shapes), dtype=bool)
        clear[shape[close]] = False
        return clear


def doors(streets: Sequence[Street], cells: Shapes, dry: Numbers, nearest: Nearest) -> list[Door]:
    """House numbers of all streets in order; ``dry``: which cells may have a house."""
    numbers, owners, points = _candidates(streets)
    own = nearest.of(points)
    point, cell = shapely.STRtree(cells).query(points, predicate="within")
    inside = np.full(len(points), -1)
    inside[point] = cell
    kept = (own == owners) & (inside >= 0)
    kept[kept] = dry[inside[kept]]
    return [
        Door(street, number, where, place)
        for street, number, where, place in zip(
            owners[kept].tolist(), numbers[kept].tolist(), inside[kept].tolist(), points[kept].tolist(), strict=True
        )
    ]


def _candidates(streets: Sequence[Street]) -> tuple[Numbers, Numbers, Shapes]:
    """Numbers, streets and points; parts of one street go on counting where the part before ended."""
    begun: dict[str, int] = defaultdict(int)
    found: list[tuple[Numbers, int, Numbers]] = []
    for owner, street in enumerate(streets):
        step = STEP_M.get(street.grade)
        if step is None or street.shape.length < step:
            continue
        along = np.arange(step / 2, street.shape.length, step)
        here, ahead = (shapely.get_coordinates(shapely.line_interpolate_point(street.shape, along + more)) for more in (-0.5, 0.5))
        way = (ahead - here) / np.hypot(*(ahead - here).T)[:, None]
        away = (HALF_WIDTH_M[street.grade] + FRONT_M) * np.column_stack([-way[:, 1], way[:, 0]])
        numbers = begun[street.name] + 2 * np.arange(len(along))
        begun[street.name] += 2 * len(along)
        middle = (here + ahead) / 2
        found += [(numbers + 1, owner, middle + away), (numbers + 2, owner, middle - away)]
    owners = np.concatenate([np.full(len(numbers), owner) for numbers, owner, _points in found])
    points = np.concatenate([points for _numbers, _owner, points in found])
    return np.concatenate([numbers for numbers, _owner, _points in found]), owners, np.asarray(shapely.points(points), dtype=object)
