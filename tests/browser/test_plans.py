"""Plans, the batch page and the sub-district's tables fit a desk and a phone; the director starts a plan by keys."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.support.city import City
from urbangrid.cases.actions import plans
from urbangrid.cases.models import Plan

Sit = Callable[..., Page]
SIZES = ((1440, 900), (360, 800))


def fits(page: Page, *paths: str) -> None:
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for path in paths:
            page.goto(path)
            found, inner = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
            assert found <= inner, (path, width, found)


def test_the_pages_fit_and_a_plan_starts_by_keys(running: City, sits_down: Sit) -> None:
    director = running.acting("duty_director")
    asked = plans.PlanInputs(name="暴雨红色预警专项预案", kind="storm", percent=50, by_road=True, hourly=True)
    plans.save(director, asked)
    page = sits_down("duty_director")
    row = Plan.objects.get()
    page.goto(f"/plans/{row.pk}/")
    page.fill("#why", "气象台发布暴雨红色预警")
    page.keyboard.press("F2")
    expect(page.locator("[data-toast]")).to_contain_text("十分钟内可以撤回")
    expect(page.locator(".ug-plan")).to_have_count(1)
    fits(page, "/plans/", "/plans/new/", f"/plans/{row.pk}/", f"/plans/{row.pk}/list/", f"/plans/{row.pk}/bulletin/", "/register/batch/",
         "/area/week/", "/board/")  # fmt: skip
    fits(sits_down("subdistrict_officer"), "/area/", "/area/week/?by=cell&classes=minor")
