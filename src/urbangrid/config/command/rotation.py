"""Keeps log files small while processes go on writing to them, without asking the processes and without losing a line.

The writers hold the file open for appending. What is old is copied to ``NAME.log.1`` (and that before to ``.2`` …) and then cut off
the front of the file by the kernel (FALLOC_FL_COLLAPSE_RANGE: ext4, XFS), whole blocks only; what is written meanwhile stays behind it.
Where the file system cannot do that, the rest is copied until nothing is new and the file is emptied: a line written in that instant
can be lost.
"""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress
from pathlib import Path

LIMIT_BYTES = 20 * 1024 * 1024
KEPT = 5
"""Old files of each log: with the present one at most 120 MB."""
COLLAPSE_RANGE = 0x08
_CHUNK = 1024 * 1024


def rotate(path: Path, limit_bytes: int = LIMIT_BYTES) -> bool:
    """Move the old part of a log away when it is larger than ``limit_bytes``; whether it did. A full disk is no reason to fail."""
    try:
        if path.stat().st_size <= limit_bytes:
            return False
        handle = os.open(path, os.O_RDWR)
        try:
            _shift(path)
            _cut(handle, path.with_name(path.name + ".1"))
        finally:
            os.close(handle)
    except OSError:
        return False
    return True


def _shift(path: Path) -> None:
    for number in range(KEPT - 1, 0, -1):
        with suppress(FileNotFoundError):
            path.with_name(f"{path.name}.{number}").replace(path.with_name(f"{path.name}.{number + 1}"))


def _cut(handle: int, old: Path) -> None:
    status = os.fstat(handle)
    whole = status.st_size - status.st_size % status.st_blksize
    target = os.open(old, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        _copy(handle, target, 0, whole)
        if _collapse(handle, whole):
            return
        reached = whole
        while (size := os.fstat(handle).st_size) > reached:
            _copy(handle, target, reached, size)
            reached = size
        os.ftruncate(handle, 0)
    except OSError:
        old.unlink(missing_ok=True)  # half a copy would only take room
        if os.fstat(handle).st_size > 4 * LIMIT_BYTES:
            os.ftruncate(handle, 0)  # the disk is full, and this file may be why
        raise
    finally:
        os.close(target)


def _copy(source: int, target: int, begin: int, end: int) -> None:
    while begin < end:
        part = os.pread(source, min(_CHUNK, end - begin), begin)
        if not part:
            return
        os.write(target, part)
        begin += len(part)


def _collapse(handle: int, length: int) -> bool:
    """Take ``length`` bytes off the front at once, whoever writes at the end; false where the file system cannot."""
    library = ctypes.CDLL(None, use_errno=True)
    try:
        fallocate = library.fallocate64
    except AttributeError:
        return False
    fallocate.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64)
    return bool(fallocate(handle, COLLAPSE_RANGE, 0, length) == 0)
