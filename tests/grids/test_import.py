"""An administrator imports borders and code tables; what cannot be used is listed, the rest stands at once."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import mapping as geojson
from shapely.geometry.base import BaseGeometry

from tests.grids.made_town import box, degrees, point
from urbangrid.core import clock
from urbangrid.core.models import Platform
from urbangrid.grids import coding, commands
from urbangrid.grids.models import Division, UnitGrid

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
EXAMPLE = Path(coding.__file__).parents[3] / "docs/examples/beijing-subdistricts.toml"
AREAS = 'code,name\n990101,"样城区"\n990102,"邻区"\n880101,"别处"\n'
STREETS = 'code,name,areaCode\n990101001,"老城街道",990101\n990101002,"新城地区",990101\n990102001,"邻街街道",990102\n'
VILLAGES = "code,name,streetCode\n990101001001,柳巷社区,990101001\n990101001002,钟楼社区,990101001\n"
Feature = tuple[dict[str, Any], BaseGeometry | None]


class Office:
    """A folder with a mapping, code tables and border files, and the command run on them."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        self.mapping = folder / "mapping.toml"
        text = EXAMPLE.read_text(encoding="utf-8").replace("../admin_codes", "codes").replace('"110000"', '"990000"')
        self.mapping.write_text(text.replace('prefix = "11"', 'prefix = "99"').replace("北京市", "样城市"), encoding="utf-8")
        (folder / "codes").mkdir()
        self.table("areas.csv", AREAS)
        self.table("streets.csv", STREETS)
        self.table("villages_subset.csv", VILLAGES)

    def table(self, name: str, text: str) -> None:
        (self.folder / "codes" / name).write_text(text, encoding="utf-8")

    def borders(self, *features: Feature) -> Path:
        path = self.folder / "borders.geojson"
        rows = [
            {"type": "Feature", "properties": properties, "geometry": None if shape is None else geojson(shape)}
            for properties, shape in features
        ]
        path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}), encoding="utf-8")
        return path

    def load(self, path: Path) -> tuple[int, list[str]]:
        """Exit code and printed lines."""
        code = commands.import_divisions(argparse.Namespace(file=str(path), mapping=str(self.mapping)))
        captured = self.capsys.readouterr()
        return code, (captured.out + captured.err).splitlines()


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str], db: None) -> Office:
    return Office(tmp_path, capsys)


def street(name: str, code: str | None = None, district: str = "样城区") -> dict[str, Any]:
    return {"district": district, "name": name, "area_code": None, "street_code": code}


OLD = (street("老城街道", "990101001"), box(0, 0, 1000, 800))
NEW = (street("新城镇"), box(0, -800, 1000, 0))


def test_an_import_into_an_empty_installation_makes_city_district_streets_and_communities(office: Office) -> None:
    code, lines = office.load(office.borders(OLD, NEW))
    assert code == 0
    assert Platform.objects.get().code == "990000"
    found = {d.code: d for d in Division.objects.filter(valid_to=None).select_related("parent")}
    assert set(found) == {"990000", "990101", "990101001", "990101002", "990101001001", "990101001002"}
    assert found["990101002"].name == "新城地区"
    assert found["990101001001"].parent == found["990101001"]
    assert found["990101"].parent == found["990000"]
    assert found["990101001001"].geom is None
    assert "街道乡镇边界" in found["990101001"].source
    assert any("新城镇" in line and "已采用代码表的“新城地区”（990101002）" in line for line in lines)


def test_importing_again_changes_nothing(office: Office) -> None:
    path = office.borders(OLD, NEW, (street("望城开发街道"), box(1000, 0, 1500, 800)))
    office.load(path)
    before = set(Division.objects.values_list("pk", "valid_to"))
    _code, lines = office.load(path)
    assert set(Division.objects.values_list("pk", "valid_to")) == before
    assert "街道(镇)：新增 0，变更 0，未变 3" in lines


