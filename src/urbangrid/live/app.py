"""The live process: server-sent events and uploads, without Django's request stack and with one database connection.

It knows nobody: every call carries a signed token of the web process (architecture §1, §6).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from urbangrid.core import beats
from urbangrid.core.errors import NotFound
from urbangrid.live import sentences, streams, upload_calls
from urbangrid.live.http import Call, Receive, Scope, Send
from urbangrid.live.hub import Hub

BEAT_SECONDS = 5.0

__all__ = ["Live", "sentences"]


class Live:
    """The ASGI application. ``conninfo`` names the database whose messages it passes on."""

    def __init__(self, conninfo: Callable[[], str]) -> None:
        self._conninfo = conninfo
        self.hub = Hub()
        self._locks = upload_calls.Locks()
        self._listening: asyncio.Task[None] | None = None
        self._beating: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live_and_die(receive, send)
        elif scope["type"] == "http":
            await self._answer(Call(scope, receive, send))

    async def _live_and_die(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._listening = asyncio.create_task(self.hub.listen(self._conninfo()))
                self._beating = asyncio.create_task(self._beat())
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                for task in (self._listening, self._beating):
                    if task is not None:
                        task.cancel()
                self.hub.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _beat(self) -> None:
        """A sign of life with the number of open streams, for /metrics."""
        while True:
            beats.beat("live", at_once=True, streams=self.hub.count)
            await asyncio.sleep(BEAT_SECONDS)

    async def _answer(self, call: Call) -> None:
        if not call.origin_is_ours():
            await call.answer(403)  # without headers that would let that page read a word
        elif call.method == "OPTIONS":
            await call.allow()
        elif call.path == "/events" and call.method == "GET":
            await streams.events(call, self.hub)
        elif call.path == "/uploads" and call.method in ("POST", "HEAD", "PATCH"):
            await upload_calls.upload(call, self._locks)
        elif call.path == "/health":
            await call.answer(204 if self._listening is not None and not self._listening.done() else 503)
        else:
            await call.refuse(NotFound("live_nothing_here"))
