"""Cases kept in the memory of a process instead of the database: the same actions, rules and records, a hundred times as many moves.

``Memory`` is a ``cases.store.Store``. Its rows are plain values by column, handed out as fresh objects, so that only what an action
writes counts; what an action that fails has written is undone. People, units, classes, calendars and photos stay in the database of the
made city: they are read there and never change here.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any, cast

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, OuterRef, Q, QuerySet

from urbangrid.cases.models import Case, CaseRecord, CaseRelation, Clock, ProcessDefinition, WorkItem
from urbangrid.cases.store import Row
from urbangrid.core.batch import Batch
from urbangrid.core.models import OutboxEntry, Platform

Values = dict[str, Any]
"""A row by column (``case_id``). Never changed in place: a write puts another in its place."""
OUTSIDE = (ProcessDefinition,)
"""Of the tables of cases those that are read from the made city."""
COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "exact": lambda one, other: one == other,
    "in": lambda one, others: one in others,
    "gt": lambda one, other: one is not None and one > other,
    "gte": lambda one, other: one is not None and one >= other,
    "lt": lambda one, other: one is not None and one < other,
    "lte": lambda one, other: one is not None and one <= other,
    "isnull": lambda one, wanted: (one is None) == wanted,
    "has_key": lambda one, key: key in one,
    "bboverlaps": lambda one, box: one is not None and one.extent[0] <= box.extent[2] and one.extent[2] >= box.extent[0]
    and one.extent[1] <= box.extent[3] and one.extent[3] >= box.extent[1],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Having:
    """The condition that one of these rows exists, see ``django.db.models.Exists``."""

    found: Found
    conditional: bool = True


@dataclass(frozen=True, slots=True)
class Memory:
    """``tables`` by model and key; ``undo`` what stood before each write of the action under way."""

    tables: dict[type[Model], dict[int, Values]] = field(default_factory=lambda: defaultdict(dict))
    outside: dict[tuple[type[Model], int], Values] = field(default_factory=dict)
    undo: list[tuple[type[Model], int, Values | None]] = field(default_factory=list)

    # --- as a store ---

    def rows(self, model: type[Row]) -> QuerySet[Row]:
        assert _is_kept(model), f"{model.__name__} is not kept in memory"
        return cast("QuerySet[Row]", Found(self, model))

    def exists(self, found: QuerySet[Any]) -> Any:
        return Having(cast("Found", found))

    def locked(self, case_id: int, platform_id: int) -> Case | None:
        return self.rows(Case).filter(pk=case_id, platform_id=platform_id).first()

    def open_clocks(self, case: Case) -> list[Clock]:
        rows = list(self.rows(Clock).filter(case_id=case.pk, ended_at=None).order_by("id"))
        items = {one.pk: one for one in self.rows(WorkItem).filter(pk__in=[row.item_id for row in rows])}
        for row in rows:
            row.case = case
            if row.item_id is not None:
                row.item = items[row.item_id]
        return rows

    def merger(self, case_id: int) -> CaseRelation | None:
        found = self.rows(CaseRelation).filter(other_id=case_id, kind="merged", ended_at=None).first()
        record = self.rows(CaseRecord).filter(case_id=case_id, action="merge").order_by("-seq").first()
        if found is not None and record is not None:
            found.from_state, found.merged_seq = record.from_state, record.seq  # type: ignore[attr-defined]
        return found

    def serial(self, platform: Platform, kind: str, day: date, count: int) -> int:
        model = apps.get_model("cases", "NumberSeries")
        key = hash((platform.pk, kind, day))
        last = int(self.tables[model].get(key, {"last": 0})["last"]) + count
        self.put(model, key, {"last": last})
        return last

    def write(self, batch: Batch) -> None:
        taken = batch.take()
        for model, rows in taken.inserts.items():
            for row in rows:
                self.put(model, row.pk, {one.attname: one.pre_save(row, True) for one in model._meta.concrete_fields if not one.generated})
                row._state.adding = False
        for row, names in taken.updates:
            columns = [row._meta.get_field(name).attname for name in names]  # type: ignore[union-attr]
            self.put(type(row), row.pk, self.tables[type(row)][row.pk] | {name: getattr(row, name) for name in columns})
        for model, key in taken.deletes:
            self.put(model, key, None)

    # --- keeping ---

    def put(self, model: type[Model], key: int, values: Values | None) -> None:
        """Put a row in the place of what stood there; None: away with it."""
        table = self.tables[model]
        self.undo.append((model, key, table.get(key)))
        if values is None:
            del table[key]
        else:
            table[key] = values

    @contextmanager
    def whole(self) -> Iterator[None]:
        """What is written within stands as a whole or not at all."""
        begun = len(self.undo)
        try:
            yield
        except BaseException:
            while len(self.undo) > begun:
                model, key, values = self.undo.pop()
                if values is None:
                    self.tables[model].pop(key, None)
                else:
                    self.tables[model][key] = values
            raise
        if not begun:
            self.undo.clear()

    def take_in(self, rows: Iterable[Model]) -> None:
        """Rows of the database: where a life in memory begins."""
        for row in rows:
            self.tables[type(row)][row.pk] = {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields}

    def copy(self) -> Memory:
        """Another with the same rows: rows are never changed in place."""
        return Memory(defaultdict(dict, {model: dict(table) for model, table in self.tables.items()}), self.outside)

    def state_of(self, case_id: int) -> frozenset[tuple[type[Model], int, int]]:
        """Which rows belong to a case and which values they have: equal only while nothing of the case was written."""
        found: set[tuple[type[Model], int, int]] = {(Case, case_id, id(self.tables[Case][case_id]))}
        for model, table in self.tables.items():
            name = "subject_id" if model is OutboxEntry else "case_id"
            found |= {(model, key, id(values)) for key, values in table.items() if values.get(name) == case_id}
        return frozenset(found)

    def behind(self, model: type[Model], key: int) -> Values:
        """The row that a reference names, here or in the made city."""
        if _is_kept(model):
            return self.tables[model][key]
        known = self.outside.get((model, key))
        if known is None:
            row = model._base_manager.get(pk=key)
            known = self.outside[model, key] = {one.attname: getattr(row, one.attname) for one in model._meta.concrete_fields}
        return known


@cache
def _is_kept(model: type[Model]) -> bool:
    return model is OutboxEntry or (model._meta.app_label == "cases" and model not in OUTSIDE)


@cache
def _columns(model: type[Model]) -> tuple[str, ...]:
    return tuple(one.attname for one in model._meta.concrete_fields)


@cache
def _path(model: type[Model], name: str) -> tuple[tuple[tuple[str, type[Model]], ...], str, str]:
    """A filter's name as steps to other rows, the column there, and how it is compared: ``case__category_id__in``."""
    *parts, last = name.split("__")
    how = last if parts and last in COMPARE else "exact"
    if how == "exact":
        parts.append(last)
    steps: list[tuple[str, type[Model]]] = []
    for part in parts[:-1]:
        one: Any = model._meta.get_field(part)
        steps.append((one.attname, one.related_model))
        model = one.related_model
    column: Any = model._meta.pk if parts[-1] == "pk" else model._meta.get_field(parts[-1])
    return tuple(steps), column.attname, how


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of one model that fulfil conditions: the part of a ``QuerySet`` that moving a case uses."""

    memory: Memory
    model: type[Model]
    wanted: tuple[Any, ...] = ()
    order: tuple[str, ...] = ()
    columns: tuple[str, ...] | None = None
    flat: bool = False
    joined: tuple[str, ...] = ()

    # --- narrowing ---

    def filter(self, *conditions: Any, **named: Any) -> Found:
        return replace(self, wanted=(*self.wanted, *conditions, *named.items()))

    def exclude(self, *conditions: Any, **named: Any) -> Found:
        return replace(self, wanted=(*self.wanted, ~Q(*conditions, **named)))

    def order_by(self, *names: str) -> Found:
        return replace(self, order=names)

    def values_list(self, *names: str, flat: bool = False) -> Found:
        return replace(self, columns=names, flat=flat)

    def select_related(self, *names: str) -> Found:
        return replace(self, joined=names)

    def only(self, *_names: str) -> Found:
        return self

    def select_for_update(self, **_how: Any) -> Found:
        return self

    # --- looking ---

    def _values(self, outer: Values | None = None) -> list[Values]:
        rows = list(self._near())
        for one in self.wanted:
            rows = [row for row in rows if self._fits(row, one, outer)]
        for name in reversed(self.order):
            rows.sort(key=lambda row, name=name: self._at(row, name.lstrip("-"))[0], reverse=name.startswith("-"))  # type: ignore[misc]
        return rows

    def _near(self) -> Iterable[Values]:
        """The row of a key where one is asked for, else all."""
        table = self.memory.tables[self.model]
        key = next((one[1] for one in self.wanted if isinstance(one, tuple) and one[0] in ("pk", "id")), None)
        if not isinstance(key, int):
            return table.values()
        return (table[key],) if key in table else ()

    def _fits(self, row: Values, one: Any, outer: Values | None) -> bool:
        if isinstance(one, Having):
            return bool(one.found._values(row))
        if not isinstance(one, tuple):
            parts = (self._fits(row, child, outer) for child in one.children)
            return (any(parts) if one.connector == Q.OR and one.children else all(parts)) != bool(one.negated)
        name, wanted = one
        value, how = self._at(row, name)
        if isinstance(wanted, OuterRef):
            assert outer is not None
            named: Any = wanted
            wanted = outer["id" if named.name == "pk" else named.name]
        elif isinstance(wanted, Model):
            wanted = wanted.pk
        elif how == "in":
            wanted = tuple(wanted)
        return COMPARE[how](value, wanted)

    def _at(self, row: Values, name: str) -> tuple[Any, str]:
        steps, column, how = _path(self.model, name)
        for reference, model in steps:
            if row[reference] is None:
                return None, how
            row = self.memory.behind(model, row[reference])
        return row[column], how

    def _given(self, row: Values) -> Any:
        """As it is asked for: single columns, or an object with the rows that were joined."""
        if self.columns is not None:
            found = tuple(self._at(row, name)[0] for name in self.columns)
            return found[0] if self.flat else found
        made = _made(self.model, row)
        for path in self.joined:
            held: Any = made
            for name in path.split("__"):
                reference: Any = held._meta.get_field(name)
                key = getattr(held, reference.attname)
                if key is None:
                    break
                if name not in held._state.fields_cache:
                    setattr(held, name, _made(reference.related_model, self.memory.behind(reference.related_model, key)))
                held = getattr(held, name)
        return made

    def __iter__(self) -> Iterator[Any]:
        return iter([self._given(row) for row in self._values()])

    def __getitem__(self, place: slice) -> list[Any]:
        return [self._given(row) for row in self._values()[place]]

    def exists(self) -> bool:
        return bool(self._values())

    def count(self) -> int:
        return len(self._values())

    def first(self) -> Any:
        rows = (self if self.order else self.order_by("pk"))._values()
        return self._given(rows[0]) if rows else None

    def latest(self, name: str) -> Any:
        return self.order_by(f"-{name}").first()

    def get(self, **named: Any) -> Any:
        (row,) = self.filter(**named)._values()
        return self._given(row)

    # --- writing at once ---

    def update(self, **changed: Any) -> int:
        rows = self._values()
        for row in rows:
            self.memory.put(self.model, row["id"], row | changed)
        return len(rows)

    def delete(self) -> None:
        for row in self._values():
            self.memory.put(self.model, row["id"], None)


def _made(model: type[Model], row: Values) -> Model:
    """The object of a row; what could be changed in place is its own."""
    values = [copy.deepcopy(value) if isinstance(value, dict | list) else value for value in (row.get(name) for name in _columns(model))]
    return model.from_db(DEFAULT_DB_ALIAS, _columns(model), values)
