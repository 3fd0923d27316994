"""What somebody who leaves a post had by name goes to who follows (case-rules 23, desks.md D3, Q1)."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from urbangrid.cases.actions import holders
from urbangrid.cases.models import CaseReport, WorkItem
from urbangrid.core.transactions import whole
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.holding import unit_of

MOST_NOTE = 300


@whole
def pass_on(before_id: int, after_id: int | None) -> int:
    """Open work of an appointment becomes another's, or the duty director's where nobody follows; gives how many items.

    Nobody checks what she reported (case-rules 19): such a check goes to the duty director too. Confidential cases keep their named
    handlers: theirs are changed by their own moves.
    """
    reported = CaseReport.objects.filter(case=OuterRef("case_id"), report__reporter_appointment_id=after_id or 0)
    rows = WorkItem.objects.select_for_update(of=("self",)).filter(appointment_id=before_id, closed_at=None)
    items = list(rows.exclude(case__confidential=True).annotate(own_report=Exists(reported)))
    for item in items:
        item.claimed_by, item.claimed_at, item.seen_at = None, None, None
        if after_id is None or (item.kind == "check" and item.own_report):
            _to_director(item, own=after_id is not None)
        else:
            item.appointment_id, item.unit_id = after_id, unit_of(after_id)
        item.save(update_fields=["appointment", "unit", "duty", "note", "claimed_by", "claimed_at", "seen_at"])
    return len(items)


def _to_director(item: WorkItem, *, own: bool) -> None:
    item.appointment_id, item.duty = None, holders.NOBODY
    item.unit_id = organizations.unit_for_duty(item.platform_id, holders.NOBODY, None)
    why = _("接班人是上报人，请另指派") if own else _("原办理人已交班，请指派")
    item.note = f"{why} {item.note}".strip()[:MOST_NOTE]
