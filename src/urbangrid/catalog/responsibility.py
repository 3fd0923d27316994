"""责任清单: the responsibility table as a spreadsheet, out and in (CY-A2). The file is the whole table.

1. ``preview`` reads a file and tells what it would add and end; nothing is written.
2. ``apply`` makes the file the table: rows it leaves out end, new ones begin, the others stay as they are with their ids.

A row that ended stays in the database: what the table said on any day can be read (``history``), and cases keep what they were dispatched
by in their own record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from urbangrid.catalog import cache, condition_words, responsibility_queries, shipped
from urbangrid.catalog.actions import units_by_name
from urbangrid.catalog.handbook import ImportResult
from urbangrid.catalog.models import Responsibility
from urbangrid.catalog.responsibility_reading import (
    COLUMNS,
    SHEET,
    UNIT,
    Dates,
    Entry,
    conditions_of_entry,
    read_entries,
)
from urbangrid.catalog.spreadsheets import Fault, Faults, read_rows, write_book
from urbangrid.catalog.staging import Changes
from urbangrid.catalog.words import KIND_TO_CHINESE
from urbangrid.core import clock
from urbangrid.core.models import Platform

__all__ = ["COLUMNS", "SHEET", "Entry", "apply", "end", "export_table", "history", "lock", "preview", "table", "unit_names"]


def table(platform_id: int, *, unit: str = "", typed: str = "") -> QuerySet[Responsibility]:
    """The rows in force or to come, in their order; ``unit``: the unit's words; ``typed``: part of the entry or the class, or its code."""
    rows = Responsibility.objects.filter(responsibility_queries.not_ended(), platform_id=platform_id)
    if unit:
        rows = rows.filter(unit_name=unit)
    if typed:
        rows = rows.filter(Q(entry_name__icontains=typed) | Q(category__name__icontains=typed) | Q(code=typed))
    return rows.select_related("category", "division", "unit").defer("division__geom").order_by("position", "id")


def history(row: Responsibility) -> list[Responsibility]:
    """All rows of the class of ``row`` that ever counted, newest first: who was responsible when."""
    rows = Responsibility.objects.filter(platform_id=row.platform_id, kind=row.kind, code=row.code)
    rows = rows if row.code else rows.filter(entry_name=row.entry_name)
    return list(rows.select_related("division", "unit").defer("division__geom").order_by("-valid_from", "-id")[:HISTORY_ROWS])


HISTORY_ROWS = 100


def unit_names(platform_id: int) -> list[str]:
    """The units of the table in their first order of appearance."""
    listed = Responsibility.objects.filter(responsibility_queries.not_ended(), platform_id=platform_id).order_by("position", "id")
    return list(dict.fromkeys(listed.values_list("unit_name", flat=True)))


def export_table(platform: Platform, *, unit: str = "", typed: str = "") -> bytes:
    """The (filtered) table as a spreadsheet that imports unchanged."""
    return write_book(SHEET, COLUMNS, (_cells(platform, row) for row in table(platform.pk, unit=unit, typed=typed)))


def _cells(platform: Platform, row: Responsibility) -> list[str | int | None]:
    dates = dates_of(platform, row)
    return [
        row.unit_name, row.entry_name, KIND_TO_CHINESE[row.kind], row.code, row.category.name if row.category else None,
        (row.division.code or row.division.name) if row.division else None, row.basis, gettext("是") if row.is_main else None, row.rule,
        condition_words.roads_words(row.roads), condition_words.weekdays_words(row.weekdays),
        condition_words.hours_words(row.from_minute, row.to_minute), row.owner,
        dates.first.isoformat() if dates.first else None, dates.last.isoformat() if dates.last else None,
    ]  # fmt: skip


def chaoyang_sample() -> bytes:
    """Chaoyang's 100 entries of 24 units as a spreadsheet to start from; needs its classes of major 21."""
    rows = ([row.unit_name, row.entry_name, KIND_TO_CHINESE[row.kind], row.code] for row in shipped.chaoyang_responsibilities())
    return write_book(SHEET, COLUMNS, rows)


