"""The one appointment under which a request acts (architecture §3.5). Work lists unite all of a person's; an act records one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from urbangrid.accounts.actions import token_hash
from urbangrid.core import clock, statements
from urbangrid.core.errors import NotAllowed, declare
from urbangrid.core.platforms import platform_of
from urbangrid.organizations import security
from urbangrid.organizations.models import Appointment

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

declare(
    {
        "sign_in_needed": _("请先登录。"),
        "post_without_right": _("%(post)s不能使用这个页面。请切换岗位，或向系统管理员申请。"),
    }
)


DEVICE_LETTERS = 16
"""Of a fingerprint, as records of cases carry it."""


ITSELF = 0
"""User and appointment where the platform itself acts: no such rows, records and items say null."""


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
    simulated: bool = False
    wants_second_step: bool = False
    """The post demands a code beside the password, and this person is no made one."""
    sign_in_id: int | None = None
    """The sign-in of this browser; None for a token and for programs."""
    second_step: bool = False
    """A code was given in this sign-in."""
    wants_device: bool = False
    """The post is acted under on admitted terminals only."""
    device_id: int | None = None
    """The admitted terminal of this sign-in or token; ``device`` is the beginning of its fingerprint."""
    proof_due_at: datetime | None = None
    """When its key must be proven again; None where nothing demands it."""
    home_unit_name: str = ""
    """Where the person comes from, when she sits in another unit's post (CY-2.4)."""
    night: bool = False
    """夜间兼岗: the post was given for a night shift by the platform's rule; records carry it (case-rules 23)."""
    robot: bool = False
    """演练: a program plays the post of the demonstration city; records carry it, a person's never do."""
    parent_platform_id: int | None = None
    """Of a district that only commands (model D): the city, on whose platform the cases are."""

    @property
    def cases_platform_id(self) -> int:
        """The platform whose cases, catalogue, calendars and numbers count for this post; the person herself is of ``platform_id``."""
        return self.parent_platform_id or self.platform_id

    @property
    def is_itself(self) -> bool:
        """The platform acts, nobody else: a day has come, a limit has passed."""
        return self.appointment_id == ITSELF

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)

    def may(self, duty: str) -> bool:
        return duty in self.duties


def itself(platform_id: int) -> Acting:
    """The platform as the one who acts, for what happens by itself."""
    platform = platform_of(platform_id)
    return Acting(
        platform_id=platform_id, platform_code=platform.code, user_id=ITSELF, user_name="", appointment_id=ITSELF,
        post_code="", post_name="", face="", desk="", unit_id=ITSELF, unit_name="", unit_kind="", director_unit_id=None,
        division_id=None, duties=frozenset(),
        zone_name=platform.zone_name,
    )  # fmt: skip


_COLUMNS = """
SELECT a.platform_id, p.code, a.user_id, u.name, a.id, o.code, o.name, o.face, o.desk, a.unit_id, n.name, n.kind, a.director_unit_id,
    a.division_id, o.duties, p.zone_name, u.must_change_password, u.session_stamp, u.simulated, p.settings -> 'security',
    CASE WHEN NOT p.supervises THEN p.parent_id END, coalesce(h.name, ''), a.for_night
"""
_FROM = """
FROM organizations_appointment a JOIN accounts_user u ON u.id = a.user_id JOIN organizations_post o ON o.id = a.post_id
    JOIN organizations_unit n ON n.id = a.unit_id JOIN core_platform p ON p.id = a.platform_id
    LEFT JOIN organizations_unit h ON h.id = a.home_unit_id
"""
_IN_FORCE = """ a.valid_from <= %(now)s AND (a.valid_to IS NULL OR a.valid_to > %(now)s)
    AND u.is_active AND (u.active_until IS NULL OR u.active_until > %(now)s)"""
_OF_APPOINTMENT = f" WHERE a.id = %(appointment)s AND a.user_id = %(user)s AND {_IN_FORCE}"
_BY_APPOINTMENT = f"{_COLUMNS} {_FROM} {_OF_APPOINTMENT}"
_ADMITTED = "CASE WHEN d.state = 'admitted' AND d.platform_id = a.platform_id THEN d.id END, d.fingerprint"
_NOT_BLOCKED = "d.state IS DISTINCT FROM 'blocked'"
_BY_SESSION = (
    f"{_COLUMNS}, s.id, s.second_step, s.seen_at, {_ADMITTED}, s.device_proved_at {_FROM}"
    f" JOIN accounts_signin s ON s.id = %(sign_in)s AND s.user_id = a.user_id LEFT JOIN accounts_device d ON d.id = s.device_id"
    f" {_OF_APPOINTMENT} AND s.ended_at IS NULL AND s.begun_at > %(begun)s AND {_NOT_BLOCKED}"
)
_BY_TOKEN = (
    f"{_COLUMNS}, t.id, false, t.last_used_at, {_ADMITTED}, NULL {_FROM}"
    " JOIN accounts_apitoken t ON t.appointment_id = a.id AND t.user_id = a.user_id LEFT JOIN accounts_device d ON d.id = t.device_id"
    f" WHERE t.token_hash = %(token)s AND t.revoked_at IS NULL AND t.expires_at > %(now)s AND {_IN_FORCE} AND {_NOT_BLOCKED}"
)
"""Written out, because every request asks: five joined models through the ORM took an eighth of a list's processor time."""


