"""签到 and 签退 of a shift, who is at work now, and what follows when somebody leaves (case-rules 23, desks.md Q1).

``Appointment.on_duty`` is a cache of roster, signing and leave: ``refresh`` computes it, once a minute and after every change. A post of
a unit that nobody rosters is at work as before, unless on leave.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q

from urbangrid.audit.actions import note
from urbangrid.core import clock
from urbangrid.core.errors import Refusal
from urbangrid.organizations import night, queries, shift_messages, signin
from urbangrid.organizations.acting import Acting, from_row
from urbangrid.organizations.models import Appointment, Leave, Turn

__all__ = ["EARLY", "Attendance", "attendance", "pass_on", "passes_on", "refresh", "shift_messages", "sign_off", "sign_on"]

EARLY = timedelta(hours=1)
"""How long before its begin a turn can be signed on."""
LATE = timedelta(minutes=5)
"""Signed on later than this after the begin is 迟到."""
ROSTERED = timedelta(days=2)
"""A post of a unit with a turn this near is one that is rostered."""

passes_on: Callable[[int, int | None], int] | None = None
"""Open work of one appointment goes to another, None: to the duty director's queue; how many items went. Answered by ``cases``, wired in
``config``."""


def pass_on(before: Appointment, after: Appointment | None) -> int:
    """What the one had claimed returns to the pool, what was hers by name becomes the other's; gives how many items that were."""
    signin.leave(_acting_of(before.pk))
    return passes_on(before.pk, after.pk if after is not None else None) if passes_on is not None else 0


def _acting_of(appointment_id: int) -> Acting:
    """Of an appointment, in force or ended."""
    return from_row(Appointment.objects.select_related("user", "post", "unit", "platform", "home_unit").get(pk=appointment_id))


@transaction.atomic
def sign_on(acting: Acting) -> tuple[Turn, list[str]]:
    """签到 of the turn that runs or begins within the hour; gives it and the posts that came with a night.

    Raises Refusal ``no_turn_now`` with the next turn, ``signed_on_already``.
    """
    now = clock.now()
    rows = Turn.objects.select_for_update(of=("self",)).filter(appointment_id=acting.appointment_id, ends_at__gt=now)
    turns = list(rows.select_related("shift", "appointment__user", "appointment__post").order_by("begins_at")[:2])
    turn = next((one for one in turns if one.begins_at - EARLY <= now and one.signed_on_at is None), None)
    if turn is None:
        if any(one.signed_on_at is not None and one.signed_off_at is None for one in turns):
            raise Refusal("signed_on_already", status=409)
        coming = next((one for one in turns if one.signed_on_at is None), None)
        at = coming.begins_at.astimezone(acting.zone).strftime("%m-%d %H:%M") if coming is not None else ""
        raise Refusal("no_turn_now" if at else "no_turn_planned", status=409, at=at)
    turn.signed_on_at = now
    turn.save(update_fields=["signed_on_at"])
    also = night.open_posts(acting, turn)
    note(acting, "signed_on", subject=f"turn:{turn.pk}", values={"shift": turn.shift.name, **({"night": also} if also else {})})
    refresh(acting.platform_id)
    return turn, also


@transaction.atomic
def sign_off(acting: Acting) -> int:
    """签退: claimed items return to the pool, posts of the night end; gives how many items returned. Raises Refusal ``not_signed_on``."""
    turn = open_turn(acting.appointment_id, lock=True)
    if turn is None:
        raise Refusal("not_signed_on", status=409)
    return _end(acting, turn)


def open_turn(appointment_id: int, *, lock: bool = False) -> Turn | None:
    """The turn that was signed on and not off."""
    rows = Turn.objects.filter(appointment_id=appointment_id, signed_on_at__isnull=False, signed_off_at=None)
    rows = rows.select_for_update(of=("self",)) if lock else rows
    return rows.select_related("shift").order_by("-begins_at").first()


def _end(acting: Acting, turn: Turn) -> int:
    turn.signed_off_at = clock.now()
    turn.save(update_fields=["signed_off_at"])
    returned = signin.leave(acting) + sum(signin.leave(_acting_of(pk)) for pk in night.close_posts(acting.user_id))
    note(acting, "signed_off", subject=f"turn:{turn.pk}", values={"shift": turn.shift.name, "returned": returned})
    refresh(acting.platform_id)
    return returned


