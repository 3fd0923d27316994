"""The words of this package: refusals, states, acts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from urbangrid.core.errors import declare

declare(
    {
        "request_unknown": _("没有这件诉求，或不在您的查看范围内。"),
        "reply_due_past": _("“要求答复时间”要晚于现在，请核对来文；不填就按该来源的答复时限。"),
        "request_source_wrong": _("这个来源不能在这里登记：监督员的问题请用“上报”，停用的来源请先由系统管理员启用。"),
        "request_kind_wrong": _("请选择诉求类型。"),
        "request_same_key": _("这个编号的诉求已登记，但内容不同，没有覆盖。请刷新后重新登记。"),
        "request_moved_on": _("%(actor)s已于%(time)s%(action)s，您填的内容还在，请看过最新情况再办。"),
        "request_not_that_state": _("这件诉求现为“%(state)s”，不能%(action)s。"),
        "line_external": _("“%(name)s”尚未并入，请转接 %(number)s。"),
        "unit_missing": _("没有这个单位，或已停用。请重新选择。"),
        "case_joined": _("这件诉求已挂接该案。"),
        "confidential_mixed": _("保密的诉求只能与保密的案件挂接，反之也是。"),
        "confidential_already": _("这件诉求已是保密件。"),
        "request_has_case": _("已受理成案，请先办理案件；不属同一件事的，先解除挂接。"),
        "reply_text_missing": _("来报人在等答复：请写明答复内容。"),
        "channel_wrong": _("请选择用哪个渠道答复。"),
        "call_result_wrong": _("请选择回访结果。"),
        "return_too_late": _("已过退单时限，或已开始办理，不能退单。请办理后答复。"),
        "return_reason_missing": _("请从列表中选择退单理由。"),
        "phrase_unknown": _("没有这条常用语，请刷新后重选。"),
        "phrase_twice": _("已有一条叫“%(title)s”的常用语，请改那一条或换个标题。"),
        "reveal_often": _("您在%(period)s内已查看 %(most)s 次来报人信息。确需继续，请勾选“仍须查看”，会单独记入审计。"),
        "road_outside_plan": _("“%(road)s”不在预案“%(plan)s”的范围内。请逐条登记，或改预案范围。"),
        "batch_plan_missing": _("没有生效中的“按路合并”预案，不能批量成案。请%(who)s启动预案，或逐条登记。"),
        "draft_elsewhere": _("这个来电在另一个窗口里接着写了，这里写的没有存草稿。请到那边写，或另开一份。"),
        "batch_too_long": _("一次最多 %(most)s 行，这里有 %(count)s 行。请分几次粘贴。"),
        "request_without_contact": _("这件诉求没有留联系方式。"),
    }
)

REGISTER = _("登记诉求")
KINDS = {"complaint": _("投诉举报"), "consult": _("咨询"), "help": _("求助"), "suggestion": _("建议"), "praise": _("表扬")}
STATES = {"open": _("办理中"), "to_reply": _("待答复"), "replied": _("待回访"), "closed": _("已办结"), "returned": _("已退单")}
ACTIONS = {
    "register": _("登记"),
    "join_case": _("挂接案件"),
    "leave_case": _("解除挂接"),
    "open_case": _("新立案件"),
    "result": _("办理结果"),
    "write_reply": _("拟答复"),
    "tell": _("答复来报人"),
    "follow_up": _("回访"),
    "return_outside": _("退单"),
    "close": _("办结"),
    "make_confidential": _("转保密"),
    "name_handler": _("指定承办人"),
    "dismiss_handler": _("取消指定"),
    "note": _("记事"),
    "import": _("历史导入"),
}
CHANNELS = {
    "phone": _("电话"), "sms": _("短信"), "mail": _("邮件"), "wechat": _("微信"), "web": _("网站"), "letter": _("书面"), "visit": _("当面"),
}  # fmt: skip
CHANNEL_OF_SOURCE = {"web": "web", "wechat": "wechat", "sms": "sms", "mail": "mail", "mailbox": "mail", "visit": "visit"}
"""By the way she came (HD-3.1.2e2); anything else is answered by telephone."""
CALL_RESULTS = {"satisfied": _("满意"), "dissatisfied": _("不满意"), "not_reached": _("未接通")}
CLOSING_KINDS = {
    "answered": _("答复办结"), "on_the_spot": _("当场答复"), "unreached": _("多次回访未接通"), "no_reply": _("无须答复"),
    "returned": _("退单"), "imported": _("历史导入"),
}  # fmt: skip
UNREAD = {"empty": _("没有地点和内容"), "long": _("超过 500 个字，不像一个来电")}
"""Why a pasted line is no call (calls.py)."""
CLOSED_REPLY = _("您反映的问题已处理完毕。")
"""When a case ended without a reply of its own, e.g. voided for a reason that has no sentence for the citizen."""
FORM = {"text": _("来报人的话"), "reply_due_at": _("要求答复时间"), "reply": _("当场答复"), "outside_number": _("来文编号")}
"""What the registration form calls its fields."""
