"""办理流程表: category – responsible unit – steps – hours – standard, as a spreadsheet, out and in (CY-9).

1. Every row is read and checked; one fault, and nothing of the file is written.
2. A row becomes an override of the definition in force for all cases: its steps, its 处置时限, its standard; and the unit that answers for
   the class in the responsibility table. What is as it was stays its version.
3. Classes that the file does not name keep what they have.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from urbangrid.audit.actions import note
from urbangrid.cases import processes
from urbangrid.cases.actions.definitions import held_duties
from urbangrid.cases.definitions import checking, fault_words, rows, steps
from urbangrid.cases.models import ProcessDefinition
from urbangrid.catalog import main_units, queries
from urbangrid.catalog.actions import units_by_name
from urbangrid.catalog.handbook import CODE, KIND, NAME, ImportResult, code_of
from urbangrid.catalog.spreadsheets import Column, Faults, Row, number, read_rows, write_book
from urbangrid.catalog.values import CategoryOption
from urbangrid.catalog.words import KIND_FROM_CHINESE, KIND_TO_CHINESE, UNIT_FROM_CHINESE, UNIT_TO_CHINESE
from urbangrid.core.errors import Refusal
from urbangrid.core.platforms import platform_of
from urbangrid.organizations.acting import Acting

SHEET: Final = "办理流程"
UNIT = Column("unit", N_("责任单位"), most=60, width=24)
STEPS = Column("steps", N_("步骤"), required=True, most=200, width=56)
HOURS = Column("hours", N_("时限"), most=6, width=8)
HOURS_UNIT = Column("hours_unit", N_("时限单位"), most=6, width=12)
STANDARD = Column("standard", N_("标准"), most=300, width=44)
COLUMNS: Final[Sequence[Column]] = (KIND, CODE, NAME, UNIT, STEPS, HOURS, HOURS_UNIT, STANDARD)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row that is whole: its class, its unit, and the definition it asks for."""

    category: CategoryOption
    unit_id: int | None
    unit_name: str
    definition: dict[str, Any]


def export(platform_id: int) -> bytes:
    """The classes that have a process of their own, as a spreadsheet that imports unchanged."""
    return write_book(SHEET, COLUMNS, lines(platform_id))


def lines(platform_id: int) -> list[list[str | int | None]]:
    """The rows of the table as it stands."""
    found = [row for row in processes.in_force(platform_id) if row.category_code and row.base_id is not None]
    return [line for row in found if (line := _line(platform_id, row)) is not None]


def _line(platform_id: int, row: ProcessDefinition) -> list[str | int | None] | None:
    category = queries.find_class(platform_id, row.kind, row.category_code)
    if category is None:
        return None
    limit = row.definition.get("limit") or {}
    return [
        KIND_TO_CHINESE[row.kind], row.category_code, category.name, main_units.name_of(platform_id, category.id),
        "、".join(steps.steps_of(row.definition)), limit.get("value"), UNIT_TO_CHINESE[limit["unit"]] if limit else None,
        row.definition.get("standard"),
    ]  # fmt: skip


def import_table(acting: Acting, data: bytes) -> ImportResult:
    """Read a table and publish what it asks for, for cases opened from now on; all or nothing. Raises Refusal ``process_missing``."""
    faults = Faults(SHEET)
    base = _base(acting.platform_id)
    wanted = _read(acting.platform_id, base, read_rows(data, COLUMNS, faults), faults)
    if faults.found:
        note(acting, "import_processes", values={"faults": len(faults.found)})
        return ImportResult(faults=tuple(faults.found))
    with transaction.atomic():
        result = _write(acting, base, wanted)
        note(acting, "import_processes", values={"added": result.added, "changed": result.changed, "unchanged": result.unchanged})
    return result


def _base(platform_id: int) -> ProcessDefinition:
    """The definition that is laid under: the one in force for every case."""
    found = [row for row in processes.in_force(platform_id) if not any(getattr(row, name) for name in rows.SCOPE)]
    if not found:
        raise Refusal("process_missing")
    return max(found, key=processes.exactness)


