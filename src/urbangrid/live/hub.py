"""Hands messages to the open streams: matches topics, holds back what comes faster than once a second, nothing else.

1. ``listen`` waits for NOTIFY on a connection of its own; whenever that was lost, every browser is told to read again.
2. ``take`` sends the first message of a topic at once; within the next second later ones are merged and sent together.
3. A message is encoded once for all its streams. A stream that does not keep up loses its backlog and is told to read again.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from typing import Any

import psycopg
from psycopg import sql

from urbangrid.live.messages import CHANNEL, merged

PAUSE_SECONDS = 1.0
"""Least time between two messages of one topic."""
MOST_WAITING = 64
"""Messages that a slow stream may have before it."""
MOST_STREAMS = 5_000
REFRESH = b"event: refresh\ndata: {}\n\n"

_log = logging.getLogger(__name__)


class Stream:
    """One browser: what it may hear of, and what waits to be sent to it."""

    def __init__(self, topics: tuple[str, ...]) -> None:
        self.topics = topics
        self.queue: asyncio.Queue[bytes | None] = asyncio.Queue(MOST_WAITING)

    def put(self, chunk: bytes | None) -> None:
        """Queue a chunk; None ends the stream."""
        if self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            self.queue.put_nowait(REFRESH)
        self.queue.put_nowait(chunk)


class Hub:
    """The open streams of this process by topic."""

    def __init__(self) -> None:
        self._streams: dict[str, set[Stream]] = {}
        self._count = 0
        self._sent: dict[str, float] = {}
        self._held: dict[str, dict[str, Any]] = {}

    @property
    def count(self) -> int:
        """Open streams."""
        return self._count

    @property
    def is_full(self) -> bool:
        return self._count >= MOST_STREAMS

    def join(self, stream: Stream) -> None:
        self._count += 1
        for topic in stream.topics:
            self._streams.setdefault(topic, set()).add(stream)

    def leave(self, stream: Stream) -> None:
        self._count -= 1
        for topic in stream.topics:
            others = self._streams[topic]
            others.discard(stream)
            if not others:
                del self._streams[topic]
                self._sent.pop(topic, None)

    def close(self) -> None:
        """End every stream: the process stops."""
        for stream in {stream for streams in self._streams.values() for stream in streams}:
            stream.put(None)

    def refresh(self) -> None:
        """Something may have been missed: every page reads again."""
        for stream in {stream for streams in self._streams.values() for stream in streams}:
            stream.put(REFRESH)

    def take(self, topic: str, data: dict[str, Any]) -> None:
        """A message for a topic; must run in the event loop."""
        if topic not in self._streams:
            return
        if topic in self._held:
            self._held[topic] = merged(self._held[topic], data)
            return
        wait = self._sent.get(topic, float("-inf")) + PAUSE_SECONDS - time.monotonic()
        if wait <= 0:
            self._send(topic, data)
        else:
            self._held[topic] = data
            asyncio.get_running_loop().call_later(wait, self._release, topic)

    def _release(self, topic: str) -> None:
        self._send(topic, self._held.pop(topic))

    def _send(self, topic: str, data: dict[str, Any]) -> None:
        streams = self._streams.get(topic)
        if not streams:
            return
        self._sent[topic] = time.monotonic()
        chunk = f"data: {json.dumps({'topic': topic, **data}, ensure_ascii=False)}\n\n".encode()
        for stream in streams:
            stream.put(chunk)

    async def listen(self, conninfo: str) -> None:
        """Take messages until cancelled; a lost database is tried again, after a second at first and five later."""
        wait = 1
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
                    await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
                    self.refresh()
                    wait = 1
                    async for notice in connection.notifies():
                        self._read(notice.payload)
            except psycopg.Error:
                _log.exception("the live process lost the database and tries again in %s s", wait)
            await asyncio.sleep(wait)
            wait = 5

    def _read(self, payload: str) -> None:
        data = json.loads(payload)
        self.take(data.pop("topic"), data)
