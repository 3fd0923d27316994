"""交接班单: given with what is open, taken over by the successor or refused with a reason (HD-12.1, desks.md D3).

The content is made by who knows the cases and kept as it stood. A refused sheet stays with the duty director of the platform
(``nobody_responsible``), who may take it over herself, and with who gave it, who may give another. Whoever takes over gets what was her
predecessor's by name; claims return to the pool; the predecessor is signed off.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from urbangrid.audit.actions import note
from urbangrid.core import clock, lengths
from urbangrid.core.errors import MovedOn, NotAllowed, NotFound, Refusal
from urbangrid.organizations import attending, rosters, shift_messages
from urbangrid.organizations.acting import Acting, from_row
from urbangrid.organizations.models import Appointment, Handover, Turn

__all__ = ["accept", "find", "give", "listed", "may_answer", "refuse", "shift_messages", "successors", "taken_over", "waiting_for"]

DIRECTOR = "nobody_responsible"
"""Who leads the platform's shift; where nobody has the duty (a district), who plans the unit."""
OFFERED = timedelta(days=7)
"""How long the drafts of a predecessor are offered."""
_JOINED = ("unit", "post", "given_by__user", "answered_by__user", "answered_by__post")


def successors(acting: Acting) -> list[str]:
    """Names of those planned after the acting post's present turn, in the same post; empty where no roster says."""
    now = clock.now()
    own = attending.open_turn(acting.appointment_id)
    ends = own.ends_at if own is not None else now
    rows = Turn.objects.filter(
        unit_id=acting.unit_id,
        post__code=acting.post_code,
        begins_at__lte=ends + attending.EARLY,
        ends_at__gt=max(ends, now),
        signed_off_at=None,
    ).exclude(appointment__user_id=acting.user_id)
    return list(dict.fromkeys(rows.order_by("begins_at", "appointment__user__name").values_list("appointment__user__name", flat=True)))


@transaction.atomic
def give(acting: Acting, *, content: dict[str, Any], notes: str) -> Handover:
    """交班: a sheet that still waits is replaced by the new one, and so is one that was refused. Raises Refusal ``input_too_long``."""
    lengths.check("notes", notes.strip(), 4000, _("当班记事"))
    turn = attending.open_turn(acting.appointment_id)
    own = Handover.objects.select_for_update().filter(given_by_id=acting.appointment_id)
    own.filter(state__in=(Handover.WAITING, Handover.REFUSED)).update(state=Handover.REPLACED)
    appointment = Appointment.objects.get(pk=acting.appointment_id)
    made = Handover.objects.create(
        platform_id=acting.platform_id, unit_id=acting.unit_id, post_id=appointment.post_id, given_by=appointment, given_at=clock.now(),
        shift_name=turn.shift.name if turn is not None else "", notes=notes.strip(), content=content,
    )  # fmt: skip
    note(acting, "handed_over", subject=f"handover:{made.pk}")
    return made


def taken_over(acting: Acting) -> list[Handover]:
    """Sheets of the last days that the acting post took over: whose drafts are offered to it."""
    rows = Handover.objects.filter(state=Handover.ACCEPTED, answered_by_id=acting.appointment_id, answered_at__gt=clock.now() - OFFERED)
    return list(rows.select_related("given_by").defer("content").order_by("-answered_at"))


def _leads(acting: Acting, sheet: Handover) -> bool:
    return acting.may(DIRECTOR) or sheet.unit_id in {row.pk for row in rosters.managed(acting)}


def may_answer(acting: Acting, sheet: Handover) -> bool:
    """The same post of the unit, or who leads there; not who gave it. One that was refused is left to who leads."""
    if sheet.given_by.user_id == acting.user_id or sheet.platform_id != acting.platform_id:
        return False
    if sheet.state == Handover.WAITING:
        return (sheet.unit_id == acting.unit_id and sheet.post.code == acting.post_code) or _leads(acting, sheet)
    return sheet.state == Handover.REFUSED and _leads(acting, sheet)


def _seen(acting: Acting) -> Q:
    """Sheets that the acting post may read: of its own post, of units it plans for, all of the platform for the duty director."""
    if acting.may(DIRECTOR):
        return Q(platform_id=acting.platform_id)
    own = Q(unit_id=acting.unit_id, post__code=acting.post_code) | Q(given_by_id=acting.appointment_id)
    units = [row.pk for row in rosters.managed(acting)]
    return (own | Q(unit__in=units)) & Q(platform_id=acting.platform_id)


