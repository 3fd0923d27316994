"""The leader's page as values: six figures, the worst three, late cases in whose hands, the coloured map (desks.md L1, L2, L4).

Every number carries the address of the list whose length it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from urbangrid.cases import daily, day_figures, day_rules, leader
from urbangrid.cases.daily import KeptSheet
from urbangrid.cases.day_figures import Areas, Late
from urbangrid.cases.day_rules import Figure
from urbangrid.cases.leader import Hands, Own, Target, Worst
from urbangrid.core import clock
from urbangrid.grids import queries as grids
from urbangrid.grids.area_picture import AreaPicture, AreaShape
from urbangrid.organizations.acting import Acting

LISTS: Final = {
    "reported": "reported", "filed": "filed", "closed": "closed", "on_time": "judged", "reworked": "closed", "overdue": "overdue",
}  # fmt: skip
"""A figure and the list behind it; of a rate the whole, which shows its part apart."""
MEASURES: Final = {"overdue": _("超期未结"), "on_time": _("按期率"), "reported": _("上报")}
"""What the map is coloured by."""
PALEST, DARKEST = 0.06, 0.46
CHIPS: Final = {
    "unit": (_("查明原因"), _("拿出方案"), _("报结果")), "road": (_("派人盯守"), _("查明原因"), _("报结果")),
    "danger": (_("查明原因"), _("今日恢复"), _("报结果")),
}  # fmt: skip
"""Prefilled words of an instruction (L4)."""
BY_FIVE: Final = time(17, 0)
LATEST: Final = time(15, 0)
"""Until then an answer can be wanted by five o'clock of the same day."""


Value = tuple[int, int | None]
"""A count, or part and whole."""


@dataclass(frozen=True, slots=True)
class Card:
    figure: Figure
    address: str
    beside: str
    """上周四: what it is compared with."""


@dataclass(frozen=True, slots=True)
class AreaFigure:
    """A sub-district on the map and in its list. ``opacity``: the more (of a share: the less), the darker; colours are no lights."""

    area_id: int
    name: str
    text: str
    opacity: str
    address: str
    shape: AreaShape | None


@dataclass(frozen=True, slots=True)
class AreaMap:
    """``elsewhere``: what belongs to no sub-district, so that all of it adds up to ``total``."""

    measure: str
    word: str
    picture: AreaPicture | None
    areas: tuple[AreaFigure, ...]
    elsewhere: int
    total: str


@dataclass(frozen=True, slots=True)
class Say:
    """The line in which an instruction is put together: about what, to whom, with which words and until when."""

    about: str
    place: str
    target: Target
    chips: tuple[str, ...]
    until: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LeaderPage:
    cards: tuple[Card, ...]
    worst: Worst
    hands: Hands
    late: Late
    own: Own | None
    map: AreaMap
    say: Say | None
    sheet: KeptSheet | None
    yesterday: date
    now: datetime


def view(acting: Acting, *, about: str = "", measure: str = "overdue") -> LeaderPage:
    """Some twenty statements, each over a set. ``about``: what an instruction is being written on: unit, road or danger."""
    now = clock.now()
    today = now.astimezone(acting.zone).date()
    yesterday = today - timedelta(days=1)
    day, before = day_figures.by_area(acting, yesterday, yesterday - timedelta(days=7))
    late = day_figures.late(acting, now)
    then = daily.overdue_week_ago(acting, today)
    figures = day_rules.six(
        day_figures.total(day), day_figures.total(before), late.total, then, with_reports=acting.parent_platform_id is None
    )
    worst, hands = leader.view(acting, late, yesterday, now)
    own = leader.own_instructions(acting, now) if acting.may("instruct") else None
    sheet = daily.of_day(acting.platform_id, today) if acting.parent_platform_id is None else None
    return LeaderPage(
        tuple(Card(one, address(LISTS[one.code], yesterday), _weekday(one, yesterday, today)) for one in figures), worst, hands, late, own,
        area_map(acting, measure, day, late, yesterday), _say(acting, about, worst, now), sheet, yesterday, now,
    )  # fmt: skip


WEEKDAYS: Final = (_("上周一"), _("上周二"), _("上周三"), _("上周四"), _("上周五"), _("上周六"), _("上周日"))


def _weekday(figure: Figure, yesterday: date, today: date) -> str:
    return str(WEEKDAYS[(today if figure.code == "overdue" else yesterday).weekday()])


def address(name: str, day: date | None = None, **more: int) -> str:
    """Of the list behind a figure."""
    asked: dict[str, str | int] = {"what": name, **({"day": day.isoformat()} if day is not None and name != "overdue" else {}), **more}
    return f"{reverse('workbench:figure_list')}?{urlencode(asked)}"


