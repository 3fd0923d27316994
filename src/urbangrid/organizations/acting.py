"""The one appointment under which a request acts (architecture §3.5). Work lists unite all of a person's; an act records one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from urbangrid.accounts.actions import token_hash
from urbangrid.audit.actions import note
from urbangrid.core import clock
from urbangrid.core.errors import NotAllowed, declare
from urbangrid.organizations.models import Appointment

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

declare(
    {
        "sign_in_needed": _("请先登录。"),
        "post_without_right": _("%(post)s不能使用这个页面。请切换岗位，或向系统管理员申请。"),
    }
)


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts, as what, for which unit, over which area; everything that rights are decided by, read once per request."""

    platform_id: int
    platform_code: str
    user_id: int
    user_name: str
    appointment_id: int
    post_code: str
    post_name: str
    face: str
    desk: str
    unit_id: int
    unit_name: str
    unit_kind: str
    director_unit_id: int | None
    division_id: int | None
    duties: frozenset[str]
    zone_name: str = "Asia/Shanghai"
    device: str = ""
    must_change_password: bool = False

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)

    def may(self, duty: str) -> bool:
        return duty in self.duties


_SELECT = """
SELECT a.platform_id, p.code, a.user_id, u.name, a.id, o.code, o.name, o.face, o.desk, a.unit_id, n.name, n.kind, a.director_unit_id,
    a.division_id, o.duties, p.zone_name, u.must_change_password, u.session_stamp
FROM organizations_appointment a JOIN accounts_user u ON u.id = a.user_id JOIN organizations_post o ON o.id = a.post_id
    JOIN organizations_unit n ON n.id = a.unit_id JOIN core_platform p ON p.id = a.platform_id
"""
_IN_FORCE = """ a.valid_from <= %(now)s AND (a.valid_to IS NULL OR a.valid_to > %(now)s)
    AND u.is_active AND (u.active_until IS NULL OR u.active_until > %(now)s)"""
_BY_APPOINTMENT = f"{_SELECT} WHERE a.id = %(appointment)s AND a.user_id = %(user)s AND {_IN_FORCE}"
_BY_TOKEN = (
    f"{_SELECT} JOIN accounts_apitoken t ON t.appointment_id = a.id AND t.user_id = a.user_id"
    f" WHERE t.token_hash = %(token)s AND t.revoked_at IS NULL AND t.expires_at > %(now)s AND {_IN_FORCE}"
)
"""Written out, because every request asks: five joined models through the ORM took an eighth of a list's processor time."""


def acting_as(appointment_id: int, user_id: int, stamp: str | None = None) -> Acting | None:
    """The acting post of an appointment in force, by one statement; None when it ended, is another's, or the session is stale."""
    return _one(_BY_APPOINTMENT, {"appointment": appointment_id, "user": user_id}, stamp)


def _one(statement: str, values: dict[str, Any], stamp: str | None = None) -> Acting | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values | {"now": clock.now()})
        row = cursor.fetchone()
    if row is None or (stamp is not None and row[17] != stamp):
        return None
    read: list[Any] = [*row[:14], frozenset(row[14]), row[15], "", row[16]]
    return Acting(*read)


def from_row(row: Appointment) -> Acting:
    """The value of a loaded appointment (user, post, unit and platform joined)."""
    return Acting(
        platform_id=row.platform_id, platform_code=row.platform.code, user_id=row.user_id, user_name=row.user.name, appointment_id=row.pk,
        post_code=row.post.code, post_name=row.post.name, face=row.post.face, desk=row.post.desk, unit_id=row.unit_id,
        unit_name=row.unit.name, unit_kind=row.unit.kind, director_unit_id=row.director_unit_id, division_id=row.division_id,
        duties=frozenset(row.post.duties), zone_name=row.platform.zone_name, must_change_password=row.user.must_change_password,
    )  # fmt: skip


class ActingMiddleware:
    """Sets ``request.acting`` from the session or an API token; None for a stranger. One statement beside the session's own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        by_token = "Authorization" in request.headers  # a wrong token never falls back to the session beside it
        acting = _of_token(request) if by_token else _of_session(request)
        request.acting = acting  # type: ignore[attr-defined]
        if acting is not None and acting.must_change_password and request.path not in _before_password():
            return redirect("people:password")
        return self.get_response(request)


def _before_password() -> set[str]:
    """What a person with a one-time password may open before she has set her own."""
    return {reverse(name) for name in ("people:password", "people:sign_out", "people:sign_in", "people:posts")}


def _of_session(request: HttpRequest) -> Acting | None:
    appointment_id, user_id = request.session.get("appointment"), request.session.get("user")
    if not appointment_id or not user_id:
        return None
    return acting_as(appointment_id, user_id, request.session.get("stamp", ""))


def _of_token(request: HttpRequest) -> Acting | None:
    """A token is bound to one appointment; a request with a wrong one is a stranger's."""
    scheme, _sep, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return None
    return _one(_BY_TOKEN, {"token": token_hash(token)})


View = Callable[..., "HttpResponse"]


def acting_required(*duties: str) -> Callable[[View], View]:
    """For views: a stranger goes to the sign-in, a post without one of ``duties`` is refused, on record."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            acting: Acting | None = request.acting  # type: ignore[attr-defined]
            if acting is None:
                raise NotAllowed("sign_in_needed")
            if duties and not any(acting.may(duty) for duty in duties):
                note(acting, "refused", subject=request.path)
                raise NotAllowed("post_without_right", post=acting.post_name)
            return view(request, *args, **kwargs)

        return guarded

    return wrap
