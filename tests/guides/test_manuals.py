"""指挥手册, 监督手册, 处置手册 are the configuration in force: a change stands in the next one, with its day (SZ-6.7)."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from tests.support import pdf as told_pdf
from tests.support.browser import enter
from tests.support.city import City
from urbangrid.audit.models import AuditRow
from urbangrid.catalog import cache, handbook, law
from urbangrid.catalog.models import Category, FilingCondition, Responsibility, TimeLimit
from urbangrid.core import clock
from urbangrid.guides import manuals

MORNING = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
YESTERDAY = "2026-11-19"
TODAY = "2026-11-20"


def _page(browser: Client, name: str, day: str = "", **more: str) -> str:
    answer = browser.get(reverse("guides:manual", args=[name]), {"day": day, **more})
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def _classed(page: str, code: str) -> str:
    """What the book says of a class."""
    return page.partition(f'data-class="{code}"')[2].partition("</tbody>")[0]


def _rows(browser: Client, name: str, day: str) -> list[dict[str, Any]]:
    made = browser.get(reverse("guides:manual_table", args=[name]), {"day": day})
    sheet = load_workbook(io.BytesIO(made.content)).active
    assert sheet is not None and sheet.title == f"{manuals.MANUALS[name]} {day}"
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def _of_the_class(paper: bytes, city: City) -> str:
    """What a PDF says of 道路破损, in its first lines."""
    option = city.category()
    return "".join(told_pdf.pages(paper)).partition(f"{option.code}{option.name}")[2][:160]


def _change_limit(city: City, days: int) -> None:
    """The system administrator takes the table of filing standards out, writes another limit for 道路破损 and brings it in."""
    admin = enter(Client(), city, "system_admin")
    book = load_workbook(io.BytesIO(admin.get(reverse("catalog:handbook_file")).content))
    sheet = book.active
    assert sheet is not None
    titles = [str(cell.value) for cell in sheet[1]]
    place = {title: number for number, title in enumerate(titles)}
    for row in sheet.iter_rows(min_row=2):
        if row[place["小类"]].value == "道路破损":
            row[place["处置时限"]].value = days
    out = io.BytesIO()
    book.save(out)
    file = io.BytesIO(out.getvalue())
    file.name = "handbook.xlsx"
    assert admin.post(reverse("catalog:handbook_import"), {"file": file}).status_code == 200


@pytest.mark.requirement("SZ-6.7")
def test_a_limit_changed_in_the_administration_stands_in_todays_book_with_its_day_and_the_old_one_in_yesterdays(city: City) -> None:
    with clock.travel(MORNING):
        _change_limit(city, 7)
    code = city.category().code
    with clock.travel(MORNING + timedelta(hours=1)):
        director = enter(Client(), city, "dispatcher")
        now, before = _page(director, "command", TODAY), _page(director, "command", YESTERDAY)
        assert "7 工作日" in _classed(now, code) and f"自 {TODAY} 起" in _classed(now, code)
        assert "5 工作日" in _classed(before, code) and "7 工作日" not in _classed(before, code)
        assert "按 2026-11-20 11:00 的现行设置" in now and "按 2026-11-19 23:59 的现行设置" in before
        paper = director.get(reverse("guides:manual_pdf", args=["command"])).content
        for wanted in ("指挥手册", "目录", "办理环节", "责任单位：", "结案条件", city.platform.name):
            assert wanted in "".join(told_pdf.pages(paper)), wanted
        assert "7工作日" in _of_the_class(paper, city) and f"自{TODAY}起" in _of_the_class(paper, city)
        old = _of_the_class(director.get(reverse("guides:manual_pdf", args=["command"]), {"day": YESTERDAY}).content, city)
        assert "5工作日" in old and "7工作日" not in old
        limits = [next(row for row in _rows(director, "command", day) if row["小类"] == "道路破损") for day in (TODAY, YESTERDAY)]
    assert [row["处置时限"] for row in limits] == ["7 工作日", "5 工作日"]
    assert [row["自何日起"] for row in limits] == [TODAY, None]
    assert limits[0]["责任单位"] and limits[0]["结案条件"]
    assert AuditRow.objects.filter(action="printed", values__sheet="指挥手册").count() == 4


def test_each_book_says_what_its_readers_need(city: City) -> None:
    Category.objects.update(collect_hint="近景和全景各一张")
    with clock.travel(MORNING):
        inspector = enter(Client(), city, "inspector")
        supervision, handling = _page(inspector, "supervision"), _page(inspector, "handling")
    assert "近景和全景各一张" in supervision and "核查至少几张照片" in supervision and "公众来源，立案前核实" in supervision
    assert "办理环节" in supervision and "15分" in supervision and "坐席员" in supervision, "the stages with their posts and limits"
    assert "处置时限" in handling and "反馈至少几张照片" in handling and "近景和全景各一张" not in handling
    for page in (supervision, handling):
        assert "办理流程：一个中心、两个轴 第 1 版" in page and "责任清单：" in page, "the versions that it was made of"


def test_a_limit_of_an_area_grade_and_a_unit_of_an_area_are_told_as_such(city: City) -> None:
    condition = FilingCondition.objects.get(pk=city.condition())
    TimeLimit.objects.create(condition=condition, area_grade=1, value=2, unit="work_day", case_value=4)
    row = Responsibility.objects.filter(platform=city.platform, category=condition.category).first()
    assert row is not None
    Responsibility.objects.filter(pk=row.pk).update(is_main=True, rule="主干路")
    with clock.travel(MORNING):
        text = _classed(_page(enter(Client(), city, "clerk"), "handling"), condition.category.code)
    assert "一级区域 2 工作日（案件总时限 4 工作日）" in text and "5 工作日" in text
    assert f"{row.unit_name}（主责；" in text and "主干路" in text


def test_a_book_of_one_unit_holds_its_classes_alone(city: City) -> None:
    with clock.travel(MORNING):
        browser = enter(Client(), city, "clerk")
        whole = _page(browser, "handling")
        unit = manuals.manual("handling", city.platform.pk, clock.now(), clock.now().date()).units[0]
        own, none = _page(browser, "handling", unit=unit), _page(browser, "handling", unit="没有的单位")
    assert 0 < own.count("data-class=") <= whole.count("data-class=")
    assert none.count("data-class=") == 0 and "没有可以列出的小类" in none


def test_a_day_that_is_none_or_lies_ahead_is_said_and_todays_book_shown(city: City) -> None:
    with clock.travel(MORNING):
        browser = enter(Client(), city, "leader")
        for typed in ("2026-11-21", "昨天"):
            assert "请填今天或以前的日期" in _page(browser, "command", typed)
        assert browser.get(reverse("guides:manual", args=["court"])).status_code == 404
        company = enter(Client(), city, "company_clerk")
        assert company.get(reverse("guides:manual", args=["command"])).status_code == 404, "a company reads its own face's texts alone"
        assert "指挥手册" not in company.get(reverse("guides:own")).content.decode()
        assert reverse("guides:manual", args=["command"]) in browser.get(reverse("guides:own")).content.decode()


def test_a_book_takes_as_many_statements_for_many_classes_as_for_few(city: City) -> None:
    def statements() -> int:
        with clock.travel(MORNING), CaptureQueriesContext(connection) as found:
            manuals.manual("command", city.platform.pk, clock.now(), clock.now().date())
        return len(found)

    statements()
    few = statements()
    one = Category.objects.filter(kind="event").first()
    assert one is not None
    for number in range(20):
        made = Category.objects.create(
            version=one.version, kind="event", code=f"99{number:02}", major_code="99", major_name="样例类", name=f"样例{number}"
        )
        condition = FilingCondition.objects.create(category=made, position=1, problem="样例", condition="样例", closing_condition="样例")
        TimeLimit.objects.create(condition=condition, value=1, unit="work_day")
    assert statements() == few <= 16


def test_the_table_that_is_taken_out_for_changing_has_the_same_limits(city: City) -> None:
    """One truth: the sheet of filing standards and the book of now."""
    with clock.travel(MORNING):
        table = load_workbook(io.BytesIO(handbook.export_handbook(city.platform.pk))).active
        assert table is not None
        head, *rows = table.iter_rows(values_only=True)
        place = {str(title): number for number, title in enumerate(head)}
        listed = {(row[place["小类代码"]], row[place["问题"]]) for row in rows}
        book = {(row["小类代码"], row["问题"]) for row in _rows(enter(Client(), city, "leader"), "command", TODAY)}
    assert book == listed


def test_the_legal_basis_is_told_from_the_day_on_which_somebody_wrote_it(city: City) -> None:
    option = city.category()
    law.add(city.platform.pk, title="样城区道路管理办法", number="第九条", text="路面破损应当修复。", classes=[option.id])
    law.add(city.platform.pk, title="样城区管理办法", number="第一条", text="人人爱护道路。", classes=[])
    cache.changed()
    browser = enter(Client(), city, "dispatcher")
    yesterday = (clock.now() - timedelta(days=1)).date().isoformat()
    now, before = (_page(browser, "command", day) for day in ("", yesterday))
    assert "《样城区道路管理办法》第九条" in _classed(now, option.code) and "第九条" not in before
    assert "各类通用的法规条文" in now and "人人爱护道路" in now
