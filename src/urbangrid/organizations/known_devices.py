"""Browsers in which somebody signed in before, marked by a cookie: who knows the screen is not locked out by strangers.

The cookie holds, signed, a random mark for each of the last persons of that browser (desks are shared). It opens nothing by itself: the
password is still asked, and its wrong tries are counted for the mark. Source: OWASP, "Slow Down Online Guessing Attacks with Device
Cookies".
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from urbangrid.accounts.models import User

COOKIE = "known"
SALT = "urbangrid.known_devices"
LASTS = timedelta(days=180)
PEOPLE = 8


def mark_of(request: HttpRequest, username: str) -> str:
    """The mark of that person in this browser; empty where she never signed in."""
    held = _held(request)
    found = User.objects.filter(username=username.strip().replace("\0", "")).values_list("pk", flat=True).first() if held else None
    return held.get(str(found), "")


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Mark this browser for the person who has just signed in; at most eight persons are kept, the last ones."""
    held = _held(request)
    held[str(user.pk)] = held.pop(str(user.pk), "") or secrets.token_urlsafe(12)
    value = signing.dumps(dict(list(held.items())[-PEOPLE:]), salt=SALT, compress=True)
    response.set_cookie(
        COOKIE, value, max_age=int(LASTS.total_seconds()), path="/sign-in/", httponly=True, samesite="Strict", secure=settings.HTTPS
    )


def _held(request: HttpRequest) -> dict[str, str]:
    try:
        held: dict[str, str] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return {}
    return held
