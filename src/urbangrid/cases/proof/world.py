"""The city that random days are played in: its people with their duties, units, classes, places. Read once, as plain values."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from PIL import Image

from urbangrid.cases.models import ProcessDefinition
from urbangrid.cases.proof.told import Facts, Law
from urbangrid.cases.proof.watch import Wall, second_of
from urbangrid.catalog import queries as catalog
from urbangrid.catalog import sources
from urbangrid.catalog.models import FilingCondition, ReasonCode, TimeLimit
from urbangrid.core import files
from urbangrid.core.models import Platform
from urbangrid.grids.models import Division
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting, from_row
from urbangrid.organizations.models import Appointment, Unit

PHOTOS = 1
"""Of each person, sent once and used again and again."""
NOBODY = "nobody_responsible"


@dataclass(slots=True)
class World:
    """``people`` by account; ``units`` by code; ``classes`` are pairs of category and filing condition."""

    platform: Platform
    people: dict[str, Acting]
    units: dict[str, int]
    classes: list[tuple[int, int]]
    spots: list[tuple[float, float]]
    reasons: Mapping[str, tuple[str, ...]]
    photos: dict[int, list[int]] = field(default_factory=dict)
    direct: frozenset[int] = frozenset()
    below: Mapping[int, frozenset[int]] = field(default_factory=dict)
    owners: Mapping[int | None, int] = field(default_factory=dict)
    """Unit → its platform."""
    centres: frozenset[int] = frozenset()
    """Command centres of districts that only command."""
    laws: dict[int, Law] = field(default_factory=dict)
    walls: dict[str, Wall] = field(default_factory=dict)
    given: Facts | None = None
    """What ``facts`` gave: two tables of the catalogue, which a walk asked for at every case."""

    @property
    def zone(self) -> ZoneInfo:
        return self.platform.zone

    def law(self, process_id: int) -> Law:
        if process_id not in self.laws:
            self.laws[process_id] = Law(ProcessDefinition.objects.get(pk=process_id).definition)
        return self.laws[process_id]

    def with_duty(self, duty: str) -> list[str]:
        """Who holds a duty, by account."""
        return [name for name, one in self.people.items() if duty in one.duties and one.platform_id == self.platform.pk]

    def mates(self, who: Acting) -> frozenset[int]:
        """Units of her platform."""
        return frozenset(one.unit_id for one in self.people.values() if one.platform_id == who.platform_id)

    def dispatchable(self, who: Acting) -> list[str]:
        """Codes of units that she could send a case to: those that receive on her platform, and for the city the districts' centres."""
        own = {one.unit_id for one in self.people.values() if one.platform_id == who.platform_id and "receive" in one.duties}
        if who.platform_id == self.platform.pk:
            below = [one for one in self.people.values() if one.platform_id != who.platform_id]
            own |= {one.unit_id for one in below if not one.duties.isdisjoint(("dispatch", "return_up"))}
        return [code for code, unit in self.units.items() if unit in own]

    def targets(self, platform_id: int) -> Mapping[int, bool]:
        """Units with a desk that a platform dispatches to; whether each is a district's centre."""
        return {one.unit_id: one.is_district for one in organizations.targets(platform_id) if one.has_desk}

    def desk_for(self, duty: str, division: int | None) -> int | None:
        """The unit that holds a duty, of the division where one does."""
        return organizations.unit_for_duty(self.platform.pk, duty, division)

    def is_own(self, unit: int) -> bool:
        """Whether it is a unit of the platform."""
        return self.owners.get(unit) == self.platform.pk

    def confirmed(self, category: int) -> bool:
        """Whether the duty director alone files that class."""
        return catalog.category(category).confirm_filing

    def must_verify(self, law: Law, source: str, source_class: str, category: int) -> bool:
        """By the source where it says so, else by the definition; a service matter never."""
        chosen, found = catalog.category(category), sources.source(self.platform.pk, source)
        if chosen.kind == "service":
            return False
        if found is None or not found.verify:
            return bool(law.verified.get(source_class) == "always")
        return chosen.code in found.verify_codes if found.verify == "category" else found.verify != "never"

    def units_with(self, duty: str, platform: int | None = None) -> frozenset[int]:
        here = [one for one in self.people.values() if one.platform_id == (platform or self.platform.pk)]
        return frozenset(one.unit_id for one in here if duty in one.duties)

    def wall(self, code: str) -> Wall:
        """A calendar as the catalogue stores it."""
        if code not in self.walls:
            versions = None
            if code != "always":
                rows = catalog.calendar_versions(self.platform.pk, code)
                versions = [(second_of(row.applies_from), row.rules) for row in rows]
            self.walls[code] = Wall(versions, self.zone)
        return self.walls[code]

    def facts(self) -> Facts:
        if self.given is None:
            self.given = Facts(
                lru_cache(self.units_with), lambda unit: unit in self.direct, self.wall, _case_values(), _fence_hours(), self.owners.get,
                self.centres,
            )  # fmt: skip
        return self.given

    def photo(self, who: Acting, number: int) -> int:
        """A photo that she has sent."""
        sent = self.photos.setdefault(who.user_id, [])
        while len(sent) <= number % PHOTOS:
            sent.append(_photo(who, len(sent)))
        return sent[number % PHOTOS]

    def name_of(self, appointment: int | None) -> str:
        return next((name for name, one in self.people.items() if one.appointment_id == appointment), "")


