"""The crew's telephone and the department's desk above it, as they stand on a screen (desks.md C1, C3)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.api import paths
from tests.support.city import City, picture
from tests.support.desk import Desk
from urbangrid.cases.models import Case, WorkItem

Sit = Callable[..., Page]


@pytest.fixture
def two_photos(tmp_path: Path) -> list[str]:
    found = [tmp_path / "近景.jpg", tmp_path / "远景.jpg"]
    for path, colour in zip(found, ("black", "white"), strict=True):
        path.write_bytes(picture(colour))
    return [str(path) for path in found]


def _no_scroll(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_two_clicks_at_the_desk_and_four_taps_on_the_phone(running: City, sits_down: Sit, two_photos: list[str]) -> None:

    known: dict[str, Desk] = {}
    case = paths.dispatched(lambda name: known.setdefault(name, Desk(running, name)), running)
    clerk = sits_down("clerk", width=1440, height=900)
    clerk.get_by_role("button", name="路灯班").click()
    expect(clerk.locator("[data-toast]")).to_contain_text("已指派")
    assert _no_scroll(clerk) and WorkItem.objects.filter(case_id=case, kind="crew_task", closed_at=None).exists()

    crew = sits_down("crew", width=360, height=800)
    assert _no_scroll(crew)
    crew.locator(".ph-task").first.click()  # one
    expect(crew.get_by_text("怎样算办好")).to_be_visible()
    assert _no_scroll(crew)
    send = crew.get_by_role("button", name="反馈")
    box = send.bounding_box()
    assert box is not None and box["height"] >= 44 and box["width"] >= 300
    crew.locator("input[type=file]").set_input_files(two_photos)  # two and three: the camera, twice
    expect(crew.locator("input[name=files]")).to_have_count(2)
    send.click()  # four
    expect(crew.locator("[data-toast]")).to_contain_text("班组反馈已送出")
    assert Case.objects.get(pk=case).state == "disposing"
    clerk.goto("/desk/?tab=dispose")
    expect(clerk.locator("#desk")).to_contain_text("路灯班已反馈：已按要求处置完毕")
