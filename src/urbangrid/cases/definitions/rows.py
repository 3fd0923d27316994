"""A definition as rows: one row per state and per single move, so that two definitions can be compared and laid over each other.

Plain Python on the JSON form that ``cases.process.load`` reads. A section is a list of rows or a table of values; sections that this
module does not know (a later release's) are carried along and compared row by row all the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from urbangrid.cases.lifecycle import EDGES

HEAD = ("code", "name", "source", "kind", "major_code", "category_code", "base")
"""What a definition is called and chosen by; never part of an override."""
SCOPE = ("source", "kind", "major_code", "category_code")
KEYS = {"waits": ("state",), "moves": ("action", "from", "to"), "stages": ("code",)}
"""What names a row of a list; rows of other lists by ``code``, ``kind`` or ``action`` where they have one, else by their place."""

Definition = dict[str, Any]
RowKey = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: ``before`` or ``after`` is None where the field, or the whole row, is not there. ``field`` empty: the whole row."""

    section: str
    row: RowKey
    field: str
    before: Any
    after: Any


def normal(definition: Mapping[str, Any]) -> Definition:
    """The same definition with a row for each single move (one state it starts from, one it leads to). Rows that this release does not
    know stay as they are, so that a check can name them."""
    made = dict(json.loads(json.dumps(definition)))
    made["moves"] = [single for row in made.get("moves", []) for single in _single(row)]
    return made


def _single(row: Mapping[str, Any]) -> Iterator[Definition]:
    sources = row.get("from") if isinstance(row.get("from"), list) else [row.get("from")]
    for source in sources or []:
        permitted = dict.fromkeys(edge.target.value for edge in EDGES if edge.action == row.get("action") and edge.source == source)
        for target in [row["to"]] if "to" in row else (permitted or [None]):
            one = {"action": row.get("action"), "from": source, **({"to": target} if target else {})}
            yield one | {name: value for name, value in row.items() if name not in ("action", "from", "to")}


def key_of(section: str, row: Mapping[str, Any], place: int) -> RowKey:
    """What names a row among those of its section."""
    names = KEYS.get(section) or next(((name,) for name in ("code", "kind", "action") if name in row), ())
    return tuple(str(row.get(name, "")) for name in names) or (str(place + 1),)


def keyed(section: str, rows: Any) -> dict[RowKey, Any]:
    """The rows of a section by their key; a table of values has its names as keys. A key that comes twice is told apart by its place."""
    if isinstance(rows, Mapping):
        return {(str(name),): value for name, value in rows.items()}
    if not isinstance(rows, list):
        return {(): rows}
    found: dict[RowKey, Any] = {}
    for place, row in enumerate(rows):
        key = key_of(section, row, place) if isinstance(row, Mapping) else (str(place + 1),)
        found[key if key not in found else (*key, str(place + 1))] = row
    return found


def sections(*definitions: Mapping[str, Any]) -> list[str]:
    """Names of all sections but the head, in their order."""
    return list(dict.fromkeys(name for one in definitions for name in one if name not in HEAD))


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """What differs, row by row and field by field, in the order of the new definition; the head's scope too."""
    before, after = normal(old), normal(new)
    found = [
        Change("head", (name,), "", before.get(name), after.get(name))
        for name in HEAD
        if name not in ("code", "base") and (before.get(name) or "") != (after.get(name) or "")
    ]
    for section in sections(after, before):
        one, other = keyed(section, before.get(section, [])), keyed(section, after.get(section, []))
        for key in dict.fromkeys([*other, *one]):
            found += _row_changes(section, key, one.get(key), other.get(key))
    return found


def _row_changes(section: str, key: RowKey, old: Any, new: Any) -> Iterator[Change]:
    if old == new:
        return
    if not (isinstance(old, Mapping) and isinstance(new, Mapping)):
        yield Change(section, key, "", old, new)
        return
    for name in dict.fromkeys([*new, *old]):
        if old.get(name) != new.get(name):
            yield Change(section, key, name, old.get(name), new.get(name))


def difference(base: Mapping[str, Any], whole: Mapping[str, Any]) -> Definition:
    """The override that makes ``whole`` out of ``base``: per section the rows to put and the keys to leave out."""
    before, after = normal(base), normal(whole)
    found: Definition = {}
    for section in sections(before, after):
        one, other = keyed(section, before.get(section, [])), keyed(section, after.get(section, []))
        put = [[list(key), row] for key, row in other.items() if one.get(key) != row or key not in one]
        without = [list(key) for key in one if key not in other]
        if put or without:
            found[section] = {"put": put, "without": without, "table": isinstance(after.get(section, before.get(section)), Mapping)}
    return found


def applied(base: Mapping[str, Any], override: Mapping[str, Any], head: Mapping[str, Any]) -> Definition:
    """``base`` with the override laid over it and the override's own head; new rows stand at the end of their section."""
    made = normal(base)
    for section, change in override.items():
        rows = keyed(section, made.get(section, [] if not change["table"] else {}))
        for key in change["without"]:
            rows.pop(tuple(key), None)
        rows |= {tuple(key): row for key, row in change["put"]}
        made[section] = {key[0]: value for key, value in rows.items()} if change["table"] else _plain(rows)
    for name in HEAD:
        made.pop(name, None)
    return {name: head[name] for name in HEAD if head.get(name)} | made


def _plain(rows: Mapping[RowKey, Any]) -> Any:
    return rows[()] if () in rows else list(rows.values())
