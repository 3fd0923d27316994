"""The Chinese words of states, moves, work and answers (desks.md, Words). Found by code, never the other way round."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STATES = {
    "reported": _("待受理"),
    "to_file": _("待立案"),
    "verifying": _("待核实"),
    "to_confirm": _("待立案"),
    "to_sign": _("待签发"),
    "to_release": _("待转市级"),
    "with_city": _("转市级"),
    "filed": _("待批转"),
    "to_dispatch": _("待派遣"),
    "to_receive": _("待签收"),
    "disposing": _("处置中"),
    "to_review": _("待审核"),
    "to_send_check": _("待发核查"),
    "checking": _("待核查"),
    "to_close": _("待结案"),
    "closed": _("已结案"),
    "refused": _("不予受理"),
    "not_filed": _("不予立案"),
    "void": _("作废"),
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
    "receive": _("待签收"),
    "dispose": _("处置中"),
    "review": _("待审核"),
    "send_check": _("待发核查"),
    "check": _("待核查"),
    "close": _("待结案"),
}
"""Work item kinds as queues."""
ACTIONS = {
    "report": _("上报"),
    "accept": _("受理"),
    "refuse_report": _("不予受理"),
    "send_verification": _("发核实"),
    "verify": _("核实"),
    "propose_filing": _("提请立案"),
    "return_proposal": _("退回"),
    "refuse_filing": _("不予立案"),
    "file": _("立案"),
    "sign": _("签发"),
    "return_unsigned": _("退回"),
    "hand_on": _("批转"),
    "release": _("转市级"),
    "return_release": _("退回"),
    "enter_city_answer": _("录入市级答复"),
    "dispatch": _("派遣"),
    "return_to_filing": _("退回立案"),
    "receive": _("签收"),
    "feedback": _("反馈"),
    "review": _("批转"),
    "rework": _("返工"),
    "send_check": _("发核查"),
    "check": _("核查"),
    "return_to_city": _("退市级再办"),
    "close": _("结案"),
    "correct": _("更正"),
    "void": _("作废"),
    "withdraw": _("撤回"),
    "import": _("历史导入"),
}
VERIFY_ANSWERS = {"true": _("属实"), "not_true": _("不属实"), "cannot_verify": _("无法核实"), "gone": _("已消除")}
CHECK_ANSWERS = {
    "handled": _("已处置"),
    "not_handled": _("未处置"),
    "insufficient": _("处置不到位"),
    "unreachable": _("无法核查"),
}
SOURCES = {
    "inspector": _("监督员"),
    "hotline": _("热线"),
    "web": _("网站"),
    "wechat": _("微信"),
    "sms": _("短信"),
    "mail": _("邮件"),
    "visit": _("来访"),
    "leader": _("领导交办"),
    "media": _("媒体曝光"),
    "city": _("市平台"),
    "import": _("历史导入"),
}
SOURCE_CLASS = {
    "inspector": "inspector", "city": "city",
    **dict.fromkeys(("hotline", "web", "wechat", "sms", "mail", "visit", "leader", "media", "import"), "public"),
}  # fmt: skip
"""Which rule of verification before filing a source falls under."""
LIMIT_UNITS = {"urgent_hour": _("紧急工作时"), "work_hour": _("工作时"), "work_day": _("工作日"), "day": _("日")}
LIGHTS = {"green": _("正常"), "amber": _("即将超时"), "red": _("超时"), "grey": _("暂停计时")}
KINDS = {"component": _("部件"), "event": pgettext_lazy("matter", "事件"), "service": _("服务事项")}
CLOSING_KINDS = {"normal": _("正常结案"), "overdue": _("超时结案"), "error": _("差错结案"), "special": _("特殊结案")}
FILE_ROLES = {
    "before": _("处置前"),
    "fence": _("先期围护"),
    "after": _("处置后"),
    "check": _("核查"),
    "paper": _("材料"),
}
NO_CATEGORY = _("未分类")
CLOCK_STAGE, CLOCK_UNIT, CLOCK_CASE = _("环节时限"), _("处置时限"), _("案件总时限")
HELD_BY = _("由%(holder)s办理")
CHECK_DISAGREES = _("核查结果为“%(answer)s”，不能结案")
REPORT_STATES = {"waiting": _("待受理"), "accepted": _("已受理"), "refused": _("不予受理"), "linked": _("已并入案件")}
VERIFY_RECORD = _("验证办理经过")
