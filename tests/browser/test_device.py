"""A terminal's key in a real browser: asked for, admitted, proven at sign-in and again by itself, blocked as lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request

from tests.browser.conftest import FLAGS
from tests.support.city import City, restore_city
from tests.support.patience import patient
from tests.support.people import PASSWORD
from tests.support.screen import Screen
from tests.support.terminal import admitted, demand
from urbangrid.accounts.models import ApiToken, Device, SignIn, User
from urbangrid.core import clock

TAKEN_OUT = """() => new Promise((done) => {
    const opening = indexedDB.open("urbangrid-device", 1);
    opening.onsuccess = () => {
        const asked = opening.result.transaction("keys").objectStore("keys").get("own");
        asked.onsuccess = () => crypto.subtle.exportKey("pkcs8", asked.result.privateKey).then(() => done("out"), (e) => done(e.name));
    };
})"""
"""A script of ours that tries to read the private key."""


@pytest.fixture
def platform(transactional_db: None) -> City:
    return restore_city()


@pytest.fixture
def browsers(browser: Browser, live_server: Any, platform: City) -> Iterator[Callable[[], Page]]:
    """A new phone with each call; scripts must not fail and the policy must not stop one."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def take_up(address: str = "") -> Page:
        context = browser.new_context(viewport={"width": 360, "height": 800}, locale="zh-CN", base_url=address or live_server.url)
        contexts.append(context)
        page = patient(context).new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
        return page

    yield take_up
    for context in contexts:
        context.close()
    assert errors == []


