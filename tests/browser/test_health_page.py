"""运行状况 on a screen and on a phone: nothing is cut, nothing scrolls sideways, new figures move nothing, it prints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from tests.live.outbox_entries import write
from tests.support.browser import enter
from tests.support.city import City, restore_city
from tests.support.patience import patient
from urbangrid.core import clock, health, health_history, slow
from urbangrid.core.health import Check, Finding, Level
from urbangrid.core.models import ParkedDelivery
from urbangrid.core.outbox import MOST_ATTEMPTS

LONG = "下载地址与说明都在运维手册中，先腾出空间再重新启动；" * 4


@pytest.fixture
def city(transactional_db: None, live_server: Any, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[City]:
    """The small city with one red and one amber line, an undelivered entry, slow statements and a bad night."""
    settings.DATA, settings.HEALTH_ROOT, settings.LOGS_ROOT, settings.FILES_ROOT = (tmp_path, tmp_path, tmp_path, tmp_path / "files")
    lines = [
        (Level.BAD, "磁盘", "剩余 0.3 GB（1%）", LONG), (Level.WATCH, "进程", "数据库在 11-20 02:00:00 被信号 SIGKILL 结束", LONG),
        *((Level.GOOD, f"检查 {number}", "正常，" * 12, "") for number in range(14)),
    ]  # fmt: skip
    found = [(Check(f"own.line_{i}", label, _never), Finding(level, says, advice)) for i, (level, label, says, advice) in enumerate(lines)]
    monkeypatch.setattr(health, "look", lambda: found)
    made = restore_city()
    (entry,) = write(7, 1)
    ParkedDelivery.objects.create(
        entry=entry, subscriber="service_requests", error="ConnectionError('no answer from the other side')" * 3, attempts=MOST_ATTEMPTS,
        parked_at=clock.now(),
    )  # fmt: skip
    slow._noted = 0
    slow.note(f"SELECT {', '.join(f'very_long_column_name_{i}' for i in range(40))} FROM cases_case", 0.8, "workbench:search", "7K3M9QXD")
    health_history.keep(found)
    yield made


def _never() -> Finding:
    raise AssertionError


def _open(browser: Browser, live_server: Any, city: City, width: int, height: int) -> Page:
    session = enter(Client(), city, "system_admin").cookies["sessionid"].value
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", base_url=live_server.url)
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = patient(context).new_page()
    page.goto("/admin/health/")
    return page


def _boxes(page: Page) -> list[tuple[float, float, float]]:
    """Left, top and width of every cell of the checks."""
    cells = page.locator("[hx-get] td, [hx-get] th").all()
    return [(box["x"], box["y"], box["width"]) for cell in cells if (box := cell.bounding_box())]


def _fits(page: Page, width: int) -> None:
    """Nothing is wider than the screen or than the box it stands in."""
    all_ = "[...document.querySelectorAll('main *:not(.only-read)')]"
    cut = "one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0 && getComputedStyle(one).overflowX !== 'visible'"
    assert page.evaluate(f"{all_}.filter((one) => {cut}).map((one) => one.outerHTML.slice(0, 80))") == []
    assert page.evaluate(f"Math.max(...{all_}.map((one) => one.getBoundingClientRect().right))") <= width
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def _new_figures_move_nothing(page: Page) -> None:
    before = _boxes(page)
    page.evaluate("htmx.ajax('GET', '/admin/health/now/', {target: '[hx-get]', swap: 'innerHTML'})")
    page.wait_for_load_state("networkidle")
    assert _boxes(page) == before and len(before) > 40


def test_on_a_screen_the_red_line_comes_first_nothing_is_cut_and_it_prints_on_a4(browser: Browser, live_server: Any, city: City) -> None:
    page = _open(browser, live_server, city, 1440, 900)
    expect(page.get_by_text("1 项要处理")).to_be_visible()
    first = page.locator("[hx-get] tbody tr").first
    expect(first).to_contain_text("要处理")
    box = first.bounding_box()
    assert box and box["y"] + box["height"] < 900
    _fits(page, 1440)
    _new_figures_move_nothing(page)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1047})  # A4 at 96 dpi less 10 mm
    expect(page.locator(".ug-rail")).to_be_hidden()
    expect(first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.context.close()


def test_on_a_phone_nothing_is_cut_and_a_press_tries_again(browser: Browser, live_server: Any, city: City) -> None:
    page = _open(browser, live_server, city, 360, 800)
    _fits(page, 360)
    _new_figures_move_nothing(page)
    page.get_by_role("button", name="再试一次").click()
    expect(page.locator("[data-toast]")).to_contain_text("再送一次")
    assert ParkedDelivery.objects.get().attempts == 0
    page.context.close()
