"""Makes grid layers: cuts divisions into cells or takes drawn ones, gives codes, closes what they replace. One
transaction each.

1. The areas to be cut ("patches"): each community with a border; of each sub-district with a border what its
   communities leave.
2. A patch cut before in the same way and with the same border keeps its cells and codes.
3. Otherwise its old cells are closed and new ones get serials after the largest ever used (never one twice).
4. Cells without a community of their own get provisional communities of their sub-district, whose border is the union
   of their cells.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import shapely
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from urbangrid.core import clock
from urbangrid.core.errors import Refusal
from urbangrid.core.models import Platform
from urbangrid.grids import coding, generation
from urbangrid.grids.cell_rows import CodedCell, analyze_cells, chain_of, write_cells
from urbangrid.grids.divisions import replace
from urbangrid.grids.generation import Cell, Origin
from urbangrid.grids.models import UNIT_LAYER, Division, GridRun, GridSource, Level, UnitGrid
from urbangrid.grids.numbering import Numbers
from urbangrid.grids.patches import Patch, find_patches
from urbangrid.grids.projection import shapes, stored_polygons, to_degrees, to_metres

DEFAULT_SIZE_M: Final = 100.0
"""万米单元网格: about 10,000 m² (SY-3)."""
LEAST_SIZE_M: Final = 10.0
MOST_SIZE_M: Final = 100_000.0
Progress = Callable[[int, int, str, int], None]
"""Called after each patch: patches done, patches in all, name of the division, cells written so far."""
Cutter = Callable[[Patch], list[Cell]]


@dataclass(slots=True)
class LayerResult:
    """What a run did. ``without_border``: names of divisions that could not be cut."""

    run_id: int | None
    written: int = 0
    closed: int = 0
    patches_written: int = 0
    patches_unchanged: int = 0
    provisional: int = 0
    without_border: list[str] = field(default_factory=list)


@transaction.atomic
def generate(
    *,
    platform: Platform,
    size_m: float | None = DEFAULT_SIZE_M,
    districts: Sequence[str] = (),
    layer: str = UNIT_LAYER,
    sliver_share: float = generation.SLIVER_SHARE,
    progress: Progress | None = None,
) -> LayerResult:
    """Cut all divisions, or those of ``districts`` (codes or names), into squares of ``size_m`` metres; None: one
    cell per division.

    Raises Refusal: no division has a border, the size is out of range, serials are used up. Then nothing was written.
    """
    if size_m is not None and not LEAST_SIZE_M <= size_m <= MOST_SIZE_M:
        raise Refusal("grids.size_wrong", field="size", size=size_m, least=f"{LEAST_SIZE_M:g}", most=f"{MOST_SIZE_M:g}")
    Platform.objects.select_for_update().get(pk=platform.pk)  # two runs at once would give the same serials
    found = find_patches(platform, districts)
    if not found.patches:
        raise Refusal("grids.no_division")
    areas = to_metres(shapes([patch.geometry for patch in found.patches]), platform.metric_srid)
    origin = generation.aligned_origin(list(areas), size_m) if size_m else Origin(0.0, 0.0)
    by_patch = dict(zip((patch.division.code for patch in found.patches), areas, strict=True))

    def cutter(patch: Patch) -> list[Cell]:
        area = by_patch[patch.division.code]
        if size_m is None:
            return generation.one_cell(area)
        return generation.cut(area, size_m=size_m, origin=origin, sliver_share=sliver_share)

    run = _open_run(platform, layer, size_m, origin, sliver_share)
    writer = _Writer(run, f"{size_m}/{sliver_share}/{platform.metric_srid}")
    writer.result.without_border = found.without_border
    _write_all(writer, found.patches, cutter, progress)
    return writer.finish()


@transaction.atomic
def code_drawn_cells(
    *,
    platform: Platform,
    layer: str,
    geometries: Sequence[BaseGeometry],
    source: str = "",
    progress: Progress | None = None,
) -> LayerResult:
    """Take drawn or imported cells (EPSG:4490) as a layer and code them automatically (CY-6): each belongs to the
    division around its middle.

    Raises Refusal for an invalid cell, two cells that overlap, or a cell outside every division with a border; it
    names the row.
    """
    Platform.objects.select_for_update().get(pk=platform.pk)
    patches = find_patches(platform, ()).patches
    if not patches:
        raise Refusal("grids.no_division")
    cells = _checked(geometries, platform.metric_srid)
    tree = shapely.STRtree(to_metres(shapes([patch.geometry for patch in patches]), platform.metric_srid))
    by_patch: dict[str, list[BaseGeometry]] = defaultdict(list)
    for row, cell in enumerate(cells, 1):
        hits = tree.query(shapely.point_on_surface(cell), predicate="intersects")
        if not len(hits):
            raise Refusal("grids.cell_outside", row=row)
        by_patch[patches[int(hits[0])].division.code].append(cell)

    def cutter(patch: Patch) -> list[Cell]:
        own = by_patch[patch.division.code]
        return [Cell(number, 0, own[i], whole=False) for number, i in enumerate(generation.reading_order(own))]

    run = _open_run(platform, layer, None, Origin(0.0, 0.0), 0.0, source)
    drawn = hashlib.sha256(b"".join(shapely.to_wkb(shapes(cells)).tolist())).hexdigest()
    writer = _Writer(run, drawn)
    _write_all(writer, [patch for patch in patches if patch.division.code in by_patch], cutter, progress)
    return writer.finish()


def _checked(geometries: Sequence[BaseGeometry], metric_srid: int) -> list[BaseGeometry]:
    """Drawn cells in metres, each a valid polygon that shares no land with another (neighbours may differ by
    rounding: 1 m²).
    """
    for row, cell in enumerate(geometries, 1):
        if cell.is_empty or cell.geom_type not in ("Polygon", "MultiPolygon") or not cell.is_valid:
            reason = _("不是面") if cell.is_empty or "Polygon" not in cell.geom_type else shapely.is_valid_reason(cell)
            raise Refusal("grids.cell_invalid", row=row, reason=reason)
    cells = to_metres(shapes(list(geometries)), metric_srid)
    left, right = shapely.STRtree(cells).query(cells, predicate="intersects")
    left, right = left[left < right], right[left < right]
    shared = shapely.area(shapely.intersection(cells[left], cells[right]))
    for i, j, area in zip(left.tolist(), right.tolist(), shared.tolist(), strict=True):
        if area > 1.0:
            raise Refusal("grids.cells_overlap", row=i + 1, other=j + 1, area=f"{area:.0f}")
    return list(cells)


def _open_run(platform: Platform, layer: str, size_m: float | None, origin: Origin, sliver_share: float, source: str = "") -> GridRun:
    return GridRun.objects.create(
        platform=platform,
        layer=layer,
        size_m=size_m,
        origin_west_m=origin.west_m,
        origin_north_m=origin.north_m,
        metric_srid=platform.metric_srid,
        sliver_share=sliver_share,
        source=source,
        valid_from=clock.now(),
    )


def _write_all(writer: _Writer, patches: list[Patch], cutter: Cutter, progress: Progress | None) -> None:
    writer.close_vanished(patches)
    for done, patch in enumerate(patches, 1):
        signature = writer.signature(patch)
        if writer.unchanged(patch, signature):
            writer.result.patches_unchanged += 1
        else:
            writer.write(patch, cutter(patch), signature)
        if progress:
            progress(done, len(patches), patch.division.name, writer.result.written)


class _Writer:
    """Writes the patches of one run."""

    def __init__(self, run: GridRun, way: str) -> None:
        self.run, self.way, self.at = run, way, run.valid_from
        self.result = LayerResult(run.pk)
        self.numbers = Numbers(run.platform_id, run.layer)
        sources = GridSource.objects.filter(grid_run__platform=run.platform_id, grid_run__layer=run.layer, closed=False)
        self.open_sources = {source.division_code: source for source in sources.order_by("id")}

    def signature(self, patch: Patch) -> str:
        """What decides the cells of a patch: its border and the way of cutting."""
        return hashlib.sha256(self.way.encode() + shapely.to_wkb(patch.geometry)).hexdigest()

    def unchanged(self, patch: Patch, signature: str) -> bool:
        source = self.open_sources.get(patch.division.code)
        return source is not None and source.signature == signature

    def close_vanished(self, patches: list[Patch]) -> None:
        """Cells of patches that no longer exist in the sub-districts at hand: borders of communities arrived, or a
        border was withdrawn.
        """
        codes = {patch.division.code for patch in patches}
        scopes = {patch.subdistrict.code for patch in patches}
        for code in list(self.open_sources):
            if code not in codes and code[: coding.SUBDISTRICT_LENGTH] in scopes:
                self._close(code, keep=frozenset())

    def write(self, patch: Patch, cells: list[Cell], signature: str) -> None:
        """Close what was, give codes, write. Raises Refusal when serials are used up."""
        code = patch.division.code
        try:
            blocks = self.numbers.allot(patch, len(cells))
        except coding.SerialsExhausted as exhausted:
            raise Refusal("grids.serials_exhausted", name=patch.division.name, number=code, needed=exhausted.needed) from exhausted
        self._close(code, keep=frozenset(block.community_code for block in blocks))
        coded: list[CodedCell] = []
        start = 0
        for block in blocks:
            part = cells[start : start + block.count]
            start += block.count
            community = self._community(patch, block.community_code, part)
            chain = chain_of(community)
            coded += [CodedCell(number, chain, cell) for number, cell in zip(block.codes(), part, strict=True)]
        write_cells(self.run, coded)
        GridSource.objects.create(grid_run=self.run, division_code=code, signature=signature, cells=len(cells))
        self.result.written += len(cells)
        self.result.patches_written += 1

    def _community(self, patch: Patch, code: str, part: list[Cell]) -> Division:
        """The community that owns these cells: the patch itself, or a provisional one drawn around them."""
        if code == patch.division.code:
            return patch.division
        border = shapely.union_all(shapes([cell.geometry for cell in part]))
        geometry = to_degrees(shapes([border]), self.run.metric_srid)[0]
        number = int(code[-3:]) - coding.PROVISIONAL_FIRST + 1
        new = Division(
            platform_id=self.run.platform_id,
            level=Level.COMMUNITY,
            code=code,
            name=_("%(name)s暂设第%(number)s社区") % {"name": patch.division.name, "number": number},
            parent=patch.subdistrict,
            geom=stored_polygons(geometry),
            provisional=True,
            split_from=patch.division.code,
            split_layer=self.run.layer,
            source=_("按网格编码需要暂设"),
            valid_from=self.at,
        )
        old = Division.objects.filter(platform=self.run.platform_id, level=Level.COMMUNITY, code=code, valid_to=None).first()
        if old is None:
            new.save(force_insert=True)
        else:
            replace(old=old, new=new, at=self.at)
        self.result.provisional += 1
        return new

    def _close(self, code: str, keep: frozenset[str]) -> None:
        """Close the cells of the patch ``code`` and its provisional communities, except those in ``keep``, which are
        redrawn.
        """
        in_force = Division.objects.filter(platform=self.run.platform_id, valid_to=None)
        split = in_force.filter(split_from=code, split_layer=self.run.layer)
        # ids first: as one statement, a planner that has not yet counted the fresh rows joins them one by one for minutes
        owners = [*in_force.filter(code=code).values_list("pk", flat=True), *split.values_list("pk", flat=True)]
        cells = UnitGrid.objects.filter(community__in=owners, layer=self.run.layer, valid_to=None)
        self.result.closed += cells.update(valid_to=self.at)
        split.exclude(code__in=keep).update(valid_to=self.at)
        source = self.open_sources.pop(code, None)
        if source is not None:
            GridSource.objects.filter(pk=source.pk).update(closed=True)

    def finish(self) -> LayerResult:
        """Runs without a cell in force are over; this one never was when nothing had changed."""
        if not self.result.patches_written:
            self.run.delete()
            self.result.run_id = None
        else:
            analyze_cells()
        alive = Exists(GridSource.objects.filter(grid_run=OuterRef("pk"), closed=False))
        GridRun.objects.filter(platform=self.run.platform_id, layer=self.run.layer, valid_to=None).exclude(alive).update(valid_to=self.at)
        return self.result
