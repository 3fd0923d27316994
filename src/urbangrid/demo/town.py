"""Writing the made town: places, people, catalogue, process. Everything through the packages' own actions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from urbangrid.accounts.models import User
from urbangrid.administration import opening
from urbangrid.cases import processes
from urbangrid.catalog import actions as catalog_actions
from urbangrid.catalog import cache, companies
from urbangrid.catalog import queries as catalog
from urbangrid.catalog.models import Responsibility
from urbangrid.catalog.values import CategoryOption
from urbangrid.core import clock, platforms
from urbangrid.core.models import Platform
from urbangrid.core.text import initials
from urbangrid.demo import assistants, casts, names, people, places
from urbangrid.demo.casts import Cast
from urbangrid.demo.people import Staffing
from urbangrid.demo.plan import making
from urbangrid.grids.models import Division, UnitGrid
from urbangrid.organizations import actions as organizations
from urbangrid.organizations import installing
from urbangrid.organizations.acting import Acting, from_row
from urbangrid.organizations.models import Appointment, Post, Unit

CODE = "990100"
SCALE, SEED = 0.25, 20261120
"""The city that ``up`` makes: 10 km². desks.md's city is scale 1."""
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
    inspectors: dict[int, list[str]]
    """Accounts of the inspectors of each community, by its place in ``communities``."""


def build(tell: Tell, since: datetime, model: str = "model_a", *, scale: float = SCALE, seed: int = SEED) -> Town:
    """Make the town of that size under ``model`` as it has been in force since ``since``; call in one transaction.

    Raises ValueError for a scale out of range (``plan.making``).
    """
    cast = casts.CASTS[model]
    plan = making.make(scale, seed)
    staff = people.staffing(plan)
    with clock.travel(since):
        platform = Platform.objects.create(code=CODE, name=cast.platform, short_name="青", hotline="12319", metric_srid=places.SRID)
        laid = places.lay_down(platform, plan, [name for name, _short in cast.districts], tell)
        tell("类别、日历、责任清单")
        catalog_actions.load_national()
        catalog_actions.load_calendars()
        catalog_actions.load_reasons()
        companies.load_kinds()
        catalog_actions.use_calendars(platform)
        cache.changed()
        tell("单位、岗位、人员")
        installed = installing.install(
            platform, model, subdistricts=laid.subdistricts, departments=staff.departments(), companies=names.COMPANIES,
            communities=laid.communities,
        )  # fmt: skip
        _remember(platform, scale, seed)
        _name_areas(installed, laid.subdistricts)
        town = Town(model, platform, laid.subdistricts, laid.communities, dict(installed.units), dict(installed.posts), {}, {})
        _people(town, installed, cast, staff)
        _responsibilities(town, staff)
        cache.changed()
        _register(town, since)
        processes.publish(platform, processes.preset(model), installing.held_duties(platform))
        if len(laid.districts) > 1:
            for number, district in enumerate(laid.districts):
                _open_district(town, cast, number, district)
        cache.changed()
    return town


def _open_district(town: Town, cast: Cast, number: int, division: Division) -> None:
    """A tenant: its command centre, three departments of its own, and what they are responsible for."""
    name, short = cast.districts[number]
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
    staff = [*casts.DISTRICT_STAFF[number], *(("department_clerk", f"q{number + 1}{code.lower()}", one) for code, one in clerks.items())]
    for post, account, person in staff:
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


def _remember(platform: Platform, scale: float, seed: int) -> None:
    """From what the city was made, for ``demo make`` and ``demo reset``."""
    platform.settings = {**platform.settings, "demonstration": {"scale": scale, "seed": seed}}
    platform.save(update_fields=["settings"])
    platforms.forget()


def _name_areas(installed: installing.Installed, subdistricts: list[Division]) -> None:
    for number, area in enumerate(subdistricts, 1):
        for unit in filter(None, (installed.squads.get(area.pk), installed.offices.get(area.pk))):
            unit.duty_phone = f"5550-61{number % 100:02d}"
            unit.save(update_fields=["duty_phone"])


def _user(account: str, name: str) -> User:
    return User.objects.create(username=account, name=name, initials=initials(name), phone="5550-0000", simulated=True, password="!")  # noqa: S106 - no password fits "!"; they are given apart


def _people(town: Town, installed: installing.Installed, cast: Cast, staff: Staffing) -> None:
    """Everybody of the town; passwords are set apart, per installation (``demo.accounts``)."""
    for person in cast.staff:
        _appoint(town, person.account, person.name, person.post, town.units[person.unit])
    for account, name in staff.seats():
        _appoint(town, account, name, "seat_agent", town.units[people.seat_unit(cast)])
    bodies = [*staff.departments(), *names.COMPANIES]
    for body in bodies:
        post = "company_clerk" if body.code.startswith("C") else "department_clerk"
        _appoint(town, body.code.lower(), staff.clerk(body.code), post, town.units[body.code], key=body.code)
    for code, name in names.COMPANY_HEADS.items():
        _appoint(town, f"{code.lower()}head", name, "company_head", town.units[code])
    for code, name, kind, above, post, held_by in staff.crews(bodies):
        town.units[code] = organizations.create_unit(
            platform_id=town.platform.pk, code=code, name=name, kind=kind, parent_id=town.units[above].pk, duty_phone="5550-6201"
        )
        _appoint(town, code.lower(), held_by, post, town.units[code], key=code)
    leaders, officers = staff.named(names.LEADERS), staff.named(names.OFFICERS)
    for number, area in enumerate(town.subdistricts):
        squad, office = installed.squads.get(area.pk), installed.offices.get(area.pk)
        if squad is not None:
            _appoint(town, f"leader{number + 1}", next(leaders), "squad_leader", squad, area)
        if office is not None:
            _appoint(town, f"street{number + 1}", next(officers), "subdistrict_officer", office, area, key=f"SD{number + 1}")
    _inspectors(town, installed, cast, staff)
    if "assistant_crew" in town.posts:
        _assistants(town, installed)


