"""Terminals 终端: a key per browser, asked for by a person, admitted or blocked by the security administrator (HD-2.3.7i, CY-24-1)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.db import connection, transaction

from urbangrid.accounts import device_proof, messages
from urbangrid.accounts.device_proof import Proof
from urbangrid.accounts.models import ApiToken, Device, SignIn, SpentChallenge
from urbangrid.audit.actions import note
from urbangrid.core import clock, limits
from urbangrid.core.errors import NotAllowed, Refusal

if TYPE_CHECKING:
    from urbangrid.organizations.acting import Acting

CHALLENGE_LASTS = timedelta(minutes=5)
SALT = "urbangrid.device"
NUMBER_LETTERS, MODEL_LETTERS = 40, 60


def challenge(purpose: str) -> str:
    """Something to sign, good for five minutes and once. Nothing is kept of it until it is used: strangers ask for it too."""
    values = {"n": secrets.token_urlsafe(16), "p": purpose, "e": int((clock.now() + CHALLENGE_LASTS).timestamp())}
    return signing.dumps(values, salt=SALT)


def _spend(text: str, purpose: str) -> None:
    """Raises NotAllowed ``device_proof_wrong``: not ours, for something else, too old, or used before."""
    now = clock.now()
    try:
        values: dict[str, Any] = signing.loads(text, salt=SALT)
    except signing.BadSignature as error:
        raise NotAllowed("device_proof_wrong") from error
    if values["p"] != purpose or values["e"] <= now.timestamp():
        raise NotAllowed("device_proof_wrong")
    SpentChallenge.objects.filter(ends_at__lte=now).delete()
    with connection.cursor() as cursor:  # one statement decides between two that come at once
        digest = hashlib.sha256(values["n"].encode()).hexdigest()
        cursor.execute(
            "INSERT INTO accounts_spentchallenge (digest, ends_at) VALUES (%s, %s) ON CONFLICT DO NOTHING", [digest, now + CHALLENGE_LASTS]
        )
        if cursor.rowcount != 1:
            raise NotAllowed("device_proof_wrong")


def proven(proof: Proof | None, purpose: str, host: str, address: str) -> Device | None:
    """The terminal whose key signed; None where no proof was given or the key is not known here.

    Raises NotAllowed ``device_proof_wrong`` (forged, replayed, too old) and ``device_blocked``; both are on the trail, and a forged one
    counts like a wrong password for the address.
    """
    device = Device.objects.filter(fingerprint=proof.fingerprint).first() if proof is not None else None
    if proof is None or device is None:
        return None
    signed = device_proof.message(purpose, host, proof.challenge)
    if not device_proof.holds(bytes(device.public_key), signed, proof.signature):
        limits.spend("sign_in.address", address)
        _note_of(device, "device_proof_wrong", address)
        raise NotAllowed("device_proof_wrong")
    try:
        _spend(proof.challenge, purpose)
    except NotAllowed:
        _note_of(device, "device_proof_wrong", address)
        raise
    if device.state == Device.BLOCKED:
        _note_of(device, "device_refused", address)
        raise blocked(device)
    Device.objects.filter(pk=device.pk).update(seen_at=clock.now())
    return device


def blocked(device: Device) -> NotAllowed:
    """The refusal of a blocked terminal, with its reason in words."""
    return NotAllowed("device_blocked", reason=str(messages.DEVICE_REASONS.get(device.reason, device.reason)))


def _note_of(device: Device, action: str, address: str) -> None:
    note(None, action, user_id=device.user_id, subject=f"user:{device.user_id}", values={"device": device.words}, address=address)


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for a terminal to be admitted, under which unit, and what she says of it."""

    user_id: int
    platform_id: int
    unit_id: int
    number: str
    model: str
    address: str


