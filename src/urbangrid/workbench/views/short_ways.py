"""Short ways: judging 自处置 at the seat, 结案授权 and the categories of both by the supervision head (case-rules 10, 20)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from urbangrid.audit.actions import note
from urbangrid.cases import self_disposals
from urbangrid.cases.actions import authorising, self_disposal
from urbangrid.cases.actions.authorising import AuthorisationInputs
from urbangrid.catalog import actions as catalog_actions
from urbangrid.catalog import queries as catalog
from urbangrid.core import clock
from urbangrid.core.errors import Refusal
from urbangrid.core.platforms import platform_of
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting, acting_required
from urbangrid.workbench.views.common import acting_of, number, page, toast

SHOWN = ("pending", "recheck", "done", "void")


@acting_required(self_disposal.REVIEW)
def reviews(request: HttpRequest) -> HttpResponse:
    """自处置: what waits to be judged, what was drawn to be looked at again, what was judged, and yesterday's draw."""
    return _reviews(request)


def _reviews(request: HttpRequest, fault: Refusal | None = None, judged: int = 0) -> HttpResponse:
    acting = acting_of(request)
    show = request.GET.get("show", "pending")
    show = show if show in SHOWN else "pending"
    yesterday = clock.now().astimezone(acting.zone).date() - timedelta(days=1)
    return page(
        request, "workbench/self_disposals.html", fault.status if fault else 200, acting=acting, fault=fault, show=show,
        rows=self_disposals.listed(acting, show), counts=self_disposals.counts(acting), proof=self_disposals.proof(acting, yesterday),
        reasons=catalog.reasons(acting.platform_id, "self_disposal"), typed=request.POST, judged=judged,
    )  # fmt: skip


@require_POST
@acting_required(self_disposal.REVIEW)
def judge(request: HttpRequest, self_id: int) -> HttpResponse:
    """办结, or 作废 with a reason."""
    posted = request.POST
    try:
        row = self_disposal.judge(acting_of(request), self_id, reason=posted.get("reason", ""), words_added=posted.get("note", ""))
    except Refusal as fault:
        return _reviews(request, fault, self_id)
    toast(request, _("%(number)s 已审核") % {"number": row.number})
    return redirect("workbench:self_disposals")


@require_POST
@acting_required(self_disposal.REVIEW)
def recheck(request: HttpRequest, self_id: int) -> HttpResponse:
    """What the second look found."""
    try:
        row = self_disposal.look_again(acting_of(request), self_id, request.POST.get("answer", ""))
    except Refusal as fault:
        return _reviews(request, fault)
    toast(request, _("%(number)s 已复查") % {"number": row.number})
    return redirect("workbench:self_disposals")


@acting_required(authorising.DUTY)
def authorisations(request: HttpRequest) -> HttpResponse:
    """结案授权: who may close beside the seats, until when; and the categories of the short ways."""
    acting = acting_of(request)
    if request.method != "POST":
        return _authorisations(request, acting)
    try:
        authorising.authorise(acting, _asked(acting, request))
    except Refusal as fault:
        return _authorisations(request, acting, fault)
    toast(request, _("已授权"))
    return redirect("workbench:authorisations")


def _asked(acting: Acting, request: HttpRequest) -> AuthorisationInputs:
    """The form: whole days of the platform's zone, the last one included."""
    posted = request.POST
    holder, chosen = posted.get("holder", ""), number(posted.get("category_id"))
    kind, _sep, held = holder.partition(":")
    return AuthorisationInputs(
        valid_from=_day(acting, posted.get("valid_from", "")), valid_until=_day(acting, posted.get("valid_until", ""), after=True),
        reason=posted.get("reason", ""), appointment_id=number(held) if kind == "person" else None,
        unit_id=number(held) if kind == "unit" else None, category_ids=(chosen,) if chosen else (),
    )  # fmt: skip


def _day(acting: Acting, text: str, *, after: bool = False) -> datetime:
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
        return datetime.combine(day + timedelta(days=int(after)), time.min, acting.zone)
    except (ValueError, OverflowError):
        raise Refusal("authorisation_term", status=422, field="valid_until") from None


def _authorisations(request: HttpRequest, acting: Acting, fault: Refusal | None = None) -> HttpResponse:
    rules: dict[int, dict[str, bool]] = {}
    for what in ("self_disposal", "close_informed"):
        for category_id in catalog.allowed(acting.platform_id, what):
            rules.setdefault(category_id, {})[what] = True
    typed: dict[str, Any] = dict(request.POST.items()) if fault else {}
    return page(
        request, "workbench/authorisations.html", fault.status if fault else 200, acting=acting, fault=fault, typed=typed,
        rows=[(row, _categories(row.category_ids)) for row in authorising.listed(acting)], now=clock.now(),
        units=organizations.all_units(acting.platform_id), people=organizations.people_with(acting.platform_id, "read_all"),
        rules=[(catalog.category(category_id), allowed) for category_id, allowed in sorted(rules.items())],
    )  # fmt: skip


def _categories(ids: Sequence[int]) -> str:
    return _("、").join(catalog.category(number).name for number in ids)


@require_POST
@acting_required(authorising.DUTY)
def end_authorisation(request: HttpRequest, authorisation_id: int) -> HttpResponse:
    """Take an authorisation back from now on."""
    authorising.end(acting_of(request), authorisation_id)
    toast(request, _("授权已结束"))
    return redirect("workbench:authorisations")


@require_POST
@acting_required(authorising.DUTY)
def set_rule(request: HttpRequest) -> HttpResponse:
    """Which categories may be solved by an inspector herself, or closed by telling the citizen; on the audit trail."""
    acting = acting_of(request)
    chosen = number(request.POST.get("category_id"))
    if chosen is None:
        fault = Refusal("input_missing", status=422, field="category_id", label=_("类别"))
        return _authorisations(request, acting, fault)
    allowed = {what: request.POST.get(what) == "on" for what in ("self_disposal", "close_informed")}
    catalog_actions.set_rule(platform_of(acting.platform_id), chosen, **allowed)
    note(acting, "category_rule_set", subject=f"category:{chosen}", values=allowed)
    toast(request, _("已保存"))
    return redirect("workbench:authorisations")
