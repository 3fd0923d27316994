"""A person presses a key when the page stands; a program would press it before the page's scripts listen, and the key would be lost."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import BrowserContext, Page


def patient(context: BrowserContext) -> BrowserContext:
    """Every page that opens in it, pop-ups included, takes keys only once it has loaded."""
    context.on("page", _waits)
    return context


def _waits(page: Page) -> None:
    keys: Any = page.keyboard
    press, write = keys.press, keys.type

    def patiently_press(key: str, **more: Any) -> None:
        page.wait_for_load_state()
        press(key, **more)

    def patiently_type(text: str, **more: Any) -> None:
        page.wait_for_load_state()
        write(text, **more)

    keys.press, keys.type = patiently_press, patiently_type