def acting_as(appointment_id: int, user_id: int) -> Acting | None:
    """The acting post of an appointment in force, for programs, by one statement; None when it ended or is another's."""
    row = _one(_BY_APPOINTMENT, {"appointment": appointment_id, "user": user_id})
    return _acting(row) if row is not None else None


def of_session(session: Mapping[str, Any], quiet: bool) -> Acting | None:
    """Whom a browser's session acts as; None once it ended: with the sign-in, the password, the contract, the appointment, after
    the longest time of a sign-in or too long without a page. One statement, and every five minutes one that says "seen";
    ``quiet``: a page asked by itself, nobody was seen."""
    appointment, user, sign_in = (session.get(name) for name in ("appointment", "user", "sign_in"))
    if not (appointment and user and sign_in):
        return None
    now = clock.now()
    values = {"appointment": appointment, "user": user, "sign_in": sign_in, "begun": now - settings.SIGN_IN_LASTS}
    row = _one(_BY_SESSION, values)
    if row is None or row[17] != session.get("stamp", ""):
        return None
    acting, seen_at = _on_device(_acting(row, sign_in_id=row[23], second_step=row[24]), row), row[25]
    if now - seen_at > security.idle_limit(_security(row), acting.duties, face=acting.face, on_device=acting.device_id is not None):
        return None
    if not quiet and now - seen_at > security.SEEN_EVERY:
        _execute("UPDATE accounts_signin SET seen_at = %(now)s WHERE id = %(id)s", {"now": now, "id": row[23]})
    return acting


def of_token(token: str) -> Acting | None:
    """Whom a token acts as; None for a wrong or ended one. One statement, and every five minutes one that says "used"."""
    row = _one(_BY_TOKEN, {"token": token_hash(token)})
    if row is None:
        return None
    now = clock.now()
    if row[25] is None or now - row[25] > security.SEEN_EVERY:
        _execute("UPDATE accounts_apitoken SET last_used_at = %(now)s WHERE id = %(id)s", {"now": now, "id": row[23]})
    return _on_device(_acting(row), row)


def _one(statement: str, values: dict[str, Any]) -> tuple[Any, ...] | None:
    return statements.one_row(statement, values | {"now": clock.now()})


def _execute(statement: str, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _security(row: tuple[Any, ...]) -> security.Rules:
    return security.rules(json.loads(row[19]) if row[19] is not None else {})


def _acting(row: tuple[Any, ...], **of_sign_in: Any) -> Acting:
    duties, rules = frozenset(row[14]), _security(row)
    wants = not row[18] and security.wants_second_step(rules, row[5], duties, row[7])
    read: list[Any] = [*row[:14], duties, row[15], "", row[16], row[18], wants]
    of_post = {"parent_platform_id": row[20], "home_unit_name": row[21], "night": row[22]}
    more = {"wants_device": security.wants_device(rules, row[5]), **of_post, **of_sign_in}
    return Acting(*read, **more)


def _on_device(acting: Acting, row: tuple[Any, ...]) -> Acting:
    """With the terminal of a sign-in or token, and when its key is due, by the columns that these have besides."""
    device_id, fingerprint, proved_at = row[26:29]
    if device_id is None:
        return acting
    due = proved_at + timedelta(hours=_security(row).device_proof_hours) if acting.wants_device and proved_at is not None else None
    return replace(acting, device=fingerprint[:DEVICE_LETTERS], device_id=device_id, proof_due_at=due)


def from_row(row: Appointment) -> Acting:
    """The value of a loaded appointment (user, post, unit and platform joined)."""
    rules, duties = security.rules(row.platform.settings.get("security")), frozenset(row.post.duties)
    return Acting(
        platform_id=row.platform_id, platform_code=row.platform.code, user_id=row.user_id, user_name=row.user.name, appointment_id=row.pk,
        post_code=row.post.code, post_name=row.post.name, face=row.post.face, desk=row.post.desk, unit_id=row.unit_id,
        unit_name=row.unit.name, unit_kind=row.unit.kind, director_unit_id=row.director_unit_id, division_id=row.division_id,
        duties=duties, zone_name=row.platform.zone_name, must_change_password=row.user.must_change_password,
        simulated=row.user.simulated,
        wants_second_step=not row.user.simulated and security.wants_second_step(rules, row.post.code, duties, row.post.face),
        wants_device=security.wants_device(rules, row.post.code),
        home_unit_name=row.home_unit.name if row.home_unit is not None else "", night=row.for_night,
        parent_platform_id=None if row.platform.supervises else row.platform.parent_id,
    )  # fmt: skip


View = Callable[..., "HttpResponse"]


def acting_required(*duties: str) -> Callable[[View], View]:
    """For views: a stranger goes to the sign-in, a post without one of ``duties`` is refused (on record by the middleware)."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            acting: Acting | None = request.acting  # type: ignore[attr-defined]
            if acting is None:
                raise NotAllowed("sign_in_needed")
            if duties and not any(acting.may(duty) for duty in duties):
                raise NotAllowed("post_without_right", post=acting.post_name)
            return view(request, *args, **kwargs)

        return guarded

    return wrap
