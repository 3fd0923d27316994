"""The city that ``bench`` measures in: one district, two sub-districts, 450 cells of 100 m, model A, the people who act or look.

Made by the same actions as any city. It is small because the figures depend on the number of cases, not of cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from urbangrid.accounts.models import User
from urbangrid.cases import processes
from urbangrid.catalog import actions as catalog_actions
from urbangrid.catalog import cache
from urbangrid.catalog import queries as catalog
from urbangrid.catalog.models import Responsibility
from urbangrid.core import clock
from urbangrid.core.models import Platform
from urbangrid.grids import actions as grids
from urbangrid.grids.models import Division
from urbangrid.grids.projection import shapes, to_degrees
from urbangrid.organizations import actions as organizations
from urbangrid.organizations import installing
from urbangrid.organizations.acting import Acting, from_row
from urbangrid.organizations.installing import Body, Installed
from urbangrid.organizations.models import Appointment

SINCE = datetime(2025, 1, 2, 1, 0, tzinfo=UTC)
"""Everything of the city is in force from here."""
CODE = "990901"
SRID = 4548
EAST_M, NORTH_M = 450_000.0, 4_420_000.0
"""South-west corner in EPSG:4548."""
STREET_M, HIGH_M, COMMUNITY_M = 1500.0, 1500.0, 375.0
CELL_M = 100.0
DEPARTMENTS = (
    Body("ROADS", "道路养护所", "养护所"), Body("PLANTS", "绿化所"), Body("WASTE", "环卫所"),
    Body("STREAM", "测速单位"), Body("IDLE", "新设单位"),
)  # fmt: skip
"""STREAM has the cases that are acted on while measuring, IDLE never had one."""
PEOPLE = (
    ("seat_agent", "seat_agent", "SUP", None), ("dispatcher", "dispatcher", "CMD", None),
    ("clerk", "department_clerk", "ROADS", None), ("plants_clerk", "department_clerk", "PLANTS", None),
    ("waste_clerk", "department_clerk", "WASTE", None), ("stream_clerk", "department_clerk", "STREAM", None),
    ("idle_clerk", "department_clerk", "IDLE", None), ("west_inspector", "inspector", "squad", 0),
    ("east_inspector", "inspector", "squad", 1), ("officer", "subdistrict_officer", "office", 0),
)  # fmt: skip
"""Name in the cast, post, unit (or squad, office), number of the sub-district."""
MANY_RIGHTS = ("read_area", "receive", "dispose")
"""Of the post under which the person with five posts looks: an office that reads its area and disposes as well."""


@dataclass(frozen=True, slots=True)
class BenchCity:
    """What filling and measuring name."""

    platform: Platform
    district: Division
    streets: tuple[Division, ...]
    cast: dict[str, Acting]


def make() -> BenchCity:
    """Build the city in an empty database; call in one transaction."""
    with clock.travel(SINCE):
        platform = Platform.objects.create(code=CODE, name="测速区", short_name="测", metric_srid=SRID)
        district, streets = _places(platform)
        catalog_actions.load_national()
        catalog_actions.load_calendars()
        catalog_actions.load_reasons()
        catalog_actions.use_calendars(platform)
        installed = installing.install(platform, "model_a", subdistricts=streets, departments=DEPARTMENTS, companies=())
        cast = _people(platform, installed, streets)
        duties = {duty for post in installed.posts.values() for duty in post.duties}
        processes.publish(platform, processes.preset("model_a"), duties)
        _responsibilities(platform, installed)
    return BenchCity(platform, district, tuple(streets), cast)


def load() -> BenchCity:
    """The city of a database that was filled before."""
    platform = Platform.objects.get(code=CODE)
    rows = Appointment.objects.filter(platform=platform).select_related("user", "post", "unit", "platform").order_by("pk")
    cast: dict[str, Acting] = {}
    for row in rows:
        cast.setdefault(row.user.username, from_row(row))
    district = Division.objects.get(code=CODE)
    streets = tuple(Division.objects.filter(parent=district).order_by("code"))
    return BenchCity(platform, district, streets, cast)


def _degrees(west: float, south: float, east: float, north: float) -> BaseGeometry:
    shape = box(EAST_M + west, NORTH_M + south, EAST_M + east, NORTH_M + north)
    moved: BaseGeometry = to_degrees(shapes([shape]), SRID)[0]
    return moved


def _places(platform: Platform) -> tuple[Division, list[Division]]:
    create = grids.create_division
    city = create(platform=platform, level="city", code="990900", name="测速市")
    district = create(platform=platform, level="district", code=CODE, name="测速区", parent=city)
    streets = []
    for number, name in enumerate(("甲一街道", "乙二街道")):
        left, code = number * STREET_M, f"{CODE}00{number + 1}"
        outline = _degrees(left, 0, left + STREET_M, HIGH_M)
        street = create(platform=platform, level="subdistrict", code=code, name=name, parent=district, geometry=outline)
        streets.append(street)
        for half in range(int(STREET_M / COMMUNITY_M)):
            west = left + half * COMMUNITY_M
            part = _degrees(west, 0, west + COMMUNITY_M, HIGH_M)
            name_of_part = f"{name[:2]}第{half + 1}社区"
            create(platform=platform, level="community", code=f"{code}{half + 1:03d}", name=name_of_part, parent=street, geometry=part)
    grids.generate(platform=platform, size_m=CELL_M)
    return district, streets


def _people(platform: Platform, installed: Installed, streets: Sequence[Division]) -> dict[str, Acting]:
    found = {}
    for name, post, unit_code, number in PEOPLE:
        area = None if number is None else streets[number]
        by_area = {"squad": installed.squads, "office": installed.offices}.get(unit_code)
        unit = by_area[area.pk] if by_area is not None and area is not None else installed.units[unit_code]
        user = User.objects.create(username=name, name=name, password_set_at=SINCE)
        row = organizations.appoint(
            user=user, post=installed.posts[post], unit=unit, division_id=area.pk if area else None,
            director_unit=installed.units["SUP"] if post == "inspector" else None,
        )  # fmt: skip
        found[name] = from_row(row)
    found["five_posts"] = _five_posts(platform, installed, streets[0])
    return found


def _five_posts(platform: Platform, installed: Installed, area: Division) -> Acting:
    """A person with five appointments; the first one, which reads by area and by unit, is the one she looks under."""
    user = User.objects.create(username="five_posts", name="five_posts", password_set_at=SINCE)
    many = organizations.create_post(
        platform_id=platform.pk, code="many_rights", name="包片干部", duties=list(MANY_RIGHTS), desk="subdistrict"
    )  # fmt: skip
    office = installed.offices[area.pk]
    rows = [organizations.appoint(user=user, post=many, unit=office, division_id=area.pk)]
    for post, unit in (("subdistrict_officer", office), ("squad_leader", installed.squads[area.pk])):
        rows.append(organizations.appoint(user=user, post=installed.posts[post], unit=unit, division_id=area.pk))
    for code in ("WASTE", "PLANTS"):
        rows.append(organizations.appoint(user=user, post=installed.posts["department_clerk"], unit=installed.units[code]))
    return from_row(rows[0])


def _responsibilities(platform: Platform, installed: Installed) -> None:
    """Every offered class belongs to one of three departments in turn, so that a dispatch has its proposal."""
    units = [installed.units[code] for code in ("ROADS", "PLANTS", "WASTE")]
    Responsibility.objects.bulk_create(
        Responsibility(
            platform=platform, category_id=one.id, entry_name=one.name, kind=one.kind, code=one.code, unit_id=units[number % 3].pk,
            unit_name=units[number % 3].name, position=number + 1, basis="测速用",
        )  # fmt: skip
        for number, one in enumerate(catalog.category_options(platform.pk))
    )
    cache.changed()
