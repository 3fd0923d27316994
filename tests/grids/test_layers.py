"""An administrator makes grid layers: squares, one cell per community, drawn cells; codes come by themselves."""

from __future__ import annotations

import argparse
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import shapely
from django.db import IntegrityError, transaction
from shapely.geometry import mapping as geojson
from shapely.geometry.base import BaseGeometry

from tests.grids.made_town import Town, box, degrees
from urbangrid.core import clock
from urbangrid.core.errors import Refusal
from urbangrid.core.ids import new_id
from urbangrid.grids import actions, coding, commands
from urbangrid.grids.models import Division, GridRun, UnitGrid
from urbangrid.grids.projection import from_database, shapes, to_metres

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TOWN_M2 = 1230 * 840 + 1600 * 800


def documented_pattern() -> re.Pattern[str]:
    text = Path(coding.__file__).parents[3].joinpath("docs/topics/unit-grids.md").read_text(encoding="utf-8")
    return re.compile(text.split("```pattern\n")[1].split("\n```")[0])


def in_force(layer: str = "unit") -> list[UnitGrid]:
    return list(UnitGrid.objects.filter(layer=layer, valid_to=None).select_related("community").order_by("id"))


def in_metres(cells: list[UnitGrid]) -> list[BaseGeometry]:
    return list(to_metres(shapes([from_database(cell.geom) for cell in cells]), 4548))


