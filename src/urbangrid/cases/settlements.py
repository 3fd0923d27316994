"""Decisions on who is responsible, of 权属会商 or with an agreed send-back, as precedents (case-rules 14)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from urbangrid.cases import levels, store, words
from urbangrid.cases.lifecycle import State
from urbangrid.cases.models import Case, CaseRecord, CaseRequest
from urbangrid.cases.processes import process_of
from urbangrid.catalog import queries as catalog
from urbangrid.core.geometry import to_metric
from urbangrid.core.platforms import platform_of

KINDS = ("responsibility", "send_back")
NEWEST = 20
"""How many decisions of a class and sub-district are looked at."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """A decision that named a unit. ``here``: on a case at the place of the one that asks (the class's radius of duplicates)."""

    unit_id: int
    case_id: int
    number: str
    basis: str
    here: bool

    @property
    def words(self) -> str:
        return str(words.SETTLED) % {"number": self.number, "basis": self.basis} if self.basis else self.number


def of_class(case: Case) -> list[Settlement]:
    """The decisions on this case and on cases of its class in its sub-district, newest first, each unit's newest once. One statement."""
    if case.category_id is None:
        return []
    alike = Q(case__category_id=case.category_id, case__subdistrict_id=case.subdistrict_id, case__confidential=False) | Q(case_id=case.pk)
    rows = store.rows(CaseRequest).filter(
        alike, platform_id=case.platform_id, kind__in=KINDS, state=CaseRequest.GRANTED, outcome__has_key="unit"
    )
    listed = rows.select_related("case").only("outcome", "case__number", "case__point").order_by("-id")[:NEWEST]
    found: dict[tuple[int, bool], Settlement] = {}
    for row in listed:
        here = row.case_id == case.pk or _near(case, row.case)
        one = Settlement(int(row.outcome["unit"]), row.case_id, row.case.number or "", str(row.outcome.get("basis", "")), here)
        found.setdefault((one.unit_id, here), one)
    return _newest_here(found.values())


def _newest_here(found: Iterable[Settlement]) -> list[Settlement]:
    """Of several decisions at one place only the newest holds there; the others stay precedents of the area."""
    listed = list(found)
    newest = next((one for one in listed if one.here), None)
    return [one for one in listed if not one.here or one is newest]


def _near(case: Case, other: Case) -> bool:
    if case.point is None or other.point is None or case.category_id is None:
        return False
    srid, radius_m = platform_of(case.platform_id).metric_srid, catalog.category(case.category_id).duplicate_radius_m
    (x, y), (u, v) = (to_metric(point.x, point.y, srid) for point in (case.point, other.point))
    return (x - u) ** 2 + (y - v) ** 2 <= radius_m**2


def decisions(rows: Iterable[CaseRequest], unit_id: int | None = None) -> list[CaseRequest]:
    """Of a case's requests those agreed to that named its unit, the newest first; with ``unit_id`` those of its level alone."""
    granted = (row for row in rows if row.kind in KINDS and row.state == CaseRequest.GRANTED and row.outcome.get("unit"))
    found = sorted(granted, key=lambda row: -row.pk)
    if unit_id is None:
        return found
    level = levels.level_of(unit_id)
    return [row for row in found if levels.level_of(int(row.outcome["unit"])) == level]


def is_designated(rows: Iterable[CaseRequest], unit_id: int | None) -> bool:
    """指定处置: whether the last decision among a case's requests named this unit, or district, to act first."""
    last = next(iter(decisions(rows, unit_id)), None)
    return last is not None and bool(last.outcome.get("designated")) and last.outcome["unit"] == str(unit_id)


def returned(case: Case) -> frozenset[int]:
    """Command centres of districts that gave this case back to the city (退回市级), but for what they took back themselves. One statement,
    where the process has districts."""
    if not process_of(case.process_id).has(State.AT_DISTRICT):
        return frozenset()
    rows = store.rows(CaseRecord).filter(case=case, action__in=("return_up", "withdraw")).order_by("seq")
    found: dict[int, int | None] = {}
    for seq, action, centre, body in rows.values_list("seq", "action", "target_unit_id", "body"):
        if action == "return_up":
            found[seq] = centre
        else:
            found.pop(int(json.loads(body)["inputs"]["step"]), None)
    return frozenset(centre for centre in found.values() if centre is not None)


def sent_back(case: Case) -> frozenset[int]:
    """Units whose send-back of this case was agreed to; a statement only for a case that came back."""
    if not case.send_backs:
        return frozenset()
    rows = store.rows(CaseRequest).filter(case=case, kind="send_back", state=CaseRequest.GRANTED)
    return frozenset(number for number in rows.values_list("unit_id", flat=True) if number is not None)