def _read(platform_id: int, base: ProcessDefinition, given: Iterable[Row], faults: Faults) -> list[Wanted]:
    units, duties, calendars = units_by_name(platform_id), held_duties(platform_id), queries.calendar_names(platform_id)
    found: dict[int, tuple[int, Wanted]] = {}
    for row in given:
        before = len(faults.found)
        category, states = _class_of(platform_id, row, faults), _steps_of(base, row, faults)
        limit, unit_id = _limit_of(row, faults), _unit_of(row, units, faults)
        if category is None or len(faults.found) > before:
            continue
        if category.id in found:
            faults.add("entry_twice", row.number, CODE.title, row=found[category.id][0])
            continue
        definition = _definition(base, category, states, limit, row["standard"])
        for fault in checking.check(definition, duties, calendars)[:1]:
            faults.add("steps_faulty", row.number, STEPS.title, said=fault_words.sentence(fault))
        found[category.id] = (row.number, Wanted(category, unit_id, row["unit"], definition))
    return [one for _number, one in found.values()]


def _class_of(platform_id: int, row: Row, faults: Faults) -> CategoryOption | None:
    kind, code = KIND_FROM_CHINESE.get(row["kind"]), code_of(row["code"])
    if kind is None:
        faults.add("kind_unknown", row.number, KIND.title, value=row["kind"])
    if code is None:
        faults.add("code_form", row.number, CODE.title, value=row["code"])
    if kind is None or code is None:
        return None
    found = queries.find_class(platform_id, kind, code)
    if found is None:
        faults.add("class_unknown", row.number, CODE.title, kind=row["kind"], code=code)
    elif row["name"] and row["name"] != found.name and row["name"] not in found.aliases:
        faults.add("name_differs", row.number, NAME.title, kind=row["kind"], code=code, expected=found.name, found=row["name"])
    return found


def _steps_of(base: ProcessDefinition, row: Row, faults: Faults) -> list[str]:
    states, wrong = steps.read_steps(row["steps"])
    if wrong == "order":
        faults.add("steps_order", row.number, STEPS.title, order=_("、").join(steps.STEPS))
    elif wrong:
        faults.add("step_unknown", row.number, STEPS.title, value=wrong, offered=_("、").join(steps.STEPS))
    elif absent := steps.missing(states):
        faults.add("steps_missing", row.number, STEPS.title, missing=_("、").join(absent))
    elif foreign := steps.unknown_to(base.definition, states):
        faults.add("steps_foreign", row.number, STEPS.title, value=_("、").join(foreign), name=base.name)
    return states


def _limit_of(row: Row, faults: Faults) -> dict[str, Any]:
    """空: the catalogue's limit; without a unit 工作时."""
    value = number(row, HOURS, faults)
    unit = UNIT_FROM_CHINESE.get(row["hours_unit"] or UNIT_TO_CHINESE["work_hour"])
    if unit is None:
        faults.add("unit_unknown", row.number, HOURS_UNIT.title, value=row["hours_unit"])
    return {"value": value, "unit": unit} if value is not None else {}


def _unit_of(row: Row, units: dict[str, int], faults: Faults) -> int | None:
    if row["unit"] and row["unit"] not in units:
        faults.add("unit_missing", row.number, UNIT.title, value=row["unit"])
    return units.get(row["unit"])


def _definition(
    base: ProcessDefinition, category: CategoryOption, states: Sequence[str], limit: dict[str, Any], standard: str
) -> dict[str, Any]:
    made = steps.with_steps(base.definition, states)
    head = {
        "code": f"{base.code[:12]}-{category.kind}-{category.code}", "name": category.name[:60], "kind": category.kind,
        "category_code": category.code,
    }  # fmt: skip
    for name in (*rows.HEAD, "limit", "standard"):
        made.pop(name, None)
    return head | made | ({"limit": limit} if limit else {}) | ({"standard": standard} if standard else {})


def _write(acting: Acting, base: ProcessDefinition, wanted: Sequence[Wanted]) -> ImportResult:
    platform, duties = platform_of(acting.platform_id), held_duties(acting.platform_id)
    added = changed = unchanged = 0
    for one in wanted:
        moved = bool(one.unit_id) and main_units.put(platform.pk, one.category, one.unit_id or 0, one.unit_name, _("办理流程表"))
        before = processes.current_version(platform.pk, one.definition["code"])
        same = before is not None and before.base_id is not None and not rows.changes(before.definition, one.definition)
        if not same:
            processes.publish(platform, one.definition, duties, published_by_id=acting.user_id, base_code=base.code)
        added += before is None
        changed += before is not None and (moved or not same)
        unchanged += same and not moved
    return ImportResult(added=added, changed=changed, unchanged=unchanged)
