"""When things happen in the made city: days with their weather, hours of the day.

Plain functions of values; the same seed, the same days.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEATHER = (("晴", 58, 1.0), ("阴", 24, 0.95), ("雨", 13, 1.2), ("大风", 5, 1.3))
"""Word, how often, and how many more reports it brings."""
REST_DAY = 0.78
"""Of a workday's reports on Saturdays and Sundays: patrols are thinner, citizens call as much."""
BY_INSPECTOR = (0, 0, 0, 0, 0, 1, 3, 9, 13, 12, 10, 6, 4, 7, 12, 12, 10, 7, 4, 3, 2, 1, 0, 0)
BY_CITIZEN = (1, 1, 0, 0, 0, 1, 3, 6, 9, 10, 9, 7, 6, 6, 7, 8, 8, 8, 8, 8, 6, 4, 3, 2)
"""Of each hour of the day, per hundred or so: rush hours, the lunch break, the evening's callers."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the city with its weather and how much more or less than usual happens."""

    day: date
    weather: str
    share: float


def days(first: date, last: date, seed: int) -> list[Day]:
    """Both included. A day's weather does not depend on which days are asked for."""
    found = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        chance = random.Random(f"{seed}/{day}")  # noqa: S311 - a made city, not a secret
        weather, _often, more = chance.choices(WEATHER, [often for _word, often, _more in WEATHER])[0]
        found.append(Day(day, weather, more * (REST_DAY if day.weekday() >= 5 else 1.0) * chance.uniform(0.94, 1.06)))
    return found


def first_day(today: date) -> date:
    """The first of the month before: one closed month and the running one."""
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def moments(one: Day, count: int, hours: tuple[int, ...], zone: ZoneInfo, chance: random.Random) -> Iterator[datetime]:
    """So many instants of a day by the weights of its hours, in whole seconds, in no order."""
    midnight = datetime.combine(one.day, time(0), zone)
    for hour in chance.choices(range(24), hours, k=count):
        yield (midnight + timedelta(hours=hour, seconds=chance.randrange(3600))).astimezone(UTC)
