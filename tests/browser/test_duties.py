"""Who is responsible, by the keyboard: a unit by its number, an article into the reply; the registers fit a desk and a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.api import paths
from tests.browser.test_other_ways import reported
from tests.support.city import City
from tests.support.desk import Desk
from urbangrid.cases.models import Case
from urbangrid.catalog import cache
from urbangrid.catalog.models import LegalArticle, Responsibility

Sit = Callable[..., Page]


def test_the_dispatcher_takes_the_second_unit_by_its_number_and_says_why(running: City, sits_down: Sit) -> None:
    row, gardens = Responsibility.objects.get(), running.acting("other_clerk")
    Responsibility.objects.create(
        platform=running.platform, category_id=row.category_id, entry_name=row.entry_name, kind=row.kind, code=row.code,
        unit_id=gardens.unit_id, unit_name=gardens.unit_name, position=2, rule="绿地内的道路",
    )  # fmt: skip
    cache.changed()
    reported(running)
    seat = sits_down("seat_agent")
    seat.keyboard.press("F2")
    expect(seat.locator("[data-toast]")).to_contain_text("已立案")
    page = sits_down("dispatcher")
    expect(page.locator("#desk")).to_contain_text("责任清单列有 2 家单位")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("2")
    expect(page.locator("[data-unit-text]")).to_have_value("园林所")
    page.keyboard.press("F2")
    expect(page.locator(".bad-note")).to_contain_text("没有规则可定")
    expect(page.locator("[data-unit-text]")).to_have_value("园林所")
    page.select_option("#reason", "place")
    page.keyboard.press("F2")
    expect(page.locator("[data-toast]")).to_contain_text("已派遣")
    assert Case.objects.get().handler_unit_id == gardens.unit_id


def test_a_refused_application_stands_open_again_with_the_sentence_at_its_field_and_what_was_typed(running: City, sits_down: Sit) -> None:
    known: dict[str, Desk] = {}
    case = paths.dispatched(lambda name: known.setdefault(name, Desk(running, name)), running)
    known.setdefault("clerk", Desk(running, "clerk")).done(case, "receive")
    page = sits_down("clerk")
    page.locator("[data-open='ask-extension']").click()
    dialog = page.locator("dialog[open]")
    page.keyboard.press("2")
    expect(dialog.locator("input[name=reason]").nth(1)).to_be_checked()
    page.keyboard.press("ArrowUp")
    expect(dialog.locator("input[name=reason]").nth(0)).to_be_checked()
    expect(page.locator("dialog[open]")).to_have_count(1)
    dialog.locator("[name=until]").fill("2020-01-01T10:00")
    dialog.locator("[name=note]").fill("等材料")
    page.keyboard.press("F2")
    expect(dialog.locator(".field.bad .bad-note")).to_contain_text("请您改选一个日期")
    expect(dialog.locator("[name=note]")).to_have_value("等材料")
    expect(dialog.locator("[name=until]")).to_have_value("2020-01-01T10:00")
    expect(dialog.locator("input[name=reason]").first).to_be_checked()
    page.reload()  # the page that the form stood on
    expect(page.locator("[data-open='ask-extension']")).to_be_visible()
    page.goto(f"/case/{case}/act/ask_extension/")  # the address of a form, opened by hand: a page that says what to do
    expect(page.locator("body")).to_contain_text("请您回到待办")


def article(running: City, text: str) -> None:
    LegalArticle.objects.create(platform=running.platform, title="样城区道路管理办法", number="第九条", text=text)
    cache.changed()


def test_the_seat_puts_an_article_into_the_reply_where_the_cursor_stands(running: City, sits_down: Sit) -> None:
    article(running, "应当及时修复。")
    desks = {name: Desk(running, name) for name in ("seat_agent", "dispatcher", "clerk", "inspector", "second_inspector", "far_inspector")}
    at = desks.__getitem__
    case = paths.accept(at, paths.request(at, running)["report_id"], "send_verification")
    who = next(
        name for name in ("inspector", "second_inspector") if any(row["case_id"] == case for row in at(name).get("/queues/verify").body)
    )
    at(who).done(case, "verify", answer="true", files=[at(who).send_photo()])
    at("seat_agent").done(case, "file", category_id=str(running.category().id), condition_id=str(running.condition()))
    at("dispatcher").done(case, "dispatch", unit_id=str(at("clerk").who.unit_id))
    paths.fed_back(at, case)
    paths.to_check(at, case)
    paths.checked(at, case)
    page = sits_down("seat_agent")
    page.goto("/desk/?tab=close")
    page.fill("#reply", "您好。谢谢。")
    page.evaluate("document.getElementById('reply').setSelectionRange(3, 3)")
    page.keyboard.press("F6")
    page.keyboard.press("1")
    expect(page.locator("#reply")).to_have_value("您好。《样城区道路管理办法》第九条：应当及时修复。谢谢。")
    page.keyboard.press("F2")
    expect(page.locator("[data-toast]")).to_contain_text("已结案")
    assert "第九条" in Case.objects.get().reply


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (360, 800)])
def test_the_registers_have_no_horizontal_scroll(running: City, sits_down: Sit, width: int, height: int) -> None:
    article(running, "道路破损的，应当及时修复。" * 12)
    page = sits_down("system_admin")
    page.set_viewport_size({"width": width, "height": height})
    row = Responsibility.objects.get()
    names = ("responsibility", "unsettled", "new_responsibility", "companies", "new_company", "law")
    for address in (*(reverse(f"catalog:{name}") for name in names), reverse("catalog:responsibility_row", args=[row.pk])):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_without_a_script_a_refused_form_stands_open_with_what_was_typed(running: City, sits_down: Sit) -> None:
    known: dict[str, Desk] = {}
    case = paths.dispatched(lambda name: known.setdefault(name, Desk(running, name)), running)
    known.setdefault("clerk", Desk(running, "clerk")).done(case, "receive")
    page = sits_down("clerk", scripts=False)
    page.goto(f"/case/{case}/?ask=extension")
    dialog = page.locator("dialog[open]")
    dialog.locator("input[name=reason]").first.check()
    dialog.locator("[name=until]").fill("2020-01-01T10:00")
    dialog.locator("[name=note]").fill("等材料")
    dialog.locator("footer .btn-primary").click()
    expect(dialog.locator(".field.bad .bad-note")).to_contain_text("请您改选一个日期")
    expect(dialog.locator("[name=note]")).to_have_value("等材料")
    expect(dialog.locator("footer .btn-primary")).to_be_in_viewport()
