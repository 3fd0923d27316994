"""The second step as an administrator meets it: scanning, typing the code, recovery codes; on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.support.city import City, restore_city
from tests.support.patience import patient
from tests.support.people import PASSWORD
from tests.support.second_step import Authenticator, demand
from urbangrid.core import clock

SIZES = {"desk": (1440, 900), "phone": (360, 800)}


@pytest.fixture
def platform(transactional_db: None) -> City:
    city = restore_city()
    demand(city)
    return city


@pytest.fixture(params=SIZES)
def page(browser: Browser, live_server: Any, platform: City, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A screen at the sign-in, with scripts that must not fail."""
    width, height = SIZES[request.param]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", base_url=live_server.url)
    shown = patient(context).new_page()
    errors: list[str] = []
    shown.on("pageerror", lambda error: errors.append(str(error)))
    shown.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
    yield shown
    context.close()
    assert errors == []


def _sign_in(page: Page, name: str) -> None:
    page.goto("/sign-in/")
    page.fill("#username", name)
    page.fill("#password", PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def _fits(page: Page) -> None:
    """Nothing needs scrolling sideways."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def _give(page: Page, code: str) -> None:
    """By keyboard alone: the field has the focus."""
    assert page.evaluate("document.activeElement.id") == "code"
    page.keyboard.type(code)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_an_administrator_sets_it_up_signs_in_by_code_and_by_recovery_code(page: Page) -> None:
    _sign_in(page, "security_admin")
    assert page.url.endswith("/second-step/set-up/")
    _fits(page)
    box = page.locator(".out-qr svg").bounding_box()
    assert box is not None and box["width"] > 150 and abs(box["width"] - box["height"]) < 2
    phone = Authenticator(page.locator(".out-key").inner_text())
    _give(page, phone.code())

    codes = page.locator(".out-codes li").all_inner_texts()
    assert len(set(codes)) == 10
    _fits(page)
    page.emulate_media(media="print")
    assert page.locator(".out-codes").is_visible() and not page.locator(".out-side").is_visible()
    page.emulate_media(media="screen")
    page.get_by_role("link", name="已存好，继续").click()
    page.wait_for_url("**/admin/rights/")

    for code in (phone.code(clock.now() + timedelta(seconds=30)), codes[3]):
        page.goto("/mine/")
        _fits(page)
        page.context.clear_cookies()
        _sign_in(page, "security_admin")
        assert page.url.endswith("/sign-in/code/")
        _fits(page)
        _give(page, code)
        page.wait_for_url("**/admin/rights/")
    page.goto("/mine/")
    assert "备用码还剩 9 个" in page.inner_text("body")

    page.context.clear_cookies()
    _sign_in(page, "security_admin")
    _give(page, codes[3])
    assert "已用过" in page.inner_text(".bad-note") and page.url.endswith("/sign-in/code/")
