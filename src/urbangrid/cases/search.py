"""综合查询: by number, words, category, area, state and time; and what is near a point (SY-4.4, HD-3.1.3-1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import atan2, cos, pi, radians

from django.contrib.gis.geos import Polygon
from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from urbangrid.cases import access, repeats, words
from urbangrid.cases.lifecycle import UNDER_WAY
from urbangrid.cases.models import Case, CaseAccess
from urbangrid.cases.rows import CaseRow, Light, case_row, light_of, title_of
from urbangrid.catalog import queries as catalog
from urbangrid.core import clock
from urbangrid.core.geometry import STORAGE_SRID, to_metric
from urbangrid.core.platforms import platform_of
from urbangrid.core.text import bigrams, normal
from urbangrid.organizations.acting import Acting

PAGE = 50
COUNT_MOST = 1000
"""History is counted up to here, then shown as "1,000+" (architecture §3.5)."""


SHOWN = (
    "platform_id", "number", "category_id", "condition_id", "place_text", "point", "state", "source", "urgent", "due_at", "warn_at",
    "opened_at", "filed_at", "closed_at", "on_time", "district_id", "handler_unit__short_name", "community__name", "subdistrict__name",
)  # fmt: skip
"""What ``case_row`` reads of a case; half of a list's processor time went into columns that no row shows."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for; empty fields do not narrow. Times are aware, ``until`` exclusive, both of the opening."""

    words: str = ""
    category_id: int | None = None
    division_id: int | None = None
    state: str = ""
    light: str = ""
    unit_id: int | None = None
    but_unit_id: int | None = None
    """Whoever handles it but this unit, nobody too."""
    inside_only: bool = False
    """Of a post with an area: without the cases on its border."""
    since: datetime | None = None
    until: datetime | None = None
    open_only: bool = False
    repeat_only: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """One page of cases and how many there are, counted at most to 1,000."""

    rows: tuple[CaseRow, ...]
    total: int
    more: bool


def search(acting: Acting, asked: Asked, *, skip: int = 0, most: int = PAGE, count: bool = True) -> Found:
    """Readable cases that fit, newest first: two statements."""
    cases = matching(acting, asked)
    now = clock.now()
    if count and asked.words.strip() and skip + most < COUNT_MOST:
        # the words are looked up once for count and page: among a million cases that is most of the work
        ids = list(cases.order_by("-id").values_list("pk", flat=True)[: COUNT_MOST + 1])
        page, total = _page(Case.objects.filter(pk__in=ids[skip : skip + most + 1])), len(ids)
    else:
        page = _page(cases, skip, skip + most + 1)
        total = cases.order_by()[: COUNT_MOST + 1].count() if count else len(page)
    more = total > COUNT_MOST or (not count and len(page) > most)
    return Found(_rows(acting, page[:most], now), min(total, COUNT_MOST), more)


def listed(acting: Acting, cases: QuerySet[Case], *, skip: int = 0) -> Found:
    """One page of readable cases that somebody has chosen otherwise, newest first, with their exact number: two statements."""
    total = cases.order_by().count()
    return Found(_rows(acting, _page(cases, skip, skip + PAGE), clock.now()), total, False)


def _rows(acting: Acting, cases: Sequence[Case], now: datetime) -> tuple[CaseRow, ...]:
    rows = tuple(case_row(case, now, border=_is_border(acting, case)) for case in cases)
    return rows if access.sees_points(acting) else tuple(replace(row, longitude=None, latitude=None) for row in rows)


def page_of(acting: Acting, cases: QuerySet[Case], *, skip: int = 0) -> Found:
    """A page of readable cases that a figure counts, newest first, with the exact number of them all: two statements."""
    now = clock.now()
    rows = tuple(case_row(case, now, border=_is_border(acting, case)) for case in _page(cases.order_by(), skip, skip + PAGE))
    if not access.sees_points(acting):
        rows = tuple(replace(row, longitude=None, latitude=None) for row in rows)
    return Found(rows, cases.order_by().count(), more=False)


def matching(acting: Acting, asked: Asked) -> QuerySet[Case]:
    """Readable cases that fit, in no order: for who sums or exports them."""
    cases = _narrowed(access.visible_to(acting), asked)
    if asked.inside_only and acting.division_id is not None:
        here = acting.division_id
        cases = cases.filter(Q(community_id=here) | Q(subdistrict_id=here) | Q(district_id=here))
    return cases


def rows_of(acting: Acting, ids: Sequence[int]) -> list[CaseRow]:
    """Those of the cases that the post may read, in the order asked; one statement."""
    found = {case.pk: case for case in _page(access.visible_to(acting).filter(pk__in=ids))} if ids else {}
    return list(_rows(acting, [found[pk] for pk in ids if pk in found], clock.now()))


def _page(cases: QuerySet[Case], begin: int = 0, end: int | None = None) -> list[Case]:
    return list(cases.select_related("handler_unit", "community", "subdistrict").only(*SHOWN).order_by("-id")[begin:end])


def _is_border(acting: Acting, case: Case) -> bool:
    """Read only because it lies on the border of the acting post's area (desks.md B1)."""
    return acting.division_id is not None and acting.division_id not in (
        case.community_id,
        case.subdistrict_id,
        case.district_id,
    )


