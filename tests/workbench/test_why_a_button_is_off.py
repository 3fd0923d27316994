"""A button that is off says why beside it, to the eye and to a screen reader; what another holds is off as a whole (desks.md S5, Keys)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import urbangrid
from tests.api import paths
from tests.api.paths import At
from tests.support.city import City
from tests.support.screen import TAGS, Screen
from urbangrid.cases.models import WorkItem

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
