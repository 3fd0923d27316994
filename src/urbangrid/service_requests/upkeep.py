"""What happens to open requests without anybody acting: a changed calendar reaches their reply limits (case-rules 3)."""

from __future__ import annotations

from django.db import transaction

from urbangrid.cases.clocks import ALWAYS
from urbangrid.service_requests import clocks, rules
from urbangrid.service_requests.models import ServiceRequest


def recompute_clocks() -> int:
    """Fold the open reply limits that run in a calendar again; says how many moved."""
    waiting = ServiceRequest.objects.filter(state__in=(rules.OPEN, rules.TO_REPLY), limit_seconds__isnull=False)
    ids = list(waiting.exclude(calendar_code__in=("", ALWAYS)).order_by("pk").values_list("pk", flat=True))
    return sum(_refold(request_id) for request_id in ids)


@transaction.atomic
def _refold(request_id: int) -> bool:
    request = ServiceRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    before = (request.reply_due_at, request.reply_warn_at)
    if request.state not in (rules.OPEN, rules.TO_REPLY) or request.limit_seconds is None:
        return False
    clocks.refresh(request)
    request.save(update_fields=["reply_due_at", "reply_warn_at"])
    return before != (request.reply_due_at, request.reply_warn_at)
