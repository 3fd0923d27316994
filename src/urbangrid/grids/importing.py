"""Import of divisions from boundaries and code tables: read, join, write in one transaction, and say what a person
must look at.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from urbangrid.core import clock
from urbangrid.core.models import Platform
from urbangrid.core.text import beside
from urbangrid.grids import coding, divisions, reading
from urbangrid.grids.mapping import POLYGON_LEVELS, DivisionMapping
from urbangrid.grids.matching import Matcher, Tables, overlaps
from urbangrid.grids.messages import Fault


@dataclass(frozen=True, slots=True)
class ImportResult:
    """Counts by (level, "new" | "changed" | "unchanged") and everything that needs a person."""

    counts: Counter[tuple[str, str]]
    faults: tuple[Fault, ...]

    @property
    def left_out(self) -> int:
        return sum(fault.left_out for fault in self.faults)


@transaction.atomic
def import_divisions(*, platform: Platform, path: Path, mapping: DivisionMapping, codes_folder: Path | None = None) -> ImportResult:
    """Load the boundaries in ``path`` with the code tables of the mapping. Faulty rows are left out and listed; the
    rest is in at once or not at all.

    Raises Refusal when a file, a column or a property of the mapping is missing: then nothing was written.
    """
    layer, usable, faults = reading.outlines(path, mapping)
    folder = codes_folder or path.parent / mapping.codes_folder
    tables, table_faults = read_tables(folder, mapping)
    Platform.objects.select_for_update().get(pk=platform.pk)
    matcher = Matcher(mapping, layer, tables, divisions.known(platform))
    specs = matcher.match(usable)
    concerned = {spec.code[: coding.DISTRICT_LENGTH] for spec in specs}
    counts = divisions.put(platform=platform, specs=specs, source=beside(mapping.title, path.name)[:200], at=clock.now())
    relevant = [fault for code, fault in table_faults if code[: coding.DISTRICT_LENGTH] in concerned or not code]
    every = [*faults, *matcher.faults, *relevant, *overlaps(usable, platform.metric_srid)]
    # what was left out first, mere differences of names last
    every.sort(key=lambda fault: (not fault.left_out, fault.code == "name_differs"))
    return ImportResult(counts, tuple(every))


def read_tables(folder: Path, mapping: DivisionMapping) -> tuple[Tables, list[tuple[str, Fault]]]:
    """The code tables from the top down; each fault with the code of its row, so that other districts' faults can be
    left unsaid.
    """
    rows: dict[str, dict[str, reading.CodeRow]] = {}
    faults: list[tuple[str, Fault]] = []
    parents: set[str] | None = None
    for level in POLYGON_LEVELS:
        table = mapping.tables.get(level)
        if table is None:
            parents = None
            continue
        found, wrong = reading.code_rows(folder, level, table, prefix=mapping.codes_prefix, parents=parents if table.parent else None)
        rows[level] = {row.code: row for row in found}
        faults += [(str(fault.values.get("parent") or fault.values.get("code") or ""), fault) for fault in wrong]
        parents = set(rows[level])
    return Tables(rows, mapping.city_code), faults
