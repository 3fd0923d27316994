"""Which serials a patch may use: everything ever given is remembered, because a code is never used twice."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import Max
from django.db.models.functions import Left, Right

from urbangrid.grids import coding
from urbangrid.grids.models import Division, Level, UnitGrid
from urbangrid.grids.patches import Patch


class Numbers:
    """The numbers of one platform, read once per run (two queries) and kept up to date while patches are written."""

    def __init__(self, platform_id: int, layer: str) -> None:
        used = (
            UnitGrid.objects.filter(platform=platform_id)
            .annotate(community_code=Left("code", coding.COMMUNITY_LENGTH), serial=Right("code", 3))
            .values_list("community_code")
            .annotate(last=Max("serial"))
            .order_by("community_code")
        )
        self.last_serial = {code: int(last) for code, last in used}
        provisional = Division.objects.filter(platform=platform_id, level=Level.COMMUNITY, provisional=True)
        self.taken: dict[str, set[str]] = defaultdict(set)
        self.split: dict[str, list[str]] = defaultdict(list)
        for code, split_from, of_layer in provisional.values_list("code", "split_from", "split_layer").order_by("code", "id"):
            self.taken[code[: coding.SUBDISTRICT_LENGTH]].add(code)
            if of_layer == layer and code not in self.split[split_from]:
                self.split[split_from].append(code)

    def allot(self, patch: Patch, count: int) -> list[coding.SerialBlock]:
        """Serials for the cells of a patch. Raises coding.SerialsExhausted."""
        code, subdistrict = patch.division.code, patch.subdistrict.code
        own = [code] if patch.division.level == Level.COMMUNITY else []
        blocks = coding.allot(
            count=count,
            subdistrict_code=subdistrict,
            own=[*own, *self.split[code]],
            last_serial=self.last_serial,
            taken=self.taken[subdistrict],
        )
        for block in blocks:
            self.last_serial[block.community_code] = block.last
            if block.opened:
                self.taken[subdistrict].add(block.community_code)
                self.split[code].append(block.community_code)
        return blocks
