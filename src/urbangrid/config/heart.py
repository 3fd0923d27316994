"""The worker's sign of life, and what only somebody who is always there notices: jumps of the clock, the state of each minute.

Every five seconds: 1. compare the wall clock with the machine's running time since the last beat, and write a jump down;
2. beat. Every minute: 3. look at all checks and keep what was not good (``history``), so that the health page can tell of the night.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from django.conf import settings

from urbangrid.config import probe
from urbangrid.core import beats, health_history, lines, stamps
from urbangrid.core.health_checks import EVENTS

BEAT_SECONDS = 5.0
SAMPLE_SECONDS = 60.0
JUMP_SECONDS = 5.0
"""A clock that is slewed differs by less between two beats."""


async def beat_on() -> None:
    """Beat until cancelled. A look that takes long delays no beat."""
    sampled_at = time.monotonic()
    sampling: asyncio.Task[None] | None = None
    while True:
        one_beat()
        if time.monotonic() - sampled_at >= SAMPLE_SECONDS and (sampling is None or sampling.done()):
            sampled_at = time.monotonic()
            sampling = asyncio.create_task(asyncio.to_thread(sample))
        await asyncio.sleep(BEAT_SECONDS)


def one_beat() -> None:
    """Notice a jump of the clock, then beat."""
    before, now = beats.last("worker"), stamps.stamp()
    if before is not None:
        jump = stamps.jump_seconds(before, now)
        if abs(jump) >= JUMP_SECONDS:
            row = now | {"event": "clock_jump", "seconds": round(jump, 1)}
            lines.append(Path(settings.LOGS_ROOT) / EVENTS, row)
    beats.beat("worker", at_once=True)


def sample() -> None:
    """Keep what is not good now, and the state for the menu."""
    seen = probe.seen()
    health_history.mark(seen.lines)
    health_history.keep(seen.lines)
