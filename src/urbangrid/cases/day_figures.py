"""A closed day and what is late now, as sums and as the lists behind them: one condition each, so that figure and list agree.

Read by the leader's page, the daily sheet and their lists (desks.md L1, L2, L5; case-rules 26). What ended on a day is found through the
work items that ended on it: asked by the cases' own instants, every case there ever was would be read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Count, F, Func, Q, QuerySet

from urbangrid.cases import access, clocks, deadlines
from urbangrid.cases.day_rules import LEAST_RECEIVED, DayCounts, RoadWeek, UnitWeek
from urbangrid.cases.lifecycle import OPEN, State
from urbangrid.cases.models import Case, Clock, Report, WorkItem
from urbangrid.core.platforms import platform_of
from urbangrid.organizations.acting import Acting, itself

Areas = Mapping[int | None, DayCounts]
"""By sub-district; None: cases in none."""
CLOSED: Final = ("closed", "archived")
STILL_THERE: Final = OPEN - {State.TO_REVIEW, State.DISTRICT_REVIEW, State.TO_SEND_CHECK, State.CHECKING, State.TO_CLOSE}
"""States of a dangerous case in which nobody says yet that the danger is gone."""


def reader(platform_id: int) -> Acting:
    """The platform itself as one who reads everything of its own: for what is made by the clock."""
    return replace(itself(platform_id), duties=frozenset({"read_all"}))


def cases(acting: Acting) -> QuerySet[Case]:
    """What counts: cases that the post may read, without imported history."""
    return access.visible_to(acting).filter(history=False)


def span(acting: Acting, day: date, days: int = 1) -> tuple[datetime, datetime]:
    """From the first instant of the platform's day to before the end of ``days`` of them."""
    begin = datetime.combine(day, time.min, acting.zone)
    return begin, datetime.combine(day + timedelta(days=days), time.min, acting.zone)


def _moved(acting: Acting, when: Q) -> Func:
    """The condition that some work of the case ended then: filing, feedback and closing each end an item.

    The ids come as an array: with IN PostgreSQL reads every case there ever was (2.1 s among a million, so 0.1).
    """
    items = WorkItem.objects.filter(when, platform_id=acting.cases_platform_id, case__isnull=False)
    return _among("pk", items.order_by().values("case_id").distinct())


def _among(field: str, ids: QuerySet[Any, Any]) -> Func:
    return Func(F(field), ArraySubquery(ids), template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField())


def _within(field: str, since: datetime, until: datetime) -> Q:
    return Q(**{f"{field}__gte": since, f"{field}__lt": until})


def conditions(since: datetime, until: datetime) -> Mapping[str, Q]:
    """What each figure of a closed stretch counts."""
    closed = _within("closed_at", since, until) & Q(state__in=CLOSED)
    judged = _within("disposed_at", since, until) & Q(on_time__isnull=False)
    return {
        "filed": _within("filed_at", since, until), "closed": closed, "judged": judged, "kept": judged & Q(on_time=True),
        "late": judged & Q(on_time=False), "reworked": closed & Q(rework_count__gt=0),
    }  # fmt: skip


def listed(acting: Acting, name: str, day: date) -> QuerySet[Case]:
    """The cases behind a figure of a day: ``filed``, ``closed``, ``judged``, ``kept``, ``late`` or ``reworked``. Raises KeyError."""
    since, until = span(acting, day)
    return cases(acting).filter(conditions(since, until)[name], _moved(acting, _within("closed_at", since, until)))


def reports(acting: Acting, day: date) -> QuerySet[Report]:
    """The reports behind 上报."""
    since, until = span(acting, day)
    return access.reports_visible_to(acting).filter(received_at__gte=since, received_at__lt=until)


def by_area(acting: Acting, *days: date) -> list[Areas]:
    """The sums of each day by sub-district (None: in none); two statements, however many days."""
    return by_stretch(acting, *(span(acting, day) for day in days))


