"""What the system administrator reads: the tree of units, posts, people. Everything of the acting platform alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce

from urbangrid.accounts.models import User
from urbangrid.administration import words
from urbangrid.core import clock
from urbangrid.core.errors import NotAllowed
from urbangrid.core.platforms import platform_of
from urbangrid.core.text import initials
from urbangrid.grids.models import Division
from urbangrid.organizations.models import Appointment, Post, Unit
from urbangrid.organizations.queries import in_force

PAGE = 50


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A line of the tree. ``depth``: 0 at the top; ``people``: appointments in force."""

    unit: Unit
    kind: str
    axis: str
    depth: int
    people: int


def unit_rows(platform_id: int, typed: str = "") -> list[UnitRow]:
    """The tree from the top, kinds in their order; with ``typed`` the units found, without depth. Two statements."""
    people = dict(Appointment.objects.filter(in_force(), platform_id=platform_id).values_list("unit_id").annotate(Count("id")).order_by())
    below: dict[int | None, list[Unit]] = defaultdict(list)
    units = sorted(Unit.objects.filter(platform_id=platform_id), key=lambda unit: (Unit.KINDS.index(unit.kind), unit.code))
    if typed:
        return [_row(unit, 0, people) for unit in units if _fits(unit, typed.lower())]
    for unit in units:
        below[unit.parent_id].append(unit)
    found: list[UnitRow] = []

    def walk(parent: int | None, depth: int) -> None:
        for unit in below[parent]:
            found.append(_row(unit, depth, people))
            walk(unit.pk, depth + 1)

    walk(None, 0)
    return found


def _row(unit: Unit, depth: int, people: dict[int, int]) -> UnitRow:
    axis = str(words.AXES[unit.axis]) if unit.axis else ""
    return UnitRow(unit, str(words.UNIT_KINDS[unit.kind]), axis, depth, people.get(unit.pk, 0))


def _fits(unit: Unit, typed: str) -> bool:
    if typed in unit.name.lower() or typed in unit.short_name.lower() or unit.code.lower().startswith(typed):
        return True
    return unit.initials.startswith(typed) or initials(unit.name).startswith(typed)


def unit_of(platform_id: int, unit_id: int) -> Unit | None:
    return Unit.objects.filter(platform_id=platform_id, pk=unit_id).first()


def staff_of(unit: Unit) -> list[Appointment]:
    """Who is appointed in a unit now, by post."""
    rows = Appointment.objects.filter(in_force(), unit=unit).select_related("user", "post", "division")
    return list(rows.order_by("post__code", "user__name", "pk"))


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post with its duties and kinds of unit in words; ``people``: appointments in force."""

    post: Post
    kinds: list[str]
    duties: list[str]
    people: int


def post_rows(platform_id: int) -> list[PostRow]:
    """All posts, in the order of the kinds of unit that have them. Two statements."""
    people = dict(Appointment.objects.filter(in_force(), platform_id=platform_id).values_list("post_id").annotate(Count("id")).order_by())
    posts = sorted(Post.objects.filter(platform_id=platform_id), key=_post_order)
    return [
        PostRow(
            post,
            [str(words.UNIT_KINDS[kind]) for kind in post.unit_kinds],
            [str(words.DUTIES.get(duty, duty)) for duty in _in_order(post.duties)],
            people.get(post.pk, 0),
        )
        for post in posts
    ]


def _post_order(post: Post) -> tuple[bool, int, int]:
    """By kind of unit, in each as the model lists them; the administrators last."""
    kind = min((Unit.KINDS.index(kind) for kind in post.unit_kinds), default=len(Unit.KINDS))
    return (post.face == "administration", kind, post.pk)


def _in_order(duties: list[str]) -> list[str]:
    known = list(words.DUTIES)
    return sorted(duties, key=lambda duty: (known.index(duty) if duty in known else len(known), duty))


def people(platform_id: int, typed: str, page: str | None) -> Page[Any]:
    """People by name, initials, account or phone, each with her posts in force as ``posts``. Three statements a page."""
    found = of_platform(platform_id)
    if typed:
        found = found.filter(
            Q(name__icontains=typed) | Q(username__istartswith=typed) | Q(initials__istartswith=typed) | Q(phone__startswith=typed)
        )
    held = Prefetch("appointments", posts_of(platform_id), to_attr="posts")
    return Paginator(found.order_by("-is_active", "name", "pk").prefetch_related(held), PAGE).get_page(page)


def of_platform(platform_id: int) -> QuerySet[User]:
    """People with a post here at any time, and those without any post whose account was made here (or by the operator, for the city)."""
    here = Appointment.objects.filter(platform_id=platform_id).values("user_id")
    made_here = Q(platform_id=platform_id)
    if platform_of(platform_id).parent_id is None:
        made_here |= Q(platform=None)
    return User.objects.filter(Q(pk__in=here) | Q(appointments=None) & made_here)


def check_own(platform_id: int, user: User) -> None:
    """Raises NotAllowed ``account_elsewhere``: an account that other platforms rely on too is not one platform's to reset or end."""
    other = Appointment.objects.filter(user=user).exclude(platform_id=platform_id).select_related("platform").first()
    if other is not None:
        raise NotAllowed("account_elsewhere", name=user.name, platform=other.platform.name)


