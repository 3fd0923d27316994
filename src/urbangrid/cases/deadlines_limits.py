"""Limits: units of time, the presets of stage limits, when amber begins. Defaults; a deployment changes them.

Source: working rules of cases and clocks §1.2 and §1.4.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from urbangrid.cases.deadlines_calendar import CalendarTimeline, continuous
from urbangrid.cases.deadlines_errors import LimitInvalid

LimitUnit = Literal["urgent_hour", "work_hour", "work_day", "day"]

# 紧急工作时 and 日 run day and night; a 工作日 is 8 工作时 whatever the slots of the calendar add up to;
# a 日 is 24 elapsed hours, so that a limit of one day given at 10:20 is due at 10:20.
UNIT_SECONDS: Mapping[LimitUnit, int] = {"urgent_hour": 3600, "work_hour": 3600, "work_day": 28_800, "day": 86_400}
CONTINUOUS_UNITS: frozenset[LimitUnit] = frozenset({"urgent_hour", "day"})

# Stage limits of the presets in minutes. The first six are the working rules' own; a deployment changes all of them.
STAGE_LIMIT_MINUTES: Mapping[str, int] = {
    "accept": 15,
    "dispatch": 15,
    "verify": 30,
    "check": 30,
    "receive": 60,
    "review": 30,
    "sign": 30,
    "file": 30,
    "close": 30,
    "order": 30,
}
STAGE_LIMITS_OF_OURS = frozenset({"sign", "file", "close", "order"})  # no rule or practice names them

MOST_EXTENSIONS = 2
REWORK_FLOOR_PERCENT = 50


def budget_seconds(value: Decimal | int, unit: LimitUnit) -> int:
    """Seconds of a limit such as 4 工作时 or 0.5 工作日; raises LimitInvalid when negative or no whole seconds."""
    seconds = Decimal(value) * UNIT_SECONDS[unit]
    if seconds < 0 or seconds != int(seconds):
        raise LimitInvalid(value=value, unit=unit)
    return int(seconds)


def timeline_for(unit: LimitUnit, working: CalendarTimeline) -> CalendarTimeline:
    """The timeline a unit of limit runs in: round the clock for 紧急工作时 and 日, else the given working calendar."""
    return CalendarTimeline(continuous(working.first.zone)) if unit in CONTINUOUS_UNITS else working


@dataclass(frozen=True, slots=True)
class WarnRule:
    """Amber for limits of `from_seconds` and more: the last `share`, but at least `least_seconds`, of the limit."""

    from_seconds: int
    share: Fraction
    least_seconds: int = 0


# 15 min: the last 3; 1 h: the last 20 min; two hours or more: the last fifth, never less than 30 min.
WARN_RULES: tuple[WarnRule, ...] = (
    WarnRule(0, Fraction(1, 5)),
    WarnRule(3600, Fraction(1, 3)),
    WarnRule(7200, Fraction(1, 5), 1800),
)


def warn_seconds(limit: int, rules: tuple[WarnRule, ...] = WARN_RULES) -> int:
    """Counted seconds before the due instant at which amber begins, by the rule of the limit's class."""
    rule = max((rule for rule in rules if rule.from_seconds <= limit), key=lambda rule: rule.from_seconds)
    return max(int(limit * rule.share), rule.least_seconds)
