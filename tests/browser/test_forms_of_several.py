"""Rows that are added, units that are collected by initials, a point chosen on the map of 更正: without a script in the page."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from playwright.sync_api import Page, expect

from tests.browser.test_other_ways import reported
from tests.support.city import City
from urbangrid.cases.actions import intake
from urbangrid.cases.models import Case, CaseRelation, Report, WorkItem

Sit = Callable[..., Page]


def _fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_two_more_cases_a_corrected_point_and_a_helper(running: City, sits_down: Sit) -> None:
    reported(running)
    with transaction.atomic():
        case = intake.accept(running.acting("seat_agent"), Report.objects.get().pk, "file", {})
    director = sits_down("duty_director")
    director.goto(f"/case/{case.pk}/")
    _split(director)
    assert CaseRelation.objects.filter(case=case, kind="split").count() == 2
    _correct(director)
    dispatcher = sits_down("dispatcher")
    dispatcher.goto(f"/desk/?tab=dispatch&item={WorkItem.objects.get(case=case, kind='dispatch', closed_at=None).pk}")
    _collect(dispatcher)
    assert Case.objects.count() == 3


def _split(director: Page) -> None:
    """Rows up to nine and down to two, the last one of another class by its initials."""
    director.get_by_role("button", name="拆分").click()
    rows = director.locator("#split-parts > [data-part]")
    expect(rows).to_have_count(1)
    expect(rows.first.locator("input[name=part-0-condition_id]").first).to_be_attached()
    expect(rows.first.locator("[data-drop-row]")).to_be_hidden()
    for _time in range(8):
        director.locator("[data-add-row]").click()
    expect(rows).to_have_count(9)
    expect(director.locator("[data-add-row]")).to_be_hidden()
    for _time in range(7):
        rows.last.locator("[data-drop-row]").click()
    expect(rows).to_have_count(2)
    rows.last.locator("input[type=text]").first.fill("dlps")
    director.keyboard.press("Enter")
    expect(rows.last.locator("input[type=radio]").first).to_be_checked()
    for width in (1440, 360):
        director.set_viewport_size({"width": width, "height": 800})
        assert _fits(director), width
    director.set_viewport_size({"width": 1366, "height": 768})
    director.locator("#move-split input[name=reason]").first.check()
    director.locator("#move-split footer .btn-primary").click()
    expect(director.locator("[data-toast]")).to_contain_text("已拆分")


def _correct(director: Page) -> None:
    """A point on the map of the form."""
    director.get_by_role("button", name="更正").click()
    before = director.locator("#correct-form [data-place-words]").inner_text()
    director.locator("#correct-form .map canvas").first.wait_for()
    director.locator("#correct-form .map").click(position={"x": 60, "y": 60})
    expect(director.locator("#correct-form [data-place-words]")).not_to_have_text(before)
    director.locator("#correct-form input[name=reason][value=place]").check()
    director.locator("#correct-form footer .btn-primary").click()
    expect(director.locator("[data-toast]")).to_contain_text("已更正")
    expect(director.locator(".story")).to_contain_text("原位置 → 移动")


def _collect(dispatcher: Page) -> None:
    """A helping unit by its initials, and away again."""
    marks = dispatcher.locator("#assist-units .chip")
    for typed in ("yls", "yls"):  # chosen twice it stands once
        dispatcher.keyboard.press("F6")
        dispatcher.locator("#assist").press_sequentially(typed)
        expect(dispatcher.locator("[data-many] .combo-list li").first).to_contain_text("园林所")
        dispatcher.keyboard.press("Enter")
        expect(dispatcher.locator("#assist")).to_have_value("")
    expect(marks).to_have_count(1)
    dispatcher.get_by_role("button", name="不要协办 园林所").click()
    expect(marks).to_have_count(0)
    assert _fits(dispatcher)
