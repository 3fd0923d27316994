"""Writing the made town: places, people, catalogue, process. Everything through the packages' own actions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from shapely import unary_union
from shapely.geometry.base import BaseGeometry

from urbangrid.accounts.models import User
from urbangrid.administration import opening
from urbangrid.cases import processes
from urbangrid.catalog import actions as catalog_actions
from urbangrid.catalog import cache, companies
from urbangrid.catalog import queries as catalog
from urbangrid.catalog.models import Responsibility
from urbangrid.catalog.values import CategoryOption
from urbangrid.core import clock
from urbangrid.core.models import Platform
from urbangrid.core.text import initials
from urbangrid.demo import casts, geography, names
from urbangrid.demo.casts import Cast
from urbangrid.grids import actions as grids
from urbangrid.grids.models import Division, UnitGrid
from urbangrid.grids.projection import shapes, to_degrees
from urbangrid.organizations import actions as organizations
from urbangrid.organizations import installing
from urbangrid.organizations.acting import from_row
from urbangrid.organizations.models import Appointment, Post, Unit

CODE = "990100"
NAME = "青澜市"
DISTRICT_CODES = ("990101", "990102")
Tell = Callable[[str], None]


@dataclass(slots=True)
class Town:
    """The rows that the day of reports names."""

    model: str
    platform: Platform
    subdistricts: list[Division]
    communities: list[Division]
    units: dict[str, Unit]
    posts: dict[str, Post]
    people: dict[str, Appointment]


def build(tell: Tell, since: datetime, model: str = "model_a") -> Town:
    """Make the town under ``model`` as it has been in force since ``since``; call in one transaction."""
    cast = casts.CASTS[model]
    with clock.travel(since):
        platform = Platform.objects.create(code=CODE, name=cast.platform, short_name="青", hotline="12319", metric_srid=geography.SRID)
        tell("区划、道路、单元网格")
        districts, subdistricts, communities = _places(platform, cast)
        tell("类别、日历、责任清单")
        catalog_actions.load_national()
        catalog_actions.load_calendars()
        catalog_actions.load_reasons()
        companies.load_kinds()
        catalog_actions.use_calendars(platform)
        cache.changed()
        tell("单位、岗位、人员")
        installed = installing.install(
            platform, model, subdistricts=subdistricts, departments=names.DEPARTMENTS, companies=names.COMPANIES, communities=communities
        )
        _name_areas(installed, subdistricts)
        town = Town(model, platform, subdistricts, communities, dict(installed.units), dict(installed.posts), {})
        _people(town, installed, cast)
        _responsibilities(town)
        cache.changed()
        _register(town, since)
        processes.publish(platform, processes.preset(model), installing.held_duties(platform))
        if len(districts) > 1:
            for number, district in enumerate(districts):
                _open_district(town, cast, number, district)
        cache.changed()
    return town


def _open_district(town: Town, cast: Cast, number: int, division: Division) -> None:
    """A tenant: its command centre, three departments of its own, and what they are responsible for."""
    name, short, _parts = cast.districts[number]
    clerks = casts.DISTRICT_CLERKS[number]
    bodies = [
        replace(body, name=f"{name}{body.name.removeprefix('城管执法')}", short_name=f"{short}{body.short_name}")
        for body in names.DEPARTMENTS if body.code in clerks
    ]  # fmt: skip
    opened = opening.open_district(
        town.platform, division=division, name=name, short_name=short, departments=bodies, companies=(), people=()
    )
    posts = {post.code: post for post in Post.objects.filter(platform=opened.platform)}
    units = {unit.code: unit for unit in Unit.objects.filter(platform=opened.platform)}
    people = [*casts.DISTRICT_STAFF[number], *(("department_clerk", f"q{number + 1}{code.lower()}", one) for code, one in clerks.items())]
    for post, account, person in people:
        unit = units["DC"] if post != "department_clerk" else units[account[2:].upper()]
        made = organizations.appoint(user=_user(account, person), post=posts[post], unit=unit, division_id=unit.division_id)
        town.people[account] = made
    _district_responsibilities(town, opened.platform, units)


def _district_responsibilities(town: Town, platform: Platform, units: dict[str, Unit]) -> None:
    rows: list[Responsibility] = []
    for option in catalog.category_options(town.platform.pk):
        code = unit_code(option.name, option.major_name)
        unit = units.get({"ENFORCEMENT": "D06"}.get(code, code), units["D01"])
        rows.append(
            Responsibility(
                platform=platform, category_id=option.id, entry_name=option.name, kind=option.kind, code=option.code, unit=unit,
                unit_name=unit.name, position=len(rows), basis=f"{platform.name}责任清单",
            )
        )  # fmt: skip
    Responsibility.objects.bulk_create(rows)


def _degrees(shape: BaseGeometry) -> BaseGeometry:
    moved: BaseGeometry = to_degrees(shapes([shape]), geography.SRID)[0]
    return moved


def _places(platform: Platform, cast: Cast) -> tuple[list[Division], list[Division], list[Division]]:
    source = "演示城市，按算法生成，不对应任何真实地方"
    city = grids.create_division(platform=platform, level="city", code="990100", name=NAME, source=source)
    plan = geography.communities()
    districts = [
        grids.create_division(platform=platform, level="district", code=code, name=name, parent=city, source=source)
        for code, (name, _short, _parts) in zip(DISTRICT_CODES, cast.districts, strict=False)
    ]
    above = {part: district for district, (_name, _short, parts) in zip(districts, cast.districts, strict=True) for part in parts}
    subdistricts = []
    for number, name in enumerate(geography.SUBDISTRICTS):
        parts = [one.shape for one in plan if one.subdistrict == number]
        joined = unary_union(parts)
        subdistricts.append(
            grids.create_division(
                platform=platform,
                level="subdistrict",
                code=f"{above[number].code}{number + 1:03d}",
                name=name,
                parent=above[number],
                geometry=_degrees(geography.laid_down(joined)),
                source=source,
            )  # fmt: skip
        )
    communities = []
    for number, one in enumerate(plan):
        parent = subdistricts[one.subdistrict]
        communities.append(
            grids.create_division(
                platform=platform,
                level="community",
                code=f"{parent.code}{number % geography.COLUMNS + 1:03d}",
                name=one.name,
                parent=parent,
                geometry=_degrees(geography.laid_down(one.shape)),
                source=source,
            )  # fmt: skip
        )
    for street in geography.streets():
        shape = _degrees(geography.laid_down(street.shape))
        grids.create_road(platform=platform, name=street.name, grade=street.grade, geometry=shape, source=source)
    grids.create_area_grade(
        platform=platform, grade=1, name="老城核心区", geometry=_degrees(geography.laid_down(geography.core())), source=source
    )
    grids.generate(platform=platform, size_m=100.0)
    return districts, subdistricts, communities


def _name_areas(installed: installing.Installed, subdistricts: list[Division]) -> None:
    for number, area in enumerate(subdistricts, 1):
        for unit in filter(None, (installed.squads.get(area.pk), installed.offices.get(area.pk))):
            unit.duty_phone = f"5550-61{number:02d}"
            unit.save(update_fields=["duty_phone"])


def _user(account: str, name: str) -> User:
    return User.objects.create(username=account, name=name, initials=initials(name), phone="5550-0000", simulated=True, password="!")  # noqa: S106 - no password fits "!"; they are given apart


def _people(town: Town, installed: installing.Installed, cast: Cast) -> None:
    """Everybody of the town; passwords are set apart, per installation (``demo.accounts``)."""
    for person in cast.staff:
        _appoint(town, person.account, person.name, person.post, town.units[person.unit])
    for code, name in names.CLERKS.items():
        post = "company_clerk" if code.startswith("C") else "department_clerk"
        _appoint(town, code.lower(), name, post, town.units[code], key=code)
    for code, name in names.COMPANY_HEADS.items():
        _appoint(town, f"{code.lower()}head", name, "company_head", town.units[code])
    for code, name, kind, above, post, held_by in names.CREWS:
        town.units[code] = organizations.create_unit(
            platform_id=town.platform.pk, code=code, name=name, kind=kind, parent_id=town.units[above].pk, duty_phone="5550-6201"
        )
        _appoint(town, code.lower(), held_by, post, town.units[code], key=code)
    for number, area in enumerate(town.subdistricts):
        squad, office = installed.squads.get(area.pk), installed.offices.get(area.pk)
        if squad is not None:
            _appoint(town, f"leader{number + 1}", names.LEADERS[number], "squad_leader", squad, area)
        if office is not None:
            _appoint(town, f"street{number + 1}", names.OFFICERS[number], "subdistrict_officer", office, area, key=f"SD{number + 1}")
    _inspectors(town, installed, cast)


def _inspectors(town: Town, installed: installing.Installed, cast: Cast) -> None:
    for number, name in enumerate(names.INSPECTORS):
        community = town.communities[number // 2]
        post, code = cast.inspectors[number % 2]
        own = {"": installed.squads.get(community.parent_id or 0), "COMM": installed.communities.get(community.pk)}
        unit = own.get(code) or town.units[code]
        made = _appoint(town, f"inspector{number + 1:02d}", name, post, unit, community, director=town.units[cast.director])
        cells = list(UnitGrid.objects.filter(community=community).order_by("code").values_list("pk", flat=True))
        organizations.cover_cells(appointment=made, cell_ids=cells[number % 2 :: 2])
    town.people["inspector"] = town.people["inspector01"]


def _appoint(
    town: Town, account: str, name: str, post: str, unit: Unit, area: Division | None = None, *, director: Unit | None = None, key: str = ""
) -> Appointment:  # fmt: skip
    made = organizations.appoint(
        user=_user(account, name), post=town.posts[post], unit=unit, division_id=area.pk if area else None, director_unit=director
    )
    town.people[key or account] = made
    return made


def unit_code(name: str, major: str) -> str:
    """Who disposes of a class, by the words of its name; ``ENFORCEMENT`` for the street's order."""
    for words, code in names.ROUTES:
        if any(word in name for word in words.split()):
            return code
    return "ENFORCEMENT" if any(word in major for word in names.ENFORCEMENT_MAJORS) else names.DEFAULT_UNIT