def posts_of(platform_id: int) -> QuerySet[Appointment]:
    """Appointments of the platform in force, with what a line about them shows."""
    rows = Appointment.objects.filter(in_force_anyway(), platform_id=platform_id)
    return rows.select_related("post", "unit", "division", "home_unit").order_by("valid_from", "pk")


def in_force_anyway() -> Q:
    """Appointments that have not ended, those of ended accounts too: they come back with the account."""
    return Q(valid_to=None) | Q(valid_to__gt=clock.now())


def person_of(platform_id: int, user_id: int) -> User | None:
    return of_platform(platform_id).filter(pk=user_id).first()


def staff_names(platform_id: int) -> list[tuple[int, str]]:
    """Id and name of everybody appointed here now, by name."""
    rows = User.objects.filter(pk__in=Appointment.objects.filter(in_force(), platform_id=platform_id).values("user_id"))
    return list(rows.order_by("name", "pk").values_list("pk", "name"))


@dataclass(frozen=True, slots=True)
class Personnel:
    """How many appointments of a kind of personnel are in force, by the unit the people come from, most first (CY-15, JJ-5.1)."""

    kind: str
    count: int
    origins: list[tuple[str, int]]


def personnel(platform_id: int) -> list[Personnel]:
    """Posts in the field and others whose kind is recorded. One statement."""
    rows = Appointment.objects.filter(in_force(), platform_id=platform_id).exclude(personnel_kind="")
    origin = Coalesce("home_unit__name", "unit__name")
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    counted = rows.annotate(origin=origin).values_list("personnel_kind", "origin").annotate(n=Count("id"))
    for kind, name, many in counted.order_by("-n", "origin"):
        found[kind].append((name, many))
    return [
        Personnel(str(words.PERSONNEL[kind]), sum(many for _name, many in found[kind]), found[kind])
        for kind in words.PERSONNEL if kind in found
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Establishment:
    """Inspectors of a community against the plan (CY-14-1); ``missing`` is 0 where the plan is met."""

    community: str
    inspectors: int
    planned: int

    @property
    def missing(self) -> int:
        return max(self.planned - self.inspectors, 0)


def establishment(platform_id: int, planned: int) -> list[Establishment]:
    """Every community of the platform with its inspectors in force, however many communities there are: two statements (HD-3.1.3-n)."""
    rows = Appointment.objects.filter(in_force(), platform_id=platform_id, post__duties__contains=["check"])
    counts = dict(rows.values_list("division_id").annotate(n=Count("user_id", distinct=True)).order_by())
    areas = Division.objects.filter(platform_id=platform_id, level="community", valid_to=None).order_by("code")
    return [Establishment(name, counts.get(pk, 0), planned) for pk, name in areas.values_list("pk", "name")]


def history_of(platform_id: int, user: User, most: int = 20) -> list[Appointment]:
    """Ended appointments of a person here, newest first."""
    rows = Appointment.objects.filter(platform_id=platform_id, user=user).filter(valid_to__lte=clock.now()).select_related("post", "unit")
    return list(rows.order_by("-valid_to")[:most])
