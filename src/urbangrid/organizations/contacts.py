"""通讯录: units as a tree, their people with post and duty today, and numbers as far as the viewer needs them (CY-19-4, CY-10b).

Duty telephones of units are for everybody inside; a person's own number is shown by ``may_call`` alone. Who comes from outside sees the
duty telephones of the centre and her own unit, and nobody else by name (case-rules 24, architecture §3.5).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from urbangrid.core import clock
from urbangrid.core.models import Platform
from urbangrid.core.text import initials
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.models import Appointment, Leave, Turn, Unit
from urbangrid.organizations.queries import in_force
from urbangrid.organizations.security import OUTSIDE

CENTRE = ("joint_centre", "supervision", "command")
"""Units whose duty telephones a company needs."""
AT_A_DESK, IN_THE_STREET = "workbench", "collection"
BELOW_A_DEPARTMENT = ("station", "crew")
MOST_FOUND = 200
EVERYBODY = frozenset({"read_all", "administer_system"})
"""Duties of those who call anybody of their platform: the centre's posts, and who keeps the numbers."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, as far as numbers are decided by it. ``line``: own unit and all below it, and above a station or crew its department;
    none for the administrators, who sit in the centre and command nobody."""

    user_id: int
    platforms: frozenset[int]
    """Whose people may be called by who calls everybody: the own platform, and districts that only command below it."""
    line: frozenset[int]
    area_id: int | None
    calls_everybody: bool
    outside: bool


@dataclass(frozen=True, slots=True)
class Called:
    """Whose number it is: ``areas``: her division and the one above it."""

    user_id: int
    platform_id: int
    unit_id: int
    areas: frozenset[int]


def may_call(viewer: Viewer, called: Called) -> bool:
    """Whether a person's own number is shown: one's own, of one's unit and those below; of the platform to the centre; of an area to
    who reads that area."""
    if called.user_id == viewer.user_id or called.unit_id in viewer.line:
        return True
    if viewer.outside:
        return False
    if viewer.calls_everybody and called.platform_id in viewer.platforms:
        return True
    return viewer.area_id is not None and viewer.area_id in called.areas


@dataclass(frozen=True, slots=True)
class Contact:
    """A person in a post. ``phone`` is empty where there is none, ``hidden`` where the viewer has no need of it. ``shifts``: of today, in
    words; ``at_work``: here, away (请假) or empty where nobody rosters the post."""

    appointment_id: int
    unit_id: int
    unit: str
    name: str
    post: str
    area: str
    phone: str
    hidden: bool
    shifts: str
    at_work: str


@dataclass(frozen=True, slots=True)
class Branch:
    """A unit in the tree; ``count``: people in its posts, ``depth`` from 0."""

    unit_id: int
    name: str
    duty_phone: str
    depth: int
    count: int
    parent_id: int | None
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """What the page shows: the tree, the chosen unit (None while searching) and people; ``more``: the search found more than are shown."""

    tree: tuple[Branch, ...]
    chosen: Branch | None
    found: tuple[Branch, ...]
    people: tuple[Contact, ...]
    more: bool


def book(acting: Acting, *, unit_id: int | None = None, typed: str = "") -> Book:
    """The tree with the people of one unit, by default the own; with ``typed`` units and people by name, pinyin initials or post. Six
    statements."""
    tree = _tree(acting)
    viewer, words = _viewer(acting, tree), typed.strip().lower()
    if words:
        found = tuple(one for one in tree if any(key.startswith(words) for key in one.keys) or words in one.name.lower())
        named = Q(user__name__icontains=words) | Q(user__initials__istartswith=words) | Q(post__name__icontains=words)
        people = _people(acting, viewer, _listed(acting, viewer, tree).filter(named), MOST_FOUND + 1)
        return Book(tree, None, found, tuple(people[:MOST_FOUND]), len(people) > MOST_FOUND)
    chosen = next((one for one in tree if one.unit_id == (unit_id or acting.unit_id)), tree[0] if tree else None)
    rows = _listed(acting, viewer, tree).filter(unit_id=chosen.unit_id if chosen else 0)
    return Book(tree, chosen, (), tuple(_people(acting, viewer, rows)), more=False)


def everybody(acting: Acting) -> list[tuple[Branch, list[Contact]]]:
    """Every unit with its people, in the order of the tree: for print and export. Six statements."""
    tree = _tree(acting)
    viewer = _viewer(acting, tree)
    of: dict[int, list[Contact]] = {}
    for one in _people(acting, viewer, _listed(acting, viewer, tree)):
        of.setdefault(one.unit_id, []).append(one)
    return [(branch, of.get(branch.unit_id, [])) for branch in tree]


def contact(acting: Acting, appointment_id: int) -> Contact | None:
    """One person as the book has her for the viewer, the number shown or hidden by the same rule. Seven statements."""
    tree = _tree(acting)
    viewer = _viewer(acting, tree)
    return next(iter(_people(acting, viewer, _listed(acting, viewer, tree).filter(pk=appointment_id))), None)


def _platforms(acting: Acting) -> QuerySet[Platform]:
    """The own platform, the city above a district that only commands, districts below."""
    return Platform.objects.filter(Q(pk__in=(acting.platform_id, acting.cases_platform_id)) | Q(parent_id=acting.platform_id))


def _tree(acting: Acting) -> tuple[Branch, ...]:
    """Units, each below the one above it; a district's after the city's. Two statements."""
    own_only = Unit.objects.filter(platform_id=acting.platform_id)
    units = own_only if acting.face == OUTSIDE else Unit.objects.filter(platform__in=_platforms(acting).values("pk"))
    rows = list(units.filter(is_active=True).order_by("platform__code", "code"))
    if acting.face == OUTSIDE:
        own = _below(acting.unit_id, [(row.pk, row.parent_id) for row in rows])
        rows = [row for row in rows if row.pk in own or row.kind in CENTRE]
    people = Appointment.objects.filter(in_force(), unit__in=[row.pk for row in rows], for_night=False)
    counts = Counter(people.values_list("unit_id", flat=True))
    return tuple(_walk(rows, counts))


def _walk(rows: Sequence[Unit], counts: Counter[int]) -> Iterable[Branch]:
    there = {row.pk for row in rows}
    below: dict[int | None, list[Unit]] = {}
    for row in rows:
        below.setdefault(row.parent_id if row.parent_id in there else None, []).append(row)
    waiting = [(row, 0) for row in reversed(below.get(None, []))]
    while waiting:
        row, depth = waiting.pop()
        keys = tuple(dict.fromkeys((row.initials or initials(row.short_name), initials(row.name))))
        yield Branch(row.pk, row.name, row.duty_phone, depth, counts[row.pk], row.parent_id, keys)
        waiting += [(one, depth + 1) for one in reversed(below.get(row.pk, []))]


def _below(unit_id: int, pairs: Iterable[tuple[int, int | None]]) -> frozenset[int]:
    """A unit and all below it, of (unit, the one above it)."""
    children: dict[int | None, list[int]] = {}
    for one, above in pairs:
        children.setdefault(above, []).append(one)
    found, waiting = {unit_id}, [unit_id]
    while waiting:
        new = [one for one in children.get(waiting.pop(), []) if one not in found]
        found.update(new)
        waiting += new
    return frozenset(found)


def _viewer(acting: Acting, tree: Sequence[Branch]) -> Viewer:
    line: frozenset[int] = frozenset()
    if acting.face in (AT_A_DESK, OUTSIDE):
        line = _below(acting.unit_id, [(one.unit_id, one.parent_id) for one in tree])
    elif acting.face == IN_THE_STREET:
        line = frozenset({acting.unit_id})
    if line and acting.unit_kind in BELOW_A_DEPARTMENT:
        line |= {one.parent_id for one in tree if one.unit_id == acting.unit_id and one.parent_id is not None}
    commanded = Platform.objects.filter(parent_id=acting.platform_id, supervises=False).values_list("pk", flat=True)
    everybody = bool(EVERYBODY & acting.duties)
    platforms = {acting.platform_id, *(commanded if everybody else ())}
    area = acting.division_id if acting.may("read_area") else None
    return Viewer(acting.user_id, frozenset(platforms), line, area, everybody, acting.face == OUTSIDE)


def _listed(acting: Acting, viewer: Viewer, tree: Sequence[Branch]) -> QuerySet[Appointment]:
    """Whose name and post stand in the book: everybody of its units; from outside the own unit's alone."""
    units = viewer.line if viewer.outside else [one.unit_id for one in tree]
    return Appointment.objects.filter(in_force(), unit__in=units, for_night=False)


