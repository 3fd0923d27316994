"""The picture of a place: rules of values against a plain reading of them."""

from __future__ import annotations

from math import cos, hypot, radians, sin

from hypothesis import given
from hypothesis import strategies as st

from urbangrid.addresses.queries import LandmarkNear
from urbangrid.companies import picture
from urbangrid.grids.surroundings import RoadNear

metres = st.integers(-120, 120).map(float)


def _road(name: str, foot: tuple[float, float], distance: float) -> RoadNear:
    return RoadNear(name, "branch", distance, foot, (((-100.0, foot[1]), (100.0, foot[1])),))


@given(angle=st.integers(0, 359), far=st.integers(10, 500))
def test_the_wind_rose_names_the_nearest_of_eight_directions(angle: int, far: int) -> None:
    names = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")
    apart = [min(abs(angle - 45 * place), 360 - abs(angle - 45 * place)) for place in range(8)]
    nearest = {names[place] for place in range(8) if apart[place] == min(apart)}
    assert picture.direction((far * sin(radians(angle)), far * cos(radians(angle)))) in nearest or min(apart) > 22


@given(points=st.lists(st.tuples(metres, metres), min_size=2, max_size=6))
def test_pixels_keep_distances_and_north_is_up(points: list[tuple[float, float]]) -> None:
    drawn = picture.drawn([RoadNear("路", "lane", 3.0, (0.0, 0.0), (tuple(points),))])
    pairs = [tuple(map(int, pair.split(","))) for pair in drawn.strokes[0].points.split()]
    for (east, north), (x, y) in zip(points, pairs, strict=True):
        assert abs((x - picture.WIDTH / 2) / picture.PIXELS_PER_M - east) <= 0.5
        assert abs((picture.HEIGHT / 2 - y) / picture.PIXELS_PER_M - north) <= 0.5
    assert drawn.scale == round(drawn.scale_m * picture.PIXELS_PER_M)


def test_words_name_three_roads_each_once_the_nearest_first() -> None:
    roads = [_road("甲路", (0.0, 2.0), 2.0), _road("甲路", (0.0, 9.0), 9.0), _road("乙街", (0.0, -30.0), 30.0)]
    far = [_road("丙巷", (40.0, 0.0), 40.0), _road("丁路", (0.0, 90.0), 90.0)]
    assert picture.words([*roads, *far]) == ("甲路路面上", "乙街以北 30 米", "丙巷以西 40 米")
    assert picture.drawn([]).words == ()


def _landmark(name: str, east: float, north: float) -> LandmarkNear:
    return LandmarkNear(name, "school", hypot(east, north), (east, north))


def test_words_name_three_landmarks_after_the_roads_each_once_by_the_side_one_stands_on() -> None:
    near = [_landmark("实验小学", -30, -30), _landmark("实验小学", 40, 40), _landmark("人民医院", 0, 90), _landmark("市场", 0, 2)]
    near.sort(key=lambda one: one.distance_m)
    said = picture.drawn([_road("甲路", (0.0, 2.0), 2.0)], [*near, _landmark("车站", 300, 0)]).words
    assert said == ("甲路路面上", "市场处", "实验小学东北侧 42 米", "人民医院南侧 90 米")


@given(east=metres, north=metres)
def test_a_landmark_is_marked_where_it_is_when_its_name_fits_into_the_picture(east: float, north: float) -> None:
    marks = picture.drawn([], [_landmark("实验小学", east, north)]).marks
    for mark in marks:
        assert (mark.x, mark.y) == picture._pixel((east, north))
        assert mark.x - 28 > 0 and mark.x + 28 < picture.WIDTH and mark.text_y - 14 > 0 and mark.text_y < picture.HEIGHT
    assert marks or max(abs(east) / 105, abs(north) / 50) > 1
