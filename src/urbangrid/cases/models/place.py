"""Where something is: the same fields on a report and on a case, set from one ``grids.Place`` in one step."""

from __future__ import annotations

from django.contrib.gis.db.models import PointField
from django.db import models

from urbangrid.core.geometry import STORAGE_SRID
from urbangrid.core.models import Identified


class Placed(Identified):
    """A point (degrees, EPSG:4490) in words, and what it lies in. ``outside`` marks a point in no area: flagged, kept, never lost."""

    place_text = models.CharField(max_length=256, blank=True)
    point = PointField(srid=STORAGE_SRID, null=True, spatial_index=True)
    cell = models.ForeignKey("grids.UnitGrid", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    community = models.ForeignKey("grids.Division", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    subdistrict = models.ForeignKey("grids.Division", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    district = models.ForeignKey("grids.Division", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    road_name = models.CharField(max_length=60, blank=True)
    road_grade = models.CharField(max_length=12, blank=True, help_text="with the area grade it sets limits and ranking (architecture §5)")
    area_grade = models.PositiveSmallIntegerField(null=True)
    outside = models.BooleanField(default=False)

    class Meta:
        abstract = True
