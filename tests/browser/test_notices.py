"""A note to the unit: the bell rings at its desk, the case bears a mark, and the writer sees 已读, all without loading a page anew."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from tests.support.city import INSIDE, City, photo
from urbangrid.cases.actions import intake, perform
from urbangrid.cases.actions.inputs import ReportInputs

Sit = Callable[..., Page]
SECONDS = 5_000
"""desks.md B5, in milliseconds."""
_serial = itertools.count(1)


def dispatched(city: City) -> int:
    """A case that waits at 市政所 to be received."""
    inspector, seat = city.acting("inspector"), city.acting("seat_agent")
    asked = ReportInputs(
        "inspector", f"note-{next(_serial)}", category_id=city.category().id, condition_id=city.condition(), place_text="大柳树路 86 号",
        longitude=INSIDE[0], latitude=INSIDE[1], files=(photo(inspector),),
    )  # fmt: skip
    with transaction.atomic():
        case = intake.accept(seat, intake.report(inspector, asked).pk, "file", {})
        return perform(city.acting("dispatcher"), case.pk, "dispatch", case.seq, {"unit_id": city.acting("clerk").unit_id}).pk


def no_wider_than_its_window(page: Page) -> None:
    width, inner = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width <= inner, (page.url, width, inner)


@pytest.mark.usefixtures("worker")
def test_a_note_to_the_unit_appears_at_its_desk_and_its_reading_at_the_writers(running: City, sits_down: Sit) -> None:
    case = dispatched(running)
    clerk, officer = sits_down("clerk"), sits_down("subdistrict_officer", width=1440, height=900)
    clerk.goto("/desk/?tab=receive")
    expect(clerk.locator("[data-bell-count]")).to_have_text("1", timeout=SECONDS)
    officer.goto(f"/case/{case}/")
    officer.fill("#comment-text", "门前老人多，请先设围挡")
    officer.locator("#talk button.btn-primary").click()
    expect(officer.locator("[data-talk-list]")).to_contain_text("请先设围挡", timeout=SECONDS)
    expect(officer.locator("[data-talk-list]")).to_contain_text("未读")
    expect(clerk.locator("[data-bell-count]")).to_have_text("2", timeout=SECONDS)
    expect(clerk.locator(f'.talked[data-case="{case}"]')).to_have_count(1, timeout=SECONDS)
    officer.fill("#comment-text", "再说一句")
    clerk.goto(f"/case/{case}/")
    expect(officer.locator("[data-talk-list]")).to_contain_text("已读 市政所 何建", timeout=SECONDS)
    assert officer.input_value("#comment-text") == "再说一句", "what arrives disturbs nobody's typing"
    no_wider_than_its_window(officer)
    for path in ("/notices/", "/watching/", f"/case/{case}/talk/"):
        clerk.goto(path)
        no_wider_than_its_window(clerk)
    clerk.set_viewport_size({"width": 360, "height": 800})
    for path in ("/notices/", f"/case/{case}/talk/", f"/case/{case}/"):
        clerk.goto(path)
        no_wider_than_its_window(clerk)
