"""Addresses of tasks: a case id closed by a key, the same at every time, so that a message of last week still leads there (desks.md G1).

A token opens nothing: who comes by it signs in, and her right to the case is asked like anybody's. It only keeps ids out of addresses.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings

from urbangrid.core.errors import NotFound

PURPOSE = [b"urbangrid.companies.task"]
ID_BYTES, TOKEN_LETTERS = 8, 32


@lru_cache(maxsize=4)
def _cipher(secret: str) -> AESSIV:
    return AESSIV(hashlib.sha512(b"urbangrid.companies\0" + secret.encode()).digest())


def token_of(case_id: int) -> str:
    """32 letters for an address."""
    closed = _cipher(settings.SECRET_KEY).encrypt(case_id.to_bytes(ID_BYTES, "big"), PURPOSE)
    return base64.urlsafe_b64encode(closed).decode()


def case_of(token: str) -> int:
    """The case of a token. Raises NotFound ``case_unknown`` for one that is not ours: guessed, cut off or changed."""
    try:
        closed = base64.b64decode(token.encode(), altchars=b"-_", validate=True)
        return int.from_bytes(_cipher(settings.SECRET_KEY).decrypt(closed, PURPOSE), "big")
    except (InvalidTag, ValueError):
        raise NotFound("case_unknown") from None
