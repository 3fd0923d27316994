"""A button that is off says why beside it, to the eye and to a screen reader; what another holds is off as a whole (desks.md S5, Keys)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import urbangrid
from tests.api import paths
from tests.api.paths import At
from tests.support.city import City
from tests.support.screen import TAGS, Screen
from urbangrid.cases import processes
from urbangrid.cases.models import ProcessDefinition, WorkItem

TEMPLATES = sorted(path for path in Path(urbangrid.__file__).parent.glob("*/templates/**/*.html"))
LOGIC = re.compile(r"{%.*?%}|{{.*?}}", re.S)
BUTTON = re.compile(r"<button\b[^>]*>", re.S)
OFF = re.compile(r"<button\b[^>]*\bdisabled\b[^>]*>", re.S)


def _plain(source: str) -> str:
    """A template with nothing inside its logic that looks like the end of a tag."""
    return LOGIC.sub(lambda found: found[0].replace(">", "›"), source)


@pytest.mark.parametrize("path", [path for path in TEMPLATES if "workbench" in path.parts], ids=lambda path: path.name)
def test_every_way_in_which_a_button_is_off_names_its_reason(path: Path) -> None:
    for button in BUTTON.findall(_plain(path.read_text())):
        off = button.count(" disabled") - button.count("disabled hidden")
        assert button.count(" disabled aria-describedby=") == off, button
        assert "title=" not in button or not off, button


def _said(html: str) -> list[tuple[str, str]]:
    """Of each button that is off: its words, and the sentence that its description shows on the page."""
    found = []
    for button in OFF.finditer(html):
        if "hidden" in button[0]:
            continue
        named = re.search(r'aria-describedby="([^"]+)"', button[0])
        assert named is not None, button[0]
        shown = re.findall(rf'id="{named[1]}">([^<]*)<', html)
        assert len(shown) == 1, (named[1], shown)
        found.append((" ".join(TAGS.sub(" ", html[button.end() : html.index("</button>", button.end())]).split()), shown[0]))
    return found


def test_the_closing_desk_is_off_as_a_whole_while_a_colleague_works_on_the_case(screen: type[Screen], desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    paths.fed_back(desk, case)
    paths.to_check(desk, case)
    paths.checked(desk, case)
    item = WorkItem.objects.get(case_id=case, kind="close", closed_at=None)
    address = f"/desk/?tab=close&item={item.pk}"
    holder, other = screen("seat_agent"), screen("second_seat_agent")
    holder.get(address)
    assert _said(holder.html) == []
    page = other.get(address)
    off = dict(_said(other.html))
    assert set(off) == {"结案 F2", "返工 F8", "再发核查 F4"}
    assert all(city.acting("seat_agent").user_name in why for why in off.values())
    assert "询问接手" in page
    other.post(f"/item/{item.pk}/take-over/")
    assert _said(other.html) == []
    assert {"结案 F2", "返工 F8", "再发核查 F4"} <= {words for words, _why in _said(holder.get(address) and holder.html)}


def test_a_request_that_cannot_be_made_now_says_why_beside_its_button(screen: type[Screen], desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    desk("clerk").done(case, "receive")
    clerk = screen("clerk")
    clerk.get(f"/case/{case}/")
    desk("clerk").done(
        case, "ask_extension", reason="weather", note="连阴雨", until="2031-01-01T10:00:00+08:00", files=[desk("clerk").send_photo()]
    )
    clerk.get(f"/case/{case}/")
    off = dict(_said(clerk.html))
    assert any(words.startswith("申请延期") and why for words, why in off.items()), off
    assert "disabled title=" not in clerk.html


def test_a_close_against_the_check_says_so(screen: type[Screen], desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    paths.fed_back(desk, case)
    paths.to_check(desk, case)
    paths.checked(desk, case, "not_handled")
    seat = screen("seat_agent")
    seat.get(f"/desk/?tab=close&item={WorkItem.objects.get(case_id=case, kind='close').pk}")
    assert _said(seat.html) == [("结案", "核查结果不是“已处置”，不能结案：请返工或再发核查。")]


def _brought_to(desk: At, city: City, kind: str) -> str:
    """A case that waits for this work."""
    if kind in ("file", "confirm_filing"):
        case = paths.accept(desk, paths.report(desk, city)["report_id"])
        if kind == "confirm_filing":
            desk("seat_agent").done(case, "propose_filing", condition_id=str(city.condition()))
        return case
    if kind in ("sign", "release", "city_answer"):
        case = paths.filed(desk, city, **({"complex": True} if kind == "sign" else {"city_owned": True}))
        if kind == "city_answer":
            desk("duty_director").done(case, "release")
        return case
    case = paths.filed(desk, city) if kind == "dispatch" else paths.dispatched(desk, city)
    if kind == "dispose":
        desk("clerk").done(case, "receive")
    elif kind in ("review", "send_check", "close"):
        paths.fed_back(desk, case)
    if kind in ("send_check", "close"):
        desk("dispatcher").done(case, "review")
    if kind == "close":
        desk("seat_agent").done(case, "send_check")
        paths.checked(desk, case)
    return case


@pytest.fixture
def torn() -> Iterator[Callable[[WorkItem, str, tuple[str, ...]], None]]:
    """``torn(item, state, actions)``: the version of the item's case loses these steps from the state."""

    def tear(item: WorkItem, state: str, actions: tuple[str, ...]) -> None:
        assert item.case is not None
        row = ProcessDefinition.objects.get(pk=item.case.process_id)
        row.definition["moves"] = [one for one in row.definition["moves"] if one["from"] != state or one["action"] not in actions]
        ProcessDefinition.objects.filter(pk=row.pk).update(definition=row.definition)
        processes.process_of.cache_clear()

    yield tear
    processes.process_of.cache_clear()


