"""Cases in bulk, for measuring: each with its report, six signed and chained records, work items, clocks, reading rights and words.

All are written with COPY. The way of closed cases is shortened to six records (accept, file, dispatch, feedback, check, close); open ones
(``volume_open``) go their way through the same ``Step`` as real ones. Nothing here belongs to the life of a real case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from urbangrid.cases import numbers, records
from urbangrid.cases.actions import indexing
from urbangrid.cases.clocks import ALWAYS
from urbangrid.cases.lifecycle import State
from urbangrid.cases.models import Case, CaseAccess, CaseReport, Clock, Report, WorkItem
from urbangrid.cases.volume_rows import Rows, ewkb, index_literal, write
from urbangrid.catalog import queries as catalog
from urbangrid.core.ids import id_at
from urbangrid.core.models import Platform
from urbangrid.grids.queries import Place
from urbangrid.organizations.acting import Acting

__all__ = ["Rows", "index_literal", "write"]


@dataclass(frozen=True, slots=True)
class Matter:
    """A class with a condition and its ordinary limit."""

    category_id: int
    condition_id: int
    limit_value: int
    limit_unit: str


@dataclass(frozen=True, slots=True)
class Spot:
    """A point (degrees) and what it lies in."""

    longitude: float
    latitude: float
    place: Place


@dataclass(frozen=True, slots=True)
class Scene:
    """What made cases are made of; who acts by role: seat, dispatcher, a clerk per unit, an inspector per sub-district."""

    platform: Platform
    definition_id: int
    seat: Acting
    dispatcher: Acting
    clerks: Sequence[Acting]
    inspectors: Mapping[int, Acting]
    matters: Sequence[Matter]
    spots: Sequence[Spot]

    def spot(self, serial: int) -> Spot:
        return self.spots[serial * 7919 % len(self.spots)]

    def matter(self, serial: int) -> Matter:
        return self.matters[serial * 31 % len(self.matters)]


def id_source(at: datetime) -> Callable[[], int]:
    """Ids of the rows of one case, in order from the instant at which it was opened; cases opened in the same millisecond would collide."""
    following = count(id_at(at))
    return lambda: next(following)


def place_on(row: Report | Case, spot: Spot, serial: int) -> None:
    """The place fields."""
    found = spot.place
    row.point = ewkb(spot.longitude, spot.latitude)  # type: ignore[assignment]  # a geometry field takes hexadecimal too
    row.place_text = f"大柳树路{serial % 998 + 1}号门前便道"
    row.cell_id, row.community_id = found.cell_id, found.community_id
    row.subdistrict_id, row.district_id = found.subdistrict_id, found.district_id
    row.area_grade, row.road_name, row.road_grade = found.area_grade, found.road, found.road_grade


def report_of(scene: Scene, serial: int, at: datetime, pk: int) -> Report:
    """An inspector's report, not saved."""
    spot, matter = scene.spot(serial), scene.matter(serial)
    who = scene.inspectors[spot.place.subdistrict_id or 0]
    row = Report(
        id=pk, platform_id=scene.platform.pk, number=numbers.written(scene.platform, "report", at.date(), serial + 1), source="inspector",
        source_class="inspector", client_id=f"made-{serial}", category_id=matter.category_id, condition_id=matter.condition_id,
        description=f"现场发现问题，约{serial % 9 + 1}平方米，影响通行，编号{serial}", reporter_appointment_id=who.appointment_id,
        reporter_name=who.user_name, received_at=at, device_at=at,
    )  # fmt: skip
    place_on(row, spot, serial)
    return row


def case_of(scene: Scene, source: Report, serial: int, pk: int, at: datetime) -> Case:
    """The case of a report, in the state in which it is accepted; not saved."""
    matter = scene.matter(serial)
    row = Case(
        id=pk, platform_id=scene.platform.pk, process_id=scene.definition_id, state=State.REPORTED, source=source.source,
        source_class=source.source_class, category_id=matter.category_id, condition_id=matter.condition_id, description=source.description,
        limit_value=matter.limit_value, limit_unit=matter.limit_unit, reported_at=source.received_at, opened_at=at,
    )  # fmt: skip
    place_on(row, scene.spot(serial), serial)
    return row


WAY = (
    # action, from, to, minutes after the report, who
    ("accept", State.REPORTED, State.TO_FILE, 4, "seat"),
    ("file", State.TO_FILE, State.TO_DISPATCH, 5, "seat"),
    ("dispatch", State.TO_DISPATCH, State.DISPOSING, 14, "dispatcher"),
    ("feedback", State.DISPOSING, State.CHECKING, 300, "clerk"),
    ("check", State.CHECKING, State.TO_CLOSE, 325, "inspector"),
    ("close", State.TO_CLOSE, State.CLOSED, 340, "seat"),
)
WORK = ("accept", "file", "dispatch", "dispose", "check", "close")
"""The work item that each step of the way answers."""
SECRETS = {"accept": "description", "dispatch": "opinion", "feedback": "text"}
UNIT_LIMIT, CASE_LIMIT, STAGE_LIMIT = 14_400, 28_800, 900
"""Seconds; one case in five is late by taking ten times the minutes."""


