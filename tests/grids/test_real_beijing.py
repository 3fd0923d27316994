"""Real borders of Haidian and Chaoyang with the national code tables (../shared/data, not part of the product)."""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import shapely

from urbangrid.core.geometry import from_metric
from urbangrid.core.models import Platform
from urbangrid.grids import coding, commands, queries
from urbangrid.grids.models import Division, UnitGrid
from urbangrid.grids.projection import from_database, shapes, to_metres

MAPPING = Path(coding.__file__).parents[3] / "docs/examples/beijing-subdistricts.toml"
Load = Callable[[str], tuple[int, list[str]]]


@pytest.fixture
def load(real_data: Path, capsys: pytest.CaptureFixture[str], db: None) -> Load:
    """Import one of the border files; exit code and printed lines."""
    folder = real_data / "beijing_boundaries"
    if not folder.is_dir():
        pytest.skip(f"no real data: {folder} is missing")

    def run(name: str) -> tuple[int, list[str]]:
        code = commands.import_divisions(argparse.Namespace(file=str(folder / name), mapping=str(MAPPING)))
        return code, capsys.readouterr().out.splitlines()

    return run


def test_72_subdistricts_are_loaded_and_the_one_without_code_is_reported(load: Load) -> None:
    code, lines = load("subdistricts_haidian_chaoyang.geojson")
    assert code == 0
    with_border = Division.objects.filter(level="subdistrict", geom__isnull=False)
    assert with_border.filter(parent__name="海淀区").count() == 29
    assert with_border.filter(parent__name="朝阳区").count() == 43
    assert [line for line in lines if "无代码" in line and "望京开发街道" in line]
    assert sum("无代码" in line for line in lines) == 1
    assert Division.objects.get(name="望京开发街道").code == "110105901"
    assert not any("重叠" in line for line in lines)
    assert sum(node.leaves() for node in queries.area_tree(Platform.objects.get())[0].children if node.name == "海淀区") == 678
    _code, again = load("subdistricts_haidian_chaoyang.geojson")
    assert "街道(镇)：新增 0，变更 0，未变 73" in again


def test_the_ring_of_shunyi_is_reported_with_its_place_and_the_other_districts_are_in(load: Load) -> None:
    code, lines = load("districts.geojson")
    assert code == 1
    assert next(line for line in lines if line.startswith("未载入")).startswith(
        "未载入 第 7 个图形（顺义区）：边界自相交，位置 116.604289, 40.030177"
    )
    assert Division.objects.filter(level="district").count() == 15
    assert not Division.objects.filter(name="顺义区").exists()


def test_cells_of_100_m_over_haidian_fill_it_exactly(load: Load) -> None:
    load("subdistricts_haidian_chaoyang.geojson")
    assert commands.generate(argparse.Namespace(size=100.0, district=["海淀区"])) == 0
    borders = Division.objects.filter(level="subdistrict", parent__name="海淀区", geom__isnull=False).order_by("code")
    haidian = shapely.union_all(to_metres(shapes([from_database(d.geom) for d in borders if d.geom]), 4548))
    rows = list(UnitGrid.objects.order_by("code").values_list("pk", "code", "geom"))
    cells = to_metres(shapes([from_database(geom) for _pk, _code, geom in rows]), 4548)
    assert len({code for _pk, code, _geom in rows}) == len(rows) > 43_000
    assert all(coding.is_unit_grid_code(code) for _pk, code, _geom in rows)
    union = shapely.union_all(cells)
    assert shapely.symmetric_difference(union, haidian).area < 1.0
    assert abs(float(shapely.area(cells).sum()) - haidian.area) < 1.0

    chance = random.Random(311)
    west, south, east, north = haidian.bounds
    points = shapely.points([(chance.uniform(west, east), chance.uniform(south, north)) for _ in range(20_000)])
    inner = points[shapely.contains_properly(haidian, points)]
    of_point, of_cell = shapely.STRtree(cells).query(inner, predicate="intersects")
    assert sorted(of_point.tolist()) == list(range(len(inner)))

    platform = Platform.objects.get()
    holding = dict(zip(of_point.tolist(), of_cell.tolist(), strict=True))
    for i in range(0, len(inner), 50):
        place = queries.locate(platform, from_metric(inner[i].x, inner[i].y, 4548))
        assert place.cell_id == rows[holding[i]][0]
