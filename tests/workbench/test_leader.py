"""今日概况 of a leader: six figures that are lists, the worst three, whose hands, 批示 in three taps (desks.md L1, L2, L4)."""

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
from urbangrid.cases.day_figures import dangers
from urbangrid.cases.models import Case, CaseRequest
from urbangrid.core import clock, platforms
from urbangrid.core.models import Platform

DAY, WEEK = timedelta(days=1), timedelta(days=7)


def _figures(page: str) -> dict[str, tuple[str, str]]:
    """Figure → its number and the address of its list."""
    found = re.findall(r'<a href="([^"]+)"[^>]* data-figure="(\w+)">.*?<b class="six-number number">([^<]+)', page)
    return {name: (number, address.replace("&amp;", "&")) for address, name, number in found}


def _length(browser: Client, address: str) -> int:
    found = re.search(r'data-total="(\d+)"', browser.get(address).content.decode())
    assert found, address
    return int(found[1])


def _closed(desk: At, case: str) -> None:
    paths.fed_back(desk, case)
    paths.to_check(desk, case)
    paths.checked(desk, case)
    desk("seat_agent").done(case, "close")


def _two_weeks(desk: At, city: City) -> tuple[str, str]:
    """A case closed a week ago, one closed yesterday after a rework, one open and late since; gives the last two."""
    with clock.travel(WORKDAY - WEEK - DAY):
        _closed(desk, paths.dispatched(desk, city))
    with clock.travel(WORKDAY - DAY):
        redone, late = (paths.dispatched(desk, city) for _number in range(2))
        paths.report(desk, city)
        paths.fed_back(desk, redone)
        desk("dispatcher").done(redone, "rework", reason="remains")
        desk("clerk").done(redone, "feedback", text="重新修补", files=[desk("clerk").send_photo("black")])
        paths.to_check(desk, redone)
        paths.checked(desk, redone)
        desk("seat_agent").done(redone, "close")
        desk("clerk").done(late, "receive")
    Case.objects.filter(pk=late).update(due_at=WORKDAY - timedelta(hours=2))
    return redone, late


def test_a_leader_lands_on_six_figures_and_each_is_the_length_of_its_list(desk: At, city: City) -> None:
    redone, late = _two_weeks(desk, city)
    with clock.travel(WORKDAY):
        leader = enter(Client(), city, "leader")
        assert leader.get("/").headers["Location"] == reverse("workbench:leader")
        page = leader.get(reverse("workbench:leader")).content.decode()
        found = _figures(page)
        assert {name: number for name, (number, _address) in found.items()} == {
            "reported": "3", "filed": "2", "closed": "1", "on_time": "100.0", "reworked": "100.0", "overdue": "1",
        }  # fmt: skip
        lengths = {name: _length(leader, address) for name, (_number, address) in found.items()}
        assert lengths == {"reported": 3, "filed": 2, "closed": 1, "on_time": 1, "reworked": 1, "overdue": 1}
        assert "上周四" in page and "多 1" in page and "变差" in page, "compared with the same weekday"
        reworked = reverse("workbench:figure_list") + f"?what=reworked&day={(WORKDAY - DAY):%Y-%m-%d}"
        assert redone in leader.get(reworked).content.decode()
        hands = page[page.index("在谁手里") :]
        assert "卡在" in hands and "市政所·何建" in hands and "已签收未处置" in hands and "010-00000001" in hands
        for address in re.findall(r'href="(/leader/list/[^"]+)"', page):
            assert leader.get(address.replace("&amp;", "&")).status_code == 200, address
        assert late in leader.get(f"{reverse('workbench:figure_list')}?what=overdue").content.decode()


def test_the_map_is_coloured_by_count_and_adds_up_to_the_figure(desk: At, city: City) -> None:
    _two_weeks(desk, city)
    with clock.travel(WORKDAY):
        leader = enter(Client(), city, "leader")
        for measure, total in (("overdue", 1), ("reported", 3)):
            page = leader.get(reverse("workbench:leader"), {"map": measure}).content.decode()
            numbers = [int(one) for one in re.findall(r'class="area-number"[^>]*>(\d+)<', page)]
            beside = [int(one) for one in re.findall(r"</a></li><li>未落街道 <b[^>]*>(\d+)", page)]
            assert len(numbers) == 2 and sum(numbers) + sum(beside) == total
            dark = [float(one) for one in re.findall(r'fill-opacity="([\d.]+)"', page)]
            assert dark[numbers.index(max(numbers))] == max(dark) > min(dark), "the more, the darker"
            first = re.search(r'<a href="([^"]+)" aria-label="西湖', page)
            assert first and _length(leader, first[1].replace("&amp;", "&")) == numbers[0]


