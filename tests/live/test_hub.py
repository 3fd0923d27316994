"""The hub: who listens to a topic hears of it, at most once a second, and nobody slow holds the others."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from urbangrid.live import hub as hub_module
from urbangrid.live.hub import MOST_WAITING, REFRESH, Hub, Stream
from urbangrid.live.messages import merged


def _read(chunk: bytes | None) -> dict[str, Any]:
    assert chunk is not None
    found: dict[str, Any] = json.loads(chunk.decode().removeprefix("data: "))
    return found


def test_a_message_reaches_exactly_the_streams_of_its_topic() -> None:
    async def story() -> None:
        hub, seat, clerk = Hub(), Stream(("queue:1:file", "tasks:1")), Stream(("queue:2:receive",))
        hub.join(seat)
        hub.join(clerk)
        hub.take("queue:1:file", {"count": 3})
        hub.take("queue:9:file", {"count": 1})
        assert _read(seat.queue.get_nowait()) == {"topic": "queue:1:file", "count": 3}
        assert seat.queue.empty()
        assert clerk.queue.empty()
        hub.leave(seat)
        hub.take("queue:1:file", {"count": 4})
        assert seat.queue.empty()

    asyncio.run(story())


def test_what_comes_within_a_second_is_held_back_and_sent_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "PAUSE_SECONDS", 0.2)

    async def story() -> None:
        hub, seat = Hub(), Stream(("queue:1:file",))
        hub.join(seat)
        for number in range(1, 41):
            hub.take("queue:1:file", {"count": number, "new": [str(number)]})
        assert _read(seat.queue.get_nowait())["new"] == ["1"]
        assert seat.queue.empty()
        began = asyncio.get_running_loop().time()
        held = _read(await asyncio.wait_for(seat.queue.get(), 5))
        assert asyncio.get_running_loop().time() - began >= 0.15
        assert held["count"] == 40
        assert held["new"] == [str(number) for number in range(2, 41)]

    asyncio.run(story())


def test_a_stream_that_does_not_keep_up_is_told_to_read_again() -> None:
    async def story() -> None:
        slow = Stream(("tasks:1",))
        for _ in range(MOST_WAITING):
            slow.put(b"x")
        slow.put(b"last")
        assert [slow.queue.get_nowait() for _ in range(slow.queue.qsize())] == [REFRESH, b"last"]

    asyncio.run(story())


def test_merged_messages_keep_later_counts_and_drop_what_is_gone() -> None:
    first = {"count": 2, "new": ["1", "2"], "changed": ["7"]}
    assert merged(first, {"count": 1, "gone": ["2", "7"]}) == {"count": 1, "new": ["1"], "gone": ["2", "7"]}


def test_an_item_that_went_and_came_back_is_new() -> None:
    assert merged({"gone": ["2"]}, {"new": ["2"], "count": 1}) == {"count": 1, "new": ["2"]}


def test_urgent_arrivals_add_up_so_that_the_urgent_sound_is_not_lost() -> None:
    first = {"urgent_new": 1, "new": ["1"], "count": 1}
    assert merged(first, {"urgent_new": 0, "new": ["2"], "count": 2})["urgent_new"] == 1
