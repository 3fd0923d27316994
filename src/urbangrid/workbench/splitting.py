"""拆分 on a page: rows ``part-<n>-<field>`` of the form become the parts of the action, and stand there again after a refusal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from urbangrid.cases.actions.splitting import MOST_PARTS
from urbangrid.catalog import queries as catalog
from urbangrid.core.errors import Refusal
from urbangrid.organizations import queries as organizations

NAMED = re.compile(r"part-(\d{1,3})-(category_id|condition_id|place_text|unit_id|note)")


@dataclass(frozen=True, slots=True)
class PartRow:
    """A row of the form as typed; ``sentence``: what is wrong with it, at ``field``."""

    number: int
    category_id: str = ""
    category: str = ""
    condition_id: str = ""
    place_text: str = ""
    unit_id: str = ""
    unit: str = ""
    note: str = ""
    field: str = ""
    sentence: str = ""


def parts_of(posted: QueryDict) -> list[dict[str, str]]:
    """The parts in the order of their rows; a row in which nothing was typed is none, and fields left empty are left out."""
    found: dict[int, dict[str, str]] = {}
    for name in posted:
        named = NAMED.fullmatch(name)
        typed = str(posted[name]).strip()
        if named is not None and typed:
            found.setdefault(int(named[1]), {})[named[2]] = typed
    return [found[number] for number in sorted(found)]


def rest_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """The other inputs of the form."""
    return {name: value for name, value in data.items() if NAMED.fullmatch(name) is None}


def rows(platform_id: int, category_id: int | None, typed: Mapping[str, Any], fault: Refusal | None) -> list[PartRow]:
    """The rows to draw: those typed, or one of the case's own class."""
    parts: Sequence[Mapping[str, str]] = typed.get("parts") or ()
    if not parts:
        chosen = catalog.find_category(category_id)
        return [PartRow(0, str(chosen.id) if chosen else "", chosen.path if chosen else "")]
    return [_row(platform_id, number, part, fault) for number, part in enumerate(parts)]


def _row(platform_id: int, number: int, part: Mapping[str, str], fault: Refusal | None) -> PartRow:
    chosen = catalog.find_category(_id(part.get("category_id")))
    unit = next((one.name for one in organizations.all_units(platform_id) if str(one.unit_id) == part.get("unit_id")), "")
    here = fault if fault is not None and fault.values.get("part", 1) == number + 1 else None
    return PartRow(
        number, part.get("category_id", ""), chosen.path if chosen else "", part.get("condition_id", ""), part.get("place_text", ""),
        part.get("unit_id", ""), unit, part.get("note", ""), here.field if here else "", here.sentence() if here else "",
    )  # fmt: skip


def _id(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 20 else None


__all__ = ["MOST_PARTS", "PartRow", "parts_of", "rest_of", "rows"]
