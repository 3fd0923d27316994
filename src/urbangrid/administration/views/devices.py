"""终端 for the security administrator: the register, admitting, blocking, the printed list, the rules."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from urbangrid.accounts import devices as accounts
from urbangrid.accounts.messages import DEVICE_REASONS, DEVICE_STATES
from urbangrid.administration import devices, forms, queries
from urbangrid.administration.views.common import acting_of, page, toast
from urbangrid.audit.actions import note
from urbangrid.core import limits
from urbangrid.core.clients import address_of
from urbangrid.core.errors import Refusal
from urbangrid.core.platforms import platform_of
from urbangrid.organizations.acting import acting_required
from urbangrid.organizations.signin import rules_of


@require_GET
@acting_required("administer_security")
def register(request: HttpRequest) -> HttpResponse:
    """终端: the register and the rules."""
    return _draw(request)


def _asked(request: HttpRequest) -> tuple[str, str]:
    state = request.GET.get("state", "")
    return forms.plain(request.GET.get("typed"), 40), state if state in DEVICE_STATES else ""


def _draw(request: HttpRequest, fault: Refusal | None = None) -> HttpResponse:
    acting, (typed, state) = acting_of(request), _asked(request)
    rules = rules_of(acting.platform_id)
    found, rows = devices.page_of(acting.platform_id, typed, state, request.GET.get("page"))
    posts = [(row.post, row.post.code in rules.device_posts) for row in queries.post_rows(acting.platform_id)]
    return page(
        request, "devices.html", fault, page=found, rows=rows, typed=typed, state=state, states=DEVICE_STATES.items(),
        reasons=DEVICE_REASONS.items(), rules=rules, posts=posts,
    )  # fmt: skip


@require_POST
@acting_required("administer_security")
def admit(request: HttpRequest, device_id: int) -> HttpResponse:
    """准入, also of one that was blocked and found again."""
    try:
        device = accounts.admit(device_id, acting_of(request), request.POST.get("number", ""), request.POST.get("model", ""))
    except Refusal as fault:
        return _draw(request, fault)
    toast(request, _("终端 %(device)s 已准入") % {"device": device.words})
    return redirect("administration:devices")


@require_POST
@acting_required("administer_security")
def block(request: HttpRequest, device_id: int) -> HttpResponse:
    """停用 for a reason, e.g. lost; what is open on it ends at once."""
    try:
        device = accounts.block(device_id, acting_of(request), request.POST.get("reason", ""))
    except Refusal as fault:
        return _draw(request, fault)
    toast(request, _("终端 %(device)s 已停用，它的登录和令牌已失效；持有人的账号不受影响") % {"device": device.words})
    return redirect("administration:devices")


@require_GET
@acting_required("administer_security")
def sheet(request: HttpRequest) -> HttpResponse:
    """The register on paper, as it is filtered; that it was printed is on the trail."""
    acting, (typed, state) = acting_of(request), _asked(request)
    limits.spend("export.person", acting.user_id)
    rows = devices.all_of(acting.platform_id, typed, state)
    note(acting, "printed", values={"sheet": _("终端登记表"), "rows": len(rows)}, address=address_of(request))
    return page(request, "devices_sheet.html", rows=rows, platform=platform_of(acting.platform_id))


@require_POST
@acting_required("administer_security")
def rules(request: HttpRequest) -> HttpResponse:
    """Which posts want admitted terminals, how often the key is proven again, whether a first terminal waits."""
    acting, posted = acting_of(request), request.POST
    known = {row.post.code for row in queries.post_rows(acting.platform_id)}
    try:
        devices.change_rules(
            acting, known & set(posted.getlist("device_posts")), forms.number(posted.get("device_proof_hours")),
            first_at_once=posted.get("first_device_at_once") == "on",
        )  # fmt: skip
    except Refusal as fault:
        return _draw(request, fault)
    toast(request, _("终端规则已保存"))
    return redirect("administration:devices")
