"""归档 of what was closed long enough ago: by the worker, or by hand for a whole list (HD-4.1-3c).

An archived case is only read; it stays in every count and ledger. What leads out is a granted 恢复办理.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from urbangrid.cases import store
from urbangrid.cases.actions.step import find, lock
from urbangrid.cases.lifecycle import State
from urbangrid.cases.models import Case, ProcessDefinition
from urbangrid.cases.processes import process_of
from urbangrid.cases.records import Entry
from urbangrid.core import clock
from urbangrid.core.errors import NotAllowed
from urbangrid.core.transactions import whole
from urbangrid.organizations import acting as organizations
from urbangrid.organizations.acting import Acting

BATCH: Final = 500
"""Cases in one go of the worker, or by one press of the button."""


def archive_old() -> int:
    """Archive what each process says is old enough, at most ``BATCH`` of each; says how many. Each case in a transaction of its own."""
    done = 0
    for row in ProcessDefinition.objects.order_by("id"):
        days = int(process_of(row.pk).settings.get("archive_days", 0))
        if days and process_of(row.pk).find("archive", State.CLOSED) is not None:
            found = _closed(row.platform_id, days).filter(process=row)
            done += sum(_archive(organizations.itself(row.platform_id), pk) for pk in found.values_list("pk", flat=True)[:BATCH])
    return done


def archive_closed(acting: Acting, days: int) -> int:
    """Archive by hand what was closed ``days`` or more ago, at most ``BATCH``; says how many. Raises NotAllowed ``duty_missing``."""
    if not acting.may("archive"):
        raise NotAllowed("duty_missing", post=acting.post_name, action=_("归档"))
    found = _closed(acting.platform_id, days).filter(confidential=False)  # those are archived by themselves: nobody finds them on a list
    return sum(_archive(acting, pk) for pk in found.values_list("pk", flat=True)[:BATCH])


def _closed(platform_id: int, days: int) -> QuerySet[Case]:
    """Closed so long ago and nothing asked about them, the oldest first; imported history has no record of ours to add to."""
    old = store.rows(Case).filter(platform_id=platform_id, state=State.CLOSED, history=False, aside="")
    return old.filter(closed_at__lte=clock.now() - timedelta(days=days)).order_by("id")


@whole
def _archive(acting: Acting, case_id: int) -> bool:
    """One case; nothing happens when it moved on meanwhile or its process does not know archiving."""
    step = lock(acting, case_id)
    move = step.process.find("archive", State.CLOSED)
    if step.case.state != State.CLOSED or step.case.aside or move is None:
        return False
    if not acting.is_itself:
        move = find(step, "archive")
    step.take(move, Entry("archive", move.edge.source, move.edge.target))
    step.commit()
    return True
