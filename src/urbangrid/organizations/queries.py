"""What other packages ask of the organisation. Answers are frozen values; duties are resolved at the moment they are used."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet

from urbangrid.core import clock
from urbangrid.core.text import initials
from urbangrid.organizations.models import Appointment, CellDuty, Post, Turn, Unit

T = TypeVar("T")
FRESH_SECONDS = 5.0
"""How long a process may go on with what it knew of duties and units; an appointment made elsewhere counts after that."""
_known: dict[tuple[Any, ...], tuple[float, Any]] = {}


def _remembered(key: tuple[Any, ...], make: Callable[[], T]) -> T:
    kept = _known.get(key)
    if kept is not None and time.monotonic() - kept[0] < FRESH_SECONDS:
        found: T = kept[1]
        return found
    made = make()
    _known[key] = (time.monotonic(), made)
    return made


def forget() -> None:
    """Read anew: after a change here, and between tests."""
    _known.clear()


def in_force() -> Q:
    """Appointments that hold now."""
    now = clock.now()
    return Q(valid_from__lte=now) & (Q(valid_to=None) | Q(valid_to__gt=now)) & Q(user__is_active=True)


@dataclass(frozen=True, slots=True)
class UnitInfo:
    """A unit as it is chosen and shown; ``has_desk``: somebody there can receive."""

    unit_id: int
    code: str
    name: str
    short_name: str
    initials: str
    kind: str
    calendar_code: str
    duty_phone: str
    has_desk: bool
    platform_id: int = 0
    division_id: int | None = None
    division_name: str = ""

    @property
    def is_district(self) -> bool:
        """A district's command centre: it dispatches on to its own units (model D)."""
        return self.kind == "command"


@dataclass(frozen=True, slots=True)
class SubUnit:
    """A unit below another, as work is given to it: its share of the limit (percent), whether its answer goes on at once, its people."""

    unit_id: int
    name: str
    short_name: str
    calendar_code: str
    duty_phone: str
    share_percent: int
    answers_directly: bool
    people: tuple[tuple[int, str], ...]
    """Appointments that can carry a task out, with names; nobody: nothing can be given to it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An inspector who may be sent to a place. ``rank``: 0 her cell, 1 her community, 2 her squad's sub-district."""

    appointment_id: int
    user_id: int
    name: str
    unit_id: int
    rank: int
    on_duty: bool


def unit_for_duty(platform_id: int, duty: str, division_id: int | None = None) -> int | None:
    """The unit that holds a duty, of the division where one does, else of the platform; None when nobody holds it."""
    held = _remembered(("duty", platform_id, duty), lambda: _units_with_duty(platform_id, duty))
    if not held:
        return None
    return next((unit_id for unit_id, area in held if division_id is not None and area == division_id), held[0][0])


def _units_with_duty(platform_id: int, duty: str) -> list[tuple[int, int | None]]:
    rows = Appointment.objects.filter(in_force(), platform_id=platform_id, post__duties__contains=[duty], unit__is_active=True)
    return list(rows.order_by("unit__code").values_list("unit_id", "division_id").distinct())


DESK_DUTIES = ("receive", "dispose", "dispatch", "read_area", "accept", "sign")
"""By which of its duties a whole unit is spoken to; the first that somebody there holds."""


def has_duty(unit_id: int, duty: str) -> bool:
    """Whether somebody in the unit holds a duty now."""
    rows = Appointment.objects.filter(in_force(), unit_id=unit_id, post__duties__contains=[duty])
    return _remembered(("has", unit_id, duty), rows.exists)


