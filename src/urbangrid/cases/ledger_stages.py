"""How long a case was in each stage, from its record (HD-3.1.2g). Plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime


def stage_seconds(
    stage_of: Mapping[str, str], first: str, begun_at: datetime, moves: Iterable[tuple[datetime, str]], until: datetime
) -> dict[str, int]:
    """Stage → natural seconds (nights and holidays with them) from ``begun_at`` to ``until``, summed over all visits.

    ``moves``: instant and state reached, in order. ``stage_of``: state → stage; a state of no stage goes on in the stage it was reached
    from, so that the sums add up to the whole. ``first``: the stage at the beginning.
    """
    found: dict[str, int] = {}
    stage, since = first, begun_at
    for at, state in moves:
        at = min(max(at, since), until)
        found[stage] = found.get(stage, 0) + int((at - since).total_seconds())
        stage, since = stage_of.get(state, stage), at
    found[stage] = found.get(stage, 0) + max(int((until - since).total_seconds()), 0)
    return found
