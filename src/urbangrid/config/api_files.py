"""JSON interface of photos: sending one, seeing one."""

from __future__ import annotations

import hashlib
from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse, HttpRequest
from django.utils.translation import gettext_noop as N_
from ninja import Router, Schema, Status
from pydantic import Field

from urbangrid.cases import files_of
from urbangrid.cases.actions.inputs import LABELS
from urbangrid.cases.api import Key
from urbangrid.cases.api_schemas import Id, acting_of, faults
from urbangrid.core import files, limits
from urbangrid.core.errors import Refusal
from urbangrid.core.idempotency import once
from urbangrid.core.models import StoredFile
from urbangrid.core.upload_guard import refuse_too_large

router = Router(tags=[N_("照片")])


class FileOut(Schema):
    """A stored photo; use ``file_id`` in ``files`` of a report or an action."""

    file_id: Id
    name: str
    media_type: str = Field(examples=["image/jpeg"], description=N_("按内容判定，不看文件名"))
    size_bytes: int
    width_px: int
    height_px: int
    sha256: str


UPLOAD_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary", "description": N_("JPEG、PNG 或 WebP")}},
                }
            }
        },
    }
}


@router.post("/uploads", response={201: FileOut, **faults(409, 422, 429)}, summary=N_("传照片"), openapi_extra=UPLOAD_BODY)
def upload(request: HttpRequest, idempotency_key: Key = "") -> Status[FileOut]:
    """One photo as form field ``file``. Metadata such as the place are removed; the type is found by content, never by name.

    With a key a photo that is sent again after a broken line is kept once.
    """
    acting = acting_of(request)
    limits.spend("upload.person", acting.user_id)
    sent = request.FILES.get("file")
    refuse_too_large(request)
    if not isinstance(sent, UploadedFile) or sent.file is None:
        raise Refusal("input_missing", status=422, field="file", label=LABELS["files"])
    stream = cast(BinaryIO, sent.file)
    digest = hashlib.file_digest(stream, "sha256").hexdigest() if idempotency_key else ""  # type: ignore[arg-type]  # Django's is readable
    stream.seek(0)

    def act() -> dict[str, Any]:
        kept = files.store_photo(
            stream, name=sent.name or "photo", platform_id=acting.platform_id, owner_id=acting.user_id, zone=acting.zone
        )
        return {"file": str(kept.pk)}

    with transaction.atomic():
        done = once(actor_id=acting.user_id, key=idempotency_key, body={"upload": digest}, act=act)
        kept = StoredFile.objects.get(pk=int(done["file"]))
    return Status(201, _file_out(kept))


def _file_out(kept: StoredFile) -> FileOut:
    return FileOut(
        file_id=kept.pk, name=kept.name, media_type=kept.media_type, size_bytes=kept.size_bytes, width_px=kept.width_px or 0,
        height_px=kept.height_px or 0, sha256=kept.sha256,
    )  # fmt: skip


BYTES = {"schema": {"type": "string", "format": "binary"}}
PICTURE: dict[str, Any] = {"responses": {200: {"description": N_("照片"), "content": {"image/*": BYTES}}}}


@router.get("/files/{file_id}", response={200: None, **faults(404)}, summary=N_("看照片"), openapi_extra=PICTURE)
def see(request: HttpRequest, file_id: Id) -> FileResponse:
    """A photo, to its sender and to who may read a report or case that holds it."""
    stored = files_of.readable_file(acting_of(request), file_id)
    return _answer(FileResponse(files.path_of(stored.sha256).open("rb"), content_type=stored.media_type))


@router.get("/files/{file_id}/thumb", response={200: None, **faults(404)}, summary=N_("看小图"), openapi_extra=PICTURE)
def see_thumb(request: HttpRequest, file_id: Id) -> FileResponse:
    """The small picture of a photo, at most 480 px wide or high."""
    stored = files_of.readable_file(acting_of(request), file_id)
    return _answer(FileResponse(files.thumb_of(stored.sha256).open("rb"), content_type="image/jpeg"))


def _answer(response: FileResponse) -> FileResponse:
    """Kept by this browser alone: the next reader's right is looked at anew."""
    response["Cache-Control"] = "private, max-age=86400"
    response["Content-Disposition"] = "inline"
    return response