def _narrowed(cases: QuerySet[Case], asked: Asked) -> QuerySet[Case]:
    if asked.words.strip():
        cases = cases.filter(by_words(asked.words))
    if asked.category_id:
        cases = cases.filter(category_id=asked.category_id)
    if asked.division_id:
        areas = CaseAccess.objects.filter(division_id=asked.division_id).values("case_id")
        cases = cases.filter(pk__in=areas)
    if asked.state:
        cases = cases.filter(state=asked.state)
    if asked.unit_id:
        cases = cases.filter(handler_unit_id=asked.unit_id)
    if asked.but_unit_id:
        cases = cases.exclude(handler_unit_id=asked.but_unit_id)
    if asked.repeat_only:
        cases = cases.filter(repeat=True)
    if asked.open_only or asked.light in words.LIGHTS:
        cases = cases.filter(closed_at=None, history=False)
    if asked.light in words.LIGHTS:  # an address may carry any word
        now = clock.now()
        cases = cases.filter({"red": Q(due_at__lt=now), "amber": Q(due_at__gte=now, warn_at__lte=now), "green": Q(warn_at__gt=now),
                              "grey": Q(due_at=None)}[asked.light])  # fmt: skip
    if asked.since:
        cases = cases.filter(opened_at__gte=asked.since)
    if asked.until:
        cases = cases.filter(opened_at__lt=asked.until)
    return cases


def by_words(text: str) -> Q:
    """All bigrams must stand in the words of a case; a number is found by its digits too."""
    query = None
    for word in bigrams(text):
        part = SearchQuery(word, config="simple", search_type="plain")
        query = part if query is None else query & part
    number = Q(number=normal(text).strip()) | Q(number=text.strip())
    return number | Q(words=query) if query is not None else number


@dataclass(frozen=True, slots=True)
class Near:
    """A case close by, with direction and distance in metres from the asked point."""

    case_id: int
    number: str
    title: str
    state: str
    state_word: str
    unit: str
    distance_m: int
    direction: str
    same_category: bool
    longitude: float
    latitude: float
    light: Light
    open: bool
    duplicate: bool = False
    """Open, of the asked category and within its radius: 并入 is offered (case-rules 9)."""
    repeat: bool = False
    """Closed within the hours of 反复, of the asked category and within its radius."""
    thumb_id: int | None = None


DIRECTIONS = (
    gettext_lazy("东"), gettext_lazy("东北"), gettext_lazy("北"), gettext_lazy("西北"),
    gettext_lazy("西"), gettext_lazy("西南"), gettext_lazy("南"), gettext_lazy("东南"),
)  # fmt: skip


REGISTER_NEAR_M, REGISTER_NEAR_DAYS = 100, 7
"""What is listed while a matter is registered; the platform's setting ``register_near`` (CY-20-7)."""


def near(
    acting: Acting, longitude: float, latitude: float, *, radius_m: float = 30, days: int = 7, category_id: int | None = None,
    exclude: int | None = None, most: int = 9,
) -> list[Near]:  # fmt: skip
    """Readable cases within ``radius_m`` opened in the last ``days`` or still open, nearest first: one statement.

    Where the asked category's own radius is larger, that one counts, so that no duplicate is missed.

    None for a company, whom distances would tell where things are.
    """
    if not access.sees_points(acting):
        return []
    srid = platform_of(acting.cases_platform_id).metric_srid
    now = clock.now()
    chosen = catalog.find_category(category_id)
    same_m = chosen.duplicate_radius_m if chosen else 0
    radius_m = max(radius_m, same_m)
    height = radius_m / 110_000
    width = height / max(cos(radians(latitude)), 0.1)
    box = Polygon.from_bbox((longitude - width, latitude - height, longitude + width, latitude + height))
    box.srid = STORAGE_SRID
    cases = access.visible_to(acting).filter(point__bboverlaps=box)
    cases = cases.filter(Q(opened_at__gte=now - timedelta(days=days)) | Q(closed_at=None, history=False)).exclude(pk=exclude or 0)
    x0, y0 = to_metric(longitude, latitude, srid)
    found = []
    for case in cases.select_related("handler_unit").defer("words", "description", "last_hash").order_by("-id")[:60]:
        assert case.point is not None
        x, y = to_metric(case.point.x, case.point.y, srid)
        distance = ((x - x0) ** 2 + (y - y0) ** 2) ** 0.5
        if distance <= radius_m:
            found.append(_near(case, x - x0, y - y0, distance, category_id, same_m, now))
    return sorted(found, key=lambda one: (not one.same_category, one.distance_m))[:most]


def _near(case: Case, dx: float, dy: float, distance: float, category_id: int | None, same_m: int, now: datetime) -> Near:
    same = case.category_id == category_id and distance <= same_m
    octant = round(atan2(dy, dx) / (pi / 4)) % 8
    assert case.point is not None
    return Near(
        case_id=case.pk, number=case.number or "", title=title_of(case.category_id, case.condition_id), state=case.state,
        state_word=str(words.STATES[case.state]), unit=case.handler_unit.short_name if case.handler_unit else "",
        distance_m=round(distance), direction=str(DIRECTIONS[octant]), same_category=case.category_id == category_id,
        longitude=case.point.x, latitude=case.point.y, light=light_of(case.due_at, case.warn_at, now, paused=case.closed_at is not None),
        open=case.closed_at is None, duplicate=same and case.state in UNDER_WAY and not case.history,
        repeat=same and case.state in repeats.CLOSED and repeats.is_repeat(case.closed_at, now, repeats.hours_of(case.platform_id)),
    )  # fmt: skip
