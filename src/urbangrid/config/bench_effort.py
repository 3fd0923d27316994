"""How much ``bench`` asks for: enough to measure, or, on a database of few cases, just enough to see that each command works."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Effort:
    """Numbers of one measurement. ``to_receive`` and ``to_dispatch`` are cases made beside the N, to be acted on."""

    requests: int
    warm: int
    page_requests: int
    waiting: int
    to_receive: int
    to_dispatch: int
    peer_cases: int
    rounds: int
    round_calls: int
    round_seconds: int
    seats: int
    message_seconds: int
    reports: int
    turns: int
    turn_requests: int


FULL = Effort(
    requests=500, warm=30, page_requests=200, waiting=300, to_receive=2600, to_dispatch=570, peer_cases=400, rounds=3, round_calls=500,
    round_seconds=4, seats=30, message_seconds=20, reports=60, turns=3, turn_requests=170,
)  # fmt: skip
TRIAL = Effort(
    requests=4, warm=1, page_requests=2, waiting=12, to_receive=60, to_dispatch=12, peer_cases=20, rounds=1, round_calls=8,
    round_seconds=1, seats=4, message_seconds=2, reports=2, turns=1, turn_requests=3,
)  # fmt: skip
MEASURED_FROM = 5_000
"""Cases; below, the figures say nothing."""


def effort(rows: int) -> Effort:
    """For a database of so many cases."""
    return FULL if rows >= MEASURED_FROM else TRIAL
