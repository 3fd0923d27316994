"""The words of plans (预案): kinds, states, and what one did to a case, read from the inputs of a record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from urbangrid.cases.rows import limit_words
from urbangrid.core.text import labelled

KINDS = {"storm": _("暴雨大风"), "snow": _("扫雪铲冰"), "examination": _("考试保障"), "inspection": _("迎检保障")}
STATES = {"draft": _("草稿"), "active": _("已启动"), "ended": _("已结束"), "undone": _("已撤回")}
WAYS = {"filed": _("期间立案"), "open": _("启动时在办")}
LEFT = {"corrected": _("更正后不在范围"), "another": _("转入另一预案"), "undone": _("启动被撤回")}
RULES = {
    "exempt": _("免考核"), "takes_open": _("在办案件一并调整"), "to_territory": _("派属地处置"), "by_road": _("按路合并"),
    "quota_off": _("停采集配额"), "hourly": _("每小时快报"),
}  # fmt: skip


def limit_text(text: str) -> str:
    """``4 work_hour`` of a record as 4 工作时."""
    value, _space, unit = text.partition(" ")
    return limit_words(int(value), unit) if value.isdigit() else ""


def effect(inputs: Mapping[str, Any]) -> str:
    """暴雨：处置时限 4 工作时 → 2 工作时，免考核; empty for a record that no plan had to do with."""
    if "plan_name" not in inputs:
        return ""
    old, new = limit_text(str(inputs["ordinary_limit"])), limit_text(str(inputs["plan_limit"]))
    parts = []
    if inputs.get("undone"):
        parts.append(gettext("启动已撤回，恢复 %(limit)s") % {"limit": old} if old != new else gettext("启动已撤回"))
    elif old != new:
        parts.append(gettext("处置时限 %(old)s → %(new)s") % {"old": old, "new": new})
    if inputs.get("exempt"):
        parts.append(str(RULES["exempt"]))
    name = str(inputs["plan_name"])
    return labelled(name, gettext("，").join(parts))