def find(acting: Acting, sheet_id: int) -> Handover:
    """Raises NotFound ``handover_unknown``."""
    row = Handover.objects.filter(_seen(acting), pk=sheet_id).select_related(*_JOINED).first()
    if row is None:
        raise NotFound("handover_unknown")
    return row


def listed(acting: Acting, most: int = 30) -> list[Handover]:
    """The newest sheets that the acting post may read; their content is left out."""
    rows = Handover.objects.filter(_seen(acting)).select_related(*_JOINED).defer("content")
    return list(rows.order_by("-given_at", "-pk")[:most])


def waiting_for(acting: Acting) -> list[Handover]:
    """Sheets that the acting post can answer now, the oldest first."""
    rows = Handover.objects.filter(_seen(acting), state__in=(Handover.WAITING, Handover.REFUSED)).select_related(*_JOINED).defer("content")
    return [row for row in rows.order_by("given_at", "pk") if may_answer(acting, row)]


def _to_answer(acting: Acting, sheet_id: int) -> Handover:
    """Raises NotFound ``handover_unknown``, MovedOn ``handover_answered``, NotAllowed ``handover_not_yours``."""
    row = Handover.objects.select_for_update(of=("self",)).filter(_seen(acting), pk=sheet_id).select_related(*_JOINED).first()
    if row is None:
        raise NotFound("handover_unknown")
    if row.state in (Handover.ACCEPTED, Handover.REPLACED) or (row.state == Handover.REFUSED and not _leads(acting, row)):
        who = row.answered_by.user.name if row.answered_by is not None else row.given_by.user.name
        at = (row.answered_at or row.given_at).astimezone(acting.zone).strftime("%m-%d %H:%M")
        raise MovedOn("handover_answered", name=who, at=at)
    if not may_answer(acting, row):
        raise NotAllowed("handover_not_yours")
    return row


@transaction.atomic
def accept(acting: Acting, sheet_id: int) -> tuple[Handover, int]:
    """接班; gives how many items became the successor's by name. Afterwards nothing belongs to who gave the sheet, unless she has come to
    another turn since: what she has then is of that turn."""
    row = _to_answer(acting, sheet_id)
    row.state, row.answered_by_id, row.answered_at = Handover.ACCEPTED, acting.appointment_id, clock.now()
    row.save(update_fields=["state", "answered_by", "answered_at"])
    went = 0
    if attending.is_back(row.given_by_id, row.given_at):
        attending.end_earlier(row.given_by_id, row.given_at)
    else:
        went = _relieve(acting, row)
    note(acting, "took_over", subject=f"handover:{row.pk}", values={"from": row.given_by.user.name, "items": went})
    return row, went


def _relieve(acting: Acting, row: Handover) -> int:
    """Whoever gave the sheet leaves; gives how many items went by name to the acting post, where it is the same."""
    same = row.unit_id == acting.unit_id and row.post.code == acting.post_code
    went = attending.pass_on(row.given_by, Appointment.objects.get(pk=acting.appointment_id) if same else None)
    giver = Appointment.objects.select_related("user", "post", "unit", "platform", "home_unit").get(pk=row.given_by_id)
    attending.end_turn_of(from_row(giver))
    return went


@transaction.atomic
def refuse(acting: Acting, sheet_id: int, reason: str) -> Handover:
    """不接, with a reason; it stays with the duty director. Raises Refusal ``handover_reason``."""
    row = _to_answer(acting, sheet_id)
    if row.state == Handover.REFUSED:
        raise NotAllowed("handover_not_yours")
    if not reason.strip():
        raise Refusal("handover_reason", status=422, field="reason")
    lengths.check("reason", reason.strip(), 200, _("不接的原因"))
    row.state, row.answered_by_id, row.answered_at, row.reason = Handover.REFUSED, acting.appointment_id, clock.now(), reason.strip()
    row.save(update_fields=["state", "answered_by", "answered_at", "reason"])
    note(acting, "handover_refused", subject=f"handover:{row.pk}", purpose=row.reason)
    return row
