"""Units and people of a made city of any size: the cast of names.py first, then as many invented ones as the scale asks for."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from urbangrid.demo import casts, names
from urbangrid.demo.plan.joining import shares
from urbangrid.demo.plan.naming import numeral
from urbangrid.demo.plan.values import Plan
from urbangrid.organizations.installing import Body

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段"
    "雷钱汤尹黎易常武乔贺赖龚"
)
FIRST, SECOND = "子雨思佳欣怡浩宇晨嘉文俊若景书", "涵轩琪彤然航博妍蕾峰凯琳霖筠舟"
INSPECTORS, SEATS, CREWS = 240, 12, 2
"""At scale 1; crews of each department and company, in a city of at least that size."""
LEAST_SEATS = 3
FIRMS = (("F01", "青澜信息采集有限公司", "青澜采集"), ("F02", "云湖信息采集有限公司", "云湖采集"))
"""Collection firms that inspectors come from, where the model has squads."""


def invented(seed: int) -> Iterator[str]:
    """Names of people who do not exist, each once, none of the cast."""
    taken = {person.name for person in names.STAFF} | set(names.CLERKS.values()) | {*names.INSPECTORS, *names.LEADERS, *names.OFFICERS}
    every = [f"{surname}{first}{second}" for surname in SURNAMES for first in FIRST for second in SECOND]
    random.Random(seed).shuffle(every)  # noqa: S311 - a made city, not a secret
    yield from (name for name in every if name not in taken)


@dataclass(frozen=True, slots=True)
class Staffing:
    """How many a city of that plan has, and names for those beyond the cast."""

    plan: Plan
    strangers: Iterator[str]

    def enforcement(self) -> list[tuple[str, Body]]:
        """A squad of enforcement per sub-district (its code first): those of names.py, then one after the name of each further area."""
        known = {body.code: body for body in names.DEPARTMENTS}
        found = []
        for number, area in enumerate(self.plan.subdistricts):
            short = area.name.removesuffix("街道")
            code = names.ENFORCEMENT[number] if number < len(names.ENFORCEMENT) else f"E{number + 1:02d}"
            phone = f"5550-64{number % 100:02d}"
            found.append((code, known.get(code) or Body(code, f"城管执法{short}中队", f"{short}中队", "seven_day", phone)))
        return found

    def departments(self) -> list[Body]:
        others = [body for body in names.DEPARTMENTS if body.code not in names.ENFORCEMENT]
        return others + [body for _code, body in self.enforcement()]

    def clerk(self, code: str) -> str:
        return names.CLERKS.get(code) or next(self.strangers)

    def inspectors(self) -> list[int]:
        """How many each community has: at least two, by area as far as the whole number allows."""
        sizes = [area.shape.area for area in self.plan.communities]
        return [1 + one for one in shares(sizes, max(2 * len(sizes), round(INSPECTORS * self.plan.scale)) - len(sizes))]

    def inspector_names(self) -> Iterator[str]:
        yield from names.INSPECTORS
        yield from self.strangers

    def seats(self) -> Iterator[tuple[str, str]]:
        """Accounts and names of seats beyond the cast's three."""
        for number in range(LEAST_SEATS, max(LEAST_SEATS, round(SEATS * self.plan.scale))):
            yield f"seat{number + 1:02d}", next(self.strangers)

    def crews(self, bodies: Sequence[Body]) -> Iterator[tuple[str, str, str, str, str, str]]:
        """Units below departments and companies as in names.CREWS; in a small city those alone."""
        yield from names.CREWS
        for number in range(round(CREWS * min(self.plan.scale, 1.0))):
            for body in bodies:
                post = "company_crew" if body.code.startswith("C") else "crew_member"
                name = f"{body.short_name}{numeral(number + 1)}班"
                yield f"{body.code}-B{number + 1}", name, "crew", body.code, post, next(self.strangers)

    def named(self, listed: Sequence[str]) -> Iterator[str]:
        """A leader or officer for each sub-district."""
        yield from listed
        yield from self.strangers


def staffing(plan: Plan) -> Staffing:
    return Staffing(plan, invented(plan.seed))


def seat_unit(cast: casts.Cast) -> str:
    """The unit that the cast's seats sit in."""
    return next(person.unit for person in cast.staff if person.post == "seat_agent")
