"""Every page of every post, looked at by axe-core and in four windows: no serious or critical finding, none wider than its window
(desks.md "Every page").

Each address that somebody opens (tests/golden/page_role.txt) is drawn in the browser by the first post that may, and by the leader; a page
that is another one for each post by each. Pages are put into one open document with the styles that they name, read once: loading each
anew would take four times as long. They are as the server sends them: their scripts do not run, their dialogs are closed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
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
EACH = ("/desk/", "/leader/", "/area/", "/case/<int:case_id>/")
"""Pages that are another one for each post."""
LISTS = ("overdue", "kept", "reported")
"""Lists behind a leader's numbers: of cases, of a rate's parts, of reports; without the word the address has no page."""
WINDOWS = ((360, 800), (1440, 900), (1920, 1080), (1366, 768))
"""Width and height in pixels: a phone, two desks, a laptop. axe looks at the last."""
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
LOOK = """async () => {
  const found = await axe.run(document, { resultTypes: ['violations'] });
  return found.violations.filter((one) => ['serious', 'critical'].includes(one.impact))
    .map((one) => [one.id, one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160))]);
}"""
STYLE = re.compile(r'<link rel="stylesheet" href="/static/([^"]+)"')


BAD = """document.body.innerHTML = '<main><p style="width: 700px; color: #bbb; background: #fff">灰字</p></main>'"""
FITS = "document.documentElement.scrollWidth <= innerWidth"


def opened() -> Iterator[tuple[str, str]]:
    """Patterns of pages, with those who open them."""
    pattern = ""
    for line in page_role.GOLDEN.read_text(encoding="utf-8").splitlines():
        if line.startswith("/"):
            pattern = line
        elif line.startswith("  200") and not any(part in pattern for part in NO_PAGES):
            yield from ((pattern, who) for who in _drawers(pattern, line.split()[1:]))
    yield from ((f"/leader/list/?what={what}", "leader") for what in LISTS)


def _drawers(pattern: str, names: list[str]) -> list[str]:
    if names[0] in ("every", page_role.EVERYBODY):
        return ["seat_agent"]
    return names if pattern in EACH else names[:1] + ["leader"] * ("leader" in names[1:])


class Reader:
    """One open document into which pages are put, each as a post that opens it."""

    def __init__(self, page: Page, city: City) -> None:
        self.page, self.city, self.language = page, city, ""
        self.sessions: dict[str, Client] = {}
        self.styles: set[str] = set()
        page.set_content("<!doctype html><html lang='zh'><head><title>-</title></head><body></body></html>")

    def pages(self) -> Iterator[str]:
        """Every page in turn, drawn; its address, and by whom."""
        desks: dict[str, Desk] = {}
        ids = sample(lambda name: desks.setdefault(name, Desk(self.city, name)), self.city)
        for pattern, who in opened():
            path = PLACE.sub(lambda place: str(ids[place[1]]), pattern)
            if self._draw(who, path):
                yield f"{who} {path}"

    def _draw(self, who: str, path: str) -> bool:
        """False for an answer that is no page."""
        if who not in self.sessions:
            self.sessions[who] = enter(Client(), self.city, who)
            self.sessions[who].cookies[settings.LANGUAGE_COOKIE_NAME] = self.language
        answer: Any = self.sessions[who].get(path, follow=True)
        html = b"".join(answer) if answer.streaming else answer.content
        if not answer["Content-Type"].startswith("text/html") or b"<html" not in html:
            return False
        assert answer.status_code == 200, f"{who} {path}"
        text = html.decode()
        self.page.evaluate(DRAW, [text, [[name, self._style(name)] for name in STYLE.findall(text)]])
        return True

    def wider(self, windows: Sequence[tuple[int, int]] = WINDOWS) -> Iterator[tuple[int, int]]:
        """Windows in which the page that is drawn cannot be read without moving it sideways."""
        for width, height in windows:
            self.page.set_viewport_size({"width": width, "height": height})
            if not self.page.evaluate(FITS):
                yield width, height

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
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN", timezone_id="Asia/Shanghai")
    yield Reader(patient(context).new_page(), city)
    context.close()


def test_no_page_has_a_serious_finding_or_is_wider_than_its_window(reader: Reader) -> None:
    """Both in one round: drawing the pages twice would cost more than looking at them."""
    has_axe = frontend.AXE.exists()
    if has_axe:
        reader.page.evaluate(frontend.AXE.read_text(encoding="utf-8"))
    found: dict[str, list[str]] = {}
    drawn = 0
    for name in reader.pages():
        drawn += 1
        for rule, nodes in reader.page.evaluate(LOOK) if has_axe else ():
            found.setdefault(rule, []).append(f"{name}: {json.dumps(nodes, ensure_ascii=False)}")
        if wider := list(reader.wider()):
            found.setdefault("wider than its window", []).append(f"{name}: {wider}")
    assert drawn > 180
    assert not found, json.dumps(found, ensure_ascii=False, indent=1)
    if not has_axe:
        pytest.skip("widths only: no axe-core; ./urbangrid test fetches it with npm, a bundle has none")


def test_what_is_pale_or_wide_is_found(reader: Reader) -> None:
    reader.page.evaluate(BAD)
    assert list(reader.wider()) == [(360, 800)]
    if not frontend.AXE.exists():
        pytest.skip("widths only: no axe-core")
    reader.page.evaluate(frontend.AXE.read_text(encoding="utf-8"))
    assert [rule for rule, _nodes in reader.page.evaluate(LOOK)] == ["color-contrast"]


def test_no_english_page_is_wider_than_the_smallest_windows(reader: Reader) -> None:
    """English words are longer: what fits a phone and a laptop in Chinese may run out of them."""
    reader.language = "en"
    found = {name: listed for name in reader.pages() if (listed := list(reader.wider(((360, 800), (1366, 768)))))}
    assert reader.page.evaluate("document.documentElement.lang") == "en"
    assert not found, json.dumps(found, ensure_ascii=False, indent=1)
