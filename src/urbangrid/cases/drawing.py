"""Who is looked at again: a draw that anybody can compute anew (case-rules 10). Plain Python."""

from __future__ import annotations

import hashlib

PER_MILLE = 50
"""5 %, our default as case-rules 10 states it; the platform's setting ``self_disposal_recheck_per_mille``."""


def commitment(seed: str) -> str:
    """What is made public of a seed on the day it is chosen: its SHA-256."""
    return hashlib.sha256(seed.encode()).hexdigest()


def is_drawn(seed: str, number: str, per_mille: int) -> bool:
    """Whether the row with that number is drawn: SHA-256 of ``seed:number``, read as a number, lies in the first thousandths."""
    value = int.from_bytes(hashlib.sha256(f"{seed}:{number}".encode()).digest()[:8])
    return value * 1000 < per_mille << 64
