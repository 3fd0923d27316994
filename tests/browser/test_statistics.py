"""统计报表 in a browser: the chart is drawn without breaking the policy, keys go down and up, figures follow, nothing scrolls sideways."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.api import paths
from tests.support.city import City
from tests.support.desk import desks

Sit = Callable[..., Page]
SIZES = ((1440, 900), (360, 800))


@pytest.mark.usefixtures("worker")
def test_the_chart_stands_beside_its_table_and_follows_what_is_filed(running: City, sits_down: Sit) -> None:
    desk = desks(running)
    paths.filed(desk, running)
    page = sits_down("leader")
    page.goto("/statistics/")
    chart, whole = page.locator("[data-chart] canvas"), page.locator("#statistic-table tfoot td").first
    expect(whole).to_have_text("1")
    box, table = chart.bounding_box(), page.locator("#statistic-table").bounding_box()
    assert box and table and box["width"] > 200 and box["height"] > 60
    assert box["x"] >= table["x"] + table["width"] or box["y"] >= table["y"] + table["height"], "beside or below, never over it"
    assert page.evaluate("document.querySelector('[data-chart] canvas').getContext('2d').getImageData(0, 0, 300, 100).data.some(Boolean)")
    expect(page.locator("#chart-words")).to_contain_text("本期受理 1 件")
    paths.filed(desk, running)
    expect(whole).to_have_text("2", timeout=5_000)  # by the live channel: nothing was pressed
    expect(page.locator("#chart-words")).to_contain_text("本期受理 2 件")
    page.get_by_role("link", name="西湖街道").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**by=community**")
    page.keyboard.press("F8")
    page.wait_for_url("**by=subdistrict**")
    page.fill("#first", "2026-01-01")
    assert page.input_value("#period") == "own", "who types a day means it"
    page.keyboard.press("F2")
    page.wait_for_url("**period=own**")
    page.goto("/statistics/")
    box = page.locator("[data-chart] canvas").bounding_box()
    assert box
    page.mouse.click(box["x"] + 130, box["y"] + 30)
    page.wait_for_url("**/statistics/cases/**")
    expect(page.locator("[data-case]")).to_have_count(2)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for path in ("/statistics/", "/statistics/?by=day", "/statistics/cases/"):
            page.goto(path)
            found, inner = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
            assert found <= inner, (path, width, found)
    page.goto("/statistics/")
    page.emulate_media(media="print")
    expect(page.locator("[data-chart]")).to_be_hidden()
    expect(page.locator("#statistic-table")).to_be_visible()
    page.set_viewport_size({"width": 688, "height": 1000})  # A4 between its margins
    assert page.evaluate("document.getElementById('statistic-table').getBoundingClientRect().right <= window.innerWidth")
