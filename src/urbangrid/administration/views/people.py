"""人员: accounts and their posts, kept by the system administrator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from urbangrid.accounts import actions as accounts
from urbangrid.accounts.models import User
from urbangrid.administration import forms, queries, words
from urbangrid.administration.views.common import acting_of, page, toast
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.core.shipped import shipped
from urbangrid.grids.models import Division, Level
from urbangrid.organizations import actions
from urbangrid.organizations.acting import Acting, acting_required
from urbangrid.organizations.models import Appointment, Post, Unit


@require_GET
@acting_required("administer_system")
def people(request: HttpRequest) -> HttpResponse:
    """Everybody with an account, found by name, initials, account or phone."""
    typed = forms.plain(request.GET.get("typed"), 40)
    found = queries.people(acting_of(request).platform_id, typed, request.GET.get("page"))
    return page(request, "people.html", page=found, typed=typed)


@acting_required("administer_system")
@sensitive_variables("once")
def new(request: HttpRequest) -> HttpResponse:
    """A new account; its one-time password is shown on the answer and nowhere else."""
    if request.method != "POST":
        return page(request, "new_person.html", typed={})
    acting, posted = acting_of(request), request.POST
    try:
        user, once = accounts.create_user(
            username=forms.text(posted, "username", _("账号"), 40), name=forms.text(posted, "name", _("姓名"), 30),
            phone=forms.text(posted, "phone", _("电话"), 20, needed=False),
            contractor=forms.text(posted, "contractor", _("用工单位"), 60, needed=False),
            active_until=_end_of_contract(acting, posted), acting=acting,
        )  # fmt: skip
    except Refusal as fault:
        return page(request, "new_person.html", fault, typed=posted)
    return _person(request, acting, user, once=once)


def _end_of_contract(acting: Acting, posted: QueryDict) -> datetime | None:
    """The last day is still one of work: the instant is the end of it."""
    last = forms.day(posted, "last_day", _("服务期末日"))
    return forms.instant(last + timedelta(days=1), acting.zone) if last else None


@require_GET
@acting_required("administer_system")
def person(request: HttpRequest, user_id: int) -> HttpResponse:
    """An account with its posts and what may be done with it."""
    acting = acting_of(request)
    return _person(request, acting, _user(acting, user_id))


@require_POST
@acting_required("administer_system")
@sensitive_variables("once")
def reset(request: HttpRequest, user_id: int) -> HttpResponse:
    """重设密码: the one-time password is shown on the answer and nowhere else."""
    acting = acting_of(request)
    user = _own(acting, user_id)
    once = accounts.reset_password(user.pk, acting)
    return _person(request, acting, _user(acting, user_id), once=once)


@require_POST
@acting_required("administer_system")
def end(request: HttpRequest, user_id: int) -> HttpResponse:
    """停用; can be taken back by 恢复 at any time."""
    acting = acting_of(request)
    user = _own(acting, user_id)
    try:
        accounts.end_account(user.pk, acting)
    except Refusal as fault:
        return _person(request, acting, user, fault=fault)
    toast(request, _("%(name)s的账号已停用") % {"name": user.name}, undo=reverse("administration:resume", args=[user.pk]))
    return redirect("administration:person", user.pk)


@require_POST
@acting_required("administer_system")
def resume(request: HttpRequest, user_id: int) -> HttpResponse:
    acting = acting_of(request)
    user = _own(acting, user_id)
    try:
        accounts.resume_account(user.pk, acting)
    except Refusal as fault:
        return _person(request, acting, user, fault=fault)
    toast(request, _("%(name)s的账号已恢复") % {"name": user.name})
    return redirect("administration:person", user.pk)


@require_POST
@acting_required("administer_system")
def appoint(request: HttpRequest, user_id: int) -> HttpResponse:
    """任职: a post in a unit, for an area where the post has one."""
    acting = acting_of(request)
    user = _user(acting, user_id)
    try:
        made = _appoint(acting, user, request.POST)
    except Refusal as fault:
        return _person(request, acting, user, fault=fault, typed=request.POST)
    undo = reverse("administration:end_appointment", args=[made.pk])
    toast(request, _("%(name)s已任%(post)s") % {"name": user.name, "post": shipped(made.post.name)}, undo=undo)
    return redirect("administration:person", user.pk)


def _appoint(acting: Acting, user: User, posted: QueryDict) -> Appointment:
    unit = Unit.objects.filter(platform_id=acting.platform_id, is_active=True, pk=forms.number(posted.get("unit"))).first()
    post = Post.objects.filter(platform_id=acting.platform_id, pk=forms.number(posted.get("post"))).first()
    if unit is None or post is None:
        raise Refusal("admin_choice", status=422, field="post" if post is None else "unit", label=_("岗位") if post is None else _("单位"))
    director = None
    if unit.kind == "squad":  # employed by the sub-district, directed by the supervision department (HD-2.3.1)
        director = Unit.objects.filter(platform_id=acting.platform_id, kind="supervision", is_active=True).order_by("code").first()
    home = Unit.objects.filter(platform_id=acting.platform_id, pk=forms.number(posted.get("home"))).first()
    kind = forms.chosen(posted, "personnel_kind", _("人员类别"), words.PERSONNEL) if posted.get("personnel_kind") else ""
    return actions.appoint(
        user=user, post=post, unit=unit, division_id=_area(acting, unit, posted), director_unit=director, home_unit=home,
        personnel_kind=kind, acting=acting,
    )  # fmt: skip


def _area(acting: Acting, unit: Unit, posted: QueryDict) -> int | None:
    """The area typed; left open, that of the unit."""
    if not posted.get("area"):
        return unit.division_id
    area = Division.objects.filter(platform_id=acting.platform_id, valid_to=None, pk=forms.number(posted.get("area"))).first()
    if area is None:
        raise Refusal("admin_choice", status=422, field="area", label=_("辖区"))
    return area.pk


@require_POST
@acting_required("administer_system")
def end_appointment(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """结束任职, with 撤回 for ten minutes."""
    acting = acting_of(request)
    row = _appointment(acting, appointment_id)
    try:
        actions.end_appointment(appointment_id=row.pk, acting=acting)
    except Refusal as fault:
        return _person(request, acting, row.user, fault=fault)
    undo = reverse("administration:resume_appointment", args=[row.pk])
    toast(request, _("%(name)s不再任%(post)s") % {"name": row.user.name, "post": shipped(row.post.name)}, undo=undo)
    return redirect("administration:person", row.user_id)


@require_POST
@acting_required("administer_system")
def resume_appointment(request: HttpRequest, appointment_id: int) -> HttpResponse:
    acting = acting_of(request)
    row = _appointment(acting, appointment_id)
    try:
        actions.resume_appointment(appointment_id=row.pk, acting=acting)
    except Refusal as fault:
        return _person(request, acting, row.user, fault=fault)
    toast(request, _("%(name)s继续任%(post)s") % {"name": row.user.name, "post": shipped(row.post.name)})
    return redirect("administration:person", row.user_id)


def _user(acting: Acting, user_id: int) -> User:
    user = queries.person_of(acting.platform_id, user_id)
    if user is None:
        raise NotFound("admin_unknown")
    return user


def _own(acting: Acting, user_id: int) -> User:
    """Raises NotFound ``admin_unknown``, NotAllowed ``account_elsewhere``."""
    user = _user(acting, user_id)
    queries.check_own(acting.platform_id, user)
    return user


def _appointment(acting: Acting, appointment_id: int) -> Appointment:
    row = Appointment.objects.filter(platform_id=acting.platform_id, pk=appointment_id).select_related("user", "post").first()
    if row is None:
        raise NotFound("admin_unknown")
    return row


def _person(
    request: HttpRequest, acting: Acting, user: User, *, fault: Refusal | None = None, typed: Mapping[str, Any] | None = None,
    once: str = "",
) -> HttpResponse:  # fmt: skip
    platform_id = acting.platform_id
    areas = Division.objects.filter(platform_id=platform_id, valid_to=None, level=Level.SUBDISTRICT).order_by("code")
    response = page(
        request, "person.html", fault, person=user, posts=list(queries.posts_of(platform_id).filter(user=user)), typed=typed or {},
        history=queries.history_of(platform_id, user), units=[row for row in queries.unit_rows(platform_id) if row.unit.is_active],
        offered=queries.post_rows(platform_id), areas=areas.only("id", "name"), once=once, personnel=words.PERSONNEL.items(),
    )  # fmt: skip
    if once:
        response["Cache-Control"] = "no-store"
    return response
