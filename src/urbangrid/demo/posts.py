"""Who acts in the made city: everybody in force, by appointment, by unit and duty, and inspectors by the place they cover."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from urbangrid.cases.lives import Spot, Work
from urbangrid.organizations.acting import Acting, from_row
from urbangrid.organizations.models import Appointment, CellDuty
from urbangrid.organizations.queries import in_force


def playing(row: Appointment) -> Acting:
    """A post as a program plays it: its records say so."""
    return replace(from_row(row), robot=True)


@dataclass(frozen=True, slots=True)
class Posts:
    """Read once."""

    by_id: Mapping[int, Acting]
    by_duty: Mapping[tuple[int, str], Sequence[Acting]]
    of_cell: Mapping[int, Sequence[Acting]]
    of_area: Mapping[int, Sequence[Acting]]
    """Inspectors by community."""

    @classmethod
    def read(cls, platform_id: int) -> Posts:
        rows = Appointment.objects.filter(in_force(), platform_id=platform_id).select_related("user", "post", "unit", "platform")
        by_id = {row.pk: playing(row) for row in rows.order_by("pk")}
        by_duty: dict[tuple[int, str], list[Acting]] = defaultdict(list)
        of_area: dict[int, list[Acting]] = defaultdict(list)
        for one in by_id.values():
            for duty in sorted(one.duties):
                by_duty[one.unit_id, duty].append(one)
            if one.division_id is not None and "check" in one.duties:
                of_area[one.division_id].append(one)
        of_cell: dict[int, list[Acting]] = defaultdict(list)
        for cell, number in CellDuty.objects.filter(appointment__in=by_id).order_by("pk").values_list("cell_id", "appointment_id"):
            of_cell[cell].append(by_id[number])
        return cls(by_id, by_duty, of_cell, of_area)

    def holder(self, work: Work | None, chance: random.Random) -> Acting:
        """One of those who hold the work. Raises LookupError where nobody does."""
        assert work is not None
        found = self.by_duty.get((work.unit_id or 0, work.duty), ())
        if not found:
            raise LookupError(f"nobody holds {work.duty} in unit {work.unit_id}")
        return chance.choice(found)

    def inspector(self, spot: Spot, chance: random.Random, besides: Acting | None = None) -> Acting:
        """Of the cell, else of the community; not the reporter where there is another (case-rules 19)."""
        for listed in (self.of_cell.get(spot.place.cell_id or 0, ()), self.of_area.get(spot.place.community_id or 0, ())):
            others = [one for one in listed if one is not besides]
            if others:
                return chance.choice(others)
        return besides if besides is not None else next(one for listed in self.of_area.values() for one in listed)
