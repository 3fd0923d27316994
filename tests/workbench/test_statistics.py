"""统计报表 as people read it: figures that open their lists, two lists of an office that handles cases, files and the way down and up."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.api import paths
from tests.api.paths import At
from tests.support.city import FAR_INSIDE, WORKDAY, City, spot
from tests.support.screen import Screen
from tests.workbench.test_areas import dispatched_to, listed, office_that_handles
from urbangrid.audit.models import AuditRow
from urbangrid.cases.models import Case
from urbangrid.core import clock

ROW = re.compile(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', re.S)
CELL = re.compile(r"<td[^>]*>(.*?)</td>", re.S)
LINK = re.compile(r'href="([^"]+)"')
FIGURES = ("受理", "立案", "结案", "在办", "超期未结", "按期", "超时")


def rows_of(html: str) -> dict[str, list[str]]:
    """Name of a row → its cells as they are drawn."""
    return {_words(name): CELL.findall(cells) for name, cells in ROW.findall(html)}


def _words(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html).strip()


def figures(html: str, name: str) -> list[str]:
    return [_words(cell) for cell in rows_of(html)[name]]


def lists_of(html: str) -> Iterator[tuple[str, int, str]]:
    """Row, figure, address of its list, for every figure of the table that has one."""
    for name, cells in rows_of(html).items():
        for cell in cells:
            if address := LINK.search(cell):
                yield name, int(_words(cell)), unescape(address[1])


def _sent_back_and_forth(desk: At, city: City) -> str:
    case = paths.dispatched(desk, city)
    paths.fed_back(desk, case)
    paths.to_check(desk, case)
    paths.checked(desk, case)
    desk("seat_agent").done(case, "close")
    return case


@pytest.fixture
def month(desk: At, city: City) -> dict[str, Any]:
    """A closed case, one at 市政所, one filed and one late in 西湖街道; one in 东湖街道; one of the month before."""
    with clock.travel(WORKDAY - timedelta(days=28)):
        paths.filed(desk, city)
    with clock.travel(WORKDAY - timedelta(days=18)):
        late = paths.filed(desk, city)
    with clock.travel(WORKDAY):
        closed, held = _sent_back_and_forth(desk, city), paths.dispatched(desk, city)
        paths.accept(desk, paths.report(desk, city, spot=spot(500, 140))["report_id"], "file")
        far = paths.accept(desk, paths.report(desk, city, who="far_inspector", spot=FAR_INSIDE)["report_id"], "file")
    return {"late": int(late), "closed": int(closed), "held": int(held), "far": int(far)}


def test_every_figure_of_the_running_month_opens_a_list_of_exactly_that_length(
    month: dict[str, Any], city: City, screen: type[Screen]
) -> None:  # fmt: skip
    with clock.travel(WORKDAY + timedelta(minutes=5)):
        leader = screen("leader")
        for by in ("subdistrict", "community", "cell", "major", "minor", "source", "unit", "state", "day"):
            leader.get(f"/statistics/?by={by}")
            found = list(lists_of(leader.html))
            assert len(found) >= 8, by
            for row, figure, address in found:
                leader.get(address)
                assert len(listed(leader.html)) == figure, (by, row, address)
                assert f" {figure} 件" in leader.text and "截至时刻 2026-11-20 09:45:00" in leader.text


def test_the_table_says_what_it_counts_and_compares_with_the_same_days_before(
    month: dict[str, Any], city: City, screen: type[Screen]
) -> None:  # fmt: skip
    with clock.travel(WORKDAY + timedelta(minutes=5)):
        leader = screen("leader")
        text = leader.get("/statistics/")
        assert figures(leader.html, "西湖街道") == ["4", "4", "1", "3", "1", "1", "0", "100.0%", "80.0%", "0", "+4"]
        assert figures(leader.html, "东湖街道") == ["1", "1", "0", "1", "0", "0", "0", "—", "20.0%", "0", "+1"]
        assert figures(leader.html, "合计")[:5] == ["5", "5", "1", "4", "1"]
        assert "截至时刻 2026-11-20 09:45:00" in text and "按受理时间计入" in text and "上期为 2026-10-01 至 2026-10-20 09:45" in text
        assert "本期受理 5 件，比上期多 5 件；最多的是西湖街道，4 件（80.0%）；超期未结 1 件，最多的是西湖街道，1 件。" in text
        chart = json.loads(re.findall(r'id="chart-data"[^>]*>(.*?)<', leader.html)[0])
        assert chart["names"] == ["西湖街道", "东湖街道"] and chart["now"] == [4, 1]
        leader.get(chart["lists"][0])
        here = Case.objects.filter(subdistrict=city.west_street, opened_at__month=11)
        assert listed(leader.html) == set(here.values_list("pk", flat=True))
        leader.get("/statistics/?period=last_month")
        assert figures(leader.html, "西湖街道")[0] == "1"
        assert "这段时间没有案件" in leader.get("/statistics/?period=own&first=2026-01-01&last=2026-01-31")
        assert 'data-live-board="statistics"' not in leader.html, "what is over does not follow"
        leader.get("/statistics/?period=week&by=day")
        assert next(iter(rows_of(leader.html))) == "11月14日" and figures(leader.html, "11月20日")[0] == "4"


def test_one_goes_down_from_the_street_to_the_cell_and_up_again(month: dict[str, Any], city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY + timedelta(minutes=5)):
        leader = screen("leader")
        leader.get("/statistics/")
        assert 'data-live-board="statistics"' in leader.html
        for name, expected in (("西湖街道", {"柳荫社区": "3", "双井社区": "1"}), ("柳荫社区", None)):
            address = next(LINK.search(cell) for cell, _cells in ROW.findall(leader.html) if _words(cell) == name)
            assert address is not None
            leader.get(unescape(address[1]))
            if expected:
                assert {row: figures(leader.html, row)[0] for row in rows_of(leader.html) if row != "合计"} == expected
        assert all(len(name) == 15 for name in rows_of(leader.html) if name != "合计")
        assert "街道：西湖街道" in leader.text and "社区：柳荫社区" in leader.text and figures(leader.html, "合计")[0] == "3"
        up = re.search(r'href="([^"]+)" data-key="F8"', leader.html)
        assert up is not None
        leader.get(unescape(up[1]))
        assert set(rows_of(leader.html)) == {"柳荫社区", "双井社区", "合计"}
        leader.get("/statistics/?day=2026-11-02")
        assert figures(leader.html, "合计")[0] == "5", "a day narrows lists, not tables: the period before has no such day"
        leader.get("/statistics/?by=minor&major=event-99")
        assert "这段时间没有案件" in leader.text, "a class that there is not narrows to nothing"


def test_what_an_office_handles_and_what_it_only_supervises_are_two_tables(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        office = office_that_handles(city)
        own = {int(dispatched_to(desk, city, office)) for _ in range(2)}
        others = {int(paths.dispatched(desk, city)), int(paths.filed(desk, city)), int(paths.filed(desk, city))}
    with clock.travel(WORKDAY + timedelta(minutes=5)):
        officer = screen("subdistrict_officer")
        for address, word, mine in (("/statistics/", "只监督", others), ("/statistics/?list=own", "本街办理", own)):
            text = officer.get(address)
            assert f"统计报表 · {word}" in text and figures(officer.html, "合计")[0] == str(len(mine))
            assert not re.search(rf">{len(own | others)}<", officer.html), "never added together"
            address = next(address for row, _n, address in lists_of(officer.html) if row == "合计")
            officer.get(address)
            assert listed(officer.html) == mine and word in officer.text
        assert "位置在本辖区内的，边界外的不计。" in officer.text


def test_each_desk_counts_its_own_reach_and_a_stranger_key_opens_nothing(month: dict[str, Any], city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY + timedelta(minutes=5)):
        officer, clerk = screen("far_subdistrict_officer"), screen("clerk")
        officer.get("/statistics/")
        assert set(rows_of(officer.html)) == {"钟楼社区", "合计"}
        officer.get(f"/statistics/cases/?subdistrict={city.west_street.pk}")
        assert listed(officer.html) == set()
        text = clerk.get("/statistics/?by=state")
        assert figures(clerk.html, "合计")[0] == "2" and "本单位现在或曾经承办的" in text
        clerk.get("/statistics/cases/?figure=nonsense&at=x&page=0")
        assert listed(clerk.html) == {month["closed"], month["held"]}


def test_the_file_is_the_table_of_the_same_instant_with_what_it_counts(month: dict[str, Any], city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY + timedelta(minutes=5)):
        leader = screen("leader")
        leader.get(f"/statistics/?by=community&subdistrict={city.west_street.pk}")
        shown = {name: figures(leader.html, name) for name in rows_of(leader.html)}
        address = re.search(r'href="(/statistics.xlsx[^"]+)"', leader.html)
        assert address is not None
    with clock.travel(WORKDAY + timedelta(minutes=9)):
        book = load_workbook(io.BytesIO(leader.client.get(unescape(address[1])).content))
    sheet, about = book.worksheets
    lines = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert [str(title) for title in lines[0][:8]] == ["社区", *FIGURES]
    assert {line[0]: [str(value) for value in line[1:8]] for line in lines[1:]} == {name: cells[:7] for name, cells in shown.items()}
    said = "\n".join(str(line[0].value) for line in about.iter_rows())
    assert "截至时刻：2026-11-20 09:45:00" in said and "街道：西湖街道" in said and "口径：" in said and "导出：" in said
    kept = AuditRow.objects.get(action="export_cases")
    assert kept.values["table"] == "statistics"
