"""Nightly backup, weekly restore test and the sizes by day: the worker's jobs that run the operating commands.

The commands run as processes of their own with low priority: a backup of hours must not hold the worker's memory, and a killed
one leaves only a folder without a manifest, which is no backup.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from urbangrid.config.command import archive, notes, processes
from urbangrid.core import clock

NICE = 10
LONGEST = timedelta(hours=12)
"""A command that takes longer is ended: something holds it, and the next night must not wait for it too."""
_log = logging.getLogger(__name__)


def due(now: datetime, last: datetime | None, hour: int) -> bool:
    """Whether the backup of the last ``hour`` o'clock (zone of ``now``) is still to be made: a machine that was off makes it later."""
    at = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    scheduled = at if at <= now else at - timedelta(days=1)
    return last is None or last < scheduled


def nightly() -> str:
    """Back up when the hour has passed; then test restoring when that is due. Gives what was done."""
    if settings.BACKUP_HOUR is None:
        return ""
    data = Path(settings.DATA)
    now = clock.machine().astimezone(ZoneInfo(settings.TIME_ZONE))
    kept = notes.read(data)
    tried = notes.moment(kept.get("backup_try")) if kept.get("backup_try", {}).get("ended") else None
    last = notes.moment(kept.get("backup"))
    if not due(now, max(filter(None, (last, tried)), default=None), settings.BACKUP_HOUR):
        return ""
    notes.write(data, "backup_try", {"ended": False})  # cut off with the worker (``down``), it is made in the next hour
    keys = [] if os.environ.get("URBANGRID_BACKUP_PASSPHRASE_FILE") else ["--without-keys"]
    done = _run(data, "backup", *keys)
    notes.write(data, "backup_try", {"ended": True})  # a failed one is shown on the health page, not repeated every hour
    if done == 0 and restore_test_due(now, kept):
        return f"backup, restore test {_run(data, 'restore', '--test')}"
    return f"backup {done}"


def restore_test_due(now: datetime, kept: dict[str, dict[str, object]]) -> bool:
    """Whether the last restore test that ended is older than its setting; 0 days: never by itself."""
    entry = kept.get("restore_test", {})
    last = None if "pid" in entry else notes.moment(entry)  # begun and cut off: it did not end
    days = settings.RESTORE_TEST_DAYS
    return bool(days) and (last is None or now - last >= timedelta(days=days) - timedelta(hours=1))


def _run(data: Path, *words: str) -> int:
    """One command of this platform to its end; its words go to the worker's log."""

    def prepare_child() -> None:
        processes.die_with_parent()
        os.nice(NICE)

    command = [sys.executable, "-P", "-m", "urbangrid", *words, "--data", str(data)]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, preexec_fn=prepare_child,
            timeout=LONGEST.total_seconds(),
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        hours = LONGEST // timedelta(hours=1)
        notes.write(data, "backup_failure", {"folder": "", "why": _("%(hours)s 小时没有完成，已中止") % {"hours": hours}})
        raise
    for line in (done.stdout + done.stderr).splitlines():
        _log.info("%s: %s", words[0], line)
    return done.returncode


def record_size() -> int:
    """Once a day, keep how much database, files and backups take: the health page tells from it when the disk is full."""
    data = Path(settings.DATA)
    day = clock.machine().astimezone(ZoneInfo(settings.TIME_ZONE)).date().isoformat()
    rows = notes.sizes(data)
    if rows and rows[-1]["day"] == day:
        return 0
    return int(notes.add_size(data, day, used_bytes(data)))


def used_bytes(data: Path) -> int:
    """Bytes of the database and of everything else in the data folder; hard links count once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        total = int(cursor.fetchone()[0])
    seen: set[int] = set()
    for folder, folders, names in os.walk(data):
        if Path(folder) == data:
            folders[:] = [name for name in folders if name not in ("postgres", "upgrade", "restoring")]
        for name in names:
            try:
                status = (Path(folder) / name).lstat()
            except FileNotFoundError:
                continue
            if status.st_nlink == 1 or status.st_ino not in seen:
                seen.add(status.st_ino)
                total += status.st_size
    return total


def describe(size_bytes: float) -> str:
    """A size in words."""
    return archive.human(size_bytes)
