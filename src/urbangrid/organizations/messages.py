"""Sentences about units, posts and appointments."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from urbangrid.core.errors import declare

declare(
    {
        "post_exclusive": _("%(name)s已任%(held)s，不能再任%(post)s：这两个岗位须由不同的人担任。"),
        "mode_unknown": _("请在关闭、提醒、拒绝中选择一种。"),
        "lift_person_unknown": _("没有这个人员，或不在本平台任职。"),
        "lift_posts": _("请至少选两个岗位；管理员岗位不能放宽。"),
        "lift_time": _("放宽的时间须在将来结束，最长 %(days)s 天。"),
        "lift_reason": _("请写明放宽的原因，会记入审计。"),
        "lift_unknown": _("没有这项放宽，或已经结束。"),
        "post_elsewhere": _("%(unit)s没有%(post)s这个岗位，请另选岗位或单位。"),
        "post_held": _("%(name)s已在%(unit)s任%(post)s，不用再任。"),
        "appointment_ended": _("这项任职已经结束。"),
        "appointment_not_resumed": _("这项任职没有结束，或已过十分钟不能撤回；需要时请重新任职。"),
        "unit_below_itself": _("上级单位不能是本单位或它的下级，请另选。"),
        "unit_staffed": _("该单位还有 %(count)s 人在任，请先结束他们的任职再停用。"),
        "unit_code_taken": _("单位编号“%(code)s”已经用过，请换一个。"),
        "page_not_here": _("这里没有这个页面。请从待办重新进入。"),
        "preset_unknown": _("没有“%(code)s”这个组织模式，可选 %(known)s。"),
    }
)
