"""The strip of a training copy stands above every page, covers nothing of it and moves nothing off the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from tests.support.city import City

Sit = Callable[..., Page]
FITS = "document.documentElement.scrollWidth <= innerWidth"
STRIP = "parseFloat(getComputedStyle(document.documentElement, '::before').height)"
TOP = "document.querySelector('.ug-bar, .ph-bar').getBoundingClientRect().top"


def test_the_strip_stands_above_the_head_of_desk_and_phone(running: City, sits_down: Sit, settings: Any) -> None:
    settings.TRAINING = True
    desk = sits_down("dispatcher", width=1440, height=900)
    assert desk.evaluate(STRIP) == 28 == desk.evaluate(TOP)
    assert desk.evaluate("getComputedStyle(document.documentElement, '::before').content").startswith('"培训副本')
    assert desk.evaluate(FITS) and desk.evaluate("document.documentElement.scrollHeight <= innerHeight"), "a desk still fills the screen"
    phone = sits_down("inspector", width=360, height=800)
    assert phone.evaluate(STRIP) == 28 == phone.evaluate(TOP) and phone.evaluate(FITS)
    phone.evaluate("document.body.style.minHeight = '3000px'; scrollTo(0, 900)")
    assert phone.evaluate(TOP) == 28, "it stays while the page is scrolled"
