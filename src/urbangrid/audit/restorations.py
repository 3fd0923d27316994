"""The record after a return to older data: what was given up is named, and the log goes on (docs/topics/record.md).

1. The command that puts older data back (a restore, ``upgrade --back``) leaves ``DATA/restoration.json``.
2. Before anything is sealed again it becomes a signed row on the audit trail: the last head of these data, how old they are, when they
   were put back.
3. From then on, heads behind that one which were signed before the return are abandoned: not missing without a word, and never hidden.
   Folders of heads that still end with them are put aside as ``abandoned-…`` (``audit.outside``), and ``audit verify`` names them for ever.

The row is signed with the installation's key: who has the database alone cannot explain away what he cut off. A head that somebody brings
(``--heads``) and that was abandoned stays a fault, with this explanation beside it: only he can know whether the return was wanted.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from urbangrid.audit import signing
from urbangrid.audit.actions import note
from urbangrid.audit.heads import Head
from urbangrid.audit.models import AuditRow, TreeHead
from urbangrid.core import canonical

ACTION = "record_restored"
SUBJECT = "record:restored"
"""By which these few rows are found among millions (index ``audit_by_subject``)."""
FILE = "restoration.json"
MESSAGE_HEAD = b"urbangrid restoration 1\n"


@dataclass(frozen=True, slots=True)
class Restoration:
    """One return to older data."""

    at: datetime
    """When they were put back; the abandoned line has no head after it."""
    made_at: str
    """Of what time they are (UTC, ISO 8601)."""
    way: str
    """``backup`` or ``upgrade`` (its way back)."""
    size: int
    """Of the last head that both lines have; 0: none."""
    head: str
    """Hash of that head, hexadecimal."""

    def explains(self, head: Head) -> bool:
        """Whether the line that was given up had this head, as far as can be known."""
        return head.size > self.size and head.at <= self.at


def note_pending() -> bool:
    """Put what a command left on the trail, once however often it is cut off; says whether there was something."""
    path = Path(settings.DATA) / FILE
    try:
        left = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return False
    with transaction.atomic():
        if not any(row.values.get("put_back_at") == left["at"] for row in AuditRow.objects.filter(subject=SUBJECT)):
            _note(datetime.fromisoformat(left["at"]), str(left["made_at"]), str(left["way"]), str(left.get("release", "")))
    path.unlink()
    return True


def _note(at: datetime, made_at: str, way: str, release: str) -> None:
    last = TreeHead.objects.filter(at__lte=at).order_by("-size").first()
    values: dict[str, Any] = {
        "put_back_at": at.isoformat(timespec="microseconds"), "made_at": made_at, "way": way, "release": release,
        "size": last.size if last else 0,
        "head": bytes(last.hash).hex() if last else "", "key": signing.key_id(),
    }  # fmt: skip
    note(None, ACTION, subject=SUBJECT, values=values | {"signature": signing.sign(_message(values)).hex()})


def _message(values: dict[str, Any]) -> bytes:
    return MESSAGE_HEAD + canonical.dumps({name: value for name, value in values.items() if name != "signature"})


def every() -> list[Restoration]:
    """The returns on the trail, oldest first; a row that this installation's key did not sign, or whose head is gone, explains nothing."""
    found = []
    for row in AuditRow.objects.filter(subject=SUBJECT, action=ACTION).order_by("at", "id"):
        try:
            values = row.values
            one = Restoration(
                datetime.fromisoformat(values["put_back_at"]), str(values["made_at"]), str(values["way"]), int(values["size"]),
                str(values["head"]),
            )  # fmt: skip
            good = signing.verify(str(values["key"]), _message(values), bytes.fromhex(values["signature"]))
        except (KeyError, ValueError, TypeError):
            continue
        if good and (not one.size or TreeHead.objects.filter(size=one.size, hash=bytes.fromhex(one.head)).exists()):
            found.append(one)
    return found


def explaining(head: Head, known: Sequence[Restoration]) -> Restoration | None:
    """The first return that gave this head up."""
    return next((one for one in known if one.explains(head)), None)
