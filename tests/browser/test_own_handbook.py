"""本市修订 in a browser: the administrator writes at her desk, the inspector reads it on her phone (HD-3.1.3-m)."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.support.city import City

Sit = Callable[..., Page]


def _fits(page: Page) -> None:
    found, inner = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert found <= inner, (page.url, found, inner)


def test_a_section_is_written_at_the_desk_and_read_on_the_phone(running: City, sits_down: Sit) -> None:
    page = sits_down("system_admin")
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto("/guide/inspector/")
    page.get_by_role("link", name="写本市规定").click()
    page.fill("#text", "每件拍**近景和远景**各一张。\n\n- 雨天先看积水\n- 夜间两人同行")
    page.get_by_role("button", name="预览").click()
    expect(page.locator(".gu-side strong")).to_have_text("近景和远景")
    _fits(page)
    page.fill("#reason", "市里的拍照要求")
    page.keyboard.press("F2")
    page.wait_for_url("**/guide/inspector/#own")
    expect(page.locator("#own")).to_be_in_viewport()
    _fits(page)
    phone = sits_down("inspector")
    phone.set_viewport_size({"width": 360, "height": 800})
    phone.goto("/guide/inspector/")
    phone.get_by_role("link", name="本市规定").click()
    expect(phone.locator(".gu-own")).to_contain_text("雨天先看积水")
    expect(phone.locator(".gu-own .chip")).to_have_text("本市修订")
    assert phone.get_by_role("link", name="写本市规定").count() == 0
    phone.get_by_role("link", name="历次修订").click()
    expect(phone.get_by_role("cell", name="市里的拍照要求")).to_be_visible()
    _fits(phone)
    for name in ("command", "supervision", "handling"):
        phone.goto(f"/guide/manuals/{name}/")
        expect(phone.locator("h1")).to_be_visible()
        _fits(phone)