def _assistants(town: Town, installed: installing.Installed) -> None:
    """A crew of them below the office of the first sub-district (CY-15)."""
    area = town.subdistricts[0]
    crew, people_ = assistants.crew_of(_acting(town, "guanli"), installed.offices[area.pk])
    town.units[crew.code] = crew
    posts = {post.code: post for post in Post.objects.filter(platform=town.platform)}
    for account, post, unit in people_:
        town.people[account] = organizations.appoint(
            user=_user(account, assistants.PEOPLE[account]), post=posts[post], unit=unit, division_id=area.pk
        )


def _acting(town: Town, account: str) -> Acting:
    return from_row(Appointment.objects.select_related("user", "post", "unit", "platform").get(pk=town.people[account].pk))


def _inspectors(town: Town, installed: installing.Installed, cast: Cast, staff: Staffing) -> None:
    """Of each community, in turn of both parts of the cast; a community's cells in two beats, the shifts share a beat."""
    number, strangers = 0, staff.inspector_names()
    firms = _firms(town) if installed.squads else []
    for place, (community, count) in enumerate(zip(town.communities, staff.inspectors(), strict=True)):
        cells = list(UnitGrid.objects.filter(community=community, valid_to=None).order_by("code").values_list("pk", flat=True))
        beats = (cells[: len(cells) // 2], cells[len(cells) // 2 :])
        for turn in range(count):
            number += 1
            post, code = cast.inspectors[turn % 2]
            own = {"": installed.squads.get(community.parent_id or 0), "COMM": installed.communities.get(community.pk)}
            key = f"inspector{number:02d}"
            firm = firms[place % len(firms)] if firms and not code else None
            made = _appoint(
                town, key, next(strangers), post, own.get(code) or town.units[code], community, director=town.units[cast.director],
                home=firm,
            )  # fmt: skip
            organizations.cover_cells(appointment=made, cell_ids=beats[turn % 2])
            town.inspectors.setdefault(place, []).append(key)
    town.people["inspector"] = town.people["inspector01"]


def _firms(town: Town) -> list[Unit]:
    """The two collection firms; an inspector comes from one and works in a squad of the centre."""
    for code, name, short in people.FIRMS:
        town.units[code] = organizations.create_unit(
            platform_id=town.platform.pk, code=code, name=name, short_name=short, kind="contractor", duty_phone="5550-6800"
        )
    return [town.units[code] for code, _name, _short in people.FIRMS]


def _appoint(
    town: Town, account: str, name: str, post: str, unit: Unit, area: Division | None = None, *, director: Unit | None = None,
    key: str = "", home: Unit | None = None,
) -> Appointment:  # fmt: skip
    made = organizations.appoint(
        user=_user(account, name),
        post=town.posts[post],
        unit=unit,
        division_id=area.pk if area else None,
        director_unit=director,
        home_unit=home,
        personnel_kind="contractor" if home else "",
    )
    town.people[key or account] = made
    return made


def unit_code(name: str, major: str) -> str:
    """Who disposes of a class, by the words of its name; ``ENFORCEMENT`` for the street's order."""
    for words, code in names.ROUTES:
        if any(word in name for word in words.split()):
            return code
    return "ENFORCEMENT" if any(word in major for word in names.ENFORCEMENT_MAJORS) else names.DEFAULT_UNIT


def _responsibilities(town: Town, staff: Staffing) -> None:
    """责任清单: every class of the national catalogue has its unit, enforcement by sub-district."""
    enforcement = [code for code, _body in staff.enforcement()]
    rows: list[Responsibility] = []
    for option in catalog.category_options(town.platform.pk):
        code = unit_code(option.name, option.major_name)
        targets = [(code, None)] if code != "ENFORCEMENT" else [*zip(enforcement, town.subdistricts, strict=True)]
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
    administrator = _acting(town, "guanli")
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


def standing() -> Town | None:
    """The made city as it stands in the database, for programs that play in it; None where there is none."""
    platform = Platform.objects.filter(code=CODE).first()
    return of_platform(platform) if platform is not None else None


def of_platform(platform: Platform) -> Town:
    """A platform as it stands, with its units and posts by code, its people by account, its inspectors by community."""
    areas = Division.objects.filter(platform=platform, valid_to=None).order_by("code")
    communities = list(areas.filter(level="community", provisional=False))
    rows = Appointment.objects.filter(platform=platform).select_related("user", "post", "unit").order_by("pk")
    people = {row.user.username: row for row in rows}
    inspectors: dict[int, list[str]] = {}
    by_area = {area.pk: number for number, area in enumerate(communities)}
    for row in people.values():
        if row.division_id in by_area and "check" in row.post.duties:
            inspectors.setdefault(by_area[row.division_id], []).append(row.user.username)
    return Town(
        str(platform.settings.get("model", "model_a")), platform, list(areas.filter(level="subdistrict")), communities,
        {unit.code: unit for unit in Unit.objects.filter(platform=platform)},
        {post.code: post for post in Post.objects.filter(platform=platform)}, people, inspectors,
    )  # fmt: skip