def _photo(who: Acting, number: int) -> int:
    shade = hashlib.sha256(f"{who.user_id}/{number}".encode()).digest()
    out = io.BytesIO()
    Image.new("RGB", (48, 36), (shade[0], shade[1], shade[2])).save(out, "JPEG")
    with transaction.atomic():
        stored = files.store_photo(
            io.BytesIO(out.getvalue()), name="现场.jpg", platform_id=who.platform_id, owner_id=who.user_id, zone=who.zone
        )
    return int(stored.pk)


def _case_values() -> Callable[[str, datetime], int | None]:
    """Case limits by condition where the catalogue names one value for every grade; None elsewhere."""
    listed: dict[str, set[int | None]] = {}
    for condition, value in TimeLimit.objects.values_list("condition_id", "case_value"):
        listed.setdefault(str(condition), set()).add(value)
    single: dict[str, Any] = {key: next(iter(values)) for key, values in listed.items() if len(values) == 1}
    return lambda condition, _at: single.get(condition)


def _fence_hours() -> Callable[[str], int]:
    hours = {str(pk): value or 0 for pk, value in FilingCondition.objects.values_list("pk", "fence_hours")}
    return lambda condition: hours.get(condition, 0)


CLASSES = 14
"""Of the catalogue, spread over it, and every one that asks for a fence first."""


def read(platform: Platform) -> World:
    """The world of a platform, its districts' people with it."""
    rows = Appointment.objects.select_related("user", "post", "unit", "platform").order_by("pk")
    people: dict[str, Acting] = {}
    for row in rows:
        people.setdefault(row.user.username, from_row(row))
    reasons: dict[str, tuple[str, ...]] = {}
    for action, code in ReasonCode.objects.order_by("action", "position").values_list("action", "code"):
        reasons[action] = (*reasons.get(action, ()), code)
    units = {f"{code}" if owner == platform.pk else f"{owner}/{code}": pk for pk, code, owner in _units()}
    direct = frozenset(Unit.objects.filter(answers_directly=True).values_list("pk", flat=True))
    below: dict[int, frozenset[int]] = {}
    for pk, parent in Unit.objects.exclude(parent=None).values_list("pk", "parent_id"):
        below[parent or 0] = below.get(parent or 0, frozenset()) | {pk}
    owners: dict[int | None, int] = dict(Unit.objects.values_list("pk", "platform_id"))
    only_command = Unit.objects.filter(kind="command", platform__parent=platform, platform__supervises=False)
    return World(
        platform, people, units, _classes(platform), _spots(platform), reasons, direct=direct, below=below, owners=owners,
        centres=frozenset(only_command.values_list("pk", flat=True)),
    )  # fmt: skip


def _classes(platform: Platform) -> list[tuple[int, int]]:
    options = catalog.category_options(platform.pk)
    chosen = options[:: max(len(options) // CLASSES, 1)]
    fenced = set(FilingCondition.objects.exclude(fence_hours=None).values_list("category_id", flat=True))
    chosen += [one for one in options if one.id in fenced][:4]
    return [(one.id, condition.id) for one in chosen for condition in catalog.conditions_of(one.id, platform.pk)[:2]]


def _spots(platform: Platform) -> list[tuple[float, float]]:
    """A place within each community."""
    found = []
    for area in Division.objects.filter(platform=platform, level="community").order_by("code"):
        if area.geom is not None:
            place = area.geom.point_on_surface
            found.append((place.x, place.y))
    return found


def _units() -> list[tuple[int, str, int]]:
    return list(Unit.objects.filter(is_active=True).order_by("pk").values_list("pk", "code", "platform_id"))
