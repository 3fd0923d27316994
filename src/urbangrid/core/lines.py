"""Short histories as files of JSON lines, bounded in size: they can be written and read while the database is down.

Standard library only: the supervisor writes them too.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

LIMIT_BYTES = 1024 * 1024
"""Of one file; the one before it is kept as ``.1``, so that a history takes at most twice this."""


def append(path: Path, row: Mapping[str, Any], limit_bytes: int = LIMIT_BYTES) -> bool:
    """Add one line, by one write, so that lines of several processes never mix; false where the disk refuses it."""
    line = json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=str).encode() + b"\n"
    try:
        _turn_over(path, limit_bytes - len(line))
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            return os.write(handle, line) == len(line)
        finally:
            os.close(handle)
    except OSError:
        return False


def _turn_over(path: Path, most_bytes: int) -> None:
    """Begin a new file when this one is larger than ``most_bytes``; of several processes one does it."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        if os.fstat(handle).st_size <= most_bytes:
            return
        fcntl.flock(handle, fcntl.LOCK_EX)
        if os.path.samestat(os.fstat(handle), path.stat()):  # else another was faster
            path.replace(path.with_name(path.name + ".1"))
    finally:
        os.close(handle)


def newest_first(path: Path) -> Iterator[dict[str, Any]]:
    """Rows from the last to the first, the file before it too; torn lines are left out."""
    for one in (path, path.with_name(path.name + ".1")):
        try:
            written = one.read_bytes().splitlines()
        except OSError:
            continue
        for line in reversed(written):
            with suppress(ValueError):
                row = json.loads(line)
                if isinstance(row, dict):
                    yield row
