"""A catalogue of another city or system, matched to national classes by a TOML file (docs/examples/boston311.toml).

Each type becomes a class with one filing condition: the condition and closing words are those of the national condition
it is matched to, the limit is the file's own or else the national one. A value that no type lists belongs to ``rest``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from urbangrid.catalog import cache, search
from urbangrid.catalog.actions import BEGINNING
from urbangrid.catalog.limits import Limit
from urbangrid.catalog.models import LIMIT_UNITS, CatalogVersion, Category, FilingCondition, TimeLimit
from urbangrid.catalog.words import UNIT_FROM_CHINESE
from urbangrid.core.errors import Refusal
from urbangrid.core.models import Platform

_NEEDED = ("code", "name", "column", "national", "major_code", "major_name", "types", "rest")


@dataclass(frozen=True, slots=True)
class OutsideType:
    """A type of the file; ``limit`` None: the limit of the national condition."""

    code: str
    name: str
    values: tuple[str, ...]
    kind: str
    equivalent: str
    condition: str
    limit: Limit | None


@dataclass(frozen=True, slots=True)
class OutsideCatalogue:
    """The [catalogue] part of a mapping file; ``column`` is the column of the reports that holds the values."""

    code: str
    name: str
    standard_ref: str
    source: str
    column: str
    national: str
    major_code: str
    major_name: str
    offered: bool
    types: tuple[OutsideType, ...]
    rest: OutsideType

    def type_of(self, value: str) -> OutsideType:
        """The type that lists the value, else ``rest``."""
        return next((listed for listed in self.types if value in listed.values), self.rest)


def read(path: Path) -> OutsideCatalogue:
    """The catalogue part of a mapping file; raises Refusal catalog.file_unreadable that says what is wrong."""
    try:
        with path.open("rb") as lines:
            given: dict[str, Any] = tomllib.load(lines)["catalogue"]
        missing = [key for key in _NEEDED if key not in given]
        if missing:
            raise _unreadable(path, f"[catalogue] {', '.join(missing)}")
        types = tuple(_type(listed) for listed in given["types"])
        rest = _type({"values": [], **given["rest"]})
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise _unreadable(path, str(error)) from error
    except KeyError as error:
        raise _unreadable(path, str(error.args[0])) from error
    return OutsideCatalogue(
        **{key: given[key] for key in ("code", "name", "column", "national", "major_code", "major_name")},
        standard_ref=given.get("standard_ref", ""),
        source=given.get("source", ""),
        offered=bool(given.get("offered", False)),
        types=types,
        rest=rest,
    )


def _unreadable(path: Path, reason: str) -> Refusal:
    return Refusal("catalog.file_unreadable", path=path, reason=reason)


def _type(given: Mapping[str, Any]) -> OutsideType:
    limit = given.get("limit")
    return OutsideType(
        code=given["code"],
        name=given["name"],
        values=tuple(given["values"]),
        kind=given["kind"],
        equivalent=given["equivalent"],
        condition=given["condition"],
        limit=Limit(int(limit["value"]), _unit(limit["unit"])) if limit else None,
    )


def _unit(word: str) -> str:
    """Units are given in Chinese as in the national table, or as the codes of the clock engine."""
    return word if word in LIMIT_UNITS else UNIT_FROM_CHINESE[word]


@transaction.atomic
def load(platform: Platform, path: Path) -> CatalogVersion:
    """Write the file's catalogue as a version of the platform; repeating it only adds what is new."""
    catalogue = read(path)
    version, _ = CatalogVersion.objects.update_or_create(
        platform=platform,
        code=catalogue.code,
        defaults={
            "name": catalogue.name,
            "standard_ref": catalogue.standard_ref,
            "source": catalogue.source,
            "offered": catalogue.offered,
        },
        create_defaults={
            "name": catalogue.name,
            "standard_ref": catalogue.standard_ref,
            "source": catalogue.source,
            "offered": catalogue.offered,
            "valid_from": BEGINNING,
        },
    )
    national = {
        (row.category.kind, row.category.code, row.problem): row
        for row in FilingCondition.objects.filter(
            category__version__code=catalogue.national,
            category__version__platform=None,
            platform=None,
            valid_to=None,
        )
        .select_related("category")
        .prefetch_related("limits")
    }
    for listed in (*catalogue.types, catalogue.rest):
        matched = national.get((listed.kind, listed.equivalent, listed.condition))
        if matched is None:
            raise _unreadable(path, f"{listed.code} {listed.equivalent} {listed.condition}")
        _write(version, catalogue, listed, matched)
    cache.changed()
    return version


def _write(version: CatalogVersion, catalogue: OutsideCatalogue, listed: OutsideType, matched: FilingCondition) -> None:
    """A class of the version with its condition; limits come with a new condition alone, for a city may have set its own since."""
    condition, new = FilingCondition.objects.get_or_create(
        category=_class(version, catalogue, listed, matched.category), platform=None, problem=matched.problem, valid_to=None,
        defaults={
            "position": 1, "condition": matched.condition, "closing_condition": matched.closing_condition,
            "source": matched.source, "confidence": matched.confidence,
        },
    )  # fmt: skip
    if new:
        TimeLimit.objects.bulk_create(_limits(condition, listed, matched))


def _class(version: CatalogVersion, catalogue: OutsideCatalogue, listed: OutsideType, national: Category) -> Category:
    """The class of a type: named as the file does, and for the rest what its national equivalent is."""
    row, _new = Category.objects.update_or_create(
        version=version, kind=listed.kind, code=listed.code,
        defaults={
            "major_code": catalogue.major_code, "major_name": catalogue.major_name, "name": listed.name,
            "initials": search.initials(listed.name), "aliases": ";".join(listed.values), "equivalent": national,
            "authority_hint": national.authority_hint, "confirm_filing": national.confirm_filing,
            "complex_by_default": national.complex_by_default, "source": catalogue.source,
        },
    )  # fmt: skip
    return row


def _limits(condition: FilingCondition, listed: OutsideType, matched: FilingCondition) -> list[TimeLimit]:
    """The file's own limit, else those of the national condition that are in force."""
    if listed.limit is not None:
        return [TimeLimit(condition=condition, value=listed.limit.value, unit=listed.limit.unit)]
    return [
        TimeLimit(
            condition=condition, area_grade=one.area_grade, period=one.period, value=one.value, unit=one.unit, case_value=one.case_value
        )
        for one in matched.limits.all()
        if one.valid_to is None
    ]