def correspondents(platform_id: int, subdistrict_id: int | None) -> list[UnitInfo]:
    """Units that can be written to about a case there, by code: the centre's, those that dispose, and the sub-district's own office."""
    rows = Unit.objects.filter(platform_id=platform_id, is_active=True)
    mine = Q(kind__in=("joint_centre", "supervision", "command", "coordination", "policy", "department", "company"))
    mine |= Q(kind__in=("subdistrict_office", "squad"), division_id=subdistrict_id or 0)
    key = ("correspondents", platform_id, subdistrict_id)
    listed = rows.filter(mine).select_related("division").defer("division__geom").order_by("code")
    return _remembered(key, lambda: [_info(row, ()) for row in listed])


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody of a unit with the number that she gave for duty."""

    name: str
    post: str
    phone: str
    on_duty: bool


@dataclass(frozen=True, slots=True)
class UnitContact:
    """Whom to call in a unit: its duty telephone, then those who receive and dispose there, on duty first."""

    unit_id: int
    name: str
    duty_phone: str
    people: tuple[Reached, ...]


def contacts(unit_ids: Sequence[int]) -> list[UnitContact]:
    """In the order asked; one statement."""
    posts = Appointment.objects.filter(in_force(), unit_id__in=unit_ids, post__duties__overlap=["receive", "dispose", "read_area"])
    people: dict[int, list[Reached]] = {}
    for row in posts.select_related("user", "post").order_by("-on_duty", "pk"):
        people.setdefault(row.unit_id, []).append(Reached(row.user.name, row.post.name, row.user.phone, row.on_duty))
    return [UnitContact(pk, (one := unit(pk)).name, one.duty_phone, tuple(people.get(pk, ()))) for pk in unit_ids]


def office_of(platform_id: int, subdistrict_id: int | None, *, kind: str = "subdistrict_office") -> int | None:
    """The office (or squad) of a sub-district."""
    if subdistrict_id is None:
        return None
    rows = Unit.objects.filter(platform_id=platform_id, kind=kind, division_id=subdistrict_id, is_active=True).order_by("code")
    return _remembered(("office", platform_id, subdistrict_id, kind), lambda: rows.values_list("pk", flat=True).first())


def still_in_force(ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Those of the appointments that hold now, in their order: id → its unit, its user."""
    rows = Appointment.objects.filter(in_force(), pk__in=ids).values_list("pk", "unit_id", "user_id") if ids else ()
    held = {pk: (unit_id, user_id) for pk, unit_id, user_id in rows}
    return {one: held[one] for one in ids if one in held}


def _reaching(platform_id: int) -> Q:
    """People of the platform and of the districts below that do not supervise themselves: their inspectors work for the city's cases."""
    return Q(platform_id=platform_id) | Q(platform__parent_id=platform_id, platform__supervises=False)


def inspectors_for(
    platform_id: int, cell_id: int | None, community_id: int | None, subdistrict_id: int | None
) -> list[Candidate]:  # fmt: skip
    """Inspectors for a place: those of the cell, of the community, of the sub-district's squad; on duty first. One statement."""
    duties = CellDuty.objects.filter(cell_id=cell_id, appointment_id=OuterRef("pk")) if cell_id is not None else CellDuty.objects.none()
    areas = [number for number in (community_id, subdistrict_id) if number is not None]
    rows = (
        Appointment.objects.annotate(of_cell=Exists(duties))
        .filter(in_force(), Q(of_cell=True) | Q(division_id__in=areas), _reaching(platform_id), post__duties__contains=["check"])
        .select_related("user")
        .prefetch_related(None)
    )
    found = [_candidate(row, row.of_cell, community_id) for row in rows]
    return sorted(found, key=lambda one: (not one.on_duty, one.rank, one.appointment_id))


def _candidate(row: Appointment, of_cell: bool, community_id: int | None) -> Candidate:
    rank = 0 if of_cell else (1 if row.division_id == community_id else 2)
    return Candidate(row.pk, row.user_id, row.user.name, row.unit_id, rank, row.on_duty)


def appointment_of(platform_id: int, appointment_id: int) -> Candidate | None:
    """An appointment in force, for assigning work to it."""
    row = Appointment.objects.filter(in_force(), _reaching(platform_id), pk=appointment_id).select_related("user").first()
    return None if row is None else Candidate(row.pk, row.user_id, row.user.name, row.unit_id, 0, row.on_duty)


def unit(unit_id: int) -> Unit:
    """The row, for joining to others."""
    return _remembered(("unit", unit_id), lambda: Unit.objects.get(pk=unit_id))


def find_unit(platform_id: int, unit_id: int) -> Unit | None:
    """An active unit of the platform, of any kind; None for any other."""
    return Unit.objects.filter(pk=unit_id, platform_id=platform_id, is_active=True).first()


def unit_choices(platform_id: int) -> list[tuple[int, str]]:
    """Ids and names of all active units, for a select."""
    return list(Unit.objects.filter(platform_id=platform_id, is_active=True).order_by("code").values_list("pk", "name"))


