"""请假: asked by the person, decided by who plans her unit, with a stand-in who takes over duties, turns and open work (case-rules 23)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from urbangrid.audit.actions import note
from urbangrid.core import clock, lengths
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.organizations import actions, attending, queries, rosters, shift_messages
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.models import Appointment, Leave, Turn

__all__ = ["KINDS", "STATES", "Decided", "ask", "asked_of", "decide", "mine", "shift_messages", "take_back", "turn_over"]

KINDS = {"private": _("事假"), "sick": _("病假"), "annual": _("年休"), "training": _("培训"), "other": _("其他")}
STATES = {"asked": _("待批"), "granted": _("已同意"), "refused": _("不同意"), "ended": _("已结束")}
LONGEST = timedelta(days=366)
WORDS_LIMIT = 200


@transaction.atomic
def ask(acting: Acting, *, kind: str, begins_at: datetime, ends_at: datetime, reason: str) -> Leave:
    """Raises Refusal ``leave_kind``, ``leave_time``, ``leave_twice``, ``input_too_long``."""
    lengths.check("reason", reason.strip(), WORDS_LIMIT, _("事由"))
    if kind not in KINDS:
        raise Refusal("leave_kind", status=422, field="kind")
    if not begins_at < ends_at <= begins_at + LONGEST or ends_at <= clock.now():
        raise Refusal("leave_time", status=422, field="ends")
    own = Leave.objects.filter(appointment_id=acting.appointment_id, state__in=(Leave.ASKED, Leave.GRANTED))
    if own.filter(begins_at__lt=ends_at, ends_at__gt=begins_at).exists():
        raise Refusal("leave_twice", status=422, field="begins")
    made = Leave.objects.create(
        platform_id=acting.platform_id, appointment_id=acting.appointment_id, kind=kind, reason=reason.strip(), begins_at=begins_at,
        ends_at=ends_at, asked_at=clock.now(),
    )  # fmt: skip
    note(acting, "leave_asked", subject=f"leave:{made.pk}", values={"from": begins_at.isoformat(), "until": ends_at.isoformat()})
    return made


@transaction.atomic
def take_back(acting: Acting, leave_id: int) -> None:
    """Her own, while nobody decided. Raises NotFound ``leave_unknown``."""
    row = Leave.objects.select_for_update().filter(pk=leave_id, appointment_id=acting.appointment_id, state=Leave.ASKED).first()
    if row is None:
        raise NotFound("leave_unknown")
    row.state = Leave.ENDED
    row.save(update_fields=["state"])
    note(acting, "leave_taken_back", subject=f"leave:{row.pk}")


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of the person's turns: taken by the stand-in, or free now and named as gaps by the roster."""

    leave: Leave
    taken: int
    free: int


@transaction.atomic
def decide(acting: Acting, leave_id: int, *, grant: bool, stand_in: int = 0, answer: str = "") -> Decided:
    """同意 or 不同意; a stand-in of another post gets the person's post for the time of the leave, and it ends with it.

    Raises NotFound ``leave_unknown``, ``roster_person_unknown``; NotAllowed ``roster_elsewhere``; Refusal ``leave_own`` (nobody decides her
    own), ``leave_answer`` (不同意 needs a reason), ``roster_on_leave``, and those of ``actions.appoint``.
    """
    row = _asked(acting, leave_id)
    lengths.check("answer", answer.strip(), WORDS_LIMIT, _("意见"))
    row.decided_by_id, row.decided_at, row.answer = acting.appointment_id, clock.now(), answer.strip()
    if not grant:
        if not row.answer:
            raise Refusal("leave_answer", status=422, field="answer")
        row.state = Leave.REFUSED
        row.save()
        note(acting, "leave_decided", subject=f"leave:{row.pk}", purpose=row.answer, values={"granted": False})
        return Decided(row, 0, 0)
    row.state = Leave.GRANTED
    if stand_in:
        row.stand_in = _stand_in(acting, row, stand_in)
        row.given = _post_for(acting, row, row.stand_in)
    row.save()
    taken, free = _turns(row)
    values = {"granted": True, "stand_in": row.stand_in.user.name if row.stand_in else "", "taken": taken, "free": free}
    note(acting, "leave_decided", subject=f"leave:{row.pk}", values=values)
    turn_over()
    attending.refresh(acting.platform_id)
    return Decided(row, taken, free)


