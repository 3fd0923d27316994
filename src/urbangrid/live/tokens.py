"""Short-lived signed tokens: what the live process accepts instead of asking the database who somebody is (architecture §6).

The key is ``settings.LIVE_KEY``; the web processes sign, the live process reads. Ends are seconds of the machine's own
clock, not of the platform's: a demonstration that travels in time must not lengthen a token.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing

STREAM_SECONDS = 600
UPLOAD_SECONDS = 600
RENEWABLE_SECONDS = 12 * 3600
"""How long the topics of an ended token may be taken over into a new one: a shift."""


class TokenWrong(Exception):
    """Forged, cut off, of another kind, or ended."""


@dataclass(frozen=True, slots=True)
class StreamToken:
    """Who may listen to which topics until when (seconds since 1970)."""

    user_id: int
    appointment_id: int
    topics: tuple[str, ...]
    ends_at: float


@dataclass(frozen=True, slots=True)
class UploadToken:
    """Who may send which file, how large at most (bytes), until when (seconds since 1970)."""

    owner_id: int
    platform_id: int
    client_id: str
    name: str
    size_bytes: int
    ends_at: float


def stream_token(*, user_id: int, appointment_id: int, topics: list[str], now: float | None = None) -> str:
    """A token for one browser's stream, good for ten minutes."""
    ends = int((time.time() if now is None else now) + STREAM_SECONDS)
    return _sign("stream", {"u": user_id, "a": appointment_id, "t": topics, "e": ends})


def upload_token(
    *, owner_id: int, platform_id: int, client_id: str, name: str, size_bytes: int, now: float | None = None
) -> str:
    """A token for one file; its size was checked against the limit before it was signed."""
    ends = int((time.time() if now is None else now) + UPLOAD_SECONDS)
    values = {"o": owner_id, "p": platform_id, "c": client_id, "n": name, "s": size_bytes, "e": ends}
    return _sign("upload", values)


def read_stream(token: str, *, now: float | None = None, grace_seconds: float = 0) -> StreamToken:
    """The token's content. Raises TokenWrong; ``grace_seconds`` after its end it is still read, for renewal alone."""
    values = _read("stream", token, now, grace_seconds)
    return StreamToken(values["u"], values["a"], tuple(values["t"]), values["e"])


def read_upload(token: str, *, now: float | None = None) -> UploadToken:
    """The token's content. Raises TokenWrong."""
    values = _read("upload", token, now, 0)
    return UploadToken(values["o"], values["p"], values["c"], values["n"], values["s"], values["e"])


def _signer(kind: str) -> signing.Signer:
    return signing.Signer(key=settings.LIVE_KEY, salt=f"urbangrid.live.{kind}", fallback_keys=[])


def _sign(kind: str, values: dict[str, Any]) -> str:
    return _signer(kind).sign_object(values, compress=True)


def _read(kind: str, token: str, now: float | None, grace_seconds: float) -> dict[str, Any]:
    try:
        values: dict[str, Any] = _signer(kind).unsign_object(token)
    except Exception as error:  # a signature that fits, over bytes that do not, cannot be told apart from outside
        raise TokenWrong from error
    if values["e"] + grace_seconds <= (time.time() if now is None else now):
        raise TokenWrong
    return values
