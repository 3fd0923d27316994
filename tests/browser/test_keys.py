"""Each post's script by the keyboard alone: filing and dispatching in at most eight keys, receiving, approving, reviewing, closing
(desks.md S3, S4, P1, D2, "Keys in every desk"). The mouse is never used; a photo is chosen where the system's own dialog would stand."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api import paths
from tests.browser.test_other_ways import reported
from tests.support.city import City, picture
from tests.support.desk import Desk
from urbangrid.cases.models import Case, CaseRequest
from urbangrid.core import clock

Sit = Callable[..., Page]
MOST = 8
"""Keys of a filing or a dispatch (issue: living centre)."""
GUARD = "document.addEventListener('click', (e) => { if (e.detail > 0) throw new Error('a mouse was used'); }, true)"
"""A key that presses a button clicks too, with a detail of 0."""


class Keyboard:
    """Keys pressed at one desk since its page was opened."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    def __call__(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def reach(self, selector: str, most: int = 60) -> None:
        """Tab until the focus is there: what cannot be reached so cannot be used without a mouse."""
        for _step in range(most):
            if self.page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{selector} is not reached by the Tab key")

    def says(self, words: str, most: int) -> None:
        """What the next page says, with no more keys than that; the count begins anew."""
        expect(self.page.locator("[data-toast]")).to_contain_text(words)
        assert self.pressed <= most, f"{words}: {self.pressed} keys"
        self.pressed = 0


def without_mouse(page: Page) -> None:
    """From now on a click of a mouse is an error of the page, of this one and of all that follow it."""
    page.context.add_init_script(GUARD)
    page.evaluate(GUARD)


@pytest.fixture
def keyboard(sits_down: Sit) -> Callable[[str], Keyboard]:
    """The desk that opens after signing in, and the keys pressed there; a click of a mouse would fail the test."""

    def at(name: str) -> Keyboard:
        page = sits_down(name)
        without_mouse(page)
        return Keyboard(page)

    return at


def test_a_click_is_caught_on_every_page_that_follows_and_a_key_is_not(browser: Browser) -> None:
    page = browser.new_context().new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(error.message))
    without_mouse(page)
    for _page in range(2):
        page.goto("data:text/html,<button>x</button>")
        page.locator("button").press("Enter")
        with page.expect_event("pageerror"):
            page.locator("button").click()
    assert errors == ["a mouse was used"] * 2
    page.context.close()


def test_seat_and_dispatcher_file_and_dispatch_in_eight_keys_at_most(running: City, keyboard: Callable[[str], Keyboard]) -> None:
    for _number in range(2):
        reported(running)
    seat = keyboard("seat_agent")
    seat("F2")
    seat.says("已立案", 1)
    seat("F3", *"dlps")
    expect(seat.page.locator(".combo-list li").first).to_contain_text("道路破损")
    seat("Enter")
    expect(seat.page.locator("#conditions input").first).to_be_checked()
    seat("F2")
    seat.says("已立案", MOST)
    dispatcher = keyboard("dispatcher")
    dispatcher("F2")
    dispatcher.says("已派遣", 1)
    dispatcher("F3", "y")
    expect(dispatcher.page.locator(".combo-list li").first).to_contain_text("园林所")
    dispatcher("Enter", "Tab", "End", "ArrowUp", "ArrowUp", "F2")
    dispatcher.says("已派遣", MOST)
    assert set(Case.objects.values_list("handler_unit_id", flat=True)) == {running.acting(one).unit_id for one in ("clerk", "other_clerk")}


def test_clerk_approver_dispatcher_and_seat_bring_a_case_to_its_end(
    running: City, keyboard: Callable[[str], Keyboard], tmp_path: Path
) -> None:  # fmt: skip
    desks = {name: Desk(running, name) for name in running.cast}
    at = desks.__getitem__
    case = paths.dispatched(at, running)
    clerk = keyboard("clerk")
    clerk("F2")
    clerk.says("已签收", 1)
    at("clerk").done(case, "ask_extension", reason="weather", note="有雨", until=(clock.now() + timedelta(days=2)).isoformat())
    approver = keyboard("command_director")
    approver.reach("a[href='/approvals/']")
    approver("Enter")
    expect(approver.page.locator("h2").first).to_contain_text("待审批")
    approver.reach("input[name=request]")
    approver("Space", "F2")
    expect(approver.page.locator("[data-toast]")).to_contain_text("已同意 1 件")
    assert CaseRequest.objects.get().state == "granted"
    _feedback(clerk, tmp_path)
    dispatcher = keyboard("dispatcher")
    dispatcher("F2")
    dispatcher.says("批转", 1)
    seat = keyboard("seat_agent")
    seat("F2")
    seat.says("已发核查", 1)
    paths.checked(at, case)
    seat.page.goto("/")
    seat("F2")
    seat.says("已结案", 1)
    assert Case.objects.get().state == "closed"


def _feedback(clerk: Keyboard, folder: Path) -> None:
    """The words typed, the photo chosen in the dialog that the key opens."""
    path = folder / "photo.jpg"
    path.write_bytes(picture("olive", (640, 480)))
    clerk.page.goto("/")
    clerk.reach("#text")
    clerk.page.keyboard.insert_text("路面已修补")
    clerk.page.set_input_files("input[type=file]", path)
    expect(clerk.page.locator("[data-upload-list] input[name=files]")).to_have_count(1, timeout=15_000)
    clerk.pressed = 0
    clerk("F2")
    clerk.says("已反馈", 1)


def test_head_sub_district_squad_and_administrator_do_theirs_by_keys_too(running: City, keyboard: Callable[[str], Keyboard]) -> None:
    known: dict[str, Desk] = {}

    def at(name: str) -> Desk:
        return known.setdefault(name, Desk(running, name))

    paths.filed(at, running, complex=True)
    head = keyboard("head")
    head("F2")
    head.says("已签发", 1)
    paths.dispatched(at, running)
    officer = keyboard("subdistrict_officer")
    officer.page.goto("/area/")
    officer("F3")
    officer.reach("input[name=note]")
    officer.page.keyboard.insert_text("请今日处置并回复")
    officer("F4")
    officer.says("督办", 2)
    assert CaseRequest.objects.filter(kind="order").exists()
    leader = keyboard("squad_leader")
    leader.page.goto("/area/")
    leader("ArrowDown")
    expect(leader.page).to_have_url(re.compile(r"/case/\d+/"))
    admin = keyboard("system_admin")
    admin.page.goto("/admin/")
    admin.reach("#typed")
    admin.page.keyboard.insert_text("szs")
    admin("Enter")
    admin.page.wait_for_url("**typed=*")
    admin.reach("td a")
    admin("Enter")
    expect(admin.page).to_have_url(re.compile(r"/admin/units/\d+/"))


def test_a_key_held_down_decides_one_case_and_not_the_next(running: City, sits_down: Sit) -> None:
    """Keys repeat while they are down, on the next page too; a fresh press acts again."""
    for _number in range(3):
        reported(running)
    page = sits_down("seat_agent")
    page.goto("/desk/?tab=accept")
    page.keyboard.down("F2")
    expect(page.locator("[data-toast]")).to_contain_text("已立案")
    for _repeat in range(5):
        page.keyboard.down("F2")
        page.wait_for_timeout(60)
    assert Case.objects.count() == 1
    page.keyboard.up("F2")
    with page.expect_navigation():
        page.keyboard.press("F2")
    expect(page.locator("[data-toast]")).to_contain_text("已立案")
    assert Case.objects.count() == 2
