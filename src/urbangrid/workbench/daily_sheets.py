"""城市管理日报 as it is shown: the kept values in the words and the order of the paper (case-rules 26, desks.md L5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from urbangrid.cases import day_rules
from urbangrid.cases.actions import daily_sheets
from urbangrid.cases.daily import DANGERS, UNITS, KeptSheet
from urbangrid.core import clock
from urbangrid.core.models import Platform
from urbangrid.core.platforms import platform_of
from urbangrid.service_requests import queries as requests
from urbangrid.supervision import morning
from urbangrid.ui.templatetags.ug import WEEKDAYS
from urbangrid.workbench import leader
from urbangrid.workbench.leader import AreaMap

NUMERALS: Final = _("一、 二、 三、 四、 五、 六、 七、 八、")
SECTIONS: Final = {
    "figures": _("昨日情况"), "late": _("超期未结"), "dangers": _("过夜险情"), "unsigned": _("未签收"), "due": _("今日到期要办"),
    "waking": _("挂账、缓办到期恢复"), "on_duty": _("在岗"), "roads": _("最差道路"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Due:
    """An order that wants its answer today; ``late``: it should have come before."""

    unit: str
    at: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class SheetView:
    """``numerals``: section → 一, 二, …; a section that says nothing has none and is left out."""

    sheet: KeptSheet
    platform: Platform
    numerals: dict[str, str]
    map: AreaMap
    day_words: str
    yesterday_words: str
    before_words: str
    instructions: list[Due]
    orders: list[Due]
    tight: bool = False
    """Set in small letters, so that a full day still is one leaf."""

    @property
    def content(self) -> Any:
        return self.sheet.content

    @property
    def basis(self) -> str:
        return str(day_rules.BASIS)


def day_words(day: date, *, year: bool = False) -> str:
    """11月19日 周四."""
    told = gettext("%(month)s月%(day)s日") % {"month": day.month, "day": day.day}
    return (f"{gettext('%(year)s年') % {'year': day.year}}{told}" if year else told) + " " + gettext(WEEKDAYS[day.weekday()])


def shown(platform_id: int, sheet: KeptSheet) -> SheetView:
    """One statement, for the borders of the map."""
    content = sheet.content
    said = [name for name in SECTIONS if _says(content, name)]
    platform = platform_of(platform_id)
    values: dict[int | None, leader.Value] = {area: (n, None) for area, n in content["areas"]}
    before = str(leader.WEEKDAYS[sheet.yesterday.weekday()])
    return SheetView(
        sheet, platform, dict(zip(said, str(NUMERALS).split(), strict=False)),
        leader.drawn(platform_id, "overdue", values, lambda _area: ""),
        day_words(sheet.day, year=True), day_words(sheet.yesterday), before,
        _dues(content["due"]["instruction"], sheet), _dues(content["due"]["order"], sheet),
    )  # fmt: skip


LEAVES: Final = ((UNITS, DANGERS, False), (UNITS, DANGERS, True), (7, 4, True), (5, 3, True), (3, 2, True))
"""Most units with overdue cases, most dangers, small letters: tried in this order until the paper is one leaf."""


def versions(view: SheetView) -> Iterator[SheetView]:
    """The sheet ever shorter. What is left out of the units stands in 其余单位; of the dangers the head says how many there are."""
    for units, dangers, tight in LEAVES:
        late, known = view.content["late"], view.content["dangers"]
        left = late["others"] + sum(row["count"] for row in late["rows"][units:])
        short = {"late": {**late, "rows": late["rows"][:units], "others": left}, "dangers": {**known, "rows": known["rows"][:dangers]}}
        yield replace(view, sheet=replace(view.sheet, content={**view.content, **short}), tight=tight)


def _says(content: Any, name: str) -> bool:
    """Whether a section has something to say; the figures and what is late always have."""
    if name in ("figures", "late"):
        return True
    if name == "dangers":
        return bool(content["dangers"]["count"])
    if name == "due":
        due = content["due"]
        return bool(due["instruction"] or due["order"] or due["media"] or due["requests"]["count"])
    return bool(content[name])


def _dues(rows: list[dict[str, str]], sheet: KeptSheet) -> list[Due]:
    found = [(row["unit"], datetime.fromisoformat(row["until"])) for row in rows if row["until"]]
    return [Due(unit, at, at < sheet.made_at) for unit, at in found]


# --- 08:00 ---


def make_due() -> int:
    """Make the sheets that are due and tell the leaders; how many were made. Done by the worker every minute (``config.jobs``)."""
    made = 0
    for platform in daily_sheets.waiting(clock.now()):
        sheet = daily_sheets.make(platform, requests.due_until)
        if sheet is not None:
            cause = f"daily:{platform.pk}.{sheet.day:%Y%m%d}"
            morning.tell(platform.pk, morning.EVENT, cause, day_rules.summary(sheet.figures), sheet.made_at)
            made += 1
    return made
