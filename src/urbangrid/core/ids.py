"""Time-ordered 64-bit identifiers.

Layout (63 bits used, so a signed BIGINT holds it): 41 bits of milliseconds since 2025-01-01 UTC, 10 bits of process, 12 bits of
serial. Ordered by time, so that tables partitioned by id keep a day's rows together (architecture §3.1), made without the database.

No two are equal, whatever happens to processes and to the machine's clock:

1. Each process holds one number of ``settings.ID_NUMBERS`` alone, by a lock on its eight bytes of ``DATA/ids``; the kernel frees it
   however the process ends. Machines that share one database are given ranges that do not meet.
2. These eight bytes say up to which millisecond the number was used. A process writes them before it goes on, a few seconds ahead, so
   that whoever takes the number later begins behind, also when the clock was set back meanwhile. The mark is on the disk (fdatasync)
   before the first identifier that rests on it is given, so that a power failure takes no mark back; about a millisecond in five seconds.
3. Within a process the millisecond never falls; when the clock steps back it goes on from where it was, without waiting.

The time in them is the machine's, or a demonstration's where its clock runs ahead (``clock.shift``): searches by ``id_at`` hold for both.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from urbangrid.core import clock

EPOCH_MS = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp() * 1000)
PROCESS_BITS = 10
SERIAL_BITS = 12
MILLISECOND = timedelta(milliseconds=1)
AHEAD_MS = 5_000
"""How far a process marks its number as used: one small write in that time."""
_MARK = struct.Struct("<q")

_lock = threading.Lock()
_number = 0
_file: int | None = None
"""Open as long as the process lives: closing it would free the number."""
_last_ms = 0
_serial = 0
_marked_ms = 0
"""The number is marked as used up to here (not included)."""


def _forked() -> None:
    """A forked child must not repeat its parent's numbers; the lock on them is not inherited."""
    global _lock, _file, _marked_ms
    _lock = threading.Lock()
    if _file is not None:
        os.close(_file)  # frees nothing of the parent's
    _file, _marked_ms = None, 0


os.register_at_fork(after_in_child=_forked)


def new_id() -> int:
    """The next identifier of this process; strictly increasing here even when the machine's clock steps back.

    Raises OSError when the number cannot be marked any more (a full or unwritable disk).
    """
    global _last_ms, _serial
    with _lock:
        now_ms = max(time.time_ns() // 1_000_000 + clock.shift() // MILLISECOND - EPOCH_MS, _last_ms)
        serial = _serial + 1 if now_ms == _last_ms else 0
        if serial >= 1 << SERIAL_BITS:
            now_ms, serial = now_ms + 1, 0
        if now_ms >= _marked_ms:
            marked = _mark(now_ms)
            now_ms, serial = marked, serial if marked == now_ms else 0
        _last_ms, _serial = now_ms, serial
        return now_ms << (PROCESS_BITS + SERIAL_BITS) | _number << SERIAL_BITS | serial


def id_at(moment: datetime) -> int:
    """The smallest identifier that can be made at ``moment`` (aware): the border of a partition or of a search by time."""
    return max(int(moment.timestamp() * 1000) - EPOCH_MS, 0) << (PROCESS_BITS + SERIAL_BITS)


def moment_of(identifier: int) -> datetime:
    """When an identifier was made, to the millisecond, by the clock that ``new_id`` goes by."""
    return datetime.fromtimestamp(((identifier >> (PROCESS_BITS + SERIAL_BITS)) + EPOCH_MS) / 1000, UTC)


def begin_behind(identifier: int | None) -> bool:
    """For a folder without marks, as after a restore: every number counts as used up to an identifier that the database holds.

    Called before other processes start; false when marks are there already, which know better.
    """
    path = Path(settings.DATA) / "ids"
    if path.exists():
        return False
    used_ms = (identifier or 0) >> (PROCESS_BITS + SERIAL_BITS)
    handle = _open(path)
    try:
        os.pwrite(handle, _MARK.pack(used_ms + 1) * (1 << PROCESS_BITS), 0)
        os.fdatasync(handle)
    finally:
        os.close(handle)
    return True


def _mark(now_ms: int) -> int:
    """Mark this process's number as used from ``now_ms`` on; the first time take one. Gives the millisecond to go on with."""
    global _number, _file, _marked_ms
    if _file is None:
        handle = _open(Path(settings.DATA) / "ids")
        try:
            _number, used_ms = _take(handle, now_ms)
        except BaseException:
            os.close(handle)
            raise
        _file, now_ms = handle, max(now_ms, used_ms)
    os.pwrite(_file, _MARK.pack(now_ms + AHEAD_MS), _number * _MARK.size)
    os.fdatasync(_file)
    _marked_ms = now_ms + AHEAD_MS
    return now_ms


def _open(path: Path) -> int:
    """The file of marks, whole from the first moment, so that a disk that fills up later does not matter to it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    size = _MARK.size << PROCESS_BITS
    if os.fstat(handle).st_size < size:
        os.posix_fallocate(handle, 0, size)
        os.fsync(handle)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # else the file itself may be gone after a power failure
        finally:
            os.close(folder)
    return handle


def _take(handle: int, now_ms: int) -> tuple[int, int]:
    """A free number and up to where it was used: the first that lies in the past, else the one nearest to it.

    Raises OSError when every number is held.
    """
    first, last = settings.ID_NUMBERS
    marks = {number: _used(handle, number) for number in range(first, last + 1)}
    for number in sorted(marks, key=lambda one: (max(marks[one] - now_ms, 0), one)):
        with suppress(BlockingIOError, PermissionError):
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, _MARK.size, number * _MARK.size)
            used_ms = _used(handle, number)  # read again: whoever had it may have gone on since
            if used_ms <= max(now_ms, marks[number]):
                return number, used_ms
            fcntl.lockf(handle, fcntl.LOCK_UN, _MARK.size, number * _MARK.size)
    raise OSError(errno.EAGAIN, f"all numbers {first}-{last} for identifiers are held by running processes")


def _used(handle: int, number: int) -> int:
    read = os.pread(handle, _MARK.size, number * _MARK.size)
    return int(_MARK.unpack(read)[0]) if len(read) == _MARK.size else 0
