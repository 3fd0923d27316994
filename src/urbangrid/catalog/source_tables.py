"""来源表 and 热线表 as spreadsheets, out and in, and one row from a form. Rows are added and changed, never taken away: old matters keep
their codes; what is no longer used is switched off (启用 否)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from urbangrid.catalog import cache, sources
from urbangrid.catalog.models import LIMIT_UNITS, Line, Source
from urbangrid.catalog.queries import category_options
from urbangrid.catalog.spreadsheets import Column, Faults, Row, number, read_rows, write_book
from urbangrid.catalog.words import UNIT_FROM_CHINESE, UNIT_TO_CHINESE
from urbangrid.core.models import Platform
from urbangrid.organizations.models import Unit

SOURCES: Final = "来源"
LINES: Final = "热线"
CODE = Column("code", N_("代码"), required=True, most=20, width=16)
NAME = Column("name", N_("名称"), required=True, most=30, width=20)
CLASS = Column("source_class", N_("类别"), required=True, most=10, width=14)
REPLY = Column("reply_needed", N_("须答复"), most=2, width=8)
FOLLOW_UP = Column("follow_up", N_("回访"), most=2, width=8)
VERIFY = Column("verify", N_("立案前核实"), most=6, width=12)
CODES = Column("verify_codes", N_("按类别核实的小类"), most=400, width=24)
SECRET = Column("confidential", N_("保密"), most=2, width=8)
LIMIT = Column("reply_value", N_("答复时限"), most=10, width=10)
LIMIT_UNIT = Column("reply_unit", N_("答复时限单位"), most=6, width=14)
WINDOW = Column("return_value", N_("退单时限"), most=10, width=10)
WINDOW_UNIT = Column("return_unit", N_("退单时限单位"), most=6, width=14)
ACTIVE = Column("is_active", N_("启用"), most=2, width=8)
SOURCE_COLUMNS: Final[Sequence[Column]] = (
    CODE, NAME, CLASS, REPLY, FOLLOW_UP, VERIFY, CODES, SECRET, LIMIT, LIMIT_UNIT, WINDOW, WINDOW_UNIT, ACTIVE,
)  # fmt: skip
NUMBER = Column("number", N_("号码"), required=True, most=20, width=16)
SOURCE = Column("source", N_("来源"), required=True, most=30, width=16)
UNIT = Column("unit", N_("所属单位"), most=60, width=24)
CATEGORY = Column("category", N_("默认小类代码"), most=8, width=14)
EXTERNAL = Column("is_external", N_("尚未并入"), most=2, width=10)
TRANSFER = Column("transfer_number", N_("转接号码"), most=20, width=16)
LINE_COLUMNS: Final[Sequence[Column]] = (NUMBER, NAME, SOURCE, UNIT, CATEGORY, EXTERNAL, TRANSFER, ACTIVE)

YES, NO = "是", "否"
CLASS_FROM_CHINESE: Final = {"公众": "public", "上级平台": "city", "部门自查自报": "unit", "监督员": "inspector"}
VERIFY_FROM_CHINESE: Final = {"": "", "按流程": "", "一律核实": "always", "按类别": "category", "不核实": "never"}
CODE_FORM: Final = re.compile(r"[a-z][a-z0-9_]{0,19}")
NUMBER_FORM: Final = re.compile(r"[0-9][0-9-]{1,19}")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did; with faults it did nothing."""

    added: int = 0
    changed: int = 0
    faults: Faults | None = None


def export_sources(platform_id: int) -> bytes:
    """Every source in force, shipped ones too, as a table that imports unchanged."""
    to_class = {code: word for word, code in CLASS_FROM_CHINESE.items()}
    to_verify = {code: word for word, code in VERIFY_FROM_CHINESE.items()}
    return write_book(SOURCES, SOURCE_COLUMNS, ([
        one.code, one.stored, to_class[one.source_class], _said(one.reply_needed), _said(one.follow_up), to_verify[one.verify],
        ";".join(one.verify_codes), _said(one.confidential), *_limit(one.reply_limit), *_limit(one.return_window), _said(one.is_active),
    ] for one in sources.sources(platform_id).values()))  # fmt: skip


def export_lines(platform_id: int) -> bytes:
    """All lines, those switched off too."""
    names = sources.sources(platform_id)
    rows = Line.objects.filter(platform_id=platform_id).select_related("unit", "category").order_by("position", "number")
    return write_book(LINES, LINE_COLUMNS, ([
        row.number, row.name, names[row.source_code].stored if row.source_code in names else row.source_code,
        row.unit.name if row.unit else None, row.category.code if row.category else None, _said(row.is_external), row.transfer_number,
        _said(row.is_active),
    ] for row in rows))  # fmt: skip


def import_sources(platform: Platform, data: bytes) -> Imported:
    """Add and change sources from a table; all or nothing."""
    return _import(platform, data, SOURCES, SOURCE_COLUMNS, lambda row, faults: read_source(row, faults), Source, "code")


