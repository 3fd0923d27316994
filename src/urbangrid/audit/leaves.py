"""What a leaf of the log is made of (architecture §3.4). Fixed: an outsider computes it again from an export.

- of a case record: ``urbangrid record 1`` and a line feed, then the record's SHA-256 (32 bytes), then its Ed25519 signature (64 bytes);
- of an audit row: ``urbangrid audit 1`` and a line feed, then the canonical JSON of ``content``, UTF-8.

The leaf hash is ``merkle.leaf_hash`` of these bytes. Neither holds contact data of a citizen: a record names personal values by their
salted hash, an audit row names a contact by its number.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from urbangrid.core import canonical

RECORD, AUDIT = 1, 2
"""Kinds of leaf."""
KIND_NAMES = {RECORD: "record", AUDIT: "audit"}
_RECORD_HEAD = b"urbangrid record 1\n"
_AUDIT_HEAD = b"urbangrid audit 1\n"


def of_record(digest: bytes, signature: bytes) -> bytes:
    """Leaf data of a case record."""
    return _RECORD_HEAD + digest + signature


def of_audit(text: bytes) -> bytes:
    """Leaf data of an audit row, from its canonical JSON."""
    return _AUDIT_HEAD + text


def content(
    row_id: int, platform_id: int | None, at: datetime, user_id: int | None, appointment_id: int | None, action: str, subject: str,
    purpose: str, values: Mapping[str, Any], address: str,
) -> bytes:  # fmt: skip
    """Canonical JSON of an audit row. Ids are strings, because they pass 2^53."""
    return canonical.dumps(
        {
            "schema": 1, "id": str(row_id), "platform": _id(platform_id), "at": at, "user": _id(user_id),
            "appointment": _id(appointment_id), "action": action, "subject": subject, "purpose": purpose, "values": _plain(values),
            "address": address,
        }
    )  # fmt: skip


def _id(number: int | None) -> str | None:
    return None if number is None else str(number)


def _plain(value: Any) -> Any:
    """Fractions and very large numbers as text: canonical JSON refuses both, and no row may stop the sealer."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, float) or (isinstance(value, int) and abs(value) > canonical.MAX_INT):
        return repr(value)
    return value
