"""The little of HTTP that the live process needs: ASGI messages, answers, and which pages may call from another port."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlsplit

from django.conf import settings

from urbangrid.core.errors import Refusal

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers: TypeAlias = list[tuple[bytes, bytes]]

ASKABLE = b"authorization, content-type, upload-offset"
READABLE = b"upload-offset, upload-length"


NEVER_RUN: Headers = [
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; sandbox"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]
"""No answer of this process is a page."""


class TooLong(Exception):
    """More bytes came than are taken at once."""


@dataclass(slots=True)
class Call:
    """One request."""

    scope: Scope
    receive: Receive
    send: Send

    @property
    def method(self) -> str:
        return str(self.scope["method"])

    @property
    def path(self) -> str:
        return str(self.scope["path"])

    def header(self, name: str) -> str:
        wanted = name.lower().encode()
        return next((value.decode("latin-1") for key, value in self.scope["headers"] if key.lower() == wanted), "")

    def query(self, name: str) -> str:
        found = parse_qs(self.scope["query_string"].decode("latin-1")).get(name)
        return found[0] if found else ""

    def token(self) -> str:
        """From the Authorization header, or from the address: an EventSource cannot set headers."""
        kind, _, value = self.header("authorization").partition(" ")
        return value if kind.lower() == "bearer" else self.query("token")

    def origin_is_ours(self) -> bool:
        """A page of this platform: the same host, on the web process's port or behind the same front server."""
        origin = self.header("origin")
        if not origin or origin == settings.WEB_ORIGIN:
            return True
        page, here = urlsplit(origin), urlsplit("//" + self.header("host"))
        if page.hostname is None or page.hostname != here.hostname:
            return False
        port = page.port or {"http": 80, "https": 443}.get(page.scheme)
        return port == settings.PORT or page.netloc == here.netloc

    def cross_origin(self) -> Headers:
        """Headers that let the page read the answer. The origin is named; a star never stands here."""
        origin = self.header("origin")
        headers = [(b"vary", b"origin")]
        if origin and self.origin_is_ours():
            headers += [(b"access-control-allow-origin", origin.encode("latin-1"))]
            headers += [(b"access-control-expose-headers", READABLE)]
        return headers

    async def start(self, status: int, headers: Headers) -> None:
        await self.send({"type": "http.response.start", "status": status, "headers": [*headers, *self.cross_origin(), *NEVER_RUN]})

    async def answer(self, status: int, headers: Headers | None = None, body: bytes = b"") -> None:
        body = b"" if self.method == "HEAD" else body
        length = [] if status == 204 else [(b"content-length", str(len(body)).encode())]
        await self.start(status, [*(headers or []), *length, (b"cache-control", b"no-store")])
        await self.send({"type": "http.response.body", "body": body})

    async def refuse(self, refusal: Refusal, headers: Headers | None = None) -> None:
        """The refusal as JSON with its sentence."""
        body = {"code": refusal.code, "sentence": refusal.sentence(), "field": refusal.field, "values": refusal.values}
        kind = (b"content-type", b"application/json; charset=utf-8")
        await self.answer(refusal.status, [kind, *(headers or [])], json.dumps(body, ensure_ascii=False).encode())

    async def allow(self) -> None:
        """Answer a browser's question before it calls from another port."""
        methods = (b"access-control-allow-methods", b"GET, HEAD, POST, PATCH")
        headers = [methods, (b"access-control-allow-headers", ASKABLE), (b"access-control-max-age", b"3600")]
        await self.answer(204, headers)

    async def body(self, most_bytes: int) -> bytes:
        """The whole body. Raises TooLong as soon as it is longer than ``most_bytes``."""
        parts: list[bytes] = []
        size = 0
        while True:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise ConnectionError
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > most_bytes:
                raise TooLong
            if not message.get("more_body", False):
                return b"".join(parts)
