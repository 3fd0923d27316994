"""The demonstration clock: "today 09:40, a working day" at whatever hour the made city is shown.

Set before the city's day is made, so that the day lies before it; the whole platform then runs on from there (``core.clock``). It goes
forward only, from one showing to the next: identifiers and records of the last one must not come to lie in the future.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from urbangrid.cases.deadlines_calendar import Calendar, calendar_from_json
from urbangrid.catalog import calendars, shipped
from urbangrid.core import clock

ZONE: Final = "Asia/Shanghai"
"""Of the made city."""
OFFICE: Final = "office"
"""The calendar whose working days count."""
FILE: Final = "demonstration_clock"
"""``Installation.clock_file``, which every process is told at its start."""
DAYS: Final = 30
"""No row of holidays is longer."""


def next_showing(now: datetime, at: time, works: Callable[[date], bool]) -> datetime:
    """The first instant not before ``now`` (aware, of the city's zone) that is ``at`` o'clock of a day that ``works``, in that zone."""
    for ahead in range(DAYS):
        moment = datetime.combine(now.date() + timedelta(days=ahead), at, now.tzinfo)
        if moment >= now and works(moment.date()):
            return moment
    raise ValueError(f"no working day within {DAYS} days of {now:%Y-%m-%d}")


def works(day: date) -> bool:
    """By the shipped office calendar, with the official holidays and make-up days."""
    return _office().day_kind(day) == "working"


@cache
def _office() -> Calendar:
    rows = calendars.read(shipped.DATA / "calendars.toml", ZONE)
    rules = next(row.rules for row in rows if row.code == OFFICE)
    return calendar_from_json(json.dumps({**rules, "version": f"{OFFICE}/1"}))


def put_clock(data: Path, at: time) -> datetime:
    """Move this process on to the next showing and keep that for every process that starts from now on; gives the instant."""
    now = clock.now().astimezone(ZoneInfo(ZONE))
    ahead = clock.put_ahead(next_showing(now, at, works) - now + timedelta(seconds=1))
    draft = data / f"{FILE}.new"
    draft.write_text(str(ahead // timedelta(seconds=1)), encoding="ascii")
    draft.replace(data / FILE)
    return clock.now()
