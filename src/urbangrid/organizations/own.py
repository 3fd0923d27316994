"""我的登录: where I am signed in, my tokens, my second step; nobody's else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from urbangrid.accounts import actions as accounts
from urbangrid.accounts import queries, second_step
from urbangrid.accounts.models import User
from urbangrid.core.clients import address_of
from urbangrid.core.errors import NotAllowed, Refusal
from urbangrid.organizations import signin
from urbangrid.organizations.acting import Acting, acting_required

TOKEN_DAYS = (1, 7, 30, 90)
"""Lives offered for a token made on the page."""


def _acting(request: HttpRequest) -> Acting:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    return acting


@require_GET
@acting_required()
def sign_ins(request: HttpRequest) -> HttpResponse:
    """Open and past sign-ins of the last month, tokens, the second step."""
    return _draw(request)


def _draw(request: HttpRequest, fault: Refusal | None = None, **more: Any) -> HttpResponse:
    acting = _acting(request)
    context = {
        "fault": fault, "acting": acting, "sign_ins": queries.sign_ins(acting.user_id), "tokens": queries.tokens(acting.user_id),
        "set_up": second_step.is_set_up(acting.user_id), "codes_left": second_step.codes_left(acting.user_id), "days": TOKEN_DAYS,
        "needs_second_step": acting.wants_second_step, **more,
    }  # fmt: skip
    return render(request, "people/sign_ins.html", context, status=fault.status if fault else 200)


@require_POST
@acting_required()
def end(request: HttpRequest, sign_in_id: int) -> HttpResponse:
    """退出 one sign-in, on another screen as a rule."""
    acting = _acting(request)
    try:
        accounts.end_session(sign_in_id, acting.user_id, acting)
    except Refusal as fault:
        return _draw(request, fault)
    return redirect("people:sign_ins")


@require_POST
@acting_required()
def end_others(request: HttpRequest) -> HttpResponse:
    """退出其他."""
    acting = _acting(request)
    accounts.end_other_sessions(acting.user_id, acting.sign_in_id or 0, acting)
    return redirect("people:sign_ins")


@require_POST
@acting_required()
@sensitive_variables("token")
def new_token(request: HttpRequest) -> HttpResponse:
    """A token for a program, bound to the acting post, shown on the answer alone; an administrator's only after the second step.

    Raises NotAllowed ``token_needs_second_step``; a token never makes another one (``post_without_right``).
    """
    acting = _acting(request)
    if acting.sign_in_id is None:
        raise NotAllowed("post_without_right", post=acting.post_name)
    if acting.wants_second_step and not acting.second_step:
        raise NotAllowed("token_needs_second_step", post=acting.post_name)
    typed = request.POST.get("days", "")
    days = int(typed) if typed in {str(one) for one in TOKEN_DAYS} else TOKEN_DAYS[0]
    label = request.POST.get("label", "").strip() or _("未注明")
    token = accounts.issue_token(
        acting.user_id, acting.appointment_id, label, timedelta(days=days), address_of(request), device_id=acting.device_id
    )
    return _draw(request, token=token)


@require_POST
@acting_required()
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """收回 a token."""
    acting = _acting(request)
    try:
        accounts.revoke_token(token_id, acting.user_id, acting)
    except Refusal as fault:
        return _draw(request, fault)
    return redirect("people:sign_ins")


@acting_required()
@sensitive_post_parameters("code", "sealed")
@sensitive_variables("codes", "offer")
def set_up_second_step(request: HttpRequest) -> HttpResponse:
    """开通第二步: picture and key, confirmed by a code; then the recovery codes, on this answer and nowhere else."""
    acting = _acting(request)
    context: dict[str, Any] = {"platform": signin.platform_name(), "acting": acting}
    if second_step.is_set_up(acting.user_id):
        return redirect("people:sign_ins")
    fault: Refusal | None = None
    sealed = request.POST.get("sealed", "")
    if request.method == "POST":
        try:
            codes = second_step.set_up(acting.user_id, sealed, request.POST.get("code", ""))
        except Refusal as refusal:
            fault = refusal
        else:
            if acting.sign_in_id is not None:
                accounts.second_step_done(acting.sign_in_id)
            return render(request, "people/recovery_codes.html", context | {"codes": codes})
    user = User.objects.get(pk=acting.user_id)
    context |= {"offer": second_step.offer(user, signin.platform_name(), sealed), "fault": fault, "person": user}
    return render(request, "people/set_up_second_step.html", context, status=fault.status if fault else 200)


@require_POST
@acting_required()
@sensitive_post_parameters("code")
@sensitive_variables("codes")
def renew_codes(request: HttpRequest) -> HttpResponse:
    """换新备用码 for a code of the authenticator."""
    acting = _acting(request)
    try:
        codes = second_step.renew_codes(acting.user_id, request.POST.get("code", ""))
    except Refusal as fault:
        return _draw(request, fault)
    return render(request, "people/recovery_codes.html", {"platform": signin.platform_name(), "acting": acting, "codes": codes})
