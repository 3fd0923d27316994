"""Places and their history. A row is in force from ``valid_from`` until ``valid_to`` (empty: still); nothing is
deleted, so old cases resolve.

All geometry is CGCS2000 (EPSG:4490, degrees); areas are measured in the platform's projected system (architecture §5).
"""

from __future__ import annotations

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from urbangrid.core.geometry import STORAGE_SRID
from urbangrid.core.models import Identified

UNIT_LAYER = "unit"
"""The layer that places cases; other layers (one community = one cell, a drawn layer) stand beside it."""


class Level(models.TextChoices):
    """Levels of the area tree above the unit grid."""

    CITY = "city", _("市")
    DISTRICT = "district", _("区县")
    SUBDISTRICT = "subdistrict", _("街道(镇)")
    COMMUNITY = "community", _("社区(村)")


class RoadGrade(models.TextChoices):
    """Grades of a road; limits and patrol frequency depend on them."""

    EXPRESSWAY = "expressway", _("快速路")
    ARTERIAL = "arterial", _("主干路")
    SECONDARY = "secondary", _("次干路")
    BRANCH = "branch", _("支路")
    LANE = "lane", _("街巷")


class Dated(Identified):
    """A row of a platform with validity dates."""

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Division(Dated):
    """区划. ``provisional``: the code is ours, taken from the reserved range (coding.py), until the authority gives
    one.
    """

    level = models.CharField(max_length=12, choices=Level)
    code = models.CharField(max_length=12, blank=True)
    name = models.CharField(max_length=60)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    geom = models.MultiPolygonField(srid=STORAGE_SRID, null=True, blank=True)
    provisional = models.BooleanField(default=False)
    split_from = models.CharField(max_length=12, blank=True, help_text="code of the division whose cells a provisional community numbers")
    split_layer = models.CharField(max_length=20, blank=True, help_text="the grid layer of those cells")
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "level", "code"],
                condition=Q(valid_to=None) & ~Q(code=""),
                name="one_division_in_force_per_code",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class GridRun(Dated):
    """One generation or import of cells. With ``size_m`` the grid is regular and a point finds its row and column by
    arithmetic.
    """

    layer = models.CharField(max_length=20, default=UNIT_LAYER)
    size_m = models.FloatField(null=True, help_text="side of a square in metres; empty: any shape")
    origin_west_m = models.FloatField(default=0)
    origin_north_m = models.FloatField(default=0)
    metric_srid = models.PositiveIntegerField()
    sliver_share = models.FloatField(default=0)
    source = models.CharField(max_length=200, blank=True)


class GridSource(Identified):
    """What one run cut for one division; its signature lets the next run leave an unchanged division and its codes
    alone.
    """

    grid_run = models.ForeignKey(GridRun, on_delete=models.PROTECT, related_name="sources")
    division_code = models.CharField(max_length=12)
    signature = models.CharField(max_length=64)
    cells = models.PositiveIntegerField()
    closed = models.BooleanField(default=False)


class UnitGrid(Dated):
    """单元网格. The code is never used again; a changed cell is closed and a new one gets the next serial."""

    layer = models.CharField(max_length=20, default=UNIT_LAYER)
    code = models.CharField(max_length=15)
    community = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+")
    subdistrict = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+")
    district = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+")
    geom = models.MultiPolygonField(srid=STORAGE_SRID)
    area_m2 = models.FloatField()
    grid_row = models.IntegerField()
    grid_column = models.IntegerField()
    whole = models.BooleanField(default=False, help_text="the full square belongs to the cell: row and column alone find it")
    grid_run = models.ForeignKey(GridRun, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "code"], name="unit_grid_code_once_for_ever")]
        indexes = [
            # read by queries.locate: a point of a regular grid, by arithmetic
            models.Index(fields=["grid_run", "grid_row", "grid_column"], condition=Q(whole=True), name="whole_cell_by_row_column"),
        ]

    def __str__(self) -> str:
        return self.code


class Road(Dated):
    """A road with its grade."""

    name = models.CharField(max_length=60)
    grade = models.CharField(max_length=12, choices=RoadGrade)
    geom = models.MultiLineStringField(srid=STORAGE_SRID)
    source = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name


class AreaGrade(Dated):
    """区域等级: an area of grade 1 (most important) to 4; sets limits and patrol frequency."""

    name = models.CharField(max_length=60, blank=True)
    grade = models.PositiveSmallIntegerField()
    geom = models.MultiPolygonField(srid=STORAGE_SRID)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(grade__gte=1, grade__lte=4), name="area_grade_1_to_4")]


class ResponsibilityGrid(Dated):
    """责任网格: the unit grids that one inspector patrols. ``unit_id`` names a unit of the package organizations,
    which stands above this one.
    """

    code = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    unit_id = models.BigIntegerField(null=True, blank=True)
    cells = models.ManyToManyField(UnitGrid, related_name="responsibility_grids")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "code"], condition=Q(valid_to=None), name="one_responsibility_grid_per_code"),
        ]

    def __str__(self) -> str:
        return self.name
