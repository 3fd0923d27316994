"""Signing in and out, passwords, tokens (HD-9.1.3). Every success and failure leaves an audit row."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from urbangrid.accounts import messages, passwords
from urbangrid.accounts.models import ApiToken, Device, SignIn, User
from urbangrid.audit.actions import note
from urbangrid.core import clock, limits
from urbangrid.core.errors import NotAllowed, NotFound, Refusal
from urbangrid.core.text import initials

if TYPE_CHECKING:
    from urbangrid.organizations.acting import Acting

TRIES = 5
LOCK = timedelta(minutes=15)
TOKEN_LIFE = timedelta(hours=12)
ONCE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of one-time passwords, which are read aloud: no letter that looks like a digit."""
USERNAME_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-")
_NOBODY = make_password(secrets.token_hex())
"""Checked for unknown names, so that a stranger cannot tell by the time whether an account exists."""


def sign_in(username: str, password: str, address: str = "", device: str = "") -> User:
    """The user when name and password are right. ``device``: mark of a browser in which this very person signed in before.

    Raises NotAllowed ``wrong_password`` with the tries left, ``account_locked`` or ``account_ended``; TooOften ``too_often`` for an
    address or device with too many wrong passwords. Failures count and are kept even though the caller's request fails.
    A known device has a count of its own and passes the lockout, so that strangers cannot lock a person out of her own screen.
    """
    left = _count_try(address, device)
    with transaction.atomic():
        user = User.objects.select_for_update().filter(username=_plain(username)).first()
        fault = _check(user, password, address, known=bool(device))
    if fault is None or fault.code == "account_ended":
        _give_back(_limits(address, device))
    elif device:
        fault.values["left"] = left
    if fault is not None or user is None:
        raise fault or NotAllowed("wrong_password", left=TRIES)
    return user


def _count_try(address: str, device: str) -> int:
    """Every try counts until it turns out right, so that a thousand at once are not all let through; tries left to the device."""
    left, counted = 0, []
    try:
        for name, subject in _limits(address, device):
            counted.append((name, subject))
            left = limits.spend(name, subject)
    except limits.TooOften:  # no password was looked at, so it was no wrong one
        _give_back(counted)
        raise
    return left


def _limits(address: str, device: str) -> list[tuple[str, str]]:
    return [(name, subject) for name, subject in (("sign_in.address", address), ("sign_in.device", device)) if subject]


def _give_back(counted: Iterable[tuple[str, str]]) -> None:
    for name, subject in counted:
        limits.give_back(name, subject)


def _plain(username: str) -> str:
    """Without blanks around it; PostgreSQL refuses the NUL character, so such a name is simply unknown."""
    return username.strip().replace("\0", "")


def _check(user: User | None, password: str, address: str, *, known: bool) -> NotAllowed | None:
    now = clock.now()
    if user is None:
        check_password(password, _NOBODY)
        note(None, "sign_in_unknown", address=address)
        return NotAllowed("wrong_password", left=TRIES - 1, field="password")
    if user.locked_until is not None and user.locked_until > now and not known:
        note(None, "sign_in_locked", user_id=user.pk, address=address)
        return NotAllowed("account_locked", until=_clock_time(user), field="password")
    if not user.check_password(password):
        return _count(user, address, known=known)
    if not user.is_active or (user.active_until is not None and user.active_until <= now):
        note(None, "sign_in_ended", user_id=user.pk, address=address)
        return NotAllowed("account_ended", field="username")
    user.session_stamp = user.session_stamp or secrets.token_hex(8)
    if not known:  # what strangers tried goes on to count against them
        user.failed_sign_ins, user.locked_until = 0, None
    user.save(update_fields=["failed_sign_ins", "locked_until", "session_stamp"])
    return None


def _count(user: User, address: str, *, known: bool) -> NotAllowed:
    """One more wrong try; the fifth locks for 15 minutes. Those of a known device are counted by ``limits`` alone."""
    if known:
        note(None, "sign_in_failed", user_id=user.pk, address=address)
        return NotAllowed("wrong_password", left=0, field="password")
    user.failed_sign_ins += 1
    left = TRIES - user.failed_sign_ins
    if left <= 0:
        user.failed_sign_ins, user.locked_until = 0, clock.now() + LOCK
    user.save(update_fields=["failed_sign_ins", "locked_until"])
    note(None, "sign_in_failed", user_id=user.pk, values={"left": max(left, 0)}, address=address)
    if left <= 0:
        return NotAllowed("account_locked", until=_clock_time(user), field="password")
    return NotAllowed("wrong_password", left=left, field="password")


def _clock_time(user: User) -> str:
    return localtime(user.locked_until).strftime("%H:%M") if user.locked_until else ""


