"""Faults of definitions as sentences that name the row in Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from urbangrid.cases import words
from urbangrid.cases.process import Fault
from urbangrid.core.errors import Sentence

FAULTS: dict[str, Sentence] = {
    "unreachable_state": _("状态%(row)s走不到：没有一步从受理通向它。请补上一步，或删去它。"),
    "dead_end": _("状态%(row)s是死路：案件到了这里没有下一步。请补上一步。"),
    "no_way_to_closure": _("状态%(row)s走不到结案。请补上通向结案的步骤。"),
    "main_move_missing": _("案件在这里办不下去：缺步骤%(row)s。请在“步骤”里补上这一行。"),
    "loop_without_exit": _("%(row)s之间来回打转，除作废外没有出口。请补上一步离开。"),
    "chain_without_end": _("步骤%(row)s的“随后自动”没完没了，会自己打转。请去掉其中一个。"),
    "nobody_works": _("状态%(row)s没有待办：没人知道该办。请在“待办与时限”里补一行。"),
    "no_limit": _("状态%(row)s没有环节时限。只有处置单位手里的环节可以不设（按处置时限）。"),
    "duty_not_held": _("%(row)s：没有岗位有这项职责。请先给岗位配上，或改用别的职责。"),
    "unknown_follower": _("步骤%(row)s：到了那里没有这个随后的步骤。"),
    "unknown_verify_rule": _("核实规则%(row)s不是“从不”或“必须”。"),
    "setting_wrong": _("设置%(row)s的值不对。按期判定时刻只能是 feedback（反馈）或 closing（结案），核查避开上报人只能是 true 或 false。"),
    "unknown_action": _("%(row)s：本版程序没有这个步骤。"),
    "unknown_move": _("步骤%(row)s：本版程序不允许从这个状态办这一步。"),
    "unknown_state": _("%(row)s：本版程序没有这个状态，或它不是待办状态。"),
    "unknown_holder": _("%(row)s：归谁办理只能是责任部门、处置单位、监督员，两级指挥的还可以是区级指挥中心。"),
    "unknown_input": _("步骤%(row)s的必填项写法不对。"),
    "unknown_kind": _("适用类型%(row)s不是部件、事件或服务。"),
    "duty_missing": _("%(row)s没有写职责。"),
    "unknown_calendar": _("%(row)s：“日历”一列写的不是本平台的工作日历。请从列表里选。"),
    "limit_wrong": _("%(row)s：时限须是正整数，不超过一年。"),
    "stage_unnamed": _("环节“%(row)s”没有编号或名称。"),
    "row_twice": _("%(row)s写了两行。请删去一行。"),
    "no_stage": _("状态%(row)s不在任何环节里，案件页的环节条显示不出。"),
    "no_effect": _("%(row)s：流程里没有同意之后要走的这一步。请在“步骤”里补上。"),
    "unknown_request": _("%(row)s：本版程序没有这种申请。"),
    "request_wrong": _("申请%(row)s写法不对：要有申请的职责、至少一级审批，证明只能是计划日期、照片、材料或单位。"),
    "order_wrong": _("督办%(row)s写法不对：种类只能是催办、督办或批示，要有职责，分钟须是整数。"),
    "section_missing": _("缺少“%(row)s”部分，或写法不对。请以导出的文件为样式。"),
    "not_a_definition": _("文件里不是流程定义。请以导出的文件为样式。"),
    "code_wrong": _("流程编号“%(row)s”须以小写字母开头，只用小写字母、数字和下划线，最多 30 个。"),
    "name_wrong": _("流程须有名称，最多 60 个字。"),
    "scope_without_kind": _("适用于大类或小类（%(row)s）的，须同时写明类型（部件、事件、服务）。"),
}
"""By code of ``Fault``; ``row`` is the row in words."""

JOINTS = {"from": _("自"), "to": _("到")}
SECTIONS = {"requests": _("申请"), "orders": _("督办")}
EMPTY = "None"
"""A cell without anything, as a row at fault names it."""
_TOKEN = re.compile(r"[a-z][a-z_]*")


def sentence(fault: Fault, duties: Mapping[str, object] | None = None) -> str:
    """What is wrong where, and what to do; ``duties``: words of duties, where the caller has them."""
    return str(FAULTS[fault.code]) % {"row": row_words(fault.row, duties or {})}


def sentences(faults: Iterable[Fault], duties: Mapping[str, object] | None = None) -> list[str]:
    return [sentence(fault, duties) for fault in faults]


def row_words(row: str, duties: Mapping[str, object]) -> str:
    """``file from to_file: sign`` → “立案”自“待立案”：“签发”; a word of no list stays as it is."""
    action_first = " from " in row
    spoken: list[str] = []
    for place, token in enumerate(re.split(r"([ :]+)", row)):
        if token.strip() in ("", ":"):
            spoken.append(gettext("：") if ":" in token else "")
        elif token == EMPTY:
            spoken.append(str(_("空着")))
        elif token in SECTIONS:
            spoken.append(str(SECTIONS[token]))
        elif token in JOINTS and action_first:
            spoken.append(str(JOINTS[token]))
        else:
            spoken.append(f"“{_word(token, place, action_first, duties)}”")
    return "".join(spoken)


def _word(token: str, place: int, action_first: bool, duties: Mapping[str, object]) -> str:
    if not _TOKEN.fullmatch(token):
        return token
    states = [] if place == 0 and action_first else [words.STATES]
    for known in (*states, words.ACTIONS, duties, words.QUEUES, words.REQUESTS, words.PROCESS_SETTINGS):
        if token in known:
            return str(known[token])
    return token
