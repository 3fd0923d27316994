"""Joins boundaries with code tables. Plain values in, plain values out; the database is not asked here.

1. The parent of a polygon: by its code, else by its district's name.
2. Its row within the parent: by code; same name; the mapping's list of names; the same stem with another ending (镇
   and 地区).
3. A polygon that no table knows keeps its own code, or gets one of the provisional range, or is left out, as the
   mapping says.
4. Table rows without polygon come after: missing ones of the same level, and the levels below.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from urbangrid.grids import coding
from urbangrid.grids.mapping import DivisionMapping, LayerMapping
from urbangrid.grids.messages import Fault
from urbangrid.grids.projection import shapes, to_metres
from urbangrid.grids.reading import CodeRow, Outline

OVERLAP_M2 = 1.0
"""Neighbours whose borders were rounded overlap by less."""
PARENT_LEVEL: Mapping[str, str] = {"district": "city", "subdistrict": "district", "community": "subdistrict"}


@dataclass(frozen=True, slots=True)
class DivisionSpec:
    """A division as it ought to stand; geometry in EPSG:4490 or None (a code without border)."""

    level: str
    code: str
    name: str
    parent_code: str
    geometry: BaseGeometry | None
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What the database holds: every provisional code ever used, and those in force by parent code and name."""

    taken: frozenset[str]
    provisional: Mapping[tuple[str, str], str]


