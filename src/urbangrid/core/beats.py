"""Signs of life: a process writes a small file every few seconds, the health page reads how old it is.

Files, not rows: the sign of life of a process must not depend on the database. Written in place, so that a full disk does not
stop them; their age is counted by the machine's running time, so that a jump of the clock does not age them.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings

from urbangrid.core import stamps

PAUSE_SECONDS = 2.0
"""A beat is written at most this often."""
_LENGTH = 1000
"""Bytes; fixed, so that a beat is written over the one before."""
_written: dict[str, float] = {}


def path_of(name: str) -> Path:
    """Where the sign of life of ``name`` lies."""
    return Path(settings.HEALTH_ROOT) / f"{name}.beat"


def beat(name: str, *, at_once: bool = False, **details: Any) -> None:
    """``name`` lives; ``details`` is a little more about it. Never fails: a disk that refuses shows as an old beat."""
    now = time.monotonic()
    if not at_once and now - _written.get(name, float("-inf")) < PAUSE_SECONDS:
        return
    _written[name] = now
    path = path_of(name)
    line = json.dumps(stamps.stamp() | details, ensure_ascii=False).encode()[:_LENGTH].ljust(_LENGTH) + b"\n"
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.pwrite(handle, line, 0)
        finally:
            os.close(handle)


def last(name: str) -> dict[str, Any] | None:
    """The stamp and details of the last beat; None when there was none."""
    try:
        found = json.loads(path_of(name).read_bytes())
        stamps.moment(found)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return dict(found)


def age_seconds(name: str) -> float | None:
    """Seconds since the last beat; None when there was none."""
    found = last(name)
    return None if found is None else stamps.age_seconds(found)
