"""Small answers that pages fetch: photos, uploads, choices, map outlines, drafts."""

from __future__ import annotations

import json
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from urbangrid.cases import access, drafts, estimates, search
from urbangrid.cases import views as case_files
from urbangrid.catalog import queries as catalog
from urbangrid.core.errors import Refusal
from urbangrid.core.platforms import platform_of
from urbangrid.grids import queries as grids
from urbangrid.organizations import unit_search
from urbangrid.workbench.views.common import acting_of, number, page


def photo(request: HttpRequest, file_id: int) -> FileResponse:
    """A stored photo, to who may see it."""
    return case_files.photo(acting_of(request), file_id)


def thumb(request: HttpRequest, file_id: int) -> FileResponse:
    """The small picture of a photo."""
    return case_files.thumb(acting_of(request), file_id)


@require_POST
def upload(request: HttpRequest) -> JsonResponse:
    """One photo in one request (desks on the inside network); the phone sends parts to the live process instead."""
    return case_files.upload(request, acting_of(request))


def categories(request: HttpRequest) -> HttpResponse:
    """All categories for choice by pinyin initials; cached by the browser until the catalogue changes."""
    acting = acting_of(request)
    answer = HttpResponse(catalog.category_options_json(acting.cases_platform_id), content_type="application/json")
    answer["Cache-Control"] = "private, max-age=300"
    return answer


def conditions(request: HttpRequest, category_id: int) -> HttpResponse:
    """The filing conditions of a category with limit and due time, as the form shows them."""
    acting = acting_of(request)
    grade = number(request.GET.get("grade"))
    rows = estimates.conditions(acting, category_id, grade)
    part = number(request.GET.get("part"))
    return page(request, "workbench/parts/conditions.html", conditions=rows, condition_id=number(request.GET.get("condition")),
                category=catalog.category(category_id), name="condition_id" if part is None else f"part-{part}-condition_id")  # fmt: skip


MOST_UNITS = 1000
"""Of a city; the page takes them all at once and searches by itself, key by key."""


def units(request: HttpRequest) -> JsonResponse:
    """Units that can be dispatched to: all of them, or the best by pinyin initials or words."""
    acting = acting_of(request)
    search = unit_search.search_any if request.GET.get("any") == "1" else unit_search.search_units
    typed = request.GET.get("q", "")
    found = search(acting.platform_id, typed) if typed else search(acting.platform_id, "", most=MOST_UNITS)
    return JsonResponse({"units": [{"id": str(one.unit_id), "name": one.name, "initials": one.initials} for one in found]})


def place(request: HttpRequest) -> JsonResponse:
    """What a clicked point lies in: cell, community, sub-district, road."""
    acting = acting_of(request)
    longitude, latitude = _degrees(request)
    found = grids.locate(platform_of(acting.cases_platform_id), (longitude, latitude))
    return JsonResponse(
        {
            "outside": found.outside,
            "cell": found.cell_code,
            "community": found.community,
            "subdistrict": found.subdistrict,
            "road": found.road,
            "grade": found.area_grade,
        }  # fmt: skip
    )


def outlines(request: HttpRequest) -> HttpResponse:
    """Outlines for the small map inside a box of degrees: divisions always, roads in a part of the city, cells when there are few."""
    acting = acting_of(request)
    try:
        west, south, east, north = (float(text) for text in request.GET.get("box", "").split(","))
    except ValueError as error:
        raise Refusal("place_missing", status=422) from error
    platform = platform_of(acting.cases_platform_id)
    box = (west, south, east, north)
    body: dict[str, Any] = {}
    levels = next((levels for widest, levels in SHOWN_UP_TO if east - west < widest), WIDE)  # a width that is no number is wide
    for level in levels:
        found = grids.outlines(platform, box, level)
        body[level] = json.loads(found) if isinstance(found, str | bytes) else found
    answer = JsonResponse(body)
    answer["Cache-Control"] = "private, max-age=300"
    return answer


SHOWN_UP_TO = (
    (0.03, ("subdistrict", "community", "road", "cell")),
    (0.09, ("district", "subdistrict", "road")),
)
"""Width of the box in degrees, and what is drawn below it."""
WIDE = ("district", "subdistrict")


def near(request: HttpRequest) -> HttpResponse:
    """Cases close to a point, for registration: duplicates are seen before they are made."""
    acting = acting_of(request)
    longitude, latitude = _degrees(request)
    # CY-20-7: settable
    asked = platform_of(acting.platform_id).settings.get("register_near", {})
    radius, days = int(asked.get("radius_m", search.REGISTER_NEAR_M)), int(asked.get("days", search.REGISTER_NEAR_DAYS))
    rows = search.near(acting, longitude, latitude, radius_m=radius, days=days, category_id=number(request.GET.get("category")))
    first_open = next((one.case_id for one in rows if one.open), None)
    return page(request, "workbench/parts/near_register.html", near=rows, radius=radius, days=days, first_open=first_open)


def _degrees(request: HttpRequest) -> tuple[float, float]:
    try:
        longitude, latitude = float(request.GET["longitude"]), float(request.GET["latitude"])
    except (KeyError, ValueError) as error:
        raise Refusal("place_missing", status=422, field="longitude") from error
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise Refusal("place_missing", status=422, field="longitude")
    return longitude, latitude


@require_POST
def draft(request: HttpRequest) -> JsonResponse:
    """Keep what is being typed; an empty body throws the draft away."""
    acting = acting_of(request)
    key = request.POST.get("draft", "")[:60]
    inputs = {name: request.POST[name] for name in request.POST if name not in ("draft", "csrfmiddlewaretoken")}
    if inputs and key:
        drafts.keep(acting, key, None, inputs)
    elif key:
        drafts.forget(acting, key)
    return JsonResponse({"kept": bool(inputs)})


def readable_case(request: HttpRequest, case_id: int) -> JsonResponse:
    """The seq of a case, so that an open page learns that it has moved on."""
    case = access.readable(acting_of(request), case_id)
    return JsonResponse({"seq": case.seq, "state": case.state})
