"""Two levels of command (model D): in whose hand a case is, and what a district may do with it (SZ-2.1d, SZ-4.1c).

The city may act on every case of its own. A district that only commands acts on those that were handed down to it, from the handing down
until the city has them back, and its own posts decide first what its units ask for. In every other model there is one level.
"""

from __future__ import annotations

from urbangrid.cases import store
from urbangrid.cases.lifecycle import Edge, State, When
from urbangrid.cases.models import Case, WorkItem
from urbangrid.cases.process import Process
from urbangrid.core.platforms import platform_of
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting


def is_district(acting: Acting) -> bool:
    """Whether the post is of a district that only commands."""
    return acting.parent_platform_id is not None


def has_in_hand(acting: Acting, case: Case) -> bool:
    """Whether the case is with the post's own level: always for the city."""
    return not is_district(acting) or _platform_of(case.command_unit_id) == acting.platform_id


def has_work(acting: Acting, case_id: int) -> bool:
    """Whether a unit of the post's platform has something open on the case: where a district helps another (SZ-6.2). One statement."""
    units = organizations.unit_ids(acting.platform_id)
    return store.rows(WorkItem).filter(case_id=case_id, closed_at=None, unit_id__in=units).exists()


def back_to(acting: Acting) -> When:
    """Whose dispatcher has a case after the post took it back from a unit: its own level's."""
    return When.BY_DISTRICT if is_district(acting) else When.OWN_UNIT


def way_of(case: Case) -> When:
    """The way that a case goes back up from its unit: by the district that it came through."""
    return When.OWN_UNIT if case.command_unit_id is None else When.BY_DISTRICT


def district_of(process: Process, case: Case, unit_id: int | None) -> int | None:
    """The platform of the district that a unit belongs to; None for a unit of the city, and where no district commands."""
    if unit_id is None or not process.has(State.AT_DISTRICT):
        return None
    found = _platform_of(unit_id)
    return found if found != case.platform_id else None


def level_of(unit_id: int) -> int:
    """The platform whose dispatcher gives cases to a unit: its own, but of the centre of a district that only commands the city above."""
    row = organizations.unit(unit_id)
    platform = platform_of(row.platform_id)
    if row.kind == "command" and platform.parent_id is not None and not platform.supervises:
        return int(platform.parent_id)
    return int(row.platform_id)


def offers(acting: Acting, case: Case, edge: Edge) -> bool:
    """Whether a move that a duty alone allows stands open to the post's level; what gives work has a holder."""
    if edge.work or not is_district(acting):
        return True
    return has_in_hand(acting, case) and not (edge.over and edge.when == When.OWN_UNIT)


def _platform_of(unit_id: int | None) -> int | None:
    return organizations.unit(unit_id).platform_id if unit_id is not None else None
