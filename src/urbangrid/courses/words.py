"""Codes of courses in words."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

KINDS: Final = {"district": _("区情"), "law": _("法规"), "work": _("业务"), "safety": _("安全"), "other": _("其他")}
RESULTS: Final = {"passed": _("合格"), "failed": _("不合格"), "absent": _("缺席")}
OPEN: Final = _("待定")
QUESTIONS: Final = {"one": _("单选"), "several": _("多选"), "true_false": _("判断")}
TRUE_FALSE: Final = ("对", "错")
"""Options of a 判断题 as they are stored, in the language of the questions."""
LETTERS: Final = "ABCDEFGH"


def result(code: str) -> str:
    """The word of a result, 待定 for none yet."""
    return str(RESULTS.get(code, OPEN))
