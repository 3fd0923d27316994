"""Calendars the tests of clocks share: real holidays of 2025 and 2026, several kinds of hours, two zones."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from urbangrid.cases.deadlines import Calendar, CalendarTimeline, Season, continuous
from urbangrid.catalog.holidays import holiday_table

BEIJING = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
HOUR = 3600


def hours(*slots: tuple[float, float]) -> tuple[tuple[int, int], ...]:
    """Slots given in hours of the day."""
    return tuple((int(begin * 60), int(end * 60)) for begin, end in slots)


def week(*slots: tuple[float, float], days: int = 5) -> tuple[tuple[tuple[int, int], ...], ...]:
    """The same slots on the first `days` days of the week."""
    return tuple(hours(*slots) if day < days else () for day in range(7))


TABLE = holiday_table(2025, 2028)
OFFICE = Calendar(
    "office-1", BEIJING, "working", week((8, 12), (14, 18)), (), TABLE.holidays, TABLE.makeup, TABLE.last_official
)
OFFICE_TO_FIVE = Calendar(
    "office-2", BEIJING, "working", week((8, 12), (13, 17)), (), TABLE.holidays, TABLE.makeup, TABLE.last_official
)
SEASONAL = Calendar(
    "seasonal",
    BEIJING,
    "working",
    week((8, 12), (14, 18)),
    (
        Season((6, 1), (9, 30), week((7, 11), (15, 19))),
        Season((11, 15), (3, 15), week((8.5, 12), (13, 17.5))),
    ),
    TABLE.holidays,
    TABLE.makeup,
    TABLE.last_official,
)
SANITATION = Calendar("sanitation", BEIJING, "working", week((5, 11), (13, 19), days=7))
NIGHT_SHIFT = Calendar("night", BEIJING, "working", week((0, 6), (22, 24), days=7))
# Half days on Friday, so that a make-up day differs by the weekday it follows.
HALF_FRIDAY = Calendar(
    "half-friday",
    BEIJING,
    "working",
    (*week((8, 12), (14, 18), days=4)[:4], hours((8, 12)), (), ()),
    (),
    TABLE.holidays,
    TABLE.makeup,
    TABLE.last_official,
)
BOSTON_OFFICE = Calendar("boston", NEW_YORK, "working", week((9, 17)))
# Slots whose edges fall into the skipped and into the repeated hour.
BOSTON_NIGHT = Calendar("boston-night", NEW_YORK, "working", week((0, 1.5), (1.75, 2.5), (3, 6), days=7))
ROUND_THE_CLOCK = continuous(BEIJING)

ALL = (
    OFFICE,
    OFFICE_TO_FIVE,
    SEASONAL,
    SANITATION,
    NIGHT_SHIFT,
    HALF_FRIDAY,
    BOSTON_OFFICE,
    BOSTON_NIGHT,
    ROUND_THE_CLOCK,
)


def at(text: str, zone: ZoneInfo = BEIJING) -> datetime:
    """A local wall-clock time such as "2026-03-02 16:50", as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def only(calendar: Calendar) -> CalendarTimeline:
    """A timeline without changes."""
    return CalendarTimeline(calendar)


def day(text: str) -> date:
    """A date."""
    return date.fromisoformat(text)
