"""Files kept by their SHA-256. The bytes are on disk and fsynced before the row that names them can commit (architecture §3.1)."""

from __future__ import annotations

import hashlib
import io
import os
import time
import warnings
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from urbangrid.core import clock
from urbangrid.core.errors import Refusal, declare
from urbangrid.core.models import StoredFile
from urbangrid.core.picture_parts import is_picture_alone
from urbangrid.core.text import plain_name

declare(
    {
        "file_too_large": _("“%(name)s”有 %(size_mb)s MB，超过 %(limit_mb)s MB 上限，没有收下。请缩小后再传，已填内容不受影响。"),
        "file_not_photo": _("“%(name)s”不是照片（只收 JPEG、PNG、WebP），没有收下。请重新选择，已填内容不受影响。"),
        "file_not_pdf": _("“%(name)s”不是 PDF，没有收下。请选择 PDF 文件，已填内容不受影响。"),
        "file_empty": _("“%(name)s”是空文件，没有收下。请重新选择。"),
        "file_too_many_pixels": _("“%(name)s”的像素太多，无法安全打开，没有收下。请用手机原拍照片。"),
    }
)

PHOTO_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
SAVED_AS = {"MPO": "JPEG"}
"""Phones put several pictures into one file that begins as a JPEG; the first is the photo."""
HARMLESS = frozenset(
    ("jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "progressive", "progression", "gamma", "srgb", "interlace", "loop",
     "background", "aspect")
)  # fmt: skip
"""What may stand in a file's head without saying anything about who took the photo, where or when."""
TORN = "."
"""Begins the name of a file that is still being written."""
MAX_PIXELS = 80_000_000
THUMB_PX = 480
_EXIF_TAKEN = 36867  # DateTimeOriginal


@dataclass(frozen=True, slots=True)
class _Photo:
    data: bytes
    media_type: str
    width_px: int
    height_px: int
    taken_at: datetime | None
    thumb: bytes


def store_photo(stream: BinaryIO, *, name: str, platform_id: int, owner_id: int | None, zone: ZoneInfo) -> StoredFile:
    """Keep a photo: type found by content, orientation applied, metadata removed, a thumbnail beside it. Call inside a transaction.

    Raises Refusal ``file_too_large``, ``file_empty``, ``file_not_photo``, ``file_too_many_pixels`` (status 422); nothing is kept then.
    """
    name = plain_name(name)
    raw = _read(stream, name)
    photo = _open(raw, name, zone)
    digest = hashlib.sha256(photo.data).hexdigest()
    hold(digest)
    _write(path_of(digest), photo.data)
    _write(thumb_of(digest), photo.thumb)
    return StoredFile.objects.create(
        platform_id=platform_id, sha256=digest, size_bytes=len(photo.data), media_type=photo.media_type, name=name,
        width_px=photo.width_px, height_px=photo.height_px, taken_at=photo.taken_at,
        original_sha256=hashlib.sha256(raw).hexdigest(), owner_id=owner_id, created_at=clock.now(),
    )  # fmt: skip


KEPT = "kept"
"""State of a document that belongs to no case: the purge of photos never takes it."""


def store_pdf(stream: BinaryIO, *, name: str, platform_id: int, owner_id: int | None) -> StoredFile:
    """Keep a PDF as it was sent. Call inside a transaction. It is given out as a download alone: a PDF may hold scripts.

    Raises Refusal ``file_too_large``, ``file_empty``, ``file_not_pdf`` (status 422); nothing is kept then.
    """
    name = plain_name(name)
    raw = _read(stream, name)
    if not raw.startswith(b"%PDF-"):
        raise Refusal("file_not_pdf", status=422, field="pdf", name=name)
    digest = hashlib.sha256(raw).hexdigest()
    hold(digest)
    _write(path_of(digest), raw)
    return StoredFile.objects.create(
        platform_id=platform_id, sha256=digest, size_bytes=len(raw), media_type="application/pdf", name=name, original_sha256=digest,
        owner_id=owner_id, created_at=clock.now(), state=KEPT,
    )  # fmt: skip


_LOCK = 7301
"""Advisory locks on bytes; no other lock of two numbers begins so."""


def hold(digest: str, *, alone: bool = False) -> None:
    """Until the transaction ends nobody removes these bytes, or with ``alone`` nobody keeps them either.

    Without it, bytes sent again while the purge takes them would be found on the disk, acknowledged, and then removed: the purge cannot
    see a row that has not committed. Those who keep share the lock, so that they never wait for each other.
    """
    shared = "" if alone else "_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock{shared}(%s, hashtext(%s))", [_LOCK, digest])


