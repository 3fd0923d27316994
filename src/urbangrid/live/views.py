"""Tokens for the live process, and the end of an upload, where it becomes a stored file. All answers are JSON."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from urbangrid.core import files, limits
from urbangrid.core.errors import MovedOn, Refusal
from urbangrid.core.idempotency import once
from urbangrid.core.platforms import platform_of
from urbangrid.live import context, tokens, uploads
from urbangrid.live.topics import Holder

CLIENT_ID_LENGTH = 64


def _for_acting(view: Callable[[HttpRequest, Holder], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Call the view with the acting post; refusals become JSON, a stranger gets 401."""

    @wraps(view)
    def checked(request: HttpRequest) -> HttpResponse:
        acting: Holder | None = getattr(request, "acting", None)
        try:
            if acting is None:
                raise Refusal("live_sign_in", status=401)
            return view(request, acting)
        except Refusal as refusal:
            return _refused(refusal)

    return checked


def _refused(refusal: Refusal) -> JsonResponse:
    values = {name: value if isinstance(value, int | str) else str(value) for name, value in refusal.values.items()}
    words = {"code": refusal.code, "sentence": refusal.sentence(), "field": refusal.field, "values": values}
    answer = JsonResponse(words, status=refusal.status)
    if refusal.status == 429 and "seconds" in values:
        answer["Retry-After"] = str(values["seconds"])
    return answer


@require_GET
@never_cache
@_for_acting
def token(request: HttpRequest, acting: Holder) -> HttpResponse:
    """GET /live/token[?previous=…]: a new token; topics of the previous one of the same post are taken over.

    A page proved its right to them when it was drawn, and they only say that something moved on.
    """
    kept: tuple[str, ...] = ()
    if previous := request.GET.get("previous", ""):
        try:
            old = tokens.read_stream(previous, grace_seconds=tokens.RENEWABLE_SECONDS)
        except tokens.TokenWrong:
            old = None
        if old and (old.user_id, old.appointment_id) == (acting.user_id, acting.appointment_id):
            kept = tuple(topic for topic in old.topics if topic.startswith("case:"))
    return JsonResponse(
        {
            "url": context.live_url(request),
            "token": context.stream_token(acting, kept),
            "seconds": tokens.STREAM_SECONDS,
            "now": time.time(),
        }
    )


@require_POST
@_for_acting
def start_upload(request: HttpRequest, acting: Holder) -> HttpResponse:
    """POST /uploads/start {client_id, name, size}: a token for one file; a file beyond the limit is refused before its first byte."""
    client_id, name = _client_id(request), request.POST.get("name", "")[:120]
    size = request.POST.get("size", "")
    if not (size.isdecimal() and 0 < len(size) < 13 and int(size)):
        raise Refusal("upload_size_wrong", status=422, field="files")
    limit = settings.UPLOAD_LIMIT_BYTES
    if int(size) > limit:
        values: dict[str, Any] = {"name": name, "size_mb": int(size) // 2**20, "limit_mb": limit // 2**20}
        raise Refusal("file_too_large", status=422, field="files", **values)
    limits.spend("upload.person", acting.user_id)
    signed = tokens.upload_token(
        owner_id=acting.user_id, platform_id=acting.platform_id, client_id=client_id, name=name, size_bytes=int(size)
    )
    answer = {"url": f"{context.live_url(request)}/uploads", "token": signed, "part_bytes": uploads.PART_BYTES}
    return JsonResponse(answer)


@require_POST
@_for_acting
def finish_upload(request: HttpRequest, acting: Holder) -> HttpResponse:
    """POST /uploads/finish {client_id}: the complete upload becomes a stored photo; asked again, the same answer."""
    client_id = _client_id(request)
    done = once(
        actor_id=acting.user_id,
        key=f"upload:{client_id}",
        body={"client_id": client_id},
        act=lambda: _store(acting, client_id),
    )
    uploads.discard(acting.user_id, client_id)  # after the commit: a crash between leaves only garbage
    return JsonResponse(done)


def _store(acting: Holder, client_id: str) -> dict[str, Any]:
    found = uploads.find(acting.user_id, client_id)
    if not found.is_complete:
        raise MovedOn("upload_incomplete", offset=found.offset, size=found.size_bytes)
    zone = platform_of(acting.platform_id).zone
    with found.part.open("rb") as stream:
        stored = files.store_photo(
            stream, name=found.name, platform_id=acting.platform_id, owner_id=acting.user_id, zone=zone
        )
    return {"file": str(stored.pk), "sha256": stored.sha256, "size": stored.size_bytes, "name": stored.name}


def _client_id(request: HttpRequest) -> str:
    client_id = request.POST.get("client_id", "").strip()
    if not client_id or len(client_id) > CLIENT_ID_LENGTH:
        raise Refusal("upload_unknown", status=422, field="files")
    return client_id
