"""House numbers, buildings, landmarks, water and parks, with validity dates like all places; CGCS2000 degrees (EPSG:4490).

Roads and divisions stand in ``grids``. Nobody's name is kept here.
"""

from __future__ import annotations

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from urbangrid.core.geometry import STORAGE_SRID
from urbangrid.grids.models import Dated


class BuildingKind(models.TextChoices):
    """What a building is used for."""

    RESIDENCE = "residence", _("住宅")
    COMMERCE = "commerce", _("商业")
    OFFICE = "office", _("办公")
    INDUSTRY = "industry", _("工业")
    SCHOOL = "school", _("学校")
    HOSPITAL = "hospital", _("医疗")
    STATION = "station", _("车站")
    PUBLIC = "public", _("公共")


class LandmarkKind(models.TextChoices):
    """Kinds of things that people name a place by."""

    CROSSING = "crossing", _("路口")
    SCHOOL = "school", _("学校")
    HOSPITAL = "hospital", _("医院")
    MARKET = "market", _("市场")
    STATION = "station", _("车站")
    PARK = "park", _("公园")
    GOVERNMENT = "government", _("机关")
    POLICE = "police", _("派出所")
    CULTURE = "culture", _("文体场馆")
    SHOPS = "shops", _("商场")
    OFFICE = "office", _("写字楼")
    ESTATE = "estate", _("小区")
    WORKS = "works", _("工厂")


class SurfaceKind(models.TextChoices):
    """Ground that maps draw as an area."""

    WATER = "water", _("水面")
    PARK = "park", _("公园绿地")


class DoorNumber(Dated):
    """门牌: a number of a road and where its door is."""

    road = models.ForeignKey("grids.Road", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=20, help_text="as on the plate, without 号: 86, 86甲")
    point = models.PointField(srid=STORAGE_SRID)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["road", "number"], condition=Q(valid_to=None), name="one_door_per_number"),
        ]


class Building(Dated):
    """建筑物: a footprint with its name and use."""

    name = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=12, choices=BuildingKind)
    geom = models.MultiPolygonField(srid=STORAGE_SRID)


class Landmark(Dated):
    """标志物: what people name a place by; also 路口, a named crossing."""

    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=12, choices=LandmarkKind)
    point = models.PointField(srid=STORAGE_SRID)


class Surface(Dated):
    """水面与绿地: a river, a lake, a park as an area."""

    name = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=12, choices=SurfaceKind)
    geom = models.MultiPolygonField(srid=STORAGE_SRID)
