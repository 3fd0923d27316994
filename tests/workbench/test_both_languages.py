"""A desk in English: chosen at the desk, never by the browser; what is written stays in the platform's language."""

from __future__ import annotations

from django.test import Client
from django.utils import translation

from tests.api import paths
from tests.api.paths import At
from tests.support.city import City
from tests.support.screen import Screen
from urbangrid.cases import words
from urbangrid.cases.models import Case, CaseRecord
from urbangrid.catalog.words import limit_words
from urbangrid.core.errors import NotAllowed, Refusal
from urbangrid.core.text import listed
from urbangrid.core.transactions import whole
from urbangrid.organizations.models import Post
from urbangrid.ui.templatetags import ug


def test_the_sign_in_page_is_chinese_for_an_english_browser_until_somebody_asks_for_english(city: City) -> None:
    client = Client(headers={"accept-language": "en-GB,en"})
    assert "账号" in client.get("/sign-in/").content.decode()
    assert client.get("/language/").status_code == 405, "a link that is only looked at changes nothing"
    client.post("/language/", {"language": "en", "next": "/sign-in/"})
    page = client.get("/sign-in/")
    assert "Account" in page.content.decode() and "账号" not in page.content.decode()
    assert page.headers["Content-Language"] == "en" and '<html lang="en">' in page.content.decode()
    assert client.post("/language/", {"language": "en", "next": "https://elsewhere.example/"}).headers["Location"] == "/"
    client.post("/language/", {"language": "xx", "next": "/sign-in/"})
    assert "Account" in client.get("/sign-in/").content.decode(), "a language that does not exist changes nothing"


def test_a_clerk_works_in_english_and_is_refused_in_english(screen: type[Screen], desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    clerk = screen("clerk")
    clerk.post("/language/", {"language": "en", "next": "/"})
    page = clerk.get(f"/case/{case}/")
    assert "To receive" in page and "Ask to send back" in page and "签收" not in page
    form = {"seq": Case.objects.get(pk=case).seq, "from": "case"}
    assert "Fill in &quot;Handling&quot;." in clerk.post(f"/case/{case}/act/feedback/", form, status=422)
    clerk.post(f"/case/{case}/act/receive/", form)
    assert "Receive" in clerk.toast, clerk.toast
    clerk.post("/language/", {"language": "zh-hans", "next": "/"})
    assert "签收" in clerk.get(f"/case/{case}/")


def test_what_is_written_is_in_the_platforms_language_whoever_writes_it(db: None) -> None:
    @whole
    def written() -> str:
        return translation.gettext("周一")

    with translation.override("en"):
        assert (translation.gettext("周一"), written()) == ("Mon", "周一")


def test_a_shipped_name_is_english_until_the_city_gives_it_one_of_its_own(screen: type[Screen], desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    seat = screen("seat_agent")
    assert "坐席员" in seat.get(f"/case/{case}/") and "任务派遣" in seat.text
    seat.post("/language/", {"language": "en", "next": "/"})
    page = seat.get(f"/case/{case}/")
    assert "Seat agent" in page and "坐席员" not in page and "Dispatch" in page and "任务派遣" not in page
    Post.objects.filter(platform=city.platform, code="seat_agent").update(name="一线坐席员")
    assert "一线坐席员" in seat.get("/") and "Seat agent" not in seat.text
    assert CaseRecord.objects.filter(case_id=case, body__contains="坐席员").exists(), "what is recorded is the name itself"


def test_a_refusal_names_post_and_field_in_english(db: None) -> None:
    with translation.override("zh-hans"):  # as it is raised: while writing
        fault = NotAllowed("duty_missing", post="派遣员", action=words.ACTIONS["file"])
        several = Refusal("choice_needs_reason", units=listed(["甲", "乙"]))
    with translation.override("en"):
        assert "Dispatcher" in fault.sentence() and "派遣员" not in fault.sentence()
        assert "(甲, 乙)" in several.sentence()
    assert "派遣员" in fault.sentence() and "甲、乙" in several.sentence()


def test_one_case_is_a_case(db: None) -> None:
    with translation.override("en"):
        assert [ug.cases(count) for count in (0, 1, 2, "1", "12")] == ["cases", "case", "cases", "case", "cases"]
        assert [limit_words(value, "work_day") for value in (1, 2)] == ["1 work day", "2 work days"]
    assert {ug.cases(count) for count in (0, 1, 2)} == {"件"} and limit_words(1, "work_day") == "1 工作日"
