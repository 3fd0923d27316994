"""登录管理 for the security administrator: open sign-ins, tokens, second steps, and the rules of signing in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from urbangrid.accounts import actions as accounts
from urbangrid.accounts import second_step
from urbangrid.accounts.models import User
from urbangrid.administration import forms, queries, security
from urbangrid.administration.views.common import acting_of, page, toast
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.organizations.acting import Acting, acting_required
from urbangrid.organizations.security import ADMINISTRATORS
from urbangrid.organizations.signin import rules_of


@require_GET
@acting_required("administer_security")
def sign_ins(request: HttpRequest) -> HttpResponse:
    """Everything that is open, and the rules."""
    return _draw(request)


def _draw(request: HttpRequest, fault: Refusal | None = None) -> HttpResponse:
    platform_id = acting_of(request).platform_id
    rules = rules_of(platform_id)
    posts = queries.post_rows(platform_id)
    chosen = {row.post.code for row in posts if ADMINISTRATORS & set(row.post.duties)} if rules.posts is None else rules.posts
    return page(
        request, "sign_ins.html", fault, sign_ins=security.open_sign_ins(platform_id), tokens=security.good_tokens(platform_id),
        guards=security.guards(platform_id), rules=rules, posts=[(row.post, row.post.code in chosen) for row in posts],
    )  # fmt: skip


def _user(acting: Acting, user_id: int) -> User:
    user = queries.person_of(acting.platform_id, user_id)
    if user is None:
        raise NotFound("admin_unknown")
    queries.check_own(acting.platform_id, user)
    return user


@require_POST
@acting_required("administer_security")
def end(request: HttpRequest, user_id: int, sign_in_id: int) -> HttpResponse:
    """退出 one sign-in of anybody."""
    acting = acting_of(request)
    user = _user(acting, user_id)
    try:
        accounts.end_session(sign_in_id, user.pk, acting)
    except Refusal as fault:
        return _draw(request, fault)
    toast(request, _("%(name)s的这次登录已退出") % {"name": user.name})
    return redirect("administration:sign_ins")


@require_POST
@acting_required("administer_security")
def revoke(request: HttpRequest, user_id: int, token_id: int) -> HttpResponse:
    """收回 a token of anybody."""
    acting = acting_of(request)
    user = _user(acting, user_id)
    try:
        accounts.revoke_token(token_id, user.pk, acting)
    except Refusal as fault:
        return _draw(request, fault)
    toast(request, _("%(name)s的令牌已收回") % {"name": user.name})
    return redirect("administration:sign_ins")


@require_POST
@acting_required("administer_security")
def reset_second_step(request: HttpRequest, user_id: int) -> HttpResponse:
    """重设第二步 of somebody else whose authenticator is lost."""
    acting = acting_of(request)
    user = _user(acting, user_id)
    try:
        second_step.reset(user.pk, acting)
    except Refusal as fault:
        return _draw(request, fault)
    toast(request, _("%(name)s的第二步已重设，下次登录时重新开通") % {"name": user.name})
    return redirect("administration:sign_ins")


@require_POST
@acting_required("administer_security")
def rules(request: HttpRequest) -> HttpResponse:
    """Which posts need the second step, how long a screen may stand idle."""
    acting, posted = acting_of(request), request.POST
    known = {row.post.code for row in queries.post_rows(acting.platform_id)}
    try:
        ended = security.change_rules(
            acting, known & set(posted.getlist("posts")), forms.number(posted.get("idle_administrators_minutes")),
            forms.number(posted.get("idle_others_minutes")),
        )  # fmt: skip
    except Refusal as fault:
        return _draw(request, fault)
    said = _("登录规则已保存；新要求两步登录的岗位收回了 %(count)s 个令牌，须重新发放") % {"count": ended}
    toast(request, said if ended else _("登录规则已保存"))
    return redirect("administration:sign_ins")
