"""The live process as browsers meet it: streams, forged and ended tokens, other sites, uploads over a broken line."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import random
import secrets
import signal
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connection

from tests.live import processes
from tests.live.processes import free_port, live_process, worker_process
from tests.support.city import INSIDE, City, city
from urbangrid.cases import queues
from urbangrid.cases.actions import intake
from urbangrid.cases.actions.inputs import ReportInputs
from urbangrid.live import messages, tokens
from urbangrid.live.context import stream_token
from urbangrid.live.messages import Message
from urbangrid.live.uploads import PART_BYTES

__all__ = ["city"]
pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True)
class Running:
    """Where the live process answers and keeps its files."""

    port: int
    data: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture(scope="module")
def live(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A live process for all these tests: starting one takes seconds."""
    port, data = free_port(), tmp_path_factory.mktemp("live")
    with live_process(data, port):
        yield Running(port, data)


async def _events(response: httpx.Response) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """Name and data of each event."""
    name = "message"
    async for line in response.aiter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))
            name = "message"


def _token(*topics: str, ends_in: float = 600) -> str:
    now = time.time() - tokens.STREAM_SECONDS + ends_in
    return tokens.stream_token(user_id=1, appointment_id=2, topics=list(topics), now=now)


def _report(city: City) -> None:
    """A citizen calls about something urgent; run in a thread, with a connection of its own."""
    try:
        longitude, latitude = INSIDE
        called = ReportInputs(
            source="hotline", client_id=secrets.token_hex(8), urgent=True, longitude=longitude, latitude=latitude
        )
        intake.report(city.acting("seat_agent"), called)
    finally:
        connection.close()


async def _next(events: AsyncIterator[tuple[str, dict[str, Any]]], topic: str) -> dict[str, Any]:
    """The next message of a topic."""
    async for name, data in events:
        if name == "message" and data["topic"] == topic:
            return data
    raise AssertionError("the stream ended")


def test_a_report_is_on_the_seat_agents_desk_within_two_seconds(live: Running, city: City) -> None:
    seat = city.acting("seat_agent")
    topic = f"queue:{seat.unit_id}:accept"

    async def story() -> tuple[dict[str, Any], dict[str, Any], float]:
        address, params = f"{live.url}/events", {"token": stream_token(seat)}
        async with httpx.AsyncClient(timeout=20) as client, client.stream("GET", address, params=params) as response:
            events = _events(response)
            assert (await anext(events))[0] == "open"
            await asyncio.to_thread(_report, city)
            first = await _next(events, topic)  # the worker may still be starting
            began = time.monotonic()
            await asyncio.to_thread(_report, city)
            return first, await _next(events, topic), time.monotonic() - began

    with worker_process(live.data, live.port - 1):
        first, second, seconds = asyncio.run(story())
    assert seconds < 2
    assert (first["count"], second["count"], second["urgent"]) == (1, 2, 2)
    rows = queues.rows(seat, queues.mine(seat), only=[int(one) for one in second["new"]])
    assert [row.kind for row in rows] == ["accept"]
    assert second["count"] == queues.counts(queues.mine(seat))["accept"].total


def test_each_of_two_hundred_browsers_gets_its_own_topics_and_no_other(live: Running) -> None:
    async def browser(client: httpx.AsyncClient, number: int, ready: asyncio.Semaphore) -> str:
        params = {"token": _token(f"tasks:{number}", "board:1")}
        async with client.stream("GET", f"{live.url}/events", params=params) as response:
            events = _events(response)
            await anext(events)
            ready.release()
            name, data = await anext(events)
            assert (name, data["topic"]) == ("message", f"tasks:{number}")
            return str((await _next(events, "board:1"))["count"])

    async def story() -> list[str]:
        ready = asyncio.Semaphore(0)
        async with httpx.AsyncClient(timeout=30, limits=httpx.Limits(max_connections=None)) as client:
            browsers = [asyncio.create_task(browser(client, number, ready)) for number in range(200)]
            for _ in browsers:
                await ready.acquire()
            await asyncio.to_thread(_publish, [Message(f"tasks:{number}", {"count": 1}) for number in range(200)])
            await asyncio.to_thread(_publish, [Message("board:1", {"count": 77})])
            return await asyncio.gather(*browsers)

    assert asyncio.run(story()) == ["77"] * 200


def _publish(listed: list[Message]) -> None:
    try:
        messages.publish(listed)
    finally:
        connection.close()


def test_a_stream_ends_with_its_token_and_says_so(live: Running) -> None:
    with httpx.stream("GET", f"{live.url}/events", params={"token": _token("tasks:2", ends_in=2)}) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = list(response.iter_lines())  # ends by itself
    assert "event: expired" in lines


