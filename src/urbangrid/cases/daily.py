"""城市管理日报: what the sheet of 08:00 says, section by section, and the sheets that were kept (case-rules 26, desks.md L5).

The figures are those of the leader's page (``day_figures``); a section whose subsystem is not there yet is not there either. The content
is plain values, so that a sheet stays as it stood.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import Count, Min, Q
from django.utils.translation import gettext

from urbangrid.cases import day_figures, day_rules, leader, ledgers
from urbangrid.cases.day_figures import Late
from urbangrid.cases.day_rules import Danger, Figure, RoadWeek
from urbangrid.cases.leader import CaseTold
from urbangrid.cases.lifecycle import State
from urbangrid.cases.models import CaseRequest, DailySheet, WorkItem
from urbangrid.cases.rows import title_of
from urbangrid.catalog import queries as catalog
from urbangrid.core import clock
from urbangrid.organizations import attending
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting
from urbangrid.ui import band

AT: Final = time(8, 0)
"""Of the platform's day: when the sheet is made."""
UNITS: Final = 10
"""Rows of 超期未结; one more says what the others have."""
DANGERS: Final = 5
LINES: Final = 4
"""Of a short section."""
ROADS: Final = 2
HERE: Final = ("here", "late")
DUE: Final = (*HERE, "leave", "absent")
"""Turns that count as 应到: begun or signed on, not over."""


@dataclass(frozen=True, slots=True)
class KeptSheet:
    """A sheet as it was made."""

    day: date
    made_at: datetime
    content: Mapping[str, Any]
    text: str

    @property
    def number(self) -> int:
        """第 n 期: the day of the year, so that no sheet that was never made shifts the others."""
        return self.day.timetuple().tm_yday

    @property
    def figures(self) -> list[Figure]:
        return [Figure(**one) for one in self.content["figures"]]

    @property
    def yesterday(self) -> date:
        return self.day - timedelta(days=1)


def of_day(platform_id: int, day: date) -> KeptSheet | None:
    """The sheet of a day; one statement."""
    row = DailySheet.objects.filter(platform_id=platform_id, day=day).first()
    return None if row is None else _kept(row)


def newest(platform_id: int) -> KeptSheet | None:
    """The last one made; one statement."""
    row = DailySheet.objects.filter(platform_id=platform_id).order_by("-day").first()
    return None if row is None else _kept(row)


def days(platform_id: int, most: int = 31) -> list[date]:
    """Days that have a sheet, the newest first; one statement."""
    return list(DailySheet.objects.filter(platform_id=platform_id).order_by("-day").values_list("day", flat=True)[:most])


def _kept(row: DailySheet) -> KeptSheet:
    return KeptSheet(row.day, row.made_at, row.content, row.text)


def content(acting: Acting, requests_due: tuple[int, int] = (0, 0)) -> tuple[dict[str, Any], str]:
    """The sheet as things stand now, and its text; some twenty statements. ``acting``: ``day_figures.reader`` of the platform.
    ``requests_due``: how many 诉求 are to be answered today, and of these before noon (told by who knows them)."""
    now = clock.now()
    today = now.astimezone(acting.zone).date()
    yesterday = today - timedelta(days=1)
    late = day_figures.late(acting, now)
    figures = _figures(acting, late, yesterday, now)
    begin, end = day_figures.span(acting, today)
    danger_ids = list(day_figures.dangers(acting, before=begin).values_list("pk", flat=True))
    known = leader.told(acting, [*(row.oldest_id for row in late.units[:UNITS]), *danger_ids[:DANGERS]], now)
    dangers = [known[pk] for pk in danger_ids[:DANGERS] if pk in known]
    roads = day_rules.worst_roads(day_figures.roads_of_week(acting, yesterday), ROADS)
    on_duty = _on_duty(acting.platform_id)
    made = {
        "figures": [asdict(one) for one in figures], "late": _late(acting, late, known, now), "areas": _areas(late),
        "dangers": {"count": len(danger_ids), "rows": [_danger(one, now) for one in dangers]}, "unsigned": _unsigned(acting, now),
        "due": _due(acting, end, requests_due), "waking": _waking(acting, end), **on_duty, "roads": _roads(acting, roads),
    }  # fmt: skip
    return made, _text(figures, late, dangers)


