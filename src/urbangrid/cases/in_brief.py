"""A case's story in eight lines (desks.md L3), condensed from 办理经过. Plain functions of its lines.

1. Steps that followed by themselves (批转 after 立案) tell nothing: they go first.
2. If more than eight are left, the steps that tell least go, of equal ones the earlier; beginning and end always stand.
3. Where steps were left out a line says how many; it counts among the eight.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from urbangrid.core.shipped import shipped
from urbangrid.core.text import beside, labelled

MOST_LINES: Final = 8
MOST_WORDS: Final = 40
"""Of free words in a line; the whole stands in 全部经过."""
WEIGHT: Final = {
    "accept": 3, "import": 3, "verify": 2, "file": 4, "sign": 2, "refuse_filing": 5, "dispatch": 4, "feedback": 3, "rework": 4, "check": 3,
    "check_remotely": 3, "close": 5, "void": 5, "release": 3, "enter_city_answer": 3, "correct": 2, "return_to_filing": 2,
    "archive": 2, "reopen": 5, "call_first": 4,
}  # fmt: skip
"""How much a step tells; others weigh 1. The lightest go first, of equal ones the later repeats."""


class Told(Protocol):
    """What this module reads of a line of 办理经过."""

    @property
    def at(self) -> datetime: ...
    @property
    def action(self) -> str: ...
    @property
    def word(self) -> str: ...
    @property
    def actor(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def quotes(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def chained(self) -> bool: ...


def in_brief(story: Sequence[Told], most: int = MOST_LINES) -> list[str]:
    """At most ``most`` (three or more) lines in the order of time; empty only for an empty story.

    ``11-20 09:40 派遣：市政所（王芳）“请尽快修补”``. Raises ValueError for fewer than three lines.
    """
    if most < 3:
        raise ValueError("a story has a beginning, a middle and an end")
    told = [line for line in story if not line.chained] or list(story)
    kept = chosen([WEIGHT.get(line.action, 1) for line in told], most)
    lines, skipped = [], 0
    for place, line in enumerate(told):
        if place in kept:
            if skipped:
                lines.append(_("…… 其间另有 %(n)d 步") % {"n": skipped})
            lines.append(_sentence(line))
            skipped = 0
        else:
            skipped += 1
    return lines


def chosen(weights: Sequence[int], most: int) -> set[int]:
    """Places that are told: all when they fit, else the heaviest (of equal ones the later) beside first and last.

    What is left out lies in gaps, each told by a line of its own, so lines and gaps together are at most ``most``.
    """
    count = len(weights)
    if count <= most:
        return set(range(count))
    order = sorted(range(1, count - 1), key=lambda place: (weights[place], place))
    kept = set(range(count))
    for place in order:
        if len(kept) + _gaps(kept, count) <= most:
            break
        kept.discard(place)
    return kept


def _gaps(kept: set[int], count: int) -> int:
    return sum(1 for place in range(1, count) if place not in kept and place - 1 in kept)


def _sentence(line: Told) -> str:
    who = "·".join(part for part in (shipped(line.unit), line.actor) if part)
    words = [line.text, line.reason, *(f"“{_short(said)}”" for name, said in line.quotes if name not in ("handled_by", "phone"))]
    said = _("，").join(word for word in words if word)
    return beside(f"{localtime(line.at):%m-%d %H:%M} {labelled(line.word, said)}", who)


def _short(said: str) -> str:
    plain = " ".join(said.split())
    return plain if len(plain) <= MOST_WORDS else plain[: MOST_WORDS - 1] + "…"