def test_forged_ended_and_foreign_tokens_open_no_stream(live: Running) -> None:
    good = _token("tasks:2")
    for bad in ("", good[:-2], _token("tasks:2", ends_in=-1), "x" * 5000):
        answer = httpx.get(f"{live.url}/events", params={"token": bad})
        assert (answer.status_code, answer.json()["code"]) == (403, "live_token_wrong")
        assert "凭证" in answer.json()["sentence"]


def test_a_page_of_another_site_reads_nothing(live: Running) -> None:
    address, params = f"{live.url}/events", {"token": _token("tasks:2")}
    for origin in ("https://evil.example", f"http://127.0.0.1:{live.port + 7}", "null"):
        answer = httpx.get(address, params=params, headers={"origin": origin})
        assert (answer.status_code, answer.content) == (403, b"")
        assert "access-control-allow-origin" not in answer.headers
    page = f"http://127.0.0.1:{live.port - 1}"
    with httpx.stream("GET", address, params=params, headers={"origin": page}) as response:
        assert response.headers["access-control-allow-origin"] == page
    asked = httpx.options(f"{live.url}/uploads", headers={"origin": page, "access-control-request-method": "PATCH"})
    assert "PATCH" in asked.headers["access-control-allow-methods"]
    assert "upload-offset" in asked.headers["access-control-allow-headers"]


def _upload(size: int, client_id: str = "photo-1") -> dict[str, str]:
    token = tokens.upload_token(owner_id=5, platform_id=1, client_id=client_id, name="现场.jpg", size_bytes=size)
    return {"authorization": f"Bearer {token}"}


def _parts(data: bytes, begin: int = 0) -> Iterator[tuple[int, bytes]]:
    for offset in range(begin, len(data), PART_BYTES):
        yield offset, data[offset : offset + PART_BYTES]


def _send(address: str, headers: dict[str, str], offset: int, part: bytes) -> httpx.Response:
    return httpx.patch(address, content=part, headers={**headers, "upload-offset": str(offset)})


def test_an_upload_goes_on_after_the_process_was_killed(transactional_db: None, tmp_path: Path) -> None:
    data = random.Random(1).randbytes(3 * PART_BYTES + 1234)
    headers, port = _upload(len(data)), free_port()
    address = f"http://127.0.0.1:{port}/uploads"
    with live_process(tmp_path, port) as process:
        assert httpx.post(address, headers=headers).headers["upload-offset"] == "0"
        for offset, part in list(_parts(data))[:2]:
            assert _send(address, headers, offset, part).status_code == 204
        for pid in processes.of_parent(process.pid):
            os.kill(pid, signal.SIGKILL)
        process.kill()
    with live_process(tmp_path, port):
        asked = httpx.head(address, headers=headers)
        assert asked.headers["upload-offset"] == str(2 * PART_BYTES)
        assert httpx.post(address, headers=headers).headers["upload-offset"] == str(2 * PART_BYTES)
        for offset, part in _parts(data, 2 * PART_BYTES):
            answer = _send(address, headers, offset, part)
        assert answer.headers["upload-offset"] == answer.headers["upload-length"] == str(len(data))
    (kept,) = (tmp_path / "uploads" / "5").glob("*.part")
    assert hashlib.sha256(kept.read_bytes()).digest() == hashlib.sha256(data).digest()


def test_parts_that_do_not_fit_are_refused_and_change_nothing(live: Running) -> None:
    address, headers = f"{live.url}/uploads", _upload(PART_BYTES + 10, "misfits")
    assert _send(address, headers, 0, b"early").status_code == 404  # never begun
    assert httpx.post(address, headers=headers).status_code == 201
    assert _send(address, headers, 0, b"a" * 100).status_code == 204
    again = _send(address, headers, 0, b"a" * 100)
    assert (again.status_code, again.headers["upload-offset"]) == (409, "100")
    assert "100" in again.json()["sentence"]
    assert _send(address, headers, 100, b"b" * (PART_BYTES + 1)).status_code == 413
    beyond = _send(address, headers, 100, b"b" * PART_BYTES)
    assert (beyond.status_code, beyond.json()["code"]) == (422, "upload_beyond_end")
    nonsense = httpx.patch(address, content=b"x", headers={**headers, "upload-offset": "-1"})
    assert nonsense.status_code == 409
    assert httpx.head(address, headers=headers).headers["upload-offset"] == "100"


def test_nobody_adds_to_a_file_without_its_own_token(live: Running) -> None:
    address, mine = f"{live.url}/uploads", _upload(100, "mine")
    httpx.post(address, headers=mine)
    for bad in ({}, {"authorization": "Bearer x"}, {"authorization": f"Bearer {_token('tasks:2')}"}):
        answer = _send(address, bad, 0, b"x")
        assert (answer.status_code, answer.json()["code"]) == (403, "upload_token_wrong")
    assert _send(address, _upload(100, "another"), 0, b"x").status_code == 404
    assert httpx.head(address, headers=mine).headers["upload-offset"] == "0"