def end_turn_of(acting: Acting) -> None:
    """The same where the sheet was taken over: whoever gave it has left her post with it."""
    turn = open_turn(acting.appointment_id, lock=True)
    if turn is not None:
        _end(acting, turn)


def end_earlier(appointment_id: int, given_at: datetime) -> None:
    """What she was signed on to when she gave her sheet, and did not leave, is over."""
    earlier = Turn.objects.filter(appointment_id=appointment_id, signed_on_at__lte=given_at, signed_off_at=None)
    earlier.update(signed_off_at=clock.now())


def is_back(appointment_id: int, since: datetime) -> bool:
    """Whether she signed on to another turn after that instant, and is in it."""
    turn = open_turn(appointment_id)
    return turn is not None and turn.signed_on_at is not None and turn.signed_on_at > since


def refresh(platform_id: int | None = None) -> int:
    """Bring ``on_duty`` up to roster, signing and leave; gives how many changed. One statement where nothing did."""
    now = clock.now()
    own = Turn.objects.filter(appointment_id=OuterRef("pk"), signed_off_at=None, begins_at__gt=now - ROSTERED)
    here = own.filter(Q(signed_on_at__isnull=False) | Q(begins_at__lte=now, ends_at__gt=now))
    near = Turn.objects.filter(
        unit_id=OuterRef("unit_id"), post_id=OuterRef("post_id"), day__range=((now - ROSTERED).date(), (now + ROSTERED).date())
    )  # fmt: skip
    away = Leave.objects.filter(appointment_id=OuterRef("pk"), state=Leave.GRANTED, begins_at__lte=now, ends_at__gt=now)
    should = ~Q(Exists(away)) & (Q(Exists(here)) | ~Q(Exists(near)))
    rows = Appointment.objects.filter(queries.in_force())
    if platform_id is not None:
        rows = rows.filter(platform_id=platform_id)
    rows = rows.annotate(should=ExpressionWrapper(should, output_field=BooleanField()))
    wrong = list(rows.exclude(on_duty=F("should")).values_list("pk", "should"))
    for value in (True, False):
        if changed := [pk for pk, be in wrong if be is value]:
            Appointment.objects.filter(pk__in=changed).update(on_duty=value)
    if wrong:
        queries.forget()
    return len(wrong)


@dataclass(frozen=True, slots=True)
class Attendance:
    """A turn of now as the page shows it. ``state``: here, late (signed on late), absent (begun, not signed on), leave, coming, left."""

    turn: Turn
    state: str
    name: str
    phone: str
    unit: str
    post: str
    area: str
    stands_in_for: str


def attendance(platform_id: int, unit_ids: list[int] | None = None) -> list[Attendance]:
    """Everybody of the shifts that run now or begin within the hour, and who has not signed off yet; one statement and one for leave."""
    now = clock.now()
    rows = Turn.objects.filter(platform_id=platform_id, begins_at__gt=now - ROSTERED).filter(
        Q(begins_at__lte=now + EARLY, ends_at__gt=now) | Q(signed_on_at__isnull=False, signed_off_at=None)
    )
    if unit_ids is not None:
        rows = rows.filter(unit__in=unit_ids)
    turns = list(
        rows.select_related("shift", "unit", "post", "appointment__user", "appointment__division", "stands_in_for__user")
        .defer("appointment__division__geom").order_by("unit__code", "post__code", "begins_at", "appointment__user__name")
    )  # fmt: skip
    leaves = Leave.objects.filter(state=Leave.GRANTED, begins_at__lte=now, ends_at__gt=now, platform_id=platform_id)
    away = set(leaves.values_list("appointment_id", flat=True))
    return [_attendance(row, now, row.appointment_id in away) for row in turns]


def _attendance(row: Turn, now: datetime, away: bool) -> Attendance:
    person = row.appointment
    return Attendance(
        row, state_of(row, now, away=away), person.user.name, person.user.phone, row.unit.short_name, row.post.name,
        person.division.name if person.division else "", row.stands_in_for.user.name if row.stands_in_for else "",
    )  # fmt: skip


def state_of(row: Turn, now: datetime, *, away: bool = False) -> str:
    """As ``Attendance.state``."""
    if row.signed_off_at is not None:
        return "left"
    if row.signed_on_at is not None:
        return "late" if row.signed_on_at > row.begins_at + LATE else "here"
    if away:
        return "leave"
    return "absent" if row.begins_at <= now else "coming"
