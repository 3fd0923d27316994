"""What each form calls its fields: a fault names the field by the words that stand above it (Every page: faults at their field)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

UNTIL: Final[Mapping[str, Promise]] = {
    "extension": _("计划完成日期"), "suspension": _("恢复日期"), "deferral": _("恢复日期"), "order": _("回复期限"),
    "instruction": _("回复期限"), "reminder": _("回复期限"), "assist": _("期限"),
}  # fmt: skip
"""Kind of request → what its day is called, on the form, to the approver and on paper."""
PROOF: Final = _("证明材料")
URGED: Final = _("催办内容")
FORMS: Final[Mapping[str, Mapping[str, Promise]]] = {
    **{f"ask_{kind}": {"until": word, "files": PROOF} for kind, word in UNTIL.items() if kind in ("extension", "suspension", "deferral")},
    "ask_appeal": {"subject": _("申诉事由"), "files": PROOF},
    "remind": {"note": URGED},
    "order": {"note": _("要求"), "until": UNTIL["order"]},
    "pass_on": {"note": _("要求"), "until": UNTIL["order"]},
    "instruct": {"note": _("批示内容"), "until": UNTIL["order"]},
    "verify": {"answer": _("核实结果")},
    "check": {"answer": _("核查结果")},
    "check_remotely": {"answer": _("核查结果")},
}
"""Action → the fields that its form calls otherwise than ``inputs.LABELS``."""


def until_word(kind: str) -> str:
    """计划完成日期 of an extension, 恢复日期 of what stands until a day, 回复期限 of an order."""
    return str(UNTIL.get(kind, UNTIL["assist"]))