def import_lines(platform: Platform, data: bytes) -> Imported:
    """Add and change lines from a table; all or nothing."""
    return _import(platform, data, LINES, LINE_COLUMNS, lambda row, faults: read_line(platform.pk, row, faults), Line, "number")


Reader = Callable[[Row, Faults], dict[str, Any]]


def _import(
    platform: Platform, data: bytes, sheet: str, columns: Sequence[Column], read: Reader, model: type[Source] | type[Line], key: str
) -> Imported:  # fmt: skip
    faults = Faults(sheet)
    found: dict[str, tuple[int, dict[str, Any]]] = {}
    for row in read_rows(data, columns, faults):
        if row[key] in found:
            faults.add("entry_twice", row.number, columns[0].title, row=found[row[key]][0])
            continue
        found[row[key]] = (row.number, read(row, faults) | {"position": row.number})
    if faults.found:
        return Imported(faults=faults)
    with transaction.atomic():
        made = [put(platform, model, key, values) for _number, values in found.values()]
    return Imported(added=made.count(True), changed=made.count(False))


def put(platform: Platform, model: type[Source] | type[Line], key: str, values: dict[str, Any]) -> bool:
    """One row by its key; True when it is new."""
    _row, added = model.objects.update_or_create(platform=platform, **{key: values[key]}, defaults=values)
    cache.changed()
    return added


def read_source(row: Row, faults: Faults) -> dict[str, Any]:
    """A row as fields of ``Source``."""
    if not CODE_FORM.fullmatch(row["code"]):
        faults.add("code_of_source", row.number, CODE.title, value=row["code"])
    return {
        "code": row["code"], "name": row["name"], "source_class": _choice(row, CLASS, CLASS_FROM_CHINESE, faults),
        "reply_needed": _yes(row, REPLY, faults), "follow_up": _yes(row, FOLLOW_UP, faults),
        "verify": _choice(row, VERIFY, VERIFY_FROM_CHINESE, faults), "verify_codes": ";".join(sources.codes_of(row["verify_codes"])),
        "confidential": _yes(row, SECRET, faults), **_read_limit(row, LIMIT, LIMIT_UNIT, faults),
        **_read_limit(row, WINDOW, WINDOW_UNIT, faults), "is_active": row["is_active"] != NO,
    }  # fmt: skip


def read_line(platform_id: int, row: Row, faults: Faults) -> dict[str, Any]:
    """A row as fields of ``Line``; source and unit are named by their words."""
    if not NUMBER_FORM.fullmatch(row["number"]):
        faults.add("number_form", row.number, NUMBER.title, value=row["number"])
    known = sources.sources(platform_id)
    source = row["source"] if row["source"] in known else next((code for code, one in known.items() if one.stored == row["source"]), "")
    if not source:
        faults.add("source_unknown", row.number, SOURCE.title, value=row["source"])
    unit = Unit.objects.filter(platform_id=platform_id, name=row["unit"], is_active=True).first() if row["unit"] else None
    if row["unit"] and unit is None:
        faults.add("unit_name_unknown", row.number, UNIT.title, value=row["unit"])
    category = next((one for one in category_options(platform_id) if one.code == row["category"]), None) if row["category"] else None
    if row["category"] and category is None:
        faults.add("code_form", row.number, CATEGORY.title, value=row["category"])
    external = _yes(row, EXTERNAL, faults)
    if external and not row["transfer_number"]:
        faults.add("transfer_missing", row.number, TRANSFER.title)
    return {
        "number": row["number"], "name": row["name"], "source_code": source, "unit": unit, "is_external": external,
        "category_id": category.id if category else None, "transfer_number": row["transfer_number"], "is_active": row["is_active"] != NO,
    }  # fmt: skip


def _said(value: bool) -> str:
    return YES if value else NO


def _limit(limit: tuple[int, str] | None) -> tuple[int | None, str | None]:
    return (limit[0], UNIT_TO_CHINESE[limit[1]]) if limit is not None else (None, None)


def _yes(row: Row, column: Column, faults: Faults) -> bool:
    if row[column.key] not in (YES, NO, ""):
        faults.add("choice_unknown", row.number, column.title, value=row[column.key], offered=_("、").join((YES, NO)))
    return row[column.key] == YES


def _choice(row: Row, column: Column, words: dict[str, str], faults: Faults) -> str:
    if row[column.key] not in words:
        offered = _("、").join(word for word in words if word)
        faults.add("choice_unknown", row.number, column.title, value=row[column.key], offered=offered)
    return words.get(row[column.key], "")


def _read_limit(row: Row, value: Column, unit: Column, faults: Faults) -> dict[str, Any]:
    found, word = number(row, value, faults), row[unit.key]
    if word and word not in UNIT_FROM_CHINESE:
        faults.add("unit_unknown", row.number, unit.title, value=word)
    if bool(row[value.key]) != bool(word):
        faults.add("value_needs_unit", row.number, unit.title)
    code = UNIT_FROM_CHINESE.get(word, "")
    assert code in ("", *LIMIT_UNITS)
    return {value.key: found, unit.key: code}