# --- the map ---


def area_map(acting: Acting, measure: str, day: Areas, late: Late, yesterday: date) -> AreaMap:
    """One statement, for the borders."""
    chosen = measure if measure in MEASURES else "overdue"
    values = _values(chosen, day, late)
    return drawn(acting.cases_platform_id, chosen, values, lambda area: address(LISTS[chosen], yesterday, area=area))


def drawn(platform_id: int, measure: str, values: Mapping[int | None, Value], lead_to: Callable[[int], str]) -> AreaMap:
    """The values on the platform's sub-districts."""
    picture = grids.subdistricts_picture(platform_id)
    shapes = picture.areas if picture is not None else ()
    darkness = _darkness(measure, {one.area_id: values.get(one.area_id) for one in shapes})
    areas = tuple(
        AreaFigure(
            one.area_id, one.name.removesuffix("街道"), _text(measure, values.get(one.area_id)), f"{darkness[one.area_id]:.2f}",
            lead_to(one.area_id), one,
        )
        for one in shapes
    )  # fmt: skip
    known = {one.area_id for one in shapes}
    elsewhere = sum(part for area, (part, whole) in values.items() if area not in known and whole is None)
    return AreaMap(measure, str(MEASURES[measure]), picture, areas, elsewhere, _total(measure, values))


def _values(measure: str, day: Areas, late: Late) -> dict[int | None, Value]:
    if measure == "overdue":
        return {area: (n, None) for area, n in late.areas.items()}
    if measure == "reported":
        return {area: (one.reported, None) for area, one in day.items()}
    return {area: (one.kept, one.judged) for area, one in day.items()}


def _text(measure: str, value: Value | None) -> str:
    if value is None:
        return "—" if measure == "on_time" else "0"
    return Figure(measure, *value).number


def _total(measure: str, values: Mapping[int | None, Value]) -> str:
    if measure == "on_time":
        return Figure(measure, sum(part for part, _whole in values.values()), sum(whole or 0 for _part, whole in values.values())).number
    return str(sum(part for part, _whole in values.values()))


def _darkness(measure: str, values: Mapping[int, Value | None]) -> dict[int, float]:
    """Between pale and dark by the largest count, or by how far the share lies below all in time."""
    weights = {}
    for area, value in values.items():
        part, whole = value if value is not None else (0, None)
        if measure == "on_time":
            weights[area] = (whole - part) / whole if whole else 0.0
        else:
            weights[area] = float(part)
    most = max(weights.values(), default=0.0)
    return {area: PALEST + (DARKEST - PALEST) * (weight / most if most else 0) for area, weight in weights.items()}


# --- 批示 ---


def targets(worst: Worst) -> dict[str, tuple[str, Target]]:
    """What an instruction can be about: unit, road or danger → its name and where it goes."""
    found: dict[str, tuple[str, Target]] = {}
    if worst.unit is not None and worst.unit.target is not None:
        found["unit"] = (worst.unit.week.unit, worst.unit.target)
    if worst.road is not None and worst.road.target is not None:
        found["road"] = (worst.road.week.road, worst.road.target)
    if worst.danger is not None and worst.danger.target is not None:
        found["danger"] = (worst.danger.case.place, worst.danger.target)
    return found


def _say(acting: Acting, about: str, worst: Worst, now: datetime) -> Say | None:
    """The most dangerous first, unless another was chosen."""
    if not acting.may("instruct"):
        return None
    known = targets(worst)
    chosen = about if about in known else next((one for one in ("danger", "unit", "road") if one in known), None)
    if chosen is None:
        return None
    place, target = known[chosen]
    return Say(chosen, place, target, tuple(str(word) for word in CHIPS[chosen]), until_choices(acting, now))


def until_choices(acting: Acting, now: datetime) -> tuple[tuple[str, str], ...]:
    """When an answer can be wanted by, as typed and in words; the first is proposed. Empty: as the process sets it."""
    local = now.astimezone(acting.zone)
    days = [(0, gettext("今日 17:00 前"))] if local.time() < LATEST else []
    days.append((1, gettext("明日 17:00 前")))
    moments = [(datetime.combine(local.date() + timedelta(days=n), BY_FIVE, acting.zone), word) for n, word in days]
    return (*((at.isoformat(), word) for at, word in moments), ("", gettext("按规定时限")))


def said(chips: Sequence[str], own: str) -> str:
    """The words of an instruction from what was ticked and what was written."""
    return gettext("，").join([*dict.fromkeys(chip for chip in chips if chip), *([own.strip()] if own.strip() else [])])
