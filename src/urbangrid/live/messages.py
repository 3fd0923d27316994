"""Messages to browsers, sent through PostgreSQL to the one live process.

A message carries a topic, counts computed once for everybody, and ids of what changed; pages fetch the rows they want.
Ids travel as strings: numbers of 64 bits do not survive a browser.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

CHANNEL = "urbangrid_live"
LISTS = ("new", "changed", "gone")
"""Keys whose ids are joined when messages of a topic are held back; ``urgent_new`` is added up, other keys are
replaced by the later one."""
MOST_IDS = 60
"""Ids per list; with more the page is told to read its list again. NOTIFY carries at most 8,000 bytes."""


@dataclass(slots=True)
class Message:
    """What a topic's browsers are told."""

    topic: str
    data: dict[str, Any] = field(default_factory=dict)


def publish(messages: Iterable[Message]) -> None:
    """Send after the caller's transaction commits, or at once outside of one.

    Never called in the transaction of an action on a case: NOTIFY there halves the rate of all writing (architecture §3.3).
    """
    payloads = [_payload(message) for message in messages]
    if payloads:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, one) FROM unnest(%s::text[]) AS one", [CHANNEL, payloads])


def _payload(message: Message) -> str:
    data = dict(message.data)
    for name in LISTS:
        ids = [str(one) for one in data.pop(name, ())]
        if len(ids) > MOST_IDS:
            data["refresh"] = True
        elif ids:
            data[name] = ids
    return json.dumps({"topic": message.topic, **data}, ensure_ascii=False, separators=(",", ":"))


def merged(earlier: dict[str, Any], later: dict[str, Any]) -> dict[str, Any]:
    """Two messages of one topic as one: later counts, all ids; what is gone again is not new."""
    joined = {**earlier, **later}
    if "urgent_new" in joined:
        joined["urgent_new"] = earlier.get("urgent_new", 0) + later.get("urgent_new", 0)
    if earlier.get("refresh"):
        joined["refresh"] = True
    lists = {name: list(dict.fromkeys([*earlier.get(name, ()), *later.get(name, ())])) for name in LISTS}
    gone = set(lists["gone"]) - set(later.get("new", ()))
    lists["gone"] = [one for one in lists["gone"] if one in gone]
    for name in ("new", "changed"):
        lists[name] = [one for one in lists[name] if one not in gone]
    for name, ids in lists.items():
        joined.pop(name, None)
        if ids:
            joined[name] = ids
    return joined
