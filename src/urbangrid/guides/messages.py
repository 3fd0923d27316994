"""Sentences of refusals about the handbooks."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from urbangrid.core.errors import declare

declare(
    {
        "guide_unknown": _("没有这本手册。请从左边的目录选一本。"),
        "guide_reason_missing": _("请写明为什么修订。"),
        "guide_text_long": _("一节最多 %(most)s 字，现有 %(found)s 字。请删短。"),
        "guide_text_missing": _("没有写内容。请写本市的规定，或返回不修订。"),
        "guide_moved_on": _("%(who)s 刚存了第 %(version)s 版。您写的还在下面，请与新的一版对照后再存。"),
    }
)
