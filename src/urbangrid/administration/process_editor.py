"""The editor of a definition: every section as tables of fields, and the form read back into the same shape.

Each table is a form of its own that carries some rows of its section: the steps of one stage, or as many rows as ``MOST_FIELDS`` allows,
since a post of more fields than DATA_UPLOAD_MAX_NUMBER_FIELDS is refused. Rows that a form does not carry stay as they were.

Sections that this release does not describe (of a later one, or typed by hand) are shown all the same: lists as rows of their own
columns, nested values as JSON. What a row carries beside its columns is kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from urbangrid.administration import process_words
from urbangrid.administration.words import DUTIES
from urbangrid.cases import words
from urbangrid.cases.actions import definitions
from urbangrid.cases.definitions import fault_words
from urbangrid.cases.definitions.rows import HEAD, SCOPE, Definition
from urbangrid.cases.lifecycle import EDGES, OPEN, State
from urbangrid.cases.process import Fault

MOST_ROWS = 300
"""Rows of one section that a form may carry."""
MOST_FIELDS = 400
"""Fields that one form of a section may carry."""
TEXT, CHOICE, NUMBER, FLAG, LIST, JSON, FIXED = "text", "choice", "number", "flag", "list", "json", "fixed"
COLUMNS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "waits": (("state", CHOICE), ("duty", CHOICE), ("holder", CHOICE), ("limit_minutes", NUMBER), ("calendar", CHOICE), ("paused", FLAG)),
    "moves": (("action", CHOICE), ("from", CHOICE), ("to", CHOICE), ("duty", CHOICE), ("then", CHOICE)),
    "stages": (("code", TEXT), ("name", TEXT), ("states", LIST)),
}
KEYED_BY = {"waits": ("state",), "moves": ("action", "from", "to"), "stages": ("code",)}
"""Columns that name a row: of a row that is there they are shown and travel as one field, only those of a new row are typed."""
JOINT = "|"
TABLES = ("verify_before_filing", "settings")
APART = (*HEAD, "limit", "standard")


@dataclass(frozen=True, slots=True)
class Cell:
    """A field of a row: its name in the form, its kind, what is typed, the list it chooses from."""

    name: str
    kind: str
    typed: str
    label: str
    offered: str = ""


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of a section with its faults; ``key``: its naming columns; ``more``: JSON of what has no column; ``fresh``: for one more."""

    number: int
    name: str
    cells: tuple[Cell, ...]
    faults: tuple[str, ...] = ()
    key: str = ""
    more: str = ""
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section, or the part of it that one form carries, as a table; ``anchor``: its place on the page; ``count``: rows of the section."""

    name: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[RowView, ...]
    count: int
    anchor: str


@dataclass(frozen=True, slots=True)
class Form:
    """Everything that the page of a draft shows; ``other``: faults that belong to no row."""

    sections: tuple[SectionView, ...]
    other: tuple[str, ...]
    offered: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def form(definition: Definition, faults: Iterable[Fault], calendars: Mapping[str, str]) -> Form:
    """The form of a definition, each fault at its row."""
    found = list(faults)
    placed: set[int] = set()
    names = [*COLUMNS, *TABLES] + [name for name in definition if name not in (*COLUMNS, *TABLES, *APART)]
    stages = _stages(definition)
    sections = tuple(
        one for name in names if _shown(name, definition) for one in _section(name, definition.get(name), found, placed, stages)
    )
    other = tuple(fault_words.sentence(fault, DUTIES) for place, fault in enumerate(found) if place not in placed)
    return Form(sections, other, _offered(calendars))


def _shown(name: str, definition: Definition) -> bool:
    return name in COLUMNS or isinstance(definition.get(name), (list, dict))


def _offered(calendars: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Choices of the lists: the word and the code, since some words stand for two codes."""
    actions = dict.fromkeys(edge.action for edge in EDGES)
    return {
        "states": tuple(_both(state.value, words.STATES) for state in State),
        "open_states": tuple(_both(state.value, words.STATES) for state in State if state in OPEN),
        "actions": tuple(_both(action, words.ACTIONS) for action in actions),
        "duties": tuple(_both(duty, DUTIES) for duty in DUTIES),
        "holders": tuple(_both(code, process_words.HOLDERS) for code in process_words.HOLDERS),
        "calendars": tuple(_both(code, {**calendars, **process_words.CALENDARS}) for code in {**process_words.CALENDARS, **calendars}),
        "rules": tuple(_both(code, words.VERIFY) for code in words.VERIFY),
    }


LISTS = {
    "state": ("open_states", words.STATES), "from": ("states", words.STATES), "to": ("states", words.STATES),
    "action": ("actions", words.ACTIONS), "then": ("actions", words.ACTIONS), "duty": ("duties", DUTIES),
    "holder": ("holders", process_words.HOLDERS),
    "calendar": ("calendars", process_words.CALENDARS), "states": ("", words.STATES), "rule": ("rules", words.VERIFY),
}  # fmt: skip
"""Per column: the list that the field offers, and the words of its codes."""


def _both(code: str, known: Mapping[str, Any]) -> str:
    """待派遣 to_dispatch."""
    return f"{known[code]} {code}" if code in known else code


