"""The survey of workflows as a table: category – responsible unit – steps – hours – standard."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from tests.api import paths
from tests.api.paths import At
from tests.support.city import City
from tests.support.screen import Screen
from urbangrid.audit.models import AuditRow
from urbangrid.cases.definitions import table
from urbangrid.cases.models import Case, ProcessDefinition
from urbangrid.catalog.handbook import ImportResult
from urbangrid.catalog.models import Responsibility

HEAD = [column.title for column in table.COLUMNS]
SHORT = "受理、立案、派遣、处置、核查、结案"


def book(*lines: list[Any], head: list[str] = HEAD, sheet: str = table.SHEET) -> bytes:
    made = Workbook()
    page = made.active
    assert page is not None
    page.title = sheet
    for line in (head, *lines):
        page.append(line)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def line(city: City, name: str = "道路破损", **more: Any) -> list[Any]:
    found = city.category(name)
    row = {
        "类型": "事件", "小类代码": found.code, "小类": found.name, "责任单位": "园林所", "步骤": SHORT, "时限": 6, "时限单位": "工作时",
        "标准": "铺平压实，敲击无空响",
    }  # fmt: skip
    return [(row | more)[title] for title in HEAD]


def load(city: City, *lines: list[Any], **how: Any) -> ImportResult:
    return table.import_table(city.acting("system_admin"), book(*lines, **how))


@pytest.mark.requirement("CY-9")
def test_a_case_of_a_class_follows_the_steps_of_the_imported_table_and_its_diagram_marks_the_present_one(
    city: City, desk: At, screen: type[Screen]
) -> None:
    assert load(city, line(city)).added == 1
    case = paths.filed(desk, city)
    gardens = desk("other_clerk").who
    desk("dispatcher").done(case, "dispatch", unit_id=str(gardens.unit_id), opinion="")  # the proposed unit: no reason is asked for
    found = Case.objects.get(pk=int(case))
    assert (found.state, found.limit_value, found.limit_unit) == ("disposing", 6, "work_hour")
    clerk = screen("other_clerk")
    page = clerk.get(f"/case/{case}/")
    assert "铺平压实，敲击无空响" in page and "6 工作时" in page
    drawn = clerk.get(f"/case/{case}/process/")
    assert "受理 立案 派遣 处置 核查 结案" in drawn
    assert clerk.html.count('class="state now"') == 1
    assert clerk.html.index("处置中", clerk.html.index('class="state now"')) > 0
    assert "待签收" not in drawn and "待审核" not in drawn
    desk("other_clerk").done(case, "feedback", text="已修补", handled_by="林晓", files=[desk("other_clerk").send_photo("black")])
    assert Case.objects.get(pk=int(case)).state == "checking"
    paths.checked(desk, case)
    desk("seat_agent").done(case, "close")


def test_the_table_comes_out_as_it_went_in_and_goes_in_again_without_a_new_version(city: City) -> None:
    whole = "受理-核实-立案-批转-派遣-签收-处置-审核-发核查-核查-结案"
    load(city, line(city), line(city, "暴露垃圾", 时限=None, 时限单位=None, 标准=None, 步骤=whole))
    data = table.export(city.platform.pk)
    rows = list(load_workbook(io.BytesIO(data))[table.SHEET].iter_rows(values_only=True))
    assert list(rows[0]) == HEAD
    assert sorted(str(row[2]) for row in rows[1:]) == ["暴露垃圾", "道路破损"]
    count = ProcessDefinition.objects.count()
    again = table.import_table(city.acting("system_admin"), data)
    assert (again.faults, again.unchanged, again.added, again.changed) == ((), 2, 0, 0)
    assert ProcessDefinition.objects.count() == count
    changed = load(city, line(city, 时限=8))
    assert (changed.changed, ProcessDefinition.objects.count()) == (1, count + 1)
    assert AuditRow.objects.filter(action="import_processes").count() == 3
    assert Responsibility.objects.filter(category_id=city.category().id, division=None, valid_to=None).count() == 1


@pytest.mark.parametrize(
    ("more", "column", "said"),
    [
        ({"类型": "物件"}, "类型", "不是类型"),
        ({"小类代码": "97"}, "小类代码", "目录中没有"),
        ({"小类": "路灯"}, "小类", "在目录中是“道路破损”"),
        ({"责任单位": "月球所"}, "责任单位", "没有名为“月球所”的单位"),
        ({"步骤": "受理、飞行、结案"}, "步骤", "没有“飞行”这个步骤"),
        ({"步骤": "受理、结案"}, "步骤", "缺少每件案件都要有的步骤：立案、派遣、处置、核查"),
        ({"步骤": "受理、派遣、立案、处置、核查、结案"}, "步骤", "次序不对"),
        ({"时限": "两天"}, "时限", "不是正整数"),
        ({"时限单位": "世纪"}, "时限单位", "不是时限单位"),
    ],
)
def test_a_fault_names_sheet_row_and_column_and_nothing_goes_in(city: City, more: dict[str, Any], column: str, said: str) -> None:
    before = ProcessDefinition.objects.count(), Responsibility.objects.count()
    result = load(city, line(city, "暴露垃圾"), line(city, **more))
    assert [fault.sentence().startswith(f"工作表“办理流程”第 3 行“{column}”列：") for fault in result.faults] == [True]
    assert said in result.faults[0].sentence()
    assert (ProcessDefinition.objects.count(), Responsibility.objects.count()) == before


def test_the_same_class_twice_and_a_foreign_sheet_are_faults(city: City) -> None:
    assert [fault.code for fault in load(city, line(city), line(city)).faults] == ["entry_twice"]
    assert [fault.code for fault in load(city, line(city), sheet="别的").faults] == ["sheet_missing"]
    assert [fault.code for fault in table.import_table(city.acting("system_admin"), b"x").faults] == ["not_xlsx"]
