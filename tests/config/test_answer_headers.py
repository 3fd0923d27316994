"""What every answer tells the browser, and that no page, template or script of ours brings code of its own or calls outside (HD-2.3.7b).

Errors, refusals, files, tables and JSON are answers too; every address as everybody: tests/config/test_rights.py.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.config.every_answer import NAMES_ONLY, OUTSIDE, header_faults
from tests.support.browser import enter
from tests.support.city import City
from urbangrid.config.command import places

OWN = places.SOURCE / "urbangrid"


def test_answers_of_errors_carry_it_too(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("urbangrid.cases.search.search", breaks)
    browser = enter(Client(raise_request_exception=False), city, "seat_agent")
    strict = enter(Client(enforce_csrf_checks=True), city, "seat_agent")
    sent = {"file": SimpleUploadedFile("a.jpg", b"x")}
    answers = {
        500: browser.get("/search/?words=a"), 404: browser.get("/nowhere/"), 403: strict.post("/register/", {}),
        405: browser.get("/upload/"),
        401: Client().get("/api/v1/me"), 302: Client().get("/desk/"), 422: browser.post("/upload/", sent),
        400: browser.get("/search/?words=%00"),
    }  # fmt: skip
    for status, answer in answers.items():
        assert answer.status_code == status
        assert list(header_faults(answer)) == [], status
    assert "ZeroDivision" not in answers[500].content.decode() and "没有办成" in answers[500].content.decode()


def test_with_tls_the_browser_is_told_to_come_back_with_it_and_cookies_travel_only_there(city: City, settings: Any) -> None:
    settings.HTTPS = True
    assert Client().get("/sign-in/").headers["Strict-Transport-Security"] == f"max-age={30 * 24 * 3600}"
    settings.HTTPS = False
    assert "Strict-Transport-Security" not in Client().get("/sign-in/").headers
    code = "from django.conf import settings as s; print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY)"
    told = subprocess.run(
        [sys.executable, "-c", code], env=dict(os.environ) | {"URBANGRID_HTTPS": "1", "PYTHONPATH": str(places.SOURCE)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.split() == ["True", "True", "True"]


# --- the tree ---

INLINE = re.compile(r"<script(?![^>]*\ssrc=)(?![^>]*json)|<style|\sstyle=|\son[a-z]+=[\"']|javascript:|hx-on|hx-vals=['\"]js:", re.I)
UNESCAPED = re.compile(r"\|safe\b|autoescape off|mark_safe|SafeString|format_html\(f|__html__")
VOUCHED = {"organizations/templates/people/set_up_second_step.html"}
"""Templates that show markup as it is: the drawing that segno makes of a key, squares and numbers alone."""
RUNS_TEXT = re.compile(r"\beval\(|new Function\(|document\.write|insertAdjacentHTML|\.outerHTML\s*=|setTimeout\([\"']")


def _own(*kinds: str) -> Iterator[Path]:
    for kind in kinds:
        yield from (path for path in OWN.rglob(f"*.{kind}") if "vendor" not in path.parts)


def test_no_template_holds_a_script_a_style_or_a_handler_and_nothing_is_shown_unescaped() -> None:
    for path in _own("html", "svg"):
        text = path.read_text(encoding="utf-8")
        assert not INLINE.search(text), path
        assert path.relative_to(OWN).as_posix() in VOUCHED or not UNESCAPED.search(text), path
    unescaped = {path.relative_to(OWN).as_posix() for path in _own("py") if UNESCAPED.search(path.read_text(encoding="utf-8"))}
    # guides/markup.py escapes every letter that somebody typed (tests/guides/test_markup.py)
    assert unescaped == {"ui/templatetags/ug.py", "guides/markup.py"}, "each place that vouches for its markup is looked at"


def test_no_script_of_ours_runs_text_as_code_and_no_file_names_an_address_outside() -> None:
    for path in _own("js", "css", "html", "svg"):
        text = path.read_text(encoding="utf-8")
        assert not RUNS_TEXT.search(text), path
        outside = [one for one in OUTSIDE.findall(text.encode()) if not one.startswith(NAMES_ONLY) and not _comment(text, one)]
        assert outside == [], path


def _comment(text: str, found: bytes) -> bool:
    """``// words.more`` after code is a remark, not an address."""
    return found.startswith(b"//") and f"/{found.decode()}" not in text and b"/" not in found[2:]