def _figures(acting: Acting, late: Late, yesterday: date, now: datetime) -> list[Figure]:
    day, before = day_figures.by_area(acting, yesterday, yesterday - timedelta(days=7))
    then = overdue_week_ago(acting, now.astimezone(acting.zone).date())
    return day_rules.six(day_figures.total(day), day_figures.total(before), late.total, then)


def overdue_week_ago(acting: Acting, today: date) -> int:
    """How many cases were late at 08:00 a week before ``today``: as the sheet of that day says, without one by looking back. Page and
    paper compare with the same number."""
    day = today - timedelta(days=7)
    old = of_day(acting.platform_id, day) if acting.parent_platform_id is None else None
    known = next((one.part for one in old.figures if one.code == "overdue"), None) if old is not None else None
    if known is not None:
        return known
    return day_figures.overdue_then(acting, datetime.combine(day, AT, acting.zone))


def _late(acting: Acting, late: Late, known: Mapping[int, CaseTold], now: datetime) -> dict[str, Any]:
    rows = [
        {"unit": row.unit, "count": row.count, "late_seconds": int((now - row.oldest_due).total_seconds()), "phone": row.phone,
         **_held(known.get(row.oldest_id))}
        for row in late.units[:UNITS]
    ]  # fmt: skip
    aside = day_figures.cases(acting).filter(closed_at=None).aggregate(
        aside=Count("id", filter=Q(aside="suspended")), city=Count("id", filter=Q(state=State.WITH_CITY))
    )  # fmt: skip
    return {"total": late.total, "rows": rows, "others": late.total - sum(row.count for row in late.units[:UNITS]), **aside}


def _held(case: CaseTold | None) -> dict[str, Any]:
    """卡在谁手里、哪一步, as values."""
    held = case.held if case is not None else None
    if held is None:
        return {"holder": "", "stage": "", "waited_seconds": 0, "urged": 0, "asking": ""}
    return {
        "holder": held.holder, "stage": held.stage, "waited_seconds": held.waited_seconds, "urged": held.urged, "asking": held.asking,
    }  # fmt: skip


def _areas(late: Late) -> list[list[int]]:
    """Sub-district and how many; those in none are missing here."""
    return [[area, n] for area, n in late.areas.items() if area is not None]


def _danger(case: CaseTold, now: datetime) -> dict[str, Any]:
    held = _held(case)
    phone = case.held.phone if case.held is not None else ""
    return {
        "place": case.place, "title": case.title, "number": case.number, "seconds": int((now - case.since).total_seconds()),
        "fenced": case.fenced, "phone": phone, **held,
    }  # fmt: skip


def _unsigned(acting: Acting, now: datetime) -> list[dict[str, Any]]:
    """未签收 by unit, the longest first; one statement."""
    items = WorkItem.objects.filter(platform_id=acting.cases_platform_id, closed_at=None, kind="receive", case__confidential=False)
    rows = items.values("unit__short_name", "unit__duty_phone").annotate(n=Count("id"), oldest=Min("opened_at")).order_by("oldest")
    return [
        {"unit": row["unit__short_name"] or "", "phone": row["unit__duty_phone"] or "", "count": row["n"],
         "waited_seconds": int((now - row["oldest"]).total_seconds())}
        for row in rows
    ]  # fmt: skip


