"""Shipped presets (TOML): a model says in which rows it differs from another one.

``extends = "model_a"`` takes all of that preset. Then, in this order:

1. ``[remove]`` takes rows out, by list: ``posts = ["head"]``, ``moves = ["sign", "file from to_file"]``; ``["*"]`` takes all.
2. a row with the identity of one that is there replaces the keys that it names; any other row is added at the end. ``add_duties`` and
   ``drop_duties`` (or another list's name) change the list that is there, so that what the base gains later comes along.
3. tables (``[settings]``) are merged key by key, single values replace.

The identity of a row is its ``code``, ``state``, ``kind``, or ``action from state``.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from urbangrid.core.errors import Refusal
from urbangrid.core.text import listed

Table = dict[str, Any]


def codes(folder: Path) -> list[str]:
    """The presets of a folder, in order."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def read(folder: Path, code: str) -> Table:
    """The preset as one table, what it extends taken in. Raises Refusal ``preset_unknown`` naming those that there are."""
    known = codes(folder)
    if code not in known:
        raise Refusal("preset_unknown", status=404, code=code[:40], known=listed(known))
    own: Table = tomllib.loads((folder / f"{code}.toml").read_text(encoding="utf-8"))
    base = own.pop("extends", "")
    return merged(read(folder, base), own) if base else own


def identity(row: Table) -> str:
    """What a row is known by in its list."""
    if "action" in row:
        sources = row["from"] if isinstance(row["from"], list) else [row["from"]]
        return f"{row['action']} from {' '.join(sources)}"
    return str(row.get("code") or row.get("state") or row.get("kind") or "")


def merged(base: Table, own: Table) -> Table:
    """``base`` with the differences of ``own``; neither is changed."""
    found = dict(base)
    for name, gone in own.get("remove", {}).items():
        found[name] = [row for row in found.get(name, []) if not _named(row, gone)]
    for name, value in own.items():
        if name == "remove":
            continue
        if isinstance(value, list) and value and isinstance(value[0], dict):
            found[name] = _rows(found.get(name, []), value)
        elif isinstance(value, dict):
            found[name] = found.get(name, {}) | value
        else:
            found[name] = value
    return found


def _named(row: Table, gone: list[str]) -> bool:
    return "*" in gone or identity(row) in gone or row.get("action") in gone


def _rows(base: list[Table], own: list[Table]) -> list[Table]:
    kept = {identity(row): row for row in base}
    for row in own:
        kept[identity(row)] = _row(kept.get(identity(row), {}), row)
    return list(kept.values())


def _row(base: Table, own: Table) -> Table:
    found = base | {name: value for name, value in own.items() if not name.startswith(("add_", "drop_"))}
    for name, values in own.items():
        how, _sep, of = name.partition("_")
        if how == "drop":
            found[of] = [value for value in found.get(of, []) if value not in values]
        elif how == "add":
            found[of] = list(dict.fromkeys([*found.get(of, []), *values]))
    return found
