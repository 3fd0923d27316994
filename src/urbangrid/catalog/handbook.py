"""立案标准表: the handbook as a spreadsheet, out and in (JJ-5.3-2). A row is a limit; it repeats its condition.

What a file says of a class replaces what counted for that class on this platform, as a whole; classes that the file
does not name stay. Conditions are never edited: what changes ends now and begins anew. Local classes are added by
naming a code that the standard leaves to cities: majors 21 to 99, or minors from 99 downwards in a national major.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop as N_

from urbangrid.catalog import cache, queries, search
from urbangrid.catalog.limits import Limit, LimitRow
from urbangrid.catalog.models import CatalogVersion, Category, FilingCondition, TimeLimit
from urbangrid.catalog.spreadsheets import Column, Fault, Faults, Row, number, read_rows, write_book
from urbangrid.catalog.values import CategoryOption, Condition
from urbangrid.catalog.words import KIND_FROM_CHINESE, KIND_TO_CHINESE, UNIT_FROM_CHINESE, UNIT_TO_CHINESE
from urbangrid.core import clock
from urbangrid.core.models import Platform

SHEET: Final = "立案标准"
LOCAL = "local"
LOCAL_MAJORS_FROM = 21
LOCAL_MINORS_FROM = 60
"""National majors of 2013 have at most 57 minors; cities number downwards from 99."""
GRADES = range(1, 5)

KIND = Column("kind", N_("类型"), required=True, most=4, width=7)
CODE = Column("code", N_("小类代码"), required=True, most=4, width=10)
MAJOR = Column("major", N_("大类"), most=30, width=16)
NAME = Column("name", N_("小类"), required=True, most=40, width=20)
PROBLEM = Column("problem", N_("问题"), required=True, most=40, width=16)
CONDITION = Column("condition", N_("立案条件"), required=True, width=44)
VALUE = Column("value", N_("处置时限"), required=True, most=6, width=10)
UNIT = Column("unit", N_("时限单位"), required=True, most=6, width=12)
GRADE = Column("grade", N_("区域等级"), most=1, width=10)
PERIOD = Column("period", N_("保障时段"), most=20, width=12)
CASE_VALUE = Column("case_value", N_("案件总时限"), most=6, width=12)
CLOSING = Column("closing", N_("结案条件"), required=True, width=30)
SOURCE = Column("source", N_("来源"), most=200, width=40)
COLUMNS: Final[Sequence[Column]] = (
    KIND,
    CODE,
    MAJOR,
    NAME,
    PROBLEM,
    CONDITION,
    VALUE,
    UNIT,
    GRADE,
    PERIOD,
    CASE_VALUE,
    CLOSING,
    SOURCE,
)


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did, counted in classes; with faults nothing was written. ``notes``: kept, but worth a look."""

    faults: tuple[Fault, ...] = ()
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    ended: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WantedCondition:
    """A condition as a file gives it, with all its limits."""

    row: int
    problem: str
    condition: str
    closing: str
    source: str
    limits: tuple[LimitRow, ...]


@dataclass(frozen=True, slots=True)
class WantedClass:
    """A class as a file gives it; ``option`` None: a new local class."""

    kind: str
    code: str
    major: str
    name: str
    option: CategoryOption | None
    conditions: tuple[WantedCondition, ...]


def export_handbook(platform_id: int) -> bytes:
    """Every offered class with its conditions and limits in force, as a spreadsheet that imports unchanged."""
    options = queries.category_options(platform_id)
    found = queries.effective_conditions([option.id for option in options], platform_id)
    rows = (
        _line(option, condition, row)
        for option in options
        for condition in found.get(option.id, [])
        for row in _current(condition.limit_rows)
    )
    return write_book(SHEET, COLUMNS, rows)


def _line(option: CategoryOption, condition: Condition, row: LimitRow) -> list[str | int | None]:
    return [
        KIND_TO_CHINESE[option.kind],
        option.code,
        option.major_name,
        option.name,
        condition.problem,
        condition.condition,
        row.limit.value,
        UNIT_TO_CHINESE[row.limit.unit],
        row.area_grade,
        row.period,
        row.limit.case_value,
        condition.closing_condition,
        condition.source,
    ]


