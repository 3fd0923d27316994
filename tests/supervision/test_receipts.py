"""Receipts of 催办 and 督办 per person on the case, and the urgent mark on the dispatcher's desk (desks.md D5)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.api import paths
from tests.api.paths import At
from tests.supervision.delivery import deliver
from tests.support.city import WORKDAY, City
from tests.support.screen import Screen
from urbangrid.cases.models import Case, WorkItem
from urbangrid.companies.tokens import token_of
from urbangrid.core import clock
from urbangrid.messaging import queries


@pytest.fixture(autouse=True)
def _fresh_table() -> None:
    queries.forget()


def _receipts(who: Screen, case: str, status: int = 200) -> str:
    return who.get(f"/case/{case}/receipts/", status)


def test_an_order_shows_per_person_who_has_read_it_and_when(screen: type[Screen], desk: At, city: City) -> None:
    clerk_name = city.acting("clerk").user_name
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        director = screen("duty_director")
        director.get(f"/case/{case}/")
        assert f"/case/{case}/receipts/" not in director.html, "nothing was sent yet"
        desk("duty_director").done(case, "order", note="今日内办结")
        deliver()
        director.get(f"/case/{case}/")
        assert f'hx-get="/case/{case}/receipts/"' in director.html
        text = _receipts(director, case)
        assert f"{clerk_name} 市政所" in text and "未读" in text and "0 / " in text
    with clock.travel(WORKDAY + timedelta(minutes=12)):
        clerk = screen("clerk")
        clerk.get(f"/case/{case}/")
        assert _receipts(clerk, case) == "", "a unit's people are not shown to each other"
    with clock.travel(WORKDAY + timedelta(minutes=30)):
        text = _receipts(director, case)
        at = (WORKDAY + timedelta(minutes=12)).astimezone(city.platform.zone)
        assert f"已读 {at:%H:%M}" in text, text
        assert "1 / " in text


def test_reading_in_the_bell_and_marking_all_as_read_count_as_read(screen: type[Screen], desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    desk("duty_director").done(case, "remind", note="请抓紧")
    deliver()
    dispatcher = screen("dispatcher")
    assert "催办" in _receipts(dispatcher, case) and "0 / " in dispatcher.text
    screen("clerk").post("/notices/read/")
    assert "1 / " in _receipts(dispatcher, case)


def test_a_company_that_opens_its_task_has_read_what_urges_it(screen: type[Screen], desk: At, city: City) -> None:
    case = paths.filed(desk, city)
    desk("dispatcher").done(case, "dispatch", unit_id=str(desk("company_clerk").who.unit_id), reason="order", opinion="请处置")
    desk("duty_director").done(case, "order", note="今日内恢复照明")
    deliver()
    director = screen("duty_director")
    assert "0 / 1 人已读" in _receipts(director, case)
    screen("company_clerk").get(f"/company/t/{token_of(int(case))}/talk/")
    assert "1 / 1 人已读" in _receipts(director, case)


def test_receipts_of_a_foreign_case_are_not_there(screen: type[Screen], desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    desk("duty_director").done(case, "order", note="今日内办结")
    _receipts(screen("other_clerk"), case, 404)


def test_the_desk_that_answers_an_order_fetches_its_receipts_too(screen: type[Screen], desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    desk("duty_director").done(case, "order", note="今日内办结")
    clerk, item = screen("clerk"), WorkItem.objects.get(case_id=case, kind="answer_order")
    clerk.get(f"/desk/?tab=answer_order&item={item.pk}")
    assert f'hx-get="/case/{case}/receipts/"' in clerk.html


def test_a_case_marked_urgent_afterwards_is_marked_in_the_dispatchers_queue_and_head(screen: type[Screen], desk: At, city: City) -> None:
    case = paths.filed(desk, city)
    dispatcher, item = screen("dispatcher"), WorkItem.objects.get(case_id=case, kind="dispatch", closed_at=None)
    address = f"/desk/?tab=dispatch&item={item.pk}"
    dispatcher.get(address)
    assert 'class="urgent"' not in dispatcher.html
    desk("duty_director").done(case, "correct", urgent=True, reason="urgent")
    dispatcher.get(address)
    assert dispatcher.html.count('class="urgent"') == 2, "in the row and in the head"
    assert dispatcher.client.get("/desk/counts/").json()["dispatch"]["urgent"] == 1
    assert Case.objects.get(pk=case).urgent
