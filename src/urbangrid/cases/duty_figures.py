"""How often which unit was chosen for a class, and how often the case came back from it (CY-A2-x). Read from the records.

Counted are all dispatches of the cases opened in the period, whenever they happened: so that nothing falls between two periods.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from urbangrid.catalog import queries as catalog
from urbangrid.catalog import responsibility_queries
from urbangrid.catalog.values import CategoryOption
from urbangrid.core import clock
from urbangrid.core.ids import id_at, moment_of, new_id
from urbangrid.organizations.acting import Acting

CHOSEN: Final = ("dispatch", "redispatch")
RETURNED: Final = ("send_back",)
TAKEN: Final = ("recall", "redispatch")
BETWEEN: Final = ("withdraw",)
"""Undoes a dispatch before anybody opened it; what came before it is not what goes back after it."""


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """A unit in a class: how often ``chosen`` (派遣, 改派 to it), ``returned`` (回退 by it), ``taken`` (收回, 改派 from it),
    ``refused`` (推诿: 回退 that it asked for and was not granted, case-rules 14)."""

    unit_id: int
    unit_name: str
    chosen: int
    returned: int
    taken: int
    refused: int

    @property
    def returned_percent(self) -> int:
        return round(self.returned * 100 / self.chosen) if self.chosen else 0


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """A class with its units, the most chosen first; ``listed``: units that the responsibility table names for it now."""

    option: CategoryOption
    units: tuple[UnitFigures, ...]
    listed: int

    @property
    def shared(self) -> bool:
        return self.listed > 1 or len(self.units) > 1


_FIGURES = """
WITH acts AS (
    SELECT c.category_id, r.action, r.target_unit_id, lag(r.target_unit_id) OVER (PARTITION BY r.case_id ORDER BY r.seq) AS before
    FROM cases_caserecord r JOIN cases_case c ON c.id = r.case_id
    WHERE c.platform_id = %(platform)s AND c.category_id IS NOT NULL AND NOT c.history
        AND r.case_id >= %(first)s AND c.id >= %(first)s AND c.opened_at >= %(since)s AND c.opened_at < %(until)s
        AND r.action = ANY(%(acts)s)
), counted AS (
    SELECT category_id, target_unit_id AS unit_id, 1 AS chosen, 0 AS returned, 0 AS taken, 0 AS refused
    FROM acts WHERE action = ANY(%(chosen)s)
    UNION ALL
    SELECT category_id, before, 0, (action = ANY(%(returned)s))::int, (action = ANY(%(taken)s))::int, 0 FROM acts
    WHERE before IS NOT NULL AND (action = ANY(%(returned)s) OR action = ANY(%(taken)s))
    UNION ALL
    SELECT c.category_id, q.unit_id, 0, 0, 0, 1 FROM cases_caserequest q JOIN cases_case c ON c.id = q.case_id
    WHERE q.platform_id = %(platform)s AND q.kind = 'send_back' AND q.state = 'refused' AND q.unit_id IS NOT NULL
        AND c.category_id IS NOT NULL AND NOT c.history AND c.id >= %(first)s AND c.opened_at >= %(since)s AND c.opened_at < %(until)s
)
SELECT n.category_id, n.unit_id, u.name, sum(n.chosen), sum(n.returned), sum(n.taken), sum(n.refused)
FROM counted n JOIN organizations_unit u ON u.id = n.unit_id GROUP BY 1, 2, 3
"""
"""A send-back and a recall follow the dispatch they undo: of the acts that change who has a case, the one before names the unit."""


def figures(acting: Acting, since: datetime, until: datetime) -> list[ClassFigures]:
    """Per class in the order of the catalogue, for the cases opened from ``since`` to before ``until``. One statement."""
    values: dict[str, Any] = {
        "platform": acting.platform_id, "first": _first_id(since), "since": since, "until": until,
        "acts": [*CHOSEN, *RETURNED, "recall", *BETWEEN], "chosen": list(CHOSEN), "returned": list(RETURNED), "taken": list(TAKEN),
    }  # fmt: skip
    classes: dict[int, list[UnitFigures]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, values)
        rows = cursor.fetchall()
    for category_id, unit_id, name, *counted in rows:
        classes.setdefault(category_id, []).append(UnitFigures(unit_id, name, *map(int, counted)))
    found = [_class(acting.platform_id, number, units) for number, units in classes.items()]
    return sorted(found, key=lambda one: (one.option.kind != "event", one.option.code))


def _first_id(since: datetime) -> int:
    """No case opened since then has a smaller id, so that older partitions are not read. Ids carry the machine's time: where the platform's
    runs ahead of it, as in a story that travels, the border lies as much earlier."""
    ahead = max(clock.now() - moment_of(new_id()), timedelta(0))
    return id_at(since - ahead)


def _class(platform_id: int, category_id: int, units: Sequence[UnitFigures]) -> ClassFigures:
    listed = responsibility_queries.responsible_units(platform_id, category_id, ())
    ordered = sorted(units, key=lambda one: (-one.chosen, one.unit_name))
    return ClassFigures(catalog.category(category_id), tuple(ordered), len(listed))