def closed(scene: Scene, serial: int, reported_at: datetime) -> Rows:
    """All rows of one closed case."""
    rows, new_id = Rows(), id_source(reported_at)
    slow = 10 if serial % 5 == 0 else 1
    moments = [reported_at + timedelta(minutes=minutes if minutes < 60 else minutes * slow, seconds=serial % 60) for *_, minutes, _ in WAY]
    case_id = new_id()
    source = report_of(scene, serial, reported_at, new_id())
    source.state = "accepted"
    case = case_of(scene, source, serial, case_id, moments[0])
    clerk = scene.clerks[serial % len(scene.clerks)]
    people = {
        "seat": scene.seat, "dispatcher": scene.dispatcher, "clerk": clerk,
        "inspector": scene.inspectors[case.subdistrict_id or 0],
    }  # fmt: skip
    _history(case, clerk, scene, serial, moments, late=slow > 1)
    for number, (action, before, after, _minutes, role) in enumerate(WAY):
        secret = {SECRETS[action]: f"{source.description}，请按时办理"} if action in SECRETS else {}
        target = clerk.unit_id if action == "dispatch" else None
        entry = records.Entry(action, before, after, inputs=_inputs(case, action, clerk), secret=secret, target_unit_id=target)
        record, kept, _files = records.append(case, people[role], moments[number], entry)
        for one in kept:
            one.pk = new_id()
        rows.add(record, *kept)
    _work(rows, case, source, [reported_at, *moments], [people[role] for *_, role in WAY], new_id)
    rows.add(case, source)
    rows.put(CaseReport, id=new_id(), case_id=case_id, report_id=source.pk, role="origin")
    _rights(rows, case, clerk, moments, new_id)
    return rows


def _inputs(case: Case, action: str, clerk: Acting) -> dict[str, Any]:
    place: dict[str, Any] = {"place_text": case.place_text, "cell": str(case.cell_id), "community": str(case.community_id)}
    known: dict[str, dict[str, Any]] = {
        "accept": {"source": case.source, "category": str(case.category_id), **place},
        "file": {"number": case.number, "condition": str(case.condition_id), "limit": case.limit_value, "unit": case.limit_unit, **place},
        "dispatch": {"unit": str(clerk.unit_id), "unit_name": clerk.unit_name, "proposed": str(clerk.unit_id)},
        "feedback": {"handled_at": case.disposed_at},
        "check": {"answer": "handled"},
        "close": {"kind": case.closing_kind, "on_time": case.on_time},
    }
    return known[action]


def _history(case: Case, clerk: Acting, scene: Scene, serial: int, moments: Sequence[datetime], *, late: bool) -> None:
    """What the steps of a closed case have left on it."""
    case.state, case.number = State.CLOSED, numbers.written(scene.platform, "case", moments[1].date(), serial + 1)
    case.handler_unit_id, case.on_time = clerk.unit_id, not late
    case.closing_kind, case.check_answer = ("overdue" if late else "normal"), "handled"
    case.filed_at, case.dispatched_at, case.disposed_at, case.checked_at, case.closed_at = moments[1:]
    case.words = index_literal(indexing.text_of(case))


def _work(
    rows: Rows, case: Case, source: Report, moments: Sequence[datetime], people: Sequence[Acting], new_id: Callable[[], int]
) -> None:  # fmt: skip
    """A closed item per step with its stage clock; the unit's and the case's clock."""
    for number, kind in enumerate(WORK):
        began, ended, who, pk = moments[number], moments[number + 1], people[number], new_id()
        rows.put(
            WorkItem, id=pk, platform_id=case.platform_id, case_id=case.pk, report_id=source.pk if kind == "accept" else None, kind=kind,
            duty=kind, unit_id=who.unit_id, appointment_id=who.appointment_id if kind == "check" else None, opened_seq=number,
            opened_at=began, closed_seq=number + 1, closed_at=ended, closed_by_id=who.appointment_id, seen_at=began, claimed_at=began,
            on_time=True,
        )  # fmt: skip
        if kind != "dispose":
            ended_clock(rows, new_id(), case, "stage", STAGE_LIMIT, began, ended, item_id=pk, stage=kind, unit_id=who.unit_id)
    ended_clock(rows, new_id(), case, "unit", UNIT_LIMIT, moments[3], moments[4], unit_id=people[3].unit_id)
    ended_clock(rows, new_id(), case, "case", CASE_LIMIT, moments[2], moments[6])


def ended_clock(rows: Rows, pk: int, case: Case, kind: str, limit: int, began: datetime, ended: datetime, **more: Any) -> None:
    """An ended clock of the round-the-clock calendar, its events as ``deadlines.events_to_json`` writes them."""
    events = f'[{{"at":"{began.isoformat()}","kind":"start"}},{{"at":"{ended.isoformat()}","kind":"end"}}]'
    rows.put(
        Clock, id=pk, case_id=case.pk, kind=kind, calendar_code=ALWAYS, calendar_version=0, limit_seconds=limit, budget_seconds=limit,
        events=events, ended_at=ended, on_time=(ended - began).total_seconds() <= limit, **more,
    )  # fmt: skip


def _rights(rows: Rows, case: Case, clerk: Acting, moments: Sequence[datetime], new_id: Callable[[], int]) -> None:
    for division_id in (case.community_id, case.subdistrict_id, case.district_id):
        rows.put(CaseAccess, id=new_id(), case_id=case.pk, division_id=division_id, since=moments[0], why="area")
    rows.put(CaseAccess, id=new_id(), case_id=case.pk, unit_id=clerk.unit_id, since=moments[2], why="handler")


def matters(platform: Platform, most: int = 60) -> list[Matter]:
    """Offered classes with their first condition that has a limit."""
    found = []
    for one in catalog.category_options(platform.pk):
        for condition in catalog.conditions_of(one.id, platform.pk)[:1]:
            limit = condition.limit
            if limit is not None and not one.confirm_filing:
                found.append(Matter(one.id, condition.id, limit.value, limit.unit))
    return found[:most]
