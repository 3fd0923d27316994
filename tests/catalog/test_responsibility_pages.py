"""The administrator's pages of who is responsible: table, rows with their days, what is to be settled, import with a look before."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from tests.catalog.test_handbook_table import book
from tests.support.browser import enter
from tests.support.city import WORKDAY, City
from urbangrid.audit.models import AuditRow
from urbangrid.catalog import responsibility, responsibility_queries
from urbangrid.catalog.models import Responsibility, StagedTable
from urbangrid.core import clock

TITLES = [column.title for column in responsibility.COLUMNS]


@pytest.fixture
def browser(city: City) -> Client:
    """The system administrator's."""
    return enter(Client(), city, "system_admin")


def text(answer: Any) -> str:
    found: str = answer.content.decode()
    return found


def upload(browser: Client, data: bytes, kind: str = "responsibility") -> Any:
    return browser.post(reverse(f"catalog:{kind}_import"), {"file": SimpleUploadedFile("t.xlsx", data)})


def confirm(browser: Client, shown: Any, kind: str = "responsibility") -> Any:
    return browser.post(reverse(f"catalog:{kind}_apply"), {"staged": shown.context["staged"]})


def sample(browser: Client) -> None:
    Responsibility.objects.all().delete()
    assert "载入朝阳区示例" in text(browser.get(reverse("catalog:responsibility")))
    browser.post(reverse("catalog:responsibility_sample"))


def rows_of(data: bytes) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in load_workbook(BytesIO(data))[responsibility.SHEET].iter_rows()]


@pytest.mark.requirement("CY-A2")
def test_an_administrator_filters_the_table_by_unit_and_class_and_takes_it_out_and_in(browser: Client, city: City) -> None:
    sample(browser)
    page = browser.get(reverse("catalog:responsibility"))
    assert "100 条" in text(page)
    assert len([name for name in responsibility.unit_names(city.platform.pk) if f"<option>{name}</option>" in text(page)]) == 24
    by_unit = text(browser.get(reverse("catalog:responsibility"), {"unit": "区绿化局"}))
    assert "15 条" in by_unit
    assert "古树保护" in by_unit
    assert "工地扬尘" not in by_unit
    assert "3 条" in text(browser.get(reverse("catalog:responsibility"), {"typed": "工地扬尘"}))
    out = browser.get(reverse("catalog:responsibility_file"))
    rows = rows_of(out.content)
    assert len(rows) == 101
    Responsibility.objects.all().delete()
    shown = upload(browser, out.content)
    assert "将增加 100 条，停用 0 条" in text(shown)
    assert not Responsibility.objects.exists(), "a look writes nothing"
    assert "已导入：新增 100" in text(confirm(browser, shown))
    again = rows_of(browser.get(reverse("catalog:responsibility_file")).content)
    assert [line[:7] for line in again] == [line[:7] for line in rows]
    unchanged = upload(browser, browser.get(reverse("catalog:responsibility_file")).content)
    assert "将增加 0 条，停用 0 条，100 条不变" in text(unchanged)
    filtered = browser.get(reverse("catalog:responsibility_file"), {"unit": "区绿化局"})
    assert len(rows_of(filtered.content)) == 16


def test_an_import_is_shown_before_it_counts_and_not_applied_to_a_table_that_changed_meanwhile(browser: Client, city: City) -> None:
    data = book(["市政所", "道路破损", "事件", "0113"], ["园林所", "行道树", "部件", "0402"], titles=TITLES, sheet=responsibility.SHEET)
    with clock.travel(WORKDAY):
        shown = upload(browser, data)
        assert "将增加 2 条，停用 1 条" in text(shown)
        row = Responsibility.objects.get()
        browser.post(reverse("catalog:retire_responsibility", args=[row.pk]))
        refused = confirm(browser, shown)
        assert refused.status_code == 409
        assert "别人改动了这张表" in text(refused)
        assert StagedTable.objects.exists(), "refused as a whole: the file is still there"
        confirm(browser, upload(browser, data))
        assert "已经导入" in text(confirm(browser, shown)), "a second key press finds nothing to apply"
    assert responsibility_queries.responsible_units(city.platform.pk, city.category("行道树").id, [])[0].unit_name == "园林所"
    noted = AuditRow.objects.get(action="import_responsibility")
    assert (noted.values["added"], noted.values["ended"]) == (2, 0)


def test_words_that_are_no_unit_never_take_the_place_of_one(browser: Client, city: City) -> None:
    kept = Responsibility.objects.get()
    there = rows_of(browser.get(reverse("catalog:responsibility_file")).content)[1]
    wrong, free = ["不存在的所", *there[1:]], ["未建的所", "道路破损", "事件", "0113"]
    shown = upload(browser, book(wrong, titles=TITLES, sheet=responsibility.SHEET))
    assert shown.status_code == 422
    assert f"第 2 行“责任单位”列：没有名为“不存在的所”的单位，而这一行会顶替“{kept.unit_name}”" in text(shown)
    assert "确认导入" not in text(shown)
    among = upload(browser, book(free, ["市政所", "路灯", "灯具", "0401"], titles=TITLES, sheet=responsibility.SHEET))
    assert "有 2 处错误" in text(among) and "第 2 行“责任单位”列：没有名为“未建的所”的单位" in text(among)
    shown = upload(browser, book(there, free, titles=TITLES, sheet=responsibility.SHEET))
    assert "“未建的所”不是本平台的单位（第 3 行），待落实" in text(shown) and "待落实：道路破损·未建的所" in text(shown)
    confirm(browser, shown)
    kept.refresh_from_db()
    assert kept.valid_to is None


