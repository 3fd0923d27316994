"""Definitions in Chinese: sections, fields, values and what differs between two of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from urbangrid.administration.words import DUTIES
from urbangrid.cases import words
from urbangrid.cases.definitions.diagram import minutes
from urbangrid.cases.definitions.rows import Change, RowKey
from urbangrid.catalog import sources
from urbangrid.core.text import beside

SECTIONS = {
    "head": gettext_lazy("名称与适用"),
    "waits": gettext_lazy("待办与时限"),
    "moves": gettext_lazy("步骤"),
    "stages": gettext_lazy("环节"),
    "verify_before_filing": gettext_lazy("先核实再立案"),
    "settings": gettext_lazy("设置"),
    "requests": gettext_lazy("申请与审批"),
    "orders": gettext_lazy("催办督办"),
    "limit": gettext_lazy("处置时限"),
    "standard": gettext_lazy("标准"),
}
FIELDS = {
    "state": gettext_lazy("状态"), "duty": gettext_lazy("职责"), "holder": gettext_lazy("归谁"),
    "limit_minutes": gettext_lazy("时限（分钟）"),
    "calendar": gettext_lazy("日历"), "paused": gettext_lazy("停表"), "action": gettext_lazy("步骤"), "from": gettext_lazy("自"),
    "to": gettext_lazy("到"), "then": gettext_lazy("随后自动"), "required": gettext_lazy("另须填写"), "code": gettext_lazy("编号"),
    "name": gettext_lazy("名称"), "states": gettext_lazy("状态"), "source": gettext_lazy("来源"), "kind": gettext_lazy("类型"),
    "major_code": gettext_lazy("大类代码"), "category_code": gettext_lazy("小类代码"), "most": gettext_lazy("最多次数"),
    "chain": gettext_lazy("审批"), "again": gettext_lazy("再次申请的审批"),
    "above": gettext_lazy("逾时转批给"), "proof": gettext_lazy("证明"),
    "district": gettext_lazy("区级审批"), "district_again": gettext_lazy("区级再次申请的审批"),
    "district_decides": gettext_lazy("区级决定即生效"), "district_above": gettext_lazy("区级逾时转批"),
    "centre_duty": gettext_lazy("区级指挥中心由谁申请"),
    "within_minutes": gettext_lazy("几分钟内"), "most_days": gettext_lazy("最多天数"), "stands": gettext_lazy("申请中停表"),
    "minutes": gettext_lazy("答复时限（分钟）"), "judge_minutes": gettext_lazy("认可时限（分钟）"),
    "value": gettext_lazy("数值"), "unit": gettext_lazy("单位"),
}  # fmt: skip
HOLDERS = {
    "desk": gettext_lazy("责任部门"), "handler": gettext_lazy("处置单位"), "district": gettext_lazy("区级指挥中心"),
    "inspector": gettext_lazy("监督员"),
}  # fmt: skip
CALENDARS = {"always": gettext_lazy("全天候（或岗位日历）"), "unit": gettext_lazy("处置单位的日历")}
STATES_OF_VERSION = {
    "current": gettext_lazy("现行"), "coming": gettext_lazy("未到生效时刻"), "replaced": gettext_lazy("已被替代"),
    "taken_back": gettext_lazy("已撤回"),
}  # fmt: skip
SOURCES = {code: one.name for code, one in sources.SHIPPED.items()}
"""Of the shipped sources; one that a city added is named by its code."""
_BY_FIELD: dict[str, Mapping[str, object]] = {
    "state": words.STATES, "from": words.STATES, "to": words.STATES, "states": words.STATES, "duty": DUTIES, "action": words.ACTIONS,
    "then": words.ACTIONS, "holder": HOLDERS, "calendar": CALENDARS, "source": SOURCES, "unit": words.LIMIT_UNITS,
    "judged_by": words.JUDGED_BY,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A difference in words."""

    section: str
    row: str
    field: str
    before: str
    after: str


def change_rows(changes: Iterable[Change]) -> list[ChangeRow]:
    """What differs, row by row (desks.md: compare)."""
    return [
        ChangeRow(
            str(SECTIONS.get(one.section, one.section)), row_of(one.section, one.row), _field(one), value(one, one.before),
            value(one, one.after),
        )
        for one in changes
    ]  # fmt: skip


def _field(one: Change) -> str:
    return str(FIELDS.get(one.field, one.field)) if one.field else ""


def row_of(section: str, key: RowKey) -> str:
    """The name of a row: 派遣（待派遣→待签收）, 待派遣, 公众来源."""
    if section == "moves" and len(key) >= 3:
        action, source, target = (str(words.ACTIONS.get(key[0], key[0])), *(str(words.STATES.get(one, one)) for one in key[1:3]))
        return beside(action, f"{source}→{target}")
    names: dict[str, Mapping[str, object]] = {
        "waits": words.STATES, "settings": words.SETTINGS, "verify_before_filing": words.SOURCE_CLASSES, "requests": words.REQUESTS,
        "head": FIELDS, "limit": FIELDS,
    }  # fmt: skip
    known = names.get(section, {})
    return _("、").join(str(known.get(one, one)) for one in key)


def value(one: Change, found: Any) -> str:
    """A value of a change in words; a whole row as its fields; — where there was none."""
    if found is None:
        return "—"
    if isinstance(found, Mapping):
        shown = ((name, spoken(name, part)) for name, part in found.items() if name not in ("action", "from", "to", "state"))
        return _("；").join([_("有"), *(f"{FIELDS.get(name, name)} {part}" for name, part in shown if part)])
    name = one.field or (one.row[0] if one.row else "")
    return spoken({"verify_before_filing": "verify"}.get(one.section, name), found)


def spoken(name: str, found: Any) -> str:
    """One value of a field in words."""
    if isinstance(found, bool):
        return _("是") if found else _("否")
    if name in ("limit_minutes", "within_minutes", "minutes") and isinstance(found, int):
        return minutes(found)
    if isinstance(found, list) and all(isinstance(part, str) for part in found):
        return _("、").join(spoken(name, part) for part in found)
    if isinstance(found, (list, Mapping)):
        return json.dumps(found, ensure_ascii=False)
    known = {"verify": words.VERIFY, "kind": {**words.KINDS, **words.REQUESTS}}.get(name) or _BY_FIELD.get(name, {})
    return str(known.get(str(found), found))


def scope_words(definition: Mapping[str, Any]) -> str:
    """What a definition is chosen for: 全部案件, or 事件·小类 0101·热线."""
    parts = []
    if definition.get("kind"):
        parts.append(str(words.KINDS.get(definition["kind"], definition["kind"])))
    if definition.get("major_code"):
        parts.append(_("大类 %(code)s") % {"code": definition["major_code"]})
    if definition.get("category_code"):
        parts.append(_("小类 %(code)s") % {"code": definition["category_code"]})
    if definition.get("source"):
        parts.append(str(SOURCES.get(definition["source"], definition["source"])))
    return "·".join(parts) or _("全部案件")
