"""The words of the notice table: each line's name and sentence, each role. Sentences take number, title, place, unit, stage and by."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from urbangrid.cases import words as cases
from urbangrid.organizations import names

LINES: Mapping[str, tuple[Promise | str, Promise | str]] = {
    "new_report": (_("新到上报"), _("新到上报：%(title)s")),
    "verification_task": (_("核实任务"), _("请核实：%(title)s")),
    "check_task": (_("核查任务"), _("请核查：%(title)s")),
    "task_without_inspector": (_("核实、核查无人可派"), _("没有找到当班监督员：%(title)s，已转中心指派")),
    "verified": (_("核实已答复"), _("您发的核实已答复：%(title)s")),
    "returned": (_("退回重新立案"), _("%(by)s%(action)s，请重新办理：%(title)s")),
    "filed": (_("已立案，待派遣"), _("待派遣：%(title)s")),
    "to_sign": (_("待签发"), _("待签发：%(title)s")),
    "unsigned": (_("签发等待过久，提醒副职"), _("等待签发过久，请代为督促：%(title)s")),
    "handed_down": (_("派到本区"), _("派到本区，请派遣：%(title)s")),
    "returned_up": (_("区级退回市级"), _("%(by)s退回市级：%(title)s")),
    "dispatched": (_("派遣到单位"), _("派到本单位，请签收：%(title)s")),
    "not_received": (_("逾时未签收"), _("%(unit)s还没有签收：%(title)s")),
    "not_received_again": (_("仍未签收"), _("%(unit)s仍未签收，请过问：%(title)s")),
    "half": (_("处置时限过半"), _("处置时限已用一半：%(title)s")),
    "soon": (_("处置即将超时"), _("处置即将超时：%(title)s")),
    "late": (_("处置超时"), _("%(unit)s处置超时：%(title)s")),
    "stage_soon": (_("环节即将超时"), _("%(stage)s即将超时：%(title)s")),
    "stage_late": (_("环节超时"), _("%(stage)s已超时：%(title)s")),
    "case_late": (_("案件超期"), _("案件超期未结：%(title)s")),
    "to_decide": (_("申请待审批"), _("有申请待您审批：%(title)s")),
    "undecided": (_("审批等待过久，上报值班"), _("申请久未审批，请过问：%(title)s")),
    "slept": (_("审批逾时，已转上一级"), _("申请逾时未批，已转上一级审批：%(title)s")),
    "decided": (_("申请已有结果"), _("贵单位的申请已有结果，请查看：%(title)s")),
    "answered": (_("已反馈，待审核"), _("%(unit)s已反馈，请审核：%(title)s")),
    "rework": (_("返工"), _("退回返工：%(title)s")),
    "rework_again": (_("再次返工，通知单位负责人"), _("再次返工，请单位负责人过问：%(title)s")),
    "taken_from_district": (_("市级收回"), _("市级已收回，本区不必再办：%(title)s")),
    "taken_away": (_("收回、改派"), _("已收回或改派，不必再办：%(title)s")),
    "assist_dropped": (_("取消协办"), _("协办已取消，不必再办：%(title)s")),
    "assist_answered": (_("协办已反馈"), _("%(by)s已作协办反馈：%(title)s")),
    "woken": (_("挂账、缓办到期"), _("已恢复计时，请继续处置：%(title)s")),
    "recheck": (_("挂账复查"), _("请复查挂账的案件：%(title)s")),
    "reminder": (_("催办"), _("%(by)s催办：%(title)s")),
    "order": (_("督办、批示"), _("收到督办或批示，须回复：%(title)s")),
    "order_answered": (_("督办、批示已回复"), _("您下达的督办或批示已回复，请认可或再批：%(title)s")),
    "corrected": (_("更正"), _("案件已更正，时限已重算：%(title)s")),
    "merged": (_("已并案"), _("已并入另一案件，不必单独再办：%(title)s")),
    "taken_in": (_("他案并入"), _("有另一案件并入本案，请一并处置：%(title)s")),
    "taken_apart": (_("拆回"), _("已从并案中拆回，两案分别办理：%(title)s")),
    "split": (_("拆分"), _("本案已拆分，拆出的另行派遣：%(title)s")),
    "voided": (_("作废"), _("案件已作废，不必再办：%(title)s")),
    "comment": (_("意见"), _("%(by)s提了意见：%(title)s")),
    "closed": (_("结案"), _("已结案：%(title)s")),
    "reopened": (_("恢复办理"), _("已结案的恢复办理，将重新派遣：%(title)s")),
    "watched": (_("关注的案件有进展"), _("您关注的案件：%(by)s%(action)s，%(title)s")),
    "authorisation_ends": (_("结案授权将到期"), _("一天内到期，需要继续的请重新授权：%(title)s")),
    "daily_sheet": (_("城市管理日报"), _("今日日报：%(title)s")),
    "course_invited": (_("培训"), _("请参加培训：%(title)s")),
    "quiz_ends": (_("测验将截止"), _("测验一天内截止，请作答：%(title)s")),
    "weekly_sheet": (_("领导周报"), _("本周周报：%(title)s")),
}
"""Event → its name in the table, its sentence."""
ROLES: Mapping[str, Promise | str] = {
    "holder": _("承办的岗位"), "handler": _("处置单位"), "unit_head": _("单位负责人"), "dispatcher": _("派遣员"),
    "duty_director": "%(director)s", "deputy": _("副职"), "subdistrict": _("属地街道"), "squad_leader": _("监督分队长"),
    "city_supervision": _("上级平台值班负责人"),
    "target": _("相关的单位"), "target_head": _("被督办单位的负责人"), "former_handler": _("原处置单位"),
    "filer": _("立案或提请立案的人"),
    "passed_over": _("逾时未批的审批人"),
    "asker": _("发起核实的坐席员"), "reporter": _("上报的监督员"),
    "addressee": _("意见的对象"), "watchers": _("关注的人"), "district": _("办理该案的区级指挥中心"),
    "district_leader": _("区值班长"), "former_district": _("原办理的区级指挥中心"), "city_dispatcher": _("市级派遣员"),
    "authoriser": _("授权的人"), "authorised": _("被授权的人或单位"), "leaders": _("领导和%(director)s"),
    "invited": _("参加培训的人"),
}  # fmt: skip
CHANNELS: Mapping[str, Promise | str] = {"in_system": _("站内")}
PLATFORM = _("平台")
DIRECTOR = "nobody_responsible"
"""The duty of the duty director's queue: what finds nobody is told there (architecture §3.2)."""


def role(name: str, platform_id: int) -> str:
    """A role in the words of the platform: who answers for the day is 值班主任, 值班长 or 中心负责人."""
    return str(ROLES[name]) % {"director": names.holders(platform_id, DIRECTOR)}


def sentence(event: str, values: Mapping[str, str]) -> str:
    """The words of a notice; what a sentence names and the notice does not have is left out."""
    named = dict.fromkeys(("number", "title", "place", "unit", "stage", "by", "action"), "") | dict(values)
    if named["stage"]:
        named["stage"] = str(cases.QUEUES.get(named["stage"], named["stage"]))
    if named["action"]:
        named["action"] = str(cases.ACTIONS.get(named["action"], named["action"]))
    named["by"] = named["by"] or str(PLATFORM)
    return str(LINES[event][1]) % named
