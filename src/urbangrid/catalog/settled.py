"""待明确: per class and area exactly one main unit, or it is on this list (SY-6.4b). Plain functions of values.

Looked at are rows without conditions: what counts when no rule of another row speaks. A class is settled in an area when one unit stands
there, or one of several is marked 主责. Rows for everywhere hold in every area that has none of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from urbangrid.catalog.values import Responsible

SEVERAL: Final = "several"
NOBODY: Final = "nobody"
NO_UNIT: Final = "no_unit"


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A class and an area where the table does not name one main unit; ``division_id`` None: everywhere else.

    ``why``: several units and none or more than one of them 主责; nobody; or the main unit is not a unit of the platform yet.
    """

    category_id: int
    division_id: int | None
    why: str
    units: tuple[str, ...]


def unsettled(category_id: int, rows: Iterable[Responsible], subdistrict_ids: Sequence[int]) -> list[Unsettled]:
    """The open places of one class, whose rows in force are given. ``subdistrict_ids``: those that rows for single areas must cover."""
    plain = [row for row in rows if row.conditions.none]
    areas = dict.fromkeys(row.division_id for row in plain)
    found = [why for area in areas if (why := _of_area(category_id, area, [row for row in plain if row.division_id == area]))]
    covered = None in areas or (subdistrict_ids and set(subdistrict_ids) <= set(areas))
    if not covered:
        found.append(Unsettled(category_id, None, NOBODY, ()))
    return found


def _of_area(category_id: int, division_id: int | None, rows: Sequence[Responsible]) -> Unsettled | None:
    chosen = [row for row in rows if row.is_main] or list(rows)
    units = dict.fromkeys(row.unit_key for row in chosen)
    names = tuple(dict.fromkeys(row.unit_name for row in rows))
    if len(units) > 1:
        return Unsettled(category_id, division_id, SEVERAL, names)
    return Unsettled(category_id, division_id, NO_UNIT, names) if chosen[0].unit_id is None else None
