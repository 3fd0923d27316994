"""People by what they hold: who in which unit has a duty now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from urbangrid.organizations.models import Appointment
from urbangrid.organizations.queries import in_force


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
