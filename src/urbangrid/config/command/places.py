"""Where the parts of an installation lie. Standard library only: the bootstrap uses it before anything is installed."""

from __future__ import annotations

import os
import pwd
from importlib.util import find_spec
from pathlib import Path

SERVICE_USER = "urbangrid"
"""System user of all processes of an installation made by root."""
SYSTEM_STATE = Path("/var/lib/urbangrid")
SOURCE = Path(__file__).resolve().parents[3]
"""Folder that holds the package ``urbangrid``."""
CHECKOUT = SOURCE.parent
CACHE = CHECKOUT / ".cache"
"""What the command keeps between runs and may be deleted at any time."""
VENDOR = SOURCE / "urbangrid" / "ui" / "static" / "vendor"
"""Browser libraries, copied by the locked step."""

NOT_COPIED = {
    ".hypothesis",
    ".import_linter_cache",
    ".git",
    ".venv",
    ".cache",
    "node_modules",
    "vendor",
    "__pycache__",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
}
"""Folders of a checkout that are made by the command or by tools."""


def is_root() -> bool:
    """Whether this process may act for the whole machine."""
    return os.geteuid() == 0


def has_module(name: str) -> bool:
    """Whether this release contains the module ``name``; without importing it."""
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # its package does not exist either
        return False


def state_folder() -> Path:
    """State of the machine's installation for root, else of this person (XDG)."""
    if is_root():
        return SYSTEM_STATE
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "urbangrid"


def service_user() -> pwd.struct_passwd | None:
    """The system user made by the bootstrap, or None where it does not exist."""
    try:
        return pwd.getpwnam(SERVICE_USER)
    except KeyError:
        return None


def readable_for(path: Path, uid: int, gid: int) -> bool:
    """Whether this user can reach and read ``path`` by the permission bits of it and all folders above it."""
    path = path.resolve()
    for step in (path, *path.parents):
        try:
            status = step.stat()
        except OSError:
            return False
        shift = 6 if status.st_uid == uid else 3 if status.st_gid == gid else 0
        needed = 0b101 if step == path and step.is_dir() else 0b100 if step == path else 0b001
        if (status.st_mode >> shift) & needed != needed:
            return False
    return True
