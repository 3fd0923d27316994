"""Writes divisions with their history: what is unchanged stays, what changed is closed and stands anew, what is below
moves along.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

import shapely
from django.db import transaction

from urbangrid.core.models import Platform
from urbangrid.grids.matching import PARENT_LEVEL, DivisionSpec, Known
from urbangrid.grids.models import Division, Level, UnitGrid
from urbangrid.grids.projection import from_database, stored_polygons

CELL_FIELDS = {Level.COMMUNITY: "community_id", Level.SUBDISTRICT: "subdistrict_id", Level.DISTRICT: "district_id"}


def known(platform: Platform) -> Known:
    """Provisional codes of the platform, for an import or a generation to go on from."""
    rows = Division.objects.filter(platform=platform, provisional=True).order_by("id")
    found = list(rows.values_list("code", "name", "parent__code", "valid_to", "split_from"))
    in_force = {(parent, name): code for code, name, parent, valid_to, split_from in found if valid_to is None and not split_from}
    return Known(frozenset(code for code, *_rest in found), in_force)


@transaction.atomic
def put(*, platform: Platform, specs: Iterable[DivisionSpec], source: str, at: datetime) -> Counter[tuple[str, str]]:
    """Make the divisions stand as ``specs`` say (parents before children); counts by (level, "new" | "changed" |
    "unchanged").

    A code without border never takes away a border that is already there.
    """
    current = {
        (row.level, row.code): row for row in Division.objects.select_for_update().filter(platform=platform, valid_to=None).order_by("id")
    }
    waiting = {(row.parent_id, row.name): row for row in current.values() if row.provisional and not row.split_from}
    counts: Counter[tuple[str, str]] = Counter()
    fresh: list[Division] = []
    for spec in specs:
        parent = current.get((PARENT_LEVEL.get(spec.level, ""), spec.parent_code))
        # a division that waited for its code under a provisional one is the same division
        old = current.get((spec.level, spec.code)) or waiting.get((parent.pk if parent else None, spec.name))
        if old is not None and _same(old, spec, parent):
            counts[spec.level, "unchanged"] += 1
            continue
        row = _row(platform, spec, parent, old, source, at)
        counts[spec.level, "changed" if old else "new"] += 1
        current[spec.level, spec.code] = row
        if old is None:
            fresh.append(row)
        else:
            _insert(fresh)
            replace(old=old, new=row, at=at)
            for child in current.values():
                if child.parent_id == old.pk:
                    child.parent = row
    _insert(fresh)
    return counts


def replace(*, old: Division, new: Division, at: datetime) -> None:
    """Close ``old`` at ``at``, write ``new``, and hang what is below in force on it; closed rows keep what they had."""
    Division.objects.filter(pk=old.pk).update(valid_to=at)
    new.save(force_insert=True)
    Division.objects.filter(parent=old, valid_to=None).update(parent=new)
    column = CELL_FIELDS.get(Level(new.level))
    if column:
        UnitGrid.objects.filter(**{column: old.pk}, valid_to=None).update(**{column: new.pk})


def _row(platform: Platform, spec: DivisionSpec, parent: Division | None, old: Division | None, source: str, at: datetime) -> Division:
    """The row to be written; without a border of its own it keeps the old one's."""
    return Division(
        platform=platform,
        level=spec.level,
        code=spec.code,
        name=spec.name,
        parent=parent,
        geom=stored_polygons(spec.geometry) if spec.geometry is not None else old.geom if old else None,
        provisional=spec.provisional,
        source=source,
        valid_from=at,
    )


def _insert(fresh: list[Division]) -> None:
    Division.objects.bulk_create(fresh, batch_size=500)
    fresh.clear()


def _same(old: Division, spec: DivisionSpec, parent: Division | None) -> bool:
    wanted = (spec.code, spec.name, parent.pk if parent else None, spec.provisional)
    if (old.code, old.name, old.parent_id, old.provisional) != wanted:
        return False
    if spec.geometry is None:
        return True
    return old.geom is not None and bool(shapely.equals_exact(from_database(old.geom), spec.geometry, tolerance=0.0))
