"""What a roster is made of, set by administrators and planners: shifts, how many each wants, the least rest (case-rules 23)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction

from urbangrid.audit.actions import note
from urbangrid.core import platforms
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.core.models import Platform
from urbangrid.organizations import rosters, shifts
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.models import Shift, Staffing
from urbangrid.organizations.rosters import DAY_KINDS


@transaction.atomic
def change_shift(
    acting: Acting, *, letter: str, name: str, begins_minute: int, lasts_minutes: int, night: bool, shift_id: int = 0,
    is_active: bool = True,
) -> Shift:  # fmt: skip
    """A new 班次, or another form of one from the next planning on; past and planned turns keep their instants.

    Raises Refusal ``shift_letter``, ``shift_span``; NotFound ``shift_unknown``.
    """
    rows = Shift.objects.filter(platform_id=acting.platform_id, is_active=True)
    if len(letter) != 1 or letter.isspace() or letter in shifts.FREE or rows.filter(letter=letter).exclude(pk=shift_id).exists():
        raise Refusal("shift_letter", status=422, field="letter", letter=letter[:1])
    if not (0 <= begins_minute < 1440 and 1 <= lasts_minutes <= 1440):
        raise Refusal("shift_span", status=422, field="ends")
    row = rows.select_for_update().filter(pk=shift_id).first() if shift_id else Shift(platform_id=acting.platform_id)
    if row is None:
        raise NotFound("shift_unknown")
    row.letter, row.name, row.night, row.is_active = letter, name.strip()[:10] or letter, night, is_active
    row.begins_minute, row.lasts_minutes = begins_minute, lasts_minutes
    row.save()
    values = {"name": row.name, "from": begins_minute, "minutes": lasts_minutes, "night": night, "active": is_active}
    note(acting, "shift_changed", subject=f"shift:{row.pk}", values=values)
    return row


@transaction.atomic
def set_staffing(acting: Acting, unit_id: int, post_id: int, wanted: Mapping[int, Sequence[int]]) -> None:
    """定员 of a post in a unit: shift id → how many on workdays, rest days and holidays. Raises Refusal ``staffing_number``."""
    rosters.check(acting, unit_id)
    known = {row.pk: row for row in rosters.shifts_of(acting.platform_id)}
    for shift_id, numbers in wanted.items():
        if shift_id not in known or len(numbers) != len(DAY_KINDS) or not all(0 <= number <= 999 for number in numbers):
            raise Refusal("staffing_number", status=422, field="staffing")
        Staffing.objects.update_or_create(
            unit_id=unit_id, post_id=post_id, shift_id=shift_id,
            defaults={"platform_id": acting.platform_id, **dict(zip(DAY_KINDS, numbers, strict=True))},
        )  # fmt: skip
    values = {known[shift_id].name: "/".join(map(str, numbers)) for shift_id, numbers in wanted.items()}
    note(acting, "staffing_set", subject=f"unit:{unit_id}", values={"post": post_id, **values})


def set_rest(acting: Acting, hours: int) -> None:
    """The least rest between two turns. Raises Refusal ``rest_hours``."""
    if not 0 <= hours <= 24:
        raise Refusal("rest_hours", status=422, field="rest_hours")
    with transaction.atomic():
        row = Platform.objects.select_for_update().get(pk=acting.platform_id)
        row.settings = {**row.settings, "rest_hours": hours}
        row.save(update_fields=["settings"])
        note(acting, "rest_set", values={"hours": hours})
    platforms.forget()
