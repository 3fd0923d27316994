"""The file of demonstration passwords: plain Python, so that ``up`` reads it without the database."""

from __future__ import annotations

import json
from pathlib import Path

FILE = "demo_accounts.json"
Kept = dict[str, dict[str, str]]


def read(data: Path) -> Kept:
    """Account -> password and post in words; empty where there is no made city."""
    path = data / "secrets" / FILE
    found: Kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def write(data: Path, kept: Kept) -> None:
    """Keep them, readable by the owner alone."""
    path = data / "secrets" / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")


def table(data: Path) -> list[tuple[str, str, str]]:
    """(post and person, account, password) of each shown account."""
    return [(one["post"], account, one["password"]) for account, one in read(data).items()]
