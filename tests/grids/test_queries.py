"""Where a point lies, the area tree, and outlines for the small map."""

from __future__ import annotations

import json
import random
import time
from datetime import UTC, datetime, timedelta

import pytest
import shapely
from django.contrib.gis.geos import Point
from django.db import connection
from django.test.utils import CaptureQueriesContext
from shapely.geometry import LineString

from tests.grids.made_town import Town, box, degrees, point
from urbangrid.core import clock
from urbangrid.core.errors import Refusal
from urbangrid.core.geometry import to_metric
from urbangrid.core.models import Platform
from urbangrid.grids import actions, queries, roads
from urbangrid.grids.models import UnitGrid
from urbangrid.grids.projection import from_database

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def line(*corners: tuple[float, float]) -> LineString:
    return LineString([point(x, y) for x, y in corners])


def test_a_point_gets_its_cell_divisions_grade_and_road(town: Town) -> None:
    actions.generate(platform=town.platform)
    actions.create_area_grade(platform=town.platform, grade=2, geometry=box(0, 0, 1230, 840))
    actions.create_area_grade(platform=town.platform, grade=1, geometry=box(200, 200, 400, 400))
    actions.create_road(platform=town.platform, name="柳巷", grade="lane", geometry=line((0, 280), (500, 280)))
    actions.create_road(platform=town.platform, name="钟楼大街", grade="arterial", geometry=line((0, 300), (500, 300)))
    place = queries.locate(town.platform, point(250, 295))
    assert (place.community, place.subdistrict, place.district) == ("柳巷社区", "老城街道", "样城区")
    assert (place.community_id, place.subdistrict_id, place.district_id) == (
        town.willow.pk,
        town.old_town.pk,
        town.district.pk,
    )
    assert place.cell_id is not None
    assert place.cell_code == UnitGrid.objects.get(pk=place.cell_id).code
    assert (place.road, place.road_grade, place.road_distance_m) == ("钟楼大街", "arterial", 5.0)
    assert (place.area_grade, place.outside, place.on_border_with) == (1, False, ())


def test_the_point_that_stands_for_a_road_is_placed_on_that_road_even_where_another_crosses_its_middle(town: Town) -> None:
    actions.generate(platform=town.platform)
    actions.create_road(platform=town.platform, name="鸿湖街", grade="branch", geometry=line((0, 300), (400, 300)))
    for name, x in (("丽桂街一巷", 200), ("丽桂街二巷", 160)):
        actions.create_road(platform=town.platform, name=name, grade="lane", geometry=line((x, 100), (x, 500)))
    for areas in ((), (town.old_town.pk,)):
        found = roads.point_on_road(town.platform.pk, "鸿湖街", areas)
        assert found is not None and queries.locate(town.platform, found).road == "鸿湖街"
        here, middle = (Point(*to_metric(*one, town.platform.metric_srid)) for one in (found, point(200, 300)))
        assert 40 <= here.distance(middle) < 90, "the nearest that is clear"
    actions.create_road(platform=town.platform, name="同一条", grade="lane", geometry=line((0, 300), (400, 300)))
    assert roads.point_on_road(town.platform.pk, "鸿湖街") is not None, "where no point is clear the middle is as good"
    assert roads.point_on_road(town.platform.pk, "没有这条路") is None


def test_two_queries_place_a_point(town: Town) -> None:
    actions.generate(platform=town.platform)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        queries.locate(town.platform, Point(*point(250, 295), srid=4490))
    assert len(seen) == 2


def test_a_point_near_a_border_names_the_division_on_the_other_side(town: Town) -> None:
    actions.generate(platform=town.platform)
    assert queries.locate(town.platform, point(300, 49)).on_border_with == (town.new_town.pk,)
    assert queries.locate(town.platform, point(300, 51)).on_border_with == ()
    assert queries.locate(town.platform, point(300, 60), border_m=70).on_border_with == (town.new_town.pk,)
    assert queries.locate(town.platform, point(300, -40)).on_border_with == (town.old_town.pk, town.willow.pk)


def test_a_point_outside_every_area_is_told_so_and_not_refused(town: Town) -> None:
    actions.generate(platform=town.platform)
    place = queries.locate(town.platform, point(-3000, 0))
    assert place == queries.Place(outside=True)
    near = queries.locate(town.platform, point(-20, 400))
    assert (near.outside, near.cell_id) == (True, None)
    assert set(near.on_border_with) == {town.old_town.pk, town.willow.pk}


def test_without_cells_a_point_still_gets_its_divisions(town: Town) -> None:
    place = queries.locate(town.platform, point(250, 295))
    assert (place.cell_id, place.community, place.subdistrict, place.outside) == (None, "柳巷社区", "老城街道", False)


def test_every_point_is_found_in_the_cell_that_holds_it(town: Town) -> None:
    actions.generate(platform=town.platform)
    cells = {cell.pk: from_database(cell.geom) for cell in UnitGrid.objects.all()}
    chance = random.Random(7)
    for _ in range(150):
        lon, lat = point(chance.uniform(0, 1230), chance.uniform(-800, 840))
        place = queries.locate(town.platform, (lon, lat))
        assert place.cell_id is not None
        assert cells[place.cell_id].distance(shapely.Point(lon, lat)) < 1e-7