def test_a_changed_border_closes_the_old_row_and_what_is_below_moves_along(office: Office) -> None:
    with clock.travel(START):
        office.load(office.borders(OLD, NEW))
        commands.generate(argparse.Namespace(size=200.0))
    with clock.travel(START + timedelta(days=3)):
        _code, lines = office.load(office.borders((OLD[0], box(0, 0, 1200, 800)), NEW))
    assert "街道(镇)：新增 0，变更 1，未变 1" in lines
    old, new = Division.objects.filter(code="990101001").order_by("id")
    assert (old.valid_to, new.valid_from, new.valid_to) == (START + timedelta(days=3), START + timedelta(days=3), None)
    assert set(Division.objects.filter(parent=new).values_list("name", flat=True)) >= {"柳巷社区", "钟楼社区"}
    assert Division.objects.filter(code="990101001001").count() == 1
    assert not UnitGrid.objects.filter(subdistrict=old, valid_to=None).exists()
    with clock.travel(START + timedelta(days=4)):
        commands.generate(argparse.Namespace(size=200.0))
    assert UnitGrid.objects.filter(subdistrict=new, valid_to=None).count() == 24
    assert UnitGrid.objects.filter(subdistrict=new, valid_to=START + timedelta(days=4)).count() == 20


def test_a_border_that_no_table_knows_is_loaded_reported_and_keeps_its_provisional_code(office: Office) -> None:
    unknown = (street("望城开发街道"), box(1000, 0, 1500, 800))
    _code, lines = office.load(office.borders(unknown, OLD))
    waiting = Division.objects.get(name="望城开发街道")
    assert (waiting.code, waiting.provisional) == ("990101901", True)
    said = [line for line in lines if "无代码" in line]
    assert len(said) == 1
    assert said[0].startswith("提示 第 1 个图形（望城开发街道）：无代码")
    assert "990101901" in said[0]


def test_when_the_code_arrives_the_provisional_row_is_closed(office: Office) -> None:
    unknown = (street("望城开发街道"), box(1000, 0, 1500, 800))
    office.load(office.borders(unknown, OLD))
    office.table("streets.csv", STREETS + '990101003,"望城开发街道",990101\n')
    office.load(office.borders(unknown, OLD))
    rows = Division.objects.filter(name="望城开发街道").order_by("id")
    assert [(row.code, row.provisional, row.valid_to is None) for row in rows] == [
        ("990101901", True, False),
        ("990101003", False, True),
    ]


def test_a_code_without_a_border_is_loaded_and_named(office: Office) -> None:
    _code, lines = office.load(office.borders(OLD))
    assert Division.objects.get(code="990101002").geom is None
    assert any("streets.csv 第 3 行（新城地区）：代码表中有、图形中没有" in line for line in lines)
    assert not Division.objects.filter(code__startswith="990102").exists()


def test_a_later_import_without_border_does_not_take_the_border_away(office: Office) -> None:
    office.load(office.borders(OLD, NEW))
    office.load(office.borders(OLD))
    assert Division.objects.get(code="990101002", valid_to=None).geom is not None


def bow(x: float) -> BaseGeometry:
    return degrees((x, 0), (x + 100, 100), (x + 100, 0), (x, 100))


@pytest.mark.parametrize(
    ("feature", "said"),
    [
        ((street("新城镇"), bow(0)), "第 2 个图形（新城镇）：边界自相交，位置 116.4"),
        ((street("新城镇"), None), "第 2 个图形（新城镇）：没有图形"),
        ((street(""), box(0, -800, 1000, 0)), "第 2 个图形（无名称）：没有名称"),
        ((street("新城镇", district="某区"), box(0, -800, 1000, 0)), "第 2 个图形（新城镇）：区县“某区”不在代码表中"),
        ((street("老城", "990101001"), box(0, -800, 1000, 0)), "第 2 个图形（老城）：与第 1 个图形（老城街道）重复"),
        ((street("新城镇", "9901"), box(0, -800, 1000, 0)), "第 2 个图形（新城镇）：代码“9901”应为 9 位数字"),
    ],
)
def test_a_faulty_border_is_left_out_and_named_and_the_others_are_in(office: Office, feature: Feature, said: str) -> None:
    code, lines = office.load(office.borders(OLD, feature))
    assert code == 1
    assert any(line.startswith(f"未载入 {said}") for line in lines), lines
    assert lines[-1].startswith("未载入 1 项")
    assert list(Division.objects.filter(geom__isnull=False).values_list("name", flat=True)) == ["老城街道"]


def test_lines_points_and_metres_are_no_borders(office: Office) -> None:
    path = office.borders(OLD)
    text = path.read_text(encoding="utf-8")
    features = json.loads(text)
    features["features"] += [
        {"type": "Feature", "properties": street("新城镇"), "geometry": {"type": "Point", "coordinates": point(0, 0)}},
        {"type": "Feature", "properties": street("新城镇"), "geometry": geojson(box(0, 0, 1, 1).buffer(500))},
    ]
    path.write_text(json.dumps(features), encoding="utf-8")
    code, lines = office.load(path)
    assert code == 1
    assert any("图形不是面而是 Point" in line for line in lines)
    assert any("超出经纬度范围" in line for line in lines)


