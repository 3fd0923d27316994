"""What stands around a place by name: for a company's sheet, for the printed sheets, never with a coordinate."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.db import transaction
from psycopg.errors import UniqueViolation
from shapely import Point, Polygon

from tests.support.city import INSIDE, City
from urbangrid.addresses import loading, queries
from urbangrid.addresses.models import DoorNumber, Landmark
from urbangrid.core import clock
from urbangrid.core.geometry import from_metric, to_metric
from urbangrid.grids import queries as grids
from urbangrid.grids.models import Road


def at(city: City, east: float, north: float) -> tuple[float, float]:
    """Degrees of a place so many metres from ``INSIDE``."""
    x, y = to_metric(*INSIDE, city.platform.metric_srid)
    return from_metric(x + east, y + north, city.platform.metric_srid)


def square(city: City, east: float, north: float, side: float) -> Polygon:
    return Polygon([at(city, east + dx * side, north + dy * side) for dx, dy in ((0, 0), (1, 0), (1, 1), (0, 1))])


def silent(_written: int) -> None:
    """Nobody watches the rows go by."""


def landmarks(city: City, *rows: tuple[str, str, float, float]) -> None:
    points = [Point(at(city, east, north)) for _name, _kind, east, north in rows]
    names = [(name, kind) for name, kind, _east, _north in rows]
    assert loading.write_landmarks(city.platform, names, points, clock.now(), silent) == len(rows)


@pytest.fixture
def named(city: City) -> City:
    landmarks(
        city,
        ("实验小学", "school", 60, 0),
        ("人民医院", "hospital", 0, -140),
        ("文昌菜市场", "market", -300, 0),
        ("青澜火车站", "station", 0, 900),
    )
    road = Road.objects.filter(platform=city.platform).order_by("pk")[0]
    loading.write_doors(city.platform, [(road.pk, "86")], [Point(at(city, 20, 10))], clock.now(), silent)
    loading.write_buildings(city.platform, [("实验小学", "school")], [square(city, 40, -20, 40)], clock.now(), silent)
    loading.write_surfaces(city.platform, [("青澜河", "water")], [square(city, -140, -100, 60)], clock.now(), silent)
    return city


def _told(found: Sequence[queries.LandmarkNear]) -> list[tuple[str, int, tuple[int, int]]]:
    return [(one.name, round(one.distance_m), (round(one.way[0]), round(one.way[1]))) for one in found]


def test_landmarks_are_told_by_their_way_the_nearest_first_and_no_further_than_asked(named: City) -> None:
    found = queries.landmarks_near(named.platform, *INSIDE, 500)
    assert _told(found) == [("实验小学", 60, (60, 0)), ("人民医院", 140, (0, -140)), ("文昌菜市场", 300, (-300, 0))]
    assert _told(queries.landmarks_near(named.platform, *INSIDE, 100)) == [("实验小学", 60, (60, 0))]


def test_a_landmark_out_of_force_is_told_no_more(named: City) -> None:
    Landmark.objects.filter(name="实验小学").update(valid_to=clock.now() - timedelta(seconds=1))
    assert [one.name for one in queries.landmarks_near(named.platform, *INSIDE, 200)] == ["人民医院"]


def test_the_drawing_shows_door_building_water_and_landmarks_in_metres_alone(named: City) -> None:
    around = queries.shapes_around(named.platform, *INSIDE)
    assert [(one.kind, one.name) for one in around] == [
        ("building", "实验小学"), ("door", "86"), ("landmark", "人民医院"), ("landmark", "实验小学"), ("water", "青澜河"),
    ]  # fmt: skip
    drawn = grids.sketch_of(named.platform, *INSIDE, around)
    assert ">86<" in drawn and "实验小学" in drawn and 'fill="#d5dde3"' in drawn and 'fill="#ddd"' in drawn
    assert "人民医院" not in drawn, "beyond the frame"
    numbers = [abs(float(text)) for text in re.findall(r"-?\d+\.\d+", drawn)]
    assert max(numbers) <= 160
    assert drawn.index('fill="#ddd"') < drawn.index("实验小学"), "names lie above areas"


def test_a_number_of_a_road_stands_once(named: City) -> None:
    door = DoorNumber.objects.get()
    with pytest.raises(UniqueViolation), transaction.atomic():
        loading.write_doors(named.platform, [(door.road_id, "86")], [Point(INSIDE)], clock.now(), silent)
