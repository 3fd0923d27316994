"""权限 for the security administrator, 审计 for the audit administrator."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from urbangrid.accounts import actions as accounts
from urbangrid.administration import forms, queries, security, words
from urbangrid.administration import trail as trails
from urbangrid.administration.views.common import acting_of, page, toast
from urbangrid.catalog.spreadsheets import MEDIA_TYPE
from urbangrid.core import limits
from urbangrid.core.clients import address_of
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.organizations.acting import acting_required
from urbangrid.ui.middleware import say_when


@require_GET
@acting_required("administer_security")
def rights(request: HttpRequest) -> HttpResponse:
    """Posts × duties as they are in force, locked accounts."""
    return _rights(request)


@require_POST
@acting_required("administer_security")
def unlock(request: HttpRequest, user_id: int) -> HttpResponse:
    """解锁 before the fifteen minutes are over."""
    acting = acting_of(request)
    user = queries.person_of(acting.platform_id, user_id)
    if user is None:
        raise NotFound("admin_unknown")
    queries.check_own(acting.platform_id, user)
    try:
        accounts.unlock(user.pk, acting)
    except Refusal as fault:
        return _rights(request, fault)
    toast(request, _("%(name)s的账号已解锁") % {"name": user.name})
    return redirect("administration:rights")


def _rights(request: HttpRequest, fault: Refusal | None = None) -> HttpResponse:
    platform_id = acting_of(request).platform_id
    return page(
        request, "rights.html", fault, matrix=security.matrix(platform_id), locked=security.locked(platform_id),
    )  # fmt: skip


@require_GET
@acting_required("read_audit")
def trail(request: HttpRequest) -> HttpResponse:
    """The trail by person, act and days."""
    wanted, fault = _wanted(request.GET)
    return _trail(request, wanted, fault)


def _wanted(asked: QueryDict) -> tuple[trails.Asked, Refusal | None]:
    """The filters, and what is wrong with a day."""
    first = last = fault = None
    try:
        first, last = forms.day(asked, "first", _("起")), forms.day(asked, "last", _("止"))
    except Refusal as refusal:
        fault = refusal
    person, act, about = (forms.plain(asked.get(name), 40) for name in ("person", "act", "about"))
    return trails.Asked(person, act, about, first, last, forms.number(asked.get("before"))), fault


def _trail(request: HttpRequest, wanted: trails.Asked, fault: Refusal | None) -> HttpResponse:
    acting = acting_of(request)
    found = trails.read(acting.platform_id, acting.zone, wanted)
    return page(request, "trail.html", fault, trail=found, typed=request.GET, acts=words.ACTS.items(), paged=wanted.before > 0)


@require_GET
@acting_required("read_audit")
def trail_file(request: HttpRequest) -> HttpResponse:
    """The trail as filtered, as a spreadsheet; the export is itself on the trail."""
    acting = acting_of(request)
    wanted, fault = _wanted(request.GET)
    if fault is None:
        try:
            limits.spend("export.person", acting.user_id)
            data = trails.spreadsheet(acting, wanted, address_of(request))
            disposition = content_disposition_header(as_attachment=True, filename=_("审计") + ".xlsx")
            return HttpResponse(data, content_type=MEDIA_TYPE, headers={"Content-Disposition": disposition or "attachment"})
        except Refusal as refusal:
            fault = refusal
    return say_when(_trail(request, wanted, fault), fault)
