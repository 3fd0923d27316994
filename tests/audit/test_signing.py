"""The server's signature over records: one key per installation, former keys still good for what they signed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from urbangrid.audit import signing

MESSAGE = "立案 样20261120-0001".encode()


def _forget() -> None:
    for one in (signing._private_key, signing.key_id, signing.public_key):
        one.cache_clear()


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    """A process remembers its key; each of these stories is a process of its own."""
    _forget()
    yield
    _forget()


def _write_key(path: Path) -> Ed25519PrivateKey:
    key = Ed25519PrivateKey.generate()
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return key


def test_a_signature_holds_for_its_message_and_for_no_other(settings: Any, tmp_path: Path) -> None:
    settings.SIGNING_KEY_FILE = tmp_path / "record_signing.pem"
    _write_key(settings.SIGNING_KEY_FILE)
    signature = signing.sign(MESSAGE)
    assert len(signature) == 64
    assert signing.verify(signing.key_id(), MESSAGE, signature)
    assert not signing.verify(signing.key_id(), MESSAGE + b".", signature)
    assert not signing.verify(signing.key_id(), MESSAGE, signature[:-1] + bytes([signature[-1] ^ 1]))
    assert not signing.verify("0" * 16, MESSAGE, signature)


def test_what_a_former_key_signed_is_still_verified(settings: Any, tmp_path: Path) -> None:
    settings.SIGNING_KEY_FILE = tmp_path / "record_signing.pem"
    former = _write_key(settings.SIGNING_KEY_FILE)
    old_id, signature = signing.key_id(), signing.sign(MESSAGE)
    _write_key(settings.SIGNING_KEY_FILE)
    _forget()
    assert signing.key_id() != old_id
    assert not signing.verify(old_id, MESSAGE, signature)  # its public half was not kept

    _forget()
    public = former.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / f"record_signing.{old_id}.pub.pem").write_bytes(public)
    assert signing.verify(old_id, MESSAGE, signature)


def test_a_public_key_under_a_false_name_is_not_believed(settings: Any, tmp_path: Path) -> None:
    settings.SIGNING_KEY_FILE = tmp_path / "record_signing.pem"
    _write_key(settings.SIGNING_KEY_FILE)
    stranger = Ed25519PrivateKey.generate()
    public = stranger.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / f"record_signing.{'a' * 16}.pub.pem").write_bytes(public)
    assert not signing.verify("a" * 16, MESSAGE, stranger.sign(MESSAGE))


def test_a_real_installation_without_its_key_says_what_to_do(settings: Any, tmp_path: Path) -> None:
    settings.SIGNING_KEY_FILE, settings.TESTING, settings.DEBUG = tmp_path / "record_signing.pem", False, False
    with pytest.raises(FileNotFoundError, match="restore it from the key backup"):
        signing.sign(MESSAGE)