def _current(rows: Iterable[LimitRow]) -> list[LimitRow]:
    return [row for row in rows if row.valid_to is None]


def import_handbook(platform: Platform, data: bytes) -> ImportResult:
    """Read a handbook spreadsheet into the platform's catalogue; all or nothing."""
    faults = Faults(SHEET)
    classes = _read(platform.id, read_rows(data, COLUMNS, faults), faults)
    if faults.found:
        return ImportResult(faults=tuple(faults.found))
    with transaction.atomic():
        return _write(platform, classes)


def _read(platform_id: int, rows: Iterable[Row], faults: Faults) -> list[WantedClass]:
    classes: dict[tuple[str, str], WantedClass] = {}
    for row in rows:
        head = _class_of(platform_id, row, faults)
        limit = _limit_of(row, faults)
        if head is None or limit is None:
            continue
        key = (head.kind, head.code)
        before = classes.get(key, head)
        if before.name != head.name:
            _name_fault(row, before.kind, before.name, faults)
        classes[key] = replace(before, conditions=_joined(before.conditions, row, limit, faults))
    return list(classes.values())


def _class_of(platform_id: int, row: Row, faults: Faults) -> WantedClass | None:
    kind = KIND_FROM_CHINESE.get(row["kind"])
    if kind is None:
        faults.add("kind_unknown", row.number, KIND.title, value=row["kind"])
        return None
    code = code_of(row["code"])
    if code is None:
        faults.add("code_form", row.number, CODE.title, value=row["code"])
        return None
    option = queries.find_class(platform_id, kind, code)
    if option is None and not _is_local(code):
        faults.add("code_standard", row.number, CODE.title, kind=row["kind"], code=code)
        return None
    if option is not None and row["name"] != option.name and row["name"] not in option.aliases:
        _name_fault(row, kind, option.name, faults)
    name = option.name if option else row["name"]
    return WantedClass(kind, code, row["major"] or row["kind"], name, option, ())


def code_of(typed: str) -> str | None:
    """Four digits; spreadsheets drop leading zeros, so that 113 is 0113."""
    padded = typed.zfill(4)
    return padded if len(padded) == 4 and padded.isascii() and padded.isdigit() else None


def _is_local(code: str) -> bool:
    return int(code[:2]) >= LOCAL_MAJORS_FROM or int(code[2:]) >= LOCAL_MINORS_FROM


def _name_fault(row: Row, kind: str, expected: str, faults: Faults) -> None:
    values = {"kind": KIND_TO_CHINESE[kind], "code": row["code"], "expected": expected, "found": row["name"]}
    faults.add("name_differs", row.number, NAME.title, **values)


def _limit_of(row: Row, faults: Faults) -> LimitRow | None:
    value, grade = number(row, VALUE, faults), number(row, GRADE, faults)
    case_value = number(row, CASE_VALUE, faults)
    unit = UNIT_FROM_CHINESE.get(row["unit"])
    if unit is None and row["unit"]:
        faults.add("unit_unknown", row.number, UNIT.title, value=row["unit"])
    if grade is not None and grade not in GRADES:
        faults.add("grade_form", row.number, GRADE.title, value=grade)
    if value is not None and case_value is not None and case_value < value:
        faults.add("case_limit_short", row.number, CASE_VALUE.title, found=case_value, limit=value)
    if value is None or unit is None:
        return None
    return LimitRow(Limit(value, unit, case_value), grade, row["period"])


