"""Files that arrive in parts: a slow telephone holds no web process, and what arrived survives any restart.

Each upload is two files in ``settings.UPLOADS_ROOT/<owner>``: ``<key>.json`` (name and size) and ``<key>.part``, whose
length is the offset. A part is on disk (fsync) before it is acknowledged. Sizes are bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from urbangrid.core import files
from urbangrid.core.errors import MovedOn, NotFound, Refusal
from urbangrid.live import sentences
from urbangrid.live.tokens import UploadToken

__all__ = ["sentences"]  # the refusals below are worded there

PART_BYTES = 256 * 1024
MOST_OPEN = 60
"""Unfinished uploads of one person; more would fill the disk unseen."""
KEEP_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Upload:
    """One file on its way."""

    part: Path
    name: str
    size_bytes: int

    @property
    def offset(self) -> int:
        """Bytes that are safely here."""
        return self.part.stat().st_size

    @property
    def is_complete(self) -> bool:
        return self.offset == self.size_bytes


def begin(token: UploadToken) -> Upload:
    """Start an upload, or find it again: the same client id of the same person is the same file.

    Raises Refusal ``upload_too_many`` (429).
    """
    part, about = _paths(token.owner_id, token.client_id)
    if about.exists():
        known = find(token.owner_id, token.client_id)
        if known.size_bytes == token.size_bytes:
            return known
        discard(token.owner_id, token.client_id)  # another file took this id before it was finished
    if not part.parent.exists():
        part.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        files.sync(part.parent.parent)
        files.sync(part.parent.parent.parent)  # the first upload of all makes the root too
    count = len(list(part.parent.glob("*.json")))
    if count >= MOST_OPEN:
        raise Refusal("upload_too_many", status=429, count=count)
    part.touch(mode=0o600)
    draft = about.with_suffix(".new")
    draft.write_text(json.dumps({"name": token.name, "size": token.size_bytes}))
    files.sync(draft)
    draft.replace(about)
    files.sync(part.parent)
    return Upload(part, token.name, token.size_bytes)


def find(owner_id: int, client_id: str) -> Upload:
    """The upload of that person. Raises NotFound ``upload_unknown``."""
    part, about = _paths(owner_id, client_id)
    try:
        known = json.loads(about.read_text())
    except FileNotFoundError as error:
        raise NotFound("upload_unknown") from error
    return Upload(part, known["name"], known["size"])


def append(upload: Upload, offset: int, data: bytes) -> int:
    """Add a part and give the new offset; durable when this returns.

    Raises MovedOn ``upload_offset_wrong`` unless the part begins where the file ends, Refusal ``upload_beyond_end``.
    """
    here = upload.offset
    if offset != here:
        raise MovedOn("upload_offset_wrong", offset=here)
    if here + len(data) > upload.size_bytes:
        raise Refusal("upload_beyond_end", status=422)
    try:
        with upload.part.open("ab") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
    except OSError:
        os.truncate(upload.part, here)  # a torn part would count as received; the disk may be full, but this gives space back
        raise
    return here + len(data)


def discard(owner_id: int, client_id: str) -> None:
    """Remove an upload: it became a stored file, or another took its place."""
    for path in _paths(owner_id, client_id):
        path.unlink(missing_ok=True)


def remove_old(keep_seconds: float = KEEP_SECONDS, now: float | None = None) -> int:
    """Remove uploads that got no part for a day; says how many. Run by the worker."""
    border = (time.time() if now is None else now) - keep_seconds
    removed = 0
    root = Path(settings.UPLOADS_ROOT)
    for part in root.glob("*/*.part") if root.exists() else ():
        if part.stat().st_mtime < border:
            part.with_suffix(".json").unlink(missing_ok=True)
            part.unlink(missing_ok=True)
            removed += 1
    return removed


def _paths(owner_id: int, client_id: str) -> tuple[Path, Path]:
    key = hashlib.sha256(client_id.encode()).hexdigest()[:40]
    folder = Path(settings.UPLOADS_ROOT) / str(int(owner_id))
    return folder / f"{key}.part", folder / f"{key}.json"
