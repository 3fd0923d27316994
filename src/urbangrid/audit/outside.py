"""Tree heads outside the database: ``DATA/heads/YYYY-MM.jsonl``, and a second folder on another disk or machine if one is set.

Lines are appended and fsynced, never changed; only a line torn by a crash is cut off, since it was never whole. What the database has and
the file has not is written with the next sealing. A file whose newest head the database does not have is left as it is: the database is
older than the file, or another one, and a person must look (docs/topics/record.md). Only where a return to older data stands on the trail
(``audit.restorations``) and that head is of the line which was given up, the files are put aside and written anew.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from urbangrid.audit import heads, restorations
from urbangrid.audit.actions import note
from urbangrid.audit.heads import Head
from urbangrid.audit.models import Log, TreeHead
from urbangrid.core import clock
from urbangrid.core.files import sync

TAIL_BYTES = 8_192
"""More than any line has."""
CHUNK = 5_000
"""Heads written with one fsync."""

_log = logging.getLogger(__name__)


class CutOff(Exception):
    """The newest head of the file is not in the database."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a heads file; ``head`` is None when it holds none."""

    path: Path
    number: int
    head: Head | None


def folders() -> list[Path]:
    """The folder of the installation, then the second one if it is set."""
    return [Path(settings.HEADS_ROOT)] + ([Path(settings.HEADS_COPY)] if settings.HEADS_COPY else [])


def files(folder: Path) -> list[Path]:
    """The heads files of a folder, oldest first."""
    return sorted(folder.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9].jsonl"))


def abandoned(folder: Path) -> list[Path]:
    """The files that were put aside after a return to older data."""
    return sorted(folder.glob("abandoned-*/*.jsonl"))


def newest(folder: Path) -> Head | None:
    """The last whole head of a folder; None when it has none. Raises OSError, and ValueError when the last line is no head."""
    for path in reversed(files(folder)):
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - TAIL_BYTES, 0))
            whole = file.read().split(b"\n")[:-1]  # behind the last line feed lies nothing, or a torn line
        if whole:
            return heads.parse(whole[-1])
    return None


def read(path: Path) -> Iterator[Line]:
    """Every line of a heads file, the torn last one left out."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.endswith(b"\n"):
                try:
                    yield Line(path, number, heads.parse(line))
                except ValueError:
                    yield Line(path, number, None)


def write_out() -> None:
    """Bring every folder up to the database. What cannot be written is logged and tried again at the next sealing."""
    for folder in folders():
        try:
            _put_abandoned_aside(folder)
            append_missing(folder)
        except (OSError, ValueError) as error:
            _log.error("tree heads were not written to %s: %s", folder, error)
        except CutOff:
            _log.error("tree heads were not written to %s: its newest head is not in this database", folder)


def _put_abandoned_aside(folder: Path) -> None:
    """Heads of a line that was given up go into a folder of their own; what they ended with goes on the trail, and so into the log."""
    last = newest(folder)
    if last is None or TreeHead.objects.filter(hash=last.hash()).exists() or not last.is_signed():
        return
    if restorations.explaining(last, restorations.every()) is None:
        return
    aside = _aside(folder, "abandoned")  # a folder that cannot be written stops here, before the trail is told
    values = {"folder": str(folder), "size": last.size, "head": last.hash().hex(), "signed_at": f"{last.at:%Y-%m-%dT%H:%M:%SZ}"}
    note(None, "heads_put_aside", subject=f"heads:{last.size}", values=values)
    _move_files(folder, aside)


def append_missing(folder: Path) -> int:
    """Append the heads that the database has beyond the folder's newest; says how many. Raises OSError, ValueError, CutOff."""
    last = newest(folder)
    log = Log.objects.filter(pk=1).first()
    if last is not None and not TreeHead.objects.filter(hash=last.hash()).exists():
        raise CutOff
    done = 0
    while log is not None:
        rows = TreeHead.objects.filter(size__gt=last.size if last else -1).order_by("size")[:CHUNK]
        found = [heads.of_row(row, log.log_id) for row in rows]
        if not found:
            break
        _append(folder, found)
        last, done = found[-1], done + len(found)
    return done


def _append(folder: Path, found: list[Head]) -> None:
    """Each head into the file of its month; never into one before the newest, however the clock was set."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    present = files(folder)
    month = present[-1].stem if present else ""
    by_month: dict[str, list[bytes]] = {}
    for head in found:
        month = max(month, f"{head.at:%Y-%m}")
        by_month.setdefault(month, []).append(head.line())
    for name, lines in by_month.items():
        _append_lines(folder / f"{name}.jsonl", b"".join(lines))


def _append_lines(path: Path, lines: bytes) -> None:
    new = not path.exists()
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(handle).st_size
        tail = os.pread(handle, TAIL_BYTES, max(size - TAIL_BYTES, 0))
        torn = len(tail) - (tail.rfind(b"\n") + 1)
        if torn:
            os.ftruncate(handle, size - torn)
        written = 0
        while written < len(lines):
            written += os.write(handle, lines[written:])
        os.fsync(handle)
    finally:
        os.close(handle)
    if new:
        sync(path.parent)


def set_aside() -> None:
    """Put the heads of a log that is thrown away on purpose into a folder beside the files, where nobody compares them any more."""
    for folder in folders():
        if files(folder):
            _move_files(folder, _aside(folder, "ended"))


def _aside(folder: Path, word: str) -> Path:
    aside = folder / f"{word}-{clock.now():%Y%m%dT%H%M%SZ}"
    aside.mkdir(mode=0o700, exist_ok=True)
    return aside


def _move_files(folder: Path, aside: Path) -> None:
    for path in files(folder):
        path.rename(aside / path.name)
