"""Sentences about shifts, rosters, leave and handing over."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from urbangrid.core.errors import declare

declare(
    {
        "roster_elsewhere": _("这个单位的班不由您排。请找该单位的排班人。"),
        "roster_team_unknown": _("没有这个班组，或不由您排班。"),
        "roster_days": _("起止日期颠倒，或超过 %(days)s 天。请分几次排。"),
        "roster_person_unknown": _("没有这个人，或已不在这个岗位。请刷新后再选。"),
        "roster_overlap": _("%(name)s在%(day)s%(shift)s已有班，时间重叠。请先去掉那一班，或另选人。"),
        "roster_on_leave": _("%(name)s那时请假。请另选人。"),
        "roster_past": _("%(day)s的%(shift)s已经过去，不能再排。"),
        "roster_cycle": _("请按“早早中中夜夜休休”的样子填写轮班，可用的字：%(letters)s，休息写“休”。"),
        "roster_nobody": _("请至少选一个本岗位的人。"),
        "roster_other_post": _("%(name)s不是同岗位的另一人，不能顶这个班。"),
        "shift_letter": _("简称须是一个字，不能与在用的班次相同，也不能用“休”（现为“%(letter)s”）。"),
        "shift_span": _("请填写起止时刻；一个班最长 24 小时。"),
        "shift_unknown": _("没有这个班次，或已停用。"),
        "staffing_number": _("定员须是 0 到 999 的整数。"),
        "rest_hours": _("两班之间的休息须在 0 到 24 小时之间。"),
        "turn_unknown": _("没有这一班，或已经签到、已经结束，不能再改。"),
        "no_turn_now": _("现在没有您的班；下一班 %(at)s 开始，提前一小时可以签到。"),
        "no_turn_planned": _("值班表上没有您的班。请找排班人补排，再签到。"),
        "signed_on_already": _("您已经签到，不用再签。"),
        "not_signed_on": _("您没有签到，不用签退。"),
        "night_posts": _("每组至少选两个工作台岗位。"),
        "leave_kind": _("请选择请假类别。"),
        "leave_time": _("请假的结束须晚于开始且在将来，最长一年。"),
        "leave_twice": _("这段时间已经请过假。"),
        "leave_unknown": _("没有这张请假单，或已经批过。"),
        "leave_own": _("自己的请假由别人批。请找上级或另一位排班人。"),
        "leave_answer": _("不同意请写明原因。"),
        "handover_unknown": _("没有这张交接班单，或不在您能看的范围。"),
        "handover_answered": _("这张交接班单已由%(name)s于%(at)s处理，请刷新后查看。"),
        "handover_not_yours": _("这张交接班单由同岗位的接班人或值班长接。"),
        "handover_reason": _("不接请写明原因，会记在单上并留给值班长处理。"),
    }
)
