"""Opening a district as a tenant of the city's platform: command centre, departments, posts, people, in one step (SZ-2.1d, model D).

The district's units, posts, people and administrators belong to its own platform; the cases stay on the city's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from urbangrid.accounts import actions as accounts
from urbangrid.administration import messages
from urbangrid.administration.beginning import ROLES, First, first_administrator
from urbangrid.audit.actions import note
from urbangrid.catalog.spreadsheets import Column, Faults, Row, read_rows, write_book
from urbangrid.core.errors import Refusal
from urbangrid.core.models import Platform
from urbangrid.grids.models import Division
from urbangrid.organizations import actions as organizations
from urbangrid.organizations import installing, queries
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.installing import Body
from urbangrid.organizations.models import Unit

__all__ = [
    "COLUMNS", "District", "Opened", "Person", "districts", "free_divisions", "may_have_districts", "messages", "open_district",
    "read_sheet", "sample",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the district: account, name, post by its name, unit by its code."""

    username: str
    name: str
    post: str
    unit: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """The new platform and the accounts with their one-time passwords, told once and kept nowhere."""

    platform: Platform
    accounts: tuple[First, ...]


@transaction.atomic
def open_district(
    city: Platform, *, division: Division, name: str, short_name: str, departments: Sequence[Body], companies: Sequence[Body],
    people: Sequence[Person], acting: Acting | None = None,
) -> Opened:  # fmt: skip
    """Make the tenant of a district; nothing is kept when anything is refused.

    Raises Refusal ``district_not_in_model``, ``district_taken``, ``district_post_unknown``, and those of units and accounts.
    """
    preset = _preset(city)
    if Platform.objects.filter(parent=city, code=division.code).exists():
        raise Refusal("district_taken", status=409, field="division", name=division.name)
    platform = Platform.objects.create(
        code=division.code, name=name[:60], short_name=short_name[:8], parent=city, zone_name=city.zone_name, metric_srid=city.metric_srid,
        hotline=city.hotline, supervises=False, commands=True, settings={"security": city.settings.get("security", {})},
    )  # fmt: skip
    note(acting, "district_opened", subject=f"platform:{platform.pk}", values={"code": division.code, "name": name})
    made = installing.install(platform, preset, subdistricts=(), departments=departments, companies=companies)
    centres = [unit.pk for unit in made.units.values() if unit.kind == "command"]
    Unit.objects.filter(pk__in=centres).update(division=division)
    first = [first_administrator(platform, post, "") for post in ROLES]
    others = [_appoint(made, person, acting) for person in people]
    queries.forget()
    return Opened(platform, (*first, *others))


def may_have_districts(city: Platform) -> bool:
    """Whether its model has districts that only command."""
    return bool(_preset_of(city))


def _preset_of(city: Platform) -> str:
    model = city.settings.get("model", "") if city.parent_id is None else ""
    return str(installing.preset(model).get("district", "")) if model else ""


def _preset(city: Platform) -> str:
    if not may_have_districts(city):
        raise Refusal("district_not_in_model", status=409)
    return _preset_of(city)


def _appoint(made: installing.Installed, person: Person, acting: Acting | None) -> First:
    post = next((post for post in made.posts.values() if post.name == person.post), None)
    unit = made.units.get(person.unit)
    if post is None or unit is None:
        raise Refusal("district_post_unknown", status=422, field="people", name=person.name, post=person.post, unit=person.unit)
    user, once = accounts.create_user(username=person.username, name=person.name, phone=person.phone, acting=acting)
    organizations.appoint(user=user, post=post, unit=unit, division_id=unit.division_id, acting=acting)
    return First(user.username, post.name, once)


# --- the short spreadsheet: a line per person; a department without people yet has a line of its own ---

SHEET = "区级平台"
UNIT, UNIT_NAME, KIND, DUTY_PHONE, NAME, ACCOUNT, POST, PHONE = COLUMNS = (
    Column("unit", N_("单位编号"), required=True, most=20), Column("unit_name", N_("单位名称"), most=60, width=24),
    Column("kind", N_("类型"), most=10), Column("duty_phone", N_("值班电话"), most=20), Column("name", N_("姓名"), most=30),
    Column("username", N_("账号"), most=40), Column("post", N_("岗位"), most=20), Column("phone", N_("电话"), most=20),
)  # fmt: skip
KINDS = {"部门": "department", "企业": "company"}
CENTRE = "DC"
"""Code of the command centre in the shipped model: its people stand under it, it needs no line of its own."""


def sample() -> bytes:
    """An empty form with three lines that show how it is filled."""
    rows = (
        (CENTRE, "", "", "", "张三", "zhangsan", "区派遣员", ""),
        ("D01", "市政设施管理所", "部门", "0000-0001", "李四", "lisi", "部门内勤", ""),
        ("C01", "供水公司", "企业", "0000-0002", "", "", "", ""),
    )
    return write_book(SHEET, COLUMNS, rows)


def read_sheet(data: bytes) -> tuple[list[Body], list[Body], list[Person]]:
    """Departments, companies and people of a filled form. Raises Refusal ``sheet_faulty`` naming the first places at fault."""
    faults = Faults(SHEET)
    rows = read_rows(data, COLUMNS, faults)
    bodies: dict[str, dict[str, Body]] = {"department": {}, "company": {}}
    for row in rows:
        kind = KINDS.get(row["kind"]) if row["unit"] != CENTRE else None
        if row["unit"] != CENTRE and not any(row["unit"] in known for known in bodies.values()):
            if kind is None or not row["unit_name"]:
                faults.add("required", row.number, KIND.title if kind is None else UNIT_NAME.title)
                continue
            bodies[kind][row["unit"]] = Body(row["unit"], row["unit_name"], duty_phone=row["duty_phone"])
    people = [_person(row) for row in rows if row["name"] or row["username"]]
    if faults.found:
        said = _("；").join(fault.sentence() for fault in faults.found[:5])
        raise Refusal("sheet_faulty", status=422, field="file", count=len(faults.found), faults=said)
    return list(bodies["department"].values()), list(bodies["company"].values()), people


def _person(row: Row) -> Person:
    return Person(row["username"], row["name"], row["post"], row["unit"], row["phone"])


# --- what the city's administrator sees ---


@dataclass(frozen=True, slots=True)
class District:
    """A tenant with how many units and people it has."""

    platform: Platform
    units: int
    people: int


def districts(city_id: int) -> list[District]:
    """The districts below a city, by code. One statement."""
    people = Count("appointment__user", filter=Q(appointment__valid_to=None), distinct=True)
    below = Platform.objects.filter(parent_id=city_id, supervises=False).annotate(units=Count("unit", distinct=True), people=people)
    return [District(one, one.units, one.people) for one in below.order_by("code")]


def free_divisions(city_id: int) -> list[Division]:
    """Districts of the area tree that have no platform yet. Two statements."""
    taken = list(Platform.objects.filter(parent_id=city_id).values_list("code", flat=True))
    rows = Division.objects.filter(platform_id=city_id, level="district", valid_to=None).exclude(code__in=taken)
    return list(rows.only("id", "code", "name").order_by("code"))
