"""When people work already or are away: what stands against a turn (case-rules 23), read once for as many turns as are to be made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from urbangrid.core.errors import Refusal
from urbangrid.organizations.models import Appointment, Leave, Turn
from urbangrid.organizations.shifts import Span


def granted(begins: datetime, ends: datetime) -> QuerySet[Leave]:
    """Leaves granted that touch a time."""
    return Leave.objects.filter(state=Leave.GRANTED, begins_at__lt=ends, ends_at__gt=begins).select_related("appointment__user")


class Engaged:
    """Turns of these people, under any of their posts, and their leave, as far as they touch ``when``. Two statements.

    ``besides``: a turn that does not count, because it is the one to be taken over.
    """

    def __init__(self, people: Iterable[Appointment], when: Span, *, besides: int = 0) -> None:
        rows = list(people)
        self._turns: dict[int, list[Turn]] = defaultdict(list)
        turns = Turn.objects.filter(
            appointment__user__in={row.user_id for row in rows}, begins_at__lt=when.ends_at, ends_at__gt=when.begins_at
        )  # fmt: skip
        for turn in turns.exclude(pk=besides).select_related("shift", "appointment").order_by("begins_at"):
            self.take(turn)
        self._away: dict[int, list[Span]] = defaultdict(list)
        for leave in granted(when.begins_at, when.ends_at).filter(appointment__in=rows):
            self._away[leave.appointment_id].append(Span(leave.begins_at, leave.ends_at))

    def take(self, turn: Turn) -> None:
        """A turn that stands, or was made meanwhile."""
        self._turns[turn.appointment.user_id].append(turn)

    def check(self, row: Appointment, when: Span) -> None:
        """Raises Refusal ``roster_overlap`` or ``roster_on_leave``, each with the name and the other turn."""
        other = next((one for one in self._turns[row.user_id] if when.overlaps(Span(one.begins_at, one.ends_at))), None)
        if other is not None:
            raise Refusal(
                "roster_overlap", status=422, field="person", name=row.user.name, day=f"{other.day:%m-%d}", shift=other.shift.name
            )  # fmt: skip
        if any(when.overlaps(away) for away in self._away[row.pk]):
            raise Refusal("roster_on_leave", status=422, field="person", name=row.user.name)
