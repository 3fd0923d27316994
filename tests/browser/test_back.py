"""Back and F5 after a refused form: the page that the form stood on, never the browser's own, and what was typed is there."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.api import paths
from tests.support.city import City
from tests.support.desk import desks

LONG = "长" * 2_013


def _given(page: Page) -> None:
    page.click("button[data-key='F2']:visible")
    page.wait_for_load_state()
    expect(page.locator("#fault")).to_be_visible()


def test_a_text_too_long_is_counted_refused_and_still_there_after_back(running: City, sits_down: Callable[..., Page]) -> None:
    desk = desks(running)
    case = paths.dispatched(desk, running)
    desk("clerk").done(case, "receive")
    page = sits_down("clerk")
    page.goto("/contacts/")
    page.goto("/desk/?tab=dispose")
    page.fill("#text", LONG)
    expect(page.locator("#text + .most")).to_have_text("2,013 / 2,000，请删去 13 字")
    for _ in range(2):
        _given(page)
        expect(page.locator(".field.bad .bad-note")).to_contain_text("有 2013 字，最多 2000 字，请删去 13 字")
        assert page.input_value("#text") == LONG
    for _ in range(2):
        page.go_back()
        page.wait_for_load_state()
        assert page.url.endswith("/desk/?tab=dispose") and page.input_value("#text") == LONG
    page.go_back()
    assert page.url.endswith("/contacts/")
    page.go_forward()
    page.reload()
    assert page.input_value("#text") == LONG


def test_back_after_a_form_that_was_refused_and_then_taken(running: City, sits_down: Callable[..., Page]) -> None:
    case = paths.dispatched(desks(running), running)
    page = sits_down("dispatcher")
    page.goto(f"/case/{case}/")
    page.click("[data-open='coordinate']")
    dialog = page.locator("dialog#coordinate")
    dialog.locator("textarea").fill("议定由市政处置")
    dialog.locator("[name='met_at']").evaluate("field => { field.type = 'text'; field.value = 'morgen'; }")
    dialog.locator("button[data-key='F2']").click()
    page.wait_for_load_state()
    expect(dialog.locator(".bad-note").first).to_be_visible()
    assert dialog.locator("textarea").input_value() == "议定由市政处置" and page.url.endswith(f"/case/{case}/")
    dialog.locator("[name='met_at']").fill("2026-01-05T09:00")
    dialog.locator("button[data-key='F2']").click()
    page.wait_for_selector("[data-toast]")
    page.go_back()
    page.wait_for_load_state()
    assert page.url.endswith(f"/case/{case}/") and page.locator("h1, h2").count() > 3


def test_back_after_a_wrong_password(running: City, sits_down: Callable[..., Page]) -> None:
    page = sits_down("clerk")
    page.context.clear_cookies()
    page.goto("/sign-in/?next=/search/")
    for word in ("falsch", "noch falscher"):
        page.fill("#username", "clerk")
        page.fill("#password", word)
        page.click("button.tall")
        page.wait_for_load_state()
        expect(page.locator(".bad-note")).to_be_visible()
    page.go_back()
    page.wait_for_load_state()
    assert page.url.endswith("/sign-in/?next=/search/") and page.locator("#password").count() == 1
