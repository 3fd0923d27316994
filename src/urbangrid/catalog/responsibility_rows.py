"""Single rows of the responsibility table: added, changed and retired on a page, each with its day and a line on the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from urbangrid.audit.actions import note
from urbangrid.catalog import cache, responsibility
from urbangrid.catalog.actions import units_by_name
from urbangrid.catalog.models import Responsibility
from urbangrid.catalog.responsibility_reading import COLUMNS, Dates, Divisions, Entry, read_entry
from urbangrid.catalog.spreadsheets import Fault, Faults, Row
from urbangrid.core import clock
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.core.platforms import platform_of
from urbangrid.organizations.acting import Acting

BY_TITLE = {column.title: column for column in COLUMNS}


def row(platform_id: int, row_id: int) -> Responsibility:
    """A row of the table. Raises NotFound ``catalog.row_unknown`` for one that ended."""
    found = responsibility.table(platform_id).filter(pk=row_id).first()
    if found is None:
        raise NotFound("catalog.row_unknown")
    return found


@transaction.atomic
def add(acting: Acting, typed: Mapping[str, str]) -> Responsibility:
    """A new row from the words of its columns, from its first day on. Raises Refusal with the field that is wrong."""
    responsibility.lock(acting.platform_id)
    now, entry = clock.now(), _entry(acting, typed)
    _check(acting, entry, now, None)
    last = responsibility.table(acting.platform_id).order_by("-position").values_list("position", flat=True).first()
    made = responsibility.row_of(platform_of(acting.platform_id), entry, (last or 0) + 1, now)
    made.save()
    cache.changed()
    note(acting, "responsibility_added", subject=f"responsibility:{made.pk}", values={"row": entry.line})
    return made


@transaction.atomic
def change(acting: Acting, row_id: int, typed: Mapping[str, str]) -> Responsibility:
    """The row ends where the new one begins; typed without a difference, nothing happens."""
    responsibility.lock(acting.platform_id)
    platform, now = platform_of(acting.platform_id), clock.now()
    old, entry = row(acting.platform_id, row_id), _entry(acting, typed)
    before = responsibility.entry_of(platform, old)
    if entry.identity == before.identity and entry.dates.agree(before.dates):
        return old
    if entry.dates.first == before.dates.first and (old.valid_from is None or old.valid_from <= now):
        entry = replace(entry, dates=Dates(None, entry.dates.last))  # the day was only left standing: what changes counts from now
    _check(acting, entry, now, old)
    made = responsibility.row_of(platform, entry, old.position, now, replaces=old)
    responsibility.end(old, made.valid_from or now, now)
    old.save(update_fields=["valid_to"])
    made.save()
    cache.changed()
    note(acting, "responsibility_changed", subject=f"responsibility:{made.pk}", values={"before": before.line, "after": entry.line})
    return made


@transaction.atomic
def retire(acting: Acting, row_id: int, last_day: date | None) -> Responsibility:
    """End a row now, or after a day to come. Raises Refusal ``catalog.row_day`` for a day gone by."""
    responsibility.lock(acting.platform_id)
    platform, now = platform_of(acting.platform_id), clock.now()
    old = row(acting.platform_id, row_id)
    if last_day is not None and last_day < now.astimezone(platform.zone).date():
        raise Refusal("catalog.row_day", status=422, field="until")
    at = responsibility.midnight(platform, last_day + timedelta(days=1)) if last_day else now
    responsibility.end(old, at, now)
    old.save(update_fields=["valid_to"])
    cache.changed()
    values = {"row": responsibility.entry_of(platform, old).line, "until": last_day.isoformat() if last_day else ""}
    note(acting, "responsibility_retired", subject=f"responsibility:{old.pk}", values=values)
    return old


def _entry(acting: Acting, typed: Mapping[str, str]) -> Entry:
    """What was typed, read as a row of the spreadsheet is read: one rule, two ways in."""
    faults = Faults("")
    read = Row(0, {column.key: typed.get(column.key, "").replace("\0", "").strip() for column in COLUMNS})
    for column in COLUMNS:
        if column.required and not read[column.key]:
            raise Refusal("catalog.row_missing", status=422, field=column.key, label=column.title)
        if len(read[column.key]) > column.most:
            faults.add("too_long", 0, column.title, limit=column.most, found=len(read[column.key]))
    platform_id = acting.platform_id
    entry = read_entry(platform_id, read, units_by_name(platform_id), Divisions(platform_id), faults)
    if faults.found or entry is None:
        raise _refusal(faults.found[0])
    return entry


def _refusal(fault: Fault) -> Refusal:
    said: dict[str, Any] = {"column": gettext_lazy(fault.column), "said": Fault(fault.code, values=fault.values).sentence()}
    return Refusal("catalog.row_fault", status=422, field=BY_TITLE[fault.column].key, **said)


def _check(acting: Acting, entry: Entry, now: datetime, old: Responsibility | None) -> None:
    """No row twice, one main unit, and nothing that would change what counted before today."""
    platform = platform_of(acting.platform_id)
    first = entry.dates.first
    if first is not None and first < now.astimezone(platform.zone).date():
        raise Refusal("catalog.row_day", status=422, field="from")
    for one in responsibility.table(acting.platform_id):
        if old is not None and one.pk == old.pk:
            continue
        other = responsibility.entry_of(platform, one)
        if other.identity == entry.identity and other.dates.meet(entry.dates):
            raise Refusal("catalog.row_twice", status=422, field="entry", line=other.line)
        if entry.is_main and other.is_main and other.contest == entry.contest and other.dates.meet(entry.dates):
            raise Refusal("catalog.main_taken", status=422, field="main", unit=other.unit_name)
