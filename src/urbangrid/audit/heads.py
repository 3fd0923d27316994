"""Signed tree heads: what the log was at one size (architecture §3.4, after RFC 6962 section 3.5).

A head is canonical JSON: schema, log, size, root, at, previous (hash of the head before, empty for the first), key. The signed message is
``urbangrid tree head 1`` and a line feed before that JSON, so that a signature over a record can never pass for one over a head. The
head's hash is the SHA-256 of the message; a line of a heads file is the JSON with the signature (hexadecimal) added.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from urbangrid.audit import signing
from urbangrid.audit.models import TreeHead
from urbangrid.core import canonical

MESSAGE_HEAD = b"urbangrid tree head 1\n"


@dataclass(frozen=True, slots=True)
class Head:
    """One statement. Hashes and signature are bytes; ``at`` is aware."""

    log_id: str
    size: int
    root: bytes
    at: datetime
    previous: bytes
    key_id: str
    signature: bytes = b""

    def body(self) -> dict[str, Any]:
        return {
            "schema": 1, "log": self.log_id, "size": self.size, "root": self.root.hex(), "at": self.at,
            "previous": self.previous.hex(), "key": self.key_id,
        }  # fmt: skip

    def message(self) -> bytes:
        """What is signed and time-stamped."""
        return MESSAGE_HEAD + canonical.dumps(self.body())

    def hash(self) -> bytes:
        return hashlib.sha256(self.message()).digest()

    def line(self) -> bytes:
        """The line of a heads file, with its line feed."""
        return canonical.dumps(self.body() | {"signature": self.signature.hex()}) + b"\n"

    def is_signed(self) -> bool:
        """Whether the signature is that key's, and the key is one of this installation's."""
        return signing.verify(self.key_id, self.message(), self.signature)


def signed(log_id: str, size: int, root: bytes, at: datetime, previous: bytes) -> Head:
    """A new head, signed with the installation's key."""
    head = Head(log_id, size, root, at, previous, signing.key_id())
    return Head(log_id, size, root, at, previous, head.key_id, signing.sign(head.message()))


def parse(line: bytes | str) -> Head:
    """The head of a line. Raises ValueError for anything else."""
    try:
        found = json.loads(line)
        at = datetime.strptime(found["at"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
        head = Head(
            str(found["log"]), int(found["size"]), bytes.fromhex(found["root"]), at, bytes.fromhex(found["previous"]), str(found["key"]),
            bytes.fromhex(found["signature"]),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError("no tree head") from error
    if json.loads(head.line()) != found:
        raise ValueError("no tree head")
    return head


def of_row(row: TreeHead, log_id: str) -> Head:
    """The head that a database row holds."""
    return Head(log_id, row.size, bytes(row.root), row.at, bytes(row.previous), row.key_id, bytes(row.signature))


def row_of(head: Head) -> TreeHead:
    """An unsaved row."""
    return TreeHead(
        size=head.size, root=head.root, at=head.at, previous=head.previous, hash=head.hash(), key_id=head.key_id, signature=head.signature
    )
