"""No page of the platform shows a citizen's name or number but the answer to a look with a purpose (case-rules 24)."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

import pytest
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.test import Client

from tests.api import paths
from tests.api.paths import At
from tests.support.addresses import every, sample
from tests.support.browser import enter
from tests.support.city import City
from urbangrid.audit.models import AuditRow
from urbangrid.service_requests.models import RequestCase

NAME, PHONES, STREET = "秦素珍", ("139 0000 1111", "13900001111", "139-0000-1111"), "柳荫里3号"
CLEAR = (NAME, "秦女士", *PHONES, STREET)
PURPOSE = "回访处置结果"


@pytest.fixture
def story(city: City, desk: At) -> tuple[str, str]:
    """A call that became a case at 市政所; the ids of case and request."""
    call = paths.request(desk, city, original={"来电": PHONES[1], "姓名": NAME})
    case = paths.accept(desk, call["report_id"], "send_verification")
    desk("inspector").done(case, "verify", answer="true", files=[desk("inspector").send_photo()])
    desk("seat_agent").done(case, "file", condition_id=str(city.condition()))
    desk("dispatcher").done(case, "dispatch", unit_id=str(desk("clerk").who.unit_id))
    RequestCase.objects.get_or_create(request_id=int(call["request_id"]), case_id=int(case))
    return case, str(call["request_id"])


def _words(content: bytes, kind: str) -> str:
    """The text of an answer; of a spreadsheet the text of all its parts."""
    if "spreadsheet" in kind:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return " ".join(book.read(name).decode() for name in book.namelist())
    return content.decode(errors="replace")


def _answers(city: City, desk: At, ids: dict[str, object]) -> Iterator[tuple[str, str, int, str]]:
    """Every address for every post: by a browser, and those of the interface with a token too."""
    found = every(ids)
    for name in {who.post_code: name for name, who in reversed(city.cast.items())}.values():  # one of every post
        browser = enter(Client(), city, name)
        program = desk(name).client
        for address in found:
            for client in (browser, program) if address.pattern.startswith("/api/") else (browser,):
                answer = client.get(address.path)
                content = b"".join(answer) if answer.streaming else answer.content
                if not answer.get("Content-Type", "").startswith("image/"):
                    yield address.pattern, name, answer.status_code, _words(content, answer.get("Content-Type", ""))


def test_no_page_print_or_export_of_any_post_shows_a_citizen_in_clear(city: City, desk: At, story: tuple[str, str]) -> None:
    case, request = story
    ids = sample(desk, city) | {"case_id": case, "ref": case, "request_id": request}
    shown, statuses = [], 0
    for pattern, name, status, words in _answers(city, desk, ids):
        statuses += status == 200
        shown += [(pattern, name, clear) for clear in CLEAR if clear in words]
    assert shown == []
    assert statuses > 300  # pages were read, not refused


def test_the_sheets_of_every_name_and_the_lists_by_words_are_masked_too(city: City, desk: At, story: tuple[str, str]) -> None:
    case, _request = story
    for path in (*(f"/case/{case}/print/{name}/" for name in ("order", "filing", "handover")), f"/search/?words={NAME}",
                 f"/search/?words={PHONES[1]}", f"/case/{case}/?all=1&verify=1"):  # fmt: skip
        for name in ("seat_agent", "duty_director", "head", "clerk"):
            words = enter(Client(), city, name).get(path, follow=True).content.decode()
            echoed = words.replace(f'value="{NAME}"', "").replace(f'value="{PHONES[1]}"', "")  # the words of the search itself
            echoed = echoed.replace(f'value="words={PHONES[1]}"', "")  # and its address, kept for the export and for 存为常用
            assert not any(clear in echoed for clear in CLEAR), (path, name)


def test_a_look_with_a_purpose_shows_it_once_and_its_print_says_who_when_and_why(city: City, desk: At, story: tuple[str, str]) -> None:
    case, request = story
    seat = enter(Client(), city, "seat_agent")
    answer = seat.post(f"/case/{case}/reveal/{request}/", {"purpose": PURPOSE})
    words = answer.content.decode()
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-store"
    assert NAME in words and PHONES[0] in words and STREET in words and PHONES[1] in words  # contact data, and what was said
    foot = re.search(r'revealed-foot">(.*?)</div>', words)
    assert foot is not None and all(part in foot[1] for part in ("周岚", "坐席员", PURPOSE))
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d", foot[1])
    after = seat.get(f"/case/{case}/").content.decode()
    assert not any(clear in after for clear in CLEAR) and "revealed-foot" not in after
    row = AuditRow.objects.get(action="reveal")
    assert (row.user_id, row.purpose) == (city.acting("seat_agent").user_id, PURPOSE)


def test_a_look_leaves_nothing_in_the_session(city: City, desk: At, story: tuple[str, str]) -> None:
    case, request = story
    seat = enter(Client(), city, "seat_agent")
    seat.post(f"/case/{case}/reveal/{request}/", {"purpose": PURPOSE})
    held = str([row.get_decoded() for row in Session.objects.all()])
    assert not any(clear in held for clear in CLEAR)


def test_after_thirty_looks_in_an_hour_it_is_asked_and_noted_and_after_ninety_it_ends(city: City, desk: At, story: tuple[str, str]) -> None:
    case, request = story
    seat, path = enter(Client(), city, "seat_agent"), f"/case/{case}/reveal/{request}/"
    for _ in range(30):
        assert seat.post(path, {"purpose": PURPOSE}).status_code == 200
    asked = seat.post(path, {"purpose": PURPOSE})
    words = asked.content.decode()
    assert asked.status_code == 429 and "仍须查看" in words and f'value="{PURPOSE}"' in words
    assert not any(clear in words for clear in CLEAR)
    assert 0 < int(asked["Retry-After"]) <= 3600
    assert seat.post(path, {"purpose": PURPOSE, "often": "on"}).status_code == 200
    assert AuditRow.objects.filter(action="reveal_often").count() == 1
    for _ in range(58):
        seat.post(path, {"purpose": PURPOSE, "often": "on"})
    assert seat.post(path, {"purpose": PURPOSE, "often": "on"}).status_code == 429
    other = enter(Client(), city, "second_seat_agent")
    assert other.post(path, {"purpose": PURPOSE}).status_code == 200


def test_every_page_of_a_signed_in_person_stays_in_no_cache(city: City, desk: At, story: tuple[str, str]) -> None:
    case, request = story
    browser = enter(Client(), city, "seat_agent")
    for path in ("/desk/", f"/case/{case}/", "/search/", "/register/", f"/case/{case}/print/order/", f"/api/v1/requests/{request}"):
        assert browser.get(path)["Cache-Control"] == "no-store", path
    assert configured.SESSION_COOKIE_HTTPONLY and configured.CSRF_COOKIE_HTTPONLY
