"""One write path for every act on a request: lock, compare ``seq``, check state and person, append the record, write the row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from urbangrid.core import clock
from urbangrid.core.confidential import cleaned
from urbangrid.core.errors import MovedOn, NotAllowed, NotFound
from urbangrid.core.text import beside
from urbangrid.organizations.acting import Acting
from urbangrid.service_requests import messages, queries, rules
from urbangrid.service_requests.models import RequestRecord, ServiceRequest


@dataclass(slots=True)
class Step:
    """A request under lock; ``acting`` None: the platform itself."""

    request: ServiceRequest
    acting: Acting | None
    at: datetime

    def own_words(self, text: str) -> str:
        """``text`` without the citizen's name and number, as records and replies keep it."""
        contact = self.request.contact
        return cleaned(text, name=contact.name if contact else "", phone=contact.phone if contact else "")

    def take(self, action: str, note: str = "", **values: Any) -> ServiceRequest:
        """Append the record and write the request."""
        self.request.seq += 1
        acting = self.acting
        self.keep(RequestRecord(
            request=self.request, seq=self.request.seq, action=action, at=self.at, actor_id=acting.user_id if acting else None,
            appointment_id=acting.appointment_id if acting else None, note=self.own_words(note), values=values,
            actor=beside(acting.user_name, acting.post_name) if acting else "",
        ))  # fmt: skip
        return self.request

    def keep(self, record: RequestRecord) -> None:
        """Write both; requests made in bulk collect them instead (``lives``)."""
        record.save(force_insert=True)
        self.request.save()


def begin(acting: Acting, request_id: int, seq: int, action: str) -> Step:
    """Lock the request and see whether ``action`` is possible. Call inside a transaction.

    Raises NotFound ``request_unknown``, NotAllowed ``duty_missing``, MovedOn ``request_moved_on`` or ``request_not_that_state``.
    """
    request = locked(request_id, acting.platform_id)
    if not queries.may_open(acting, request):
        raise NotFound("request_unknown")
    if not request.confidential and not acting.may("register"):
        raise NotAllowed("duty_missing", post=acting.post_name, action=messages.ACTIONS[action])
    if request.seq != seq:
        last = request.records.order_by("-seq").first()
        at = last.at.astimezone(acting.zone).strftime("%H:%M") if last else ""
        raise MovedOn("request_moved_on", actor=last.actor if last else "", time=at, action=messages.ACTIONS[last.action] if last else "")
    if request.state not in rules.MOVES[action]:
        raise MovedOn("request_not_that_state", state=messages.STATES[request.state], action=messages.ACTIONS[action])
    return Step(request, acting, _now(request))


def by_itself(request_id: int) -> Step:
    """A step of the platform, on what cases told it."""
    request = locked(request_id, None)
    return Step(request, None, _now(request))


def locked(request_id: int, platform_id: int | None) -> ServiceRequest:
    """The row under lock with its contact data. Raises NotFound ``request_unknown``."""
    rows = ServiceRequest.objects.select_for_update(of=("self",)).select_related("contact", "report")
    if platform_id is not None:
        rows = rows.filter(platform_id=platform_id)
    found = rows.filter(pk=request_id).first()
    if found is None:
        raise NotFound("request_unknown")
    return found


def _now(request: ServiceRequest) -> datetime:
    """Now, or the last act's time where the machine's clock was set back."""
    last = request.records.order_by("-seq").values_list("at", flat=True).first()
    return clock.never_before(*([last] if last else []))
