"""What may happen to a request of a citizen, and what follows from it. Plain rules, without a database (case-rules 5).

open 办理中 → to_reply 待答复 (the words stand, nobody has told her) → replied 待回访 → closed 已办结; returned 已退单.
"""

from __future__ import annotations

from datetime import datetime

OPEN, TO_REPLY, REPLIED, CLOSED, RETURNED = "open", "to_reply", "replied", "closed", "returned"
STATES = (OPEN, TO_REPLY, REPLIED, CLOSED, RETURNED)
ENDED = frozenset({CLOSED, RETURNED})
KINDS = ("complaint", "consult", "help", "suggestion", "praise")
TO_THE_DESK = frozenset({"complaint", "help"})
"""Kinds that become a report for the seat agents' desk; the others do when a category is given."""
CHANNELS = ("phone", "sms", "mail", "wechat", "web", "letter", "visit")
CALL_RESULTS = ("satisfied", "dissatisfied", "not_reached")

_UNENDED = frozenset({OPEN, TO_REPLY, REPLIED})
MOVES: dict[str, frozenset[str]] = {
    "join_case": _UNENDED,
    "leave_case": _UNENDED,
    "open_case": frozenset({OPEN}),
    "write_reply": frozenset({OPEN, TO_REPLY}),
    "tell": frozenset({OPEN, TO_REPLY}),
    "follow_up": frozenset({REPLIED}),
    "return_outside": frozenset({OPEN}),
    "close": frozenset({OPEN, TO_REPLY}),
    "make_confidential": frozenset({OPEN}),
    "name_handler": _UNENDED,
    "dismiss_handler": _UNENDED,
    "note": _UNENDED,
}
"""Act → states it is possible in."""


def goes_to_desk(kind: str, *, has_category: bool, confidential: bool, answered: bool, joined: bool) -> bool:
    """Whether registering makes a report: not what is answered on the spot, joined to an open case, or confidential."""
    if confidential or answered or joined:
        return False
    return kind in TO_THE_DESK or has_category


def after_telling(*, follow_up: bool, has_contact: bool) -> str:
    """Told: she is called back where the source asks for it and a number was left."""
    return REPLIED if follow_up and has_contact else CLOSED


def after_call(result: str, calls: int, most: int) -> tuple[str, str]:
    """State and closing kind after a call-back; ``calls`` counts this one. Not reached ``most`` times ends it, on record as such."""
    if result == "satisfied":
        return CLOSED, "answered"
    if result == "dissatisfied":
        return OPEN, ""
    return (CLOSED, "unreached") if calls >= most else (REPLIED, "")


def of_this_round(rounds: int, round_at: datetime | None, ended_at: datetime | None) -> bool:
    """Whether what ended then answers the present round. In the first one everything does: a request joins no case that has ended, and a
    clock that was set back between its registering and the end must not leave it without an answer."""
    return rounds == 1 or round_at is None or (ended_at is not None and ended_at >= round_at)


def may_return(now: datetime, until: datetime | None, rounds: int) -> bool:
    """退单: inside the window of its source, and only before anything was answered."""
    return until is not None and now <= until and rounds == 1
