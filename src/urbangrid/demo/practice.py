"""Cases to practise on, in every stage of the process in force, on whatever platform stands: the start of a training copy.

1. One case of an inspector and one of the public are played to their end: the stages that they pass are those of this process.
2. For each of these stages some more are played up to it and left to whoever practises. All through the ordinary actions.
3. What cannot be played, because nobody holds a duty or a rule stands against it, is told in the platform's own words: a new
   configuration shows here what it lacks before it goes live.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from django.db import connection, transaction
from django.utils.translation import gettext as _

from urbangrid.cases import processes
from urbangrid.cases.holding import Work
from urbangrid.catalog import queries as catalog
from urbangrid.catalog.values import CategoryOption
from urbangrid.core import clock
from urbangrid.core.errors import Refusal
from urbangrid.core.models import Platform
from urbangrid.demo import geography, names, town
from urbangrid.demo.day import SEATS, Day, Story
from urbangrid.demo.geography import AddressPoint, Geography
from urbangrid.demo.posts import Posts
from urbangrid.grids.models import UNIT_LAYER
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.models import Unit

EACH: Final = 3
"""Cases left at each stage."""
BEGUN: Final = timedelta(hours=5)
"""How long ago the first step of a practice case was taken; twelve steps take less than two hours."""
END: Final = "end"
NOBODY: Final = "nobody_responsible"
"""Duty of work that nobody in force may do (``cases.actions.holders``)."""
BARE: Final = "lane"
"""Kind of place where a platform has no addresses."""
Tell = Callable[[str], None]


@dataclass(slots=True)
class Practice(Day):
    """A day whose posts are found by their duties and whose steps take minutes."""

    posts: Posts
    seats: Sequence[Acting]
    seen: dict[str, None] = field(default_factory=dict)
    """Kinds of work in the order in which they were met."""

    def named(self, key: str) -> Acting:
        """The seats of the cast are those of this platform."""
        return self.seats[SEATS.index(key) % len(self.seats)] if key in SEATS else self.acting(self.town.people[key].pk)

    def inspector_of(self, place: AddressPoint, number: int) -> Acting:
        found = self.posts.of_cell.get(place.cell_id) or self.posts.of_area[place.community_id]
        return found[number % len(found)]

    def pause(self, kind: str) -> timedelta:
        return timedelta(minutes=self.random.uniform(2, 9))

    def who(self, work: Work) -> Acting:
        """Raises LookupError where nobody holds the work."""
        if work.duty == NOBODY:  # it waits among 无人负责的待办
            raise LookupError(work.kind)
        if work.appointment_id is not None:
            return self.acting(work.appointment_id)
        if work.unit_id is None:
            found: Sequence[Acting] = [one for one in self.posts.by_id.values() if work.duty in one.duties]
        else:
            found = self.posts.by_duty.get((work.unit_id, work.duty), ())
        if found:
            return self.random.choice(found)
        other = organizations.holder_of(self.town.platform.pk, work.duty, work.unit_id)  # a district's, of its own platform
        if other is None:
            raise LookupError(work.duty)
        return self.acting(other)

    def answer(self, case_id: int, work: Work, story: Story, name: str, number: int, seq: int | None = None) -> None:
        self.seen.setdefault(work.kind)
        Day.answer(self, case_id, work, story, name, number, seq)

    def _known(self) -> list[tuple[CategoryOption, int]]:
        """Every class that has a filing condition and a unit; those that a director must confirm are left out."""
        platform_id = self.town.platform.pk
        options = [one for one in catalog.category_options(platform_id) if not one.confirm_filing]
        found = [one for one in options if self._has_unit(one.id) and catalog.conditions_of(one.id, platform_id)]
        if not found:
            raise LookupError("category")
        return [(one, 1) for one in found]

    def _has_unit(self, category_id: int) -> bool:
        return any(units for (category, _area), units in self.geography.units.items() if category == category_id)


@transaction.atomic
def fill(tell: Tell, each: int = EACH) -> None:
    """For every platform that has reports of its own, in one transaction: cut off, nothing of it stands."""
    for platform in Platform.objects.filter(parent=None).order_by("pk"):
        day = _begin(platform)
        if day is None:
            words = _("%(platform)s还没有流程、坐席、监督员或网格，没有练习案件。请在正式平台配好后重建培训副本。")
            tell(words % {"platform": platform.name})
            continue
        _fill(day, each, tell)


def _fill(day: Practice, each: int, tell: Tell) -> None:
    number, made, faults = int(day.now.timestamp()) * 1000, 0, dict[str, str]()  # a number told twice would be one report
    for public in (False, True):
        number += 1
        _play(day, number, END, public=public, faults=faults)
    stages = ("accept", *day.seen)
    for stage in stages:
        for _one in range(each):
            number += 1
            made += _play(day, number, stage, public=stage in ("accept", "verify") or number % 4 == 0, faults=faults)
    tell(_("练习案件 %(count)s 件，%(stages)s 个环节各 %(each)s 件") % {"count": made, "stages": len(stages), "each": each})
    for sentence in faults.values():
        tell(_("注意：%(why)s") % {"why": sentence})


def _play(day: Practice, number: int, until: str, *, public: bool, faults: dict[str, str]) -> bool:
    """One case up to a stage; whether nothing stood against it. What was done before stays: it is work too."""
    story = Story(until=until)
    begun = day.now - BEGUN + timedelta(minutes=day.random.uniform(0, 40))
    try:
        day.play(number, story, begun, public=public)
    except Refusal as refused:
        faults.setdefault(refused.code, refused.sentence())
    except LookupError as lacking:
        what = _("没有一个小类既有立案标准又有责任单位") if str(lacking) == "category" else _("没有人承担职责 %(duty)s") % {"duty": lacking}
        faults.setdefault(str(lacking), what)
    else:
        return True
    return False


def _begin(platform: Platform) -> Practice | None:
    """None where the platform lacks what no case can do without."""
    made, posts = town.of_platform(platform), Posts.read(platform.pk)
    seats = [one for one in posts.by_id.values() if {"register", "accept"} <= one.duties]
    places = _places(platform, posts)
    receiving = [unit for unit, duty in posts.by_duty if duty == "receive"]
    if not (seats and receiving and places.points):
        return None
    try:
        process = processes.process_of(processes.current_for(platform.pk, "inspector", "").pk)
    except Refusal:  # none is published
        return None
    made.units.setdefault(names.DEFAULT_UNIT, Unit.objects.get(pk=receiving[0]))
    chance = random.Random(platform.pk)  # noqa: S311 - a rehearsal
    return Practice(made, clock.now(), chance, {}, process, places, {}, posts, seats)


def _places(platform: Platform, posts: Posts) -> Geography:
    """Addresses that an inspector answers for; where the platform has none, a point in each cell that she does."""
    read = geography.read(platform.pk)
    points = {kind: tuple(one for one in found if _covered(one, posts)) for kind, found in read.points.items()}
    if not any(points.get(kind) for kind in geography.WEIGHTS):
        points = {BARE: tuple(one for one in _cells(platform) if _covered(one, posts))}
    return replace(read, points={kind: found for kind, found in points.items() if found})


def _covered(place: AddressPoint, posts: Posts) -> bool:
    return place.cell_id in posts.of_cell or place.community_id in posts.of_area


def _cells(platform: Platform) -> list[AddressPoint]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT %s, d.name || ' ' || c.code, ST_X(p.point), ST_Y(p.point), c.id, c.community_id, c.subdistrict_id"
            " FROM grids_unitgrid c JOIN grids_division d ON d.id = c.community_id, LATERAL (SELECT ST_PointOnSurface(c.geom) AS point) p"
            " WHERE c.platform_id = %s AND c.layer = %s AND c.valid_to IS NULL ORDER BY c.code LIMIT %s",
            [BARE, platform.pk, UNIT_LAYER, geography.MOST],
        )
        return [AddressPoint(*row) for row in cursor.fetchall()]
