"""What a page needs to listen: the address of the live process and a token for the topics of the acting post."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from urbangrid.live import tokens
from urbangrid.live.topics import Holder, topics_for


def stream_token(acting: Holder, topics: Iterable[str] = ()) -> str:
    """A signed ten-minute token for the work lists of the acting post and for ``topics`` besides.

    The caller has checked the right to those, e.g. ``live.topics.case(id)`` of a case that it shows.
    """
    listed = list(dict.fromkeys([*topics_for(acting), *topics]))
    return tokens.stream_token(user_id=acting.user_id, appointment_id=acting.appointment_id, topics=listed)


def live_url(request: HttpRequest) -> str:
    """Address of the live process as this browser reaches it: the setting, or the next port of the same host."""
    if settings.LIVE_URL:
        return str(settings.LIVE_URL).rstrip("/")
    host = request.get_host()
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
    return f"{request.scheme}://{name}:{settings.PORT + 1}"


def live(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``live_url`` and ``live_token`` for the meta elements of a page; empty for a stranger.

    A view adds topics by setting ``request.live_topics`` before its page is drawn.
    """
    acting: Holder | None = getattr(request, "acting", None)
    if acting is None:
        return {"live_url": "", "live_token": ""}
    topics = getattr(request, "live_topics", ())
    return {"live_url": live_url(request), "live_token": SimpleLazyObject(lambda: stream_token(acting, topics))}
