"""Finds the areas that a grid layer is cut from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import shapely
from django.db.models import QuerySet
from shapely.geometry.base import BaseGeometry

from urbangrid.core.models import Platform
from urbangrid.grids.models import Division, Level
from urbangrid.grids.projection import as_multipolygon, from_database, shapes, to_metres

DUST_M2 = 1.0
"""Borders of communities and of their sub-district are rounded apart by less."""


@dataclass(frozen=True, slots=True)
class Patch:
    """An area to be cut: a community, or what a sub-district's communities leave of it. Geometry in EPSG:4490."""

    division: Division
    subdistrict: Division
    geometry: BaseGeometry


@dataclass(slots=True)
class Patches:
    """Patches in the order of their codes, and the names of divisions without a border."""

    patches: list[Patch] = field(default_factory=list)
    without_border: list[str] = field(default_factory=list)


def find_patches(platform: Platform, districts: Sequence[str]) -> Patches:
    """All patches of the platform, or of ``districts`` (codes or names)."""
    found = Patches()
    subdistricts = _in_force(platform, Level.SUBDISTRICT).select_related("parent")
    communities: dict[int, list[Division]] = defaultdict(list)
    for community in _in_force(platform, Level.COMMUNITY).filter(provisional=False, geom__isnull=False):
        if community.parent_id is not None:
            communities[community.parent_id].append(community)
    for subdistrict in subdistricts:
        district = subdistrict.parent
        if districts and not (district and {district.code, district.name} & set(districts)):
            continue
        own = communities[subdistrict.pk]
        for community in own:
            community.parent = subdistrict
            assert community.geom is not None
            found.patches.append(Patch(community, subdistrict, from_database(community.geom)))
        if subdistrict.geom is not None:
            rest = _rest(from_database(subdistrict.geom), own, platform.metric_srid)
            if rest is not None:
                found.patches.append(Patch(subdistrict, subdistrict, rest))
        elif not own:
            found.without_border.append(subdistrict.name)
    return found


def _in_force(platform: Platform, level: Level) -> QuerySet[Division]:
    return Division.objects.filter(platform=platform, level=level, valid_to=None).order_by("code")


def _rest(border: BaseGeometry, communities: list[Division], metric_srid: int) -> BaseGeometry | None:
    """What the communities leave of the sub-district, without dust; None when they cover it."""
    if not communities:
        return border
    covered = shapely.union_all(shapes([from_database(c.geom) for c in communities if c.geom is not None]))
    parts = shapely.get_parts(shapely.difference(border, covered))
    parts = parts[(shapely.get_type_id(parts) == shapely.GeometryType.POLYGON)]
    parts = parts[shapely.area(to_metres(parts, metric_srid)) > DUST_M2] if len(parts) else parts
    return as_multipolygon(shapely.multipolygons(parts)) if len(parts) else None