def _joined(before: tuple[WantedCondition, ...], row: Row, limit: LimitRow, faults: Faults) -> tuple[WantedCondition, ...]:
    """The conditions of a class with one more row: a new condition, or one more limit of a known one."""
    new = WantedCondition(row.number, row["problem"], row["condition"], row["closing"], row["source"], (limit,))
    known = next((listed for listed in before if listed.problem == new.problem), None)
    if known is None:
        return (*before, new)
    if (known.condition, known.closing) != (new.condition, new.closing):
        faults.add("texts_differ", row.number, CONDITION.title, row=known.row)
    if any((listed.area_grade, listed.period) == (limit.area_grade, limit.period) for listed in known.limits):
        faults.add("limit_twice", row.number, GRADE.title, row=known.row)
    return tuple(replace(listed, limits=(*listed.limits, limit)) if listed is known else listed for listed in before)


def _write(platform: Platform, classes: Sequence[WantedClass]) -> ImportResult:
    known = [wanted.option.id for wanted in classes if wanted.option]
    effective = queries.effective_conditions(known, platform.id)
    added = changed = unchanged = ended = 0
    for wanted in classes:
        if wanted.option is None:
            _write_conditions(platform, _new_class(platform, wanted), wanted)
            added += 1
        elif _content(effective.get(wanted.option.id, [])) == _wanted_content(wanted):
            unchanged += 1
        else:
            ended += _write_conditions(platform, wanted.option.id, wanted)
            changed += 1
    if added or changed:
        cache.changed()
    return ImportResult(added=added, changed=changed, unchanged=unchanged, ended=ended)


Content = dict[str, tuple[str, str, frozenset[tuple[Limit, int | None, str]]]]


def _content(conditions: Iterable[Condition]) -> Content:
    return {found.problem: (found.condition, found.closing_condition, _limit_set(_current(found.limit_rows))) for found in conditions}


def _wanted_content(wanted: WantedClass) -> Content:
    return {found.problem: (found.condition, found.closing, _limit_set(found.limits)) for found in wanted.conditions}


def _limit_set(rows: Iterable[LimitRow]) -> frozenset[tuple[Limit, int | None, str]]:
    return frozenset((row.limit, row.area_grade, row.period) for row in rows)


def _new_class(platform: Platform, wanted: WantedClass) -> int:
    version, _ = CatalogVersion.objects.get_or_create(
        platform=platform, code=LOCAL, defaults={"name": "本地扩展类别", "valid_from": clock.now()}
    )
    return Category.objects.create(
        version=version,
        kind=wanted.kind,
        code=wanted.code,
        major_code=wanted.code[:2],
        major_name=wanted.major,
        name=wanted.name,
        initials=search.initials(wanted.name),
    ).id


def _write_conditions(platform: Platform, category_id: int, wanted: WantedClass) -> int:
    """Make the platform's conditions of a class those of the file; returns how many of its own ended."""
    now = clock.now()
    own = FilingCondition.objects.filter(category_id=category_id, platform=platform, valid_to=None)
    there = {found.problem: found for found in own.prefetch_related("limits")}
    target = _wanted_content(wanted)
    kept = {problem for problem, found in there.items() if problem in target and _row_content(found) == target[problem]}
    ended = own.exclude(problem__in=kept).update(valid_to=now)
    new = [
        FilingCondition(
            category_id=category_id,
            platform=platform,
            position=position,
            problem=found.problem,
            condition=found.condition,
            closing_condition=found.closing,
            source=found.source,
            valid_from=now,
        )
        for position, found in enumerate(wanted.conditions, 1)
        if found.problem not in kept
    ]
    FilingCondition.objects.bulk_create(new)
    rows = {found.problem: found for found in new}
    TimeLimit.objects.bulk_create(
        TimeLimit(
            condition=rows[found.problem],
            area_grade=limit.area_grade,
            period=limit.period,
            value=limit.limit.value,
            unit=limit.limit.unit,
            case_value=limit.limit.case_value,
        )
        for found in wanted.conditions
        if found.problem in rows
        for limit in found.limits
    )
    return ended


def _row_content(found: FilingCondition) -> tuple[str, str, frozenset[tuple[Limit, int | None, str]]]:
    rows = [
        LimitRow(Limit(row.value, row.unit, row.case_value), row.area_grade, row.period)
        for row in found.limits.all()
        if row.valid_to is None
    ]
    return found.condition, found.closing_condition, _limit_set(rows)
