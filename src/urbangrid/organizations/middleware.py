"""Every request: whom it acts as, what must come first, and what is kept of a refusal."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from urbangrid.accounts import second_step
from urbangrid.core import clock, limits
from urbangrid.core.clients import address_of
from urbangrid.core.errors import NotAllowed, NotFound
from urbangrid.organizations import messages, refusals
from urbangrid.organizations.acting import Acting, of_session, of_token
from urbangrid.organizations.security import OUTSIDE
from urbangrid.ui.middleware import say_when, wants_json

__all__ = ["ActingMiddleware", "messages"]

OUTSIDE_PAGES = frozenset({"companies", "people", "guides"})
OUTSIDE_VIEWS = frozenset({"workbench:home", "authority", "live:token"})
"""Beside those: the first page, which leads to the own face, the certificate, and a fresh token for the open page's stream."""
QUIET = ("/live/", "/desk/counts/", "/desk/arrivals/", "/notices/count/", "/company/notices/count/")
"""What an open page asks by itself; it does not keep a sign-in alive."""
AT_ANY_TIME = ("people:sign_out", "people:sign_in", "people:posts", "people:device_challenge", "people:language")
OF_DEVICE, PROOF = "people:device", "people:device_proof"
DEVICE_REFUSALS = {OF_DEVICE: "device_needed", PROOF: "device_proof_due"}


class ActingMiddleware:
    """Sets ``request.acting`` from the session or an API token; None for a stranger. One statement beside the session's own.

    A one-time password is changed first, a second step that the post demands is taken next (a token never gives one), then comes the
    terminal, where the post is acted under on admitted ones only.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: Mapping[str, object]) -> HttpResponse | None:
        """Who comes from outside has her own face, its handbook and what belongs to signing in: no other page exists for her (CY-23b)."""
        acting: Acting | None = request.acting  # type: ignore[attr-defined]
        found = request.resolver_match
        if acting is None or acting.face != OUTSIDE or found is None:
            return None
        program = acting.sign_in_id is None and request.path.startswith("/api/")
        if program or found.app_name in OUTSIDE_PAGES or found.view_name in OUTSIDE_VIEWS:
            return None
        request.barred = True  # type: ignore[attr-defined]
        refusal = NotFound("page_not_here")
        if wants_json(request):
            return JsonResponse({"code": refusal.code, "sentence": refusal.sentence(), "field": "", "values": {}}, status=404)
        return render(request, "ui/error.html", {"fault": refusal}, status=404)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        acting = _acting(request)
        request.acting = acting  # type: ignore[attr-defined]
        if acting is None:
            return _stranger(request) or self.get_response(request)
        first = _first(request, acting)
        response = _led(request, acting, first) if first else self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"  # people and places stand on nearly every page
        refusals.keep(request, response, acting)
        return response


def _stranger(request: HttpRequest) -> HttpResponse | None:
    """A wrong token is counted; who tries too many waits. Nothing for a stranger without one."""
    if "Authorization" not in request.headers:
        return None
    try:
        limits.spend("token_wrong.address", address_of(request))
    except limits.TooOften as refusal:
        body = {"code": refusal.code, "sentence": refusal.sentence(), "field": "", "values": {"seconds": refusal.values["seconds"]}}
        return say_when(JsonResponse(body, status=refusal.status), refusal)
    return None


def _acting(request: HttpRequest) -> Acting | None:
    """A wrong token never falls back to the session beside it."""
    if "Authorization" not in request.headers:
        return of_session(request.session, _is_quiet(request.path))
    scheme, _sep, token = request.headers["Authorization"].partition(" ")
    return of_token(token) if scheme.lower() == "bearer" and token else None


def _is_quiet(path: str) -> bool:
    return path.startswith(QUIET) or path.endswith("/seq/")


def _first(request: HttpRequest, acting: Acting) -> str:
    """The page to which this person must go before anything else; empty when nothing stands before."""
    wanted = _wanted(acting)
    return "" if not wanted or request.path in {reverse(name) for name in (*AT_ANY_TIME, wanted)} else wanted


def _wanted(acting: Acting) -> str:
    if acting.must_change_password:
        return "people:password"
    if acting.wants_second_step and not acting.second_step and acting.sign_in_id is not None:
        return "people:second_step" if second_step.is_set_up(acting.user_id) else "people:set_up_second_step"
    if acting.wants_device and acting.device_id is None:
        return OF_DEVICE
    if acting.proof_due_at is not None and acting.proof_due_at <= clock.now():
        return PROOF
    return ""


def _led(request: HttpRequest, acting: Acting, first: str) -> HttpResponse:
    """Pages are led on; a script or program is told what is missing, for it could not follow to a terminal's page."""
    if first in DEVICE_REFUSALS and (wants_json(request) or acting.sign_in_id is None):
        code = "device_token_needed" if acting.sign_in_id is None else DEVICE_REFUSALS[first]
        refusal = NotAllowed(code, post=acting.post_name)
        body = {"code": refusal.code, "sentence": refusal.sentence(), "field": "", "values": {}}
        return JsonResponse(body, status=refusal.status)
    address = reverse(first)
    if first == PROOF and request.method == "GET":
        address += f"?{urlencode({'next': request.get_full_path()})}"
    return redirect(address)