def test_an_old_moment_finds_the_old_cell(town: Town) -> None:
    with clock.travel(START):
        actions.generate(platform=town.platform, size_m=500.0)
        old = queries.locate(town.platform, point(250, 295))
    with clock.travel(START + timedelta(days=1)):
        actions.generate(platform=town.platform, size_m=100.0)
        new = queries.locate(town.platform, point(250, 295))
        assert queries.locate(town.platform, point(250, 295), at=START) == old
    assert new.cell_code != old.cell_code


def test_layers_do_not_answer_for_each_other(town: Town) -> None:
    actions.generate(platform=town.platform)
    actions.generate(platform=town.platform, size_m=None, layer="community")
    unit, community = (queries.locate(town.platform, point(250, 295), layer=layer) for layer in ("unit", "community"))
    assert unit.cell_code != community.cell_code
    assert unit.community == community.community == "柳巷社区"


@pytest.mark.requirement("HD-3.1.3-n")
def test_an_area_tree_with_610_communities_loads_in_under_a_second(platform: Platform) -> None:
    create = actions.create_division
    city = create(platform=platform, level="city", code="990000", name="样城市")
    district = create(platform=platform, level="district", code="990101", name="样城区", parent=city)
    for street in range(1, 30):
        parent = create(platform=platform, level="subdistrict", code=f"990101{street:03d}", name=f"第{street}街道", parent=district)
        for number in range(1, 22 if street > 1 else 23):  # 22 + 28 × 21 = 610
            create(
                platform=platform,
                level="community",
                code=f"{parent.code}{number:03d}",
                name=f"第{number}社区",
                parent=parent,
            )
    with CaptureQueriesContext(connection) as seen:
        started = time.perf_counter()
        tree = queries.area_tree(platform)
        took = time.perf_counter() - started
    assert [node.leaves() for node in tree] == [610]
    assert len(seen) == 1
    assert took < 1.0
    assert [node.name for node in tree[0].children[0].children[:2]] == ["第1街道", "第2街道"]


def test_provisional_communities_stay_out_of_the_tree_unless_asked_for(town: Town) -> None:
    actions.generate(platform=town.platform)
    assert [node.leaves() for node in queries.area_tree(town.platform)] == [3]
    names = [child.name for child in queries.area_tree(town.platform, provisional_communities=True)[0].children[0].children[1].children]
    assert names == ["新城街道暂设第1社区"]


def test_outlines_are_geojson_and_too_many_cells_are_not_sent(town: Town) -> None:
    actions.generate(platform=town.platform)
    bbox = queries.extent(town.platform)
    assert bbox is not None
    cells = json.loads(queries.outlines(town.platform, bbox, "cell"))
    assert len(cells["features"]) == UnitGrid.objects.count()
    assert set(cells["features"][0]["properties"]) == {"id", "code"}
    few = json.loads(queries.outlines(town.platform, bbox, "cell", at_most=5))
    assert (few["features"], few["too_many"]) == ([], True)
    streets = json.loads(queries.outlines(town.platform, bbox, "subdistrict"))
    assert sorted(f["properties"]["name"] for f in streets["features"]) == ["新城街道", "老城街道"]
    assert json.loads(queries.outlines(town.platform, (0, 0, 1, 1), "cell"))["features"] == []


def test_a_responsibility_grid_ties_cells_to_a_unit(town: Town) -> None:
    actions.generate(platform=town.platform)
    cells = list(UnitGrid.objects.order_by("code").values_list("pk", flat=True))[:3]
    grid = actions.create_responsibility_grid(platform=town.platform, code="Z01", name="柳巷一组", cell_ids=cells, unit_id=77)
    assert queries.responsibility_grids_of(cells[0]) == [queries.ResponsibilityGridRef(grid.pk, "Z01", "柳巷一组", 77)]
    assert queries.cells_of_unit(77) == sorted(cells)
    with pytest.raises(Refusal, match="不存在或已停用"):
        actions.create_responsibility_grid(platform=town.platform, code="Z02", name="二组", cell_ids=[1])


def test_a_wrong_division_road_or_grade_is_refused(town: Town) -> None:
    with pytest.raises(Refusal, match="已被使用"):
        actions.create_division(platform=town.platform, level="community", code=town.bell.code, name="重", parent=town.old_town)
    with pytest.raises(Refusal, match="不符合"):
        actions.create_division(platform=town.platform, level="community", code="99", name="短", parent=town.old_town)
    with pytest.raises(Refusal, match="上级级别不对"):
        actions.create_division(platform=town.platform, level="community", code="990101001009", name="错", parent=town.district)
    bow = degrees((0, 0), (100, 100), (100, 0), (0, 100))
    with pytest.raises(Refusal, match="Self-intersection"):
        actions.create_area_grade(platform=town.platform, grade=1, geometry=bow)
    with pytest.raises(Refusal, match="1 到 4"):
        actions.create_area_grade(platform=town.platform, grade=5, geometry=box(0, 0, 9, 9))
    with pytest.raises(Refusal, match="图形种类不对"):
        actions.create_road(platform=town.platform, name="面", grade="lane", geometry=box(0, 0, 9, 9))
