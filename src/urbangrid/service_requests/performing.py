"""One door for acts on a request, for pages and interface alike: the name of the act and what it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

from urbangrid.core.errors import NotFound
from urbangrid.organizations.acting import Acting
from urbangrid.service_requests import actions
from urbangrid.service_requests.actions.joining import NewCase
from urbangrid.service_requests.models import ServiceRequest


@dataclass(frozen=True, slots=True)
class ActInputs:
    """What acts need; each reads its own fields. Degrees are EPSG:4490."""

    note: str = ""
    case: str = ""
    reply: str = ""
    channel: str = ""
    result: str = ""
    reason: str = ""
    category_id: int | None = None
    description: str = ""
    place_text: str = ""
    longitude: float | None = None
    latitude: float | None = None
    urgent: bool = False
    concerned_unit_id: int | None = None
    appointment_id: int | None = None


FIELDS = frozenset(field.name for field in fields(ActInputs))
Act = Callable[[Acting, int, int, ActInputs], ServiceRequest]


def _leave(acting: Acting, request_id: int, seq: int, given: ActInputs) -> ServiceRequest:
    case_id = int(given.case) if given.case.isascii() and given.case.isdigit() and len(given.case) < 20 else 0
    return actions.leave_case(acting, request_id, seq, case_id, given.note)


def _open(acting: Acting, request_id: int, seq: int, given: ActInputs) -> ServiceRequest:
    case = NewCase(given.category_id, given.description, given.place_text, given.longitude, given.latitude, given.urgent)
    return actions.open_case(acting, request_id, seq, case)


ACTS: Mapping[str, Act] = {
    "join_case": lambda acting, number, seq, given: actions.join_case(acting, number, seq, given.case),
    "leave_case": _leave,
    "open_case": _open,
    "write_reply": lambda acting, number, seq, given: actions.write_reply(acting, number, seq, given.reply),
    "tell": lambda acting, number, seq, given: actions.tell(acting, number, seq, given.reply, given.channel),
    "follow_up": lambda acting, number, seq, given: actions.follow_up(acting, number, seq, given.result, given.note),
    "return_outside": lambda acting, number, seq, given: actions.return_outside(acting, number, seq, given.reason, given.note),
    "close": lambda acting, number, seq, given: actions.close(acting, number, seq, given.note),
    "make_confidential": lambda acting, number, seq, given: actions.make_confidential(acting, number, seq, given.concerned_unit_id),
    "name_handler": lambda acting, number, seq, given: actions.name_handler(acting, number, seq, given.appointment_id or 0),
    "dismiss_handler": lambda acting, number, seq, given: actions.dismiss_handler(acting, number, seq, given.appointment_id or 0),
    "note": lambda acting, number, seq, given: actions.note(acting, number, seq, given.note),
}


def perform(acting: Acting, request_id: int, seq: int, action: str, given: ActInputs) -> ServiceRequest:
    """Do one act. Raises NotFound ``request_unknown`` for an act there is not, else as the act itself."""
    if action not in ACTS:
        raise NotFound("request_unknown")
    return ACTS[action](acting, request_id, seq, given)
