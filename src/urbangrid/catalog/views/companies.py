"""企业名录: the register of public-service companies with list, detail and form (CY-2.2d)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from urbangrid.catalog import companies, queries
from urbangrid.catalog.companies import CompanyInputs, Contact
from urbangrid.catalog.models import Company
from urbangrid.catalog.views.common import PAGE_ROWS, acting_of, number, page, toast, words
from urbangrid.core.errors import Refusal
from urbangrid.grids.models import Division
from urbangrid.organizations.acting import acting_required
from urbangrid.organizations.models import Unit

CONTACTS = 6
"""Lines for contacts on the form."""


@require_GET
@acting_required("administer_business")
def register(request: HttpRequest) -> HttpResponse:
    """The companies, by kind and words; units of kind company that are not in the register yet stand below."""
    platform_id, kind, typed = acting_of(request).platform_id, words(request.GET, "kind", 20), words(request.GET, "typed")
    rows = companies.register(platform_id, kind=kind, typed=typed)
    shown = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
    outside = Unit.objects.filter(platform_id=platform_id, kind="company", is_active=True, company=None).order_by("code")
    return page(
        request,
        "companies.html",
        {
            "page": shown,
            "typed": typed,
            "kind": kind,
            "kinds": companies.kinds(platform_id),
            "outside": outside,
            "calendars": queries.calendar_names(platform_id),
        },
    )


@acting_required("administer_business")
def new(request: HttpRequest) -> HttpResponse:
    """A company: a new unit, or one that is there (``unit``) and enters the register."""
    acting = acting_of(request)
    companies.load_kinds()
    unit = Unit.objects.filter(platform_id=acting.platform_id, kind="company", pk=number(request.GET.get("unit")), company=None).first()
    if request.method != "POST":
        return _form(request, None, _start(request, unit), unit=unit)
    try:
        inputs = _inputs(request, request.POST)
        if unit is not None:
            made = companies.enter(acting, unit.pk, inputs)
        else:
            made = companies.create(acting, _text(request.POST, "code", _("编号"), 20), inputs)
    except Refusal as fault:
        return _form(request, None, request.POST, fault, unit=unit)
    toast(request, _("%(name)s已列入企业名录") % {"name": made.unit.name})
    return redirect("catalog:company", made.pk)


@acting_required("administer_business")
def edit(request: HttpRequest, company_id: int) -> HttpResponse:
    """A company with everything the register knows; the form changes it."""
    acting = acting_of(request)
    row = companies.company(acting.platform_id, company_id)
    if request.method != "POST":
        return _form(request, row, _values(row))
    try:
        changed = companies.change(acting, company_id, _inputs(request, request.POST))
    except Refusal as fault:
        return _form(request, row, request.POST, fault)
    toast(request, _("%(name)s已保存") % {"name": changed.unit.name})
    return redirect("catalog:company", company_id)


def _start(request: HttpRequest, unit: Unit | None) -> dict[str, Any]:
    """A form started from a kind has the classes that such a company usually serves."""
    platform_id, code = acting_of(request).platform_id, words(request.GET, "kind", 20)
    kind = next((one for one in companies.kinds(platform_id) if one.code == code), None)
    usual = [str(number_) for number_ in companies.usual_classes(platform_id, kind)] if kind else []
    start: dict[str, Any] = {"kind": code, "calendar": "office", "classes": usual, "is_active": "on"}
    if unit is not None:
        start |= {"name": unit.name, "short_name": unit.short_name, "calendar": unit.calendar_code, "duty_phone": unit.duty_phone}
    return start


def _values(row: Company) -> dict[str, Any]:
    unit = row.unit
    found: dict[str, Any] = {
        "name": unit.name, "short_name": unit.short_name, "calendar": unit.calendar_code, "duty_phone": unit.duty_phone,
        "is_active": "on" if unit.is_active else "", "kind": row.kind.code, "contract_number": row.contract_number, "note": row.note,
        "contract_from": row.contract_from.isoformat() if row.contract_from else "",
        "contract_to": row.contract_to.isoformat() if row.contract_to else "",
        "classes": [str(one.id) for one in row.categories.all()], "areas": [str(one.id) for one in row.divisions.all()],
    }  # fmt: skip
    for place, one in enumerate(companies.contacts_of(row)[:CONTACTS], 1):
        found |= {f"name{place}": one.name, f"role{place}": one.role, f"phone{place}": one.phone}
        if one.on_duty:
            found["on_duty"] = str(place)
    return found


# --- what was typed ---


def _text(posted: QueryDict, field: str, label: str, most: int, *, needed: bool = True) -> str:
    typed = words(posted, field, most + 1)
    if needed and not typed:
        raise Refusal("catalog.row_missing", status=422, field=field, label=label)
    if len(typed) > most:
        raise Refusal("catalog.company_long", status=422, field=field, label=label, most=most)
    return typed


def _day(posted: QueryDict, field: str, label: str) -> date | None:
    typed = words(posted, field, 10)
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise Refusal("catalog.company_day", status=422, field=field, label=label) from error


def _inputs(request: HttpRequest, posted: QueryDict) -> CompanyInputs:
    calendar = words(posted, "calendar", 20)
    if calendar not in queries.calendar_names(acting_of(request).platform_id):
        raise Refusal("catalog.row_missing", status=422, field="calendar", label=_("服务时间"))
    classes = tuple(found for one in posted.getlist("classes") if (found := number(one)))
    if not classes:
        raise Refusal("catalog.row_missing", status=422, field="classes", label=_("服务的小类"))
    return CompanyInputs(
        name=_text(posted, "name", _("名称"), 60), short_name=_text(posted, "short_name", _("简称"), 20, needed=False),
        kind_code=words(posted, "kind", 20), calendar_code=calendar,
        duty_phone=_text(posted, "duty_phone", _("值班电话"), 20), category_ids=classes,
        division_ids=tuple(found for one in posted.getlist("areas") if (found := number(one))), contacts=_contacts(posted),
        contract_number=_text(posted, "contract_number", _("合同编号"), 40, needed=False),
        contract_from=_day(posted, "contract_from", _("合同起始")), contract_to=_day(posted, "contract_to", _("合同终止")),
        note=_text(posted, "note", _("备注"), 300, needed=False), is_active=posted.get("is_active") == "on",
    )  # fmt: skip


def _contacts(posted: QueryDict) -> tuple[Contact, ...]:
    found = []
    for place in range(1, CONTACTS + 1):
        name = _text(posted, f"name{place}", _("联系人"), 20, needed=False)
        if not name:
            continue
        phone = _text(posted, f"phone{place}", _("联系人电话"), 20)
        role = _text(posted, f"role{place}", _("职务"), 20, needed=False)
        found.append(Contact(name, role, phone, posted.get("on_duty") == str(place)))
    return tuple(found)


def _form(
    request: HttpRequest, row: Company | None, typed: Mapping[str, Any], fault: Refusal | None = None, *, unit: Unit | None = None
) -> HttpResponse:
    platform_id = acting_of(request).platform_id
    chosen = {name: set(typed.getlist(name) if isinstance(typed, QueryDict) else typed.get(name, ())) for name in ("classes", "areas")}
    lines = [
        (str(place), {part: typed.get(f"{part}{place}", "") for part in ("name", "role", "phone")}) for place in range(1, CONTACTS + 1)
    ]
    return page(
        request,
        "company.html",
        {
            "row": row,
            "unit": unit,
            "typed": typed,
            "chosen": chosen,
            "lines": lines,
            "kinds": companies.kinds(platform_id),
            "calendars": queries.calendar_names(platform_id),
            "options": _options(platform_id, chosen["classes"]),
            "areas": Division.objects.filter(platform_id=platform_id, valid_to=None, level="subdistrict")
            .order_by("code")
            .values_list("id", "name"),
        },
        fault,
    )


def _options(platform_id: int, chosen: set[str]) -> list[tuple[str, list[tuple[str, str, bool]], bool]]:
    """Classes by major, those chosen marked; the groups with a chosen one first and open."""
    groups: dict[str, list[tuple[str, str, bool]]] = {}
    for option in queries.category_options(platform_id):
        group = option.path.rsplit("·", 1)[0]
        groups.setdefault(group, []).append((str(option.id), option.name, str(option.id) in chosen))
    listed = [(group, rows, any(marked for _id, _name, marked in rows)) for group, rows in groups.items()]
    return sorted(listed, key=lambda one: not one[2])
