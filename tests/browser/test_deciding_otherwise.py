"""Words typed for one decision go along when one decides otherwise, and never come back with the opposite one."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.api import paths
from tests.support.city import City
from tests.support.desk import desks
from urbangrid.cases import detail

WORDS = "照片与上报时相同，看不出已修复"


def test_what_was_typed_beside_rework_goes_with_it_and_not_with_the_next_approval(
    running: City, sits_down: Callable[..., Page]
) -> None:  # fmt: skip
    desk = desks(running)
    case = paths.dispatched(desk, running)
    paths.fed_back(desk, case)
    page = sits_down("dispatcher")
    page.goto("/desk/?tab=review")
    page.fill("form[data-draft] #note", WORDS)
    expect(page.locator("form[data-draft] #note")).to_have_value(WORDS)
    page.wait_for_timeout(600)  # the draft is kept by now
    page.keyboard.press("F8")
    dialog = page.locator("dialog#rework")
    expect(dialog.locator("textarea")).to_have_value(WORDS)
    dialog.locator("label.pick").first.click()
    page.keyboard.press("F2")
    page.wait_for_selector("[data-toast]")
    view = detail.view(running.acting("dispatcher"), int(case))
    line = next(line for line in view.story if line.action == "rework")
    assert WORDS in "".join(str(said) for said in line.said)
    desk("clerk").done(case, "feedback", text="重新修补", handled_by="何建", files=[desk("clerk").send_photo("white")])
    page.goto("/desk/?tab=review")
    expect(page.locator("form[data-draft] #note")).to_have_value("")


def test_a_key_presses_nothing_in_a_dialog_that_is_closed(running: City, sits_down: Callable[..., Page]) -> None:
    desk = desks(running)
    case = paths.dispatched(desk, running)
    paths.fed_back(desk, case)
    paths.to_check(desk, case)
    paths.checked(desk, case)
    page, said = sits_down("seat_agent"), list[str]()
    page.on("console", lambda told: said.append(told.text))
    page.goto(f"/case/{case}/")
    assert page.locator("dialog:not([open]) [data-key='F2']").count() > 0
    page.keyboard.press("F2")
    page.wait_for_timeout(300)
    assert not [one for one in said if "not focusable" in one]


def test_another_unit_stands_in_its_field_after_a_refusal(running: City, sits_down: Callable[..., Page]) -> None:
    paths.filed(desks(running), running)
    page = sits_down("dispatcher")
    page.goto("/desk/?tab=dispatch")
    page.fill("#unit", "")
    page.locator("#unit").press_sequentially("yl")
    page.locator("#unit ~ .combo-list li").first.click()
    chosen = page.input_value("#unit")
    needing = page.evaluate("[...document.querySelector('#reason').options].find(one => /权属/.test(one.text)).value")
    page.select_option("#reason", needing)
    page.keyboard.press("F2")
    page.wait_for_load_state()
    expect(page.locator(".field:has(#opinion) .bad-note")).to_contain_text("请写在派遣意见里")
    expect(page.locator("#unit")).to_have_value(chosen)
    expect(page.locator("[data-unit-word]")).to_have_text(chosen)
