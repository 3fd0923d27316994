"""Writing the audit trail: what was done and looked at outside the case record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from urbangrid.audit.models import AuditRow
from urbangrid.core import clock

if TYPE_CHECKING:
    from urbangrid.organizations.acting import Acting


def note(
    acting: Acting | None, action: str, *, subject: str = "", purpose: str = "", values: dict[str, Any] | None = None,
    user_id: int | None = None, address: str = "",
) -> None:  # fmt: skip
    """Add a row, in the caller's transaction so that the act and its trace stand or fall together."""
    AuditRow.objects.create(
        platform_id=acting.platform_id if acting else None, at=clock.now(), user_id=acting.user_id if acting else user_id,
        appointment_id=acting.appointment_id if acting else None, action=action, subject=subject[:80], purpose=purpose[:200],
        values=values or {}, address=address[:45],
    )  # fmt: skip
