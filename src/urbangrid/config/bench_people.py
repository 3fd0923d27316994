"""People of the measured city at the interface and in browsers: tokens, sessions, and more of a post than the city has."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.db import transaction

from urbangrid.accounts import actions as accounts
from urbangrid.accounts.models import User
from urbangrid.config.bench_city import SINCE
from urbangrid.config.bench_server import Call
from urbangrid.organizations import actions as organizations
from urbangrid.organizations.acting import Acting, from_row
from urbangrid.organizations.models import Appointment, Post


def bearer(who: Acting) -> dict[str, str]:
    """Headers of the JSON interface."""
    token = accounts.issue_token(who.user_id, who.appointment_id, "bench")
    return {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}


def cookie(who: Acting) -> dict[str, str]:
    """Headers of a browser that has signed in under this post."""
    user = User.objects.get(pk=who.user_id)
    begun = accounts.begin_session(user, "127.0.0.1", "bench", second_step=True)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session.update({"user": user.pk, "appointment": who.appointment_id, "stamp": user.session_stamp, "sign_in": begun.pk})
    session.create()
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}"}


def call(headers: dict[str, str], path: str, body: Any = None) -> Call:
    """A request of the JSON interface."""
    return Call(f"/api/v1{path}", headers, body)


def more_like(who: Acting, count: int) -> list[Acting]:
    """So many more people with the same post in the same unit."""
    row = Appointment.objects.select_related("post", "unit").get(pk=who.appointment_id)
    return [_person(f"{who.post_code}_{number}", row.post, row) for number in range(count)]


def with_post(beside: Acting, post_code: str) -> Acting:
    """Somebody with another post in the same unit, or in the nearest above it that has such a post."""
    row = Appointment.objects.select_related("unit__parent__parent").get(pk=beside.appointment_id)
    post = Post.objects.get(platform_id=beside.platform_id, code=post_code)
    while post.unit_kinds and row.unit.kind not in post.unit_kinds and row.unit.parent is not None:
        row.unit = row.unit.parent
    return _person(post_code, post, row)


@transaction.atomic
def _person(name: str, post: Post, beside: Appointment) -> Acting:
    user = User.objects.create(username=f"bench_{name}", name=name, password_set_at=SINCE)
    made = organizations.appoint(user=user, post=post, unit=beside.unit, division_id=beside.division_id)
    return from_row(Appointment.objects.select_related("user", "post", "unit", "platform").get(pk=made.pk))
