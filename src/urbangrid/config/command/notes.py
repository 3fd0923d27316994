"""What the operating commands remember for the health page: last backup, last restore test, sizes by day.

One small JSON file in the data folder, replaced whole, and one file of JSON lines. Standard library only.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FILE = "operations.json"
SIZES = "sizes.jsonl"
RESTORATION = "restoration.json"
"""Read by ``audit.restorations``."""
SIZE_DAYS = 400
"""Lines kept of the sizes by day."""


def read(data: Path) -> dict[str, Any]:
    """Name → what happened last; empty where nothing did or the file cannot be read."""
    try:
        found = json.loads((data / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write(data: Path, name: str, content: Mapping[str, Any]) -> None:
    """Remember ``content`` under ``name`` with the present time as ``at`` (UTC, ISO 8601)."""
    with (data / f"{FILE}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a backup by hand and the worker's may end at once
        kept = read(data) | {name: {"at": datetime.now(UTC).isoformat(timespec="seconds"), **content}}
        replace(data / FILE, json.dumps(kept, ensure_ascii=False, indent=1))


def leave_restoration(data: Path, way: str, made_at: str, release: str) -> None:
    """Leave word that older data were put back (``way``: backup, upgrade): the next start puts it on the audit trail."""
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    replace(data / RESTORATION, json.dumps({"at": now, "made_at": made_at, "way": way, "release": release}))


def moment(entry: Mapping[str, Any] | None) -> datetime | None:
    """When that happened; None for nothing or an unreadable time."""
    try:
        found = datetime.fromisoformat(str((entry or {}).get("at")))
    except ValueError:
        return None
    return found if found.tzinfo else None


def replace(path: Path, text: str) -> None:
    """Write a file whole or not at all, readable by its owner alone."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def sizes(data: Path) -> list[dict[str, Any]]:
    """One row per day, oldest first: ``day``, ``used_bytes`` (database, files, backups). Torn lines are left out."""
    try:
        lines = (data / SIZES).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    rows = []
    for line in lines:
        try:
            row = json.loads(line)
            rows.append({"day": str(row["day"]), "used_bytes": int(row["used_bytes"])})
        except (ValueError, KeyError, TypeError):
            continue
    return rows


def add_size(data: Path, day: str, used_bytes: int) -> bool:
    """Keep the size of that day unless it is kept already; gives whether it was added."""
    rows = sizes(data)
    if rows and rows[-1]["day"] == day:
        return False
    rows = [*rows, {"day": day, "used_bytes": used_bytes}][-SIZE_DAYS:]
    replace(data / SIZES, "".join(json.dumps(row) + "\n" for row in rows))
    return True
