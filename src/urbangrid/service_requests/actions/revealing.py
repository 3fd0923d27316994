"""查看联系方式: contact data in clear, each look on record (case-rules 24)."""

from __future__ import annotations

from dataclasses import dataclass

from urbangrid.audit import actions as audit
from urbangrid.audit import personal
from urbangrid.core import limits
from urbangrid.core.errors import NotAllowed, NotFound, Refusal
from urbangrid.organizations.acting import Acting
from urbangrid.service_requests import queries
from urbangrid.service_requests.models import ServiceRequest


@dataclass(frozen=True, slots=True)
class Revealed:
    """Contact data in clear and what the citizen said, word for word; lives as long as the answer that shows it."""

    name: str
    phone: str
    address: str
    text: str


def reveal(acting: Acting, request_id: int, purpose: str, *, often: bool = False) -> Revealed:
    """查看联系方式: with a purpose, written to the audit trail in the same transaction (case-rules 24).

    More than thirty looks of a person in an hour are asked about (``reveal_often``); who says ``often`` goes on, on record, up to a
    limit that holds. Raises NotFound ``request_unknown``, NotAllowed ``reveal_not_allowed`` (on record too), Refusal
    ``request_without_contact`` or ``purpose_missing``, TooOften ``reveal_often`` and ``too_often``.
    """
    if not acting.may("reveal"):
        audit.note(acting, "reveal_refused", subject=f"request:{request_id}")
        raise NotAllowed("reveal_not_allowed", post=acting.post_name)
    found = ServiceRequest.objects.filter(pk=request_id, platform_id=acting.platform_id).first()
    if found is None or not queries.may_open(acting, found):
        raise NotFound("request_unknown")
    if found.contact_id is None:
        raise Refusal("request_without_contact", status=409)
    if not purpose.strip():
        raise Refusal("purpose_missing", status=422, field="purpose")
    _count_look(acting, request_id, often)
    shown = personal.reveal(acting, found.contact_id, purpose)
    return Revealed(shown.name, shown.phone, shown.address, found.text)


def _count_look(acting: Acting, request_id: int, often: bool) -> None:
    limits.spend("reveal_asked.person", acting.user_id)
    limit = limits.limit_of("reveal.person")
    number, seconds = limits.count(limit.name, acting.user_id) if limit.most else (0, 0)
    if number <= limit.most:
        return
    if not often:
        raise limits.TooOften("reveal_often", field="often", most=limit.most, period=limits.period_words(limit.seconds), seconds=seconds)
    audit.note(acting, "reveal_often", subject=f"request:{request_id}", values={"times": number})