def test_faults_of_a_file_name_sheet_row_and_column_and_nothing_is_kept(browser: Client) -> None:
    rows = [
        ["市政所", "道路破损", "事件", "0113", None, None, None, "对"],
        ["市政所", "道路破损", "事件", "0113", None, None, None, None, None, "大道"],
        ["市政所", "道路破损", "事件", "0113", None, None, None, None, None, None, "八"],
        ["市政所", "道路破损", "事件", "0113", None, None, None, None, None, None, None, "25:00-26:00"],
        ["市政所", "道路破损", "事件", "0113", None, None, None, None, None, None, None, None, None, "去年"],
        ["市政所", "道路破损", "事件", "0113", None, None, None, "是"],
        ["环卫所", "道路破损", "事件", "0113", None, None, None, "是"],
    ]
    shown = upload(browser, book(*rows, titles=TITLES, sheet=responsibility.SHEET))
    assert shown.status_code == 422
    for place in ("第 2 行“主责”列", "第 3 行“道路等级”列", "第 4 行“星期”列", "第 5 行“时段”列", "第 6 行“生效日期”列", "第 8 行“主责”列"):
        assert place in text(shown)
    assert not StagedTable.objects.exists()


def form(city: City, **more: Any) -> dict[str, Any]:
    return {"unit": "环卫所", "category": str(city.category().id), "basis": "区政府令第5号"} | more


def test_a_row_is_added_changed_and_retired_from_a_day_on_and_its_history_stays(browser: Client, city: City) -> None:
    roads = city.category()
    with clock.travel(WORKDAY):
        added = browser.post(reverse("catalog:new_responsibility"), form(city, hours="22:00-06:00", days=["六", "日"]))
        assert added.status_code == 302
        row = Responsibility.objects.get(unit_name="环卫所")
        assert (row.weekdays, row.from_minute, row.to_minute, row.valid_from) == ([6, 7], 1320, 360, WORKDAY)
        twice = browser.post(reverse("catalog:new_responsibility"), form(city, hours="22:00-06:00", days=["六", "日"]))
        assert twice.status_code == 422
        assert "已有相同的一条" in text(twice)
        past = browser.post(reverse("catalog:new_responsibility"), form(city, **{"from": "2026-11-19"}))
        assert "以前的派遣依据不改" in text(past)
    with clock.travel(WORKDAY + timedelta(days=1)):
        later = form(city, hours="23:00-05:00", **{"from": "2026-12-01"})
        changed = browser.post(reverse("catalog:responsibility_row", args=[row.pk]), later)
        assert changed.status_code == 302
    old, new = Responsibility.objects.filter(unit_name="环卫所").order_by("id")
    assert new.replaces_id == old.pk
    assert old.valid_to == new.valid_from
    with clock.travel(WORKDAY + timedelta(days=2)):
        names = {one.rule_text for one in responsibility_queries.responsible_units(city.platform.pk, roads.id, [])}
        assert "周六、日；22:00-06:00" in names, "until the day comes the old row counts"
    with clock.travel(WORKDAY + timedelta(days=20)):
        page = text(browser.get(reverse("catalog:responsibility_row", args=[new.pk])))
        assert "周六、日；22:00-06:00" in page, "what counted before is read beside the form"
        browser.post(reverse("catalog:retire_responsibility", args=[new.pk]), {"until": ""})
        assert [one.unit_name for one in responsibility_queries.responsible_units(city.platform.pk, roads.id, [])] == ["市政所"]
        assert browser.get(reverse("catalog:responsibility_row", args=[new.pk])).status_code == 404
    acts = list(AuditRow.objects.filter(action__startswith="responsibility_").order_by("id").values_list("action", flat=True))
    assert acts == ["responsibility_added", "responsibility_changed", "responsibility_retired"]


@pytest.mark.requirement("SY-6.4b")
def test_each_class_and_area_has_one_main_unit_or_is_listed_as_to_be_settled(browser: Client, city: City) -> None:
    assert open_places(browser, "道路破损") == [], "one unit alone is the main one"
    assert open_places(browser, "行道树") == [("没有责任单位", "")]
    browser.post(reverse("catalog:new_responsibility"), form(city, unit="园林所"))
    assert open_places(browser, "道路破损") == [("几家单位，主责未定", "市政所、园林所")]
    row = Responsibility.objects.get(unit_name="园林所", valid_to=None)
    browser.post(reverse("catalog:responsibility_row", args=[row.pk]), form(city, unit="园林所", main="1"))
    assert open_places(browser, "道路破损") == []
    first = Responsibility.objects.get(unit_name="市政所", valid_to=None)
    second_main = browser.post(reverse("catalog:responsibility_row", args=[first.pk]), form(city, unit="市政所", main="1"))
    assert second_main.status_code == 422
    assert "主责已是园林所" in text(second_main)
    browser.post(reverse("catalog:new_responsibility"), form(city, area=city.east_street.code))
    assert open_places(browser, "道路破损") == [("责任单位未建立", "环卫所")], "the street has a row of its own, of a unit that is none yet"


def open_places(browser: Client, name: str) -> list[tuple[str, str]]:
    """Reasons and units that the page shows for the event of that name."""
    page = browser.get(reverse("catalog:unsettled"), {"typed": name})
    assert all(one.units == () or "、".join(one.units) in text(page) for _option, one, _area in page.context["rows"])
    whys = page.context["whys"]
    return [(whys[one.why], "、".join(one.units)) for option, one, _area in page.context["rows"] if option.name == name]
