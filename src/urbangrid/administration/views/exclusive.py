"""互斥岗位 for the security administrator: the mode, who holds excluded posts, lifting for a time (SY-4.5)."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from urbangrid.administration import forms, queries
from urbangrid.administration.views.common import acting_of, page, toast
from urbangrid.administration.words import MODES
from urbangrid.core.errors import Refusal
from urbangrid.core.shipped import shipped
from urbangrid.organizations import exclusion, night
from urbangrid.organizations.acting import Acting, acting_required

MOST_GROUPS = 9


@require_GET
@acting_required("administer_security")
def posts(request: HttpRequest) -> HttpResponse:
    """The mode in force, who holds excluded posts now, and every lift."""
    return _draw(request)


def _draw(request: HttpRequest, fault: Refusal | None = None) -> HttpResponse:
    platform_id = acting_of(request).platform_id
    rows = [row.post for row in queries.post_rows(platform_id)]
    names = {post.code: shipped(post.name) for post in rows if post.face != "administration"}
    every = {post.code: shipped(post.name) for post in rows}
    pairs = [(shipped(post.name), [every.get(code, code) for code in post.exclusive_with]) for post in rows]
    return page(
        request, "exclusive.html", fault, mode=exclusion.mode_of(platform_id), modes=MODES.items(), names=names.items(),
        pairs=[(name, _("、").join(others)) for name, others in pairs if others], together=exclusion.together(platform_id),
        lifts=[(row, _("、").join(names.get(code, code) for code in row.posts)) for row in exclusion.lifts(platform_id)],
        groups=[(number, group) for number, group in enumerate([*night.groups(platform_id), []], 1)],
        people=queries.staff_names(platform_id), typed=request.POST, chosen=request.POST.getlist("posts"),
    )  # fmt: skip


@require_POST
@acting_required("administer_security")
def mode(request: HttpRequest) -> HttpResponse:
    """关闭, 提醒 or 拒绝."""
    try:
        exclusion.change_mode(acting_of(request), request.POST.get("mode", ""))
    except Refusal as fault:
        return _draw(request, fault)
    toast(request, _("互斥岗位规则已保存"))
    return redirect("administration:exclusive")


@require_POST
@acting_required("administer_security")
def night_posts(request: HttpRequest) -> HttpResponse:
    """夜间兼岗: groups of posts that one person may hold in a night shift; a group with nothing ticked goes."""
    posted = request.POST
    groups = [posted.getlist(f"group-{number}") for number in range(1, MOST_GROUPS + 1)]
    try:
        night.change_groups(acting_of(request), [group for group in groups if group])
    except Refusal as fault:
        return _draw(request, fault)
    toast(request, _("夜间兼岗规则已保存，从下次签到起适用"))
    return redirect("administration:exclusive")


@require_POST
@acting_required("administer_security")
def lift(request: HttpRequest) -> HttpResponse:
    """放宽 for a person, posts and a time, with a reason."""
    acting, posted = acting_of(request), request.POST
    try:
        exclusion.lift(
            acting, user_id=forms.number(posted.get("user")), posts=posted.getlist("posts"),
            valid_from=_moment(acting, posted, "valid_from"), valid_to=_moment(acting, posted, "valid_to"),
            reason=forms.text(posted, "reason", _("原因"), 200),
        )  # fmt: skip
    except Refusal as fault:
        return _draw(request, fault)
    toast(request, _("已放宽，到时自动恢复"))
    return redirect("administration:exclusive")


def _moment(acting: Acting, posted: QueryDict, field: str) -> datetime:
    """What a datetime-local field holds, in the platform's zone. Raises Refusal ``admin_day``."""
    try:
        return datetime.fromisoformat(forms.plain(posted.get(field), 20)).replace(tzinfo=acting.zone)
    except ValueError as error:
        raise Refusal("admin_day", status=422, field=field, label=_("时间")) from error


@require_POST
@acting_required("administer_security")
def end(request: HttpRequest, lift_id: int) -> HttpResponse:
    """提前结束; what was given under the lift ends with it."""
    exclusion.end_lift(acting_of(request), lift_id)
    toast(request, _("放宽已结束"))
    return redirect("administration:exclusive")
