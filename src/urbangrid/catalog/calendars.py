"""Working calendars from a TOML file (``data/calendars.toml`` or a city's own) to the rules the clock engine reads.

The shape of the rules is that of ``cases.deadlines_calendar.calendar_from_json``: slots are minutes of the local day,
the week begins on Monday, holidays and make-up workdays come from `holidays` (official lists; later years computed).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from urbangrid.catalog.holidays import HolidayTable, holiday_table

FIRST_YEAR = 2020
LAST_YEAR = 2036
"""Years whose holidays a calendar carries; limits of cases end well inside them."""


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A calendar as loaded; ``rules`` lacks the version, which is given when it is stored."""

    code: str
    name: str
    rules: Mapping[str, Any]


def read(path: Path, zone_name: str) -> list[CalendarRow]:
    """The calendars of a file, for a zone of time."""
    table = holiday_table(FIRST_YEAR, LAST_YEAR)
    with path.open("rb") as lines:
        listed = tomllib.load(lines)
    return [CalendarRow(code, given["name"], _rules(given, zone_name, table)) for code, given in listed.items()]


def _rules(given: Mapping[str, Any], zone_name: str, table: HolidayTable) -> dict[str, Any]:
    working = given["kind"] == "working"
    kept = working and given["holidays"]
    return {
        "zone": zone_name,
        "kind": given["kind"],
        "week": _week(given) if working else [],
        "seasons": [
            {"first": _month_day(season["first"]), "last": _month_day(season["last"]), "week": _week(season)}
            for season in given.get("seasons", [])
        ],
        "holidays": sorted(day.isoformat() for day in table.holidays) if kept else [],
        "makeup": {day.isoformat(): weekday for day, weekday in table.makeup.items()} if kept else {},
        "last_official": table.last_official.isoformat() if kept else None,
    }


def _week(given: Mapping[str, Any]) -> list[list[list[int]]]:
    """Five times ``weekday``, twice ``weekend``."""
    return [_slots(given["weekday"])] * 5 + [_slots(given["weekend"])] * 2


def _slots(listed: list[str]) -> list[list[int]]:
    return [[_minutes(part) for part in slot.split("-")] for slot in listed]


def _minutes(clock: str) -> int:
    """``08:30`` as minutes of the day; ``24:00`` is its end."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _month_day(text: str) -> list[int]:
    return [int(part) for part in text.split("-")]
