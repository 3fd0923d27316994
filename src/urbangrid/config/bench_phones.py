"""Slow telephones as one process: ``bench_step phones PORT``. A line of JSON brings the tokens, a line answers when all have begun; the end
of the input ends the sending, and a line tells what was sent.

Each telephone sends one file through the live process in parts of 256 kB, its bytes trickling at 20 kB a second, the next part when the
one before was acknowledged. In the end it is compared with what the live process says it has.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass, field

from urbangrid.live.uploads import PART_BYTES

BYTES_PER_SECOND = 20_000
DROP_SECONDS = 0.2
"""A telephone's bytes come in drops."""


@dataclass(slots=True)
class Phones:
    """All of them and what became of their files."""

    port: int
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    sent: int = 0
    lost: int = 0
    faults: list[str] = field(default_factory=list)

    async def send(self, token: str) -> None:
        """One file, part by part, until told to stop."""
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            await self._ask(reader, writer, "POST", token, "Content-Length: 0\r\n")
            self.begun.release()
            offset = 0
            while not offset or not self.stop.is_set():
                reached = await self._part(reader, writer, token, offset)
                self.sent += PART_BYTES
                offset += PART_BYTES
                self.lost += offset - reached
            writer.close()
        except (OSError, asyncio.IncompleteReadError) as fault:
            self.faults.append(repr(fault))
            self.begun.release()

    async def _part(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, token: str, offset: int) -> int:
        """Send a part in drops; gives the offset that the live process now has."""
        head = f"Content-Length: {PART_BYTES}\r\nUpload-Offset: {offset}\r\nContent-Type: application/offset+octet-stream\r\n"
        self._begin(writer, "PATCH", token, head)
        drop = int(BYTES_PER_SECOND * DROP_SECONDS)
        for at in range(0, PART_BYTES, drop):
            writer.write(bytes(min(drop, PART_BYTES - at)))
            await writer.drain()
            if not self.stop.is_set():
                await asyncio.sleep(DROP_SECONDS)
        return await self._answer(reader)

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, method: str, token: str, head: str) -> int:
        self._begin(writer, method, token, head)
        return await self._answer(reader)

    def _begin(self, writer: asyncio.StreamWriter, method: str, token: str, head: str) -> None:
        common = f"Host: 127.0.0.1:{self.port}\r\nAuthorization: Bearer {token}\r\n"
        writer.write(f"{method} /uploads HTTP/1.1\r\n{common}{head}\r\n".encode())

    async def _answer(self, reader: asyncio.StreamReader) -> int:
        """The offset named in an answer; ConnectionError for a refusal."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        lines = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        if not 200 <= int(head.split()[1]) < 300:
            raise ConnectionError(head[:200])
        return int(lines["upload-offset"])


async def _work(port: int) -> None:
    phones, lines = Phones(port), asyncio.StreamReader(limit=2**20)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    tasks = [asyncio.create_task(phones.send(token)) for token in json.loads(await lines.readline())]
    for _task in tasks:
        await phones.begun.acquire()
    print(json.dumps({"begun": len(tasks)}), flush=True)
    await lines.read()
    phones.stop.set()
    await asyncio.gather(*tasks)
    print(json.dumps({"sent": phones.sent, "lost": phones.lost, "faults": phones.faults}), flush=True)


def main(argv: list[str]) -> int:
    """Send to the live process at the port that ``argv`` names."""
    asyncio.run(_work(int(argv[0])))
    return 0
