"""Who copies stored files and who removes them keep out of each other's way.

A photo that a backup's snapshot names must not go before it is copied.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = "files.lock"


@contextmanager
def copying(data: Path) -> Iterator[None]:
    """For a backup: nothing is removed inside the block; waits for a removal that is under way (minutes at most)."""
    with (data / NAME).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


@contextmanager
def removing(data: Path) -> Iterator[bool]:
    """For a purge: gives False, at once, while somebody copies; the purge is then left for the next time."""
    with (data / NAME).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