def _responsibilities(town: Town) -> None:
    """责任清单: every class of the national catalogue has its unit, enforcement by sub-district."""
    rows: list[Responsibility] = []
    for option in catalog.category_options(town.platform.pk):
        code = unit_code(option.name, option.major_name)
        targets = [(code, None)] if code != "ENFORCEMENT" else [*zip(names.ENFORCEMENT, town.subdistricts, strict=True)]
        for unit, area in targets:
            rows.append(_row(town, option, town.units[unit], area, len(rows)))
            for other, rule in names.SHARED.get(option.name, ()):
                rows.append(_row(town, option, town.units[other], area, len(rows), rule))
    Responsibility.objects.bulk_create(rows)


def _row(town: Town, option: CategoryOption, unit: Unit, area: Division | None, position: int, rule: str = "") -> Responsibility:
    return Responsibility(
        platform=town.platform, category_id=option.id, entry_name=option.name, kind=option.kind, code=option.code, unit=unit,
        unit_name=unit.name, division=area, position=position, basis="青澜市责任清单", rule=rule,
    )  # fmt: skip


def _register(town: Town, now: datetime) -> None:
    """企业名录: the water, gas, heating and power companies with whom to call; contracts run two years on."""
    kinds = {one.code: one for one in companies.kinds(town.platform.pk)}
    administrator = from_row(Appointment.objects.select_related("user", "post", "unit", "platform").get(pk=town.people["guanli"].pk))
    for code, kind in names.REGISTER.items():
        unit = town.units[code]
        inputs = companies.CompanyInputs(
            name=unit.name, short_name=unit.short_name, kind_code=kind, calendar_code=unit.calendar_code, duty_phone=unit.duty_phone,
            category_ids=tuple(companies.usual_classes(town.platform.pk, kinds[kind])),
            contacts=(companies.Contact(names.CLERKS[code], "值班长", unit.duty_phone, on_duty=True),),
            contract_number=f"青企{now.year}-{code}", contract_from=date(now.year, 1, 1), contract_to=date(now.year + 2, 12, 31),
        )  # fmt: skip
        companies.enter(administrator, unit.pk, inputs)


SINCE_DAYS = 400


def since(now: datetime) -> datetime:
    """The town has been in force for more than a year."""
    return now - timedelta(days=SINCE_DAYS)