# --- a file becomes the table ---


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a file would do: entries to begin with the row each follows, rows to end, rows that stay with their new position."""

    new: tuple[tuple[Entry, int, Responsibility | None], ...]
    ended: tuple[Responsibility, ...]
    kept: tuple[tuple[Responsibility, int], ...]


def preview(platform: Platform, data: bytes) -> Changes:
    """What a file would change, or its faults; nothing is written."""
    entries, faults = _read(platform, data)
    if faults.found:
        return Changes(faults=tuple(faults.found))
    plan = _plan(platform, entries)
    if refused := _displaced(plan):
        return Changes(faults=refused)
    return Changes(
        added=tuple(_line(entry) for entry, _position, _old in plan.new),
        ended=tuple(entry_of(platform, row).line for row in plan.ended),
        unchanged=len(plan.kept),
        notes=_notes(entries),
    )


def apply(platform: Platform, data: bytes) -> ImportResult:
    """Make the file the table; all or nothing. Call in a transaction."""
    entries, faults = _read(platform, data)
    if faults.found:
        return ImportResult(faults=tuple(faults.found))
    lock(platform.pk)
    now, plan = clock.now(), _plan(platform, entries)
    if refused := _displaced(plan):
        return ImportResult(faults=refused)
    new = [row_of(platform, entry, position, now, replaces=old) for entry, position, old in plan.new]
    starts = {row.replaces_id: row.valid_from or now for row in new if row.replaces_id is not None}
    for row in plan.ended:
        end(row, starts.get(row.pk, now), now)
    moved = [row for row, position in plan.kept if row.position != position]
    for row, position in plan.kept:
        row.position = position
    Responsibility.objects.bulk_update(plan.ended, ["valid_to"])
    Responsibility.objects.bulk_create(new)
    Responsibility.objects.bulk_update(moved, ["position"])
    if plan.ended or new or moved:
        cache.changed()
    return ImportResult(added=len(new), unchanged=len(plan.kept), ended=len(plan.ended), notes=_notes(entries))


def lock(platform_id: int) -> None:
    """One writer of the table at a time: two who mark a main unit at once would both be right otherwise."""
    Platform.objects.select_for_update(no_key=True).only("id").get(pk=platform_id)


def end(row: Responsibility, at: datetime, now: datetime) -> None:
    """End a row at an instant, not before now; one that has not begun never will."""
    begun = row.valid_from is None or row.valid_from <= now
    row.valid_to = max(now, at) if begun else now


def _read(platform: Platform, data: bytes) -> tuple[list[Entry], Faults]:
    """Where something else is wrong, words that are no unit are told with it, row by row: the file goes back to its sender anyway."""
    faults = Faults(SHEET)
    rows = read_rows(data, COLUMNS, faults)
    entries = read_entries(platform.pk, rows, faults)
    if faults.found:
        units = units_by_name(platform.pk)
        for row in rows:
            if row["unit"] and row["unit"] not in units:
                faults.add("unit_missing", row.number, UNIT.title, value=row["unit"])
        faults.found.sort(key=lambda fault: fault.row)
    return entries, faults


def _displaced(plan: _Plan) -> tuple[Fault, ...]:
    """Rows that would put words which are no unit in the place of a unit: its cases would go to nobody, so the file is refused."""
    faults = Faults(SHEET)
    valid = {(row.kind, row.code or row.entry_name, row.division_id): row.unit_name for row in plan.ended if row.unit_id is not None}
    for entry, _position, _old in plan.new:
        before = valid.get((entry.kind, entry.code or entry.entry_name, entry.division_id))
        if entry.unit_id is None and before is not None:
            faults.add("unit_displaced", entry.number, UNIT.title, value=entry.unit_name, before=before)
    return tuple(faults.found)


def _line(entry: Entry) -> str:
    return entry.line if entry.unit_id is not None else gettext("待落实：%(line)s") % {"line": entry.line}


def _plan(platform: Platform, entries: Sequence[Entry]) -> _Plan:
    there = {entry_of(platform, row).identity: row for row in table(platform.pk)}
    kept, new = [], []
    for position, entry in enumerate(entries, 1):
        row = there.get(entry.identity)
        if row is not None and entry.dates.agree(dates_of(platform, row)):
            kept.append((row, position))
        else:
            new.append((entry, position))
    stay = {row.pk for row, _position in kept}
    ended = [row for row in there.values() if row.pk not in stay]
    before = {(row.kind, row.code, row.unit_name, row.division_id): row for row in ended}
    followed = tuple(
        (entry, position, before.pop((entry.kind, entry.code, entry.unit_name, entry.division_id), None)) for entry, position in new
    )
    return _Plan(followed, tuple(ended), tuple(kept))


def _notes(entries: Iterable[Entry]) -> tuple[str, ...]:
    unknown: dict[str, list[str]] = {}
    for entry in entries:
        if entry.unit_id is None:
            unknown.setdefault(entry.unit_name, []).append(str(entry.number))
    said = gettext("“%(unit)s”不是本平台的单位（第 %(rows)s 行），待落实：按原文保留，派遣时不会建议它；建立单位后重新导入。")
    notes = [said % {"unit": name, "rows": gettext("、").join(numbers)} for name, numbers in unknown.items()]
    unclassed = [entry.entry_name for entry in entries if entry.category_id is None]
    return (*notes, *(gettext("“%(entry)s”没有小类代码，派遣时不会建议责任单位。") % {"entry": name} for name in unclassed))


# --- rows and values ---


def entry_of(platform: Platform, row: Responsibility) -> Entry:
    """The row as it is compared; its area loaded."""
    return Entry(
        unit_name=row.unit_name, entry_name=row.entry_name, kind=row.kind, code=row.code, category_id=row.category_id,
        division_id=row.division_id, division_name=row.division.name if row.division else "", basis=row.basis, unit_id=row.unit_id,
        is_main=row.is_main, rule=row.rule, conditions=responsibility_queries.conditions_of_row(row), dates=dates_of(platform, row),
    )  # fmt: skip


def dates_of(platform: Platform, row: Responsibility) -> Dates:
    """First and last day of a row in the platform's zone."""
    last = (row.valid_to - timedelta(microseconds=1)).astimezone(platform.zone).date() if row.valid_to else None
    return Dates(row.valid_from.astimezone(platform.zone).date() if row.valid_from else None, last)


def row_of(platform: Platform, entry: Entry, position: int, now: datetime, *, replaces: Responsibility | None = None) -> Responsibility:
    """An unsaved row that begins on the entry's first day, today's from now on."""
    first, last, found = entry.dates.first, entry.dates.last, conditions_of_entry(entry)
    today = now.astimezone(platform.zone).date()
    return Responsibility(
        platform=platform, category_id=entry.category_id, entry_name=entry.entry_name, kind=entry.kind, code=entry.code,
        unit_id=entry.unit_id, unit_name=entry.unit_name, division_id=entry.division_id, position=position, basis=entry.basis,
        is_main=entry.is_main, rule=entry.rule, replaces=replaces, **found,
        valid_from=now if first is None or first == today else midnight(platform, first),
        valid_to=midnight(platform, last + timedelta(days=1)) if last else None,
    )  # fmt: skip


def midnight(platform: Platform, day: date) -> datetime:
    """The beginning of a day in the platform's zone."""
    return datetime.combine(day, time.min, platform.zone)
