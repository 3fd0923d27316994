"""Secrets of people, closed by a key of the installation that lies outside the database and its backup (architecture §3.4)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12


class Unreadable(Exception):
    """Closed by another key, for somebody else, or changed since."""


@lru_cache(maxsize=1)
def _key() -> bytes:
    """32 bytes from the key file; a test or debug run without one has a key of its own."""
    path = Path(settings.SECOND_STEP_KEY_FILE)
    if path.exists():
        return hashlib.sha256(path.read_bytes().strip()).digest()
    if settings.TESTING or settings.DEBUG:
        return hashlib.sha256(b"only for tests").digest()
    raise FileNotFoundError(f"{path.name} is missing; restore it from the key backup or run ./urbangrid up")


def seal(secret: bytes, whose: str) -> bytes:
    """The secret closed, readable only with the same ``whose``: a row copied to another person opens nothing."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(_key()).encrypt(nonce, secret, whose.encode())


def open_sealed(sealed: bytes, whose: str) -> bytes:
    """What was closed. Raises Unreadable."""
    try:
        return AESGCM(_key()).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], whose.encode())
    except (InvalidTag, ValueError) as error:
        raise Unreadable from error


def seal_text(secret: bytes, whose: str) -> str:
    """The same for a form."""
    return base64.urlsafe_b64encode(seal(secret, whose)).decode()


def open_text(text: str, whose: str) -> bytes:
    """Raises Unreadable."""
    try:
        return open_sealed(base64.urlsafe_b64decode(text.encode()), whose)
    except ValueError as error:
        raise Unreadable from error


def keyed_hash(text: str) -> str:
    """A hash that nobody can try guesses against without the key."""
    return hmac.new(_key(), text.encode(), hashlib.sha256).hexdigest()
