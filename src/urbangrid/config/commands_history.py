"""``import cases FILE --mapping MAPPING``: history of another system."""

from __future__ import annotations

import argparse
from pathlib import Path

from django.utils.translation import gettext as _

from urbangrid.cases import history, messages
from urbangrid.core.errors import Refusal
from urbangrid.core.models import Platform

SHOWN = 20


def import_cases(args: argparse.Namespace) -> int:
    """Print progress and the outcome; 1 when rows were refused or the verdicts differ, 2 when nothing could be read."""
    platform = Platform.objects.order_by("pk").first()
    if platform is None:
        print(_("还没有平台。请先用 ./urbangrid up 建立，或先导入区划。"))
        return 2
    try:
        outcome = history.run(
            platform, Path(args.file), Path(args.mapping), lambda count: print(_("已导入 %(count)s 件") % {"count": count}, flush=True)
        )
    except (Refusal, OSError) as fault:
        print(fault)
        return 2
    tell(outcome)
    return 1 if outcome.contradicted or outcome.bad else 0


def tell(outcome: history.Outcome) -> None:
    """The outcome in words; refused rows one per line."""
    print(
        _("新建 %(made)s 件，早已导入 %(again)s 件，未导入 %(bad)s 行")
        % {"made": outcome.made, "again": outcome.again, "bad": len(outcome.bad)}
    )
    for state, count in outcome.by_state.most_common():
        print(f"  {state}  {count}")
    print(_("没有地点 %(count)s 件") % {"count": outcome.without_place})
    for bad in outcome.bad:
        reason = messages.ROW_FAULTS[bad.code] % {"value": bad.value}
        print(_("第 %(line)s 行（%(id)s）：%(reason)s") % {"line": bad.line, "id": bad.id or "—", "reason": reason})
    print(
        _("按期结论与来源标记对照：%(wrong)s contradictions of %(flagged)s")
        % {"wrong": len(outcome.contradicted), "flagged": outcome.flagged}
    )
    for number in outcome.contradicted[:SHOWN]:
        print(f"  {number}")
