"""Registering while a citizen speaks: nothing is lost, a second call has its own draft, a repeated matter is one key (desks.md S2)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.api import paths
from tests.api.paths import At
from tests.service_requests.delivery import deliver
from tests.support.city import INSIDE, WORKDAY, City
from urbangrid.audit.models import PersonalData
from urbangrid.cases import proving
from urbangrid.core import clock, platforms
from urbangrid.service_requests.models import ServiceRequest

FORM = {"source": "hotline", "kind": "complaint", "urgent": "false", "text": "路口塌了一块", "place_text": "大柳树路口",
        "phone": "13900001111", "name": "秦素珍", "client_id": "one", "key": "k1"}  # fmt: skip


def opened(seat: Any, words: str = "") -> str:
    """The draft of a page that was opened just now; it is empty."""
    seat.get("/register/")
    assert "路口塌了一块" not in re.sub(r'<p class="line wrap small register-waiting">.*?</p>', "", seat.html) and words in seat.text
    return pages(seat)["draft"]


def pages(seat: Any) -> dict[str, str]:
    """What the page writes its draft with."""
    return dict(re.findall(r"(draft|page|over)=(\w*)", re.search(r'data-draft-to="([^"]+)"', seat.html)[1]))  # type: ignore[index]


def address(of: dict[str, str]) -> str:
    return "/register/draft/?" + "&".join(f"{name}={value}" for name, value in of.items())


def test_half_a_registration_comes_back_in_another_browser_and_goes_with_the_number(city: City, screen: Any) -> None:
    seat, other = screen("seat_agent"), screen("seat_agent")
    draft = opened(seat)
    seat.post(address(pages(seat)), FORM)
    page = opened(other, "另有一个未登记完的来电") and other.get(f"/register/?draft={draft}")
    assert "路口塌了一块" in page and 'value="13900001111"' in other.html and 'value="秦素珍"' in other.html
    assert "未登记完" not in screen("second_seat_agent").get("/register/")  # hers alone
    other.post(f"/register/?draft={draft}", FORM)
    number = ServiceRequest.objects.get().number
    assert number in other.toast
    assert "未登记完" not in other.get("/register/")
    assert list(PersonalData.objects.values_list("name", "phone")) == [("秦素珍", "13900001111")], "the draft's copy is gone"
    assert proving.prove([]).log_faults == [], "and nothing looks like an erasure that is not on record"


def test_every_window_has_a_call_of_its_own_and_shows_the_other(city: City, screen: Any) -> None:
    seat = screen("seat_agent")
    with clock.travel(WORKDAY):
        first = opened(seat)
        seat.post(address(pages(seat)), FORM)
    with clock.travel(WORKDAY + timedelta(minutes=5)):
        since = f"{WORKDAY.astimezone(ZoneInfo('Asia/Shanghai')):%H:%M}"
        second = opened(seat, f"另有一个未登记完的来电（{since}） 大柳树路口 接着登记 或就在这一页另起")
        assert second != first and "秦素珍" not in seat.text, "who called stands in no list"
        seat.post(address(pages(seat)), FORM | {"text": "另一通电话", "phone": "13700000000"})
        seat.post(f"/register/?draft={second}", FORM | {"text": "另一通电话", "phone": "13700000000", "client_id": "two", "key": "k2"})
        assert "路口塌了一块" in seat.get(f"/register/?draft={first}") and 'value="13900001111"' in seat.html
        seat.post(f"/register/forget/?draft={first}")
        assert "路口塌了一块" not in seat.get(f"/register/?draft={first}") and "未登记完" not in seat.text


def test_two_windows_of_one_call_do_not_write_over_each_other(city: City, screen: Any) -> None:
    seat, other = screen("seat_agent"), screen("seat_agent")
    draft = opened(seat)
    mine = address(pages(seat))
    seat.post(mine, FORM)
    other.get(f"/register/?draft={draft}")
    theirs = address(pages(other))
    other.post(theirs, FORM | {"text": "另一通电话"})
    refused = seat.client.post(mine, FORM | {"text": "路口塌了一大块"}, headers={"Accept": "application/json"})
    assert refused.status_code == 409 and "另一个窗口里接着写了" in refused.json()["sentence"]
    assert "另一通电话" in seat.get(f"/register/?draft={draft}"), "what was written last stands, and only that"
    other.post(theirs, FORM | {"text": "另一通电话，说完了"})
    assert "说完了" in other.get(f"/register/?draft={draft}"), "who took it on goes on"


def test_an_untouched_form_leaves_no_draft(city: City, screen: Any) -> None:
    seat = screen("seat_agent")
    opened(seat)
    seat.post(address(pages(seat)), {"source": "hotline", "kind": "complaint", "urgent": "false"})
    assert "未登记完" not in seat.get("/register/")


def test_the_same_number_shows_its_last_requests_and_the_open_case_to_join(desk: At, city: City, screen: Any) -> None:
    first = paths.request(desk, city)
    case = paths.accept(desk, first["report_id"])
    deliver()
    seat = screen("seat_agent")
    shown = seat.post("/register/caller/", {"phone": "139-0000-1111"})
    assert "道路破损" in shown and f'name="case_id" value="{case}"' in seat.html
    assert "13900001111" not in seat.html
    near = seat.get(f"/map/near/?longitude={INSIDE[0]}&latitude={INSIDE[1]}&category={city.category().id}")
    assert "附近 100 米" in near and 'data-key="F4"' in seat.html
    seat.post("/register/", FORM | {"case_id": case})
    joined = ServiceRequest.objects.get(client_id="one")
    assert (joined.report_id, [str(link.case_id) for link in joined.case_links.all()]) == (None, [case])
    assert "这个号码第一次来" in seat.post("/register/caller/", {"phone": "13700000000"})


def test_the_radius_and_days_of_the_search_nearby_are_settings(desk: At, city: City, screen: Any) -> None:
    city.platform.settings["register_near"] = {"radius_m": 20, "days": 3}
    city.platform.save()
    platforms.forget()
    seat = screen("seat_agent")
    assert "附近 20 米、近 3 日" in seat.get(f"/map/near/?longitude={INSIDE[0]}&latitude={INSIDE[1]}&category=")


def test_a_consultation_is_answered_while_she_is_on_the_line(city: City, screen: Any) -> None:
    seat = screen("seat_agent")
    seat.post("/register/", FORM | {"kind": "consult", "reply": "工作日 9 点开门", "text": "几点开门", "place_text": ""})
    made = ServiceRequest.objects.get()
    assert (made.state, made.closing_kind, made.reply, made.report_id) == ("closed", "on_the_spot", "工作日 9 点开门", None)
    assert "当场答复" in seat.get(f"/requests/{made.pk}/")


def test_a_fault_stands_at_its_field_with_everything_typed(city: City, screen: Any) -> None:
    seat = screen("seat_agent")
    seat.post("/register/", FORM | {"place_text": ""}, status=422)
    assert "路口塌了一块" in seat.html and 'value="13900001111"' in seat.html and "bad-note" in seat.html
    assert not ServiceRequest.objects.exists()


def test_the_list_and_one_request_are_handled_on_their_pages(desk: At, city: City, screen: Any) -> None:
    call = paths.request(desk, city)
    seat = screen("seat_agent")
    assert call["number"] in seat.get("/requests/")
    page = seat.get(f"/requests/{call['request_id']}/")
    assert "平台还不能代发" in page
    act = f"/requests/{call['request_id']}/act"
    assert "请写明答复内容" in seat.post(f"{act}/tell/", {"seq": "1", "key": "a", "reply": "", "channel": "phone"}, status=422)
    seat.post(f"{act}/tell/", {"seq": "1", "key": "b", "reply": "明日修补", "channel": "phone"})
    assert "已答复来报人" in seat.toast and "待回访" in seat.text
    late = screen("second_seat_agent").post(f"{act}/tell/", {"seq": "1", "key": "c", "reply": "后来的话", "channel": "phone"}, status=409)
    assert "周岚（坐席员）已于" in late
    seat.post(f"{act}/follow_up/", {"seq": "2", "key": "d", "result": "satisfied"})
    assert "回访满意" in seat.text and call["number"] not in seat.get("/requests/")
    assert call["number"] in seat.get("/requests/?tab=closed")
    assert "没有保密的诉求" in screen("dispatcher").get("/requests/")
    screen("clerk").get("/requests/", status=403)
