"""Time-ordered 64-bit identifiers.

Layout (63 bits used, so a signed BIGINT holds it): 41 bits of milliseconds since 2025-01-01 UTC, 10 bits of process, 12 bits of
serial. Ordered by time, so that tables partitioned by id keep a day's rows together (architecture §3.1), made without the database.
"""

from __future__ import annotations

import os
import secrets
import threading
import time
from datetime import UTC, datetime

EPOCH_MS = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp() * 1000)
PROCESS_BITS = 10
SERIAL_BITS = 12

_lock = threading.Lock()
_process = secrets.randbelow(1 << PROCESS_BITS)
_last_ms = 0
_serial = 0


def _forked() -> None:
    """A forked child must not repeat its parent's numbers."""
    global _process
    _process = secrets.randbelow(1 << PROCESS_BITS)


os.register_at_fork(after_in_child=_forked)


def new_id() -> int:
    """The next identifier of this process; strictly increasing here even when the machine's clock steps back."""
    global _last_ms, _serial
    with _lock:
        now_ms = max(time.time_ns() // 1_000_000 - EPOCH_MS, _last_ms)
        if now_ms == _last_ms:
            _serial += 1
            if _serial >= 1 << SERIAL_BITS:
                now_ms, _serial = now_ms + 1, 0
        else:
            _serial = 0
        _last_ms = now_ms
        return now_ms << (PROCESS_BITS + SERIAL_BITS) | _process << SERIAL_BITS | _serial


def id_at(moment: datetime) -> int:
    """The smallest identifier that can be made at ``moment`` (aware): the border of a partition or of a search by time."""
    return max(int(moment.timestamp() * 1000) - EPOCH_MS, 0) << (PROCESS_BITS + SERIAL_BITS)


def moment_of(identifier: int) -> datetime:
    """When an identifier was made, to the millisecond, by the clock of the machine that made it."""
    return datetime.fromtimestamp(((identifier >> (PROCESS_BITS + SERIAL_BITS)) + EPOCH_MS) / 1000, UTC)
