"""The Chinese words of states, moves, work and answers (desks.md, Words). Found by code, never the other way round."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STATES = {
    "reported": _("待受理"),
    "to_file": _("待立案"),
    "verifying": _("待核实"),
    "to_confirm": _("立案待审"),
    "to_sign": _("待签发"),
    "to_release": _("待转市级"),
    "with_city": _("转市级"),
    "filed": _("待批转"),
    "to_dispatch": _("待派遣"),
    "at_district": _("待区级派遣"),
    "to_receive": _("待签收"),
    "disposing": _("处置中"),
    "district_review": _("待区级审核"),
    "to_review": _("待审核"),
    "to_send_check": _("待发核查"),
    "checking": _("待核查"),
    "to_close": _("待结案"),
    "closed": _("已结案"),
    "archived": _("已归档"),
    "refused": _("不予受理"),
    "not_filed": _("不予立案"),
    "void": _("作废"),
    "merged": _("已并案"),
}
QUEUES = {
    "accept": _("待受理"),
    "file": _("待立案"),
    "verify": _("待核实"),
    "confirm_filing": _("立案待审"),
    "sign": _("待签发"),
    "release": _("待转市级"),
    "city_answer": _("转市级"),
    "hand_on": _("待批转"),
    "dispatch": _("待派遣"),
    "district_dispatch": _("待区级派遣"),
    "receive": _("待签收"),
    "dispose": _("处置中"),
    "crew_task": _("指派任务"),
    "district_review": _("待区级审核"),
    "review": _("待审核"),
    "send_check": _("待发核查"),
    "check": _("待核查"),
    "close": _("待结案"),
    "decide": _("待审批"),
    "recheck": _("挂账复查"),
    "assist": _("协办"),
    "answer_order": _("待回复督办"),
    "answer_instruction": _("待回复批示"),
    "judge_answer": _("待认可回复"),
    "fence": _("先期围护"),
}
"""Work item kinds as queues."""
STUCK = {"receive": _("已派遣未签收"), "dispose": _("已签收未处置")}
"""The same where a late one is told of (desks.md D4)."""
ACTIONS = {
    "report": _("上报"),
    "accept": _("受理"),
    "refuse_report": _("不予受理"),
    "send_verification": _("发核实"),
    "verify": _("核实"),
    "propose_filing": _("提请立案"),
    "return_proposal": _("退回"),
    "refuse_filing": _("不予立案"),
    "call_first": _("电话先派"),
    "file": _("立案"),
    "sign": _("签发"),
    "return_unsigned": _("退回"),
    "hand_on": _("批转"),
    "release": _("转市级"),
    "return_release": _("退回"),
    "enter_city_answer": _("录入市级答复"),
    "dispatch": _("派遣"),
    "return_to_filing": _("退回立案"),
    "return_up": _("退回市级"),
    "receive": _("签收"),
    "assign_down": _("指派"),
    "unassign": _("撤销指派"),
    "crew_feedback": _("班组反馈"),
    "hand_back": _("交回"),
    "feedback": _("反馈"),
    "review": _("批转"),
    "rework": _("返工"),
    "send_check": _("发核查"),
    "check": _("核查"),
    "check_remotely": _("视频或考评核查"),
    "return_to_city": _("退市级再办"),
    "close": _("结案"),
    "archive": _("归档"),
    "correct": _("更正"),
    "void": _("作废"),
    "withdraw": _("撤回"),
    "comment": _("意见"),
    "contact": _("联系"),
    "merge": _("并案"),
    "take_in": _("并入他案"),
    "unmerge": _("拆回"),
    "let_go": _("拆回他案"),
    "join_report": _("并入上报"),
    "split": _("拆分"),
    "split_off": _("拆分立案"),
    "relate": _("关联"),
    "unrelate": _("取消关联"),
    "fence": _("先期围护反馈"),
    "close_informed": _("告知结案"),
    "self_dispose": _("自处置"),
    "import": _("历史导入"),
    "migrate_process": _("改用新流程"),
    "plan": _("预案"),
    "recall": _("收回"),
    "redispatch": _("改派"),
    "send_back": _("回退"),
    "reopen": _("恢复办理"),
    "ask_extension": _("申请延期"),
    "ask_suspension": _("申请挂账"),
    "ask_deferral": _("申请缓办"),
    "ask_send_back": _("申请回退"),
    "ask_responsibility": _("提请权属会商"),
    "ask_difficult": _("提请疑难审核"),
    "ask_void": _("申请作废"),
    "ask_reopen": _("申请恢复办理"),
    "ask_appeal": _("申诉"),
    "remind": _("催办"),
    "order": _("督办"),
    "instruct": _("批示"),
    "pass_on": _("转下级"),
    "answer_order": _("回复督办"),
    "accept_answer": _("认可"),
    "return_answer": _("再批"),
    "add_assist": _("增加协办"),
    "assist_answer": _("协办反馈"),
    "drop_assist": _("取消协办"),
    "coordinate": _("协调"),
    "ask_assist_back": _("协办回退"),
    "wake": _("恢复计时"),
    "ask_recheck": _("提醒挂账复查"),
    "recheck": _("挂账复查"),
    "agree": _("同意"),
    "escalate": _("逾时转批"),
    "disagree": _("不同意"),
    "take_back": _("撤回申请"),
}
REQUESTS = {
    "extension": _("延期"),
    "suspension": _("挂账"),
    "deferral": _("缓办"),
    "send_back": _("回退"),
    "responsibility": _("权属会商"),
    "difficult": _("疑难审核"),
    "void": _("作废"),
    "reopen": _("恢复办理"),
    "appeal": _("申诉"),
    "assist_back": _("协办回退"),
    "coordination": _("协调"),
    "reminder": _("催办"),
    "order": _("督办"),
    "instruction": _("批示"),
}
GRADES = {"": _("督办"), "yellow": _("黄牌督办"), "red": _("红牌督办")}
CONTESTED = {
    "lateness": _("超时认定"),
    "rework": _("返工认定"),
    "dispatch": _("派遣有误"),
    "responsibility": _("责任认定"),
    "condition": _("立案条件"),
}
"""申诉事由."""
REQUEST_STATES = {
    "waiting": _("待审批"),
    "granted": _("已同意"),
    "refused": _("未同意"),
    "withdrawn": _("已撤回"),
    "lapsed": _("已失效"),
    "answered": _("已回复"),
    "ended": _("已结束"),
}
ORDERED = ("order", "instruction", "reminder")
"""What asks for a written reply (case-rules 10), not for a decision."""


def request_state(kind: str, state: str) -> str:
    """How a request stands, in the words of its kind: an order waits for a reply, a coordination goes on, an application for a decision."""
    if state == "waiting" and kind in ORDERED:
        return str(_("待回复"))
    if state == "waiting" and kind == "coordination":
        return str(_("协调中"))
    return str(REQUEST_STATES[state])


LEVELS = {"city": _("市级"), "district": _("区级")}
"""Who commands, in model D (SZ-4.2b)."""
DISTRICT_DISPATCH = _("区级派遣")
PROOFS = {"until": _("计划完成日期"), "photo": _("现场照片"), "paper": _("盖章申请表的扫描件"), "unit": _("建议的责任单位")}
ASIDES = {"asking": _("申请中"), "suspended": _("挂账中"), "deferred": _("缓办中")}
VERIFY_ANSWERS = {"true": _("属实"), "not_true": _("不属实"), "cannot_verify": _("无法核实"), "gone": _("已消除")}
CHECK_ANSWERS = {
    "handled": _("已处置"),
    "not_handled": _("未处置"),
    "insufficient": _("处置不到位"),
    "unreachable": _("无法核查"),
}
EXPORTS = {"waiting": _("等待生成"), "running": _("正在生成"), "done": _("已生成"), "failed": _("没有生成")}
LIMIT_UNITS = {"urgent_hour": _("紧急工作时"), "work_hour": _("工作时"), "work_day": _("工作日"), "day": _("日")}
PROCESS_SETTINGS = {"check_by_another": _("核查避开上报人"), "judged_by": _("按期判定时刻")}
"""Settings of a process that know few values (``definitions.checking``)."""
SETTINGS = {
    "archive_days": _("结案后几天归档"),
    "feedback_photos": _("反馈至少几张照片"),
    "check_photos": _("核查至少几张照片"),
    "verify_photos": _("核实属实至少几张照片"),
    "rework_floor": _("返工时限不低于原时限的几成"),
    **PROCESS_SETTINGS,
    "file_after_call_minutes": _("电话先派后几分钟内立案"),
    "escalate_minutes": _("审批人多少分钟不批就转上一级"),
    "call_stands_for_verification": _("电话先派的可不经核实立案"),
}
SOURCE_CLASSES = {"inspector": _("监督员上报"), "public": _("公众来源"), "city": _("市级来源")}
VERIFY = {"never": _("从不"), "always": _("必须")}
JUDGED_BY = {"feedback": _("反馈时刻"), "closing": _("结案时刻")}
LIGHTS = {"green": _("正常"), "amber": _("即将超时"), "red": _("超时"), "grey": _("暂停计时")}
KINDS = {"component": _("部件"), "event": pgettext_lazy("matter", "事件"), "service": _("服务事项")}
CLOSING_KINDS = {"normal": _("正常结案"), "overdue": _("超时结案"), "error": _("差错结案"), "special": _("特殊结案"),
                 "informed": _("告知结案"), "authorised": _("授权结案")}  # fmt: skip
CHECK_MEANS = {"site": _("现场核查"), "video": _("视频核查"), "assessor": _("考评员核查")}
RELATIONS = {
    "merged": (_("并入本案"), _("已并入")), "split": (_("由本案拆出"), _("拆自")), "repeat": (_("反复前案"), _("又反复")),
    "related": (_("关联"), _("关联")),
}  # fmt: skip
"""A relation as read from its case, and from the other one."""
SELF_STATES = {"pending": _("待审核"), "done": _("办结"), "void": _("作废")}
FILE_ROLES = {
    "before": _("处置前"),
    "fence": _("先期围护"),
    "after": _("处置后"),
    "check": _("核查"),
    "paper": _("材料"),
}
REFUSED_PHOTO = _("%(role)s（返工前）")
SAME_PHOTO = _("疑似重复照片：与案件 %(number)s 的%(role)s照片（%(at)s）相同")
PHOTO_DOUBTS = {
    "other_case": _("疑似重复照片：以前在另一案件用过"), "from_before": _("疑似重复照片：与本案处置前的照片相同"),
    "too_early": _("拍摄于%(taken_at)s，早于派遣（%(dispatched_at)s）"),
}  # fmt: skip
NO_CATEGORY = _("未分类")
CLOCK_STAGE, CLOCK_UNIT, CLOCK_CASE, CLOCK_FENCE = _("环节时限"), _("处置时限"), _("案件总时限"), _("先期围护时限")
TASK_ANSWERED = _("%(unit)s已反馈：%(text)s")
TASK_HANDED_BACK = _("%(unit)s交回：%(reason)s %(note)s")
SLEPT_OF = _("%(holder)s逾时未批")
SLEPT = _("%(holder)s逾时未批，转来审批。%(note)s")
HELD_BY = _("由%(holder)s办理")
EXCEPTIONS = {"reworked": _("返工过"), "returned": _("回退过"), "asking": _("待批"), "nobody": _("无人负责")}
AUTHORISED_BY = _("%(kind)s（%(name)s授权）")
CONTACT_WAYS = {"phone": _("电话"), "radio": _("对讲"), "visit": _("当面"), "message": _("消息")}
CONTACT_OUTCOMES = {"agreed": _("已答应办理"), "informed": _("已告知"), "declined": _("表示不属本单位"), "unreached": _("没有联系上")}
CALL_OUTCOMES = {code: CONTACT_OUTCOMES[code] for code in ("agreed", "informed")}
"""Of a call that sends a unit out before the case is filed (先派后补)."""
CALLED = _("%(time)s 已电话先派%(unit)s")
CALL_PERSON, CALL_PHONE = _("接电话的人"), _("拨打的号码")
QUOTED = {"handled_by": _("处置人"), "place": _("地点"), "reply": _("回复来报人"), "person": _("联系到的人"), "phone": CALL_PHONE}
"""What of a record's own words is named where they are quoted; the others speak for themselves under their step."""
SAID = _("%(label)s：%(text)s")
CONTACT_LABELS = {"how": _("方式"), "outcome": _("结果"), "unit_id": _("单位")}
CHECK_DISAGREES = _("核查结果为“%(answer)s”，不能结案")
FENCE_FIRST = _("先期围护还没有反馈")
REPORT_STATES = {
    "waiting": _("待受理"), "accepted": _("已受理"), "refused": _("不予受理"), "linked": _("已并入案件"), "withheld": _("已撤下"),
}  # fmt: skip
VERIFY_RECORD = _("验证办理经过")
STAYS = {
    "state_missing": _("新版流程没有这个状态，请给它指定对应的状态"),
    "request_waits": _("有申请在等审批，而新版流程里这种申请的规则不同，请先审批"),
    "moved_on": _("案件已结束，或已不在原来的版本上"),
}
"""Why a case stays with its version (cases.actions.migrating)."""

PROPOSAL_BASES = {
    "decision": _("权属会商"), "table": _("责任清单"), "register": _("企业名录"), "territory": _("属地"), "precedent": _("先例"),
    "load": _("在手"), "plan": _("预案"), "call": _("电话先派"),
}  # fmt: skip
"""Grounds of a proposal (case-rules 13)."""
DISTRICT_OF_PLACE = _("位置所在的区")
COMPANY_UNTIL = _("%(kind)s企业，合同至 %(day)s")
SETTLED = _("%(number)s 已定：%(basis)s")
TOLD_TIMES = {"handled_at": _("处置时间"), "met_at": _("会商时间")}
"""Instants that a step tells beside its words."""
CITY_NUMBER, TASK_UNTIL, ASSIST_LATE = _("市级案号"), _("期限"), _("协办超时未复：%(units)s")
CHOSEN_AMONG = _("%(unit)s；候选：%(units)s")