def _due(acting: Acting, end: datetime, requests_due: tuple[int, int]) -> dict[str, Any]:
    """批示 and 督办 to be answered until midnight, media matters and requests; those that are late already too."""
    orders = ledgers.visible(acting).filter(kind__in=("instruction", "order"), state=CaseRequest.WAITING, until__lt=end)
    found: dict[str, list[dict[str, str]]] = {"instruction": [], "order": []}
    for row in orders.select_related("target_unit").only("kind", "until", "target_unit__short_name").order_by("until", "id"):
        unit = row.target_unit.short_name if row.target_unit is not None else ""
        found[row.kind].append({"unit": unit, "until": row.until.isoformat() if row.until is not None else ""})
    media = day_figures.cases(acting).filter(closed_at=None, source="media", due_at__lt=end).select_related("handler_unit")
    told = [
        {"title": title_of(case.category_id, case.condition_id), "place": case.place_text,
         "unit": case.handler_unit.short_name if case.handler_unit is not None else ""}
        for case in media.order_by("due_at")[:LINES]
    ]  # fmt: skip
    return {**found, "media": told, "requests": {"count": requests_due[0], "before_noon": requests_due[1]}}


def _waking(acting: Acting, end: datetime) -> list[dict[str, Any]]:
    """挂账 and 缓办 that wake today, alike ones together; one statement."""
    waking = ledgers.visible(acting).filter(kind__in=("suspension", "deferral"), state=CaseRequest.GRANTED, ended_at=None, until__lt=end)
    counted: Counter[tuple[str, str, str]] = Counter()
    for row in waking.select_related("case", "unit").only("case__category_id", "case__road_name", "case__place_text", "unit__short_name"):
        category = row.case.category_id
        title = catalog.category(category).name if category is not None else ""
        counted[row.case.road_name or row.case.place_text, title, row.unit.short_name if row.unit is not None else ""] += 1
    return [{"place": place, "title": title, "unit": unit, "count": n} for (place, title, unit), n in counted.most_common()]


def _on_duty(platform_id: int) -> dict[str, Any]:
    """在岗 by post from the roster; empty where nobody rosters. ``signed``: the duty director at work, who signs the sheet."""
    posts: dict[str, Counter[str]] = {}
    for one in attending.attendance(platform_id):
        if one.state in DUE:
            posts.setdefault(one.post, Counter())[one.state] += 1
    rows = [
        {"post": post, "due": states.total(), "here": sum(states[state] for state in HERE), "late": states["late"],
         "leave": states["leave"], "absent": states["absent"]}
        for post, states in posts.items()
    ]  # fmt: skip
    return {"on_duty": rows, "signed": next(iter(organizations.at_work(platform_id, desk="director")), "")}


def _roads(acting: Acting, roads: Sequence[RoadWeek]) -> list[dict[str, Any]]:
    offices = [leader.office(acting, road.subdistrict_id) for road in roads]
    people = leader.people([one for one in offices if one is not None])
    return [
        {"road": road.road, "area": road.subdistrict, "cases": road.cases, "repeats": road.repeats,
         "common": [catalog.category(one).name for one in road.common], "person": asdict(people.get(there or 0, leader.NOBODY))}
        for road, there in zip(roads, offices, strict=True)
    ]  # fmt: skip


def _text(figures: Sequence[Figure], late: Late, dangers: Sequence[CaseTold]) -> str:
    units = [(row.unit, row.count) for row in late.units if row.unit]
    # a practised sheet that is sent on must not be taken for the city's
    mark = gettext("【%(band)s】") % {"band": band.short()} if band.short() else ""
    return mark + day_rules.text(figures, units, _first_danger(dangers), day_rules.TEXT_MOST - len(mark))


def _first_danger(dangers: Sequence[CaseTold]) -> Danger | None:
    first = next(iter(dangers), None)
    if first is None:
        return None
    held = first.held
    holder = held.holder.rpartition("·")[2] if held is not None else ""
    problem = first.title.partition("·")[2] or first.title
    return Danger(first.place, problem, holder, held.phone if held is not None else "")
