"""第二步: a code from an authenticator beside the password (TOTP, RFC 6238: SHA-1, 6 digits, 30 seconds), and codes for once.

A code is taken one step of 30 seconds early or late, and never twice. Five wrong ones lock the second step for 15 minutes, apart from
the lockout of the password: only who knows the password comes so far, so no stranger can lock anybody by it.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b32encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pyotp
import segno
from django.db import transaction
from django.utils.timezone import localtime

from urbangrid.accounts import sealing
from urbangrid.accounts.models import ApiToken, RecoveryCode, SecondFactor, SignIn, User
from urbangrid.audit.actions import note
from urbangrid.core import clock
from urbangrid.core.errors import NotAllowed, Refusal

if TYPE_CHECKING:
    from urbangrid.organizations.acting import Acting

TRIES = 5
LOCK = timedelta(minutes=15)
STEP_SECONDS = 30
SKEW_STEPS = 1
SET_UP_TIME = timedelta(minutes=15)
"""From the drawing of the page with the picture to the first code."""
CODES = 10
CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Read from paper: no letter that looks like a digit. Ten of them are 49 bits."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A secret not yet in force: as a picture, as words to type, and closed for the form that brings it back with a first code."""

    svg: str
    key: str
    sealed: str


def is_set_up(user_id: int) -> bool:
    return SecondFactor.objects.filter(pk=user_id).exists()


def codes_left(user_id: int) -> int:
    """Recovery codes not used yet."""
    return RecoveryCode.objects.filter(user_id=user_id, used_at=None).count()


def offer(user: User, issuer: str, sealed: str = "") -> Offer:
    """A new secret, or the one of ``sealed`` again while it is fresh; nothing is kept until its first code was given."""
    try:
        secret = _offered(user.pk, sealed)
    except Refusal:
        secret = secrets.token_bytes(20)
        ends = int((clock.now() + SET_UP_TIME).timestamp())
        sealed = sealing.seal_text(ends.to_bytes(8) + secret, _whose_offer(user.pk))
    totp = _totp(secret)
    picture = segno.make(totp.provisioning_uri(name=user.username, issuer_name=issuer or None), error="m", micro=False)
    key = totp.secret
    return Offer(picture.svg_inline(scale=4, border=4), " ".join(key[i : i + 4] for i in range(0, len(key), 4)), sealed)


@transaction.atomic
def set_up(user_id: int, sealed: str, code: str) -> list[str]:
    """The offered secret comes into force by its first code; gives the recovery codes, shown once.

    Raises Refusal ``second_step_stands``, ``offer_too_old``, ``code_wrong``.
    """
    secret = _offered(user_id, sealed)
    step = _step_of(secret, code, 0)
    if step is None:
        raise Refusal("code_wrong", status=422, field="code")
    User.objects.select_for_update().get(pk=user_id)
    if is_set_up(user_id):
        raise Refusal("second_step_stands", status=409)
    SecondFactor.objects.create(user_id=user_id, sealed=sealing.seal(secret, _whose(user_id)), made_at=clock.now(), last_step=step)
    note(None, "second_step_set_up", user_id=user_id, subject=f"user:{user_id}")
    return _new_codes(user_id)


def check(user_id: int, code: str, address: str = "") -> None:
    """Take a code of the authenticator or a recovery code.

    Raises NotAllowed ``second_step_locked``, ``second_step_wrong`` with the tries left; failures count though the caller's request fails.
    """
    with transaction.atomic():
        row = SecondFactor.objects.select_for_update().filter(pk=user_id).first()
        fault = _check(row, code, address) if row is not None else NotAllowed("second_step_missing", field="code")
    if fault is not None:
        raise fault


def _check(row: SecondFactor, code: str, address: str) -> NotAllowed | None:
    now = clock.now()
    if row.locked_until is not None and row.locked_until > now:
        note(None, "second_step_locked", user_id=row.pk, address=address)
        return NotAllowed("second_step_locked", until=_time(row.locked_until), field="code")
    try:
        step = _step_of(sealing.open_sealed(bytes(row.sealed), _whose(row.pk)), code, row.last_step)
    except sealing.Unreadable:  # restored without its key: recovery codes need the key too, so only a reset helps
        return NotAllowed("second_step_unreadable", field="code")
    if step is not None:
        row.last_step = step
    elif not _use_code(row.pk, code, address):
        return _count(row, address)
    row.failed, row.locked_until = 0, None
    row.save(update_fields=["last_step", "failed", "locked_until"])
    return None


