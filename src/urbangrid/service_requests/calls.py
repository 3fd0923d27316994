"""Calls pasted one per line: telephone, place, words; and which road each is about. Plain rules on text, without a database.

``13900001111，大柳树路12号，门前积水`` with commas (Chinese or plain) or tabs between, or with spaces where there is none of these.
A line without a number is a call whose number was not left. A road is the longest known name that stands in the place, else in the words.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

MOST = 200
"""Lines at once."""
MOST_LETTERS = 500
"""Of a line; more is a pasted page, not a call."""
_PHONE = re.compile(r"\+?[0-9][0-9 \-]{4,18}[0-9]")


@dataclass(frozen=True, slots=True)
class Call:
    """One line. ``key`` is the same for the same line, so that what was pasted twice counts once."""

    line: int
    phone: str
    place: str
    text: str
    key: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that says nothing: ``why`` is empty (a number alone) or long."""

    line: int
    why: str


def read(text: str) -> tuple[list[Call], list[Unread]]:
    """Calls in their order, each line once, and what could not be read. Empty lines count in the numbering alone."""
    found: dict[str, Call] = {}
    unread: list[Unread] = []
    for number, line in enumerate(text.splitlines(), 1):
        kept = line.strip()
        if not kept:
            continue
        if len(kept) > MOST_LETTERS:
            unread.append(Unread(number, "long"))
            continue
        phone, place, words = _parts(kept)
        if not place and not words:
            unread.append(Unread(number, "empty"))
            continue
        key = hashlib.sha256(kept.encode()).hexdigest()[:20]
        found.setdefault(key, Call(number, phone, place or words, words or place, key))
    return list(found.values()), unread


def _parts(line: str) -> tuple[str, str, str]:
    parted = re.split(r"[\t,，]", line)
    if len(parted) == 1:
        parted = line.split(maxsplit=2)
        if not _PHONE.fullmatch(parted[0]):
            parted = line.split(maxsplit=1)
    fields = [part.strip() for part in parted]
    phone = fields.pop(0) if _PHONE.fullmatch(fields[0]) else ""
    if not phone and len(fields) > 1 and not fields[0]:
        fields.pop(0)  # an empty first column: no number was left
    place = fields.pop(0) if fields else ""
    return phone, place, "，".join(field for field in fields if field)


def road_of(call: Call, roads: Sequence[str]) -> str:
    """The road that a call is about; ``roads`` with the longest names first. Empty: none is named."""
    return next((name for text in (call.place, call.text) for name in roads if name in text), "")


def by_road(calls: Sequence[Call], roads: Sequence[str]) -> dict[str, list[Call]]:
    """Calls by road in the order in which each road first comes; under the empty name those that name none."""
    found: dict[str, list[Call]] = {}
    for call in calls:
        found.setdefault(road_of(call, roads), []).append(call)
    return found
