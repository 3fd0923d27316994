"""Sentences about units, posts and appointments."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from urbangrid.core.errors import declare

declare(
    {
        "post_exclusive": _("%(name)s已任%(held)s，不能再任%(post)s：这两个岗位须由不同的人担任。"),
        "post_elsewhere": _("%(unit)s没有%(post)s这个岗位，请另选岗位或单位。"),
        "post_held": _("%(name)s已在%(unit)s任%(post)s，不用再任。"),
        "appointment_ended": _("这项任职已经结束。"),
        "unit_code_taken": _("单位编号“%(code)s”已经用过，请换一个。"),
        "preset_unknown": _("没有“%(code)s”这个组织模式。"),
    }
)
