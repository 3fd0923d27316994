"""The responsibility table: Chaoyang's sample, who is proposed where, spreadsheet out and in (CY-A2)."""

from __future__ import annotations

import pytest

from tests.catalog.makers import division, national_class, unit
from tests.catalog.test_handbook_table import book
from urbangrid.catalog import actions, cache, responsibility, responsibility_queries
from urbangrid.catalog.models import CatalogVersion, Responsibility
from urbangrid.core.models import Platform

TITLES = [column.title for column in responsibility.COLUMNS]


def table(*rows: list[str | None]) -> bytes:
    return book(*rows, titles=TITLES, sheet=responsibility.SHEET)


@pytest.fixture
def chaoyang(platform: Platform) -> Platform:
    unit(platform, "wqc", "区绿化局")
    unit(platform, "hb", "朝阳区环境保护局", "区环保局")
    actions.load_chaoyang(platform)
    return platform


def test_the_sample_has_24_units_and_100_entries_each_with_a_class(chaoyang: Platform) -> None:
    rows = Responsibility.objects.filter(platform=chaoyang)
    assert rows.count() == 100
    assert len(responsibility.unit_names(chaoyang.id)) == 24
    assert not rows.filter(category=None).exists()
    assert rows.values("entry_name").distinct().count() == 93
    assert set(rows.exclude(unit=None).values_list("unit_name", flat=True)) == {"区绿化局", "区环保局"}
    assert actions.load_chaoyang(chaoyang) == 0


def test_what_has_no_national_class_gets_an_extension_class_and_the_national_catalogue_stays_exact(
    chaoyang: Platform,
) -> None:
    version = CatalogVersion.objects.get(platform=chaoyang, code="chaoyang2005")
    assert version.categories.count() == 26 + 30
    assert set(version.categories.values_list("major_code", flat=True)) == {"21"}
    assert CatalogVersion.objects.get(code="gbt30428-2013").categories.count() == 204
    assert national_class(chaoyang, "event", "2102").name == "旅游投诉处理"
    assert national_class(chaoyang, "component", "2114").name == "加油站"


def test_site_dust_has_three_candidate_units_with_the_words_of_the_table(chaoyang: Platform) -> None:
    dust = national_class(chaoyang, "event", "0304")
    found = responsibility_queries.responsible_units(chaoyang.id, dust.id, [])
    assert [row.unit_name for row in found] == ["区城管监察大队", "区环保局", "区建委"]
    assert found[1].unit_id is not None
    assert found[1].why == "责任清单：工地扬尘·区环保局"


def test_the_smallest_area_comes_first_and_rows_for_everywhere_last(national: Platform) -> None:
    street = division(national, "subdistrict", "110108001000", "万寿路街道")
    community = division(national, "community", "110108001001", "翠微西里")
    elsewhere = division(national, "subdistrict", "110108002000", "永定路街道")
    for code, name in (("a", "区市政所"), ("b", "街道办"), ("c", "社区站"), ("d", "别处")):
        unit(national, code, name)
    result = responsibility.apply(
        national,
        table(
            ["区市政所", "道路破损", "事件", "0113", "道路破损", None, "区级道路"],
            ["街道办", "道路破损", "事件", "113", None, "万寿路街道", "背街小巷"],
            ["社区站", "道路破损", "事件", "0113", None, "110108001001", None],
            ["别处", "道路破损", "事件", "0113", None, "永定路街道", None],
        ),
    )
    assert (result.faults, result.notes, result.added) == ((), (), 4)
    roads = national_class(national, "event", "0113")
    found = responsibility_queries.responsible_units(national.id, roads.id, [community.id, street.id])
    assert [row.unit_name for row in found] == ["社区站", "街道办", "区市政所"]
    assert found[1].why == "责任清单：道路破损·街道办（万寿路街道），背街小巷"
    assert [row.unit_name for row in responsibility_queries.responsible_units(national.id, roads.id, [elsewhere.id])] == [
        "别处",
        "区市政所",
    ]
    assert responsibility_queries.handbook(roads.id, national.id).units[0].unit_name == "区市政所"


def test_the_table_is_filtered_by_unit_and_by_class(chaoyang: Platform) -> None:
    greening = responsibility.table(chaoyang.id, unit="区绿化局")
    assert greening.count() == 15
    assert {row.unit_name for row in responsibility.table(chaoyang.id, typed="工地扬尘")} == {
        "区城管监察大队",
        "区环保局",
        "区建委",
    }
    assert [row.entry_name for row in responsibility.table(chaoyang.id, unit="区水务局", typed="雨水")] == [
        "雨水井盖",
        "雨水篦子",
    ]


def test_the_exported_table_imports_without_a_change_and_so_does_the_sample(chaoyang: Platform) -> None:
    ids = set(Responsibility.objects.values_list("id", flat=True))
    for data in (responsibility.export_table(chaoyang), responsibility.chaoyang_sample()):
        result = responsibility.apply(chaoyang, data)
        assert (result.faults, result.added, result.ended, result.unchanged) == ((), 0, 0, 100)
        assert set(Responsibility.objects.values_list("id", flat=True)) == ids


def test_an_import_replaces_the_table_and_notes_units_and_classes_that_are_not_known(chaoyang: Platform) -> None:
    dust = national_class(chaoyang, "event", "0304")
    assert responsibility_queries.responsible_units(chaoyang.id, dust.id, [])
    result = responsibility.apply(
        chaoyang,
        table(
            ["区绿化局", "绿地保洁", "事件", "0117", None, None, None],
            ["某新局", "新事项", "事件", None, None, None, None],
        ),
    )
    assert (result.added, result.unchanged, result.ended) == (1, 1, 99)
    assert result.notes == (
        "“某新局”不是本平台的单位（第 3 行），待落实：按原文保留，派遣时不会建议它；建立单位后重新导入。",
        "“新事项”没有小类代码，派遣时不会建议责任单位。",
    )
    assert responsibility_queries.responsible_units(chaoyang.id, dust.id, []) == []


def test_faults_are_named_and_the_old_table_stays(chaoyang: Platform) -> None:
    division(chaoyang, "community", "110105001001", "和平社区")
    division(chaoyang, "community", "110105002001", "和平社区")
    cache.changed()
    row = ["区绿化局", "绿地保洁", "事件", "0117", None, None, None]
    result = responsibility.apply(
        chaoyang,
        table(
            row,
            row,
            ["区绿化局", "绿地保洁", "事件", "2999", None, None, None],
            ["区绿化局", "绿地保洁", "事件", "0117", "道路破损", None, None],
            ["区绿化局", "绿地保洁", "事件", "0117", None, "无名街道", None],
            ["区绿化局", "绿地保洁", "事件", "0117", None, "和平社区", None],
        ),
    )
    assert [fault.sentence().split("：", 1)[0] for fault in result.faults] == [
        "工作表“责任清单”第 3 行“部件事件”列",
        "工作表“责任清单”第 4 行“小类代码”列",
        "工作表“责任清单”第 5 行“小类”列",
        "工作表“责任清单”第 6 行“区域”列",
        "工作表“责任清单”第 7 行“区域”列",
    ]
    assert Responsibility.objects.filter(platform=chaoyang).count() == 100
