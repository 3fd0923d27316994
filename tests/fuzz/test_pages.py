"""Every address of the pages, asked and posted to by every post with values nobody thought of: answered in words, no fault of ours.

Names of parameters and inputs are those that the code reads, found in its text. What an example wrote is taken back.
``URBANGRID_FUZZ_EXAMPLES=200`` looks longer.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import get_resolver
from hypothesis import given
from hypothesis import strategies as st

from tests.support.addresses import PLACE, patterns
from tests.support.browser import enter
from tests.support.city import City, picture
from tests.support.every_stage import POSTS, Story, bounded
from urbangrid.config.command import places

PROBE = "<b id=probe>\"'"
"""Markup that no page may give back as markup."""
READ = re.compile(r"""(?:GET|POST|FILES|query|form|data|given|typed)(?:\.get(?:list)?\(|\[)\s*["'](\w+)["']|name="(\w+)\"""")
HUGE = ("9" * 19, str(2**63), str(2**31), "9" * 400, "-1", "0", "1e309", "nan", "-inf", "0x10", "１２", "٣", "1.5", " 7 ")
ODD = (
    "", " ", "👨‍👩‍👧‍👦" * 40, "\u202egnp.exe", "\u200f\u202b‏",
    "﷽" * 300, "字" * 10_001, "a" * 70_000, PROBE, "'; DROP TABLE x; --", "{{7*7}}{% now 'Y' %}", "%s%(x)s%n", "../../etc/passwd",
    "//evil.example/", "javascript:alert(1)", "\r\nSet-Cookie: a=b", "[]", "{}", "null", "true", "2026-13-45", "0001-01-01", "9999-12-31",
    "2026-11-22T25:00", "1,2,3", "116.4,39.9,nan,1", "\ufeff", "\ufffe", "\x1b[31m", "１２３４５６", "Z̸̛͖" * 50,
)  # fmt: skip
"""What people, programs and attackers type: nothing, controls, families of emoji, right-to-left marks, too much, code, wrong dates."""


def _names() -> tuple[str, ...]:
    found: set[str] = set()
    for kind in ("py", "html"):
        for path in (places.SOURCE / "urbangrid").rglob(f"*.{kind}"):
            found |= {one or other for one, other in READ.findall(path.read_text(encoding="utf-8"))}
    return tuple(sorted(found - {"csrfmiddlewaretoken"}))


NAMES = _names()
ADDRESSES = tuple(f"/{one}" for one in dict.fromkeys(patterns(get_resolver())) if not one.startswith("api/"))


class Browsers:
    """A session per post; each request begins with it, also after one that ended it."""

    def __init__(self, city: City) -> None:
        self.keys = {name: enter(Client(), city, name).cookies["sessionid"].value for name in POSTS} | {"stranger": ""}

    def __getitem__(self, name: str) -> Client:
        browser = Client(raise_request_exception=False)
        browser.cookies["sessionid"] = self.keys[name]
        return browser


@pytest.fixture
def browsers(cast: City, story: Story) -> Browsers:
    return Browsers(cast)


WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60)
MADE = (
    st.sampled_from(ODD), st.sampled_from(HUGE), WORDS, st.integers().map(str), st.datetimes().map(str),
    st.lists(st.sampled_from(ODD), max_size=3),
)  # fmt: skip
SOME_NAMES = st.lists(st.sampled_from(NAMES), max_size=25, unique=True)
ONE_IN_TEN = st.integers(0, 9)
ODD_PLACE = st.sampled_from((*HUGE, "", "..", "%00", "a/b", "é", "😀", "-", "%2e%2e%2f", "\u202e"))


@cache
def _values(*known: tuple[object, ...]) -> st.SearchStrategy[object]:
    """What exists, more often than not, or what nobody thought of. Kept: to make and check a strategy takes longer than to draw from it."""
    there = [st.sampled_from(values) for values in known]
    return st.one_of(*there, *there, *MADE)


@st.composite
def _sent(draw: Any, story: Story) -> dict[str, Any]:
    names = draw(SOME_NAMES)
    sent = {name: draw(_values(*(story.ids[key] for key in (name, f"{name}_id") if key in story.ids))) for name in names}
    if names and not draw(ONE_IN_TEN):
        sent[names[0]] = "甲\0乙"  # seldom: it is refused before anything else is looked at
    return sent


@cache
def _place(known: tuple[object, ...]) -> st.SearchStrategy[object]:
    return st.one_of(st.sampled_from(known), st.sampled_from(known), ODD_PLACE)


@st.composite
def _path(draw: Any, story: Story, pattern: str) -> str:
    """The address with ids that exist, or with what its converters take or refuse."""

    def fill(place: re.Match[str]) -> str:
        known = story.ids.get(place[1], ("1",))
        return str(draw(_place(known)))

    return PLACE.sub(fill, pattern)


def _fault(answer: Any) -> str:
    body = b"".join(answer) if answer.streaming else bytes(answer.content)
    if answer.status_code >= 500:
        return str(answer.status_code)
    return "markup given back" if PROBE.encode() in body else ""


def test_no_address_fails_whatever_stands_in_it_or_behind_its_question_mark(story: Story, browsers: Browsers) -> None:
    seen, wrong = Counter[int](), []
    for pattern in ADDRESSES:

        @bounded(6)
        @given(path=_path(story, pattern), sent=_sent(story), who=st.sampled_from([*browsers.keys]), part=st.booleans())
        def ask(path: str, sent: dict[str, Any], who: str, part: bool) -> None:
            with transaction.atomic():
                answer = browsers[who].get(path, sent, headers={"hx-request": "true"} if part else {})
                transaction.set_rollback(True)
            seen[answer.status_code] += 1
            if fault := _fault(answer):
                wrong.append((fault, who, path, sent))

        ask()
    _report(seen, wrong)


YES_OR_NO = st.booleans()
CONTENT = st.sampled_from((b"", b"\0", picture(), b"PK\x03\x04" + bytes(30), b"<svg onload=alert(1)>", b"GIF89a"))
FILE_FIELD = st.sampled_from(("file", *NAMES))
FILE_NAME = st.sampled_from(("a.jpg", "a.xlsx", "../b", "\u202egpj.html", "x" * 300))


@st.composite
def _form(draw: Any, story: Story) -> dict[str, Any]:
    """A form; now and then a file stands where words are asked for and words where a file is."""
    sent = draw(_sent(story))
    if draw(YES_OR_NO):
        sent[draw(FILE_FIELD)] = SimpleUploadedFile(draw(FILE_NAME), draw(CONTENT))
    return dict(sent)


def test_no_form_fails_whatever_is_typed_into_it(story: Story, browsers: Browsers) -> None:
    seen, wrong = Counter[int](), []
    for pattern in ADDRESSES:

        @bounded(8)
        @given(path=_path(story, pattern), sent=_form(story), who=st.sampled_from([*browsers.keys]), part=st.booleans())
        def post(path: str, sent: dict[str, Any], who: str, part: bool) -> None:
            with transaction.atomic():
                answer = browsers[who].post(path, sent, headers={"hx-request": "true"} if part else {})
                transaction.set_rollback(True)
            seen[answer.status_code] += 1
            if fault := _fault(answer):
                wrong.append((fault, who, path, {name: str(value)[:80] for name, value in sent.items()}))

        post()
    _report(seen, wrong)


FORM = "application/x-www-form-urlencoded"
BODIES = (
    (b"{", "application/json"), (b"\xff\xfe\0", FORM), (b"a=%00&b=%ff%fe", FORM),
    (b"--x\r\n", "multipart/form-data; boundary=x"), (b"anything", "multipart/form-data"), (b"", "multipart/form-data; boundary="),
    (b"a=1&" * 600, FORM), (b"a" * (3 * 2**20), FORM),
    (b"x", "text/plain; charset=nosuch"), (b"x=1", "application/x-www-form-urlencoded; charset=utf-16"), (b"x", ";;;"),
)  # fmt: skip


def test_no_body_of_a_wrong_kind_makes_an_address_fail(story: Story, browsers: Browsers) -> None:
    seen, wrong = Counter[int](), []
    for pattern in ADDRESSES:
        path = PLACE.sub(lambda place: str(story.ids.get(place[1], ("1",))[0]), pattern)
        for body, kind in BODIES:
            answer = browsers["system_admin"].generic("POST", path, body, kind)
            seen[answer.status_code] += 1
            if fault := _fault(answer):
                wrong.append((fault, kind, path, {"body": body[:20]}))
    _report(seen, wrong)


def _report(seen: Counter[int], wrong: list[tuple[str, str, str, dict[str, Any]]]) -> None:
    print(f"{len(ADDRESSES)} addresses, {seen.total()} answers: {dict(sorted(seen.items()))}")
    lines = {path: f"{fault} {who} {path} {sent}" for fault, who, path, sent in wrong}
    assert not wrong, "\n".join(line[:500] for line in lines.values())
