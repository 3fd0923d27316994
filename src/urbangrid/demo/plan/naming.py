"""Names of streets, areas and estates, believable and invented: two characters of good meaning and an ending. Each name once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain, count

import numpy as np

from urbangrid.demo.plan.ground import Numbers

FIRST = "安长东丰福光桂海和鸿华惠吉嘉建金锦景康兰乐丽龙梅明宁平青庆瑞尚盛泰天通同文西祥新兴星杏秀旭雅阳怡永玉元云振正芝竹紫"
SECOND = "安昌城春德都芳丰富光桂和虹湖华江康乐林民宁平清泉仁荣善盛泰亭庭旺祥欣兴秀义益英永裕园源苑远泽珠"
SUBDISTRICTS = ("文昌", "东门", "滨河", "学府", "南湖", "新桥", "钟楼", "柳林")
"""The first ones of every city; larger cities go on with made ones."""
NORTH_SOUTH, EAST_WEST = "路道", "街里"
"""Endings of streets by direction, the second when all names have been used with the first."""
ESTATES = ("小区", "花园", "家园", "新村", "公寓")
DIGITS = "零一二三四五六七八九"


def stems(chance: np.random.Generator) -> list[str]:
    """All made beginnings, about 2,500, in an order of chance."""
    every = [first + second for first in FIRST for second in SECOND if first != second]
    return [every[number] for number in chance.permutation(len(every)).tolist()]


def numeral(number: int) -> str:
    """1 to 99 as written in names: 三, 十二, 二十一."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return head + (DIGITS[ones] if ones else "")


class Names:
    """Gives each name once."""

    def __init__(self, chance: np.random.Generator) -> None:
        self.stems = stems(chance)
        self.used: set[str] = set(SUBDISTRICTS)
        self.running = {ending: self._running(ending) for ending in (NORTH_SOUTH, EAST_WEST)}
        self.estates = self._estates()
        self.lanes: dict[str, Iterator[int]] = defaultdict(lambda: count(1))

    def _running(self, endings: str) -> Iterator[str]:
        # the two directions begin at different ends of the list, so that 安和路 and 安和街 seldom both exist in a small city
        listed = self.stems if endings == NORTH_SOUTH else self.stems[::-1]
        for number in count(1):
            for ending in endings:
                for stem in listed:
                    yield f"{stem}{numeral(number) if number > 1 else ''}{ending}"

    def _estates(self) -> Iterator[str]:
        for number in count(1):
            for turn in range(len(ESTATES)):
                for place, stem in enumerate(self.stems):
                    yield f"{stem}{ESTATES[(place + turn) % len(ESTATES)]}{f'{numeral(number)}区' if number > 1 else ''}"

    def street(self, way: Numbers) -> str:
        """For a street that runs in that direction (east, north)."""
        return next(self.running[NORTH_SOUTH if abs(way[1]) >= abs(way[0]) else EAST_WEST])

    def lane(self, beside: str) -> str:
        """学府街三巷: lanes count from the street they leave; beyond 99 by 支巷 of each."""
        number = next(self.lanes[beside])
        return f"{beside}{numeral((number - 1) % 99 + 1)}{'支' * ((number - 1) // 99)}巷"

    def area(self, wished: Sequence[str]) -> str:
        """The first wished beginning that no area has yet, else a made one."""
        name = next(one for one in chain(wished, self.stems, map(self._numbered, count())) if one not in self.used)
        self.used.add(name)
        return name

    def _numbered(self, number: int) -> str:
        return f"{self.stems[number % len(self.stems)]}{numeral(number // len(self.stems) % 98 + 2)}"
