"""The cast: one person for every post of model A, and a few more that stories need (a second inspector, a clerk of another unit)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from urbangrid.accounts.models import User
from urbangrid.core import clock
from urbangrid.core.models import Platform
from urbangrid.grids.models import Division, UnitGrid
from urbangrid.organizations import actions, installing
from urbangrid.organizations.acting import Acting, from_row
from urbangrid.organizations.installing import Body, Installed
from urbangrid.organizations.models import Unit

PASSWORD = "Liu-yin 2026"
"""Of everybody in the cast."""

DEPARTMENTS = (Body("MUNICIPAL", "市政所", duty_phone="010-00000001"), Body("GARDENS", "园林所", duty_phone="010-00000002"))
COMPANIES = (Body("POWER", "供电公司", duty_phone="010-00000003"),)
BELOW = (
    ("ROADS", "道路站", "station", "MUNICIPAL"), ("ROADCREW", "道路一班", "crew", "ROADS"), ("LAMPCREW", "路灯班", "crew", "MUNICIPAL"),
    ("POWERCREW", "抢修一班", "crew", "POWER"),
)  # fmt: skip
"""Units below the departments and the company: code, name, kind, the unit above (case-rules 12)."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the cast: name, post, unit code (or squad, office), area, and whether cells of that area are hers."""

    name: str
    post: str
    unit: str
    area: str = ""
    cells: bool = field(default=False)


CAST: dict[str, Person] = {
    "seat_agent": Person("周岚", "seat_agent", "SUP"),
    "second_seat_agent": Person("李敏", "seat_agent", "SUP"),
    "duty_director": Person("孙国平", "duty_director", "SUP"),
    "head": Person("郑怀远", "head", "SUP"),
    "dispatcher": Person("王芳", "dispatcher", "CMD"),
    "command_director": Person("冯立新", "command_director", "CMD"),
    "command_head": Person("唐静", "command_head", "CMD"),
    "policy_officer": Person("宋律", "policy_officer", "LAW"),
    "coordinator": Person("齐鸣", "coordinator", "COORD"),
    "clerk": Person("何建", "department_clerk", "MUNICIPAL"),
    "other_clerk": Person("林晓", "department_clerk", "GARDENS"),
    "company_clerk": Person("高远", "company_clerk", "POWER"),
    "station_clerk": Person("韩梅", "station_clerk", "ROADS"),
    "road_crew": Person("田野", "crew_member", "ROADCREW"),
    "crew": Person("石磊", "crew_member", "LAMPCREW"),
    "company_crew": Person("丁勇", "company_crew", "POWERCREW"),
    "inspector": Person("张小燕", "inspector", "squad", "west", cells=True),
    "second_inspector": Person("陈默", "inspector", "squad", "west"),
    "far_inspector": Person("吴桐", "inspector", "squad", "east"),
    "squad_leader": Person("赵强", "squad_leader", "squad", "west"),
    "subdistrict_officer": Person("钱进", "subdistrict_officer", "office", "west"),
    "far_subdistrict_officer": Person("沈秋", "subdistrict_officer", "office", "east"),
    "leader": Person("韩正业", "leader", "CENTRE"),
    "system_admin": Person("管一", "system_admin", "CENTRE"),
    "security_admin": Person("安二", "security_admin", "CENTRE"),
    "audit_admin": Person("审三", "audit_admin", "CENTRE"),
}


def install(platform: Platform, west: Division, east: Division) -> dict[str, Acting]:
    """Model A with people in its posts; returns everybody's ``Acting`` by their name in the cast."""
    found = installing.install(platform, "model_a", subdistricts=[west, east], departments=DEPARTMENTS, companies=COMPANIES)
    found = replace(found, units={**found.units, **_below(platform, found)})
    encoded = User()
    encoded.set_password(PASSWORD)  # hashed once: a hash per person would cost more than all other rows together
    areas = {"": None, "west": west, "east": east}
    return {key: _person(found, key, one, areas[one.area], encoded.password) for key, one in CAST.items()}


def _below(platform: Platform, found: Installed) -> dict[str, Unit]:
    made = dict(found.units)
    for code, name, kind, above in BELOW:
        made[code] = actions.create_unit(platform_id=platform.pk, code=code, name=name, kind=kind, parent_id=made[above].pk)
    return made


def _person(found: Installed, username: str, one: Person, area: Division | None, password: str) -> Acting:
    by_area = {"squad": found.squads, "office": found.offices}.get(one.unit)
    unit = by_area[area.pk] if by_area is not None and area is not None else found.units[one.unit]
    user = User.objects.create(username=username, name=one.name, password=password, password_set_at=clock.now())
    row = actions.appoint(
        user=user, post=found.posts[one.post], unit=unit, division_id=area.pk if area else None,
        director_unit=found.units["SUP"] if one.post == "inspector" else None,
    )  # fmt: skip
    if one.cells:
        cells = UnitGrid.objects.filter(subdistrict=area).order_by("code").values_list("pk", flat=True)
        actions.cover_cells(appointment=row, cell_ids=list(cells))
    return from_row(row)
