"""One public report through every post of model A, in a real browser, until the case is closed and the citizen answered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.city import INSIDE, City, picture
from urbangrid.cases.models import Case, CaseRecord
from urbangrid.cases.verification import verify_case
from urbangrid.service_requests.models import ServiceRequest

Sit = Callable[..., Page]
CALLER, NUMBER = "顾女士", "13800001111"


@pytest.fixture
def photo(tmp_path: Path) -> str:
    path = tmp_path / "photo.jpg"
    path.write_bytes(picture("olive", (640, 480)))
    return str(path)


def add_photo(page: Page, path: str) -> None:
    page.set_input_files("input[type=file]", path)
    expect(page.locator("[data-upload-list] input[name=files]")).to_have_count(1, timeout=15_000)


def test_a_call_becomes_a_closed_case_and_each_post_sees_what_is_hers(running: City, sits_down: Sit, photo: str) -> None:
    seat = sits_down("seat_agent")
    _register(seat)
    seat.goto("/desk/?tab=accept")
    expect(seat.locator("h1")).to_contain_text("道路破损")
    seat.keyboard.press("F2")  # 发核实: a public matter is verified first
    expect(seat.locator("[data-toast]")).to_contain_text("发核实")
    case = Case.objects.get()
    _verify(running, sits_down, case, photo)
    _file(seat, case)
    _dispatch_and_dispose(sits_down, case, photo)
    _check_and_close(running, sits_down, seat, case, photo)
    case.refresh_from_db()
    assert (case.state, case.closing_kind, case.on_time) == ("closed", "normal", True)
    assert verify_case(case.pk) == []
    assert CaseRecord.objects.filter(case=case, actor_id=None).count() == 0
    assert ServiceRequest.objects.get().contact_id is not None


def _register(seat: Page) -> None:
    seat.goto("/register/")
    seat.fill("#phone", NUMBER)
    seat.fill("#caller", CALLER)
    seat.fill("#words", "大柳树路路面坏了，有个坑")
    seat.click("#category")
    seat.keyboard.type("dlps")
    expect(seat.locator(".combo-list li").first).to_contain_text("道路破损")
    seat.keyboard.press("Enter")
    seat.fill("#place", "大柳树路 86 号门前")
    seat.evaluate(
        """([x, y]) => { const f = document.getElementById('register'); f.elements.longitude.value = x; f.elements.latitude.value = y;
        f.elements.longitude.dispatchEvent(new Event('change', { bubbles: true })); }""",
        list(map(str, _inside())),
    )
    expect(seat.locator("[data-place-words]")).to_contain_text("柳荫社区")
    seat.keyboard.press("F2")
    expect(seat.locator("[data-toast]")).to_contain_text("请告知来电人编号")


def _inside() -> tuple[float, float]:
    return INSIDE


def _holder(running: City, case: Case, kind: str) -> str:
    item = case.items.get(kind=kind, closed_at=None)
    return next(name for name, who in running.cast.items() if who.appointment_id == item.appointment_id)


def _verify(running: City, sits_down: Sit, case: Case, photo: str) -> None:
    phone = sits_down(_holder(running, case, "verify"), width=360, height=800)
    expect(phone.locator(".ph-task").first).to_contain_text("核实")
    phone.locator(".ph-task").first.click()
    text = phone.content()
    assert CALLER not in text and NUMBER not in text
    phone.get_by_text("属实", exact=True).first.click()
    add_photo(phone, photo)
    phone.click("button:has-text('送出')")
    expect(phone.locator("[data-toast]")).to_contain_text("核实已送出")


def _file(seat: Page, case: Case) -> None:
    seat.goto("/desk/?tab=file")
    expect(seat.locator("#desk")).to_contain_text("核实：属实")
    seat.locator("#conditions input").first.check()
    seat.keyboard.press("F2")
    expect(seat.locator("[data-toast]")).to_contain_text("已立案")
    case.refresh_from_db()
    assert case.state == "to_dispatch" and case.number


def _dispatch_and_dispose(sits_down: Sit, case: Case, photo: str) -> None:
    dispatcher = sits_down("dispatcher")
    expect(dispatcher.locator(".choice-name")).to_contain_text("市政所")
    dispatcher.keyboard.press("F2")
    expect(dispatcher.locator("[data-toast]")).to_contain_text("已派遣")
    clerk = sits_down("clerk")
    assert NUMBER not in clerk.content() and CALLER not in clerk.content()
    clerk.keyboard.press("F2")
    expect(clerk.locator("[data-toast]")).to_contain_text("已签收")
    clerk.goto("/desk/?tab=dispose")
    expect(clerk.locator("#desk")).to_contain_text("怎样算办好")
    clerk.fill("#text", "路面已修补，恢复通行")
    add_photo(clerk, photo)
    clerk.keyboard.press("F2")
    expect(clerk.locator("[data-toast]")).to_contain_text("已反馈")
    stranger = sits_down("other_clerk")
    answer = stranger.goto(f"/case/{case.pk}/")
    assert answer is not None and answer.status == 404
    officer = sits_down("subdistrict_officer")
    officer.goto("/area/")
    expect(officer.locator("tbody tr")).to_have_count(1)
    dispatcher.goto("/desk/?tab=review")
    expect(dispatcher.locator("#desk")).to_contain_text("路面已修补")
    dispatcher.keyboard.press("F2")
    expect(dispatcher.locator("[data-toast]")).to_contain_text("批转")


def _check_and_close(running: City, sits_down: Sit, seat: Page, case: Case, photo: str) -> None:
    seat.goto("/desk/?tab=send_check")
    seat.keyboard.press("F2")
    expect(seat.locator("[data-toast]")).to_contain_text("已发核查")
    phone = sits_down(_holder(running, case, "check"), width=360, height=800)
    phone.locator(".ph-task").first.click()
    expect(phone.locator("body")).to_contain_text("怎样算办好")
    phone.get_by_text("已处置", exact=True).first.click()
    add_photo(phone, photo)
    phone.click("button:has-text('送出')")
    seat.goto("/desk/?tab=close")
    expect(seat.locator(".photo img")).to_have_count(3)
    assert "您好" in seat.input_value("#reply")
    seat.keyboard.press("F2")
    expect(seat.locator("[data-toast]")).to_contain_text("已结案")


@pytest.mark.requirement("HD-4.1-2")
@pytest.mark.usefixtures("worker")
def test_a_report_from_the_street_is_on_the_open_desk_within_five_seconds(running: City, sits_down: Sit, photo: str) -> None:
    seat = sits_down("seat_agent")
    expect(seat.locator("[data-live-state]")).to_contain_text("实时", timeout=20_000)
    expect(seat.locator("[data-news]")).to_be_hidden()
    seat.evaluate(
        """() => { window.sounds = 0; const old = AudioContext.prototype.createOscillator;
        AudioContext.prototype.createOscillator = function () { window.sounds += 1; return old.call(this); }; }"""
    )
    phone = sits_down("inspector", width=360, height=800)
    phone.goto("/phone/report/")
    add_photo(phone, photo)
    phone.click("#category")
    phone.keyboard.type("dlps")
    expect(phone.locator(".combo-list li").first).to_contain_text("道路破损")
    phone.keyboard.press("Enter")
    phone.fill("#place", "大柳树路 12 号门前")
    phone.click("button:has-text('上报')")
    expect(phone.locator("[data-toast]")).to_contain_text("已上报，编号")
    expect(seat.locator("[data-news]")).to_be_visible(timeout=5_000)  # without a reload
    assert seat.evaluate("window.sounds") >= 1
    seat.keyboard.press("F9")
    expect(seat.locator("[data-row]").first).to_contain_text("道路破损")


def test_what_was_typed_stays_when_somebody_else_was_first(running: City, sits_down: Sit) -> None:
    first, second = sits_down("seat_agent"), sits_down("second_seat_agent")
    _register(first)
    first.goto("/desk/?tab=accept")
    second.goto("/desk/?tab=accept")
    second.locator("[data-row]").first.click()
    expect(second.locator("#desk")).to_contain_text("正在办理这一件")
    second.click("button:has-text('询问接手')")
    second.fill("#note", "请看井盖北侧")
    first.keyboard.press("F2")
    expect(first.locator("[data-toast]")).to_contain_text("发核实")
    second.keyboard.press("F2")
    expect(second.locator("[role=alert]").first).to_contain_text("已由周岚于")
    expect(second.locator("#desk")).to_contain_text("请看井盖北侧")


@pytest.mark.usefixtures("worker")
def test_the_duty_directors_board_follows_without_a_reload(running: City, sits_down: Sit) -> None:
    director, seat = sits_down("duty_director"), sits_down("seat_agent")
    director.goto("/board/")
    expect(director.locator("[data-live-state]")).to_contain_text("实时", timeout=20_000)
    director.evaluate("document.body.dataset.kept = 'yes'")
    total = director.locator("table").first.locator("tbody tr").last.locator("td").nth(1)  # of the stages; that of the units stands below
    expect(total).to_have_text("0")
    _register(seat)
    expect(total).to_have_text("1", timeout=2_000)  # as old as desks.md allows
    assert director.evaluate("document.body.dataset.kept") == "yes"


def test_the_duty_directors_board_is_one_page_without_scrolling(running: City, sits_down: Sit) -> None:
    director = sits_down("duty_director")
    for height in (768, 650):
        director.set_viewport_size({"width": 1366, "height": height})
        director.goto("/board/")
        assert director.evaluate("document.scrollingElement.scrollHeight <= innerHeight")
        last = director.locator(".stages-panel tbody tr").last.bounding_box()
        assert last is not None and last["y"] + last["height"] <= height, "every stage and its sum are in view"
