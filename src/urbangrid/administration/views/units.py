"""单位, 岗位: what the system administrator keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from urbangrid.administration import forms, queries, words
from urbangrid.administration.views.common import acting_of, page, toast
from urbangrid.catalog import queries as catalog
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.core.platforms import platform_of
from urbangrid.organizations import actions
from urbangrid.organizations.acting import Acting, acting_required
from urbangrid.organizations.models import Unit

FIRST_PAGE = {
    "administer_security": "administration:rights", "read_audit": "administration:trail", "administer_business": "catalog:handbook",
}  # fmt: skip


@require_GET
@acting_required("administer_system", *FIRST_PAGE)
def home(request: HttpRequest) -> HttpResponse:
    """The first page of each administrator; the system administrator's is the tree of units."""
    acting = acting_of(request)
    first = next((name for duty, name in FIRST_PAGE.items() if acting.may(duty)), "")
    if first and not acting.may("administer_system"):
        return redirect(first)
    typed = forms.plain(request.GET.get("typed"), 40)
    return page(request, "units.html", rows=queries.unit_rows(acting.platform_id, typed), typed=typed)


@acting_required("administer_system")
def new(request: HttpRequest) -> HttpResponse:
    """A new unit, below the one it was started from."""
    acting = acting_of(request)
    if request.method != "POST":
        return _form(request, acting, None, {"parent": request.GET.get("parent", ""), "calendar": "office"})
    try:
        unit = _create(acting, request.POST)
    except Refusal as fault:
        return _form(request, acting, None, request.POST, fault)
    toast(request, _("%(name)s已建立") % {"name": unit.name})
    return redirect("administration:unit", unit.pk)


@acting_required("administer_system")
def edit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """A unit with its people; what may change of it is the form."""
    acting = acting_of(request)
    unit = queries.unit_of(acting.platform_id, unit_id)
    if unit is None:
        raise NotFound("admin_unknown")
    if request.method != "POST":
        return _form(request, acting, unit, _typed(unit))
    try:
        changed = _change(acting, unit, request.POST)
    except Refusal as fault:
        return _form(request, acting, unit, request.POST, fault)
    toast(request, _("%(name)s已保存") % {"name": changed.name})
    return redirect("administration:unit", unit_id)


@require_GET
@acting_required("administer_system")
def posts(request: HttpRequest) -> HttpResponse:
    """岗位 with their duties, and who they are filled with."""
    platform_id = acting_of(request).platform_id
    return page(request, "posts.html", rows=queries.post_rows(platform_id), personnel=queries.personnel(platform_id))


@require_GET
@acting_required("administer_system")
def inspectors(request: HttpRequest) -> HttpResponse:
    """监督员配备: inspectors of each community against the plan of the model, the platform's own where it set one."""
    platform = platform_of(acting_of(request).platform_id)
    planned = int(platform.settings.get("inspectors_per_community", 1))
    rows = queries.establishment(platform.pk, planned)
    missing = sum(row.missing for row in rows)
    return page(request, "inspectors.html", rows=rows, planned=planned, missing=missing, total=sum(row.inspectors for row in rows))


def _create(acting: Acting, posted: QueryDict) -> Unit:
    return actions.create_unit(
        platform_id=acting.platform_id, code=forms.text(posted, "code", _("编号"), 20), name=forms.text(posted, "name", _("名称"), 60),
        kind=forms.chosen(posted, "kind", _("类型"), Unit.KINDS), **_common(acting, posted), acting=acting,
    )  # fmt: skip


def _change(acting: Acting, unit: Unit, posted: QueryDict) -> Unit:
    return actions.edit_unit(
        unit_id=unit.pk, name=forms.text(posted, "name", _("名称"), 60), is_active=posted.get("is_active") == "on",
        handles_cases=posted.get("handles_cases") == "on",
        **_common(acting, posted), acting=acting,
    )  # fmt: skip


def _common(acting: Acting, posted: QueryDict) -> dict[str, Any]:
    parent = queries.unit_of(acting.platform_id, forms.number(posted.get("parent")))
    if posted.get("parent") and parent is None:
        raise Refusal("admin_choice", status=422, field="parent", label=_("上级单位"))
    return {
        "short_name": forms.text(posted, "short_name", _("简称"), 20, needed=False),
        "parent_id": parent.pk if parent else None,
        "calendar_code": forms.chosen(posted, "calendar", _("工作日历"), catalog.calendar_names(acting.platform_id)),
        "duty_phone": forms.text(posted, "duty_phone", _("值班电话"), 20, needed=False),
        "share_percent": int(forms.chosen(posted, "share_percent", _("时限份额"), SHARES)),
        "answers_directly": posted.get("answers_directly") == "on",
    }


SHARES = tuple(str(percent) for percent in range(100, 0, -5))
"""Percent of what is left of the limit that a sub-unit gets."""


def _typed(unit: Unit) -> dict[str, str]:
    return {
        "code": unit.code, "name": unit.name, "short_name": unit.short_name, "kind": unit.kind, "parent": str(unit.parent_id or ""),
        "calendar": unit.calendar_code, "duty_phone": unit.duty_phone, "is_active": "on" if unit.is_active else "",
        "share_percent": str(unit.share_percent), "answers_directly": "on" if unit.answers_directly else "",
        "handles_cases": "on" if unit.handles_cases else "",
    }  # fmt: skip


def _form(request: HttpRequest, acting: Acting, unit: Unit | None, typed: Mapping[str, Any], fault: Refusal | None = None) -> HttpResponse:
    rows = queries.unit_rows(acting.platform_id)
    return page(
        request, "unit.html", fault, unit=unit, typed=typed, kinds=words.UNIT_KINDS.items(),
        parents=[(str(row.unit.pk), row.unit.name, row.depth) for row in rows if unit is None or row.unit.pk != unit.pk],
        calendars=catalog.calendar_names(acting.platform_id).items(), shares=SHARES, staff=queries.staff_of(unit) if unit else [],
    )  # fmt: skip
