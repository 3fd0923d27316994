"""What happens when a unit does not act: the steps that were taken and those that will be, with their instants (desks.md G3).

Steps ahead are the lines of the notice table whose clocks run (cases.timers); steps taken are the notices that were given, so that
what is shown is what was done. Who is told is said by role, never by name.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from urbangrid.cases import timers
from urbangrid.core.platforms import platform_of
from urbangrid.messaging import queries
from urbangrid.messaging.lines import Line
from urbangrid.organizations import queries as organizations
from urbangrid.supervision import words

URGING = frozenset({"reminder", "order", "rework", "rework_again"})
"""催办, 督办, 返工: what is said to the unit itself."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step: its word in the notice table, whom it tells; ``done``: it was taken at that instant, else it will be."""

    at: datetime
    word: str
    to: str
    done: bool


def steps(case_id: int, platform_id: int, unit_ids: Collection[int], since: datetime, now: datetime) -> list[Step]:
    """Of the present attempt of these units, begun at ``since``: taken ones first, in their order. Two statements."""
    table = queries.table(platform_id)
    lines = {line.event: line for line in table.lines if table.is_on(line.event, None)}
    told = [
        (event, at) for event, at, unit_id in queries.given(case_id, since) if event in lines and _concerns(lines[event], unit_id, unit_ids)
    ]
    taken = [_step(lines[event], at, platform_id, done=True) for event, at in dict.fromkeys(told)]
    coming = timers.ahead(case_id, platform_id, unit_ids)
    return taken + [_step(lines[one.event], max(one.at, now), platform_id, done=False) for one in coming if one.event in lines]


def _concerns(line: Line, unit_id: int | None, unit_ids: Collection[int]) -> bool:
    """A warning of the unit's own clocks, whoever was told; of a stage that others keep only what the unit itself was told."""
    if line.clock in ("unit", "case") or (line.stages and line.stages <= {"receive"}):
        return True
    return unit_id in unit_ids and (bool(line.clock) or line.event in URGING)


def _told(line: Line, platform_id: int) -> str:
    """Roles that there are: a city above has only a district's platform, districts below only a city of model D."""
    missing = {"city_supervision"} if platform_of(platform_id).parent_id is None else set()
    if not organizations.district_centres(platform_id):
        missing |= DISTRICTS
    return _("、").join(words.role(role, platform_id) for role in line.to if role not in missing)


DISTRICTS = frozenset({"district", "district_leader", "former_district"})


def _step(line: Line, at: datetime, platform_id: int, *, done: bool) -> Step:
    return Step(at, str(words.LINES[line.event][0]), _told(line, platform_id), done)
