"""反复: reported again within the settable hours after closing, at the same place and of the same kind (case-rules 9)."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import cos, hypot, radians

from django.contrib.gis.geos import Polygon

from urbangrid.cases import store
from urbangrid.cases.models import Case
from urbangrid.catalog import queries as catalog
from urbangrid.core.geometry import STORAGE_SRID, to_metric
from urbangrid.core.platforms import platform_of

CLOSED = ("closed", "archived")
HOURS = 72
"""Our default; the platform's setting ``repeat_hours``."""


def hours_of(platform_id: int) -> int:
    return int(platform_of(platform_id).settings.get("repeat_hours", HOURS))


def is_repeat(closed_at: datetime | None, at: datetime, hours: int) -> bool:
    """Whether a matter seen at ``at`` repeats one closed at ``closed_at``: the last hour still counts, what is not closed never does."""
    return closed_at is not None and closed_at <= at <= closed_at + timedelta(hours=hours)


def find(case: Case, at: datetime, wanted: int | None = None) -> Case | None:
    """The case closed last that ``case`` repeats, or ``wanted`` where it is one of them; one statement, none without a position."""
    if case.point is None or case.category_id is None or case.confidential:
        return None
    hours, radius_m = hours_of(case.platform_id), catalog.category(case.category_id).duplicate_radius_m
    closed = store.rows(Case).filter(
        platform_id=case.platform_id, state__in=CLOSED, history=False, confidential=False, category_id=case.category_id,
        point__bboverlaps=_box(case, radius_m),
        closed_at__gte=at - timedelta(hours=hours), closed_at__lte=at,
    )  # fmt: skip
    if wanted is not None:
        closed = closed.filter(pk=wanted)
    listed = closed.exclude(pk=case.pk).only("number", "point", "condition_id", "closed_at").order_by("-closed_at")[:20]
    return next((one for one in listed if _same(case, one, radius_m) and is_repeat(one.closed_at, at, hours)), None)


def _same(case: Case, other: Case, radius_m: int) -> bool:
    """The same condition, and within the category's radius in metres."""
    if other.condition_id != case.condition_id or other.point is None or case.point is None:
        return False
    srid = platform_of(case.platform_id).metric_srid
    x, y = to_metric(case.point.x, case.point.y, srid)
    other_x, other_y = to_metric(other.point.x, other.point.y, srid)
    return hypot(x - other_x, y - other_y) <= radius_m


def _box(case: Case, radius_m: int) -> Polygon:
    assert case.point is not None
    height = radius_m / 110_000
    width = height / max(cos(radians(case.point.y)), 0.1)
    box = Polygon.from_bbox((case.point.x - width, case.point.y - height, case.point.x + width, case.point.y + height))
    box.srid = STORAGE_SRID
    return box
