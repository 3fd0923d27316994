"""A real browser on a real server: pages as people see them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, sync_playwright

from tests.live.processes import free_port, live_process, worker_process
from tests.support.city import City, restore_city
from tests.support.patience import patient
from tests.support.people import PASSWORD
from urbangrid.accounts.models import SignIn

FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's own loop runs beside the test's database calls


@pytest.fixture(scope="module")  # Playwright keeps an event loop running: it must end with the module
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def running(transactional_db: None, live_server: Any, settings: Any, tmp_path: Path) -> Iterator[City]:
    """The small city with web and live process running on the test's database; what the worker passes on waits for ``worker``."""
    settings.FILES_ROOT, settings.DATA = tmp_path / "files", tmp_path
    port = free_port()
    settings.LIVE_URL = f"http://127.0.0.1:{port}"
    settings.WEB_ORIGIN = live_server.url
    os.environ["URBANGRID_WEB_ORIGIN"] = live_server.url
    city = restore_city()
    with live_process(tmp_path, port):
        yield city
    os.environ.pop("URBANGRID_WEB_ORIGIN", None)


@pytest.fixture
def worker(running: City, settings: Any, tmp_path: Path) -> Iterator[None]:
    """Its jobs too: another process, a second of work at every start."""
    with worker_process(tmp_path, int(settings.LIVE_URL.rpartition(":")[2]) - 1):
        yield


def _stopped(errors: list[str], where: str, said: str) -> None:
    if "Content Security Policy" in said:
        errors.append(f"{where}: {said}")


def _opened(errors: list[str], where: str, dialog: Dialog) -> None:
    errors.append(f"{where}: dialog {dialog.message}")
    dialog.dismiss()


@pytest.fixture
def sits_down(browser: Browser, live_server: Any, running: City) -> Iterator[Callable[..., Page]]:
    """``sits_down("clerk")``: somebody of the cast signs in at a screen of her own."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def sit(name: str, *, width: int = 1366, height: int = 768, scripts: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai", base_url=live_server.url,
            java_script_enabled=scripts,
        )  # fmt: skip
        contexts.append(patient(context))
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(f"{name} {page.url}: {error}"))
        page.on("console", lambda said: _stopped(errors, f"{name} {page.url}", said.text))
        page.on("dialog", lambda dialog: _opened(errors, f"{name} {page.url}", dialog))
        page.goto("/sign-in/")
        page.fill("#username", name)
        page.fill("#password", PASSWORD)
        page.click("button.tall")
        page.wait_for_load_state()
        if "/second-step/" in page.url:  # a code is given in tests/browser/test_second_step.py
            SignIn.objects.filter(user__username=name).update(second_step=True)
            page.goto("/")
        return page

    yield sit
    for context in contexts:
        context.close()
    assert errors == [], "scripts failed, were stopped by the policy, or opened a dialog"
