"""Every page of every post, looked at by axe-core: no serious or critical finding (desks.md "Every page").

Each address that somebody opens (tests/golden/page_role.txt) is drawn once in the browser, by the first post that may. Pages are put into
one open document with the styles that they name, read once: loading each anew would take four times as long. Colours are measured on
the pages that hold every part: desks, the style page, a case, a sheet, a phone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, Page

from tests.config import page_role
from tests.support.addresses import PLACE, sample
from tests.support.browser import enter
from tests.support.city import City
from tests.support.desk import Desk
from tests.support.patience import patient
from urbangrid.config.command import frontend

NO_PAGES = (".xlsx", ".json", ".crt", ".bpmn", "/pdf/", "/thumb/", "/count/", "/counts/", "/arrivals/", "/seq/", "/api/", "/choices/",
            "/map/")  # fmt: skip
"""Files, numbers and choices that pages fetch."""
COLOURS = ("/desk/", "/style/", "/case/<int:case_id>/", "/case/<int:case_id>/print/", "/phone/", "/company/", "/board/",
           "/catalog/regulations/")  # fmt: skip
"""Beginnings of addresses whose colours are measured; the parts of all others are among theirs."""
DRAW = """async ([html, styles]) => {
  window.known ??= new Map();
  for (const [name, text] of styles) if (text) window.known.set(name, await new CSSStyleSheet().replace(text));
  const drawn = new DOMParser().parseFromString(html, 'text/html');
  document.adoptedStyleSheets = styles.map(([name]) => window.known.get(name)).filter(Boolean);
  document.documentElement.lang = drawn.documentElement.lang;
  document.title = drawn.title;
  for (const script of drawn.querySelectorAll('script')) script.remove();
  document.body.replaceWith(document.adoptNode(drawn.body));
}"""
LOOK = """async (colours) => {
  const found = await axe.run(document, { resultTypes: ['violations'], rules: { 'color-contrast': { enabled: colours } } });
  return found.violations.filter((one) => ['serious', 'critical'].includes(one.impact))
    .map((one) => [one.id, one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160))]);
}"""
STYLE = re.compile(r'<link rel="stylesheet" href="/static/([^"]+)"')


def opened() -> Iterator[tuple[str, str]]:
    """Pattern of each page and the first post that opens it."""
    pattern = ""
    for line in page_role.GOLDEN.read_text(encoding="utf-8").splitlines():
        if line.startswith("/"):
            pattern = line
        elif line.startswith("  200") and not any(part in pattern for part in NO_PAGES):
            names = line.split()[1:]
            yield pattern, "seat_agent" if names[0] in ("every", page_role.EVERYBODY) else names[0]


class Reader:
    """One open document into which pages are put, each as the post that opens it."""

    def __init__(self, page: Page, city: City) -> None:
        self.page, self.city = page, city
        self.sessions: dict[str, Client] = {}
        self.styles: set[str] = set()
        page.set_content("<!doctype html><html><head><title>-</title></head><body></body></html>")
        page.evaluate(frontend.AXE.read_text(encoding="utf-8"))

    def serious(self, who: str, path: str, *, colours: bool) -> list[Any] | None:
        """What axe finds; None for an answer that is no page."""
        if who not in self.sessions:
            self.sessions[who] = enter(Client(), self.city, who)
        answer: Any = self.sessions[who].get(path, follow=True)
        html = b"".join(answer) if answer.streaming else answer.content
        if not answer["Content-Type"].startswith("text/html") or b"<html" not in html:
            return None
        text = html.decode()
        self.page.evaluate(DRAW, [text, [[name, self._style(name)] for name in STYLE.findall(text)]])
        found: list[Any] = self.page.evaluate(LOOK, colours)
        return found

    def _style(self, name: str) -> str:
        """The text of a style sheet the first time, empty afterwards; the icons' masks hide nothing from anybody."""
        if name in self.styles:
            return ""
        self.styles.add(name)
        found = finders.find(name)
        assert isinstance(found, str), name
        return Path(found).read_text(encoding="utf-8")


@pytest.fixture
def reader(browser: Browser, city: City) -> Iterator[Reader]:
    if not frontend.AXE.exists():
        pytest.skip("no axe-core: ./urbangrid test fetches it with npm; a bundle has none")
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN", timezone_id="Asia/Shanghai")
    yield Reader(patient(context).new_page(), city)
    context.close()


def test_no_page_has_a_serious_finding(reader: Reader, city: City) -> None:
    desks: dict[str, Desk] = {}
    ids = sample(lambda name: desks.setdefault(name, Desk(city, name)), city)
    found: dict[str, list[str]] = {}
    looked = 0
    for pattern, who in opened():
        path = PLACE.sub(lambda place: str(ids[place[1]]), pattern)
        serious = reader.serious(who, path, colours=pattern.startswith(COLOURS))
        looked += serious is not None
        for rule, nodes in serious or ():
            found.setdefault(rule, []).append(f"{who} {path}: {json.dumps(nodes, ensure_ascii=False)}")
    assert looked > 80
    assert not found, json.dumps(found, ensure_ascii=False, indent=1)
