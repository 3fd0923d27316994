"""The words of this package: kinds and units of limits as people read and type them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

KIND_WORDS: Mapping[str, str | Promise] = {"component": _("部件"), "event": _("事件"), "service": _("服务")}
UNIT_WORDS: Mapping[str, str | Promise] = {
    "urgent_hour": _("紧急工作时"),
    "work_hour": _("工作时"),
    "work_day": _("工作日"),
    "day": _("日"),
}
LIMITS: Mapping[str, Any] = {
    "urgent_hour": ngettext_lazy("%(n)s 紧急工作时", "%(n)s 紧急工作时", "n"),
    "work_hour": ngettext_lazy("%(n)s 工作时", "%(n)s 工作时", "n"),
    "work_day": ngettext_lazy("%(n)s 工作日", "%(n)s 工作日", "n"),
    "day": ngettext_lazy("%(n)s 日", "%(n)s 日", "n"),
}
# Spreadsheets and the shipped tables always carry the Chinese words, whatever the reader's language.
KIND_FROM_CHINESE: Mapping[str, str] = {"部件": "component", "事件": "event", "服务": "service"}
UNIT_FROM_CHINESE: Mapping[str, str] = {
    "紧急工作时": "urgent_hour",
    "工作时": "work_hour",
    "工作日": "work_day",
    "日": "day",
}
KIND_TO_CHINESE: Mapping[str, str] = {code: word for word, code in KIND_FROM_CHINESE.items()}
UNIT_TO_CHINESE: Mapping[str, str] = {code: word for word, code in UNIT_FROM_CHINESE.items()}


def limit_words(value: int, unit: str) -> str:
    """``4 工作时``."""
    return str(LIMITS[unit] % {"n": value})


def path_words(kind: str, major_name: str, name: str) -> str:
    """``事件·市容环境·道路破损``; the 类 of major names is left out."""
    return f"{KIND_WORDS[kind]}·{major_name.removesuffix('类')}·{name}"


def responsibility_words(entry_name: str, unit_name: str, division_name: str, basis: str) -> str:
    """Why a unit is proposed: ``责任清单：工地扬尘·区环保局``, with area and basis where given."""
    place = gettext("（%(area)s）") % {"area": division_name} if division_name else ""
    said = gettext("责任清单：%(entry)s·%(unit)s%(place)s") % {"entry": entry_name, "unit": unit_name, "place": place}
    return gettext("，").join(part for part in (said, basis) if part)
