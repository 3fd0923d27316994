"""GET /events?token=…: server-sent events, one stream per browser."""

from __future__ import annotations

import asyncio
import time

from urbangrid.core.errors import NotAllowed, Refusal
from urbangrid.live import tokens
from urbangrid.live.http import Call
from urbangrid.live.hub import Hub, Stream

HEARTBEAT_SECONDS = 15
HEARTBEAT = b": still here\n\n"
EXPIRED = b"event: expired\ndata: {}\n\n"
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # a front server must pass each message on at once
]
OPENING = b"retry: 2000\n\nevent: open\ndata: {}\n\n"
"""A browser that comes back tries after 2 s; ``open`` tells its page to read again what it may have missed."""


async def events(call: Call, hub: Hub) -> None:
    """Send messages until the browser leaves, the token ends or the process stops."""
    try:
        token = tokens.read_stream(call.token())
    except tokens.TokenWrong:
        await call.refuse(NotAllowed("live_token_wrong"))
        return
    if hub.is_full:
        await call.refuse(Refusal("live_full", status=503), [(b"retry-after", b"30")])
        return
    stream = Stream(token.topics)
    hub.join(stream)
    left = asyncio.create_task(_until_left(call, stream))
    try:
        await call.start(200, HEADERS)
        await _chunk(call, OPENING)
        await _pass_on(call, stream, token.ends_at)
        await call.send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        left.cancel()
        hub.leave(stream)


async def _pass_on(call: Call, stream: Stream, ends_at: float) -> None:
    while True:
        rest = ends_at - time.time()
        if rest <= 0:
            await _chunk(call, EXPIRED)
            return
        try:
            async with asyncio.timeout(min(HEARTBEAT_SECONDS, rest)):
                chunk = await stream.queue.get()
        except TimeoutError:
            chunk = HEARTBEAT
        while chunk is not None and not stream.queue.empty():
            more = stream.queue.get_nowait()
            if more is None:
                stream.put(None)
                break
            chunk += more
        if chunk is None:
            return
        await _chunk(call, chunk)


async def _chunk(call: Call, chunk: bytes) -> None:
    await call.send({"type": "http.response.body", "body": chunk, "more_body": True})


async def _until_left(call: Call, stream: Stream) -> None:
    while (await call.receive())["type"] != "http.disconnect":
        pass
    stream.put(None)