@dataclass(frozen=True, slots=True)
class PersonChoice:
    """An appointment in force as it is chosen by name."""

    appointment_id: int
    name: str
    post: str
    unit: str


def people_choices(platform_id: int, *, not_of_unit: int | None = None) -> list[PersonChoice]:
    """Appointments that act at a desk, by unit, post and name; one statement."""
    rows = Appointment.objects.filter(in_force(), platform_id=platform_id, post__face__in=("workbench", "companies"))
    if not_of_unit is not None:
        rows = rows.exclude(unit_id=not_of_unit)
    shown = rows.select_related("user", "post", "unit").order_by("unit__code", "post__code", "user__name")
    return [PersonChoice(row.pk, row.user.name, row.post.name, row.unit.short_name) for row in shown]


def unit_ids(platform_id: int) -> list[int]:
    """All units of a platform, ended ones too: whose cases a district that only commands may read."""
    return _remembered(("ids", platform_id), lambda: list(Unit.objects.filter(platform_id=platform_id).values_list("pk", flat=True)))


def all_units(platform_id: int) -> list[UnitInfo]:
    """Active units that can dispose of cases by code: departments, companies, and sub-district offices that handle cases (HD-2.2-3)."""
    kinds = Q(kind__in=("department", "company")) | Q(kind="subdistrict_office", handles_cases=True)
    return _remembered(("all", platform_id), lambda: _infos(Q(platform_id=platform_id) & kinds, "receive"))


def district_centres(platform_id: int) -> list[UnitInfo]:
    """Command centres of the districts below that do not supervise themselves, by the district's code; empty in every other model."""
    below = Q(platform__parent_id=platform_id, platform__supervises=False, platform__commands=True, kind="command")
    return _remembered(("districts", platform_id), lambda: _infos(below, "dispatch"))


def district_centre(platform_id: int, division_id: int | None) -> UnitInfo | None:
    """The command centre of that district, where it has one."""
    return next((one for one in district_centres(platform_id) if division_id is not None and one.division_id == division_id), None)


def _infos(wanted: Q, duty: str) -> list[UnitInfo]:
    desks = set(
        Appointment.objects.filter(in_force(), post__duties__contains=[duty], unit__is_active=True).values_list("unit_id", flat=True)
    )
    rows: QuerySet[Unit] = Unit.objects.filter(wanted, is_active=True)
    return [_info(row, desks) for row in rows.select_related("division").defer("division__geom").order_by("platform__code", "code")]


def _info(row: Unit, desks: Collection[int]) -> UnitInfo:
    short = row.initials or initials(row.short_name)
    area = row.division.name if row.division else ""
    return UnitInfo(
        row.pk, row.code, row.name, row.short_name, short, row.kind, row.calendar_code, row.duty_phone, row.pk in desks, row.platform_id,
        row.division_id, area,
    )  # fmt: skip


def targets(platform_id: int) -> list[UnitInfo]:
    """Everything that a dispatcher of the platform may dispatch to: districts first, then units of its own."""
    return [*district_centres(platform_id), *all_units(platform_id)]


def any_units(platform_id: int) -> list[UnitInfo]:
    """All active units of the platform, a centre's departments as well."""
    return _remembered(("any", platform_id), lambda: _infos(_reaching(platform_id), "receive"))


def duty_person(platform_id: int, unit_id: int) -> str:
    """Name of the one on duty at the desk that receives for a unit; empty where nobody is (case-rules 13)."""
    people = _remembered(("duty people", platform_id), lambda: _duty_people(platform_id))
    return people.get(unit_id, "")


def _duty_people(platform_id: int) -> dict[int, str]:
    rows = Appointment.objects.filter(in_force(), platform_id=platform_id, post__duties__contains=["receive"], on_duty=True)
    return dict(rows.order_by("-pk").values_list("unit_id", "user__name"))


def units(platform_id: int, ids: Sequence[int]) -> list[UnitInfo]:
    """Those of ``ids`` that can be dispatched to, in the order asked."""
    known = {one.unit_id: one for one in targets(platform_id)}
    return [known[number] for number in ids if number in known]


def dispatchable(platform_id: int, unit_id: int) -> UnitInfo | None:
    """A unit that cases may be dispatched to; None for any other."""
    return next(iter(units(platform_id, [unit_id])), None)


def is_unit_of(platform_id: int, unit_id: int) -> bool:
    """Whether it is an active unit of the platform, of any kind."""
    return Unit.objects.filter(platform_id=platform_id, pk=unit_id, is_active=True).exists()