def _people(acting: Acting, viewer: Viewer, rows: QuerySet[Appointment], most: int | None = None) -> list[Contact]:
    """By unit, post and name; with today's shifts and leave: three statements."""
    found = list(
        rows.select_related("user", "post", "unit", "division").defer("division__geom")
        .order_by("unit__code", "post__code", "user__name", "pk")[:most]
    )  # fmt: skip
    now, ids = clock.now(), [row.pk for row in found]
    today = now.astimezone(acting.zone).date()
    turns: dict[int, list[Turn]] = {}
    for turn in Turn.objects.filter(appointment__in=ids, day=today).select_related("shift").order_by("begins_at"):
        turns.setdefault(turn.appointment_id, []).append(turn)
    away = Leave.objects.filter(appointment__in=ids, state=Leave.GRANTED, begins_at__lte=now, ends_at__gt=now)
    absent = set(away.values_list("appointment_id", flat=True))
    return [_contact(row, viewer, turns.get(row.pk, []), row.pk in absent, acting.zone, now) for row in found]


def _contact(row: Appointment, viewer: Viewer, turns: Sequence[Turn], away: bool, zone: ZoneInfo, now: datetime) -> Contact:
    area = row.division
    called = Called(row.user_id, row.platform_id, row.unit_id, frozenset(i for i in (row.division_id, area and area.parent_id) if i))
    shown = may_call(viewer, called)
    here = row.on_duty and any(one.begins_at <= now < one.ends_at for one in turns)
    return Contact(
        row.pk, row.unit_id, row.unit.short_name, row.user.name, row.post.name, area.name if area else "",
        row.user.phone if shown else "", not shown and bool(row.user.phone), _("、").join(_turn_words(one, zone) for one in turns),
        "away" if away else "here" if here else "",
    )  # fmt: skip


def _turn_words(turn: Turn, zone: ZoneInfo) -> str:
    begins, ends = turn.begins_at.astimezone(zone), turn.ends_at.astimezone(zone)
    return _("%(shift)s %(begins)s–%(ends)s") % {"shift": turn.shift.name, "begins": f"{begins:%H:%M}", "ends": f"{ends:%H:%M}"}