def ask(asked: Asked, point: bytes, proof: Proof | None, host: str, *, first_at_once: bool) -> Device:
    """登记: the terminal whose public key this is, asked for or, being the person's first and the rule set so, admitted.

    A key that stands already is given back as it is. Raises NotAllowed ``device_blocked``, ``device_proof_wrong``, Refusal
    ``device_key_unreadable``, ``device_model_missing``.
    """
    try:
        device_proof.public_key(point)
    except device_proof.Unreadable as error:
        raise Refusal("device_key_unreadable", status=422) from error
    model, number = _plain(asked.model)[:MODEL_LETTERS], _plain(asked.number)[:NUMBER_LETTERS]
    if not model:
        raise Refusal("device_model_missing", status=422, field="model")
    if proof is None or not device_proof.holds(point, device_proof.message("enrol", host, proof.challenge), proof.signature):
        raise NotAllowed("device_proof_wrong")
    with transaction.atomic():
        _spend(proof.challenge, "enrol")
        now, first = clock.now(), first_at_once and not Device.objects.filter(user_id=asked.user_id).exists()
        values: dict[str, Any] = {
            "platform_id": asked.platform_id, "user_id": asked.user_id, "unit_id": asked.unit_id, "number": number, "model": model,
            "public_key": point, "state": Device.ADMITTED if first else Device.ASKED, "asked_at": now,
            "admitted_at": now if first else None, "seen_at": now,
        }  # fmt: skip
        device, made = Device.objects.get_or_create(fingerprint=device_proof.fingerprint(point), defaults=values)
        if made:
            _note_of(device, "device_admitted_at_once" if first else "device_asked", asked.address)
    if device.state == Device.BLOCKED:
        raise blocked(device)
    return device


def _plain(text: str) -> str:
    return " ".join(text.replace("\0", "").split())


def carry(sign_in_id: int, device: Device) -> None:
    """The sign-in goes on as one of this terminal, proven now."""
    SignIn.objects.filter(pk=sign_in_id).update(device=device, device_proved_at=clock.now())


@transaction.atomic
def admit(device_id: int, acting: Acting, number: str, model: str) -> Device:
    """准入: the terminal may be used, under its number; a blocked one that was found again too. Raises Refusal ``device_changed``."""
    device = _locked(device_id, acting, (Device.ASKED, Device.BLOCKED))
    before = device.state
    device.state, device.reason, device.admitted_at, device.admitted_by = Device.ADMITTED, "", clock.now(), acting.user_id
    device.number, device.model = _plain(number)[:NUMBER_LETTERS], _plain(model)[:MODEL_LETTERS] or device.model
    device.save()
    _note(acting, "device_admitted", device, {"found_again": True} if before == Device.BLOCKED else {})
    return device


@transaction.atomic
def block(device_id: int, acting: Acting, reason: str) -> Device:
    """停用, e.g. as lost: its sign-ins and tokens end at once; the person's account stays as it is.

    Raises Refusal ``device_changed``, ``device_reason_missing``, and ``own_device`` for the one this very page is read on.
    """
    if reason not in messages.DEVICE_REASONS:
        raise Refusal("device_reason_missing", status=422)
    if device_id == acting.device_id:
        raise Refusal("own_device", status=409)
    device = _locked(device_id, acting, (Device.ASKED, Device.ADMITTED))
    now = clock.now()
    device.state, device.reason, device.blocked_at, device.blocked_by = Device.BLOCKED, reason, now, acting.user_id
    device.save()
    ended = SignIn.objects.filter(device=device, ended_at=None).update(ended_at=now, ended_by=acting.user_id)
    tokens = ApiToken.objects.filter(device=device, revoked_at=None).update(revoked_at=now)
    _note(acting, "device_blocked", device, {"reason": reason, "sign_ins": ended, "tokens": tokens})
    return device


def _locked(device_id: int, acting: Acting, states: tuple[str, ...]) -> Device:
    rows = Device.objects.select_for_update().filter(pk=device_id, platform_id=acting.platform_id)
    device = rows.filter(state__in=states).first()
    if device is None:
        raise Refusal("device_changed", status=409)
    return device


def _note(acting: Acting, action: str, device: Device, more: Mapping[str, Any]) -> None:
    note(acting, action, subject=f"user:{device.user_id}", values={"device": device.words, **more})


def of_sign_in(sign_in_id: int) -> Device | None:
    """The terminal that a sign-in, open or ended, was made on."""
    row = SignIn.objects.filter(pk=sign_in_id).select_related("device").first()
    return row.device if row is not None else None


def of_person(user_id: int) -> list[Device]:
    """A person's terminals, newest first."""
    return list(Device.objects.filter(user_id=user_id).order_by("-asked_at", "-pk"))
