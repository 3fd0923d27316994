"""The tables shipped with the product (``data/``), read into plain rows. Sources stand in each row.

Source: docs/topics/catalogue.md says how the tables came about and how sure each row is.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from urbangrid.catalog.limits import Limit
from urbangrid.catalog.words import UNIT_FROM_CHINESE

DATA = Path(__file__).parent / "data"
_ALIASES = re.compile(r"\[别名:([^\]]*)\]")


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A minor class of a shipped table; ``aliases`` were written as ``[别名:甲;乙]`` behind the description."""

    kind: str
    code: str
    major_name: str
    name: str
    description: str
    aliases: tuple[str, ...]
    geometry: str
    authority_hint: str
    source: str
    confidence: str
    confirm_filing: bool
    complex_by_default: bool

    @property
    def major_code(self) -> str:
        return self.code[:2]


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """A filing condition with its limit and closing condition."""

    kind: str
    code: str
    problem: str
    condition: str
    limit: Limit
    closing_condition: str
    source: str
    confidence: str
    fence_hours: int | None = None


@dataclass(frozen=True, slots=True)
class ResponsibilityRow:
    """An entry of Chaoyang's table; ``extension``: the code is of the extension version, not the national one."""

    unit_name: str
    entry_name: str
    kind: str
    code: str
    extension: bool


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """A reason of a shipped list; its place in the list is its number key."""

    action: str
    code: str
    label: str
    needs_words: bool
    reply: str


def read(name: str) -> Iterator[dict[str, str]]:
    """Rows of a shipped CSV file."""
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def digest(*names: str) -> str:
    """SHA-256 over shipped files: tells whether a version was loaded from exactly these."""
    summed = hashlib.sha256()
    for name in names:
        summed.update((DATA / name).read_bytes())
    return summed.hexdigest()


NATIONAL_FILES = ("component_types.csv", "event_types.csv", "case_rules.csv", "marks.csv", "fences.csv")


def national_classes() -> list[ClassRow]:
    """The 121 component and 83 event classes, components first."""
    marks = {(row["kind"], row["code"]): row for row in read("marks.csv")}
    return [
        _class_row(kind, row, marks.get((kind, row["code"]), {}))
        for kind, name in (("component", "component_types.csv"), ("event", "event_types.csv"))
        for row in read(name)
    ]


def _class_row(kind: str, row: dict[str, str], marks: dict[str, str]) -> ClassRow:
    found = _ALIASES.search(row["description"])
    return ClassRow(
        kind=kind,
        code=row["code"],
        major_name=row["major_name"],
        name=row["name"],
        description=_ALIASES.sub("", row["description"]).strip(),
        aliases=tuple(found.group(1).split(";")) if found else (),
        geometry=row.get("geometry", ""),
        authority_hint=row["authority_hint"],
        source=row["source"],
        confidence=row["confidence"],
        confirm_filing=marks.get("confirm_filing") == "yes",
        complex_by_default=marks.get("complex_by_default") == "yes",
    )


def national_conditions() -> list[ConditionRow]:
    """The filing conditions of the national classes, in the order of the table, with our default fences (missing covers)."""
    fences = {(row["kind"], row["code"], row["problem"]): int(row["fence_hours"]) for row in read("fences.csv")}
    return [
        ConditionRow(
            kind=row["kind"],
            code=row["code"],
            problem=row["problem"],
            condition=row["filing_condition"],
            limit=Limit(int(row["limit_value"]), UNIT_FROM_CHINESE[row["limit_unit"]]),
            closing_condition=row["closing_condition"],
            source=row["source"],
            confidence=row["confidence"],
            fence_hours=fences.get((row["kind"], row["code"], row["problem"])),
        )
        for row in read("case_rules.csv")
    ]


CHAOYANG_FILES = ("chaoyang_responsibility.csv", "chaoyang_additions.csv")
CHAOYANG_SOURCE = "北京市朝阳区 2005 年方案附件2；小类代码为本产品所编"


def chaoyang_responsibilities() -> list[ResponsibilityRow]:
    """The 100 entries of 24 units, in the order of the table."""
    return [
        ResponsibilityRow(row["department"], row["name"], row["kind"], row["code_2013"] or row["ext_code"], not row["code_2013"])
        for row in read("chaoyang_responsibility.csv")
    ]


def chaoyang_extensions() -> list[ClassRow]:
    """Classes of major 21: entries without a national class (26), then the 30 printed additions."""
    entries = [(row.kind, row.code, row.entry_name) for row in chaoyang_responsibilities() if row.extension]
    added = [(row["kind"], row["ext_code"], row["name"]) for row in read("chaoyang_additions.csv")]
    majors = {"component": "扩展部件类", "event": "扩展事件类"}
    return [
        ClassRow(kind, code, majors[kind], name, "", (), "", "", CHAOYANG_SOURCE, "inferred", False, False)
        for kind, code, name in dict.fromkeys(entries + added)
    ]


def reasons() -> list[ReasonRow]:
    """The shipped reason lists."""
    return [ReasonRow(row["action"], row["code"], row["label"], row["needs_words"] == "yes", row["reply"]) for row in read("reasons.csv")]


@dataclass(frozen=True, slots=True)
class CompanyKindRow:
    """A kind of public-service company with the national component classes that such a company usually serves."""

    code: str
    name: str
    classes: list[str]


def company_kinds() -> list[CompanyKindRow]:
    """The seven kinds of CY-2.2d."""
    return [CompanyKindRow(row["code"], row["name"], row["classes"].split()) for row in read("company_kinds.csv")]
