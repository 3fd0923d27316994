"""今日概况 as a leader reads it: per stage and unit in time, soon late, late; what was returned or reworked; each number is a list."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.api import paths
from tests.api.paths import At
from tests.support.browser import enter
from tests.support.city import WORKDAY, City
from urbangrid.cases import words
from urbangrid.core import clock

LISTED = re.compile(r"data-row href")


def _row(page: str, name: str) -> list[str]:
    """The figures of the table row that begins with that word."""
    found = re.search(rf"<tr><td>(?:<a[^>]*>)?{name}(?:</a>)?</td>(.*?)</tr>", page)
    assert found, name
    return re.findall(r"<td[^>]*>(?:<[^>]+>)*(\d+)", found[1])


@pytest.mark.requirement("CY-20-6")
def test_a_leader_sees_stages_and_units_by_light_and_drills_to_the_cases(desk: At, city: City) -> None:
    with clock.travel(WORKDAY):
        late, back, redone, fresh = (paths.dispatched(desk, city) for _number in range(4))
        for case in (late, back, redone):
            desk("clerk").done(case, "receive")
        desk("clerk").done(back, "ask_send_back", reason="not_ours", note="不属本所养护范围")
        request = desk("clerk").get(f"/cases/{back}").body["requests"][-1]["request_id"]
        desk("dispatcher").done(back, "agree", request=request)
        desk("clerk").done(redone, "feedback", text="已修补", files=[desk("clerk").send_photo("black")])
        desk("dispatcher").done(redone, "rework", reason="remains")
    with clock.travel(WORKDAY + timedelta(minutes=5)):
        leader, home = enter(Client(), city, "leader"), reverse("workbench:board")
        page = leader.get(home).content.decode()
        assert _row(page, "市政所") == ["3", "3", "0", "0", "0", "1", "0"]
        assert re.search(r"回退过在办 <a[^>]*><b>1</b>", page) and re.search(r"返工过在办 <a[^>]*><b>1</b>", page)
        unit = str(desk("clerk").who.unit_id)
        address = reverse("workbench:stage_list")
        lists: list[tuple[dict[str, Any], int]] = [
            ({"unit": unit}, 3), ({"unit": unit, "exception": "reworked"}, 1), ({"exception": "returned"}, 1),
            ({"exception": "reworked"}, 1),
        ]  # fmt: skip
        for asked, expected in lists:
            shown = leader.get(address, asked).content.decode()
            assert len(LISTED.findall(shown)) == expected, asked
        assert back in leader.get(address, {"exception": "returned"}).content.decode()
        assert fresh in leader.get(address, {"unit": unit, "kind": "receive"}).content.decode()
    with clock.travel(WORKDAY + timedelta(days=30)):
        page = leader.get(home).content.decode()
        assert _row(page, "市政所")[3] == "3", "late ones of the unit"
        assert len(LISTED.findall(leader.get(address, {"unit": unit, "light": "red"}).content.decode())) == 3
        assert _row(page, str(words.QUEUES["receive"]))[2] == "1" and _row(page, str(words.QUEUES["dispose"]))[2] == "2"
    assert enter(Client(), city, "clerk").get(home).status_code == 403


def test_what_waits_for_an_approver_stands_in_the_grey_column_and_each_number_is_the_length_of_its_list(desk: At, city: City) -> None:
    """待批 stays in its light as well: the clock goes on while one asks (case-rules 1)."""
    with clock.travel(WORKDAY):
        asked, plain = (paths.dispatched(desk, city) for _number in range(2))
        for case in (asked, plain):
            desk("clerk").done(case, "receive")
        desk("clerk").done(asked, "ask_send_back", reason="not_ours", note="不属本所养护范围")
    home, listed = reverse("workbench:board"), reverse("workbench:stage_list")
    with clock.travel(WORKDAY + timedelta(days=30)):
        leader = enter(Client(), city, "leader")
        page = leader.get(home).content.decode()
        assert page.count("挂账·转市·待批") == 2
        row = re.search(r"<tr><td>处置中</td>.*?</tr>", page)
        assert row and re.search(r'exception=asking">待批 1</a></td></tr>', row[0])
        assert _row(page, "处置中") == ["0", "0", "2", "0"]
        for narrowed in ({"kind": "dispose"}, {"unit": str(desk("clerk").who.unit_id)}, {}):
            shown = leader.get(listed, {"exception": "asking", **narrowed}).content.decode()
            assert len(LISTED.findall(shown)) == 1 and asked in shown and plain not in shown
        late = re.search(r"<h2>超时 <span class=\"count\">(\d+) 件", page)
        assert late and int(late[1]) == 3, "the request is late too"
        assert len(LISTED.findall(leader.get(listed, {"light": "red"}).content.decode())) == 3
        request = desk("clerk").get(f"/cases/{asked}").body["requests"][-1]["request_id"]
        desk("dispatcher").done(asked, "agree", request=request)
        assert "exception=asking" not in leader.get(home).content.decode()
