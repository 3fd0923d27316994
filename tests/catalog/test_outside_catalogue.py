"""A catalogue of another city, matched to national classes: boston311."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from urbangrid.catalog import outside, queries
from urbangrid.catalog.models import Category, FilingCondition
from urbangrid.core import clock
from urbangrid.core.errors import Refusal
from urbangrid.core.models import Platform

FILE = Path(__file__).parents[2] / "docs/examples/boston311.toml"


def test_sixteen_types_and_a_rest_are_matched_to_national_classes_with_a_limit_each(national: Platform) -> None:
    outside.load(national, FILE)
    classes = queries.version_classes(national.id, "boston311")
    assert len(classes) == 17
    for option in classes.values():
        assert option.equivalent_id is not None
        assert queries.category(option.equivalent_id).kind == option.kind
        (condition,) = queries.conditions_of(option.id, national.id)
        assert queries.limit_for(condition.id, None, "", clock.now()).value > 0
    potholes = classes["event", "3102"]
    assert queries.conditions_of(potholes.id, national.id)[0].limit_text == "2 工作日"
    assert queries.conditions_of(classes["event", "3106"].id, national.id)[0].limit_text == "5 工作日"
    assert queries.category(potholes.equivalent_id or 0).name == "道路破损"


def test_it_is_not_offered_when_a_report_is_taken_and_loading_twice_keeps_the_ids(national: Platform) -> None:
    outside.load(national, FILE)
    before = (
        set(Category.objects.values_list("id", flat=True)),
        set(FilingCondition.objects.values_list("id", flat=True)),
    )
    outside.load(national, FILE)
    after = (
        set(Category.objects.values_list("id", flat=True)),
        set(FilingCondition.objects.values_list("id", flat=True)),
    )
    assert after == before
    assert len(queries.category_options(national.id)) == 204


def test_a_value_finds_its_type_and_an_unlisted_one_the_rest() -> None:
    catalogue = outside.read(FILE)
    assert catalogue.type_of("Request for Pothole Repair").name == "路面坑洞修补"
    assert catalogue.type_of("Scanning Overcharge").code == "3199"
    values = [value for listed in catalogue.types for value in listed.values]
    assert len(values) == len(set(values))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('equivalent = "0135"', 'equivalent = "0999"', "3101 0999 废弃家具"),
        ('unit = "工作日" } # 3,935', 'unit = "fortnight" } # 3,935', "fortnight"),
        ("[catalogue]\ncode", "[catalog]\ncode", "catalogue"),
        ('column = "type"', "", "column"),
        ("[[catalogue.types]]", "[[catalogue.types", "Expected"),
    ],
)
def test_a_faulty_file_is_refused_and_nothing_is_written(national: Platform, tmp_path: Path, old: str, new: str, said: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    spoiled = tmp_path / "spoiled.toml"
    spoiled.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        outside.load(national, spoiled)
    assert said in refused.value.sentence()
    assert Category.objects.count() == 204


def test_the_real_reports_have_every_listed_value_and_the_shares_that_the_file_states(real_data: Path) -> None:
    reports = real_data / "reports_boston311/boston311_2011-07_2011-08.csv"
    if not reports.exists():
        pytest.skip("no real data: reports_boston311")
    catalogue = outside.read(FILE)
    with reports.open(encoding="utf-8", newline="") as lines:
        seen = Counter(row[catalogue.column] for row in csv.DictReader(lines))
    assert {value for listed in catalogue.types for value in listed.values} <= set(seen)
    own = sum(count for value, count in seen.items() if catalogue.type_of(value) is not catalogue.rest)
    assert (own, seen.total()) == (16_240, 21_401)
