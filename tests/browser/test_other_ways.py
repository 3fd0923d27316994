"""The ways besides the main one: 部长签发 and a company, 提请立案, 转市级; each post at its own screen."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from tests.browser.test_whole_loop import add_photo
from tests.support.city import INSIDE, City, photo, picture
from urbangrid.cases.actions import intake
from urbangrid.cases.actions.inputs import ReportInputs
from urbangrid.cases.models import Case, CaseRecord, Clock
from urbangrid.catalog import cache
from urbangrid.catalog import queries as catalog
from urbangrid.catalog.models import Responsibility
from urbangrid.catalog.values import CategoryOption

Sit = Callable[..., Page]
_serial = itertools.count(1)


@pytest.fixture
def picture_file(tmp_path: Path) -> str:
    path = tmp_path / "photo.jpg"
    path.write_bytes(picture("olive", (640, 480)))
    return str(path)


def reported(running: City, category: CategoryOption | None = None) -> None:
    """The inspector reports from the street; the phone's own page is played in test_whole_loop."""
    inspector, chosen = running.acting("inspector"), category or running.category()
    condition = catalog.conditions_of(chosen.id, running.platform.pk)[0].id
    with transaction.atomic():
        intake.report(
            inspector,
            ReportInputs(
                "inspector", f"way-{next(_serial)}", category_id=chosen.id, condition_id=condition, place_text="大柳树路 86 号",
                longitude=INSIDE[0], latitude=INSIDE[1], files=(photo(inspector),),
            ),
        )  # fmt: skip


def press(page: Page, path: str, key: str, says: str) -> None:
    """Open the queue, do its first item by key, read what it says."""
    page.goto(path)
    page.keyboard.press(key)
    expect(page.locator("[data-toast]")).to_contain_text(says)


def story(case: Case) -> list[str]:
    return list(CaseRecord.objects.filter(case=case).order_by("seq").values_list("action", flat=True))


def test_a_complex_case_is_signed_by_the_head_and_disposed_of_by_a_company(running: City, sits_down: Sit, picture_file: str) -> None:
    company = running.acting("company_clerk")
    Responsibility.objects.update(unit_id=company.unit_id, unit_name=company.unit_name)
    cache.changed()
    reported(running)
    seat = sits_down("seat_agent")
    seat.check("input[name=complex]")
    seat.keyboard.press("F2")
    expect(seat.locator("[data-toast]")).to_contain_text("已立案")
    case = Case.objects.get()
    assert case.state == "to_sign"
    press(sits_down("head"), "/desk/", "F2", "已签发")
    press(sits_down("dispatcher"), "/desk/", "F2", "已派遣")
    clerk = sits_down("company_clerk")
    clerk.locator(".co-row").get_by_role("button", name="签收").click()
    expect(clerk.locator("[data-toast]")).to_contain_text("签收已送出")
    expect(clerk.locator("#desk")).to_contain_text("怎样算办好")
    assert clerk.locator("[data-longitude]").count() == 0 and f"{INSIDE[0]:.4f}" not in clerk.content()
    for width in (1440, 360):
        clerk.set_viewport_size({"width": width, "height": 800})
        assert clerk.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), width
    clerk.fill("#text", "管线已修复，路面恢复")
    add_photo(clerk, picture_file)
    clerk.keyboard.press("F2")
    expect(clerk.locator("[data-toast]")).to_contain_text("反馈已送出")
    case.refresh_from_db()
    assert case.state == "to_review" and case.handler_unit_id == company.unit_id
    assert story(case) == ["accept", "file", "sign", "hand_on", "dispatch", "receive", "feedback"]


def test_a_marked_category_is_proposed_by_the_seat_and_filed_by_the_duty_director(running: City, sits_down: Sit) -> None:
    marked = next(one for one in catalog.category_options(running.platform.pk) if one.confirm_filing)
    reported(running, marked)
    seat = sits_down("seat_agent")
    expect(seat.locator("#decide button[data-key=F2]")).to_contain_text("提请立案")
    press(seat, "/desk/?tab=accept", "F2", "提请立案")
    case = Case.objects.get()
    assert (case.state, case.number) == ("to_confirm", None)
    press(sits_down("duty_director"), "/desk/?tab=confirm_filing", "F2", "已立案")
    case.refresh_from_db()
    assert case.number and case.filed_at is not None
    assert story(case)[:3] == ["accept", "propose_filing", "file"]


def test_a_city_owned_case_is_handed_over_its_clock_stands_and_the_answer_brings_it_back(
    running: City, sits_down: Sit, picture_file: str
) -> None:
    reported(running)
    seat = sits_down("seat_agent")
    seat.check("input[name=city_owned]")
    seat.keyboard.press("F2")
    expect(seat.locator("[data-toast]")).to_contain_text("已立案")
    case = Case.objects.get()
    director = sits_down("duty_director")
    press(director, "/desk/?tab=release", "F2", "转市级")
    clock = Clock.objects.get(case=case, kind="case")
    assert clock.due_at is None, "nobody is late while the city has it"
    director.goto(f"/case/{case.pk}/print/handover/")
    expect(director.locator("body")).to_contain_text("市级承办意见")
    director.goto("/desk/?tab=city_answer")
    director.fill("#text", "市属道路已由市路政局修复")
    director.fill("#city_number", "市 2026-118")
    add_photo(director, picture_file)
    director.keyboard.press("F2")
    expect(director.locator("[data-toast]")).to_contain_text("录入")
    case.refresh_from_db()
    clock.refresh_from_db()
    assert case.state == "to_send_check" and clock.due_at is not None
    press(seat, "/desk/?tab=send_check", "F2", "已发核查")


def test_a_closed_page_gives_back_what_was_typed_with_category_and_place(running: City, sits_down: Sit) -> None:
    seat = sits_down("seat_agent")
    seat.goto("/register/")
    seat.fill("#words", "大柳树路路面坏了，有个坑")
    seat.click("#category")
    seat.keyboard.type("dlps")
    expect(seat.locator(".combo-list li").first).to_contain_text("道路破损")
    seat.keyboard.press("Enter")
    seat.evaluate(
        """([x, y]) => { const form = document.getElementById('register');
        form.elements.longitude.value = x; form.elements.latitude.value = y;
        form.elements.longitude.dispatchEvent(new Event('change', { bubbles: true })); }""",
        list(map(str, INSIDE)),
    )
    expect(seat.locator("[data-draft-mark]")).to_contain_text("已存草稿")
    elsewhere = sits_down("seat_agent", height=650)  # 1366×768 with the browser's bars, another desk: the draft lies on the server
    elsewhere.goto("/register/")
    expect(elsewhere.locator("#words")).to_be_empty()
    elsewhere.click(".register-waiting a")
    expect(elsewhere.locator("#words")).to_have_value("大柳树路路面坏了，有个坑")
    body = elsewhere.locator("#register > .body")
    assert body.evaluate("one => one.scrollHeight <= one.clientHeight"), "the whole registration stands on the screen"
    assert elsewhere.evaluate("document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth")
    seat.reload()
    expect(seat.locator("#words")).to_have_value("大柳树路路面坏了，有个坑")
    expect(seat.locator("#category")).to_have_value("事件·市容环境·道路破损")
    assert seat.input_value("[name=category_id]") == str(running.category().id)
    expect(seat.locator("[data-place-words]")).to_contain_text("柳荫社区")
