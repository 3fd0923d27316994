"""A small city that stories are played in: one district, two sub-districts, four communities, cells of 250 m, model A, a person per post.

``make_city`` builds it; the fixture ``city`` builds it once per run and puts it back for every test (``tests.support.kept``). Everything in
it has been in force since 2025-01-02.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from PIL import Image
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from tests.support import kept, people
from urbangrid.cases import processes
from urbangrid.catalog import actions as catalog_actions
from urbangrid.catalog import cache, companies
from urbangrid.catalog import queries as catalog
from urbangrid.catalog.models import Responsibility
from urbangrid.catalog.values import CategoryOption
from urbangrid.core import clock, files, platforms
from urbangrid.core.geometry import from_metric
from urbangrid.core.models import Platform
from urbangrid.grids import actions as grids
from urbangrid.grids.models import Division
from urbangrid.grids.projection import shapes, to_degrees
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting

SINCE = datetime(2025, 1, 2, 1, 0, tzinfo=UTC)
"""Everything of the city is in force from here."""
WORKDAY = datetime(2026, 11, 20, 1, 40, tzinfo=UTC)
"""A Friday, 09:40 in the city."""
EAST_M, NORTH_M = 450_000.0, 4_420_000.0
"""South-west corner of the city in EPSG:4548."""
CELL_M = 250.0


@dataclass(frozen=True, slots=True)
class City:
    """The rows that stories name."""

    platform: Platform
    district: Division
    east_street: Division
    west_street: Division
    cast: dict[str, Acting]

    def acting(self, name: str) -> Acting:
        """Somebody of the cast (tests/support/people.py), e.g. ``seat_agent``."""
        return self.cast[name]

    def category(self, name: str = "道路破损") -> CategoryOption:
        """An offered class by its Chinese name."""
        return next(one for one in catalog.category_options(self.platform.pk) if one.name == name)

    def condition(self, name: str = "道路破损") -> int:
        """Id of the first filing condition of that class."""
        return catalog.conditions_of(self.category(name).id, self.platform.pk)[0].id


def spot(x_m: float, y_m: float) -> tuple[float, float]:
    """Longitude and latitude of a point given in metres from the south-west corner; the city is 1,500 m wide and 750 m high."""
    return from_metric(EAST_M + x_m, NORTH_M + y_m, 4548)


INSIDE = spot(160, 140)
"""A point of 柳荫社区, sub-district 西湖, in the inspector's own cell."""
FAR_INSIDE = spot(1300, 600)
"""A point of 钟楼社区, sub-district 东湖."""
OUTSIDE = spot(5_000, 5_000)
"""A point in no area of the city."""


def make_city() -> City:
    """Build it; call inside a transaction or a database test."""
    with clock.travel(SINCE):
        rules: dict[str, Any] = {"security": {"second_step_posts": []}}  # stories sign in by password alone, but those of the second step
        platform = Platform.objects.create(code="990101", name="样城区", short_name="样", hotline="12319", settings=rules)
        district, west, east = _places(platform)
        catalog_actions.load_national()
        catalog_actions.load_calendars()
        catalog_actions.load_reasons()
        companies.load_kinds()
        catalog_actions.use_calendars(platform)
        cast = people.install(platform, west, east)
        processes.publish(platform, processes.preset("model_a"), {duty for one in cast.values() for duty in one.duties})
        _responsibilities(platform, cast)
    return City(platform, district, east, west, cast)


def _places(platform: Platform) -> tuple[Division, Division, Division]:
    create = grids.create_division
    city = create(platform=platform, level="city", code="990000", name="样城市")
    district = create(platform=platform, level="district", code="990101", name="样城区", parent=city)
    streets = []
    for number, (name, west) in enumerate((("西湖街道", 0), ("东湖街道", 750)), 1):
        code = f"99010100{number}"
        street = create(
            platform=platform, level="subdistrict", code=code, name=name, parent=district, geometry=_box(west, 0, west + 750, 750)
        )
        streets.append(street)
        halves = (("柳荫社区", "双井社区"), ("河沿社区", "钟楼社区"))[number - 1]
        for half, community in enumerate(halves):
            left = west + 375 * half
            box = _box(left, 0, left + 375, 750)
            create(platform=platform, level="community", code=f"{code}00{half + 1}", name=community, parent=street, geometry=box)
    grids.generate(platform=platform, size_m=CELL_M)
    grids.create_road(platform=platform, name="大柳树路", grade="arterial", geometry=_line((100, 150), (1400, 150)))
    grids.create_area_grade(platform=platform, grade=1, name="西湖核心区", geometry=_box(0, 0, 375, 750))
    return district, streets[0], streets[1]


def _degrees(metres: BaseGeometry) -> BaseGeometry:
    moved: BaseGeometry = to_degrees(shapes([metres]), 4548)[0]
    return moved


def _box(west: float, south: float, east: float, north: float) -> BaseGeometry:
    corners = ((west, south), (east, south), (east, north), (west, north))
    return _degrees(Polygon([(EAST_M + x, NORTH_M + y) for x, y in corners]))


def _line(*corners: tuple[float, float]) -> BaseGeometry:
    return _degrees(LineString([(EAST_M + x, NORTH_M + y) for x, y in corners]))


def _responsibilities(platform: Platform, cast: dict[str, Acting]) -> None:
    """道路破损 belongs to 市政所 everywhere, so that the dispatcher has a proposal."""
    road = catalog.find_class(platform.pk, "event", _code_of(platform, "道路破损"))
    clerk = cast["clerk"]
    assert road is not None
    Responsibility.objects.create(
        platform=platform, category_id=road.id, entry_name=road.name, kind=road.kind, code=road.code, unit_id=clerk.unit_id,
        unit_name=clerk.unit_name, position=1, basis="样城区责任清单",
    )  # fmt: skip
    cache.changed()


def _code_of(platform: Platform, name: str) -> str:
    return next(one.code for one in catalog.category_options(platform.pk) if one.name == name)


# --- the same city for every test ---


def restore_city() -> City:
    """Put the city into the empty database of this test; the first call of a run builds it."""
    forget()
    found = kept.city("small", make_city)
    forget()
    return found


def settle() -> None:
    """Checks that rows wait for until the end of their transaction, now: else they come again behind each test that stands on the rows."""
    connection.check_constraints()


def forget() -> None:
    """Empty what processes remember between queries: a rolled-back test leaves nothing behind."""
    cache.clear()
    platforms.forget()
    organizations.forget()


@pytest.fixture
def city(db: None, tmp_path: Path, settings: Any) -> Iterator[City]:
    """The small city, its stored files in a folder of this test."""
    settings.FILES_ROOT = tmp_path / "files"
    yield restore_city()
    forget()


@pytest.fixture
def acting(city: City) -> Callable[[str], Acting]:
    """``acting("seat_agent")``: somebody of the cast."""
    return city.acting


def picture(colour: str = "gray", size: tuple[int, int] = (64, 48)) -> bytes:
    """The bytes of a JPEG."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def photo(who: Acting, colour: str = "gray") -> int:
    """Id of a stored photo that ``who`` has sent."""
    with transaction.atomic():
        stored = files.store_photo(
            io.BytesIO(picture(colour)), name="现场.jpg", platform_id=who.platform_id, owner_id=who.user_id, zone=who.zone
        )
    return stored.pk
