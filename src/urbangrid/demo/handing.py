"""What lies ready at posts of the sign-in page where a drawn day seldom leaves anything: a visitor who tries one finds work there.

1. Two new cases for each unit that receives, of its own classes, dispatched within the hour.
2. A matter of the public in a cell of the inspector, whom the platform then asks to look at it when she is at work.
3. A case that lies with the department, given to its crew half an hour ago.
What the model of the city does not have is left out.
"""

from __future__ import annotations

from datetime import timedelta

from urbangrid.cases import holding
from urbangrid.cases.actions import perform
from urbangrid.core import clock
from urbangrid.demo.day import Day, Story
from urbangrid.demo.geography import AddressPoint
from urbangrid.organizations import queries as organizations

RECEIVING = ("D01", "C02")
EACH = 2
INSPECTOR = "inspector01"
DRAWN = 400
"""Places looked at for one that is hers."""
DEPARTMENT, CREW = "D01", "D01-2"
FIRST_NUMBER = 300_000
"""Of reports made here, away from those of the day."""


def play(day: Day) -> None:
    """All of it, shortly before ``day.now``."""
    for place, code in enumerate(RECEIVING):
        _to_receive(day, code, FIRST_NUMBER + 10 * place)
    _to_verify(day, FIRST_NUMBER + 100)
    _to_dispose(day)


def _to_receive(day: Day, code: str, first: int) -> None:
    unit = day.town.units.get(code)
    classes = day.classes_of(unit.pk) if unit is not None else []
    for number in range(EACH if classes else 0):
        story = Story(until="receive", category=day.random.choice(classes).id)
        day.play(first + number, story, day.now - timedelta(minutes=58 - 9 * number), public=False)


def _to_verify(day: Day, number: int) -> None:
    place = _of_inspector(day)
    if place is not None and not holding.has_work(day.town.people[INSPECTOR].pk):
        day.play(number, Story(until="verify", place=place), day.now - timedelta(minutes=32), public=True)


def _of_inspector(day: Day) -> AddressPoint | None:
    """A place for which the platform would choose her before others, by cell and shift."""
    inspector = day.town.people.get(INSPECTOR)
    if inspector is None:
        return None
    drawn = (day.geography.point(day.random) for _number in range(DRAWN))
    return next((one for one in drawn if one.community_id == inspector.division_id and _first(day, one) == inspector.pk), None)


def _first(day: Day, place: AddressPoint) -> int | None:
    listed = organizations.inspectors_for(day.town.platform.pk, place.cell_id, place.community_id, place.subdistrict_id)
    return listed[0].appointment_id if listed else None


def _to_dispose(day: Day) -> None:
    department, crew = day.town.units.get(DEPARTMENT), day.town.units.get(CREW)
    if department is None or crew is None:
        return
    at = day.now - timedelta(minutes=36)
    listed = [one for one in holding.lying(day.town.platform.pk) if one.unit_id == department.pk and one.since < at]
    in_time = [one for one in listed if one.due_at is not None and one.due_at > day.now + timedelta(hours=4)]
    clerk = organizations.holder_of(day.town.platform.pk, "dispose", department.pk)
    if in_time and clerk is not None:
        case = min(in_time, key=lambda one: (one.due_at, one.case_id))
        data: dict[str, object] = {"unit_id": crew.pk, "note": "请上午到场，处置前后各拍一张。"}
        with clock.travel(at):
            perform(day.acting(clerk), case.case_id, "assign_down", holding.seq_of(case.case_id), data)
