"""The sub-district's pages: 本辖区全部 with 催办 and 督办 from the list, and the weekly table (desks.md B1–B4; HD-2.3.2a, b, e)."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from urbangrid.cases import area_tables, search, words
from urbangrid.cases.actions import ordering
from urbangrid.cases.actions.inputs import OrderInputs
from urbangrid.cases.area_tables import AreaCounts, Period, Table, TableAsked
from urbangrid.catalog import queries as catalog
from urbangrid.catalog.spreadsheets import MEDIA_TYPE
from urbangrid.core import clock
from urbangrid.core.clients import address_of
from urbangrid.core.errors import Refusal
from urbangrid.core.platforms import platform_of
from urbangrid.grids import queries as grids
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting, acting_required
from urbangrid.workbench import desks
from urbangrid.workbench.views.common import acting_of, day, number, page, toast

MOST = 200
"""Cases that are urged at once."""
LONGEST = timedelta(days=366)
"""Of a period."""


@require_GET
@acting_required("read_area")
def area(request: HttpRequest) -> HttpResponse:
    """本辖区全部: what lies in the sub-district and on its border; list, map and count are the same cases (desks.md B1)."""
    return _area(request, request.GET)


def _asked(get: QueryDict, acting: Acting, *, handles: bool) -> search.Asked:
    """An office that handles cases itself has two lists, never one: 只监督 and 本街办理 (B4)."""
    own = handles and get.get("list") == "own"
    return search.Asked(
        open_only=get.get("all") != "1", light=get.get("light", ""), words=get.get("words", "")[:100],
        unit_id=acting.unit_id if own else None, but_unit_id=acting.unit_id if handles and not own else None,
        inside_only=own or get.get("inside") == "1",
    )  # fmt: skip


def _area(request: HttpRequest, get: QueryDict, *, fault: Refusal | None = None, ticked: tuple[int, ...] = ()) -> HttpResponse:
    acting = acting_of(request)
    handles = organizations.unit(acting.unit_id).handles_cases
    asked = _asked(get, acting, handles=handles)
    number_of_page = max(number(get.get("page")) or 1, 1)
    found = search.search(acting, asked, skip=(number_of_page - 1) * search.PAGE)
    points = [row for row in found.rows if row.longitude is not None]
    box = grids.extent(platform_of(acting.cases_platform_id))
    centre = (points[0].longitude, points[0].latitude) if points else ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) if box else (0.0, 0.0)
    counts: AreaCounts = area_tables.counts(acting, asked)
    return page(
        request, "workbench/subdistrict.html", fault.status if fault else 200, found=found, asked=asked, number=number_of_page,
        acting=acting, points=points, centre=centre, has_next=found.total > number_of_page * search.PAGE, counts=counts, handles=handles,
        own=handles and asked.unit_id is not None, fault=fault, ticked=ticked, note=request.POST.get("note", ""), query=get.urlencode(),
        sends=[kind for kind in ("reminder", "order") if acting.may(SENDING[kind])], tickable=not (handles and asked.unit_id),
        desk=desks.waiting(acting), default_answer=ordering.default_of_several(acting),
    )  # fmt: skip


SENDING = {"reminder": "remind", "order": "order"}
"""Kind → the duty."""


@require_POST
@acting_required("read_area")
def send(request: HttpRequest) -> HttpResponse:
    """催办 or 督办 of the ticked cases (B2); cases urged within the hour are left out and named."""
    acting, get = acting_of(request), QueryDict(request.POST.get("query", "")[:500])
    ticked = tuple(found for text in request.POST.getlist("case")[:MOST] if (found := number(text)))
    kind = "order" if request.POST.get("kind") == "order" else "reminder"
    note = request.POST.get("note", "")
    try:
        if not ticked:
            raise Refusal("nothing_ticked_to_urge", status=422, field="case")
        if kind == "order" and not note.strip():
            raise Refusal("order_without_words", status=422, field="note", order=words.REQUESTS[kind])
        sent = ordering.send_many(acting, kind, ticked, OrderInputs(note=note))
    except Refusal as fault:
        return _area(request, get, fault=fault, ticked=ticked)
    parts = [_("已%(order)s %(count)s 件") % {"order": words.REQUESTS[kind], "count": sent.done}]
    if sent.left_out:
        parts.append(_("一小时内已催过，略过：%(units)s") % {"units": _("、").join(sent.left_out)})
    toast(request, _("；").join([*parts, *dict.fromkeys(sent.refused)]))
    return redirect(f"{reverse('workbench:area')}?{get.urlencode()}")


# --- 社区 × 类别 ---


@require_GET
@acting_required("read_area", "read_all")
def weekly(request: HttpRequest) -> HttpResponse:
    """This week's table of the own area, or of any sub-district for the centre; another week or period by the form."""
    acting = acting_of(request)
    table, area, choices = _table(request, acting)
    week = table.asked.period
    return page(
        request, "workbench/weekly.html", acting=acting, table=table, area=area, areas=choices, basis=area_tables.BASIS,
        units=organizations.all_units(acting.platform_id), category=catalog.find_category(table.asked.category_id),
        earlier=week.first - timedelta(days=7), later=week.first + timedelta(days=7), query=request.GET.urlencode(),
    )  # fmt: skip


@require_GET
@acting_required("read_area", "read_all")
def weekly_file(request: HttpRequest) -> HttpResponse:
    """The same table as .xlsx."""
    acting = acting_of(request)
    table, area, _choices = _table(request, acting)
    made = area_tables.as_xlsx(acting, table, area, address=address_of(request))
    name = _("%(area)s 社区与类别 %(first)s") % {"area": area, "first": table.asked.period.first}
    disposition = content_disposition_header(as_attachment=True, filename=f"{name}.xlsx") or "attachment"
    return HttpResponse(made, content_type=MEDIA_TYPE, headers={"Content-Disposition": disposition, "Cache-Control": "no-store"})


def _table(request: HttpRequest, acting: Acting) -> tuple[Table, str, list[tuple[int, str]]]:
    """The table of the address, the area's name, and the areas that the post may choose among."""
    tree = grids.area_tree(platform_of(acting.cases_platform_id))
    named = {node.id: node.name for node in grids.walk(tree)}
    offered = [(node.id, node.name) for node in grids.walk(tree) if node.level == "subdistrict"]
    free = acting.may("read_all") and acting.division_id is None
    area_id = area_tables.area_of(acting, number(request.GET.get("area")), [number_ for number_, _name in offered])
    get = request.GET
    asked = TableAsked(
        division_id=area_id, period=_period(get, acting), by="cell" if get.get("by") == "cell" else "community",
        major=get.get("classes") != "minor", category_id=number(get.get("category")), unit_id=number(get.get("unit")),
    )  # fmt: skip
    found = area_tables.table(acting.cases_platform_id, acting.zone, asked, area_tables.now())
    return found, named.get(area_id, ""), offered if free else []


def _period(get: QueryDict, acting: Acting) -> Period:
    """``since`` and ``until`` where both are given, at most a year; else the week of ``week``, else this one."""
    first, last = day(get.get("since")), day(get.get("until"))
    if first is not None and last is not None and first <= last <= first + LONGEST:
        return Period(first, last)
    return area_tables.week_of(day(get.get("week")) or clock.now().astimezone(acting.zone).date())