def _sign_in(page: Page, name: str = "inspector") -> None:
    page.goto("/sign-in/")
    page.wait_for_load_state("networkidle")
    page.fill("#username", name)
    page.fill("#password", PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")


def _register(page: Page) -> None:
    page.fill("#model", "样机 1")
    page.fill("#number", "YJ-001")
    with page.expect_navigation():
        page.get_by_role("button", name="登记本机").click()


def _fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def _admit(device: Device, **more: str) -> None:
    Screen("security_admin").post(f"/admin/devices/{device.pk}/admit/", {"number": device.number, "model": device.model, **more})


@pytest.mark.requirement("HD-2.3.7i")
def test_a_phone_has_its_own_key_and_is_refused_once_it_is_blocked(browsers: Callable[[], Page], platform: City) -> None:
    phone = browsers()
    _sign_in(phone)
    phone.locator(".ug-me summary").click()
    phone.get_by_role("link", name="登记本机").click()
    phone.wait_for_url("**/device/")
    _fits(phone)
    _register(phone)
    assert "等待安全管理员准入" in phone.inner_text("main")
    row = Device.objects.get()
    assert row.fingerprint[:8] in phone.inner_text("main") and (row.number, row.model, row.state) == ("YJ-001", "样机 1", "asked")
    assert phone.evaluate(TAKEN_OUT) == "InvalidAccessError", "the private key cannot be taken out of the browser"

    _admit(row)
    demand(platform, "inspector")

    phone.goto("/phone/")
    assert phone.url.endswith("/phone/"), "the sign-in on which it was registered goes on"
    phone.context.clear_cookies()
    _sign_in(phone)
    assert phone.url.endswith("/phone/")
    assert SignIn.objects.latest("pk").device_id == row.pk

    other = browsers()
    _sign_in(other)
    assert other.url.endswith("/device/")
    assert "监督员只能在已准入的终端上登录" in other.inner_text("[role=alert] >> nth=0")
    _fits(other)
    other.goto("/phone/")
    assert "/sign-in/" in other.url, "nobody is signed in there"

    Screen("security_admin").post(f"/admin/devices/{row.pk}/block/", {"reason": "lost"})

    phone.goto("/phone/")
    assert "/sign-in/" in phone.url and "已停用（遗失或被盗）" in phone.inner_text("main")
    _sign_in(phone)
    assert "已停用（遗失或被盗）" in phone.inner_text("main")
    assert not SignIn.objects.filter(device=row, ended_at=None).exists() and not ApiToken.objects.filter(revoked_at=None).exists()
    assert User.objects.get(username="inspector").is_active


def test_asking_from_the_refusal_itself_then_signing_in(browsers: Callable[[], Page], platform: City) -> None:
    demand(platform, "inspector")
    phone = browsers()
    _sign_in(phone)
    _register(phone)
    assert "还没有准入" in phone.inner_text("main")
    _admit(Device.objects.get(), number="YJ-009")
    phone.get_by_role("link", name="去登录").click()
    _sign_in(phone)
    assert phone.url.endswith("/phone/") and Device.objects.get().number == "YJ-009"


def test_the_page_proves_its_key_again_without_asking_anybody(browsers: Callable[[], Page], platform: City) -> None:
    demand(platform, "inspector", first_device_at_once=True)
    phone = browsers()
    _sign_in(phone)
    _register(phone)
    phone.get_by_role("link", name="去登录").click()
    _sign_in(phone)
    assert phone.url.endswith("/phone/")

    def cookie() -> str:
        return next(one["value"] for one in phone.context.cookies() if one["name"] == "sessionid")

    before = cookie()
    SignIn.objects.filter(device__isnull=False).update(device_proved_at=clock.now() - timedelta(minutes=61))
    phone.goto("/phone/mine/")
    phone.wait_for_url("**/phone/mine/")
    assert cookie() != before, "the session's cookie is new, a copy of the old one opens nothing"
    assert SignIn.objects.latest("pk").device_proved_at > clock.now() - timedelta(minutes=1)  # type: ignore[operator]

    # a page that stayed open until its key was nearly due proves it before the form is sent
    SignIn.objects.filter(device__isnull=False).update(device_proved_at=clock.now() - timedelta(minutes=59, seconds=57))
    phone.goto("/phone/report/")
    phone.wait_for_load_state("networkidle")
    asked: list[str] = []
    phone.on("request", lambda request: _kept(asked, request))
    phone.fill("#place", "学府街 12 号")
    phone.wait_for_timeout(3500)  # the browser's own clock runs: it cannot be travelled with the platform's
    phone.evaluate("document.getElementById('report').requestSubmit()")
    phone.wait_for_selector("#fault")
    assert [one for one in asked if one.startswith("POST")][-2:] == ["POST /device/proof/", "POST /phone/report/"]
    assert phone.input_value("#place") == "学府街 12 号"


def _kept(asked: list[str], request: Request) -> None:
    asked.append(f"{request.method} /{request.url.split('/', 3)[3]}")


def test_over_plain_http_from_another_machine_the_page_says_that_the_key_needs_https(
    browser: Browser, platform: City, live_server: Any
) -> None:
    named = browser.browser_type.launch(
        executable_path=shutil.which("chromium"), args=[*FLAGS, "--host-resolver-rules=MAP platform.example 127.0.0.1"]
    )
    phone = named.new_page(base_url=live_server.url.replace("localhost", "platform.example"), viewport={"width": 360, "height": 800})
    _sign_in(phone)
    phone.goto("/device/")
    phone.wait_for_selector("[data-device-insecure]:visible")
    assert "./urbangrid up --tls" in phone.inner_text("[data-device-insecure]")
    assert phone.get_by_role("button", name="登记本机").is_disabled()
    _fits(phone)
    named.close()


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (360, 800)])
def test_the_security_administrator_admits_blocks_and_sets_the_rules(
    browser: Browser, live_server: Any, platform: City, width: int, height: int
) -> None:
    waiting = admitted(platform, "inspector").row()
    Device.objects.update(state=Device.ASKED)
    page = browser.new_page(base_url=live_server.url, viewport={"width": width, "height": height})
    _sign_in(page, "security_admin")
    page.goto("/admin/devices/")
    _fits(page)
    row = page.locator("tr", has_text=waiting.fingerprint[:8])
    row.get_by_label("编号").fill("YJ-100")
    row.get_by_role("button", name="准入").click()
    page.wait_for_selector(".toast-ug")
    assert "YJ-100" in row.inner_text() and "已准入" in row.inner_text()
    row.get_by_label("停用原因").select_option("lost")
    row.get_by_role("button", name="停用").click()
    page.wait_for_selector("text=已停用（遗失或被盗）")
    page.get_by_role("checkbox", name="监督员", exact=True).check()
    page.fill("#device_proof_hours", "2")
    page.get_by_role("button", name="保存").click()
    page.wait_for_selector("text=终端规则已保存")
    assert page.get_by_role("checkbox", name="监督员", exact=True).is_checked()
    _fits(page)
    page.goto("/admin/devices/print/")
    assert "YJ-100" in page.inner_text(".sheet-a4")
    page.close()
