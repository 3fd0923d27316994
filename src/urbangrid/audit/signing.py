"""The server's signature over records: Ed25519, key per installation, never in the database (architecture §3.4; HD-2.3.7h)."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def _id(key: Ed25519PublicKey) -> str:
    return hashlib.sha256(_raw(key)).hexdigest()[:16]


@lru_cache(maxsize=1)
def _private_key() -> Ed25519PrivateKey:
    """The installation's key; made by ``up``. A test or debug run without one makes a key that lives as long as the process."""
    path = Path(settings.SIGNING_KEY_FILE)
    if path.exists():
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError(f"{path.name} holds no Ed25519 key")
        return key
    if settings.TESTING or settings.DEBUG:
        return Ed25519PrivateKey.generate()
    raise FileNotFoundError(f"{path.name} is missing; restore it from the key backup or run ./urbangrid up")


@lru_cache(maxsize=1)
def key_id() -> str:
    """First 16 hex digits of the SHA-256 of the public key; stands in every record."""
    return _id(_private_key().public_key())


def fingerprint() -> str:
    """SHA-256 of the raw public key, 64 hex digits: what an auditor notes and compares with what her own program prints."""
    return hashlib.sha256(_raw(_private_key().public_key())).hexdigest()


def sign(message: bytes) -> bytes:
    """64 bytes."""
    return _private_key().sign(message)


@lru_cache(maxsize=64)
def public_key(of_key_id: str) -> Ed25519PublicKey | None:
    """The public key of that id: the present one, or a former one kept beside it as ``record_signing.<id>.pub.pem``."""
    if of_key_id == key_id():
        return _private_key().public_key()
    path = Path(settings.SIGNING_KEY_FILE).with_name(f"record_signing.{of_key_id}.pub.pem")
    if not path.exists():
        return None
    key = serialization.load_pem_public_key(path.read_bytes())
    return key if isinstance(key, Ed25519PublicKey) and _id(key) == of_key_id else None


def verify(of_key_id: str, message: bytes, signature: bytes) -> bool:
    """Whether the signature is that key's over the message; False for an unknown key."""
    key = public_key(of_key_id)
    if key is None:
        return False
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True