def by_stretch(acting: Acting, *spans: tuple[datetime, datetime]) -> list[Areas]:
    """The same of stretches of any length, each from its first instant to before its end."""
    ended, received = Q(), Q()
    for since, until in spans:
        ended |= _within("closed_at", since, until)
        received |= _within("received_at", since, until)
    wanted = {
        f"{name}_{place}": Count("id", filter=condition) for place, (since, until) in enumerate(spans)
        for name, condition in conditions(since, until).items() if name != "late"
    }  # fmt: skip
    done: Any = cases(acting).filter(_moved(acting, ended)).values("subdistrict_id").annotate(**wanted).order_by()
    rows: dict[int | None, dict[str, Any]] = {row["subdistrict_id"]: row for row in done}
    arrived = {f"reported_{place}": Count("id", filter=_within("received_at", *one)) for place, one in enumerate(spans)}
    reported: Any = access.reports_visible_to(acting).filter(received).values("subdistrict_id").annotate(**arrived).order_by()
    for row in reported:
        rows[row["subdistrict_id"]] = rows.get(row["subdistrict_id"], {}) | row
    return [{area: _counts(row, place) for area, row in rows.items()} for place in range(len(spans))]


SUMS: Final = ("reported", "filed", "closed", "judged", "kept", "reworked")


def _counts(row: Mapping[str, Any], place: int) -> DayCounts:
    return DayCounts(**{name: row.get(f"{name}_{place}", 0) for name in SUMS})


def total(rows: Areas) -> DayCounts:
    """All areas together."""
    return DayCounts(**{name: sum(getattr(one, name) for one in rows.values()) for name in SUMS})


# --- what is late ---


def overdue(acting: Acting, now: datetime) -> QuerySet[Case]:
    """超期未结: not closed and past the case limit. A clock that stands has no due instant."""
    return cases(acting).filter(closed_at=None, due_at__lt=now)


def overdue_then(acting: Acting, at: datetime) -> int:
    """How many were, at an earlier instant; two statements. Open ones by the due instant that they have now; of those closed since the
    clocks that ended late are replayed up to ``at``, because an ended clock keeps no due instant."""
    still = cases(acting).filter(due_at__lt=at, opened_at__lt=at, closed_at=None).count()
    closed = cases(acting).filter(_moved(acting, Q(closed_at__gte=at)), closed_at__gte=at, opened_at__lt=at)
    late = Clock.objects.filter(_among("case_id", closed.values("pk")), kind="case", on_time=False, ended_at__gte=at)
    return still + sum(_was_late(acting, row, at) for row in late.only("calendar_code", "limit_seconds", "events"))


def _was_late(acting: Acting, row: Clock, at: datetime) -> bool:
    """Whether a clock ran at that instant and was over its limit."""
    events = [event for event in deadlines.events_from_json(row.events) if event.at <= at]
    if not events:
        return False
    timeline = clocks.timeline(acting.cases_platform_id, row.calendar_code, acting.zone)
    state = deadlines.replay(events, row.limit_seconds, timeline)
    return state.phase == "running" and not deadlines.on_time(state, at)


@dataclass(frozen=True, slots=True)
class LateUnit:
    """What a unit has late; ``unit_id`` None: not dispatched yet. ``oldest_id``: the case that is late longest, since ``oldest_due``."""

    unit_id: int | None
    unit: str
    phone: str
    count: int
    oldest_id: int
    oldest_due: datetime
    common: int | None
    """The category that most of them have."""


@dataclass(frozen=True, slots=True)
class Late:
    """All that is late: units with the most first, then the longest late, and how many per sub-district."""

    units: tuple[LateUnit, ...]
    areas: Mapping[int | None, int]

    @property
    def total(self) -> int:
        return sum(one.count for one in self.units)


def late(acting: Acting, now: datetime) -> Late:
    """Two statements."""
    found = overdue(acting, now)
    ordered = found.order_by("handler_unit_id", "due_at", "id").distinct("handler_unit_id")
    oldest: Any = ordered.values_list("handler_unit_id", "pk", "due_at")
    first = {unit: (pk, due) for unit, pk, due in oldest}
    rows = found.values("handler_unit_id", "subdistrict_id", "category_id", "handler_unit__short_name", "handler_unit__duty_phone")
    units: dict[int | None, Counter[int | None]] = {}
    areas: Counter[int | None] = Counter()
    names: dict[int | None, tuple[str, str]] = {}
    for row in rows.annotate(n=Count("id")).order_by():
        unit = row["handler_unit_id"]
        units.setdefault(unit, Counter())[row["category_id"]] += row["n"]
        areas[row["subdistrict_id"]] += row["n"]
        names[unit] = (row["handler_unit__short_name"] or "", row["handler_unit__duty_phone"] or "")
    made = [
        LateUnit(unit, *names[unit], kinds.total(), *first[unit], common=_most(kinds)) for unit, kinds in units.items() if unit in first
    ]
    return Late(tuple(sorted(made, key=lambda row: (-row.count, row.oldest_due, row.unit))), dict(areas))