def _asked(acting: Acting, leave_id: int) -> Leave:
    rows = Leave.objects.select_for_update(of=("self",)).filter(platform_id=acting.platform_id, state=Leave.ASKED)
    row = rows.select_related("appointment__user", "appointment__unit", "appointment__post").filter(pk=leave_id).first()
    if row is None:
        raise NotFound("leave_unknown")
    rosters.check(acting, row.appointment.unit_id)
    if row.appointment.user_id == acting.user_id:
        raise Refusal("leave_own", status=409)
    return row


def _stand_in(acting: Acting, row: Leave, appointment_id: int) -> Appointment:
    rows = Appointment.objects.filter(queries.in_force(), pk=appointment_id, platform_id=acting.platform_id).select_related(
        "user", "post", "unit"
    )
    found = rows.exclude(user_id=row.appointment.user_id).first()
    if found is None:
        raise NotFound("roster_person_unknown")
    if rosters.granted(row.begins_at, row.ends_at).filter(appointment__user_id=found.user_id).exists():
        raise Refusal("roster_on_leave", status=422, field="stand_in", name=found.user.name)
    return found


def _post_for(acting: Acting, row: Leave, who: Appointment) -> Appointment:
    """Her own appointment where it is the same post of the unit, else one for the time of the leave."""
    of = row.appointment
    if (who.unit_id, who.post_id) == (of.unit_id, of.post_id):
        return who
    made = actions.appoint(
        user=who.user, post=of.post, unit=of.unit, division_id=of.division_id, director_unit=of.director_unit, home_unit=who.unit,
        valid_from=max(row.begins_at, clock.now()), acting=acting,
    )  # fmt: skip
    made.valid_to = min(row.ends_at, made.valid_to or row.ends_at)
    made.save(update_fields=["valid_to"])
    return made


def _turns(row: Leave) -> tuple[int, int]:
    """Turns that the leave touches and nobody began: the stand-in's where she is free, else gone, so that the roster names the gap."""
    turns = Turn.objects.filter(
        appointment_id=row.appointment_id, signed_on_at=None, begins_at__lt=row.ends_at, ends_at__gt=max(row.begins_at, clock.now())
    )
    taken = free = 0
    for turn in turns.order_by("begins_at"):
        if row.given is not None and not _is_busy(row.given, turn):
            turn.stands_in_for_id = turn.stands_in_for_id or row.appointment_id
            turn.appointment_id = row.given.pk
            turn.save(update_fields=["appointment", "stands_in_for"])
            taken += 1
        else:
            turn.delete()
            free += 1
    return taken, free


def _is_busy(who: Appointment, turn: Turn) -> bool:
    others = Turn.objects.filter(appointment__user_id=who.user_id, begins_at__lt=turn.ends_at, ends_at__gt=turn.begins_at)
    return others.exists()


@transaction.atomic
def turn_over() -> int:
    """When a leave begins, open work goes to the stand-in; when it ends, what a post made for it still has goes back.

    Gives how many leaves.
    """
    now = clock.now()
    begun = Leave.objects.select_for_update(of=("self",)).filter(
        state=Leave.GRANTED, begins_at__lte=now, ends_at__gt=now, taken_over_at=None, given__isnull=False
    )
    rows = list(begun.select_related("appointment", "given"))
    for row in rows:
        assert row.given is not None
        attending.pass_on(row.appointment, row.given)
        row.taken_over_at = now
        row.save(update_fields=["taken_over_at"])
    over = (
        Leave.objects.select_for_update(of=("self",)).filter(state=Leave.GRANTED, ends_at__lte=now).select_related("appointment", "given")
    )
    ended = list(over)
    for row in ended:
        if row.given_id is not None and row.given_id != row.stand_in_id and row.given is not None:
            attending.pass_on(row.given, row.appointment)
        row.state = Leave.ENDED
        row.save(update_fields=["state"])
    return len(rows) + len(ended)


def mine(acting: Acting, most: int = 20) -> list[Leave]:
    """Of the acting post, newest first."""
    rows = Leave.objects.filter(appointment_id=acting.appointment_id).select_related("stand_in__user", "decided_by__user")
    return list(rows.order_by("-asked_at", "-pk")[:most])


def asked_of(acting: Acting, most: int = 100) -> list[Leave]:
    """What waits for the acting post's decision, the first to begin on top."""
    units = [row.pk for row in rosters.managed(acting)]
    rows = Leave.objects.filter(state=Leave.ASKED, appointment__unit__in=units).exclude(appointment__user_id=acting.user_id)
    return list(rows.select_related("appointment__user", "appointment__unit", "appointment__post").order_by("begins_at", "pk")[:most])
