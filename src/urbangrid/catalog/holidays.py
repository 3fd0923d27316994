"""Holidays and make-up workdays (调休上班) of mainland China, for working calendars.

Official years come from the State Council's yearly notices as kept by `chinesecalendar`; where a make-up day's exchange
is on record (`holidays`), it follows the slots of the weekday given free for it, else Monday's. Years without a notice
are computed from the statutory days and marked 暂按推算: they hold no make-up days and no lengthened breaks, as only
a notice can decree them. Plain values; a deployment may add an official list of its own before the packages know it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import chinese_calendar
import holidays as holiday_rules

EXCHANGED_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MONDAY = 0


@dataclass(frozen=True, slots=True)
class HolidayYear:
    """The free days of a year with their Chinese names, and its make-up workdays with the weekday they follow."""

    year: int
    official: bool
    free_days: Mapping[date, str]
    makeup: Mapping[date, int]


@dataclass(frozen=True, slots=True)
class HolidayTable:
    """Several years in the shape a working calendar takes; days after `last_official` are computed (暂按推算)."""

    holidays: frozenset[date]
    makeup: Mapping[date, int]
    last_official: date


def official_years() -> range:
    """The years whose official notice the installed data holds."""
    years = {day.year for day in chinese_calendar.constants.holidays}
    return range(min(years), max(years) + 1)


@lru_cache(maxsize=256)
def holiday_year(year: int) -> HolidayYear:
    """The official year if the notice is known, else the computed one."""
    computed = holiday_rules.country_holidays("CN", years=year, language="zh_CN")
    if year not in official_years():
        return HolidayYear(year, False, dict(sorted(computed.items())), {})
    named = chinese_calendar.constants.holidays
    free = {day: chinese_calendar.Holiday(named[day]).chinese for day in sorted(named) if day.year == year}
    exchanged = _exchanged_days(year)
    worked = {day for day in chinese_calendar.constants.workdays if day.year == year} | set(exchanged)
    return HolidayYear(year, True, free, {day: exchanged.get(day, MONDAY) for day in sorted(worked)})


def _exchanged_days(year: int) -> dict[date, int]:
    """Make-up days of a year with the weekday exchanged; a day of late December may belong to the next notice."""
    last = min(year + 1, official_years()[-1])
    named = holiday_rules.country_holidays("CN", years=range(year, last + 1), language="zh_CN")
    return {
        worked: free.weekday()
        for free, name in named.items()
        for worked in map(date.fromisoformat, EXCHANGED_DAY.findall(name))
        if worked.year == year
    }


def holiday_table(first: int, last: int, lists: Iterable[HolidayYear] = ()) -> HolidayTable:
    """The years `first` to `last`, both included; `lists` are official years a deployment entered itself and win.

    `last_official` ends the unbroken run of official years from `first` on; when `first` itself
    is computed, it is the last day of the year before.
    """
    entered = {listed.year: listed for listed in lists}
    years = [entered.get(year) or holiday_year(year) for year in range(first, last + 1)]
    official = first - 1
    for year in years:
        if not year.official:
            break
        official = year.year
    makeup = {day: weekday for year in years for day, weekday in year.makeup.items()}
    free = frozenset(day for year in years for day in year.free_days)
    return HolidayTable(free - makeup.keys(), dict(sorted(makeup.items())), date(official, 12, 31))
