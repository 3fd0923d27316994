"""A backup on disk: a folder with the database dump, the stored files and a manifest that was written last.

``files.txt`` has one line per stored file: SHA-256, size in bytes, name. The manifest has the SHA-256 and size of every other
part and a digest of itself; a folder without a manifest, or with a torn one, is no backup.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from urbangrid.config.command import notes
from urbangrid.config.command.words import _, say

FORMAT = "urbangrid-backup-1"
MANIFEST = "manifest.json"
DUMP = "database.dump"
LIST = "files.txt"
FILES = "files"
STORED_NAME = re.compile(r"[0-9a-f]{64}(\.thumb)?")
BLOCK = 1024 * 1024
SILENCE_SECONDS = 10.0


@dataclass(frozen=True)
class Entry:
    """One file: SHA-256 and size."""

    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class Manifest:
    """What a backup holds; counts are those of the dump's own snapshot."""

    made_at: str
    """UTC, ISO 8601: the instant of the snapshot."""
    release: str
    server: str
    """Version of PostgreSQL, e.g. 15.18."""
    migrations: list[str]
    tables: dict[str, int]
    """Table → rows."""
    parts: dict[str, Entry]
    """Path in the backup → what it must be; the stored files stand in ``files.txt``."""
    files: int
    files_bytes: int
    missing: list[str]
    """SHA-256 of files that the database names and the data folder did not have."""
    damaged: list[str]
    """Names of stored files whose content was not the one of their name."""
    keys_digest: str
    """Says which key backup belongs to it."""
    demonstration: bool
    database_bytes: int
    seconds: float
    format: str = FORMAT

    @property
    def size_bytes(self) -> int:
        """Of all parts and files, hard-linked ones counted in full."""
        return sum(entry.size_bytes for entry in self.parts.values()) + self.files_bytes


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """The last file of a backup."""
    content = asdict(manifest)
    notes.replace(folder / MANIFEST, json.dumps(content | {"digest": _digest(content)}, ensure_ascii=False, indent=1))


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a whole backup, or None where there is none, or a torn or altered one."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if content.pop("digest") != _digest(content) or content["format"] != FORMAT:
            return None
        content["parts"] = {name: Entry(**entry) for name, entry in content["parts"].items()}
        return Manifest(**content)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def whole(folder: Path) -> list[Path]:
    """The whole backups under ``folder``, oldest first; ``folder`` itself where it is one."""
    if (folder / MANIFEST).exists():
        return [folder] if read_manifest(folder) else []
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.name[:1].isdigit() and read_manifest(path))


def stored(root: Path) -> Iterator[Path]:
    """Stored files and thumbnails under ``root``, in order of their names; files being written are left out."""
    if not root.is_dir():
        return
    for part in sorted(root.iterdir()):
        if part.is_dir():
            yield from sorted(path for path in part.iterdir() if STORED_NAME.fullmatch(path.name))


def read_list(path: Path) -> dict[str, Entry]:
    """Name → entry of a list of stored files."""
    found = {}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            sha256, size, name = line.split()
            found[name] = Entry(sha256, int(size))
    return found


def entry_of(path: Path) -> Entry:
    """SHA-256 and size of a file by reading it."""
    total, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            total.update(block)
            size += len(block)
    return Entry(total.hexdigest(), size)


def copy(origin: Path, target: Path) -> Entry:
    """Copy a file; what was read is hashed on the way."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    total, size = hashlib.sha256(), 0
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with origin.open("rb") as source, os.fdopen(handle, "wb") as out:
        while block := source.read(BLOCK):
            total.update(block)
            size += len(block)
            out.write(block)
    return Entry(total.hexdigest(), size)


def link_or_copy(origin: Path, target: Path) -> None:
    """A second name of the same bytes, or a copy where the file system has no hard links."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        os.link(origin, target)
    except OSError:
        shutil.copyfile(origin, target)


@dataclass
class Progress:
    """A line every ten seconds: nobody should wonder whether a long step hangs."""

    words: str
    total: int = 0
    """Of what is counted; 0: unknown."""
    done: int = 0
    _said: float = field(default_factory=time.monotonic)

    def step(self, count: int = 1) -> None:
        """So much more is done."""
        self.done += count
        if time.monotonic() - self._said >= SILENCE_SECONDS:
            self._said = time.monotonic()
            say("  …… {words} {done}/{total}", words=self.words, done=self.done, total=self.total or "?")


def faults(folder: Path, manifest: Manifest) -> list[str]:
    """Read everything that the manifest names; sentences about what is missing or altered."""
    found = []
    for name, entry in manifest.parts.items():
        found += _fault(folder / name, name, entry)
    if found:
        return found
    listed = read_list(folder / LIST)
    progress = Progress(_("核对文件"), len(listed))
    for name, entry in listed.items():
        found += _fault(folder / FILES / name[:2] / name, name, entry)
        progress.step()
    return found


def _fault(path: Path, name: str, entry: Entry) -> list[str]:
    try:
        if path.stat().st_size == entry.size_bytes and entry_of(path) == entry:
            return []
        return [_("{name} 与备份清单不符（内容已改变或损坏）").format(name=name)]
    except OSError as failure:
        return [_("{name} 读不出来：{failure}").format(name=name, failure=failure.strerror)]


def human(size_bytes: float) -> str:
    """A size for people."""
    for unit in ("B", "KB", "MB", "GB"):
        if size_bytes < 1024:
            return f"{size_bytes:.0f} {unit}" if unit in ("B", "KB") else f"{size_bytes:.1f} {unit}"
        size_bytes /= 1024
    return f"{size_bytes:.1f} TB"
