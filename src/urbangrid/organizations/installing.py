"""Installing an organisational model in one step: units, posts and their duties (HD-2.3.1, HD-3.1.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q

from urbangrid.core import platforms, presets
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


def held_duties(platform: Platform) -> set[str]:
    """Every duty that a post here holds, or one of a district below, or will hold once a district of the model is opened."""
    rows = Post.objects.filter(Q(platform=platform) | Q(platform__parent=platform, platform__supervises=False))
    held = {duty for duties in rows.values_list("duties", flat=True) for duty in duties}
    model = platform.settings.get("model", "")
    district = preset(model).get("district", "") if model else ""
    return held | {duty for post in (preset(district)["posts"] if district else ()) for duty in post["duties"]}


@dataclass(frozen=True, slots=True)
class Installed:
    """What stands after an installation, by code; squads and offices by sub-district id, community units by community id."""

    units: Mapping[str, Unit]
    posts: Mapping[str, Post]
    squads: Mapping[int, Unit]
    offices: Mapping[int, Unit]
    communities: Mapping[int, Unit]


def preset(code: str) -> dict[str, Any]:
    """A shipped model, what it extends taken in. Raises Refusal ``preset_unknown``."""
    return presets.read(PRESETS, code)


@transaction.atomic
def install(
    platform: Platform, code: str, *, subdistricts: Sequence[Division], departments: Sequence[Body], companies: Sequence[Body],
    communities: Sequence[Division] = (),
) -> Installed:  # fmt: skip
    """Create units and posts, and what the model has per sub-district and community; one transaction, nothing half in."""
    model = preset(code)
    units: dict[str, Unit] = {}
    for row in model["units"]:
        names = {key: row[key].format(name=platform.name, short=platform.short_name) for key in ("name", "short_name") if key in row}
        units[row["code"]] = _unit(platform, {**row, **names}, units)
    for kind, bodies in (("department", departments), ("company", companies)):
        for body in bodies:
            units[body.code] = actions.create_unit(
                platform_id=platform.pk, code=body.code, name=body.name, short_name=body.short_name, kind=kind,
                calendar_code=body.calendar_code, duty_phone=body.duty_phone,
            )  # fmt: skip
    areas = {row["code"]: _per_area(platform, row, subdistricts, units) for row in model.get("per_subdistrict", ())}
    lower = {row["code"]: _per_area(platform, row, communities, units) for row in model.get("per_community", ())}
    posts = {row["code"]: _post(platform, row) for row in model["posts"]}
    _remember(platform, model)
    return Installed(units, posts, areas.get("SQUAD", {}), areas.get("SD", {}), lower.get("COMM", {}))


def _remember(platform: Platform, model: Mapping[str, Any]) -> None:
    """Which model it is, and what the model sets on the platform; the administrator may change the latter."""
    kept = {name: model[name] for name in ("exclusive_mode", "inspectors_per_community")}
    platform.settings = {**platform.settings, "model": model["code"], **kept}
    platform.save(update_fields=["settings"])
    platforms.forget()


def _unit(platform: Platform, row: Mapping[str, str], units: Mapping[str, Unit], division_id: int | None = None) -> Unit:
    parent = units[row["parent"]].pk if "parent" in row else None
    return actions.create_unit(
        platform_id=platform.pk, code=row["code"], name=row["name"], short_name=row.get("short_name", ""), kind=row["kind"],
        parent_id=parent, division_id=division_id, calendar_code="always",
    )  # fmt: skip


def _per_area(platform: Platform, row: Mapping[str, str], areas: Sequence[Division], units: Mapping[str, Unit]) -> dict[int, Unit]:
    made = {}
    for number, area in enumerate(areas, 1):
        short = next((area.name.removesuffix(end) for end in SUFFIXES if area.name.endswith(end)), area.name)
        names = {key: row[key].format(name=area.name, short=short) for key in ("name", "short_name")}
        made[area.pk] = _unit(platform, {**row, **names, "code": f"{row['code']}-{area.code or number}"}, units, area.pk)
    return made


def _post(platform: Platform, row: Mapping[str, Any]) -> Post:
    return actions.create_post(
        platform_id=platform.pk, code=row["code"], name=row["name"], duties=list(row["duties"]), desk=row["desk"],
        face=row.get("face", "workbench"), unit_kinds=list(row.get("unit_kinds", [])), exclusive_with=list(row.get("exclusive_with", [])),
        personnel_kind=row.get("personnel_kind", ""),
    )  # fmt: skip
