"""The cast: one person for every post of model A, and a few more that stories need (a second inspector, a clerk of another unit)."""

from __future__ import annotations

from dataclasses import dataclass, field

from urbangrid.accounts.models import User
from urbangrid.core import clock
from urbangrid.core.models import Platform
from urbangrid.grids.models import Division, UnitGrid
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.models import Appointment, CellDuty, Post, Unit

PASSWORD = "Liu-yin 2026"
"""Of everybody in the cast."""

# name → duties, face, desk: the preset of model A (requirements, "Who may do what", column A)
_SEAT = "accept file send_verification propose_filing refuse_report send_check close register reveal hand_on read_all"
_DIRECTOR = _SEAT + " confirm_filing refuse_filing release city_answer void correct nobody_responsible"
POSTS: dict[str, tuple[str, str, str, str]] = {
    "seat_agent": ("坐席员", _SEAT, "workbench", "seat"),
    "duty_director": ("值班主任", _DIRECTOR, "workbench", "director"),
    "head": ("部长", "sign read_all", "workbench", "head"),
    "dispatcher": ("派遣员", "dispatch review return_to_filing read_all", "workbench", "dispatcher"),
    "command_director": ("指挥部值班主任", "dispatch review read_all", "workbench", "command_director"),
    "department_clerk": ("部门内勤", "receive dispose", "workbench", "department"),
    "company_clerk": ("企业值班员", "receive dispose", "companies", "company"),
    "inspector": ("监督员", "report verify check", "collection", "inspector"),
    "squad_leader": ("分队长", "read_area", "workbench", "squad_leader"),
    "subdistrict_officer": ("街道监督员工", "read_area", "workbench", "subdistrict"),
    "leader": ("领导", "read_all", "workbench", "leader"),
    "system_admin": ("系统管理员", "administer_system", "administration", "system_admin"),
    "security_admin": ("安全管理员", "administer_security", "administration", "security_admin"),
    "audit_admin": ("审计管理员", "read_audit", "administration", "audit_admin"),
}
UNITS: dict[str, tuple[str, str]] = {
    "centre": ("样城区监督指挥中心", "joint_centre"),
    "supervision": ("监督部", "supervision"),
    "command": ("指挥部", "command"),
    "west_squad": ("西湖监督分队", "squad"),
    "east_squad": ("东湖监督分队", "squad"),
    "west_office": ("西湖街道办事处", "subdistrict_office"),
    "east_office": ("东湖街道办事处", "subdistrict_office"),
    "municipal": ("市政所", "department"),
    "gardens": ("园林所", "department"),
    "power": ("供电公司", "company"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the cast: name, post, unit, area, and whether she patrols cells of that area's western edge."""

    name: str
    post: str
    unit: str
    area: str = ""
    cells: bool = field(default=False)


CAST: dict[str, Person] = {
    "seat_agent": Person("周岚", "seat_agent", "supervision"),
    "second_seat_agent": Person("李敏", "seat_agent", "supervision"),
    "duty_director": Person("孙国平", "duty_director", "supervision"),
    "head": Person("郑怀远", "head", "supervision"),
    "dispatcher": Person("王芳", "dispatcher", "command"),
    "command_director": Person("冯立新", "command_director", "command"),
    "clerk": Person("何建", "department_clerk", "municipal"),
    "other_clerk": Person("林晓", "department_clerk", "gardens"),
    "company_clerk": Person("高远", "company_clerk", "power"),
    "inspector": Person("张小燕", "inspector", "west_squad", "west", cells=True),
    "second_inspector": Person("陈默", "inspector", "west_squad", "west"),
    "far_inspector": Person("吴桐", "inspector", "east_squad", "east"),
    "squad_leader": Person("赵强", "squad_leader", "west_squad", "west"),
    "subdistrict_officer": Person("钱进", "subdistrict_officer", "west_office", "west"),
    "far_subdistrict_officer": Person("沈秋", "subdistrict_officer", "east_office", "east"),
    "leader": Person("韩正业", "leader", "centre"),
    "system_admin": Person("管一", "system_admin", "centre"),
    "security_admin": Person("安二", "security_admin", "centre"),
    "audit_admin": Person("审三", "audit_admin", "centre"),
}


def install(platform: Platform, district: Division, west: Division, east: Division) -> dict[str, Acting]:
    """Units, posts, people and appointments; returns everybody's ``Acting`` by their name in the cast."""
    areas = {"": None, "west": west, "east": east}
    units = {key: _unit(platform, key, name, kind, areas[_area(key)]) for key, (name, kind) in UNITS.items()}
    posts = {
        code: Post.objects.create(platform=platform, code=code, name=name, duties=duties.split(), face=face, desk=desk)
        for code, (name, duties, face, desk) in POSTS.items()
    }
    encoded = User()
    encoded.set_password(PASSWORD)  # hashed once: a hash per person would cost more than all other rows together
    return {
        key: _person(platform, key, one, posts[one.post], units, areas[one.area], encoded.password) for key, one in CAST.items()
    }


def _area(unit: str) -> str:
    return unit.split("_")[0] if unit.split("_")[0] in ("west", "east") else ""


def _unit(platform: Platform, code: str, name: str, kind: str, division: Division | None) -> Unit:
    return Unit.objects.create(
        platform=platform, code=code, name=name, short_name=name, kind=kind, division=division, duty_phone="010-00000000"
    )


def _person(
    platform: Platform, username: str, one: Person, post: Post, units: dict[str, Unit], area: Division | None, password: str
) -> Acting:
    unit = units[one.unit]
    director = units["supervision"] if one.post == "inspector" else None
    user = User.objects.create(username=username, name=one.name, password=password, password_set_at=clock.now())
    row = Appointment.objects.create(
        platform=platform, user=user, post=post, unit=unit, director_unit=director, division=area, valid_from=clock.now()
    )
    if one.cells:
        cells = UnitGrid.objects.filter(platform=platform, subdistrict=area).order_by("code")
        CellDuty.objects.bulk_create(CellDuty(appointment=row, cell=cell) for cell in cells)
    return Acting(
        platform_id=platform.pk, platform_code=platform.code, user_id=user.pk, user_name=user.name, appointment_id=row.pk,
        post_code=post.code, post_name=post.name, face=post.face, desk=post.desk, unit_id=unit.pk, unit_name=unit.name,
        unit_kind=unit.kind, director_unit_id=director.pk if director else None, division_id=area.pk if area else None,
        duties=frozenset(post.duties), zone_name=platform.zone_name,
    )  # fmt: skip
