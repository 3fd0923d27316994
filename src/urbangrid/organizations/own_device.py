"""本机: the key of this browser as a terminal of the platform: asked for, proven at sign-in, proven again (HD-2.3.7i)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from urbangrid.accounts import device_proof, devices, queries
from urbangrid.accounts.models import Device, SignIn, User
from urbangrid.audit.actions import note
from urbangrid.core import clock
from urbangrid.core.clients import address_of
from urbangrid.core.errors import NotAllowed, Refusal
from urbangrid.organizations import security, signin
from urbangrid.organizations.acting import Acting, acting_required, from_row
from urbangrid.organizations.models import Appointment
from urbangrid.organizations.queries import in_force
from urbangrid.ui.middleware import wants_json

ASKING_LASTS = timedelta(minutes=30)
"""From a right password on a terminal that may not be used to asking for it."""
KEPT = "asking"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who sits at this browser: under an acting post, or with a right password alone because the post wants an admitted terminal."""

    acting: Acting
    signed_in: bool
    device: Device | None


def given(request: HttpRequest, purpose: str) -> Device | None:
    """The terminal that proved its key in this form. Raises NotAllowed ``device_proof_wrong``, ``device_blocked``."""
    proof = device_proof.read({name: request.POST.get(name, "") for name in request.POST})
    return devices.proven(proof, purpose, request.get_host(), address_of(request))


def lacks_device(appointments: list[Appointment], device: Device | None) -> bool:
    """Whether every post of the person wants an admitted terminal and this is none."""
    return all(
        security.wants_device(security.rules(row.platform.settings.get("security")), row.post.code)
        and (device is None or device.state != Device.ADMITTED or device.platform_id != row.platform_id)
        for row in appointments
    )


def refuse(request: HttpRequest, user: User, appointment: Appointment, device: Device | None) -> HttpResponse:
    """No sign-in: a session that opens nothing but the page of the terminal, where she may ask for it."""
    note(None, "device_missing", user_id=user.pk, address=address_of(request))
    request.session.flush()
    rotate_token(request)
    ends = (clock.now() + ASKING_LASTS).timestamp()
    request.session[KEPT] = {
        "appointment": appointment.pk, "stamp": user.session_stamp, "ends": ends, "device": device.pk if device is not None else None,
    }  # fmt: skip
    return redirect("people:device")


def _holder(request: HttpRequest) -> Holder | None:
    acting: Acting | None = request.acting  # type: ignore[attr-defined]
    if acting is not None:
        return Holder(acting, signed_in=True, device=devices.of_sign_in(acting.sign_in_id or 0))
    kept = request.session.get(KEPT, {})
    if kept.get("ends", 0) < clock.now().timestamp():
        return None
    rows = Appointment.objects.filter(in_force(), pk=kept["appointment"], user__session_stamp=kept["stamp"])
    row = rows.select_related("user", "post", "unit", "platform").first()
    return Holder(from_row(row), False, Device.objects.filter(pk=kept["device"]).first()) if row is not None else None


@require_POST
def challenge(request: HttpRequest) -> HttpResponse:
    """Something for the terminal's key to sign; for strangers too, since it is asked for at the sign-in. No statement."""
    purpose = request.POST.get("purpose", "")
    if purpose not in device_proof.PURPOSES:
        raise Refusal("device_proof_wrong", status=422)
    return JsonResponse({"challenge": devices.challenge(purpose)})


def device_page(request: HttpRequest) -> HttpResponse:
    """终端: which of my terminals are registered, whether this one is, and 登记本机."""
    holder = _holder(request)
    if holder is None:
        return redirect("people:sign_in")
    if request.method != "POST":
        return _draw(request, holder, None)
    try:
        _enrol(request, holder)
    except Refusal as fault:
        return _draw(request, holder, fault)
    return redirect("people:device")


def _enrol(request: HttpRequest, holder: Holder) -> None:
    acting, posted = holder.acting, request.POST
    if holder.signed_in and acting.sign_in_id is None:
        raise NotAllowed("post_without_right", post=acting.post_name)  # a token is no terminal
    asked = devices.Asked(
        acting.user_id, acting.platform_id, acting.unit_id, posted.get("number", ""), posted.get("model", ""), address_of(request)
    )
    try:
        point = device_proof.unpack(posted.get("device_key", ""))
    except device_proof.Unreadable as error:
        raise Refusal("device_key_unreadable", status=422) from error
    proof = device_proof.read({name: posted.get(name, "") for name in posted})
    rules = signin.rules_of(acting.platform_id)
    device = devices.ask(asked, point, proof, request.get_host(), first_at_once=rules.first_device_at_once)
    if acting.sign_in_id is not None:
        devices.carry(acting.sign_in_id, device)
        request.session.cycle_key()
    else:
        request.session[KEPT] = {**request.session[KEPT], "device": device.pk}


def _draw(request: HttpRequest, holder: Holder, fault: Refusal | None) -> HttpResponse:
    acting, device = holder.acting, holder.device
    admitted = device is not None and device.state == Device.ADMITTED
    needed = None
    if acting.wants_device and not admitted:
        waits = device is not None and device.state == Device.ASKED
        needed = NotAllowed("device_waits" if waits else "device_needed", post=acting.post_name)
    context = {
        "fault": fault, "needed": needed, "holder": holder, "device": device, "admitted": admitted,
        "devices": [(one, queries.state_words(one)) for one in devices.of_person(acting.user_id)],
        "model": request.POST.get("model") or queries.device_words(request.headers.get("User-Agent", "")),
        "number": request.POST.get("number", ""), "platform": signin.platform_name(),
    }  # fmt: skip
    first = fault or needed
    return render(request, "people/device.html", context, status=first.status if first is not None else 200)


@acting_required()
def proof_page(request: HttpRequest) -> HttpResponse:
    """The key proven again, by the page itself: the session's key is new from then on, so that a copied cookie ends."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    if acting.device_id is None:
        return redirect("people:device")
    if request.method == "POST":
        device = given(request, "proof")
        if device is None or device.pk != acting.device_id:
            raise NotAllowed("device_proof_wrong")
        devices.carry(acting.sign_in_id or 0, device)
        request.session.cycle_key()
        if wants_json(request):
            return JsonResponse({"seconds": signin.rules_of(acting.platform_id).device_proof_hours * 3600})
        return redirect(signin.own_address(request, request.POST.get("next", "")))
    context = {"next": request.GET.get("next", ""), "platform": signin.platform_name()}
    return render(request, "people/device_proof.html", context)


def why_ended(request: HttpRequest) -> Refusal | None:
    """At the sign-in: the reason when this browser's last sign-in ended with its terminal. No statement without such a sign-in."""
    sign_in_id = request.session.get("sign_in")
    if not sign_in_id:
        return None
    row = SignIn.objects.filter(pk=sign_in_id, device__state=Device.BLOCKED).select_related("device").first()
    return devices.blocked(row.device) if row is not None and row.device is not None else None

