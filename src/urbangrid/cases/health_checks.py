"""What an operator must know of the cases: work that found nobody."""

from __future__ import annotations

from django.db.models import Count, Min
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from urbangrid.cases.actions import holders
from urbangrid.cases.models import WorkItem
from urbangrid.core.health import Check, Finding, Level


def _nobody() -> Finding:
    found = WorkItem.objects.filter(duty=holders.NOBODY, closed_at=None).aggregate(count=Count("id"), since=Min("opened_at"))
    if not found["count"]:
        return Finding(Level.GOOD, _("没有"), gauge=0)
    since = timezone.localtime(found["since"]).strftime("%m-%d %H:%M")
    says = _("%(count)s 件，最早的自 %(since)s") % {"count": found["count"], "since": since}
    advice = _("请当班负责人在“无人负责”队列中指派；同类反复出现时，请系统管理员补上该辖区的岗位或职责。")
    return Finding(Level.WATCH, says, advice, found["count"])


CHECKS = (Check("cases.nobody_responsible_rows", gettext_lazy("无人负责的待办"), _nobody, keep_seconds=30),)
