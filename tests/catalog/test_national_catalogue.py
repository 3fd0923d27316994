"""The national catalogue as shipped."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.catalog.makers import national_class
from urbangrid.catalog import actions, queries, responsibility_queries, shipped
from urbangrid.catalog.models import CatalogVersion, Category, FilingCondition, TimeLimit
from urbangrid.core.models import Platform


@pytest.mark.requirement("SZ-3.2")
def test_the_national_catalogue_is_shipped_with_exactly_121_component_and_83_event_sub_classes(
    national: Platform,
) -> None:
    version = CatalogVersion.objects.get(code="gbt30428-2013")
    assert version.standard_ref == "GB/T 30428.2-2013"
    classes = list(version.categories.values_list("kind", "major_code", "code"))
    majors = Counter((kind, major) for kind, major, _ in classes)
    assert [majors["component", f"0{n}"] for n in range(1, 6)] == [57, 32, 13, 10, 9]
    assert [majors["event", f"0{n}"] for n in range(1, 7)] == [38, 7, 12, 10, 9, 7]
    assert len(classes) == len(set(classes)) == 121 + 83
    assert len(queries.category_options(national.id)) == 121 + 83


def test_every_class_has_a_filing_condition_a_limit_and_a_closing_condition(national: Platform) -> None:
    options = queries.category_options(national.id)
    found = queries.effective_conditions([option.id for option in options], national.id)
    assert set(found) == {option.id for option in options}
    listed = [condition for conditions in found.values() for condition in conditions]
    assert len(listed) == 588
    assert all(row.condition and row.closing_condition and row.limit and row.limit.value > 0 for row in listed)
    units = Counter(row.limit.unit for row in listed if row.limit)
    assert units == {"work_day": 469, "urgent_hour": 65, "work_hour": 52, "day": 2}


def test_loading_a_second_time_changes_nothing_and_keeps_every_id(national: Platform, django_assert_max_num_queries: object) -> None:
    before = (
        set(Category.objects.values_list("id", "name")),
        set(FilingCondition.objects.values_list("id", "valid_to")),
        set(TimeLimit.objects.values_list("id", "value")),
    )
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        actions.load_national()
    after = (
        set(Category.objects.values_list("id", "name")),
        set(FilingCondition.objects.values_list("id", "valid_to")),
        set(TimeLimit.objects.values_list("id", "value")),
    )
    assert after == before


def test_a_new_edition_of_the_shipped_files_ends_changed_conditions_and_keeps_the_old_ones_for_their_cases(
    national: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    potholes = national_class(national, "event", "0113")
    old = next(row for row in queries.conditions_of(potholes.id, national.id) if row.problem == "坑洼不平")
    rows = [
        row
        if (row.kind, row.code, row.problem) != ("event", "0113", "坑洼不平")
        else shipped.ConditionRow(row.kind, row.code, row.problem, "坑洼高差不小于20毫米", row.limit, "修复平整", "新版", "verified")
        for row in shipped.national_conditions()
    ]
    monkeypatch.setattr(shipped, "national_conditions", lambda: rows)
    monkeypatch.setattr(shipped, "digest", lambda *names: "another")
    actions.load_national()
    new = next(row for row in queries.conditions_of(potholes.id, national.id) if row.problem == "坑洼不平")
    assert new.condition == "坑洼高差不小于20毫米"
    assert new.id != old.id
    assert queries.condition(old.id).condition == "坑洼高差不小于30毫米"
    assert len(queries.conditions_of(potholes.id, national.id)) == 3


def test_other_spellings_are_search_words_and_no_longer_stand_in_the_description(national: Platform) -> None:
    cover = national_class(national, "component", "0101")
    assert cover.aliases == ("供水井盖",)
    assert "别名" not in cover.description
    assert not any("[" in option.description for option in queries.category_options(national.id))


def test_emergencies_need_the_duty_director_and_illegal_building_goes_to_the_head(national: Platform) -> None:
    options = queries.category_options(national.id)
    assert {option.code for option in options if option.kind == "event" and option.confirm_filing} == {f"05{n:02}" for n in range(1, 10)}
    assert national_class(national, "event", "0101").complex_by_default
    assert not national_class(national, "event", "0113").complex_by_default


def test_every_row_names_its_source_and_how_sure_it_is(national: Platform) -> None:
    assert not Category.objects.filter(source="").exists()
    assert set(Category.objects.values_list("confidence", flat=True)) == {"verified", "inferred"}
    assert not FilingCondition.objects.filter(source="").exists()


def test_the_path_names_kind_major_and_class(national: Platform) -> None:
    assert national_class(national, "event", "0113").path == "事件·市容环境·道路破损"


def test_the_handbook_says_when_to_file_by_when_and_what_done_means(national: Platform) -> None:
    rubbish = responsibility_queries.handbook(national_class(national, "event", "0110").id, national.id)
    assert rubbish.category.name == "暴露垃圾"
    (condition,) = rubbish.conditions
    assert condition.condition == "公共场所有未入容器的生活垃圾"
    assert condition.limit_text == "4 工作时"
    assert condition.closing_condition == "清理完毕"
