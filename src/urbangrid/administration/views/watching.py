"""权限 for the security administrator, 审计 for the audit administrator."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from urbangrid.accounts import actions as accounts
from urbangrid.administration import forms, queries, security, words
from urbangrid.administration import trail as trails
from urbangrid.administration.views.common import acting_of, page, toast
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.organizations.acting import acting_required


@require_GET
@acting_required("administer_security")
def rights(request: HttpRequest) -> HttpResponse:
    """Posts × duties as they are in force, locked accounts, open sessions."""
    return _rights(request)


@require_POST
@acting_required("administer_security")
def unlock(request: HttpRequest, user_id: int) -> HttpResponse:
    """解锁 before the fifteen minutes are over."""
    acting = acting_of(request)
    user = queries.person_of(acting.platform_id, user_id)
    if user is None:
        raise NotFound("admin_unknown")
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
        sessions=security.open_sessions(platform_id),
    )  # fmt: skip


@require_GET
@acting_required("read_audit")
def trail(request: HttpRequest) -> HttpResponse:
    """The trail by person, act and days."""
    acting, asked, fault = acting_of(request), request.GET, None
    first = last = None
    try:
        first, last = forms.day(asked, "first", _("起")), forms.day(asked, "last", _("止"))
    except Refusal as refusal:
        fault = refusal
    wanted = trails.Asked(
        forms.plain(asked.get("person"), 40), forms.plain(asked.get("act"), 40), first, last, forms.number(asked.get("before"))
    )
    found = trails.read(acting.platform_id, acting.zone, wanted)
    return page(request, "trail.html", fault, trail=found, typed=asked, acts=words.ACTS.items(), paged=wanted.before > 0)
