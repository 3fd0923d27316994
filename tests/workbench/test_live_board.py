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
from urbangrid.cases.models import Case
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


FIGURE = re.compile(r'<a[^>]*href="(/[^"]+)"[^>]*>(?:<b>)?(?:在办 |待批 )?(\d+)(?: 件)?(?:</b>)?</a>')


def test_every_number_of_the_board_opens_exactly_what_it_counts(desk: At, city: City) -> None:
    """The first line and the sums too; a rate opens what was judged, which its part and whole count."""
    with clock.travel(WORKDAY):
        cases = [paths.dispatched(desk, city) for _number in range(3)]
        desk("clerk").done(cases[0], "receive")
        paths.report(desk, city)
        paths.fed_back(desk, cases[1])
        desk("clerk").done(cases[0], "ask_send_back", reason="not_ours", note="不属本所养护范围")
        repeated = Case.objects.get(pk=cases[2])
        repeated.repeat = True
        repeated.save(update_fields=["repeat"])
        leader = enter(Client(), city, "leader")
        page = leader.get(reverse("workbench:board")).content.decode()
        first = page[page.index('class="figures"') : page.index("截至")]
        told = {word: int(n) for word, n in re.findall(r"(今日上报|立案|反复|结案|超期未结|无人负责)[^<]*(?:<a[^>]*>)?<b>(\d+)</b>", first)}
        assert told == {"今日上报": 4, "立案": 3, "反复": 1, "结案": 0, "超期未结": 0, "无人负责": 0}
        rate = re.search(r'href="([^"]+)"><b>100.0%</b> <small class="quiet">1/1<', first)
        assert rate and _length(leader, rate[1]) == 1
        sums = page[page.index("<b>合计</b>") : page.index("</table>")]
        assert "kind=stages" in sums and 'exception=asking' in sums
        figures = FIGURE.findall(page)
        assert [sum(part in address for address, _n in figures) for part in ("what=today_", "kind=stages")] == [3, 3]
        assert [(address, int(n)) for address, n in figures if _length(leader, address) != int(n)] == []
    with clock.travel(WORKDAY + timedelta(days=60)):
        page = leader.get(reverse("workbench:board")).content.decode()
        late = [(address, int(n)) for address, n in FIGURE.findall(page) if re.search("today_overdue|kind=stages&amp;light=red", address)]
        assert len(late) == 2 and all(_length(leader, address) == n > 0 for address, n in late)


def _length(client: Client, address: str) -> int:
    """Of the list that a number leads to, as it says itself and as it is drawn."""
    page = client.get(address.replace("&amp;", "&")).content.decode()
    said = re.search(r'class="count"[^>]*>(\d+) 件', page)
    assert said, address
    if "/board/list/" in address:
        assert page.count("<tr><td>") == int(said[1]), address
    return int(said[1])
