"""Photos of cases over HTTP, the same for every face: shown to who may see them, taken in from who works on them."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse, HttpRequest, JsonResponse

from urbangrid.cases import files_of
from urbangrid.core import files, limits
from urbangrid.core.errors import Refusal
from urbangrid.core.upload_guard import refuse_too_large
from urbangrid.organizations.acting import Acting

PRIVATE_DAY = "private, max-age=86400, immutable"
"""A photo never changes under its id; only the browser of who may see it keeps it."""


def photo(acting: Acting, file_id: int) -> FileResponse:
    """A stored photo, to who may read a report or case that holds it, or who sent it. Raises NotFound ``photo_unknown``."""
    stored = files_of.readable_file(acting, file_id)
    answer = FileResponse(files.path_of(stored.sha256).open("rb"), content_type=stored.media_type)
    answer["Cache-Control"] = PRIVATE_DAY
    answer["Content-Disposition"] = "inline"
    return answer


def thumb(acting: Acting, file_id: int) -> FileResponse:
    """The small picture of a photo. Raises NotFound ``photo_unknown``."""
    stored = files_of.readable_file(acting, file_id)
    answer = FileResponse(files.thumb_of(stored.sha256).open("rb"), content_type="image/jpeg")
    answer["Cache-Control"] = PRIVATE_DAY
    return answer


def upload(request: HttpRequest, acting: Acting) -> JsonResponse:
    """One photo in one request; it is kept without the metadata of its camera. Raises Refusal of limits and of the file."""
    limits.spend("upload.person", acting.user_id)
    sent = request.FILES.get("file")
    refuse_too_large(request)
    if not isinstance(sent, UploadedFile):
        raise Refusal("photo_unknown", status=422, field="files")
    with transaction.atomic():
        kept = files.store_photo(
            sent.file, name=sent.name or "photo", platform_id=acting.platform_id, owner_id=acting.user_id, zone=acting.zone  # type: ignore[arg-type]
        )  # fmt: skip
    return JsonResponse({"id": str(kept.pk), "name": kept.name, "width": kept.width_px, "height": kept.height_px})
