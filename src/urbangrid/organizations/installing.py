"""Installing an organisational model in one step: units, posts and their duties (HD-2.3.1, HD-3.1.3)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from urbangrid.core.errors import Refusal
from urbangrid.core.models import Platform
from urbangrid.grids.models import Division
from urbangrid.organizations import actions
from urbangrid.organizations.models import Post, Unit

PRESETS = Path(__file__).parent / "presets"
SUFFIXES = ("街道", "地区", "乡", "镇")


@dataclass(frozen=True, slots=True)
class Body:
    """A bureau or company of the city: what the preset leaves to it."""

    code: str
    name: str
    short_name: str = ""
    calendar_code: str = "office"
    duty_phone: str = ""


@dataclass(frozen=True, slots=True)
class Installed:
    """What stands after an installation, by code; squads and offices by sub-district id."""

    units: Mapping[str, Unit]
    posts: Mapping[str, Post]
    squads: Mapping[int, Unit]
    offices: Mapping[int, Unit]


def preset(code: str) -> dict[str, Any]:
    """A shipped model. Raises Refusal ``preset_unknown``."""
    path = PRESETS / f"{code}.toml"
    if not code.replace("_", "").isalnum() or not path.exists():
        raise Refusal("preset_unknown", status=404, code=code)
    return tomllib.loads(path.read_text(encoding="utf-8"))


@transaction.atomic
def install(
    platform: Platform, code: str, *, subdistricts: Sequence[Division], departments: Sequence[Body], companies: Sequence[Body]
) -> Installed:  # fmt: skip
    """Create units, posts, and a squad and an office per sub-district; one transaction, nothing half in."""
    model = preset(code)
    units: dict[str, Unit] = {}
    for row in model["units"]:
        parent = units[row["parent"]].pk if "parent" in row else None
        units[row["code"]] = actions.create_unit(
            platform_id=platform.pk, code=row["code"], name=row["name"], short_name=row.get("short_name", ""), kind=row["kind"],
            parent_id=parent, calendar_code="always",
        )  # fmt: skip
    for kind, bodies in (("department", departments), ("company", companies)):
        for body in bodies:
            units[body.code] = actions.create_unit(
                platform_id=platform.pk, code=body.code, name=body.name, short_name=body.short_name, kind=kind,
                calendar_code=body.calendar_code, duty_phone=body.duty_phone,
            )  # fmt: skip
    areas = [_per_area(platform, row, subdistricts, units) for row in model["per_subdistrict"]]
    posts = {row["code"]: _post(platform, row) for row in model["posts"]}
    return Installed(units, posts, areas[0], areas[1])


def _per_area(platform: Platform, row: Mapping[str, str], subdistricts: Sequence[Division], units: Mapping[str, Unit]) -> dict[int, Unit]:
    made = {}
    parent = units[row["parent"]].pk if "parent" in row else None
    for number, area in enumerate(subdistricts, 1):
        short = next((area.name.removesuffix(end) for end in SUFFIXES if area.name.endswith(end)), area.name)
        made[area.pk] = actions.create_unit(
            platform_id=platform.pk, code=f"{row['code']}-{area.code or number}", name=row["name"].format(name=area.name, short=short),
            short_name=row["short_name"].format(name=area.name, short=short), kind=row["kind"], division_id=area.pk, parent_id=parent,
            calendar_code="always",
        )  # fmt: skip
    return made


def _post(platform: Platform, row: Mapping[str, Any]) -> Post:
    return actions.create_post(
        platform_id=platform.pk, code=row["code"], name=row["name"], duties=list(row["duties"]), desk=row["desk"],
        face=row.get("face", "workbench"), unit_kinds=list(row.get("unit_kinds", [])), exclusive_with=list(row.get("exclusive_with", [])),
    )  # fmt: skip
