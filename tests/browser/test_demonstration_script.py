"""docs/demonstration.md, minute after minute, as a visitor plays it in the made city."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.demo.test_town import forget
from tests.support.patience import patient
from urbangrid.cases import commands as record_commands
from urbangrid.cases import holding
from urbangrid.cases.actions import perform
from urbangrid.cases.models import Case
from urbangrid.cases.verification import verify_case
from urbangrid.catalog import queries as catalog
from urbangrid.core import clock
from urbangrid.demo import accounts, day, pictures, rosters, town
from urbangrid.organizations import queries as organizations
from urbangrid.organizations import signin
from urbangrid.organizations.models import Appointment

Sit = Callable[..., Page]
CALLER, NUMBER = "家长孙某", "55500001111"
CHECKOUT = Path(__file__).parents[2]


@pytest.fixture
def city(transactional_db: None, live_server: Any, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[town.Town]:
    """The made city at its smallest, with its sign-in by one click."""
    settings.FILES_ROOT, settings.DATA, settings.DEMONSTRATION = tmp_path / "files", tmp_path, True
    settings.WEB_ORIGIN = live_server.url
    monkeypatch.setattr(signin, "demonstration", accounts.offered)
    forget()
    yield town.build(lambda _line: None, town.since(clock.now()), scale=0.04)
    forget()


@pytest.fixture
def sits_down(browser: Browser, live_server: Any, city: town.Town) -> Iterator[Sit]:
    contexts: list[BrowserContext] = []

    def sit(username: str, *, width: int = 1366, height: int = 768) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai", base_url=live_server.url
        )
        contexts.append(context)
        page = patient(context).new_page()
        page.goto("/sign-in/")
        shown = page.locator(f".out-demo form:has(input[value='{username}']) button")
        if shown.count():
            shown.click()
        else:  # 其他人员
            page.select_option("#others", username)
            page.locator("form:has(#others) button").click()
        page.wait_for_load_state()
        return page

    yield sit
    for context in contexts:
        context.close()


def _photo(page: Page, path: Path) -> None:
    page.set_input_files("input[type=file]", str(path))
    expect(page.locator("[data-upload-list] input[name=files]")).to_have_count(1, timeout=15_000)


def _done(page: Page, words: str) -> None:
    expect(page.locator("[data-toast]")).to_contain_text(words, timeout=10_000)


def _inspector(case: Case, kind: str) -> str:
    item = case.items.get(kind=kind, closed_at=None)
    assert item.appointment_id is not None
    return str(Appointment.objects.select_related("user").get(pk=item.appointment_id).user.username)


def test_the_script_of_the_demonstration_leads_from_a_call_to_a_record_that_was_altered(
    city: town.Town, sits_down: Sit, tmp_path: Path
) -> None:  # fmt: skip
    photos = {}
    for number, kind in enumerate(("before", "after", "check")):
        photos[kind] = tmp_path / f"{kind}.jpg"
        photos[kind].write_bytes(pictures.picture("道路破损", kind, 70 + number))
    _lain(city)
    leader = _list_behind_the_number(sits_down)
    seat = sits_down("limin")
    _call(seat)
    case = Case.objects.latest("pk")
    _on_site(sits_down, case, photos["before"])
    _filed(seat, case)
    dispatcher = _disposed(sits_down, case, photos)
    _closed(sits_down, seat, dispatcher, case, photos["check"])
    case.refresh_from_db()
    assert case.state == "closed"
    assert verify_case(case.pk) == []
    director = _instructed(sits_down, leader)
    _supervised(sits_down)
    _handed_over(director)
    _altered(case)


def _lain(city: town.Town) -> None:
    """Of the month behind the made city: two that are overdue in the first sub-district, and one that is set aside."""
    now = clock.now()
    today = day.begin(city, now)
    planners = Appointment.objects.filter(platform=city.platform, post__duties__contains=["roster"]).order_by("unit__code", "pk")
    planned = rosters.Rosters(today.named("guanli"), [today.acting(row.pk) for row in planners], now)
    planned.fill()
    planned.sign(now)
    garbage = next(one.id for one in catalog.category_options(city.platform.pk) if one.name == "暴露垃圾")
    within = (one for one in iter(lambda: today.geography.point(today.random), None) if one.subdistrict_id == city.subdistricts[0].pk)
    for number in range(3):
        story = day.Story(until="dispose", urgent=True, category=garbage, place=next(within))
        today.play(number, story, now - timedelta(days=30), public=False)
    last = Case.objects.latest("pk").pk
    clerk = today.acting(_holder(city, "dispose", last))
    until = now + timedelta(days=20)
    paper = today.photo(clerk, "申请表", "check", 90)
    perform(clerk, last, "ask_suspension", holding.seq_of(last), {"reason": "season", "note": "开春补种", "until": until, "files": [paper]})
    while (asked := holding.decision(last)) is not None:
        decides = today.acting(organizations.holder_of(city.platform.pk, asked[1].duty, asked[1].unit_id) or 0)
        perform(decides, last, "agree", holding.seq_of(last), {"request": asked[0], "note": "同意"})


def _holder(city: town.Town, duty: str, case_id: int) -> int:
    return organizations.holder_of(city.platform.pk, duty, Case.objects.get(pk=case_id).handler_unit_id) or 0


def _list_behind_the_number(sits_down: Sit) -> Page:
    """0:00"""
    leader = sits_down("gaojian")
    late = leader.locator(".six a[data-figure=overdue]")
    number = late.locator(".six-number").inner_text().removesuffix("件")
    assert int(number) == 2, "what is set aside does not run"
    expect(leader.locator(".hands")).to_contain_text("卡在")
    late.click()
    expect(leader.locator("[data-total]")).to_have_attribute("data-total", number)
    expect(leader.locator("tbody tr")).to_have_count(int(number))
    leader.locator("tbody a[data-row]").first.click()
    expect(leader.locator("main")).to_contain_text("环卫所")
    expect(leader.locator("main")).to_contain_text("超时")
    return leader


def _instructed(sits_down: Sit, leader: Page) -> Page:
    """6:30"""
    leader.goto("/leader/")
    leader.locator(".worst-do a", has_text="批示").first.click()
    leader.locator(".say-chip").first.click()
    leader.keyboard.press("F2")
    _done(leader, "批示已送出")
    expect(leader.locator(".own")).to_contain_text("1 件未了")
    leader.get_by_role("link", name="批示件").click()
    expect(leader.locator("tbody tr")).to_have_count(1)
    director = sits_down("chenliguo")
    director.get_by_role("link", name="挂账库").click()
    expect(director.locator("tbody tr")).to_have_count(1)
    row = director.locator("tbody tr")
    expect(row).to_contain_text(f"{clock.now() + timedelta(days=20):%Y-%m}")
    row.locator("a[data-row]").click()
    expect(director.locator("main")).to_contain_text("申请挂账")
    expect(director.locator("main")).to_contain_text("吴斌")
    return director


def _supervised(sits_down: Sit) -> None:
    """7:30"""
    officer = sits_down("street1")
    rows = officer.locator("tbody tr")
    expect(officer.locator("h2 .count")).to_have_text(f"{rows.count()} 件")
    rows.first.locator("input[name=case]").check()
    officer.fill("input[name=note]", "请今日内处置")
    officer.keyboard.press("F4")
    _done(officer, "已督办")
    officer.get_by_role("link", name="督办件").click()
    number = officer.locator("tbody td.number").first.inner_text()
    officer.locator("tbody a[data-row]").first.click()
    officer.get_by_role("link", name=f"打印督办单 {number}").click()
    expect(officer.locator("main")).to_contain_text(number)
    expect(officer.locator("main")).to_contain_text("请今日内处置")


def _handed_over(director: Page) -> None:
    """8:20"""
    director.goto("/board/")
    expect(director.locator("main")).to_contain_text("卡在")
    red = director.locator("td a[href*='light=red']").first
    number = int(red.inner_text())
    red.click()
    expect(director.locator("tbody tr a[data-row]")).to_have_count(number)
    for name, told in (("排班", "空缺|须补正"), ("值班", r"日班[\s\S]*现在值班")):
        director.get_by_role("link", name=name, exact=True).click()
        expect(director.locator("main")).to_contain_text(re.compile(told))
    director.get_by_role("link", name="交接班", exact=True).click()
    director.fill("#notes", "文昌街道停水")
    director.keyboard.press("F2")
    _done(director, "已交班，等待接班")
    expect(director.locator("main")).to_contain_text("陈立国")


def _call(seat: Page) -> None:
    """1:00"""
    seat.goto("/register/")
    seat.fill("#phone", NUMBER)
    seat.fill("#caller", CALLER)
    seat.fill("#words", "实验小学东门路面坏了，孩子们绕着走")
    seat.click("#category")
    seat.keyboard.type("dlps")
    expect(seat.locator(".combo-list li").first).to_contain_text("道路破损")
    seat.keyboard.press("Enter")
    seat.fill("#place", "实验小学东门")
    seat.keyboard.press("Enter")  # registers nothing half filled
    seat.locator(".register-side .map canvas").first.wait_for()
    seat.locator(".register-side .map").click()
    expect(seat.locator("[data-place-words]")).to_contain_text("社区")
    seat.keyboard.press("F2")
    _done(seat, "请告知来电人编号")
    seat.goto("/desk/?tab=accept")
    seat.keyboard.press("F2")
    _done(seat, "发核实")


def _on_site(sits_down: Sit, case: Case, photo: Path) -> None:
    """2:00"""
    phone = sits_down(_inspector(case, "verify"), width=360, height=800)
    phone.locator(".ph-task").first.click()
    assert CALLER not in phone.content() and NUMBER not in phone.content()
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    phone.get_by_text("属实", exact=True).first.click()
    _photo(phone, photo)
    phone.click("button:has-text('送出')")
    _done(phone, "核实已送出")


def _filed(seat: Page, case: Case) -> None:
    """3:00"""
    seat.goto("/desk/?tab=file")
    seat.locator("#conditions input").first.check()
    seat.keyboard.press("F2")
    _done(seat, "已立案")


def _disposed(sits_down: Sit, case: Case, photos: dict[str, Path]) -> Page:
    """3:20 to 5:00: the photo of the report is doubted, the real one passes."""
    dispatcher = sits_down("wangfang")
    dispatcher.keyboard.press("F2")
    _done(dispatcher, "已派遣")
    clerk = sits_down("d01")
    assert NUMBER not in clerk.content()
    clerk.keyboard.press("F2")
    _done(clerk, "已签收")
    _feedback(clerk, photos["before"])
    dispatcher.goto("/desk/?tab=review")
    expect(dispatcher.locator("#desk")).to_contain_text("疑似重复")
    dispatcher.keyboard.press("F2")
    _done(dispatcher, "批转")
    return dispatcher


def _feedback(clerk: Page, photo: Path) -> None:
    clerk.goto("/desk/?tab=dispose")
    clerk.fill("#text", "路面已修补，恢复通行")
    _photo(clerk, photo)
    clerk.keyboard.press("F2")
    _done(clerk, "已反馈")


def _closed(sits_down: Sit, seat: Page, dispatcher: Page, case: Case, photo: Path) -> None:
    """5:30"""
    seat.goto("/desk/?tab=send_check")
    seat.keyboard.press("F2")
    _done(seat, "已发核查")
    phone = sits_down(_inspector(case, "check"), width=360, height=800)
    phone.locator(".ph-task").first.click()
    phone.get_by_text("已处置", exact=True).first.click()
    _photo(phone, photo)
    phone.click("button:has-text('送出')")
    seat.goto("/desk/?tab=close")
    expect(seat.locator(".photo img")).to_have_count(3)
    seat.keyboard.press("F2")
    _done(seat, "已结案")


def _alteration() -> str:
    """The statements of the script, by one who owns the tables and is no administrator of the database."""
    told = (CHECKOUT / "docs" / "demonstration.md").read_text(encoding="utf-8")
    return re.search(r'urbangrid psql -c "([^"]+)"', told)[1]  # type: ignore[index]


def _altered(case: Case) -> None:
    """9:00"""
    with connection.cursor() as cursor:
        cursor.execute(_alteration())
    assert case.pk == Case.objects.order_by("pk").last().pk, "the newest, as the command of the script has it"  # type: ignore[union-attr]
    assert [(fault.seq, fault.code) for fault in verify_case(case.pk)] == [(2, "column")]
    assert record_commands.verify(argparse.Namespace(jobs=1)) == 1
