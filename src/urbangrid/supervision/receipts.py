"""Receipts of 催办, 督办 and 批示: who of those told has opened it, and when (desks.md D5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from urbangrid.cases import asked
from urbangrid.messaging import queries
from urbangrid.messaging.queries import Delivered
from urbangrid.organizations import holding
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.holding import Person

EVENTS = ("reminder", "order")
"""Lines of the notice table that tell a unit of them."""
SENDERS = ("read_all", "read_area", "remind", "order", "instruct")
"""Duties of which one lets a post see who has read."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """One person; ``at`` None: not opened yet."""

    unit: str
    name: str
    post: str
    on_duty: bool
    at: datetime | None


@dataclass(frozen=True, slots=True)
class SentView:
    """An order with its receipts, those who have read it first."""

    word: str
    number: str
    target: str
    at: datetime
    receipts: tuple[Receipt, ...]
    read: int


def receipts(acting: Acting, case_id: int) -> list[SentView]:
    """Of everything sent about the case that the post sees, newest first; nothing for who sends none. At most seven statements.

    Raises NotFound ``case_unknown``.
    """
    orders = asked.sent(acting, case_id)
    if not orders or not any(acting.may(duty) for duty in SENDERS):
        return []
    sent = queries.delivered(case_id, EVENTS)
    persons = {one.appointment_id for one in sent if one.appointment_id is not None}
    people = holding.people_of({one.unit_id for one in sent if one.unit_id is not None}, persons)
    times = queries.read_times({one.id for one in sent}, {one.appointment_id for one in people})
    return [_view(order, [one for one in sent if one.seq == order.asked_seq], people, times) for order in orders]


Times = Mapping[tuple[int, int], datetime]
"""(notice, appointment) → opened."""


def _view(order: asked.Sent, sent: list[Delivered], people: list[Person], times: Times) -> SentView:
    told = [(person, [one for one in sent if _reaches(one, person)]) for person in people]
    found = [_receipt(person, notices, times) for person, notices in told if notices]
    found.sort(key=lambda one: (one.at is None, one.at.timestamp() if one.at else 0.0))
    return SentView(order.word, order.number, order.target, order.asked_at, tuple(found), sum(one.at is not None for one in found))


def _reaches(one: Delivered, person: Person) -> bool:
    if one.appointment_id is not None:
        return one.appointment_id == person.appointment_id
    return one.unit_id == person.unit_id and one.duty in person.duties


def _receipt(person: Person, notices: list[Delivered], times: Times) -> Receipt:
    opened = [times[key] for one in notices if (key := (one.id, person.appointment_id)) in times]
    return Receipt(person.unit, person.name, person.post, person.on_duty, min(opened, default=None))
