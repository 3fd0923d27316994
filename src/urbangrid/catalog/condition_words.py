"""The conditions of a row of the responsibility table as people read and type them, the same on pages and in spreadsheets.

Roads ``主干路、非道路``; days of the week ``一至五`` or ``六、日``; hours ``22:00-06:00``. What is read back is what was written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from urbangrid.catalog.sharing import DAY_MINUTES, OFF_ROAD, Conditions
from urbangrid.grids.models import RoadGrade

ROADS: Final[Mapping[str, str]] = {
    "expressway": "快速路", "arterial": "主干路", "secondary": "次干路", "branch": "支路", "lane": "街巷", OFF_ROAD: "非道路",
}  # fmt: skip
"""Spreadsheets always carry the Chinese words, whatever the reader's language; a test holds them against the grades of roads."""
ROAD_FROM_CHINESE: Final = {word: code for code, word in ROADS.items()}
assert {*ROADS} == {*RoadGrade.values, OFF_ROAD}
DAYS: Final = "一二三四五六日"
ROADS_SAID: Final = {**dict(RoadGrade.choices), OFF_ROAD: gettext_lazy("非道路")}
DAYS_SAID: Final = (
    pgettext_lazy("weekday", "一"), pgettext_lazy("weekday", "二"), pgettext_lazy("weekday", "三"), pgettext_lazy("weekday", "四"),
    pgettext_lazy("weekday", "五"), pgettext_lazy("weekday", "六"), pgettext_lazy("weekday", "日"),
)  # fmt: skip
"""The same for a reader, in her language; both agree in Chinese."""
_SEPARATORS = re.compile(r"[、,，;；\s]+")
_SPAN = re.compile(r"([一二三四五六日])\s*[至到-]\s*([一二三四五六日])")
_HOURS = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-—~至到]+\s*(\d{1,2})[:：](\d{2})")


def _parts(typed: str) -> list[str]:
    return [part for part in _SEPARATORS.split(typed.strip()) if part]


def roads_of(typed: str) -> list[str] | None:
    """Codes in the order of the grades; None when a word is none of them."""
    wanted = {ROAD_FROM_CHINESE.get(part) for part in _parts(typed)}
    return None if None in wanted else [code for code in ROADS if code in wanted]


def weekdays_of(typed: str) -> list[int] | None:
    """1 to 7 in order; ``周六至周一`` goes over the weekend. None for anything else."""
    found: set[int] = set()
    for part in _parts(typed.replace("星期", "").replace("周", "").replace("天", "日")):
        span = _SPAN.fullmatch(part)
        first, last = (span[1], span[2]) if span else (part, part)
        if first not in DAYS or last not in DAYS or len(first) != 1:
            return None
        start, end = DAYS.index(first), DAYS.index(last)
        found.update((start + step) % 7 + 1 for step in range((end - start) % 7 + 1))
    return sorted(found)


def hours_of(typed: str) -> tuple[int | None, int | None] | None:
    """Minutes of the day; (None, None) when empty, None for anything else. ``24:00`` is the end of the day."""
    if not typed.strip():
        return None, None
    found = _HOURS.fullmatch(typed.strip())
    if found is None or int(found[2]) > 59 or int(found[4]) > 59:
        return None
    start, end = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    return None if start >= DAY_MINUTES or end > DAY_MINUTES or start == end else (start, end)


def roads_words(codes: Sequence[str]) -> str:
    return "、".join(ROADS[code] for code in ROADS if code in codes)


def weekdays_words(numbers: Sequence[int]) -> str:
    """``一至五`` for a row of three days or more, else each by name."""
    listed = sorted(numbers)
    return f"{DAYS[listed[0] - 1]}至{DAYS[listed[-1] - 1]}" if _in_a_row(listed) else "、".join(DAYS[number - 1] for number in listed)


def _in_a_row(listed: Sequence[int]) -> bool:
    return len(listed) > 2 and listed[-1] - listed[0] == len(listed) - 1


def _weekdays_said(numbers: Sequence[int]) -> str:
    listed = sorted(numbers)
    if _in_a_row(listed):
        return gettext("%(first)s至%(last)s") % {"first": DAYS_SAID[listed[0] - 1], "last": DAYS_SAID[listed[-1] - 1]}
    return gettext("、").join(str(DAYS_SAID[number - 1]) for number in listed)


def hours_words(start: int | None, end: int | None) -> str:
    if start is None or end is None:
        return ""
    return f"{start // 60:02d}:{start % 60:02d}-{end // 60:02d}:{end % 60:02d}"


def words_of(conditions: Conditions) -> str:
    """``主干路；周一至五；22:00-06:00；权属：供电公司`` in the reader's language; empty without conditions."""
    days = _weekdays_said(sorted(conditions.weekdays))
    parts = (
        gettext("、").join(str(said) for code, said in ROADS_SAID.items() if code in conditions.roads),
        gettext("周%(days)s") % {"days": days} if days else "",
        hours_words(conditions.from_minute, conditions.to_minute),
        gettext("权属：%(owner)s") % {"owner": conditions.owner} if conditions.owner else "",
    )
    return gettext("；").join(part for part in parts if part)
