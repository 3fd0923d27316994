"""A thousand browsers as one light process: ``bench_step browsers PORT``. Lines of JSON on its input say what to do, lines answer.

Each browser is a connection of its own to the live process with a signed token; it reads events and nothing else. Every message that
carries ``sent_at`` (seconds since 1970, the clock of this machine) is timed on arrival. When its stream breaks off, a browser comes back
after the two seconds that the live process names (``retry``), as an EventSource does.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

RETRY_SECONDS = 2.0
AT_ONCE = 50
"""Connections that are begun at the same time at first; when they come back nobody holds them."""


@dataclass(slots=True)
class Browsers:
    """All of them, and what they heard."""

    port: int
    open: int = 0
    took_ms: list[float] = field(default_factory=list)
    heard: list[dict[str, Any]] = field(default_factory=list)
    """Messages of the topics that are followed."""
    followed: frozenset[str] = frozenset()
    gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    back_at: list[float] = field(default_factory=list)
    """When each stream opened, seconds since 1970."""

    async def browser(self, token: str) -> None:
        """Listen, come back, until cancelled."""
        async with self.gate:
            reader, writer = await self._connect(token)
        while True:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                await self._listen(reader)
            self.open -= 1
            writer.close()
            await asyncio.sleep(RETRY_SECONDS)
            while True:
                try:
                    reader, writer = await self._connect(token)
                    break
                except (OSError, asyncio.IncompleteReadError):
                    await asyncio.sleep(RETRY_SECONDS)

    async def _connect(self, token: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(f"GET /events?token={token} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            raise OSError(head[:100])
        await reader.readuntil(b"event: open\n")
        self.open += 1
        self.back_at.append(time.time())
        return reader, writer

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            if not line.startswith(b"data: {") or (b"sent_at" not in line and not self.followed):
                continue
            data = json.loads(line[6:])
            if "sent_at" in data:
                self.took_ms.append((time.time() - data["sent_at"]) * 1000)
            if data.get("topic") in self.followed:
                self.heard.append(data | {"heard_at": time.time()})

    async def answer(self, what: str, tokens: list[str] | None = None, topics: list[str] | None = None) -> dict[str, Any]:
        """What one line asks for."""
        if what == "open":
            self.followed = frozenset(topics or [])
            self.tasks += [asyncio.create_task(self.browser(token)) for token in tokens or []]
        elif what == "take":
            took, self.took_ms, heard, self.heard = self.took_ms, [], self.heard, []
            back, self.back_at = self.back_at, []
            return {"took_ms": took, "heard": heard, "back_at": back, "open": self.open}
        return {"open": self.open, "heard": len(self.heard)}


async def _work(port: int) -> None:
    browsers = Browsers(port)
    lines = asyncio.StreamReader(limit=2**24)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        print(json.dumps(await browsers.answer(**json.loads(line))), flush=True)
    for task in browsers.tasks:
        task.cancel()
    await asyncio.gather(*browsers.tasks, return_exceptions=True)


def main(argv: list[str]) -> int:
    """Be browsers of the live process at the port that ``argv`` names."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(_work(int(argv[0])))
    return 0
