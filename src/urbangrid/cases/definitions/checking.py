"""What is wrong with a definition as somebody typed or imported it: every row that this release does not know, then everything that
``process.faults`` finds in the rest. Plain Python; ``fault_words`` puts it into Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from urbangrid.cases.definitions.rows import Definition, normal
from urbangrid.cases.lifecycle import EDGES, OPEN, State
from urbangrid.cases.orders import load_order
from urbangrid.cases.process import HOLDERS, JUDGED_BY, LIMIT_UNITS, Fault, faults, load
from urbangrid.cases.requests import KINDS, load_rule

ACTIONS = frozenset(edge.action for edge in EDGES)
EDGE_KEYS = frozenset((edge.action, edge.source.value, edge.target.value) for edge in EDGES)
STATES = frozenset(state.value for state in State)
MOST_MINUTES = 366 * 24 * 60
BY_REQUEST_ALONE = frozenset(kind.effect for kind in KINDS.values() if kind.effect)
"""Moves that a granted request may take: they need no duty of their own."""
OF_NO_CALENDAR = ("", "always", "unit")
"""What stands for a calendar without being one: round the clock (or the desk's own), and the unit's."""
CODE = re.compile(r"[a-z][a-z0-9_-]{0,29}")


SETTINGS: Mapping[str, tuple[object, ...]] = {"judged_by": JUDGED_BY, "check_by_another": (True, False)}
"""Settings of a process that know few values."""


def check(definition: Mapping[str, Any], held_duties: Iterable[str], calendars: Iterable[str] | None = None) -> list[Fault]:
    """Every fault with its row, unknown rows first; an empty list means that it may be published (SZ-4.1e, BAD INPUT).

    ``calendars``: codes of the platform's working calendars; None where no platform is asked about.
    """
    if not isinstance(definition, Mapping):
        return [Fault("not_a_definition", "")]
    found = list(_head(definition))
    for section in ("waits", "moves", "stages"):
        rows = definition.get(section)
        if not isinstance(rows, list) or not rows or not all(isinstance(row, Mapping) for row in rows):
            found.append(Fault("section_missing", section))
    for section in ("requests", "orders"):
        asked = definition.get(section, [])
        if not isinstance(asked, list) or not all(isinstance(row, Mapping) for row in asked):
            found.append(Fault("section_missing", section))
    for section in ("settings", "verify_before_filing"):
        if not isinstance(definition.get(section, {}), Mapping):
            found.append(Fault("section_missing", section))
    if any(fault.code == "section_missing" for fault in found):
        return found
    whole = normal(definition)
    good: Definition = {**whole, "waits": [], "moves": [], "stages": [], "requests": [], "orders": []}
    for section, ask in (("waits", _wait), ("moves", _move), ("stages", _stage), ("requests", _request), ("orders", _order)):
        for row in whole.get(section, []):
            wrong = list(ask(row))
            found += wrong
            if not wrong:
                good[section].append(row)
    found += [Fault("setting_wrong", name) for name, known in SETTINGS.items() if name in whole["settings"] and not _is(whole, name, known)]
    found += _twice(good)
    if calendars is not None:
        found += _uncalendared(whole, {*OF_NO_CALENDAR, *calendars})
    limit = list(_limit(good.get("limit")))
    if limit:
        found, good = found + limit, {**good, "limit": None}
    named = {str(row.get("state")) for row in whole["waits"]}
    rest = [fault for fault in faults(load(_named(good)), held_duties) if fault.code != "nobody_works" or fault.row not in named]
    return found + _unstaged(good) + rest


def _is(definition: Definition, name: str, known: tuple[object, ...]) -> bool:
    value = definition["settings"][name]
    return any(value == one and type(value) is type(one) for one in known)


def _named(definition: Definition) -> Definition:
    return {**definition, "code": str(definition.get("code") or ""), "name": str(definition.get("name") or "")}


def _head(definition: Mapping[str, Any]) -> Iterator[Fault]:
    if not CODE.fullmatch(str(definition.get("code") or "")):
        yield Fault("code_wrong", str(definition.get("code") or ""))
    if not str(definition.get("name") or "").strip() or len(str(definition["name"])) > 60:
        yield Fault("name_wrong", "name")
    if (definition.get("major_code") or definition.get("category_code")) and not definition.get("kind"):
        yield Fault("scope_without_kind", str(definition.get("category_code") or definition.get("major_code")))
    if definition.get("kind") and definition["kind"] not in ("component", "event", "service"):
        yield Fault("unknown_kind", str(definition["kind"]))


def _wait(row: Mapping[str, Any]) -> Iterator[Fault]:
    state = str(row.get("state"))
    if state not in STATES or State(state) not in OPEN:
        yield Fault("unknown_state", state)
        return
    if row.get("holder") not in HOLDERS:
        yield Fault("unknown_holder", f"{state}: {row.get('holder')}")
    if not isinstance(row.get("duty"), str) or not row["duty"]:
        yield Fault("duty_missing", state)
    limit = row.get("limit_minutes")
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or not 0 < limit <= MOST_MINUTES):
        yield Fault("limit_wrong", f"{state}: {limit}")


def _uncalendared(definition: Definition, known: set[str]) -> Iterator[Fault]:
    """Rows whose time runs by a calendar that the platform does not have."""
    for row in definition["waits"]:
        if str(row.get("calendar") or "") not in known:
            yield Fault("unknown_calendar", f"{row.get('state')}: {row['calendar']}")


def _move(row: Mapping[str, Any]) -> Iterator[Fault]:
    action, source, target = (str(row.get(name)) for name in ("action", "from", "to"))
    name = f"{action} from {source}"
    if action not in ACTIONS:
        yield Fault("unknown_action", name)
        return
    for state in {source, target} - {"None"}:
        if state not in STATES:
            yield Fault("unknown_state", f"{name}: {state}")
            return
    if (action, source, target) not in EDGE_KEYS:
        yield Fault("unknown_move", name if "to" not in row else f"{name} to {target}")
        return
    if not isinstance(row.get("duty", ""), str) or not (row.get("duty") or action in BY_REQUEST_ALONE):
        yield Fault("duty_missing", name)
    if row.get("then") and str(row["then"]) not in ACTIONS:
        yield Fault("unknown_action", f"{name}: {row['then']}")
    if not isinstance(row.get("required", []), (list, tuple)):
        yield Fault("unknown_input", name)


def _stage(row: Mapping[str, Any]) -> Iterator[Fault]:
    code = str(row.get("code") or "")
    if not code or not row.get("name"):
        yield Fault("stage_unnamed", code)
    states = row.get("states")
    for state in map(str, states if isinstance(states, list) else [states]):
        if state not in STATES:
            yield Fault("unknown_state", f"{code}: {state}")


def _request(row: Mapping[str, Any]) -> Iterator[Fault]:
    kind = str(row.get("kind"))
    try:
        load_rule(row)
    except (ValueError, TypeError, KeyError, AttributeError):
        yield Fault("request_wrong" if kind in KINDS else "unknown_request", kind)


def _order(row: Mapping[str, Any]) -> Iterator[Fault]:
    try:
        load_order(row)
    except (ValueError, TypeError, KeyError):
        yield Fault("order_wrong", str(row.get("kind")))


def _limit(limit: Any) -> Iterator[Fault]:
    if not limit:
        return
    value = limit.get("value") if isinstance(limit, Mapping) else None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 10_000 or limit.get("unit") not in LIMIT_UNITS:
        yield Fault("limit_wrong", f"limit: {limit if not isinstance(limit, Mapping) else limit.get('value')}")


def _twice(definition: Definition) -> list[Fault]:
    """A state that waits for two people, a move that is given to two, a state in two stages."""
    found = []
    for name, keys in (
        ("waits", [row["state"] for row in definition["waits"]]),
        ("moves", [f"{row['action']} from {row['from']} to {row['to']}" for row in definition["moves"]]),
        ("requests", [row["kind"] for row in definition["requests"]]),
        ("orders", [row["kind"] for row in definition["orders"]]),
        ("stages", [state for row in definition["stages"] for state in row["states"]]),
    ):
        found += [Fault("row_twice", key) for key in sorted({key for key in keys if keys.count(key) > 1}) if name]
    return found


def _unstaged(definition: Definition) -> list[Fault]:
    """Open states of moves that no stage of the stage bar shows (HD-3.2)."""
    staged = {state for row in definition["stages"] for state in row["states"]}
    used = {row[end] for row in definition["moves"] for end in ("from", "to")}
    return [Fault("no_stage", state) for state in sorted(used) if State(state) in OPEN and state not in staged]