def test_overlapping_borders_are_loaded_and_named_with_the_area(office: Office) -> None:
    code, lines = office.load(office.borders(OLD, (NEW[0], box(0, -800, 1000, 2))))
    assert code == 0
    assert any("与第 2 个图形（新城镇）重叠 2000 平方米" in line for line in lines)


@pytest.mark.parametrize(
    ("table", "row", "said"),
    [
        (
            "villages_subset.csv",
            "99010100100,短码社区,990101001",
            "第 4 行（短码社区）：代码“99010100100”应为 12 位数字",
        ),
        (
            "villages_subset.csv",
            "990101001001,重码社区,990101001",
            "第 4 行（重码社区）：与villages_subset.csv 第 2 行（柳巷社区）重复",
        ),
        ("villages_subset.csv", "990101009001,孤儿社区,990101009", "第 4 行（孤儿社区）：上级代码“990101009”不存在"),
        ("villages_subset.csv", "990101001003", "第 4 行（990101001003）：没有名称"),
        ("streets.csv", '99010100X,"错码街道",990101', "第 5 行（错码街道）：代码“99010100X”应为 9 位数字"),
    ],
)
def test_a_broken_row_of_a_code_table_is_left_out_and_named(office: Office, table: str, row: str, said: str) -> None:
    original = {"villages_subset.csv": VILLAGES, "streets.csv": STREETS}[table]
    office.table(table, original + row + "\n")
    code, lines = office.load(office.borders(OLD, NEW))
    assert code == 1
    assert any(line.startswith(f"未载入 {table} {said}") for line in lines), lines
    assert Division.objects.filter(level="community", valid_to=None).count() == 2


def _no_mapping(office: Office) -> None:
    office.mapping.unlink()


def _mapping_no_toml(office: Office) -> None:
    office.mapping.write_text("[source\n", encoding="utf-8")


def _mapping_without_key(office: Office) -> None:
    office.mapping.write_text(office.mapping.read_text(encoding="utf-8").replace('level = "subdistrict"', ""), encoding="utf-8")


def _no_table(office: Office) -> None:
    (office.folder / "codes" / "streets.csv").unlink()


def _table_without_column(office: Office) -> None:
    office.table("streets.csv", "id,name,areaCode\n1,2,3\n")


def _table_in_another_encoding(office: Office) -> None:
    (office.folder / "codes" / "streets.csv").write_bytes(STREETS.encode("gbk"))


def _no_geojson(office: Office) -> None:
    (office.folder / "borders.geojson").write_text("区划边界", encoding="utf-8")


def _other_properties(office: Office) -> None:
    office.borders(({"title": "x"}, box(0, 0, 1, 1)))


def _two_platforms(office: Office) -> None:
    Platform.objects.create(code="A", name="甲", short_name="甲")
    Platform.objects.create(code="B", name="乙", short_name="乙")


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (_no_mapping, "找不到文件"),
        (_mapping_no_toml, "对照文件 mapping.toml 不是有效的 TOML"),
        (_mapping_without_key, "对照文件 mapping.toml 缺少 layers[1].level"),
        (_no_table, "找不到文件"),
        (_table_without_column, "代码表 streets.csv 没有“code”列"),
        (_table_in_another_encoding, "文件 streets.csv 无法读取"),
        (_no_geojson, "文件 borders.geojson 无法读取"),
        (_other_properties, "没有一种图层与 borders.geojson 的属性（title）相符"),
        (_two_platforms, "有 2 个平台（A、B）"),
    ],
)
def test_what_cannot_be_read_at_all_is_refused_in_one_sentence_and_nothing_is_in(
    office: Office, break_it: Callable[[Office], None], said: str
) -> None:
    path = office.borders(OLD)
    break_it(office)
    code, lines = office.load(path)
    assert (code, len(lines)) == (2, 1), lines
    assert said in lines[0]
    assert not Division.objects.exists()
    assert Platform.objects.count() in (0, 2)


def test_a_mapping_can_ask_for_single_districts(office: Office) -> None:
    text = office.mapping.read_text(encoding="utf-8").replace("districts = []", 'districts = ["邻区"]')
    office.mapping.write_text(text, encoding="utf-8")
    office.load(office.borders(OLD, (street("邻街街道", district="邻区"), box(2000, 0, 2100, 100))))
    assert set(Division.objects.values_list("code", flat=True)) == {"990000", "990102", "990102001"}
