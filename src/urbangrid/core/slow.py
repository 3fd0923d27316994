"""Statements that took long: their shape without any value, how long, in which view. Kept in a small file for the health page.

A shape is the statement with every literal and placeholder replaced, so that neither a name nor a telephone number gets into a log:
the values of a statement may stand in its text (``core.batch``).
"""

from __future__ import annotations

import logging
import re
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from urbangrid.core import lines, logs, stamps

HOURS = 24
MOST_SIGNS = 1000
"""Of a shape; longer ones are cut."""
MOST_PER_MINUTE = 30
"""Notes of one process: when everything is slow, each further line would say the same."""

_log = logging.getLogger(logs.SLOW)
_STRING = re.compile(r"""\$(\w*)\$.*?\$\1\$|\b[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'""", re.DOTALL)
_NUMBER = re.compile(r"(?<![\w\"$.])[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w\"])")
_VALUE = r"(?:\?|%s|NULL|true|false|DEFAULT)(?:::\w+(?:\[\])?)?"
_LIST = re.compile(rf"\(\s*{_VALUE}(?:\s*,\s*{_VALUE})+\s*\)")
_REPEAT = re.compile(r"\(…\)(?:\s*,\s*\(…\))+")
_SPACE = re.compile(r"\s+")
_COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
_minute = 0
_noted = 0


@dataclass(frozen=True, slots=True)
class Slow:
    """A shape of the last 24 hours: the worst milliseconds, how often it was slow, where and when last, and under which number."""

    shape: str
    worst_ms: float
    count: int
    view: str
    last: dict[str, Any]

    @property
    def at(self) -> Any:
        return stamps.moment(self.last)


def limit_seconds() -> float:
    """From here on a statement is slow."""
    return float(settings.SLOW_STATEMENT_SECONDS)


def path() -> Path:
    """The file of the notes."""
    return Path(settings.HEALTH_ROOT) / "slow.jsonl"


def shape_of(sql: object) -> str:
    """The statement without values. Whatever cannot be told apart for certain is left out."""
    if not isinstance(sql, str):
        return type(sql).__name__
    text = _STRING.sub("?", sql)
    cut = text.find("'")
    if cut >= 0:
        text = text[:cut] + "…"
    text = _NUMBER.sub("?", _COMMENT.sub(" ", text))
    text = _REPEAT.sub("(…)", _LIST.sub("(…)", text))
    return _SPACE.sub(" ", text).strip()[:MOST_SIGNS]


def note(sql: object, seconds: float, view: str, work_id: str) -> None:
    """Log a slow statement and keep it for the health page."""
    global _minute, _noted
    minute = int(time.monotonic() // 60)
    _noted = _noted + 1 if minute == _minute else 1
    _minute = minute
    if _noted > MOST_PER_MINUTE:
        return
    row = {"shape": shape_of(sql), "ms": round(seconds * 1000, 1), "view": view, "request": work_id}
    _log.warning("slow statement", extra={"shape": row["shape"], "ms": row["ms"]})
    lines.append(path(), stamps.stamp() | row)


def slowest(most: int = 5) -> list[Slow]:
    """The slowest shapes of the last 24 hours, the worst first."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in lines.newest_first(path()):
        try:
            if stamps.age_seconds(row) <= HOURS * 3600:
                found[str(row["shape"])].append(row | {"ms": float(row["ms"])})
        except (KeyError, ValueError, TypeError):
            continue
    worst = [Slow(shape, max(row["ms"] for row in rows), len(rows), str(rows[0].get("view", "")), rows[0]) for shape, rows in found.items()]
    return sorted(worst, key=lambda one: -one.worst_ms)[:most]
