"""What stands in each block: schools, markets, stations and parks by area, the rest homes, offices, shops and works by distance.

Facilities are given out by tables: so many per city, per sub-district, per community. The rest follows a chance that shifts from shops and
offices in the middle to homes and works at the rim.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from urbangrid.demo.plan.ground import Numbers
from urbangrid.demo.plan.naming import Names

CITY = (
    ("railway_station", "青澜火车站"), ("coach_station", "青澜长途汽车站"), ("hospital", "青澜市人民医院"),
    ("government", "青澜市人民政府"),
    ("culture", "青澜市图书馆"), ("culture", "青澜市博物馆"), ("sports", "青澜体育中心"), ("school", "实验小学"),
)  # fmt: skip
"""One each, also in a small city."""
PER_SUBDISTRICT = (
    ("government", "{area}街道办事处"), ("police", "{area}派出所"), ("school", "{area}中学"), ("hospital", "{area}医院"),
    ("park", "{area}公园"), ("shops", "{area}购物中心"), ("market", "{area}菜市场"), ("bus_station", "{area}公交枢纽站"),
)  # fmt: skip
PER_COMMUNITY = (
    (1, "community_office", "{area}社区居委会"), (1, "kindergarten", "{area}幼儿园"), (2, "school", "{area}小学"),
    (2, "market", "{area}便民市场"), (2, "hospital", "{area}社区卫生服务站"), (3, "park", "{area}游园"),
)  # fmt: skip
"""In every so many communities."""
OTHERS = {"homes": (0.46, 0.70), "shops": (0.26, 0.05), "offices": (0.20, 0.03), "works": (0.00, 0.16), "park": (0.08, 0.06)}
"""Share in the middle of the city and at its rim."""
NAMED = {"shops": ("百货", "商厦", "商业广场"), "offices": ("大厦", "写字楼", "商务楼"), "works": ("机械厂", "纺织厂", "食品厂", "物流园")}


@dataclass(frozen=True, slots=True)
class Use:
    """What a block is used for and what it is called."""

    kind: str
    name: str


def of_blocks(
    middles: Numbers, community: Sequence[int], parents: Sequence[int], names: tuple[Sequence[str], Sequence[str]], radius: float,
    given: Names, chance: np.random.Generator,
) -> list[Use]:  # fmt: skip
    """The use of each dry block (its middle, its community); ``names``: of communities and of sub-districts, without their endings."""
    found: dict[int, Use] = {}
    free: dict[int, Iterator[int]] = {}
    by_community: dict[int, list[int]] = defaultdict(list)
    for block, one in enumerate(community):
        by_community[one].append(block)
    for one, blocks in by_community.items():
        free[one] = iter(np.asarray(blocks)[chance.permutation(len(blocks))].tolist())
    for one, kind, name in _facilities(parents, names, sorted(by_community), chance):
        place = next(free[one], None)
        if place is not None:
            found[place] = Use(kind, name)
    return [found.get(block) or _other(middle, radius, given, chance) for block, middle in enumerate(middles)]


def _facilities(
    parents: Sequence[int], names: tuple[Sequence[str], Sequence[str]], communities: Sequence[int], chance: np.random.Generator
) -> Iterator[tuple[int, str, str]]:
    """Community, kind and name of each facility, those of the whole city first, so that even a small city has them."""
    for number, (kind, name) in enumerate(CITY):
        yield communities[(number * max(1, len(communities) // len(CITY)) + 1) % len(communities)], kind, name
    for parent, area in enumerate(names[1]):
        own = [one for one in communities if parents[one] == parent]
        for number, (kind, name) in enumerate(PER_SUBDISTRICT):
            yield own[(number + int(chance.integers(len(own)))) % len(own)], kind, name.format(area=area)
    for one in communities:
        for every, kind, name in PER_COMMUNITY:
            if one % every == 0:
                yield one, kind, name.format(area=names[0][one])


def _other(middle: Numbers, radius: float, given: Names, chance: np.random.Generator) -> Use:
    out = min(1.0, float(np.hypot(*middle)) / radius)
    weights = [near + (far - near) * out for near, far in OTHERS.values()]
    kind = list(OTHERS)[int(chance.choice(len(weights), p=np.array(weights) / sum(weights)))]
    if kind == "homes":
        return Use(kind, next(given.estates))
    stem = given.stems[int(chance.integers(len(given.stems)))]
    if kind == "park":
        return Use(kind, f"{stem}园")
    endings = NAMED[kind]
    return Use(kind, f"{stem}{endings[int(chance.integers(len(endings)))]}")


def radius_of(area_m2: float) -> float:
    """Of a circle of the area, rounded up to metres."""
    return float(ceil((area_m2 / 3.1416) ** 0.5))
