"""A city under any organisational model, with a person in every part that a case's way needs. Model D has a district 东湖 below it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support import city as places
from tests.support import kept
from tests.support.desk import Desk
from urbangrid.accounts.models import User
from urbangrid.administration import opening
from urbangrid.administration.setting_up import set_up
from urbangrid.catalog import actions as catalog_actions
from urbangrid.catalog import cache
from urbangrid.catalog import queries as catalog
from urbangrid.catalog.models import Responsibility
from urbangrid.catalog.values import CategoryOption
from urbangrid.core import clock
from urbangrid.core.models import Platform
from urbangrid.grids.models import Division, UnitGrid
from urbangrid.organizations import actions
from urbangrid.organizations.acting import Acting, from_row
from urbangrid.organizations.installing import Body
from urbangrid.organizations.models import Appointment, Post, Unit

CITY_DEPARTMENTS = (Body("MUNICIPAL", "市政所", duty_phone="010-00000001"), Body("GARDENS", "园林所", duty_phone="010-00000002"))
COMPANIES = (Body("POWER", "供电公司", duty_phone="010-00000003"),)
DISTRICT_DEPARTMENTS = (Body("ROADS", "东湖区市政所", duty_phone="010-00000011"), Body("CLEAN", "东湖区环卫所", duty_phone="010-00000012"))

PARTS = {
    "a": ("seat_agent SUP", "duty_director SUP", "head SUP", "dispatcher CMD", "command_director CMD", "inspector squad",
          "second_inspector:inspector squad"),
    "b": ("seat_agent SUP", "duty_director SUP", "dispatcher CMD", "command_director CMD", "inspector squad", "assistant office",
          "second_inspector:inspector squad", "business_admin SUP", "system_admin INFO",
          "policy_officer LEGAL"),
    "c": ("seat_agent CENTRE", "duty_director CENTRE", "dispatcher CENTRE", "inspector CENTRE", "part_timer:part_time_inspector community"),
    "d": ("seat_agent CITY", "duty_director CITY", "dispatcher CITY", "command_director CITY", "inspector CONTR", "system_admin CITY",
          "security_admin CITY", "audit_admin CITY", "second_inspector:inspector CONTR"),
    "e": ("seat_agent SUP", "duty_director SUP", "dispatcher CMD", "command_director CMD", "inspector squad",
          "second_inspector:inspector squad"),
}  # fmt: skip
"""``name:post unit`` of each; the name is the post's where none is given."""
CLERKS = ("clerk:department_clerk MUNICIPAL", "other_clerk:department_clerk GARDENS", "company_clerk POWER")
DISTRICT = ("district_dispatcher:dispatcher DC", "district_head:head DC", "district_inspector:inspector DC",
            "district_clerk:department_clerk ROADS",
            "other_district_clerk:department_clerk CLEAN")  # fmt: skip


@dataclass(frozen=True, slots=True)
class ModelCity:
    """As ``tests.support.city.City``, under a model; ``district`` and its platform in model D alone."""

    platform: Platform
    district: Division
    east_street: Division
    west_street: Division
    cast: dict[str, Acting]
    tenant: Platform | None = None

    def acting(self, name: str) -> Acting:
        return self.cast[name]

    def category(self, name: str = "道路破损") -> CategoryOption:
        return next(one for one in catalog.category_options(self.platform.pk) if one.name == name)

    def condition(self, name: str = "道路破损") -> int:
        return catalog.conditions_of(self.category(name).id, self.platform.pk)[0].id


def build(letter: str) -> ModelCity:
    """Make it; call in a database test."""
    with clock.travel(places.SINCE):
        rules: dict[str, Any] = {"security": {"second_step_posts": []}}
        platform = Platform.objects.create(code="990100", name="样城市", short_name="样", hotline="12319", settings=rules)
        district, west, east = places._places(platform)
        for load in (catalog_actions.load_national, catalog_actions.load_calendars, catalog_actions.load_reasons):
            load()
        catalog_actions.use_calendars(platform)
        communities = list(Division.objects.filter(platform=platform, level="community").order_by("code"))
        model = set_up(platform, f"model_{letter}", subdistricts=[west, east], departments=CITY_DEPARTMENTS, companies=COMPANIES,
                       communities=communities)  # fmt: skip
        areas = {"squad": (model.organisation.squads, west), "office": (model.organisation.offices, west),
                 "community": (model.organisation.communities, communities[0])}  # fmt: skip
        cast: dict[str, Acting] = {}
        for row in (*PARTS[letter], *CLERKS):
            cast.update([person(platform, row, areas)])
        _inspectors_cover(cast, west, communities[0])
        _responsible(platform, cast["clerk"])
        tenant = _district(platform, district, cast) if letter == "d" else None
        cache.changed()
    return ModelCity(platform, district, east, west, cast, tenant)


def person(platform: Platform, row: str, areas: dict[str, Any] | None = None, username: str = "") -> tuple[str, Acting]:
    part, code = row.split()
    name, _colon, post = part.partition(":")
    made, area = (areas or {}).get(code, (None, None))
    unit = made[area.pk] if made else Unit.objects.get(platform=platform, code=code)
    user = User.objects.create(username=username or name, name=name, password="!", must_change_password=False)
    division = area.pk if area is not None else unit.division_id
    row_made = actions.appoint(user=user, post=Post.objects.get(platform=platform, code=post or name), unit=unit, division_id=division)
    return name, from_row(Appointment.objects.select_related("user", "post", "unit", "platform").get(pk=row_made.pk))


def _inspectors_cover(cast: dict[str, Acting], west: Division, community: Division) -> None:
    for name in ("inspector", "second_inspector", "part_timer"):
        if name in cast:
            row = Appointment.objects.get(pk=cast[name].appointment_id)
            row.division = community if name == "part_timer" else west
            row.save()
            cells = UnitGrid.objects.filter(community=community).values_list("pk", flat=True)
            actions.cover_cells(appointment=row, cell_ids=list(cells))


def _responsible(platform: Platform, clerk: Acting) -> None:
    road = next(one for one in catalog.category_options(platform.pk) if one.name == "道路破损")
    Responsibility.objects.create(
        platform=platform, category_id=road.id, entry_name=road.name, kind=road.kind, code=road.code, unit_id=clerk.unit_id,
        unit_name=clerk.unit_name, position=1, basis="责任清单",
    )  # fmt: skip


def _district(city: Platform, division: Division, cast: dict[str, Acting]) -> Platform:
    opened = opening.open_district(
        city, division=division, name="东湖区", short_name="东湖", departments=DISTRICT_DEPARTMENTS, companies=(), people=()
    )
    for row in DISTRICT:
        cast.update([person(opened.platform, row, {})])
    _responsible(opened.platform, cast["district_clerk"])
    return opened.platform


@pytest.fixture
def model_city(db: None, tmp_path: Path, settings: Any, request: pytest.FixtureRequest) -> Iterator[ModelCity]:
    """``@pytest.mark.parametrize("model_city", ["b"], indirect=True)``."""
    settings.FILES_ROOT = tmp_path / "files"
    places.forget()
    made = kept.city(f"model {request.param}", partial(build, request.param))
    places.forget()
    yield made
    places.forget()


@pytest.fixture
def at(model_city: ModelCity) -> Callable[[str], Desk]:
    """``at("seat_agent")``: somebody of the city with a token."""
    known: dict[str, Desk] = {}
    return lambda name: known[name] if name in known else known.setdefault(name, Desk(model_city, name))  # type: ignore[arg-type]
