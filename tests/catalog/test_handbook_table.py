"""The handbook as a spreadsheet: an administrator takes it out, changes it and brings it in (JJ-5.3-2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from django.utils import translation
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.catalog.makers import national_class
from urbangrid.catalog import handbook, queries
from urbangrid.catalog.models import Category, FilingCondition, TimeLimit
from urbangrid.core import clock
from urbangrid.core.models import Platform

TITLES = [column.title for column in handbook.COLUMNS]
RUBBISH = ["事件", "0110", "市容环境类", "暴露垃圾", "暴露垃圾", "公共场所有未入容器的生活垃圾", 4, "工作时"]
REST = [None, None, None, "清理完毕", "本市手册"]


def book(*rows: list[Any], titles: list[str] = TITLES, sheet: str = handbook.SHEET) -> bytes:
    made = Workbook()
    page = made.active
    assert isinstance(page, Worksheet)
    page.title = sheet
    for row in [titles, *rows]:
        page.append(row)
    written = BytesIO()
    made.save(written)
    return written.getvalue()


def sentences(platform: Platform, data: bytes) -> list[str]:
    before = counts()
    result = handbook.import_handbook(platform, data)
    assert counts() == before, "an import with faults writes nothing"
    return [fault.sentence() for fault in result.faults]


def counts() -> tuple[int, int, int]:
    return Category.objects.count(), FilingCondition.objects.count(), TimeLimit.objects.count()


def test_the_exported_handbook_holds_every_condition_and_imports_without_a_change(national: Platform) -> None:
    data = handbook.export_handbook(national.id)
    page = load_workbook(BytesIO(data))[handbook.SHEET]
    assert page.max_row == 588 + 1
    before = counts()
    result = handbook.import_handbook(national, data)
    assert (result.faults, result.changed, result.added, result.unchanged) == ((), 0, 0, 204)
    assert counts() == before


def test_an_english_reader_takes_out_the_same_form_with_her_words_beside_it_and_brings_it_in_again(national: Platform) -> None:
    with translation.override("en"):
        data = handbook.export_handbook(national.id)
        head = load_workbook(BytesIO(data))[handbook.SHEET][1]
        assert [cell.value for cell in head] == TITLES
        assert {cell.value: cell.comment.text for cell in head if cell.comment}["处置时限"] == "Handling limit"
        assert handbook.import_handbook(national, data).faults == ()
        assert "处置时限 (Handling limit)" in sentences(national, book([*RUBBISH[:6], "four", "工作时", *REST]))[0]
    assert not any(cell.comment for cell in load_workbook(BytesIO(handbook.export_handbook(national.id)))[handbook.SHEET][1])


def test_a_citys_handbook_replaces_the_conditions_of_the_classes_it_names_and_of_no_other(national: Platform) -> None:
    option = national_class(national, "event", "0110")
    (old,) = queries.conditions_of(option.id, national.id)
    data = book(
        ["事件", 110, "", "暴露垃圾", "暴露垃圾", "=1立方米以上", 2, "工作时", 1, "", 6, "清理完毕", "本市手册"],
        [
            "事件",
            "0110",
            "",
            "暴露垃圾",
            "暴露垃圾",
            "=1立方米以上",
            4,
            "工作时",
            None,
            "",
            None,
            "清理完毕",
            "本市手册",
        ],
        [
            "事件",
            "0110",
            "",
            "暴露垃圾",
            "散落",
            "不足1立方米",
            1,
            "工作日",
            None,
            "汛期",
            None,
            "清理完毕",
            "本市手册",
        ],
    )
    moment = datetime(2026, 11, 20, 1, 40, tzinfo=UTC)
    with clock.travel(moment):
        result = handbook.import_handbook(national, text_cells(data))
        assert (result.faults, result.changed) == ((), 1)
        first, second = queries.conditions_of(option.id, national.id)
        assert (first.problem, first.condition, second.problem) == ("暴露垃圾", "=1立方米以上", "散落")
        limit = queries.limit_for(first.id, 1, "", moment)
        assert (limit.value, limit.unit, limit.case_value) == (2, "work_hour", 6)
        assert queries.limit_for(first.id, 3, "", moment).value == 4
    assert queries.condition(old.id).condition == old.condition, "a case filed under the old one keeps it"
    assert len(queries.conditions_of(national_class(national, "event", "0113").id, national.id)) == 3
    another = Platform.objects.create(code="110105", name="朝阳区", short_name="朝")
    assert [row.id for row in queries.conditions_of(option.id, another.id)] == [old.id]


def text_cells(data: bytes) -> bytes:
    """What people type as text with a quote mark: no cell is a formula."""
    made = load_workbook(BytesIO(data))
    for row in made[handbook.SHEET].iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    written = BytesIO()
    made.save(written)
    return written.getvalue()


def test_a_second_import_ends_what_changed_and_keeps_what_did_not(national: Platform) -> None:
    option = national_class(national, "event", "0110")
    second = [*RUBBISH[:4], "散落", "不足1立方米", 1, "工作日", *REST]
    handbook.import_handbook(national, book([*RUBBISH[:6], 3, "工作时", *REST], second))
    kept = queries.conditions_of(option.id, national.id)[1].id
    result = handbook.import_handbook(national, book([*RUBBISH[:6], 2, "工作时", *REST], second))
    assert (result.changed, result.ended) == (1, 1)
    now = queries.conditions_of(option.id, national.id)
    assert now[1].id == kept
    assert now[0].limit_text == "2 工作时"


def test_a_local_class_is_added_in_the_extension_range_and_a_standard_code_cannot_be_taken(national: Platform) -> None:
    local = ["事件", "2101", "扩展事件类", "共享单车淤积", "淤积", "占用盲道", 2, "工作时", *REST]
    minor = ["部件", "0199", "公用设施类", "爱心驿站", "破损", "设施破损", 3, "工作日", *REST]
    result = handbook.import_handbook(national, book(local, minor))
    assert (result.faults, result.added) == ((), 2)
    assert queries.search_categories(national.id, "gxdc")[0].name == "共享单车淤积"
    assert national_class(national, "component", "0199").path == "部件·公用设施·爱心驿站"
    assert sentences(national, book(["事件", "0139", "", "违章开设道口", "开口", "私自开口", 3, "工作日", *REST])) == [
        "工作表“立案标准”第 2 行“小类代码”列：目录中没有 事件 0139。"
        "标准大类的代码不能增改，本地小类请用 21 至 99 大类或各大类 99 以下倒编的代码。"
    ]


FAULTY: list[tuple[Callable[[list[Any]], None], str]] = [
    (lambda row: row.__setitem__(0, "零件"), "第 2 行“类型”列：“零件”不是类型"),
    (lambda row: row.__setitem__(1, "01a0"), "第 2 行“小类代码”列：小类代码“01a0”应为 4 位数字"),
    (lambda row: row.__setitem__(3, "道路破洞"), "第 2 行“小类”列：事件 0110 在目录中是“暴露垃圾”，表中写作“道路破洞”"),
    (lambda row: row.__setitem__(5, None), "第 2 行“立案条件”列：不能为空"),
    (lambda row: row.__setitem__(5, "长" * 301), "第 2 行“立案条件”列：超过 300 个字，现有 301 个"),
    (lambda row: row.__setitem__(6, "两"), "第 2 行“处置时限”列：“两”不是正整数"),
    (lambda row: row.__setitem__(6, -4), "第 2 行“处置时限”列：“-4”不是正整数"),
    (lambda row: row.__setitem__(6, 1.5), "第 2 行“处置时限”列：“1.5”不是正整数"),
    (lambda row: row.__setitem__(7, "小时"), "第 2 行“时限单位”列：“小时”不是时限单位"),
    (lambda row: row.__setitem__(8, 7), "第 2 行“区域等级”列：区域等级“7”应为 1 至 4"),
    (lambda row: row.__setitem__(10, 3), "第 2 行“案件总时限”列：案件总时限 3 小于处置时限 4"),
]


@pytest.mark.parametrize(("spoil", "said"), FAULTY)
def test_a_broken_row_is_named_by_row_and_column_and_nothing_is_written(
    national: Platform, spoil: Callable[[list[Any]], None], said: str
) -> None:
    row = [*RUBBISH, *REST]
    spoil(row)
    good = ["事件", "0112", "", "道路不洁", "道路不洁", "路面有油污", 9, "工作时", *REST]
    found = sentences(national, book(row, good))
    assert [said in sentence for sentence in found] == [True], found


def test_contradictions_between_rows_are_named_with_both_rows(national: Platform) -> None:
    row = [*RUBBISH, *REST]
    other = [*row]
    other[5] = "另一种说法"
    assert sentences(national, book(row, other)) == [
        "工作表“立案标准”第 3 行“立案条件”列：同一小类同一问题的立案条件或结案条件与第 2 行不同。请改成一致。",
        "工作表“立案标准”第 3 行“区域等级”列：与第 2 行的区域等级和保障时段相同。请删去一行。",
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"not a table", "文件不是 .xlsx 表格"),
        (b"PK\x03\x04broken", "文件不是 .xlsx 表格"),
        (b"0" * (10 * 1024 * 1024 + 1), "文件超过 10 MB"),
        (book(sheet="别的表"), "没有名为“立案标准”的工作表"),
        (book(titles=TITLES[1:]), "第 1 行“类型”列：表头缺少这一列"),
        (book(titles=[*TITLES, "小类"]), "第 1 行“小类”列：表头中这一列出现了两次"),
        (book(), "没有数据行"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_with_a_sentence(national: Platform, data: bytes, said: str) -> None:
    found = sentences(national, data)
    assert len(found) == 1
    assert said in found[0]


def test_text_that_looks_like_a_formula_goes_out_as_text_and_comes_back_unchanged(national: Platform) -> None:
    evil = '=HYPERLINK("http://x","y")'
    data = text_cells(book([*RUBBISH[:5], evil, 4, "工作时", None, None, None, "@SUM(A1)", "+1"]))
    handbook.import_handbook(national, data)
    out = handbook.export_handbook(national.id)
    cells = {
        cell.value: cell for row in load_workbook(BytesIO(out))[handbook.SHEET].iter_rows() for cell in row if isinstance(cell.value, str)
    }
    for text in (evil, "@SUM(A1)", "+1"):
        assert cells[text].data_type == "s"
        assert cells[text].quotePrefix
    assert handbook.import_handbook(national, out).unchanged == 204
