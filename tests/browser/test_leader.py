"""The leader's page and the daily sheet in a browser: everything fits, an instruction goes out in three taps, the map leads to its list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.api import paths
from tests.browser.test_plans import fits
from tests.support.city import City
from tests.support.desk import desks
from urbangrid.cases.actions import daily_sheets
from urbangrid.cases.models import Case, DailySheet
from urbangrid.core import clock
from urbangrid.service_requests import queries as requests

Sit = Callable[..., Page]


def test_a_leader_reads_taps_a_number_and_sends_an_instruction(running: City, sits_down: Sit) -> None:
    desk = desks(running)
    with clock.travel(clock.now() - timedelta(days=30)):
        case = paths.dispatched(desk, running)
    Case.objects.filter(pk=case).update(urgent=True)
    assert daily_sheets.make(running.platform, requests.due_until) is not None
    page = sits_down("leader")
    fits(page, "/leader/", "/leader/?map=on_time", "/leader/list/?what=overdue", "/leader/list/?what=reported", "/daily/")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/leader/")
    six, worst, hands, areas = (page.locator(f".leader > .{name}").bounding_box() for name in ("six", "worst", "hands", "areas"))
    assert six and worst and hands and areas
    assert six["y"] < worst["y"] < hands["y"] and areas["x"] > hands["x"] + hands["width"] - 1
    assert hands["y"] + 200 < 900, "whose hands is seen without scrolling"
    page.locator(".worst-do a", has_text="批示").first.click()
    page.locator(".say-chip", has_text="今日恢复").click()
    page.keyboard.press("F2")
    expect(page.locator("[data-toast]")).to_contain_text("批示已送出")
    expect(page.locator(".own")).to_contain_text("今日恢复")
    page.locator(".six a[data-figure=overdue]").click()
    expect(page.locator("[data-total]")).to_have_attribute("data-total", "1")
    page.keyboard.press("F8")
    page.wait_for_url("**/leader/")
    page.locator(".area-map a").first.click()
    expect(page.locator("[data-total]")).to_have_attribute("data-total", "1")
    page.goto("/daily/")
    assert DailySheet.objects.get().text in page.locator(".daily-main").inner_text()
    paper = page.locator(".daily-paper").bounding_box()
    assert paper and paper["width"] <= 796


def test_from_the_words_of_a_newspaper_to_the_story_of_the_case_without_the_mouse(running: City, sits_down: Sit) -> None:
    """L3: a key, the words as they were printed, and the case's story in at most eight lines."""
    desk = desks(running)
    meant = paths.dispatched(desk, running)
    paths.fed_back(desk, meant)
    page = sits_down("leader")
    page.keyboard.press("/")
    page.keyboard.insert_text("市民来信：大柳树路南侧路面坑洼多日，电动车摔了两回")
    page.keyboard.press("Enter")
    rows = page.locator("tr [data-row]")
    expect(rows.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/case/{meant}/")
    assert 4 <= page.get_by_label("八行经过").locator("li").count() <= 8
    page.keyboard.press("F8")
    page.wait_for_url("**/search/**")
