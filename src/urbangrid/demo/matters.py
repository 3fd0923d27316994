"""What is reported in the made city's months: classes with their conditions, places again and again, pictures, and the words of steps."""

from __future__ import annotations

import io
import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians

from urbangrid.cases import words
from urbangrid.cases.lifecycle import When
from urbangrid.cases.lives import Given, Life, Spot
from urbangrid.cases.records import UsedFile
from urbangrid.catalog import queries as catalog
from urbangrid.core import files
from urbangrid.core.models import Platform, StoredFile
from urbangrid.demo import geography, mix, pictures
from urbangrid.demo.problems import PROBLEMS
from urbangrid.grids.queries import locate

OF_EACH = 1
"""Pictures of a kind and class."""
METRES = 111_000.0
"""Of a degree of latitude."""


@dataclass(frozen=True, slots=True)
class Matter:
    """A class that is reported, how often among its kind, and the conditions it has."""

    category_id: int
    name: str
    kind: str
    weight: int
    conditions: tuple[int, ...]
    radius_m: int


def names() -> list[str]:
    return [name for name, _weight in PROBLEMS]


def known(platform_id: int) -> list[Matter]:
    """Those of ``PROBLEMS`` that the catalogue has and that a seat files."""
    options = {one.name: one for one in catalog.category_options(platform_id)}
    found = []
    for name, weight in PROBLEMS:
        one = options.get(name)
        conditions = tuple(row.id for row in catalog.conditions_of(one.id, platform_id) if row.limit is not None) if one else ()
        if one is not None and conditions and not one.confirm_filing:
            found.append(Matter(one.id, name, one.kind, weight, conditions, one.duplicate_radius_m))
    return found


def choose(listed: Sequence[Matter], chance: random.Random) -> Matter:
    """An event or a component by the mix, then by weight."""
    kind = "event" if chance.random() < mix.EVENTS else "component"
    own = [one for one in listed if one.kind == kind] or list(listed)
    return chance.choices(own, [one.weight for one in own])[0]


def near(one: Spot, other: Spot, metres: float) -> bool:
    """Whether two places are less than so far apart, and a metre."""
    x, y = one.longitude - other.longitude, one.latitude - other.latitude
    return hypot(x * cos(radians(one.latitude)), y) * METRES <= metres + 1


@dataclass(frozen=True, slots=True)
class Places:
    """Places where something happens again and again."""

    spots: Sequence[Spot]

    @classmethod
    def read(cls, platform: Platform, scale: float, chance: random.Random) -> Places:
        """By the weights of ``geography``; more in a larger city."""
        city = geography.read(platform.pk)
        drawn = {one.words: one for one in (city.point(chance) for _number in range(round(200 + 2400 * min(scale, 4))))}
        return cls([
            Spot(one.words, one.longitude, one.latitude, locate(platform, (one.longitude, one.latitude)))
            for one in drawn.values()
        ])  # fmt: skip

    def spot(self, chance: random.Random, fits: Callable[[Spot], bool]) -> Spot:
        """One that fits, if one is found within a few draws."""
        for _turn in range(30):
            found = chance.choice(self.spots)
            if fits(found):
                break
        return found


@dataclass(frozen=True, slots=True)
class Photos:
    """Drawn pictures by kind and class; the cases of a class share them."""

    drawn: Mapping[tuple[str, str], Sequence[UsedFile]]

    @classmethod
    def draw(cls, listed: Sequence[str], platform: Platform, owner_id: int) -> Photos:
        """Kept as held: whoever purges loose files leaves them."""
        found: dict[tuple[str, str], list[UsedFile]] = defaultdict(list)
        for place, name in enumerate(listed):
            for kind in ("before", "after", "check"):
                for number in range(OF_EACH):
                    data = pictures.picture(name, kind, 7_000 + place * 10 + number)
                    kept = files.store_photo(
                        io.BytesIO(data), name=f"{kind}.jpg", platform_id=platform.pk, owner_id=owner_id, zone=platform.zone
                    )  # fmt: skip
                    found[kind, name].append(UsedFile(kind, kept.pk, kept.sha256))
        ids = [one.file_id for listed_ in found.values() for one in listed_]
        StoredFile.objects.filter(pk__in=ids).update(state="held")
        return cls(found)

    def one(self, kind: str, name: str, chance: random.Random) -> UsedFile:
        """In its role; a fence is shown by a picture of before."""
        found = chance.choice(self.drawn["before" if kind == "fence" else kind, name])
        return found if found.role == kind else UsedFile(kind, found.file_id, found.sha256)


def name_of(life: Life) -> str:
    return catalog.category(life.told.category_id).name


def verified(answer: str, note: str, *, files: tuple[UsedFile, ...] = (), number: str = "") -> Given:
    """核实 as the inspector answers it."""
    told = f"{words.VERIFY_ANSWERS[answer]} {note}"
    return Given(inputs={"answer": answer}, texts={"note": note}, files=files, reason=answer, note=told, number=number)


def checked(answer: str, note: str, photo: UsedFile) -> Given:
    """核查 on site."""
    told = f"{words.CHECK_ANSWERS[answer]} {note}"
    return Given(
        inputs={"answer": answer, "means": "site"}, texts={"note": note}, files=(photo,), reason=answer, note=told, when=When.REACHED
    )  # fmt: skip


def sent_again(platform_id: int, note: str) -> Given:
    """返工: what remains is to be done."""
    label = next(row.label for row in catalog.reasons(platform_id, "rework") if row.code == "remains")
    return Given(texts={"note": note}, reason="remains", note=f"{words.ACTIONS['rework']}：{label} {note}")