def sub_units(unit_id: int) -> list[SubUnit]:
    """Active units directly below a unit, by code: its stations, companies and crews (case-rules 12). Two statements."""
    return _remembered(("below", unit_id), lambda: _sub_units(unit_id))


def with_above(unit_id: int) -> frozenset[int]:
    """A unit and all those above it."""
    return _remembered(("above", unit_id), lambda: frozenset(_upwards(unit_id)))


def _upwards(unit_id: int) -> list[int]:
    found: list[int] = []
    above: int | None = unit_id
    while above is not None and above not in found:
        found.append(above)
        above = unit(above).parent_id
    return found


def _sub_units(unit_id: int) -> list[SubUnit]:
    rows = list(Unit.objects.filter(parent_id=unit_id, is_active=True).order_by("code"))
    staff: dict[int, list[tuple[int, str]]] = {row.pk: [] for row in rows}
    held = Appointment.objects.filter(in_force(), unit_id__in=staff, post__duties__contains=["dispose"])
    for number, unit, name in held.order_by("pk").values_list("pk", "unit_id", "user__name"):
        staff[unit].append((number, name))
    return [
        SubUnit(
            row.pk, row.name, row.short_name, row.calendar_code, row.duty_phone, row.share_percent, row.answers_directly,
            tuple(staff[row.pk]),
        )
        for row in rows
    ]  # fmt: skip


def posts(platform_id: int) -> list[Post]:
    """All posts of a platform, by code."""
    return list(Post.objects.filter(platform_id=platform_id).order_by("code"))


def post_names(platform_id: int, duty: str) -> list[str]:
    """What the posts are called whose holders have a duty now, by their code: a page names who has to act by the platform's own words."""
    rows = Appointment.objects.filter(in_force(), platform_id=platform_id, post__duties__contains=[duty], unit__is_active=True)
    names = rows.order_by("post__code").values_list("post__name", flat=True)
    return _remembered(("posts", platform_id, duty), lambda: list(dict.fromkeys(names)))


def cells_of(appointment_id: int) -> list[str]:
    """Codes of the unit grids an inspector covers."""
    return list(CellDuty.objects.filter(appointment_id=appointment_id).order_by("cell__code").values_list("cell__code", flat=True))


def holder_of(platform_id: int, duty: str, unit_id: int | None = None) -> int | None:
    """Some appointment in force that holds a duty, of the platform or of one unit: for programs that play the posts."""
    where = Q(platform_id=platform_id) if unit_id is None else Q(unit_id=unit_id)
    rows = Appointment.objects.filter(in_force(), where, post__duties__contains=[duty])
    return rows.order_by("post__code", "pk").values_list("pk", flat=True).first()


def user_of(appointment_id: int) -> int:
    """The person behind an appointment."""
    return int(Appointment.objects.values_list("user_id", flat=True).get(pk=appointment_id))


def inspectors(platform_id: int) -> list[Candidate]:
    """Every inspector in force, on duty first, for a choice by the duty director."""
    return people_with(platform_id, "check")


def at_work(platform_id: int, *, desk: str) -> list[str]:
    """Names of those whose post has that desk and who are on duty now, who signed on for a shift first; one statement."""
    signed = Exists(Turn.objects.filter(appointment_id=OuterRef("pk"), signed_on_at__isnull=False, signed_off_at=None))
    rows = Appointment.objects.filter(in_force(), platform_id=platform_id, post__desk=desk, on_duty=True)
    return list(rows.annotate(signed=signed).order_by("-signed", "pk").values_list("user__name", flat=True))


def on_desk(platform_id: int, *, desk: str) -> list[int]:
    """Appointments in force whose post has that desk; one statement."""
    rows = Appointment.objects.filter(in_force(), platform_id=platform_id, post__desk=desk)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def people_with(platform_id: int, duty: str) -> list[Candidate]:
    """Everybody in force whose post holds the duty, on duty first."""
    rows = Appointment.objects.filter(in_force(), _reaching(platform_id), post__duties__contains=[duty]).select_related("user")
    found = [Candidate(row.pk, row.user_id, row.user.name, row.unit_id, 2, row.on_duty) for row in rows]
    return sorted(found, key=lambda one: (not one.on_duty, one.name))