def path_of(digest: str) -> Path:
    """Where the bytes of that SHA-256 lie."""
    return Path(settings.FILES_ROOT) / digest[:2] / digest


def thumb_of(digest: str) -> Path:
    """The small picture beside a photo, at most 480 px wide or high, JPEG."""
    return Path(settings.FILES_ROOT) / digest[:2] / f"{digest}.thumb"


def _read(stream: BinaryIO, name: str) -> bytes:
    limit = settings.UPLOAD_LIMIT_BYTES
    raw = stream.read(limit + 1)
    if len(raw) > limit:
        rest = len(raw) + sum(len(part) for part in iter(lambda: stream.read(1 << 20), b""))
        raise Refusal("file_too_large", status=422, field="files", name=name, size_mb=rest // 2**20, limit_mb=limit // 2**20)
    if not raw:
        raise Refusal("file_empty", status=422, field="files", name=name)
    return raw


def _open(raw: bytes, name: str, zone: ZoneInfo) -> _Photo:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(raw), formats=list(PHOTO_TYPES))
            if image.width * image.height > MAX_PIXELS:
                raise Refusal("file_too_many_pixels", status=422, field="files", name=name)
            media_type = PHOTO_TYPES[_form(image)]
            taken_at = _taken_at(image, zone)
            image.load()
            turned = image.getexif().get(ExifTags.Base.Orientation, 1) not in (0, 1)
            upright = ImageOps.exif_transpose(image) if turned else image
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, KeyError, Image.DecompressionBombError) as error:
        raise Refusal("file_not_photo", status=422, field="files", name=name) from error
    data = _clean(raw, image, upright)
    return _Photo(data, media_type, upright.width, upright.height, taken_at, _thumb(upright))


def _form(image: Image.Image) -> str:
    form = str(image.format)
    return SAVED_AS.get(form, form)


def _clean(raw: bytes, image: Image.Image, upright: Image.Image) -> bytes:
    """The bytes without metadata; a photo that carries none stays as it was sent, so that its quality does too."""
    form = _form(image)
    plain = image.info.keys() <= HARMLESS and form == image.format and upright.size == image.size
    if plain and is_picture_alone(raw, form):
        return raw
    out = io.BytesIO()
    keep = upright if form != "JPEG" or upright.mode == "RGB" else upright.convert("RGB")
    keep.info = {}
    keep.save(out, format=form, quality=90)
    return out.getvalue()


def _thumb(upright: Image.Image) -> bytes:
    """Made small first: a copy of a picture of 80 million pixels is 240 MB."""
    whole = upright if upright.mode in ("RGB", "L") else upright.convert("RGB")
    scale = min(1.0, THUMB_PX / max(whole.size))
    size = (max(1, round(whole.width * scale)), max(1, round(whole.height * scale)))
    small = whole.resize(size, reducing_gap=2.0).convert("RGB")
    small.info = {}
    out = io.BytesIO()
    small.save(out, format="JPEG", quality=80)
    return out.getvalue()


def _taken_at(image: Image.Image, zone: ZoneInfo) -> datetime | None:
    """The moment in the picture's own metadata, read in the platform's zone: cameras write local time without one."""
    exif = image.getexif()
    words = exif.get_ifd(ExifTags.IFD.Exif).get(_EXIF_TAKEN) or exif.get(306)
    try:
        return datetime.strptime(str(words), "%Y:%m:%d %H:%M:%S").replace(tzinfo=zone) if words else None
    except ValueError:
        return None


def _write(path: Path, data: bytes) -> None:
    """Write once, durable before it is named: temporary file, fsync, rename, fsync of the folders.

    Raises OSError (a full disk) and leaves nothing behind then; what a kill -9 leaves is removed by ``remove_torn``.
    """
    if path.exists():
        sync(path.parent)  # another process may have named it and not come to this line yet
        return
    if not path.parent.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        sync(path.parent.parent)
    part = path.with_name(f"{TORN}{path.name}.{os.getpid()}")
    try:
        with part.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(path: Path) -> None:
    """Put a file or the names in a folder on the disk: after a power cut they are as they are now."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_torn(keep_seconds: float = 24 * 3600) -> int:
    """Remove temporary files of processes that were killed while writing; says how many. Run by the worker."""
    border = time.time() - keep_seconds
    old = [part for part in Path(settings.FILES_ROOT).glob(f"*/{TORN}*") if part.stat().st_mtime < border]
    for part in old:
        part.unlink(missing_ok=True)
    return len(old)
