"""授权结案: authorisations are given, ended and found here; closing itself stays in ``closure`` (case-rules 20)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from urbangrid.audit.actions import note
from urbangrid.cases import store, words
from urbangrid.cases.actions.inputs import check_length
from urbangrid.cases.models import ClosingAuthorisation
from urbangrid.catalog import queries as catalog
from urbangrid.core import clock, outbox
from urbangrid.core.errors import NotAllowed, NotFound, Refusal
from urbangrid.core.models import OutboxEntry
from urbangrid.core.transactions import whole
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting

DUTY = "authorise_closing"
LONGEST = timedelta(days=366)
REMIND_BEFORE = timedelta(days=1)
TOPIC = "authorisation"
"""Of the outbox: an authorisation is about to end."""


@dataclass(frozen=True, slots=True)
class AuthorisationInputs:
    """To whom (one person's appointment, or a unit), for which categories (none: all), from when until when, and why."""

    valid_from: datetime
    valid_until: datetime
    reason: str
    appointment_id: int | None = None
    unit_id: int | None = None
    category_ids: tuple[int, ...] = ()


def _check(acting: Acting) -> None:
    if not acting.may(DUTY):
        raise NotAllowed("duty_missing", post=acting.post_name, action=words.CLOSING_KINDS["authorised"])


@whole
def authorise(acting: Acting, inputs: AuthorisationInputs) -> ClosingAuthorisation:
    """Give an authorisation, on the audit trail.

    Raises NotAllowed ``duty_missing``; Refusal ``authorisation_holder``, ``authorisation_term``, ``input_missing``, ``unit_unknown``;
    NotFound ``catalog.category_unknown``.
    """
    _check(acting)
    if (inputs.appointment_id is None) == (inputs.unit_id is None):
        raise Refusal("authorisation_holder", status=422, field="appointment_id")
    if not timedelta(0) < inputs.valid_until - inputs.valid_from <= LONGEST:
        raise Refusal("authorisation_term", status=422, field="valid_until")
    if not inputs.reason.strip():
        raise Refusal("input_missing", status=422, field="reason", label=_("理由"))
    check_length("reason", inputs.reason, 300)
    for category_id in inputs.category_ids:
        catalog.category(category_id)
    if inputs.unit_id is not None and organizations.dispatchable(acting.platform_id, inputs.unit_id) is None:
        raise Refusal("unit_unknown", status=422, field="unit_id")
    if inputs.appointment_id is not None and organizations.appointment_of(acting.platform_id, inputs.appointment_id) is None:
        raise Refusal("authorisation_holder", status=422, field="appointment_id")
    row = ClosingAuthorisation.objects.create(
        platform_id=acting.platform_id, appointment_id=inputs.appointment_id, unit_id=inputs.unit_id,
        category_ids=list(inputs.category_ids), valid_from=inputs.valid_from, valid_until=inputs.valid_until,
        given_by_id=acting.appointment_id, given_at=clock.now(), reason=inputs.reason,
    )  # fmt: skip
    note(acting, "closing_authorised", subject=f"authorisation:{row.pk}", purpose=inputs.reason, values={
        "appointment": str(inputs.appointment_id or ""), "unit": str(inputs.unit_id or ""),
        "categories": [str(number) for number in inputs.category_ids], "from": inputs.valid_from.isoformat(),
        "until": inputs.valid_until.isoformat(),
    })  # fmt: skip
    return row


@whole
def end(acting: Acting, authorisation_id: int) -> ClosingAuthorisation:
    """Take it back from now on, on the audit trail. Raises NotAllowed ``duty_missing``, NotFound ``authorisation_unknown``."""
    _check(acting)
    rows = ClosingAuthorisation.objects.select_for_update(of=("self",))
    row = rows.filter(pk=authorisation_id, platform_id=acting.platform_id, ended_at=None).first()
    if row is None:
        raise NotFound("authorisation_unknown")
    row.ended_at, row.ended_by_id = clock.now(), acting.appointment_id
    row.save(update_fields=["ended_at", "ended_by"])
    note(acting, "closing_authorisation_ended", subject=f"authorisation:{row.pk}")
    return row


@whole
def remind_ending() -> int:
    """Tell of every authorisation that ends within a day, once, through the outbox; says how many. One given for a day or less is not
    spoken of: who gave it knows."""
    now = clock.now()
    rows = ClosingAuthorisation.objects.select_for_update(of=("self",), skip_locked=True).filter(
        ended_at=None, reminded_at=None, valid_until__gt=now, valid_until__lte=now + REMIND_BEFORE,
        given_at__lt=F("valid_until") - REMIND_BEFORE,
    )  # fmt: skip
    found = list(rows.order_by("id"))
    for row in found:
        row.reminded_at = now
        row.save(update_fields=["reminded_at"])
    OutboxEntry.objects.bulk_create([OutboxEntry(topic=TOPIC, subject_id=row.pk, seq=1, created_at=now) for row in found])
    if found:
        outbox.wake()
    return len(found)


def valid_for(acting: Acting, category_id: int | None, at: datetime) -> ClosingAuthorisation | None:
    """What entitles the acting post to close a case of that category at ``at``; one statement."""
    holder = Q(appointment_id=acting.appointment_id) | Q(unit_id=acting.unit_id)
    rows = store.rows(ClosingAuthorisation).filter(
        holder, platform_id=acting.platform_id, ended_at=None, valid_from__lte=at, valid_until__gt=at
    )
    rows = rows.select_related("given_by__user").order_by("id")
    return next((row for row in rows if not row.category_ids or category_id in row.category_ids), None)


def listed(acting: Acting) -> Sequence[ClosingAuthorisation]:
    """All of the platform, those in force and ended ones, newest first. Raises NotAllowed ``duty_missing``."""
    _check(acting)
    rows = ClosingAuthorisation.objects.filter(platform_id=acting.platform_id)
    return list(rows.select_related("appointment__user", "appointment__unit", "unit", "given_by__user").order_by("-id")[:200])
