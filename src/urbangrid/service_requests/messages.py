"""Sentences of refusals about requests of citizens."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from urbangrid.core.errors import declare

declare(
    {
        "request_unknown": _("没有这件诉求，或不在您的查看范围内。"),
        "request_source_wrong": _("监督员的问题请用“上报”，诉求只登记公众和上级交来的事项。"),
        "request_same_key": _("这个编号的诉求已登记，但内容不同，没有覆盖。请刷新后重新登记。"),
        "reveal_often": _("您在%(period)s内已查看 %(most)s 次来报人信息。确需继续，请勾选“仍须查看”，会单独记入审计。"),
        "request_without_contact": _("这件诉求没有留联系方式。"),
    }
)

REGISTER = _("登记诉求")
STATES = {"open": _("办理中"), "replied": _("已回复")}
CLOSED_REPLY = _("您反映的问题已处理完毕。")
"""When a case ended without a reply of its own, e.g. voided for a reason that has no sentence for the citizen."""