@transaction.atomic
def change_password(user_id: int, old: str, new: str, here: int | None = None) -> User:
    """The person's own change; every session but ``here`` and every token of hers ends.

    Raises Refusal ``old_password_wrong``, ``password_weak``.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    if not user.check_password(old):
        raise Refusal("old_password_wrong", status=422, field="old")
    _set(user, new)
    user.must_change_password = False
    user.save(update_fields=["password", "password_set_at", "session_stamp", "must_change_password"])
    revoke_tokens(user.pk)
    end_sessions(user.pk, user.pk, here)
    note(None, "password_changed", user_id=user.pk)
    return user


def _set(user: User, new: str) -> None:
    found = passwords.faults(new, user.username, user.name)
    if found:
        words = _("；").join(str(messages.PASSWORD_FAULTS[code]) for code in found)
        raise Refusal("password_weak", status=422, field="new", faults=words)
    user.set_password(new)
    user.password_set_at, user.session_stamp = clock.now(), secrets.token_hex(8)


@transaction.atomic
def create_user(
    *, username: str, name: str, phone: str = "", contractor: str = "", active_until: datetime | None = None, acting: Acting | None = None,
) -> tuple[User, str]:  # fmt: skip
    """A new account and its one-time password. Raises Refusal ``username_faulty``, ``username_taken``, ``name_missing``."""
    username, name = username.strip().lower(), name.strip()
    if not 3 <= len(username) <= 40 or not set(username) <= USERNAME_LETTERS:
        raise Refusal("username_faulty", status=422, field="username")
    if User.objects.filter(username=username).exists():
        raise Refusal("username_taken", status=422, field="username", username=username)
    if not name:
        raise Refusal("name_missing", status=422, field="name")
    user = User(
        username=username, name=name[:30], initials=initials(name)[:30], phone=phone.strip()[:20], contractor=contractor.strip()[:60],
        active_until=active_until, platform_id=acting.platform_id if acting else None,
    )  # fmt: skip
    once = _one_time(user)
    user.save(force_insert=True)
    note(acting, "user_created", subject=f"user:{user.pk}", values={"username": username})
    return user, once


@transaction.atomic
def reset_password(user_id: int, acting: Acting) -> str:
    """A one-time password, set by the system administrator; sessions and tokens end, a lockout too, and the person must change it first."""
    user = User.objects.select_for_update().get(pk=user_id)
    once = _one_time(user)
    user.failed_sign_ins, user.locked_until = 0, None
    user.save()
    revoke_tokens(user.pk)
    end_sessions(user.pk, acting.user_id)
    note(acting, "password_reset", subject=f"user:{user.pk}")
    return once


def _one_time(user: User) -> str:
    """Set twelve random letters, about 59 bits, in three groups."""
    once = "-".join("".join(secrets.choice(ONCE_LETTERS) for _ in range(4)) for _ in range(3))
    user.set_password(once)
    user.must_change_password, user.session_stamp, user.password_set_at = True, secrets.token_hex(8), clock.now()
    return once


@transaction.atomic
def unlock(user_id: int, acting: Acting) -> None:
    """End a lockout before its time. Raises Refusal ``not_locked``."""
    locked = User.objects.filter(pk=user_id, locked_until__gt=clock.now())
    if not locked.update(locked_until=None, failed_sign_ins=0):
        raise Refusal("not_locked", status=409)
    note(acting, "unlocked", subject=f"user:{user_id}")


@transaction.atomic
def end_account(user_id: int, acting: Acting) -> None:
    """No sign-in from now on; sessions and tokens end. Raises Refusal ``own_account`` and ``account_changed`` when it already ended."""
    if user_id == acting.user_id:
        raise Refusal("own_account", status=409)
    if not User.objects.filter(pk=user_id, is_active=True).update(is_active=False, session_stamp=secrets.token_hex(8)):
        raise Refusal("account_changed", status=409)
    revoke_tokens(user_id)
    end_sessions(user_id, acting.user_id)
    note(acting, "account_ended", subject=f"user:{user_id}")


@transaction.atomic
def resume_account(user_id: int, acting: Acting) -> None:
    """Take the end of an account back; the password stays. Raises Refusal ``account_changed`` when it had not ended."""
    if not User.objects.filter(pk=user_id, is_active=False).update(is_active=True):
        raise Refusal("account_changed", status=409)
    note(acting, "account_resumed", subject=f"user:{user_id}")


@transaction.atomic
def begin_session(
    user: User, address: str, agent: str, *, second_step: bool = False, demonstration: bool = False, device: Device | None = None
) -> SignIn:  # fmt: skip
    """The sign-in is complete: its row, which the session names and ends with. ``device``: the terminal that proved its key."""
    now = clock.now()
    user.session_stamp = user.session_stamp or secrets.token_hex(8)
    user.last_sign_in_at = now
    user.save(update_fields=["session_stamp", "last_sign_in_at"])
    if demonstration:
        note(None, "sign_in_demonstration", user_id=user.pk, address=address)
    else:
        note(None, "sign_in", user_id=user.pk, address=address, values={"second_step": True} if second_step else None)
    return SignIn.objects.create(
        user=user, begun_at=now, seen_at=now, address=address[:45], agent=_plain(agent)[:200], second_step=second_step,
        device=device, device_proved_at=now if device is not None else None,
    )  # fmt: skip


@transaction.atomic
def end_session(sign_in_id: int, user_id: int, acting: Acting) -> None:
    """End one sign-in of a person: by herself, or by the security administrator. Raises Refusal ``sign_in_gone``."""
    found = SignIn.objects.filter(pk=sign_in_id, user_id=user_id, ended_at=None)
    if not found.update(ended_at=clock.now(), ended_by=acting.user_id):
        raise Refusal("sign_in_gone", status=409)
    note(acting, "session_ended", subject=f"user:{user_id}")


@transaction.atomic
def end_other_sessions(user_id: int, but: int, acting: Acting) -> int:
    """退出其他: every sign-in of the person but one; says how many."""
    ended = end_sessions(user_id, acting.user_id, but)
    if ended:
        note(acting, "sessions_ended", subject=f"user:{user_id}", values={"count": ended})
    return ended


def end_sessions(user_id: int, by: int | None, but: int | None = None) -> int:
    """Mark a person's sign-ins as ended, all or all but one; says how many. The act that does it leaves the audit row."""
    rows = SignIn.objects.filter(user_id=user_id, ended_at=None)
    return (rows if but is None else rows.exclude(pk=but)).update(ended_at=clock.now(), ended_by=by)


