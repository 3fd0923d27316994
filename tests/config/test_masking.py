"""A citizen's name and number are shown by the answer to a look with a purpose alone (case-rules 24).

That no page, print or export of any post shows them: tests/config/test_rights.py, which opens every address as everybody.
"""

from __future__ import annotations

import re

import pytest
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.test import Client

from tests.api.paths import At
from tests.config.every_answer import CLEAR, NAME, PHONES, STREET, call_and_case
from tests.support.browser import enter
from tests.support.city import City
from urbangrid.audit.models import AuditRow

PURPOSE = "回访处置结果"


@pytest.fixture
def story(city: City, desk: At) -> tuple[str, str]:
    """A call that became a case at 市政所; the ids of case and request."""
    return call_and_case(city, desk)


def test_the_sheets_of_every_name_and_the_lists_by_words_are_masked_too(city: City, desk: At, story: tuple[str, str]) -> None:
    case, _request = story
    for path in (*(f"/case/{case}/print/{name}/" for name in ("order", "filing", "handover")), f"/search/?words={NAME}",
                 f"/search/?words={PHONES[1]}", f"/case/{case}/?all=1&verify=1"):  # fmt: skip
        for name in ("seat_agent", "duty_director", "head", "clerk"):
            words = enter(Client(), city, name).get(path, follow=True).content.decode()
            echoed = words.replace(f'value="{NAME}"', "").replace(f'value="{PHONES[1]}"', "")  # the words of the search itself
            echoed = re.sub(r'(name="query" value="|\?)words=[^"&]*', "", echoed)  # and of what keeps or exports it
            found = [echoed[max(at - 60, 0) : at + 40] for clear in CLEAR if (at := echoed.find(clear)) >= 0]
            assert found == [], (path, name)


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
