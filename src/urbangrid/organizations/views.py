"""登录, 选择岗位, 改密码: every request then acts under one appointment (architecture §3.5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from urbangrid.accounts import actions as accounts
from urbangrid.accounts import devices, second_step
from urbangrid.accounts.models import Device, SignIn, User
from urbangrid.audit.actions import note
from urbangrid.core import clock
from urbangrid.core.clients import address_of
from urbangrid.core.errors import NotAllowed, Refusal
from urbangrid.organizations import known_devices, own_device, signin
from urbangrid.organizations.acting import Acting, acting_required
from urbangrid.organizations.models import Appointment
from urbangrid.organizations.queries import in_force
from urbangrid.ui.middleware import say_when

HALF_LASTS = timedelta(minutes=10)
"""From the right password to the code."""


@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password; who has set up the second step gives a code next; who has one post goes on at once, who has several chooses.

    A terminal proves its key with them: a blocked one is refused before the password is looked at.
    """
    fault = own_device.why_ended(request) if request.method == "GET" else None
    if request.method == "POST":
        typed = request.POST.get("username", "")
        try:
            device = own_device.given(request, "sign-in")
            mark = known_devices.mark_of(request, typed)
            user = accounts.sign_in(typed, request.POST.get("password", ""), address_of(request), mark)
            return _half(request, user, device) if second_step.is_set_up(user.pk) else _enter(request, user, device)
        except Refusal as refusal:
            fault = refusal
    return _page(request, fault)


def _page(request: HttpRequest, fault: Refusal | None) -> HttpResponse:
    context: dict[str, Any] = {
        "fault": fault,
        "username": request.POST.get("username", ""),
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "made": signin.demonstration_accounts(),
        "platform": signin.platform_name(),
    }
    answer = render(request, "people/sign_in.html", context, status=fault.status if fault else 200)
    return say_when(answer, fault) if fault else answer


def _half(request: HttpRequest, user: User, device: Device | None) -> HttpResponse:
    """The password was right, the code is still to come: a session that opens no page but that of the code."""
    note(None, "password_right", user_id=user.pk, address=address_of(request))
    target = signin.own_address(request, request.POST.get("next", ""))
    request.session.flush()
    rotate_token(request)
    ends = (clock.now() + HALF_LASTS).timestamp()
    request.session["half"] = {
        "user": user.pk, "stamp": user.session_stamp, "ends": ends, "next": target, "device": device.pk if device is not None else None,
    }  # fmt: skip
    return redirect("people:second_step")


@sensitive_post_parameters("code")
def second_step_page(request: HttpRequest) -> HttpResponse:
    """第二步: the code of the authenticator or a recovery code; after the password, or in a session that began without it."""
    acting: Acting | None = request.acting  # type: ignore[attr-defined]
    user = _half_signed_in(request) if acting is None else User.objects.get(pk=acting.user_id)
    if user is None:
        return _page(request, NotAllowed("second_step_too_late")) if "half" in request.session else redirect("people:sign_in")
    fault: Refusal | None = None
    if request.method == "POST":
        try:
            second_step.check(user.pk, request.POST.get("code", ""), address_of(request))
            if acting is None or acting.sign_in_id is None:
                return _enter(request, user, _half_device(request), with_code=True)
            accounts.second_step_done(acting.sign_in_id)
            request.session.cycle_key()
            return redirect("/")
        except Refusal as refusal:
            fault = refusal
    context = {"fault": fault, "platform": signin.platform_name(), "person": user}
    return render(request, "people/second_step.html", context, status=fault.status if fault else 200)


def _half_signed_in(request: HttpRequest) -> User | None:
    half = request.session.get("half", {})
    if half.get("ends", 0) < clock.now().timestamp():
        return None
    return User.objects.filter(pk=half["user"], is_active=True, session_stamp=half["stamp"]).first()


def _half_device(request: HttpRequest) -> Device | None:
    """The terminal that was proven with the password. Raises NotAllowed ``device_blocked`` when it was blocked in between."""
    device = Device.objects.filter(pk=request.session.get("half", {}).get("device")).first()
    if device is not None and device.state == Device.BLOCKED:
        raise devices.blocked(device)
    return device


def _enter(
    request: HttpRequest, user: User, device: Device | None, *, with_code: bool = False, demonstration: bool = False
) -> HttpResponse:  # fmt: skip
    """A fresh session for the person; with one post at once under it. Refused where her posts want an admitted terminal."""
    appointments = list(Appointment.objects.filter(in_force(), user=user).select_related("post", "platform").order_by("id"))
    if not appointments:
        raise NotAllowed("no_post", field="username")
    if own_device.lacks_device(appointments, device):
        return own_device.refuse(request, user, appointments[0], device)
    target = request.session.get("half", {}).get("next") or signin.own_address(request, request.POST.get("next", ""))
    request.session.flush()
    rotate_token(request)  # forms opened before the sign-in are void, like the session before it
    begun = accounts.begin_session(
        user, address_of(request), request.headers.get("User-Agent", ""), second_step=with_code, demonstration=demonstration, device=device
    )
    request.session["user"], request.session["stamp"], request.session["sign_in"] = user.pk, user.session_stamp, begun.pk
    answer = redirect("people:posts")
    if len(appointments) == 1:
        request.session["appointment"] = appointments[0].pk
        answer = redirect("people:password") if user.must_change_password else redirect(target)
    else:
        request.session["next"] = target
    if not demonstration:
        known_devices.remember(request, answer, user)
    return answer


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
    if user is None or user.session_stamp != request.session.get("stamp") or not _is_open(request.session.get("sign_in", 0)):
        return None
    return user.pk if user.active_until is None or user.active_until > clock.now() else None


def _is_open(sign_in_id: int) -> bool:
    return SignIn.objects.filter(pk=sign_in_id, ended_at=None, begun_at__gt=clock.now() - settings.SIGN_IN_LASTS).exists()


@require_POST
def demonstrate(request: HttpRequest) -> HttpResponse:
    """One click signs in as a person of the made city; there only where it is the demonstration."""
    user = signin.demonstration_user(request.POST.get("username", "")) if settings.DEMONSTRATION else None
    if user is None:
        raise NotAllowed("wrong_password", left=0)
    return _enter(request, user, own_device.given(request, "sign-in"), demonstration=True)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """What was claimed returns to the pool; the session ends."""
    acting: Acting | None = request.acting  # type: ignore[attr-defined]
    if acting is not None:
        signin.leave(acting)
        note(acting, "sign_out", address=address_of(request))
        accounts.signed_out(acting.sign_in_id or 0, acting.user_id)
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
            user = accounts.change_password(
                acting.user_id, request.POST.get("old", ""), request.POST.get("new", ""), acting.sign_in_id
            )
            request.session["stamp"] = user.session_stamp
            request.session.cycle_key()
            return redirect("/")
        except Refusal as refusal:
            fault = refusal
    return render(request, "people/password.html", {"fault": fault}, status=fault.status if fault else 200)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 20 else 0