def signed_out(sign_in_id: int, user_id: int) -> None:
    SignIn.objects.filter(pk=sign_in_id, ended_at=None).update(ended_at=clock.now(), ended_by=user_id)


def second_step_done(sign_in_id: int) -> None:
    """The code was given in a session that began with the password alone."""
    SignIn.objects.filter(pk=sign_in_id).update(second_step=True)


TOKEN_MARK = "ug_"  # noqa: S105 - how tokens begin, no token
"""Every token begins so, and scanners for lost secrets know it by it."""
PREFIX = 9


def token_hash(token: str) -> str:
    """What the database holds of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def issue_token(
    user_id: int, appointment_id: int, label: str, life: timedelta = TOKEN_LIFE, address: str = "", device_id: int | None = None
) -> str:  # fmt: skip
    """A token for a program or phone, shown once; the database holds its hash. Made on an admitted terminal it ends with it."""
    token = TOKEN_MARK + secrets.token_urlsafe(32)
    now = clock.now()
    ApiToken.objects.create(
        user_id=user_id, appointment_id=appointment_id, token_hash=token_hash(token), prefix=token[:PREFIX], label=label[:60],
        created_at=now, expires_at=now + life, device_id=device_id,
    )  # fmt: skip
    note(None, "token_issued", user_id=user_id, values={"label": label[:60], "prefix": token[:PREFIX]}, address=address)
    return token


def token_row(token: str) -> ApiToken:
    """The valid row of a token. Raises NotFound ``token_unknown`` (status 401)."""
    row = ApiToken.objects.filter(token_hash=token_hash(token), revoked_at=None, expires_at__gt=clock.now()).first()
    if row is None:
        raise NotFound("token_unknown", status=401)
    return row


def revoke_tokens(user_id: int) -> None:
    """All tokens of a person end."""
    ApiToken.objects.filter(user_id=user_id, revoked_at=None).update(revoked_at=clock.now())


def revoke_tokens_of(appointment_ids: Collection[int], acting: Acting) -> int:
    """Good tokens that act as these appointments end, each on record; says how many. Call inside a transaction."""
    now = clock.now()
    rows = ApiToken.objects.filter(appointment_id__in=appointment_ids, revoked_at=None, expires_at__gt=now)
    found = list(rows.select_for_update().order_by("pk"))
    ApiToken.objects.filter(pk__in=[row.pk for row in found]).update(revoked_at=now)
    for row in found:
        note(acting, "token_revoked", subject=f"user:{row.user_id}", values={"label": row.label, "prefix": row.prefix})
    return len(found)


@transaction.atomic
def revoke_token(token_id: int, user_id: int, acting: Acting) -> None:
    """One token ends: by its person, or by the security administrator. Raises Refusal ``token_gone``."""
    found = ApiToken.objects.filter(pk=token_id, user_id=user_id, revoked_at=None, expires_at__gt=clock.now())
    if not found.update(revoked_at=clock.now()):
        raise Refusal("token_gone", status=409)
    note(acting, "token_revoked", subject=f"user:{user_id}")