DIALOGS = re.compile(r"<dialog.*?</dialog>", re.S)
GOES_ON = re.compile(r'<button class="btn btn-primary tall"[^>]*data-key="F2"')


@pytest.mark.parametrize(
    "kind, who, state, action, word",
    [
        ("file", "seat_agent", "to_file", "file", "立案"), ("confirm_filing", "duty_director", "to_confirm", "file", "立案"),
        ("sign", "head", "to_sign", "sign", "签发"), ("release", "duty_director", "to_release", "release", "转市级"),
        ("city_answer", "duty_director", "with_city", "enter_city_answer", "录入市级答复"),
        ("dispatch", "dispatcher", "to_dispatch", "dispatch", "派遣"), ("receive", "clerk", "to_receive", "receive", "签收"),
        ("dispose", "clerk", "disposing", "feedback", "反馈"), ("review", "dispatcher", "to_review", "review", "批转"),
        ("send_check", "seat_agent", "to_send_check", "send_check", "发核查"), ("close", "seat_agent", "to_close", "close", "结案"),
    ],
)  # fmt: skip
def test_a_desk_hides_the_step_that_the_cases_version_lacks_and_says_so(
    screen: type[Screen], desk: At, city: City, torn: Any, kind: str, who: str, state: str, action: str, word: str
) -> None:
    """A version from before the check asked for every main step; with 立案 the way round it by 提请立案 is gone as well."""
    case = _brought_to(desk, city, kind)
    item = WorkItem.objects.get(case_id=int(case), kind=kind, closed_at=None)
    page, address = screen(who), f"/desk/?tab={kind}&item={item.pk}"
    assert "流程版本里没有" not in page.get(address)
    assert GOES_ON.search(DIALOGS.sub("", page.html)), "the whole version has the step"
    torn(item, state, (action, "propose_filing") if action == "file" else (action,))
    shown = page.get(address)
    assert f"本案所用的流程版本里没有“{word}”这一步，这里办不下去" in shown
    assert not GOES_ON.search(DIALOGS.sub("", page.html))
