"""What an address or a version cannot mean is said where one looks, not passed over and not met on pressing."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.api import paths
from tests.api.paths import At
from tests.support.browser import enter
from tests.support.city import WORKDAY, City
from tests.support.screen import Screen
from urbangrid.cases import processes
from urbangrid.cases.definitions import rows
from urbangrid.cases.models import ProcessDefinition
from urbangrid.core import clock


@pytest.fixture
def director(city: City) -> Client:
    return enter(Client(), city, "duty_director")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/search/?since=abc", "“abc”不是日期"),
        ("/search/?until=2026-13-40", "“2026-13-40”不是日期"),
        ("/search/?since=2026-07-09&until=2026-07-01", "止日 2026-07-01 早于起日 2026-07-09"),
        ("/ledger/?month=2026-13", "“2026-13”不是月份"),
        ("/ledger/?since=2026-07-09&until=2026-07-01", "止日 2026-07-01 早于起日 2026-07-09"),
    ],
)
def test_a_time_that_is_none_is_said_at_its_field(director: Client, address: str, said: str) -> None:
    answer = director.get(address)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "-fault" in answer.content.decode()
    right = director.get("/search/?since=2026-07-01&until=2026-07-01")
    assert right.status_code == 200


def test_no_file_is_made_of_a_search_by_days_that_are_none(director: Client) -> None:
    answer = director.post("/export/", {"of": "search", "form": "xlsx", "query": "since=abc"})
    assert answer.status_code == 422


def test_a_list_of_the_board_that_there_is_none_of_is_not_found(director: Client) -> None:
    answer = director.get("/board/list/?kind=xyz")
    assert answer.status_code == 404
    assert "没有“xyz”这个待办队列" in answer.content.decode()
    assert director.get("/board/list/?kind=dispatch").status_code == 200


def test_a_version_from_before_the_check_shows_why_instead_of_a_key_that_is_refused(desk: At, city: City, screen: type[Screen]) -> None:
    key = "btn btn-primary tall"
    with clock.travel(WORKDAY):
        paths.filed(desk, city)
        dispatcher = screen("dispatcher")
        dispatcher.get("/desk/")
        assert key in dispatcher.html
        whole = rows.normal(ProcessDefinition.objects.get().definition)
        whole["moves"] = [row for row in whole["moves"] if row["action"] != "dispatch"]
        ProcessDefinition.objects.update(definition=whole)
        processes.process_of.cache_clear()
        try:
            page = dispatcher.get("/desk/")
        finally:
            processes.process_of.cache_clear()
        assert "没有“派遣”这一步" in page
        assert key not in dispatcher.html