@pytest.mark.requirement("CY-6")
@pytest.mark.parametrize("size_m", [500.0, 100.0])
def test_an_administrator_imports_a_layer_or_makes_squares_and_codes_come_by_themselves(
    town: Town, size_m: float, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn = tmp_path / "cells.geojson"
    halves = [box(0, 0, 300, 300), box(300, 0, 560, 300), box(700, 0, 900, 300)]
    features = [{"type": "Feature", "properties": {"n": 1}, "geometry": geojson(half)} for half in halves]
    drawn.write_text(json.dumps({"type": "FeatureCollection", "features": features}))

    assert commands.generate(argparse.Namespace(size=size_m)) == 0
    assert commands.generate(argparse.Namespace(size=0, one_cell=True)) == 0
    assert commands.generate(argparse.Namespace(size=0, drawn=str(drawn), layer="patrol")) == 0

    assert "写入" in capsys.readouterr().out
    codes = list(UnitGrid.objects.values_list("code", flat=True))
    assert len(codes) == len(set(codes))
    assert all(documented_pattern().match(code) for code in codes)
    squares = in_force()
    assert sum(cell.area_m2 for cell in squares) == pytest.approx(TOWN_M2, abs=1)
    assert max(cell.area_m2 for cell in squares) <= 1.2 * size_m**2
    assert {cell.community.name for cell in in_force("community")} >= {"柳巷社区", "钟楼社区"}
    assert len(in_force("community")) == 3  # two communities and the new town, whose communities have no border
    assert [cell.community.name for cell in in_force("patrol")] == ["柳巷社区", "柳巷社区", "钟楼社区"]


@pytest.mark.requirement("SY-3")
def test_the_default_cells_are_about_ten_thousand_square_metres_inside_their_communities(town: Town) -> None:
    actions.generate(platform=town.platform)
    cells = in_force()
    own = [cell for cell in cells if cell.community_id in (town.willow.pk, town.bell.pk)]
    areas = sorted(cell.area_m2 for cell in own)
    assert 8_000 <= areas[len(areas) // 2] <= 10_000
    assert areas[0] >= 1_000
    assert areas[-1] < 12_000
    bordered = Division.objects.filter(level="community", geom__isnull=False)
    borders = {d.pk: to_metres(shapes([from_database(d.geom)]), 4548)[0] for d in bordered if d.geom}
    for cell, shape in zip(cells, in_metres(cells), strict=True):
        assert shape.difference(borders[cell.community_id]).area < 0.01, cell.code


@pytest.mark.requirement("HD-1.4-4")
def test_generated_codes_pass_the_pattern_of_the_documentation(town: Town) -> None:
    actions.generate(platform=town.platform, size_m=50.0)
    cells = in_force()
    pattern = documented_pattern()
    assert len(cells) > 900
    for cell in cells:
        assert pattern.match(cell.code), cell.code
        assert cell.code.startswith(cell.community.code)
        assert cell.code[:9] in ("990101001", "990101002")


def test_serials_run_from_north_to_south_and_from_west_to_east(town: Town) -> None:
    actions.generate(platform=town.platform, size_m=100.0)
    willow = [cell for cell in in_force() if cell.community_id == town.willow.pk]
    assert [cell.code[12:] for cell in willow] == [f"{n:03d}" for n in range(1, len(willow) + 1)]
    order = [(cell.grid_row, cell.grid_column) for cell in willow]
    assert order == sorted(order)
    north = [shape.centroid.y for shape in in_metres(willow)]
    assert north[0] > max(north) - 50 > min(north)


def test_a_second_run_changes_nothing(town: Town) -> None:
    first = actions.generate(platform=town.platform)
    again = actions.generate(platform=town.platform)
    assert first.written > 200
    assert (again.run_id, again.written, again.closed, again.patches_unchanged) == (None, 0, 0, 3)
    assert GridRun.objects.count() == 1


def test_a_new_size_closes_the_old_cells_and_never_gives_a_code_twice(town: Town) -> None:
    with clock.travel(START):
        actions.generate(platform=town.platform, size_m=500.0)
        old = {cell.code for cell in in_force()}
    with clock.travel(START + timedelta(days=1)):
        result = actions.generate(platform=town.platform, size_m=100.0)
    new = {cell.code for cell in in_force()}
    assert result.closed == len(old)
    assert not old & new
    assert set(UnitGrid.objects.filter(valid_to=START + timedelta(days=1)).values_list("code", flat=True)) == old
    willow = sorted(code[12:] for code in new if code.startswith("990101001001"))
    assert int(willow[0]) == 1 + sum(code.startswith("990101001001") for code in old)
    assert list(GridRun.objects.filter(valid_to=None).values_list("size_m", flat=True)) == [100.0]


def test_the_database_refuses_a_code_that_ever_existed(town: Town) -> None:
    actions.generate(platform=town.platform, size_m=500.0)
    cell = in_force()[0]
    UnitGrid.objects.filter(pk=cell.pk).update(valid_to=cell.valid_from)
    cell.pk = new_id()
    with pytest.raises(IntegrityError, match="unit_grid_code_once_for_ever"), transaction.atomic():
        cell.save(force_insert=True)


def test_more_cells_than_serials_go_to_provisional_communities_drawn_around_them(town: Town) -> None:
    result = actions.generate(platform=town.platform, size_m=20.0)
    willow = [cell for cell in in_force() if cell.community.split_from == town.willow.code or cell.community == town.willow]
    assert len(willow) > 999
    assert sum(cell.community_id == town.willow.pk for cell in willow) == 999
    bands = Division.objects.filter(split_from=town.willow.code, valid_to=None)
    assert all(band.provisional and band.parent_id == town.old_town.pk for band in bands)
    assert all(901 <= int(band.code[-3:]) <= 999 for band in bands)
    assert result.provisional == Division.objects.filter(provisional=True).count()
    drawn = sum(to_metres(shapes([from_database(band.geom)]), 4548)[0].area for band in bands if band.geom)
    assert drawn == pytest.approx(sum(c.area_m2 for c in willow if c.community_id != town.willow.pk), abs=20)


def test_when_serials_are_used_up_nothing_is_written_and_the_missing_ones_are_counted(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coding, "PROVISIONAL_LAST", 902)
    with pytest.raises(Refusal) as caught:
        actions.generate(platform=town.platform, size_m=20.0)
    assert "网格编码用完，还差" in caught.value.sentence()
    assert not UnitGrid.objects.exists()
    assert not GridRun.objects.exists()
    assert not Division.objects.filter(provisional=True).exists()


def test_when_community_borders_arrive_only_that_subdistrict_is_cut_anew(town: Town) -> None:
    with clock.travel(START):
        actions.generate(platform=town.platform)
        before = {cell.code for cell in in_force()}
    with clock.travel(START + timedelta(days=1)):
        actions.create_division(
            platform=town.platform,
            level="community",
            code="990101002001",
            name="南湖社区",
            parent=town.new_town,
            geometry=box(0, -800, 1600, 0),
        )
        result = actions.generate(platform=town.platform)
    assert result.patches_unchanged == 2
    assert result.closed == 16 * 8
    after = {cell.code for cell in in_force()}
    assert {code for code in after if code.startswith("990101001")} < before
    assert {code[:12] for code in after - before} == {"990101002001"}
    assert not Division.objects.filter(provisional=True, valid_to=None).exists()


def test_divisions_without_a_border_are_named(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    actions.create_division(platform=town.platform, level="subdistrict", code="990101003", name="东湖街道", parent=town.district)
    assert commands.generate(argparse.Namespace(size=500.0, district=["样城区"])) == 0
    assert "没有边界，未生成：东湖街道" in capsys.readouterr().out


@pytest.mark.parametrize("size_m", [0.0, 5.0, float("nan"), 1e9])
def test_a_size_that_cannot_be_meant_is_refused(town: Town, size_m: float) -> None:
    with pytest.raises(Refusal, match="网格边长"):
        actions.generate(platform=town.platform, size_m=size_m)


def test_a_size_of_nothing_is_refused_by_the_command_too(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.generate(argparse.Namespace(size=0.0)) == 2
    assert "网格边长 0.0 米不可用" in capsys.readouterr().err


def test_without_borders_the_command_says_what_to_do_first(platform: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.generate(argparse.Namespace(size=100.0)) == 2
    assert "请先导入带边界的区划" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (box(100, 0, 250, 100), "第 1 个与第 2 个网格图形重叠 5000 平方米"),
        (box(5000, 5000, 5100, 5100), "第 2 个网格图形不在任何已有边界的社区或街道内"),
        (degrees((200, 0), (300, 100), (300, 0), (200, 100)), "第 2 个网格图形的边界有误：Self-intersection"),
        (shapely.Point(117.0, 39.9), "第 2 个网格图形的边界有误：不是面"),
    ],
)
def test_a_drawn_cell_that_cannot_be_used_is_named_and_nothing_is_written(town: Town, second: BaseGeometry, said: str) -> None:
    with pytest.raises(Refusal, match=re.escape(said)):
        actions.code_drawn_cells(platform=town.platform, layer="patrol", geometries=[box(0, 0, 150, 100), second])
    assert not UnitGrid.objects.exists()


def test_made_cells_are_coded_after_the_last_serial(town: Town) -> None:
    run = actions.create_run(platform=town.platform, size_m=100.0)
    first = [actions.NewCell(town.willow, box(0, y, 100, y + 100)) for y in (200, 100)]
    ids = actions.create_cells(run, first)
    more = actions.create_cells(run, [actions.NewCell(town.willow, box(0, 0, 100, 100))])
    codes = dict(UnitGrid.objects.values_list("pk", "code"))
    assert [codes[pk] for pk in [*ids, *more]] == ["990101001001001", "990101001001002", "990101001001003"]