def _count(row: SecondFactor, address: str) -> NotAllowed:
    row.failed += 1
    left = TRIES - row.failed
    if left <= 0:
        row.failed, row.locked_until = 0, clock.now() + LOCK
    row.save(update_fields=["failed", "locked_until"])
    note(None, "second_step_failed", user_id=row.pk, values={"left": max(left, 0)}, address=address)
    if row.locked_until is not None and left <= 0:
        return NotAllowed("second_step_locked", until=_time(row.locked_until), field="code")
    return NotAllowed("second_step_wrong", left=left, field="code")


def _use_code(user_id: int, typed: str, address: str) -> bool:
    """Whether it is an unused recovery code, which is then used up."""
    plain = "".join(letter for letter in typed.lower() if letter.isalnum())
    found = RecoveryCode.objects.filter(user_id=user_id, code_hash=_code_hash(user_id, plain), used_at=None)
    if not found.update(used_at=clock.now()):
        return False
    note(None, "recovery_code_used", user_id=user_id, values={"codes_left": codes_left(user_id)}, address=address)
    return True


def renew_codes(user_id: int, code: str) -> list[str]:
    """Ten new recovery codes for a code of the authenticator; the old ones end. Raises as ``check``."""
    check(user_id, code)  # in a transaction of its own: a wrong try is counted although nothing else is done
    with transaction.atomic():
        codes = _new_codes(user_id)
        note(None, "recovery_codes_renewed", user_id=user_id)
    return codes


def _new_codes(user_id: int) -> list[str]:
    RecoveryCode.objects.filter(user_id=user_id).delete()
    codes = ["".join(secrets.choice(CODE_LETTERS) for _ in range(10)) for _ in range(CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user_id=user_id, code_hash=_code_hash(user_id, one)) for one in codes)
    return [f"{one[:5]}-{one[5:]}" for one in codes]


@transaction.atomic
def reset(user_id: int, acting: Acting | None) -> None:
    """Take the second step of a person away, by somebody else: her authenticator is lost. All her sessions and tokens end.

    ``acting`` None: the operator at the machine. Raises Refusal ``own_second_step`` and ``second_step_missing``.
    """
    if acting is not None and acting.user_id == user_id:
        raise Refusal("own_second_step", status=409)
    if not SecondFactor.objects.filter(pk=user_id).delete()[0]:
        raise Refusal("second_step_missing", status=409)
    RecoveryCode.objects.filter(user_id=user_id).delete()
    User.objects.filter(pk=user_id).update(session_stamp=secrets.token_hex(8))
    now, by = clock.now(), acting.user_id if acting is not None else None
    SignIn.objects.filter(user_id=user_id, ended_at=None).update(ended_at=now, ended_by=by)
    ApiToken.objects.filter(user_id=user_id, revoked_at=None).update(revoked_at=now)
    note(acting, "second_step_reset", subject=f"user:{user_id}")


def _totp(secret: bytes) -> pyotp.TOTP:
    return pyotp.TOTP(b32encode(secret).decode())


def _step_of(secret: bytes, typed: str, last_step: int) -> int | None:
    """The step whose code this is, at most one away from now and after ``last_step``; None for a wrong or used code."""
    code = "".join(typed.split())
    if len(code) != 6 or not code.isascii() or not code.isdigit():
        return None
    totp, now = _totp(secret), int(clock.machine().timestamp()) // STEP_SECONDS  # the phone knows no demonstration clock
    for step in range(now - SKEW_STEPS, now + SKEW_STEPS + 1):
        if step > last_step and hmac.compare_digest(totp.at(datetime.fromtimestamp(step * STEP_SECONDS, UTC)), code):
            return step
    return None


def _offered(user_id: int, sealed: str) -> bytes:
    try:
        held = sealing.open_text(sealed, _whose_offer(user_id))
    except sealing.Unreadable as error:
        raise Refusal("offer_too_old", status=422, field="code") from error
    if int.from_bytes(held[:8]) < clock.now().timestamp():
        raise Refusal("offer_too_old", status=422, field="code")
    return held[8:]


def _whose(user_id: int) -> str:
    return f"second step of {user_id}"


def _whose_offer(user_id: int) -> str:
    return f"offer to {user_id}"


def _code_hash(user_id: int, plain: str) -> str:
    return sealing.keyed_hash(f"{user_id} {plain}")


def _time(moment: datetime) -> str:
    return localtime(moment).strftime("%H:%M")
