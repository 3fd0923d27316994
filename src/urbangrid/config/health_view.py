"""GET /health and /metrics: the state of the platform for monitors, answered before anything that needs the database.

A stranger learns the state and the names of what is not good. The sentences are for the machine itself, for whoever has the
metrics token, and for a signed-in system administrator.
"""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse

from urbangrid.config import metrics_view, probe
from urbangrid.core.health import Level, Line
from urbangrid.core.health_checks import DATABASE
from urbangrid.organizations.middleware import ActingMiddleware

GetResponse = Callable[[HttpRequest], HttpResponse]
PATH = "/health"
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_VIA")
"""What a front server adds: with any of these a request comes from elsewhere, whoever hands it over."""
OWN_HOSTS = ("localhost", "127.0.0.1", "[::1]")


class HealthMiddleware:
    """Stands before all others."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == PATH:
            return health(request)
        if request.path_info == metrics_view.PATH:
            return metrics(request)
        return self.get_response(request)


def metrics(request: HttpRequest) -> HttpResponse:
    """For the machine itself and whoever has the token."""
    if request.method != "GET":
        return HttpResponse(status=405, headers={"Allow": "GET"})
    if not (from_the_machine(request) or has_token(request)):
        return HttpResponse(status=403)
    return metrics_view.scrape(request)


def health(request: HttpRequest) -> HttpResponse:
    """200 when nothing is bad, else 503."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    seen = probe.seen()
    full = from_the_machine(request) or has_token(request) or _by_administrator(request, seen)
    body: dict[str, Any] = {"state": seen.state, "at": seen.at.isoformat(timespec="seconds")}
    body["checks"] = [_line(one, full) for one in seen.lines if full or one[1].level is not Level.GOOD]
    answer = JsonResponse(body, status=503 if seen.state is Level.BAD else 200, json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _line(line: Line, full: bool) -> dict[str, Any]:
    check, finding = line
    if not full:
        return {"name": check.name, "level": finding.level}
    said = {"name": check.name, "label": str(check.label), "level": finding.level, "says": finding.says, "advice": finding.advice}
    return said | {"gauge": finding.gauge}


def from_the_machine(request: HttpRequest) -> bool:
    """Whether a program of this machine asks for itself.

    A front server on this machine comes from loopback too: it shows by what it adds or by the host that was asked for, and where
    one is set (URBANGRID_WEB_ORIGIN, _LIVE_URL, _TRUSTED_PROXIES) loopback counts for nothing.
    """
    if settings.WEB_ORIGIN or settings.LIVE_URL or settings.TRUSTED_PROXIES or any(name in request.META for name in FORWARDED):
        return False
    host = str(request.META.get("HTTP_HOST", "")).removesuffix(f":{settings.PORT}")
    if host not in OWN_HOSTS:
        return False
    try:
        return ipaddress.ip_address(str(request.META.get("REMOTE_ADDR", ""))).is_loopback
    except ValueError:
        return False


def has_token(request: HttpRequest) -> bool:
    """Whether the request carries this installation's metrics token (secrets/metrics_token)."""
    kind, _space, given = request.headers.get("Authorization", "").partition(" ")
    token = settings.METRICS_TOKEN.encode()
    return kind.lower() == "bearer" and token != b"" and secrets.compare_digest(given.strip().encode(), token)


def _by_administrator(request: HttpRequest, seen: probe.Seen) -> bool:
    """Whether a signed-in system administrator asks; not asked of a database that does not answer."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or any(
        check is DATABASE and finding.level is Level.BAD for check, finding in seen.lines
    ):
        return False
    request = _copy(request)
    try:
        SessionMiddleware(ActingMiddleware(lambda _request: HttpResponse()))(request)
    except Error:
        return False
    acting = getattr(request, "acting", None)
    if acting is None or acting.must_change_password or (acting.wants_second_step and not acting.second_step):
        return False  # such a session may do nothing else yet either
    return bool(acting.may("administer_system"))


def _copy(request: HttpRequest) -> HttpRequest:
    """A request with the same cookies and nothing else: whoever it is, the answer goes out without a new session."""
    plain = HttpRequest()
    plain.COOKIES, plain.META = request.COOKIES, request.META
    plain.path = plain.path_info = request.path_info
    plain.method = "GET"
    return plain
