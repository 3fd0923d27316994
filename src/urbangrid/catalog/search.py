"""Finding a class by few keys (desks.md S2): pinyin initials, name, other spellings or code. Plain values, no database.

Order of hits: what was typed in full before beginnings before parts; the class's own words before other spellings; then
shorter names, then the given order. The browser's combobox applies the same ranks to the same list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from urbangrid.core import text

HITS = 9
"""As many as the keys 1 to 9 can take."""
_NOT_TYPED = re.compile(r"[^0-9a-z\u3400-\u9fff]")

EXACT, ALIAS_EXACT, PREFIX, ALIAS_PREFIX, INSIDE, ALIAS_INSIDE = range(6)


@dataclass(frozen=True, slots=True)
class Searchable:
    """What is searched of a class: ``words``: its own keys (name, initials, code), ``others``: of its aliases."""

    id: int
    name: str
    words: tuple[str, ...]
    others: tuple[str, ...]


def plain(typed: str) -> str:
    """Letters, digits and Chinese characters only, lower case: what people type of 早（夜）市管理问题."""
    return _NOT_TYPED.sub("", text.normal(typed))


def initials(words: str) -> str:
    """Pinyin initials without punctuation: 早（夜）市 -> ``zys``."""
    return plain(text.initials(plain(words)))


def searchable(id: int, name: str, code: str, aliases: Sequence[str]) -> Searchable:
    """The keys of a class."""
    others = tuple(dict.fromkeys(key for alias in aliases for key in (plain(alias), initials(alias)) if key))
    return Searchable(id, name, tuple(dict.fromkeys((plain(name), initials(name), code))), others)


def rank(typed: str, item: Searchable) -> int | None:
    """How well ``typed`` (already plain) fits, smaller is better; None: not at all."""
    for level, keys in ((EXACT, item.words), (ALIAS_EXACT, item.others)):
        if typed in keys:
            return level
    for level, keys in ((PREFIX, item.words), (ALIAS_PREFIX, item.others)):
        if any(key.startswith(typed) for key in keys):
            return level
    for level, keys in ((INSIDE, item.words), (ALIAS_INSIDE, item.others)):
        if any(typed in key for key in keys):
            return level
    return None


def find(typed: str, items: Iterable[Searchable], most: int = HITS) -> list[int]:
    """Ids of the best hits, best first; nothing typed finds nothing."""
    wanted = plain(typed)
    if not wanted:
        return []
    hits = [(level, len(item.name), place, item.id) for place, item in enumerate(items) if (level := rank(wanted, item)) is not None]
    return [id for *_, id in sorted(hits)[:most]]
