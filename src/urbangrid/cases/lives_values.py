"""What lives in bulk are made of: places, reports, what a step brings along, and the ground that they have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from urbangrid.audit import signing
from urbangrid.cases import clocks, deadlines, places, repeats
from urbangrid.cases.lifecycle import State, When
from urbangrid.cases.process import Move, Process
from urbangrid.cases.records import UsedFile
from urbangrid.cases.volume_rows import ewkb
from urbangrid.core import geometry
from urbangrid.core.models import Platform
from urbangrid.grids.queries import Place
from urbangrid.organizations.acting import Acting


class Spot:
    """A place as it is told (``words``) with its point (degrees, EPSG:4490) and what it lies in, in the forms that are wanted."""

    __slots__ = ("columns", "ewkb", "inputs", "latitude", "longitude", "place", "point", "words")

    def __init__(self, words: str, longitude: float, latitude: float, place: Place) -> None:
        self.words, self.longitude, self.latitude, self.place = words, longitude, latitude, place
        self.point, self.ewkb = geometry.point(longitude, latitude), ewkb(longitude, latitude)
        self.inputs: Mapping[str, Any] = {
            "place_text": words, "outside": place.outside, **places.degrees(longitude, latitude), **places.areas(place),
        }  # fmt: skip
        """As ``places.as_inputs`` states it."""
        self.columns: Mapping[str, Any] = {
            "place_text": words, "outside": place.outside, "cell_id": place.cell_id, "community_id": place.community_id,
            "subdistrict_id": place.subdistrict_id, "district_id": place.district_id, "area_grade": place.area_grade,
            "road_name": place.road, "road_grade": place.road_grade,
        }  # fmt: skip
        """As ``places.put`` sets them, the point left out."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A case that was closed, as a later one of the same matter names it (反复)."""

    case_id: int
    number: str
    closed_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """A report as it comes in. ``at`` is the only one of its millisecond: the case's id begins there."""

    at: datetime
    number: str
    client_id: str
    source: str
    source_class: str
    category_id: int
    condition_id: int
    description: str
    spot: Spot
    reporter: Acting | None = None
    files: tuple[UsedFile, ...] = ()
    urgent: bool = False
    simulated: bool = True
    contact_id: int | None = None
    """Of the citizen; its row is written by who made it."""
    again: Earlier | None = None
    """The case closed last at the same place and of the same kind; whether it counts is decided at filing."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a step brings along: plain inputs of the record, texts kept apart, photos, a reason; ``person`` the inspector who is sent."""

    inputs: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    files: tuple[UsedFile, ...] = ()
    reason: str = ""
    note: str = ""
    """First line of the work that follows."""
    number: str = ""
    """Of the case at filing, of the inspector's own report at 核实."""
    unit_id: int | None = None
    """To which unit it is dispatched."""
    person: Acting | None = None
    when: When | None = None


class Ground:
    """What lives have in common: the platform and its process with the moves by name, calendars as timelines."""

    def __init__(self, platform: Platform, definition_id: int, process: Process) -> None:
        self.platform, self.definition_id, self.process = platform, definition_id, process
        self.repeat_hours = repeats.hours_of(platform.pk)
        self.warns = clocks.warn_rules(platform.pk)
        signing.key_id()  # read now: processes forked later sign with the same key
        self._moves: dict[tuple[str, str, When | None], Move | None] = {}
        self._lines: dict[str, deadlines.CalendarTimeline] = {}
        self.proposed: dict[tuple[Any, ...], tuple[int | None, Mapping[str, Any]]] = {}

    def move(self, action: str, state: str, when: When | None = None) -> Move | None:
        key = action, state, when
        if key not in self._moves:
            self._moves[key] = self.process.find(action, State(state), when)
        return self._moves[key]

    def line(self, code: str) -> deadlines.CalendarTimeline:
        if code not in self._lines:
            self._lines[code] = clocks.timeline(self.platform.pk, code, self.platform.zone)
        return self._lines[code]


@dataclass(frozen=True, slots=True)
class Work:
    """The open work of the state: its kind, who holds it, since when; ``due_at`` None where its clock stands."""

    kind: str
    duty: str
    unit_id: int | None
    appointment_id: int | None
    opened_at: datetime
    due_at: datetime | None


OF_UNIT = frozenset({"dispatch", "receive", "feedback", "review", "rework", "fence", "hand_on", "sign"})
"""Records that name the unit that has the case (those of ``plain`` where there is one)."""


def holds(who: Acting, item: Mapping[str, Any]) -> bool:
    """Whether the work is hers."""
    if item["appointment_id"] is not None:
        return bool(item["appointment_id"] == who.appointment_id)
    return item["unit_id"] == who.unit_id and item["duty"] in who.duties


def may(can: bool, action: str, who: Acting) -> None:
    """A step that no action would have taken is an error."""
    assert can, f"{who.user_name} ({who.post_code}) cannot {action}"
