"""What assistants of a sub-district report and are given to do (CY-15): through the ordinary actions, before the last day."""

from __future__ import annotations

from datetime import timedelta

from urbangrid.cases import holding
from urbangrid.cases.actions import intake, perform
from urbangrid.cases.actions.inputs import ReportInputs
from urbangrid.catalog import queries as catalog
from urbangrid.core import clock
from urbangrid.demo.assistants import CLERK, CREW
from urbangrid.demo.day import Day, Story
from urbangrid.organizations.acting import Acting

CATEGORY = "乱堆物堆料"
TASKS = ("请到现场劝导商户收回堆物", "请清理路口堆放的杂物")
"""What the clerk says; the second is done already."""
PATIENCE = timedelta(hours=4)
"""Reported so long ago, each a little later."""


def play(day: Day) -> None:
    """Each task from an assistant's report on, as far as it has come; nothing under a model without assistants."""
    if CLERK not in day.town.people:
        return
    for number, said in enumerate(TASKS):
        _task(day, number, said)


def _task(day: Day, number: int, said: str) -> None:
    clerk, assistant = day.named(CLERK), day.named(CREW[number % len(CREW)])
    at = day.now - PATIENCE + timedelta(minutes=23 * number)
    with clock.travel(at):
        report_id = _report(day, assistant, number)
    at += timedelta(minutes=6)
    seat = day.named("limin")
    with clock.travel(at):
        case_id = intake.accept(seat, report_id, "", {}).pk
    day.go_on(case_id, at, Story(until="dispatch"), CATEGORY, 200_000 + number)
    dispatcher = day.named("wangfang")
    steps: list[tuple[Acting, str, dict[str, object]]] = [
        (dispatcher, "dispatch", {"unit_id": clerk.unit_id, "reason": "urgent_near", "opinion": "街道就近办理"}),
        (clerk, "receive", {}),
        (clerk, "assign_down", {"unit_id": assistant.unit_id, "person": assistant.appointment_id, "note": said}),
    ]
    at = max(at, day.now - PATIENCE + timedelta(hours=2))
    for who, action, data in steps:
        work = holding.open_work(case_id)
        if work is None or (action == "dispatch" and work.kind != "dispatch"):
            return
        at += timedelta(minutes=9)
        with clock.travel(at):
            perform(who, case_id, action, holding.seq_of(case_id), data)
    if number % 2:
        with clock.travel(at + timedelta(minutes=40)):
            photo = day.photo(assistant, CATEGORY, "after", number)
            done = {"text": "已劝导收回，现场已清理", "handled_by": assistant.user_name, "files": [photo]}
            perform(assistant, case_id, "crew_feedback", holding.seq_of(case_id), done)


def _report(day: Day, assistant: Acting, number: int) -> int:
    option = next(one for one in catalog.category_options(day.town.platform.pk) if one.name == CATEGORY)
    place = next(one for one in iter(lambda: day.geography.point(day.random), None) if one.subdistrict_id == assistant.division_id)
    inputs = ReportInputs(
        source="inspector", client_id=f"demo-assistant-{number}", category_id=option.id,
        condition_id=catalog.conditions_of(option.id, day.town.platform.pk)[0].id, place_text=place.words, longitude=place.longitude,
        latitude=place.latitude, device_longitude=place.longitude, device_latitude=place.latitude, accuracy_m=8.0, device_at=clock.now(),
        files=(day.photo(assistant, CATEGORY, "before", number),),
    )  # fmt: skip
    return intake.report(assistant, inputs, simulated=True).pk
