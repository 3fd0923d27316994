"""诉求 come in, are handled and answered: writing of this package."""

from __future__ import annotations

from urbangrid.service_requests.actions.answering import answer, close, follow_up, return_outside, tell, write_reply
from urbangrid.service_requests.actions.batching import Batch, RoadCase, make_road_case, make_single
from urbangrid.service_requests.actions.entrusting import dismiss_handler, make_confidential, name_handler
from urbangrid.service_requests.actions.joining import join_case, leave_case, link, note, open_case, unlink
from urbangrid.service_requests.actions.registering import Contact, Registration, register
from urbangrid.service_requests.actions.revealing import Revealed, reveal

__all__ = [
    "Batch", "Contact", "Registration", "Revealed", "RoadCase", "answer", "close", "dismiss_handler", "follow_up", "join_case",
    "leave_case", "link", "make_confidential", "make_road_case", "make_single", "name_handler", "note", "open_case", "register",
    "return_outside", "reveal", "tell", "unlink", "write_reply",
]  # fmt: skip
