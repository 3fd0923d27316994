"""登录, 选择岗位, 改密码: every request then acts under one appointment (architecture §3.5)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from urbangrid.accounts import actions as accounts
from urbangrid.accounts.models import User
from urbangrid.audit.actions import note
from urbangrid.core import clock
from urbangrid.core.errors import NotAllowed, Refusal
from urbangrid.organizations import signin
from urbangrid.organizations.acting import Acting, acting_required
from urbangrid.organizations.models import Appointment
from urbangrid.organizations.queries import in_force


@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password; who has one post goes on at once, who has several chooses."""
    fault: Refusal | None = None
    if request.method == "POST":
        try:
            user = accounts.sign_in(request.POST.get("username", ""), request.POST.get("password", ""), _address(request))
            return _enter(request, user)
        except Refusal as refusal:
            fault = refusal
    return _page(request, fault)


def _page(request: HttpRequest, fault: Refusal | None) -> HttpResponse:
    context: dict[str, Any] = {
        "fault": fault,
        "username": request.POST.get("username", ""),
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "posts": signin.demonstration_posts() if settings.DEMONSTRATION else [],
        "platform": signin.platform_name(),
    }
    return render(request, "people/sign_in.html", context, status=fault.status if fault else 200)


def _enter(request: HttpRequest, user: User) -> HttpResponse:
    """A fresh session for the person; with one post at once under it."""
    appointments = list(Appointment.objects.filter(in_force(), user=user).order_by("id"))
    if not appointments:
        raise NotAllowed("no_post", field="username")
    request.session.flush()
    rotate_token(request)  # forms opened before the sign-in are void, like the session before it
    request.session["user"], request.session["stamp"] = user.pk, user.session_stamp
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}):
        target = "/"
    if len(appointments) == 1:
        request.session["appointment"] = appointments[0].pk
        return redirect("people:password") if user.must_change_password else redirect(target)
    request.session["next"] = target
    return redirect("people:posts")


def posts(request: HttpRequest) -> HttpResponse:
    """选择岗位: all posts of the person with what waits there; switching is the same page."""
    user_id = _signed_in(request)
    if user_id is None:
        return redirect("people:sign_in")
    if request.method == "POST":
        chosen = Appointment.objects.filter(in_force(), user_id=user_id, pk=_number(request.POST.get("appointment"))).first()
        if chosen is None:
            raise NotAllowed("post_unknown")
        request.session["appointment"] = chosen.pk
        request.session.cycle_key()
        return redirect(request.session.pop("next", "/"))
    choices = signin.choices(user_id)
    return render(request, "people/posts.html", {"choices": choices, "platform": signin.platform_name()})


def _signed_in(request: HttpRequest) -> int | None:
    """The person of this session, before she has chosen a post; None once the session is void or the account has ended."""
    user = User.objects.filter(pk=request.session.get("user", 0), is_active=True).first()
    if user is None or user.session_stamp != request.session.get("stamp"):
        return None
    return user.pk if user.active_until is None or user.active_until > clock.now() else None


@require_POST
def demonstrate(request: HttpRequest) -> HttpResponse:
    """One click signs in as a person of the made city; there only where it is the demonstration."""
    user = signin.demonstration_user(request.POST.get("username", "")) if settings.DEMONSTRATION else None
    if user is None:
        raise NotAllowed("wrong_password", left=0)
    accounts.entered(user)
    return _enter(request, user)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """What was claimed returns to the pool; the session ends."""
    acting: Acting | None = request.acting  # type: ignore[attr-defined]
    if acting is not None:
        signin.leave(acting)
        note(acting, "sign_out")
    request.session.flush()
    return redirect("people:sign_in")


@sensitive_post_parameters("old", "new")
@acting_required()
def password(request: HttpRequest) -> HttpResponse:
    """改密码; other sessions of the person end, this one goes on."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    fault: Refusal | None = None
    if request.method == "POST":
        try:
            user = accounts.change_password(acting.user_id, request.POST.get("old", ""), request.POST.get("new", ""))
            request.session["stamp"] = user.session_stamp
            request.session.cycle_key()
            return redirect("/")
        except Refusal as refusal:
            fault = refusal
    return render(request, "people/password.html", {"fault": fault}, status=fault.status if fault else 200)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 20 else 0


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
