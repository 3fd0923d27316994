"""Contacts, regulations, handbooks and the style page at a desk and on a phone: nothing is cut, a number is a finger wide, the tree finds
its unit, two keys open the handbook; the clerk's guide is two pages of A4, in English too (HD-13.4)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tests.api import paths
from tests.support.city import City
from tests.support.desk import Desk
from urbangrid.accounts.models import User
from urbangrid.cases.models import Case
from urbangrid.catalog import regulations_writing
from urbangrid.catalog.regulations_writing import DocumentInputs
from urbangrid.guides import shelf

Sit = Callable[..., Page]
TEXT = "第一章　总则\n第一条　道路破损的，养护单位应当及时修复。" + "修复前应当设置围护。" * 30
FITS = "document.documentElement.scrollWidth <= innerWidth"


@pytest.mark.requirement("HD-13.4")
def test_a_phone_calls_by_a_tap_and_reads_regulations_and_handbooks_which_fit_screen_and_paper(running: City, sits_down: Sit) -> None:
    User.objects.filter(pk=running.acting("second_inspector").user_id).update(phone="5550-1234")
    row = regulations_writing.publish(running.acting("policy_officer"), DocumentInputs("样城区道路管理办法", "regulation", TEXT)).row
    phone = sits_down("inspector", width=360, height=800)
    phone.get_by_role("link", name="通讯录").click()
    call = phone.locator("a[href='tel:5550-1234']")
    expect(call).to_be_visible()
    box = call.bounding_box()
    assert box is not None and box["height"] >= 44
    assert phone.evaluate(FITS)
    phone.goto("/phone/")
    phone.get_by_role("link", name="法规手册").click()
    phone.fill("#typed", "及时修复")
    phone.keyboard.press("Enter")
    expect(phone.locator(".found mark")).to_have_text("及时修复")
    assert phone.evaluate(FITS)
    phone.locator(".found").click()
    expect(phone.locator("#s-1 mark")).to_have_text("及时修复")
    assert phone.evaluate(FITS)
    desk = sits_down("system_admin", width=1440, height=900)
    for width in (1440, 360):
        desk.set_viewport_size({"width": width, "height": 800})
        for address in ("/contacts/", "/style/", "/catalog/regulations/", f"/catalog/regulations/{row.pk}/", "/catalog/regulations/new/"):
            desk.goto(address)
            assert desk.evaluate(FITS), (width, address)
    _handbook_in_two_keys(desk)
    phone.goto("/phone/")
    phone.locator(".ug-me summary").click()
    phone.get_by_role("link", name="使用手册").click()
    expect(phone.locator("h1")).to_have_text("监督员")
    for language, words in ((shelf.CHINESE, "超时"), (shelf.ENGLISH, "overdue")):
        _in_language(phone, language)
        for address in (*(f"/guide/{name}/" for name in shelf.DESKS), f"/guide/?words={words}"):
            phone.goto(address)
            assert phone.locator(f"main [lang={language}]").count() and phone.evaluate(FITS), (language, address)


def _handbook_in_two_keys(desk: Page) -> None:
    """F1, F2; what was open stays open. The clerk's guide has its pictures and two sheets, in either language."""
    desk.set_viewport_size({"width": 1440, "height": 900})
    desk.keyboard.press("F1")
    expect(desk.locator("#help[open]")).to_be_visible()
    with desk.expect_popup() as opened:
        desk.keyboard.press("F2")
    guide = opened.value
    expect(guide.locator("h1")).to_have_text("系统管理员")
    expect(desk.locator("#help")).to_be_visible()
    guide.keyboard.press("F3")
    guide.keyboard.type("返工")
    guide.keyboard.press("Enter")
    expect(guide.locator(".gu-hit mark").first).to_have_text("返工")
    guide.goto("/guide/department/")
    assert guide.evaluate("document.images.length > 0 && [...document.images].every((one) => one.complete && one.naturalWidth > 0)")
    assert guide.evaluate(FITS)
    assert _sheets(guide) == 2
    _in_language(guide, shelf.ENGLISH)
    for name in (shelf.EVERYBODY, "department"):
        guide.goto(f"/guide/{name}/")
        expect(guide.locator("article")).to_have_attribute("lang", shelf.ENGLISH)
        assert _sheets(guide) == 2, name
    _in_language(guide, shelf.CHINESE)


def _sheets(page: Page) -> int:
    """How many of A4."""
    return len(re.findall(rb"/Type /Page\b", page.pdf(prefer_css_page_size=True)))


def _in_language(page: Page, code: str) -> None:
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": code, "url": page.evaluate("location.origin")}])


def test_a_list_on_a_phone_says_before_each_value_what_it_is(running: City, sits_down: Sit) -> None:
    known: dict[str, Desk] = {}
    case = paths.dispatched(lambda name: known.setdefault(name, Desk(running, name)), running)
    page = sits_down("duty_director", width=360, height=800)
    page.goto("/urge/?span=all")
    row = page.locator("table.stacks tbody tr")
    expect(row).to_have_count(1)
    for head, value in (("单位", "市政所"), ("环节", "待签收"), ("地点", "大柳树路南侧")):
        cell = row.locator(f"td[data-label='{head}']")
        expect(cell).to_contain_text(value)
        assert head in cell.evaluate("cell => getComputedStyle(cell, '::before').content"), head
    assert page.evaluate(FITS)
    page.set_viewport_size({"width": 1366, "height": 768})
    assert row.locator("td[data-label='单位']").evaluate("cell => getComputedStyle(cell, '::before').content") == "none", "the head stands"
    expect(page.locator(f"a[href='/case/{case}/']")).to_be_visible()


def test_a_row_of_the_departments_list_opens_wherever_it_is_pressed_but_for_its_box(running: City, sits_down: Sit) -> None:
    """Who presses a place or a number and then F2 acts on that case, not on the first of the list."""
    at = {name: Desk(running, name) for name in running.cast}.__getitem__
    cases = [paths.dispatched(at, running) for _number in range(2)]
    page = sits_down("clerk")
    rows = page.locator("[data-rows=receive] tr")
    opened = page.locator("[data-rows=receive] tr.on [data-row]")
    expect(rows).to_have_count(2)
    last = rows.last.locator("[data-row]").get_attribute("data-case")
    assert last in cases and opened.get_attribute("data-case") != last
    rows.last.locator("input[type=checkbox]").uncheck()
    assert opened.get_attribute("data-case") != last, "a box is ticked where one stands"
    number = rows.last.locator("td.number").bounding_box()
    assert number is not None
    page.mouse.click(number["x"] + 10, number["y"] + 10)
    expect(opened).to_have_attribute("data-case", last)
    page.keyboard.press("F2")
    expect(page.locator("[data-toast]")).to_contain_text("已签收")
    assert Case.objects.get(pk=last).state == "disposing"