def _most(kinds: Counter[int | None]) -> int | None:
    return min((kind for kind in kinds if kind is not None), key=lambda kind: (-kinds[kind], kind), default=None)


# --- seven days ---


def compared_from(acting: Acting) -> int:
    """How many cases a unit must have received in the week to be compared."""
    return int(platform_of(acting.cases_platform_id).settings.get("compared_from", LEAST_RECEIVED))


def week_before(day: date) -> date:
    """First of the seven days that end with ``day``."""
    return day - timedelta(days=6)


def units_of_week(acting: Acting, last: date) -> list[UnitWeek]:
    """Units by the seven days that end with ``last``; one statement."""
    since, until = span(acting, week_before(last), 7)
    of_week = conditions(since, until)
    moved = cases(acting).filter(_moved(acting, _within("closed_at", since, until)), handler_unit__isnull=False)
    rows = moved.values("handler_unit_id", unit=F("handler_unit__short_name")).annotate(
        received=Count("id", filter=_within("dispatched_at", since, until)), judged=Count("id", filter=of_week["judged"]),
        kept=Count("id", filter=of_week["kept"]),
    )  # fmt: skip
    return [UnitWeek(row["handler_unit_id"], row["unit"], row["received"], row["judged"], row["kept"]) for row in rows.order_by()]


def judged_of_unit(acting: Acting, last: date, unit_id: int) -> QuerySet[Case]:
    """The cases behind a unit's share in time of the week."""
    since, until = span(acting, week_before(last), 7)
    moved = _moved(acting, _within("closed_at", since, until))
    return cases(acting).filter(conditions(since, until)["judged"], moved, handler_unit_id=unit_id)


def on_road(acting: Acting, last: date, road: str, subdistrict_id: int | None) -> QuerySet[Case]:
    """The cases behind a road's week."""
    since, until = span(acting, week_before(last), 7)
    return cases(acting).filter(opened_at__gte=since, opened_at__lt=until, road_name=road, subdistrict_id=subdistrict_id)


def roads_of_week(acting: Acting, last: date) -> list[RoadWeek]:
    """Roads with cases accepted in the seven days that end with ``last``; one statement."""
    since, until = span(acting, week_before(last), 7)
    accepted = cases(acting).filter(opened_at__gte=since, opened_at__lt=until).exclude(road_name="")
    rows = accepted.values("subdistrict_id", "road_name", "category_id", "subdistrict__name")
    kinds: dict[tuple[int | None, str, str], Counter[int | None]] = {}
    again: Counter[tuple[int | None, str, str]] = Counter()
    for row in rows.annotate(n=Count("id"), again=Count("id", filter=Q(repeat=True))).order_by():
        road = (row["subdistrict_id"], row["subdistrict__name"] or "", row["road_name"])
        kinds.setdefault(road, Counter())[row["category_id"]] += row["n"]
        again[road] += row["again"]
    return [RoadWeek(*road, found.total(), again[road], _two(found)) for road, found in kinds.items()]


def _two(kinds: Counter[int | None]) -> tuple[int, ...]:
    known = [kind for kind in kinds if kind is not None]
    return tuple(sorted(known, key=lambda kind: (-kinds[kind], kind))[:2])


def dangers(acting: Acting, *, before: datetime | None = None) -> QuerySet[Case]:
    """险情: urgent cases whose danger is not gone yet, the oldest first and those set aside last: of them it was decided that they wait.

    ``before``: those that were there by then.
    """
    found = cases(acting).filter(closed_at=None, urgent=True, state__in=sorted(STILL_THERE))
    if before is not None:
        found = found.filter(opened_at__lt=before)
    return found.order_by("aside", "opened_at", "id")
