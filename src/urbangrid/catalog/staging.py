"""A spreadsheet is shown before it counts: what it would add and end, and only then, by a second key, it is applied (desks.md A1).

1. ``stage`` keeps the file of its sender with a digest of the changes that were shown.
2. ``take`` gives it back once. Whoever applies it compares the changes anew: where somebody changed the table meanwhile, the sender
   looks again instead of writing over what she never saw.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from urbangrid.catalog.models import StagedTable
from urbangrid.catalog.spreadsheets import Fault
from urbangrid.core import clock
from urbangrid.core.errors import Refusal
from urbangrid.organizations.acting import Acting

KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a file would change, in words of its rows; with faults it cannot be applied."""

    faults: tuple[Fault, ...] = ()
    added: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    unchanged: int = 0
    notes: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        lines = [*(f"+{line}" for line in self.added), *(f"-{line}" for line in self.ended), str(self.unchanged)]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def stage(acting: Acting, kind: str, data: bytes, changes: Changes) -> int:
    """Keep a file that was shown; the sender's older ones of that kind, and anybody's of yesterday, go. Returns its id."""
    now = clock.now()
    StagedTable.objects.filter(staged_at__lt=now - KEPT).delete()
    StagedTable.objects.filter(platform_id=acting.platform_id, user_id=acting.user_id, kind=kind).delete()
    made = StagedTable.objects.create(
        platform_id=acting.platform_id, user_id=acting.user_id, kind=kind, data=data, shown=changes.digest, staged_at=now
    )
    return made.pk


def take(acting: Acting, kind: str, staged_id: int) -> tuple[bytes, str]:
    """The sender's file and the digest of what she was shown; a second time it is gone.

    Raises Refusal ``catalog.staged_gone``.
    """
    row = StagedTable.objects.select_for_update().filter(
        pk=staged_id, platform_id=acting.platform_id, user_id=acting.user_id, kind=kind, staged_at__gte=clock.now() - KEPT
    ).first()  # fmt: skip
    if row is None:
        raise Refusal("catalog.staged_gone", status=409)
    found = bytes(row.data), row.shown
    row.delete()
    return found
