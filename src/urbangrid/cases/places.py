"""Putting a found place on a report or a case; the area's and border areas' right to read comes with it (architecture §3.5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from urbangrid.cases.models import Case, CaseAccess
from urbangrid.cases.models.place import Placed
from urbangrid.core import geometry
from urbangrid.core.platforms import platform_of
from urbangrid.grids.queries import Place, locate

PLACE_FIELDS = (
    "place_text", "point", "cell_id", "community_id", "subdistrict_id", "district_id", "road_name", "road_grade", "area_grade", "outside",
)  # fmt: skip


def put(row: Placed, *, platform_id: int, longitude: float | None, latitude: float | None, place_text: str, at: datetime) -> Place | None:
    """Set all place fields of a report or case; without a position only the words are set and it counts as outside.

    A position without words gets those of its road, or of its community: every list, sheet and call says where.
    """
    row.place_text = place_text[:256]
    if longitude is None or latitude is None:
        row.outside = True
        return None
    row.point = geometry.point(longitude, latitude)
    place = locate(platform_of(platform_id), (longitude, latitude), at=at)
    row.outside = place.outside
    row.cell_id, row.community_id = place.cell_id, place.community_id
    row.subdistrict_id, row.district_id = place.subdistrict_id, place.district_id
    row.road_name, row.road_grade, row.area_grade = place.road, place.road_grade, place.area_grade
    row.place_text = row.place_text or place.road or f"{place.subdistrict}{place.community}"
    return place


def copy(source: Placed, target: Placed) -> None:
    """The place of a report becomes the place of its case."""
    for name in PLACE_FIELDS:
        setattr(target, name, getattr(source, name))


def accesses(case: Case, at: datetime, border_ids: tuple[int, ...] = ()) -> list[CaseAccess]:
    """Reading rights of the areas a case lies in, and of those it borders on within the settable distance."""
    own = [number for number in (case.community_id, case.subdistrict_id, case.district_id) if number]
    rows = [CaseAccess(case=case, division_id=number, since=at, why="area") for number in own]
    return rows + [CaseAccess(case=case, division_id=number, since=at, why="border") for number in border_ids if number not in own]


def as_inputs(row: Placed) -> dict[str, Any]:
    """The place as a record states it: degrees to 1e-8 and metres to 0.01 as strings, for canonical JSON has no floats."""
    found: dict[str, Any] = {"place_text": row.place_text, "outside": row.outside}
    if row.point is not None:
        found |= degrees(row.point.x, row.point.y)
    return found | areas(row)


def degrees(longitude: float, latitude: float) -> dict[str, str]:
    return {"longitude": f"{longitude:.8f}", "latitude": f"{latitude:.8f}"}


def areas(row: Placed | Place) -> dict[str, str | None]:
    """What it lies in, by id."""
    return {
        "cell": str(row.cell_id) if row.cell_id else None,
        "community": str(row.community_id) if row.community_id else None,
        "subdistrict": str(row.subdistrict_id) if row.subdistrict_id else None,
    }
