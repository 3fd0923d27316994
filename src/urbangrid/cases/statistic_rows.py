"""By what 统计报表 counts: places, classes, source, unit, state, day. Each is a way to group cases and the way back to exactly those.

The key of a row stands in addresses: the id or code of what it is named by; ``none`` where a case has nothing of the kind. Every case has
exactly one row in each of them, so that rows add up to the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from urbangrid.cases import words
from urbangrid.cases.access import as_id
from urbangrid.catalog import queries as catalog
from urbangrid.catalog import sources

NOTHING: Final = "none"
NO_CASE: Final = Q(pk__in=[])
"""What a key that cannot be read stands for; never everything."""

Order = tuple[Any, ...]
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Label:
    """A row's key, its name, and what it is sorted by."""

    key: str
    name: str
    order: Order


@dataclass(frozen=True, slots=True)
class Dimension:
    """``fields`` are grouped by; ``label`` names the row of a group (with the platform's words); ``narrow`` finds its cases from the key.

    ``nothing``: the name of the row of cases without any. ``deeper``: what a row is opened by, where there is something finer.
    """

    code: str
    word: Promise
    fields: tuple[str, ...]
    label: Callable[[Values, int], Label | None]
    narrow: Callable[[str, ZoneInfo], Q]
    nothing: Promise
    deeper: str = ""

    def row(self, values: Values, platform_id: int) -> Label:
        return self.label(values, platform_id) or Label(NOTHING, str(self.nothing), ())

    def only(self, key: str, zone: ZoneInfo) -> Q:
        """The cases of a row."""
        if key == NOTHING:
            return Q(**{self.fields[0]: None}) if self.code != "day" else NO_CASE
        return self.narrow(key, zone)


def _by_id(field: str, key: str) -> Q:
    found = as_id(key)
    return NO_CASE if found is None else Q(**{field: found})


def _area(level: str, word: Promise, nothing: Promise, deeper: str) -> Dimension:
    def label(values: Values, _platform_id: int) -> Label | None:
        pk = values[f"{level}_id"]
        return None if pk is None else Label(str(pk), values[f"{level}__name"], (values[f"{level}__code"],))

    fields = (f"{level}_id", f"{level}__name", f"{level}__code")
    return Dimension(level, word, fields, label, lambda key, _zone: _by_id(f"{level}_id", key), nothing, deeper)


def _cell(values: Values, _platform_id: int) -> Label | None:
    code = values["cell__code"]
    return None if code is None else Label(code, code, (code,))


def major_word(kind: str, name: str) -> str:
    """``事件·市容环境``: two kinds may have classes of one name."""
    return f"{words.KINDS[kind]}·{name.removesuffix('类')}"


def _major(values: Values, _platform_id: int) -> Label | None:
    kind, code, name = values["category__kind"], values["category__major_code"], values["category__major_name"]
    return None if kind is None else Label(f"{kind}-{code}", major_word(kind, name), (kind, code))


def _of_major(key: str, _zone: ZoneInfo) -> Q:
    kind, _dash, code = key.partition("-")
    return Q(category__kind=kind, category__major_code=code)


def _minor(values: Values, _platform_id: int) -> Label | None:
    if values["category_id"] is None:
        return None
    found = catalog.category(values["category_id"])
    return Label(str(found.id), found.name, (found.kind, found.code, found.id))


def _source(values: Values, platform_id: int) -> Label | None:
    code = values["source"]
    known = list(sources.sources(platform_id))
    return Label(code, sources.source_word(platform_id, code), (known.index(code) if code in known else len(known), code))


def _unit(values: Values, _platform_id: int) -> Label | None:
    pk = values["handler_unit_id"]
    return None if pk is None else Label(str(pk), values["handler_unit__short_name"], (values["handler_unit__short_name"], pk))


STATES: Final = list(words.STATES)


def _state(values: Values, _platform_id: int) -> Label | None:
    state = values["state"]
    return Label(state, str(words.STATES[state]), (STATES.index(state),))


def day_label(day: date) -> Label:
    """The row of a day."""
    return Label(day.isoformat(), gettext("%(month)s月%(day)s日") % {"month": day.month, "day": day.day}, (day,))


def _day(values: Values, _platform_id: int) -> Label | None:
    return day_label(values["day"])


def _on_day(key: str, zone: ZoneInfo) -> Q:
    try:
        begun = datetime.combine(date.fromisoformat(key), time.min, zone)
        return Q(opened_at__gte=begun, opened_at__lt=datetime.combine(begun.date() + timedelta(days=1), time.min, zone))
    except (ValueError, OverflowError):
        return NO_CASE


def _of_source(key: str, _zone: ZoneInfo) -> Q:
    return Q(source=key)


DIMENSIONS: Final[Mapping[str, Dimension]] = {
    one.code: one
    for one in (
        _area("subdistrict", _("街道"), _("未落街道"), "community"),
        _area("community", _("社区"), _("未落社区"), "cell"),
        Dimension("cell", _("单元网格"), ("cell__code",), _cell, lambda key, _zone: Q(cell__code=key), _("未落网格")),
        Dimension(
            "major", _("大类"), ("category__kind", "category__major_code", "category__major_name"), _major, _of_major, _("未分类"), "minor"
        ),
        Dimension("minor", _("小类"), ("category_id",), _minor, lambda key, _zone: _by_id("category_id", key), _("未分类")),
        Dimension("source", _("来源"), ("source",), _source, _of_source, _("没有来源")),
        Dimension(
            "unit", _("处置单位"), ("handler_unit_id", "handler_unit__short_name"), _unit,
            lambda key, _zone: _by_id("handler_unit_id", key), _("未派单位"), "major",
        ),
        Dimension("state", _("环节"), ("state",), _state, lambda key, _zone: Q(state=key), _("没有状态")),
        Dimension("day", _("日期"), ("day",), _day, _on_day, _("没有日期")),
    )
}  # fmt: skip
"""In the order of the page."""