def test_a_danger_that_was_set_aside_is_not_the_worst_while_another_is_open(desk: At, city: City) -> None:
    with clock.travel(WORKDAY - DAY):
        older, newer = paths.dispatched(desk, city), paths.dispatched(desk, city)
        Case.objects.filter(pk__in=(older, newer)).update(urgent=True)
    with clock.travel(WORKDAY):
        director = city.acting("duty_director")
        assert [str(one.pk) for one in dangers(director)] == [older, newer]
        Case.objects.filter(pk=older).update(aside="suspension")
        assert [str(one.pk) for one in dangers(director)] == [newer, older], "both are counted"


def test_the_oldest_danger_stands_with_name_and_telephone_and_an_instruction_goes_out_in_three_taps(desk: At, city: City) -> None:
    with clock.travel(WORKDAY - DAY):
        case = paths.dispatched(desk, city)
        desk("clerk").done(case, "receive")
        Case.objects.filter(pk=case).update(urgent=True)
    with clock.travel(WORKDAY):
        leader, home = enter(Client(), city, "leader"), reverse("workbench:leader")
        page = leader.get(home, {"say": "danger"}).content.decode()
        assert "险情 · 最久未除" in page and "大柳树路南侧" in page and "何建" in page and "010-00000001" in page
        form = page[page.index('id="say"') :]
        hidden: dict[str, Any] = dict(re.findall(r'type="hidden" name="(key|say|case|seq|unit)" value="([^"]*)"', form))
        nothing = leader.post(reverse("workbench:say"), hidden)
        assert nothing.status_code == 422 and 'id="say-fault"' in nothing.content.decode(), "words are missing, said at their field"
        sent = leader.post(reverse("workbench:say"), hidden | {"chip": ["今日恢复", "报结果"], "own": "不得过夜", "until": ""})
        assert sent.status_code == 302
        mine = leader.get(home).content.decode()
        assert "今日恢复，报结果，不得过夜" in mine and "1 件未了" in mine and "未阅" in mine
        again = leader.post(reverse("workbench:say"), hidden | {"chip": ["查明原因"], "key": "another"})
        assert again.status_code == 409 and re.search(r'value="查明原因" checked', again.content.decode()), "what was ticked is kept"
        request = CaseRequest.objects.get(case_id=case, kind="instruction")
        desk("clerk").done(case, "answer_order", request=str(request.pk), note="井盖已备，今晚恢复")
        answered = leader.get(home).content.decode()
        assert "已回复" in answered and ">认可<" in answered
        seq = Case.objects.get(pk=case).seq
        done = leader.post(reverse("workbench:leader_accept", args=[case]), {"seq": seq, "request": request.pk, "key": "k"})
        assert done.status_code == 302
        assert "没有未了的批示" in leader.get(home).content.decode()
        listed = leader.get(reverse("workbench:request_list", args=["instruction"]), {"all": "1", "mine": "1"}).content.decode()
        assert listed.count(request.number) == 1
        other = enter(Client(), city, "duty_director")
        assert other.post(reverse("workbench:say"), hidden).status_code == 403, "who may not instruct"


def test_an_empty_city_teaches_what_will_stand_there(city: City) -> None:
    with clock.travel(WORKDAY):
        page = enter(Client(), city, "leader").get(reverse("workbench:leader")).content.decode()
        worst = ("近 7 天没有受理满 30 件的单位", "近 7 天没有反复的路段", "现在没有未除的险情")
        for words in (*worst, "现在没有超期未结的", "没有未了的批示"):
            assert words in page, words
        assert enter(Client(), city, "clerk").get(reverse("workbench:leader")).status_code == 403
        assert enter(Client(), city, "leader").get(reverse("workbench:figure_list"), {"what": "no"}).status_code == 404


@pytest.mark.parametrize("about", ["unit", "road"])
def test_unit_and_road_of_the_week_lead_to_their_lists_and_to_an_instruction(desk: At, city: City, about: str) -> None:
    Platform.objects.filter(pk=city.platform.pk).update(settings={**city.platform.settings, "compared_from": 1})
    platforms.forget()
    _redone, late = _two_weeks(desk, city)
    Case.objects.filter(pk=late).update(repeat=True)
    with clock.travel(WORKDAY):
        leader = enter(Client(), city, "leader")
        page = leader.get(reverse("workbench:leader"), {"say": about}).content.decode()
        assert "市政所 按期率" in page and "大柳树路（西湖街道）" in page
        lists = [one.replace("&amp;", "&") for one in re.findall(r'href="(/leader/list/\?what=(?:unit|road)[^"]+)"', page)]
        assert [_length(leader, one) for one in lists] == [1, 2, 1], "fed back; on the road; of these repeated"
        form = page[page.index('id="say"') :]
        hidden: dict[str, Any] = dict(re.findall(r'type="hidden" name="(key|say|case|seq|unit)" value="([^"]*)"', form))
        assert hidden["say"] == about
        sent = leader.post(reverse("workbench:say"), hidden | {"own": "要有人盯", "until": ""})
        assert sent.status_code == 302, sent.content.decode()
        request = CaseRequest.objects.get(kind="instruction")
        assert str(request.target_unit_id) == hidden["unit"] or not hidden["unit"]