@dataclass(slots=True)
class Tables:
    """The code tables, by level and code, and by level and parent."""

    rows: dict[str, dict[str, CodeRow]]
    city_code: str
    children: dict[tuple[str, str], list[CodeRow]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for level, rows in self.rows.items():
            for row in rows.values():
                self.children[level, self.parent_code(row, level)].append(row)

    def parent_code(self, row: CodeRow, level: str) -> str:
        """The parent a row names, or the one its code begins with; a district always stands below the city of the
        mapping.
        """
        if level == "district":
            return self.city_code
        return row.parent or row.code[: coding.LEVEL_LENGTHS[PARENT_LEVEL[level]]]


class Matcher:
    """Collects specs and faults of one import."""

    def __init__(self, mapping: DivisionMapping, layer: LayerMapping, tables: Tables, known: Known) -> None:
        self.mapping, self.layer, self.tables, self.known = mapping, layer, tables, known
        self.taken = set(known.taken)
        self.specs: dict[tuple[str, str], DivisionSpec] = {}
        self.places: dict[tuple[str, str], str] = {}
        self.faults: list[Fault] = []

    def match(self, outlines: Iterable[Outline]) -> list[DivisionSpec]:
        """Specs from the top level down; faults stand in ``self.faults``."""
        self._put(DivisionSpec("city", self.mapping.city_code, self.mapping.city_name, "", None))
        parents: dict[str, None] = {}
        # those with a code first: a polygon without must not take the name of one that comes later in the file
        for outline in sorted(outlines, key=lambda o: not o.code):
            parent_code = self._parent(outline)
            if parent_code is None:
                self._fault(outline.place, "unknown_district", True, district=outline.district or outline.district_code or "?")
            elif self._wanted(parent_code, outline):
                self._place(outline, parent_code)
                parents[parent_code] = None
        if self.layer.add_missing:
            self._add_missing(parents)
        for level in self.layer.add_below:
            self._add_below(level)
        order = list(coding.LEVEL_LENGTHS)
        return sorted(self.specs.values(), key=lambda spec: (order.index(spec.level), spec.code))

    def _parent(self, outline: Outline) -> str | None:
        """Code of the parent, which is in the table or already known; None: nobody knows it."""
        if self.layer.level == "district":
            return self.mapping.city_code
        level = PARENT_LEVEL[self.layer.level]
        rows = self.tables.rows.get(level, {})
        code = outline.parent_code or (outline.district_code if level == "district" else outline.code[: coding.SUBDISTRICT_LENGTH])
        if code:
            return code if code in rows else None
        return next((row.code for row in rows.values() if outline.district and row.name == outline.district), None)

    def _wanted(self, parent_code: str, outline: Outline) -> bool:
        """Whether the mapping's list of districts asks for this polygon; an empty list asks for all."""
        if not self.mapping.districts:
            return True
        if self.layer.level == "district":
            return bool({outline.code, outline.name} & set(self.mapping.districts))
        district = parent_code[: coding.DISTRICT_LENGTH]
        row = self.tables.rows.get("district", {}).get(district)
        return bool({district, row.name if row else district} & set(self.mapping.districts))

    def _place(self, outline: Outline, parent_code: str) -> None:
        level = self.layer.level
        row = self._row(outline, parent_code)
        if row is not None:
            code, name, provisional = row.code, row.name, False
            if name != outline.name:
                self._fault(outline.place, "name_differs", False, name=name, code=code)
        elif outline.code:
            code, name, provisional = outline.code, outline.name, False
            if not coding.is_division_code(level, code) or not code.startswith(parent_code.rstrip("0")):
                self._fault(outline.place, "bad_code", True, code=code, length=coding.LEVEL_LENGTHS[level])
                return
            self._fault(outline.place, "code_not_in_table", False, code=code)
        else:
            found = self._provisional_code(outline, parent_code)
            if found is None:
                return
            code, name, provisional = found, outline.name, True
        if (level, code) in self.places:
            self._fault(outline.place, "duplicate", True, other=self.places[level, code], code=code)
            return
        self._put(DivisionSpec(level, code, name, parent_code, outline.geometry, provisional))
        self.places[level, code] = outline.place
        self._ancestors(level, parent_code)

    def _row(self, outline: Outline, parent_code: str) -> CodeRow | None:
        level = self.layer.level
        if outline.code:
            return self.tables.rows.get(level, {}).get(outline.code)
        rows = self.tables.children.get((level, parent_code), [])
        free = [row for row in rows if (level, row.code) not in self.places]
        same = [row for row in rows if row.name == outline.name]
        if same:
            return same[0]
        district = self.tables.rows.get("district", {}).get(parent_code[: coding.DISTRICT_LENGTH])
        other = self.mapping.names.get(district.name if district else "", {}).get(outline.name)
        stem = self.mapping.stem(outline.name)
        listed = [row for row in rows if row.name == other]
        alike = [row for row in free if self.mapping.stem(row.name) == stem]
        return listed[0] if listed else alike[0] if len(alike) == 1 else None

    def _provisional_code(self, outline: Outline, parent_code: str) -> str | None:
        known = self.known.provisional.get((parent_code, outline.name))
        if not self.mapping.provisional or self.layer.level == "district":
            self._fault(outline.place, "no_code_refused", True)
            return None
        try:
            code = known or coding.next_provisional(parent_code, self.taken)
        except coding.SerialsExhausted:
            self._fault(outline.place, "no_code_left", True)
            return None
        self.taken.add(code)
        self._fault(outline.place, "no_code", False, code=code)
        return code

    def _ancestors(self, level: str, code: str) -> None:
        """The chain above a placed polygon, from the tables, without border."""
        upper = PARENT_LEVEL[level]
        if upper == "city" or (upper, code) in self.specs:
            return
        row = self.tables.rows[upper][code]
        parent = self.tables.parent_code(row, upper)
        self._put(DivisionSpec(upper, code, row.name, parent, None))
        self._ancestors(upper, parent)

    def _add_missing(self, parents: Iterable[str]) -> None:
        level = self.layer.level
        for parent_code in parents:
            for row in self.tables.children.get((level, parent_code), []):
                if (level, row.code) not in self.specs:
                    self._fault(row.place, "no_polygon", False, code=row.code)
                    self._put(DivisionSpec(level, row.code, row.name, parent_code, None))

    def _add_below(self, level: str) -> None:
        upper = PARENT_LEVEL[level]
        for parent_level, parent_code in list(self.specs):
            if parent_level == upper:
                for row in self.tables.children.get((level, parent_code), []):
                    self._put(DivisionSpec(level, row.code, row.name, parent_code, None))

    def _put(self, spec: DivisionSpec) -> None:
        self.specs[spec.level, spec.code] = spec

    def _fault(self, place: str, reason: str, left_out: bool, /, **values: str | int) -> None:
        self.faults.append(Fault(place, reason, left_out, dict(values)))


def overlaps(outlines: list[Outline], metric_srid: int) -> list[Fault]:
    """Pairs of polygons of one file that share more than OVERLAP_M2; a point there would lie in two divisions."""
    if len(outlines) < 2:
        return []
    areas = to_metres(shapes([outline.geometry for outline in outlines]), metric_srid)
    left, right = shapely.STRtree(areas).query(areas, predicate="intersects")
    once = left < right
    left, right = left[once], right[once]
    shared = shapely.area(shapely.intersection(areas[left], areas[right]))
    return [
        Fault(outlines[i].place, "overlap", False, {"other": outlines[j].place, "area": f"{area:.0f}"})
        for i, j, area in zip(left.tolist(), right.tolist(), np.asarray(shared).tolist(), strict=True)
        if area > OVERLAP_M2
    ]
