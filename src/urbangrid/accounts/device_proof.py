"""Proof that a browser holds the key of a terminal 终端: ECDSA over P-256 with SHA-256 as WebCrypto gives it (HD-2.3.7i). Plain values.

What is signed names the purpose and the host, so that a signature made for one is worth nothing for another (as WebAuthn does).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

POINT_BYTES = 65
"""An uncompressed point of P-256: 4, x, y (SEC 1, 2.3.3)."""
NUMBER_BYTES = 32
"""Each half of a signature: r and s, as IEEE P1363 writes them."""
PURPOSES = ("sign-in", "enrol", "proof")
FINGERPRINT = re.compile(r"[0-9a-f]{64}")
MOST_LETTERS = 400
"""Of a field of a proof; the longest, a challenge, has about 150."""


class Unreadable(Exception):
    """No point of P-256, or no base64."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a page gives: whose key (fingerprint), the challenge as it was issued, the signature (64 bytes)."""

    fingerprint: str
    challenge: str
    signature: bytes


def read(posted: Mapping[str, str]) -> Proof | None:
    """The proof in a form; None where none was given or it cannot be one."""
    fingerprint, challenge, signature = (posted.get(f"device_{name}", "") for name in ("fingerprint", "challenge", "signature"))
    if not FINGERPRINT.fullmatch(fingerprint) or not challenge or len(challenge) > MOST_LETTERS:
        return None
    try:
        return Proof(fingerprint, challenge, unpack(signature))
    except Unreadable:
        return None


def unpack(text: str) -> bytes:
    """base64url without padding as bytes. Raises Unreadable."""
    if len(text) > MOST_LETTERS:
        raise Unreadable
    try:
        return base64.b64decode((text + "=" * (-len(text) % 4)).encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise Unreadable from error


def public_key(point: bytes) -> ec.EllipticCurvePublicKey:
    """Raises Unreadable for anything but an uncompressed point on the curve."""
    if len(point) != POINT_BYTES:
        raise Unreadable
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as error:
        raise Unreadable from error


def fingerprint(point: bytes) -> str:
    """SHA-256 of the point, 64 hexadecimal digits."""
    return hashlib.sha256(point).hexdigest()


def message(purpose: str, host: str, challenge: str) -> bytes:
    """What the terminal signs."""
    return f"UrbanGrid device\n{purpose}\n{host}\n{challenge}".encode()


def holds(point: bytes, signed: bytes, signature: bytes) -> bool:
    """Whether the signature (r and s, 32 bytes each) was made over ``signed`` by the key of ``point``."""
    if len(signature) != 2 * NUMBER_BYTES:
        return False
    r, s = (int.from_bytes(half) for half in (signature[:NUMBER_BYTES], signature[NUMBER_BYTES:]))
    try:
        public_key(point).verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, Unreadable):
        return False
    return True