def _section(name: str, content: Any, faults: list[Fault], placed: set[int], stages: Mapping[str, str]) -> tuple[SectionView, ...]:
    title = str(process_words.SECTIONS.get(name, name))
    if isinstance(content, Mapping) or name in TABLES:
        return (_table(name, title, content or {}, faults, placed),)
    rows = [row for row in content or [] if isinstance(row, Mapping)]
    columns = COLUMNS.get(name) or tuple((column, _kind(rows, column)) for column in dict.fromkeys(key for row in rows for key in row))
    views = [_row(name, number, row, columns, faults, placed) for number, row in enumerate(rows)]
    fresh = RowView(len(rows), "", tuple(_cell(name, len(rows), column, kind, None) for column, kind in columns), fresh=True)
    heads = tuple(str(process_words.FIELDS.get(column, column)) for column, _kind in columns)
    parts = _parts(views, [_stage_of(row, stages) if name == "moves" else "" for row in rows], len(columns))
    return tuple(
        SectionView(name, f"{title} · {of}" if of else title, heads, (*mine, fresh), len(rows) + 1, f"{name}-{place}" if place else name)
        for place, (of, mine) in enumerate(parts)
    )


def _parts(views: list[RowView], belongs: list[str], columns: int) -> list[tuple[str, list[RowView]]]:
    """Rows by what they belong to, in the order of their first row, each part small enough for a form."""
    most = max(1, MOST_FIELDS // (columns + 3) - 1)  # beside its columns a row sends its key, the rest as JSON, and whether it is dropped
    groups: dict[str, list[RowView]] = {}
    for view, of in zip(views, belongs, strict=True):
        groups.setdefault(of, []).append(view)
    return [(of, mine[at : at + most]) for of, mine in groups.items() for at in range(0, len(mine), most)] or [("", [])]


def _stages(definition: Definition) -> dict[str, str]:
    """State → the name of its stage, as far as the draft says so."""
    content = definition.get("stages")
    found = [
        row for row in (content if isinstance(content, list) else []) if isinstance(row, Mapping) and isinstance(row.get("states"), list)
    ]
    return {str(state): str(row.get("name") or row.get("code") or "") for row in found for state in row["states"]}


def _stage_of(move: Mapping[str, Any], stages: Mapping[str, str]) -> str:
    return stages.get(str(move.get("from"))) or _("不在环节内")


def _kind(rows: list[Mapping[str, Any]], column: str) -> str:
    """The kind of a column that no release described: lists of words, numbers, yes or no; anything deeper as JSON."""
    values = [row[column] for row in rows if column in row]
    if all(isinstance(one, bool) for one in values):
        return FLAG
    if all(isinstance(one, int) for one in values):
        return NUMBER
    if all(isinstance(one, str) for one in values):
        return CHOICE if column in LISTS else TEXT
    return LIST if all(isinstance(one, list) and all(isinstance(part, str) for part in one) for one in values) else JSON


def _row(
    name: str, number: int, row: Mapping[str, Any], columns: tuple[tuple[str, str], ...], faults: list[Fault], placed: set[int]
) -> RowView:
    mine = [place for place, fault in enumerate(faults) if _concerns(fault, name, row)]
    placed.update(mine)
    said = tuple(fault_words.sentence(faults[place], DUTIES) for place in mine)
    more = {key: value for key, value in row.items() if key not in dict(columns)}
    keys = KEYED_BY.get(name, ())
    cells = tuple(_cell(name, number, column, FIXED if column in keys else kind, row.get(column)) for column, kind in columns)
    key = JOINT.join(str(row.get(column, "")) for column in keys)
    return RowView(number, f"{name}-{number}", cells, said, key, json.dumps(more, ensure_ascii=False) if more else "")


def _concerns(fault: Fault, section: str, row: Mapping[str, Any]) -> bool:
    """Whether a fault names this row: ``file from to_file: …`` a move, ``to_dispatch: …`` a wait."""
    if section == "moves":
        return fault.row.split(":")[0].startswith(f"{row.get('action')} from {row.get('from')}")
    if section == "waits":
        return " from " not in fault.row and fault.row.split(":")[0] == str(row.get("state")) and fault.code not in NOT_OF_WAITS
    return section == "requests" and fault.row.removeprefix("requests: ").split(":")[0] == row.get("kind")


NOT_OF_WAITS = frozenset({"unreachable_state", "dead_end", "no_way_to_closure", "no_stage", "nobody_works"})
"""Faults of a state that no row of 待办 can cure: they stand above the tables."""


def _cell(section: str, number: int, column: str, kind: str, content: Any) -> Cell:
    offered, known = LISTS.get(column, ("", {}))
    return Cell(f"{section}-{number}-{column}", kind, _typed(kind, content, known), str(process_words.FIELDS.get(column, column)), offered)


def _typed(kind: str, content: Any, known: Mapping[str, Any]) -> str:
    if content is None or content is False:
        return ""
    if kind == LIST and isinstance(content, list):
        return _("、").join(_both(str(one), known) for one in content)
    if kind == FIXED:
        return str(known.get(str(content), content))
    if kind == CHOICE:
        return _both(str(content), known)
    if kind == JSON or isinstance(content, (list, dict)):
        return json.dumps(content, ensure_ascii=False)
    return str(content)


def _table(name: str, title: str, content: Mapping[str, Any], faults: list[Fault], placed: set[int]) -> SectionView:
    """A table of values: its names stay, their values are typed."""
    names = list(content)
    kind, column, words_of = (
        (CHOICE, "rule", words.SOURCE_CLASSES) if name == TABLES[0] else (JSON, "value", words.SETTINGS)
    )
    rows, wrong = [], "unknown_verify_rule" if name == TABLES[0] else "setting_wrong"
    for number, key in enumerate(names):
        mine = [place for place, fault in enumerate(faults) if fault.code == wrong and fault.row == key]
        placed.update(mine)
        cells = (Cell(f"{name}-{number}-key", FIXED, str(words_of.get(key, key)), ""), _cell(name, number, column, kind, content[key]))
        if kind == JSON:
            cells = (cells[0], Cell(cells[1].name, JSON, json.dumps(content[key], ensure_ascii=False), cells[1].label))
        rows.append(RowView(number, f"{name}-{number}", cells, tuple(fault_words.sentence(faults[place]) for place in mine), key))
    return SectionView(name, title, ("", str(process_words.SECTIONS[name])), tuple(rows), len(names), name)


# --- reading it back ---


def read(posted: QueryDict, before: Definition) -> Definition:
    """The definition as typed; sections, and rows of a section, that the form did not carry stay as they were."""
    made: Definition = _head(posted) if "name" in posted else {name: before[name] for name in APART if before.get(name)}
    made |= {name: before[name] for name in ("code", "base") if before.get(name)}
    for name, content in before.items():
        if name in APART:
            continue
        if f"{name}-count" not in posted:
            made[name] = content
        elif isinstance(content, Mapping):
            made[name] = _read_table(posted, name)
        else:
            made[name] = _read_rows(posted, name, [row for row in content if isinstance(row, Mapping)])
    return made


def _head(posted: QueryDict) -> Definition:
    made: Definition = {"name": _plain(posted.get("name"), 60)}
    made |= {name: typed for name in SCOPE if (typed := _plain(posted.get(name), 20))}
    value = _plain(posted.get("limit_value"), 6)
    if value:
        made["limit"] = {
            "value": int(value) if value.isascii() and value.isdigit() else value,
            "unit": _plain(posted.get("limit_unit"), 20),
        }
    if standard := _plain(posted.get("standard"), 10_000):
        made["standard"] = standard
    return made


def _plain(typed: str | None, most: int = 500) -> str:
    return (typed or "").replace("\0", "").strip()[:most]


def _count(posted: QueryDict, name: str) -> int:
    typed = posted.get(f"{name}-count", "0")
    return min(int(typed), MOST_ROWS) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0


def _read_table(posted: QueryDict, name: str) -> Definition:
    column = "rule" if name == TABLES[0] else "value"
    found: Definition = {}
    for number in range(_count(posted, name)):
        key, typed = _plain(posted.get(f"{name}-{number}-key"), 40), _plain(posted.get(f"{name}-{number}-{column}"))
        if key:
            found[key] = _code(typed) if column == "rule" else _json(typed)
    return found


def _read_rows(posted: QueryDict, name: str, before: list[Mapping[str, Any]]) -> list[Definition]:
    columns = COLUMNS.get(name) or tuple((column, _kind(before, column)) for column in dict.fromkeys(key for row in before for key in row))
    found = []
    for number in range(max(_count(posted, name), len(before))):
        if number < len(before) and f"{name}-{number}-key" not in posted:
            found.append(dict(before[number]))  # a row of another form of this section
            continue
        if posted.get(f"{name}-{number}-drop") == "on":
            continue
        named = dict(zip(KEYED_BY.get(name, ()), posted.get(f"{name}-{number}-key", "").split(JOINT), strict=False))
        row = {column: _value(kind, posted.get(f"{name}-{number}-{column}")) for column, kind in columns}
        row |= {column: _plain(code, 40) for column, code in named.items() if code}
        row = {column: value for column, value in row.items() if value not in (None, "", [], False)}
        if not row:
            continue
        more = _json(_plain(posted.get(f"{name}-{number}-more"), 5000))
        found.append(row | (more if isinstance(more, dict) else {}))
    return found


def _value(kind: str, typed: str | None) -> Any:
    text = _plain(typed, 2000)
    if kind == FLAG:
        return text == "on"
    if kind == NUMBER:
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else text
    if kind == LIST:
        return [_code(part) for part in text.replace(",", "、").split("、") if part.strip()]
    if kind == JSON:
        return _json(text)
    return _code(text) if kind == CHOICE else text


def _code(text: str) -> str:
    """The code behind its word: ``待派遣 to_dispatch``."""
    return text.rsplit(" ", 1)[-1] if text else ""


def _json(text: str) -> Any:
    try:
        return definitions.storable(text) if text else None
    except (ValueError, RecursionError):
        return text
