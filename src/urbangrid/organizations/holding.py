"""People by what they hold: who in which unit has a duty now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from urbangrid.core.shipped import shipped
from urbangrid.organizations.models import Appointment
from urbangrid.organizations.queries import in_force

PERSONNEL = {"full_time": _("专职"), "part_time": _("兼职"), "assistant": _("协管"), "contractor": _("外包")}
"""Kinds of personnel (CY-15, JJ-5.1)."""


@dataclass(frozen=True, slots=True)
class Person:
    """An appointment in force."""

    appointment_id: int
    unit_id: int
    unit: str
    name: str
    post: str
    duties: frozenset[str]
    on_duty: bool


def people_of(unit_ids: Collection[int], appointment_ids: Collection[int] = ()) -> list[Person]:
    """Everybody in force of these units, and these appointments; on duty first. One statement."""
    rows = Appointment.objects.filter(in_force()).filter(Q(unit_id__in=unit_ids) | Q(pk__in=appointment_ids))
    found = rows.select_related("user", "post", "unit").order_by("-on_duty", "pk")
    return [
        Person(row.pk, row.unit_id, row.unit.short_name, row.user.name, row.post.name, frozenset(row.post.duties), row.on_duty)
        for row in found
    ]


@dataclass(frozen=True, slots=True)
class Registered:
    """Somebody of a sub-district's personnel register; ``kind``: of personnel, else the post; ``origin``: where she comes from."""

    name: str
    unit: str
    post: str
    kind: str
    area: str
    origin: str
    phone: str
    on_duty: bool


def register(platform_id: int, division_id: int) -> list[Registered]:
    """Everybody who works in an area or in one directly below it, by area, kind and name (CY-2.3b). One statement."""
    within = Q(division_id=division_id) | Q(division__parent_id=division_id)
    rows = Appointment.objects.filter(in_force(), within, platform_id=platform_id, for_night=False)
    joined = rows.select_related("user", "post", "unit", "home_unit", "division").defer("division__geom")
    return [
        Registered(
            row.user.name, row.unit.short_name, row.post.name, str(PERSONNEL.get(row.personnel_kind) or shipped(row.post.name)),
            row.division.name if row.division else "", (row.home_unit or row.unit).name, row.user.phone, row.on_duty,
        )
        for row in joined.order_by("division__level", "division__code", "personnel_kind", "post__code", "user__name")
    ]  # fmt: skip


def unit_of(appointment_id: int) -> int:
    """The unit of an appointment."""
    return int(Appointment.objects.values_list("unit_id", flat=True).get(pk=appointment_id))
