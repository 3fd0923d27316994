"""The limit on files that come with a form, kept while they arrive: no body of any length fills memory or disk."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from urbangrid.core.errors import Refusal


class SizeGuard(FileUploadHandler):
    """Stands before Django's own handlers: stops at the limit and lets the rest of the body run past, so that the answer is heard."""

    too_large: str = ""
    _seen = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._seen = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self._seen += len(raw_data)
        if self._seen > settings.UPLOAD_LIMIT_BYTES:
            self.too_large = self.file_name or "file"
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def refuse_too_large(request: HttpRequest) -> None:
    """After the form was read. Raises Refusal ``file_too_large`` (422) where the guard stopped a file."""
    guard = next((one for one in request.upload_handlers if isinstance(one, SizeGuard)), None)
    if guard is not None and guard.too_large:
        size_mb, limit_mb = int(request.META.get("CONTENT_LENGTH") or 0) // 2**20, settings.UPLOAD_LIMIT_BYTES // 2**20
        raise Refusal("file_too_large", status=422, field="file", name=guard.too_large, size_mb=size_mb, limit_mb=limit_mb)
