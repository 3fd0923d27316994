"""No field cuts off what is typed: above its limit the server says by how much, and every character stands on the page again."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any, get_type_hints

import pytest

import urbangrid
from tests.api import paths
from tests.api.paths import At
from tests.support.city import WORKDAY, City
from tests.support.screen import Screen
from tests.workbench.test_refused_dialogs import _at
from urbangrid.cases.actions import inputs as shapes
from urbangrid.cases.models import Case, WorkItem
from urbangrid.core import clock
from urbangrid.core.errors import Refusal
from urbangrid.organizations.models import Unit

PACKAGES = Path(urbangrid.__file__).parent
FIELD = re.compile(r"<(?:textarea|input)\b(?:[^>{]|\{\{.*?\}\}|\{%.*?%\})*>")
OF_CODES = {"classes"}
"""Lists of codes, which no one writes in sentences."""
ALL = [shape for shape in vars(shapes).values() if dataclasses.is_dataclass(shape) and isinstance(shape, type)]


def texts() -> list[tuple[type, str]]:
    return [(shape, name) for shape in ALL for name, kind in get_type_hints(shape).items() if kind in (str, str | None)]


@pytest.mark.parametrize(("shape", "field"), texts(), ids=lambda value: value if isinstance(value, str) else value.__name__)
def test_every_text_of_an_action_has_a_limit_that_is_said(shape: type, field: str) -> None:
    needed = {one.name: "1" for one in dataclasses.fields(shape) if one.default is dataclasses.MISSING}
    with pytest.raises(Refusal) as refused:
        shapes.read(shape, {**needed, field: "长" * (shapes.DESCRIPTION_LIMIT + 1)})
    fault = refused.value
    assert (fault.code, fault.field) == ("input_too_long", field)
    assert f"最多 {fault.values['limit']} 字，请删去 {fault.values['over']} 字" in fault.sentence()


def test_a_text_in_a_part_of_a_split_says_which_part() -> None:
    part = {"category_id": 1, "condition_id": 1}
    with pytest.raises(Refusal) as refused:
        shapes.read(shapes.SplitInputs, {"parts": [part, {**part, "place_text": "路" * 257}]})
    assert (refused.value.field, refused.value.values["part"], refused.value.values["over"]) == ("place_text", 2, 1)


def test_no_field_for_sentences_cuts_in_the_browser() -> None:
    fields = [(path.name, tag) for path in PACKAGES.glob("*/templates/**/*.html") for tag in FIELD.findall(path.read_text())]
    named = re.compile(r'^<textarea|name="(note|reason|opinion|basis|place_text)"')
    sentences = [(name, tag) for name, tag in fields if named.search(tag)]
    cut = [(name, tag) for name, tag in sentences if "maxlength" in tag and not any(f'name="{one}"' in tag for one in OF_CODES)]
    assert cut == [] and sum("data-most" in tag for _name, tag in sentences) > 60


LONG = "长" * 2_001


@pytest.mark.parametrize(
    ("kind", "who", "action", "field", "form"),
    [
        ("file", "duty_director", "refuse_filing", "note", {"reason": "other"}),
        ("dispatch", "dispatcher", "dispatch", "opinion", {"unit_id": "ROADS"}),
        ("dispatch", "dispatcher", "return_to_filing", "note", {"reason": "other"}),
        ("receive", "clerk", "ask_send_back", "note", {"reason": "not_ours"}),
        ("dispose", "clerk", "feedback", "text", {}),
        ("decide", "command_director", "agree", "note", {}),
        ("decide", "command_director", "disagree", "note", {}),
        ("review", "dispatcher", "review", "note", {}),
        ("review", "dispatcher", "rework", "note", {"reason": "other"}),
        ("close", "seat_agent", "close", "note", {}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_desk_form_with_one_character_too_many_comes_back_whole(
    city: City, desk: At, screen: type[Screen], kind: str, who: str, action: str, field: str, form: dict[str, Any]
) -> None:
    case = _at(desk, city, kind)
    if kind == "dispose":
        desk("clerk").done(case, "receive")
    item = WorkItem.objects.get(case_id=int(case), kind=kind, closed_at=None)
    place = {"from": "desk", "tab": kind, "item": item.pk, "request": item.request_id or ""}
    _refused(screen(who), case, action, field, {**place, **form})


@pytest.mark.parametrize(
    ("who", "action", "field", "form"),
    [
        ("duty_director", "void", "note", {"reason": "other"}),
        ("dispatcher", "recall", "note", {"reason": "other"}),
        ("dispatcher", "redispatch", "opinion", {"unit_id": "GARDENS"}),
        ("dispatcher", "coordinate", "note", {}),
        ("duty_director", "order", "note", {}),
        ("duty_director", "correct", "note", {"reason": "other"}),
        ("duty_director", "comment", "text", {}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_form_of_the_case_page_comes_back_whole(
    city: City, desk: At, screen: type[Screen], who: str, action: str, field: str, form: dict[str, Any]
) -> None:
    case = paths.dispatched(desk, city)
    if action == "comment":
        page = screen(who)
        page.post(f"/case/{case}/comment/", {"key": "talk", "text": LONG}, 422)
        assert "最多 2000 字，请删去 1 字" in page.text and LONG in page.html
        return
    _refused(screen(who), case, action, field, {"from": "case", **form})


def _refused(page: Screen, case: str, action: str, field: str, form: dict[str, Any]) -> None:
    seq = Case.objects.get(pk=int(case)).seq
    sent = {name: Unit.objects.get(code=value).pk if name == "unit_id" else value for name, value in form.items()}
    page.post(f"/case/{case}/act/{action}/", {"seq": seq, "key": f"{action}-{field}", field: LONG, **sent}, 422)
    assert "有 2001 字，最多 2000 字，请删去 1 字" in page.text and LONG in page.html
    assert Case.objects.get(pk=int(case)).seq == seq


def test_lines_count_as_one_character_each_as_they_did_on_the_page(city: City, desk: At, screen: type[Screen]) -> None:
    case = paths.dispatched(desk, city)
    desk("clerk").done(case, "receive")
    clerk, seq = screen("clerk"), Case.objects.get(pk=int(case)).seq
    page = {"seq": seq, "tab": "dispose", "key": "lines"}  # without the photo that the step wants, so neither is taken
    clerk.post(f"/case/{case}/act/feedback/", {**page, "text": "行\r\n" * 1_000}, 422)
    assert "最多 2000 字" not in clerk.text
    clerk.post(f"/case/{case}/act/feedback/", {**page, "text": "行\r\n" * 1_000 + "末"}, 422)
    assert "有 2001 字，最多 2000 字，请删去 1 字" in clerk.text


def test_a_word_to_a_crew_has_room_for_300(city: City, desk: At, screen: type[Screen]) -> None:
    case = paths.dispatched(desk, city)
    with clock.travel(WORKDAY):
        clerk, seq = screen("clerk"), Case.objects.get(pk=int(case)).seq
        crew, text = Unit.objects.get(code="LAMPCREW").pk, "请" * 301
        clerk.post(f"/case/{case}/act/assign_down/", {"seq": seq, "tab": "receive", "key": "down", "unit_id": crew, "note": text}, 422)
    assert "最多 300 字，请删去 1 字" in clerk.text and text in clerk.html


def test_a_shift_is_handed_over_with_all_that_was_written(city: City, screen: type[Screen]) -> None:
    agent, text = screen("seat_agent"), "记" * 4_001
    agent.post("/handover/", {"notes": text}, 422)
    assert "最多 4000 字，请删去 1 字" in agent.text and text in agent.html


def test_leave_is_asked_for_with_all_that_was_written(city: City, screen: type[Screen]) -> None:
    agent, text = screen("seat_agent"), "由" * 201
    agent.post("/leave/", {"kind": "private", "begins": "2100-01-01T08:00", "ends": "2100-01-02T08:00", "reason": text}, 422)
    assert "最多 200 字，请删去 1 字" in agent.text and text in agent.html
