"""Codes of divisions and unit grids. Plain Python; nothing here knows a database or a map.

A unit grid code has 15 characters (CJ/T 213-2005, GB/T 30428.1-2013, GB/T 47678.3-2026; documented in
docs/topics/unit-grids.md):

    110108 027 003 041
    │      │   │   └ serial of the unit grid within its community, 001-999
    │      │   └──── community or village, 001-999
    │      └──────── sub-district or town
    └─────────────── district (GB/T 2260)

Provisional numbers. The national tables use community numbers 001-199 and 400-509 (communities), 200-399 (villages)
and 598; CJ/T 349-2010 gives
601 upward to merged communities. 901-999 is used by none of them and is reserved here for **provisional
communities**: bands of
cells where a community has more cells than serials, or where a sub-district has no community borders. The same range
of sub-district
numbers is reserved for **provisional sub-districts**, which the code table does not hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

CODE_PATTERN: Final = r"^[0-9]{6}[0-9A-Z]{3}[0-9A-Z]{3}[0-9A-Z]{3}$"
"""Pattern of a unit grid code: digits, or capitals after the district (GB/T 47678.3-2026); codes made here are digits
only.
"""
CODE_LENGTH: Final = 15
DISTRICT_LENGTH: Final = 6
SUBDISTRICT_LENGTH: Final = 9
COMMUNITY_LENGTH: Final = 12
LAST_SERIAL: Final = 999
PROVISIONAL_FIRST: Final = 901
PROVISIONAL_LAST: Final = 999
LEVEL_LENGTHS: Final[Mapping[str, int]] = {
    "city": DISTRICT_LENGTH,
    "district": DISTRICT_LENGTH,
    "subdistrict": SUBDISTRICT_LENGTH,
    "community": COMMUNITY_LENGTH,
}

_CODE = re.compile(CODE_PATTERN)


class SerialsExhausted(Exception):
    """No number is left: ``parent_code`` has used ``needed`` numbers beyond the last one."""

    def __init__(self, parent_code: str, needed: int) -> None:
        super().__init__(f"{parent_code}: {needed} numbers too few")
        self.parent_code = parent_code
        self.needed = needed


@dataclass(frozen=True, slots=True)
class SerialBlock:
    """Consecutive serials of one community: ``first`` to ``last`` inclusive. ``opened``: the community is a new
    provisional one.
    """

    community_code: str
    first: int
    last: int
    opened: bool

    @property
    def count(self) -> int:
        return self.last - self.first + 1

    def codes(self) -> Iterator[str]:
        """The 15-character codes of the block, in order."""
        return (unit_grid_code(self.community_code, serial) for serial in range(self.first, self.last + 1))


def is_unit_grid_code(text: str) -> bool:
    """Whether ``text`` has the form of a unit grid code."""
    return _CODE.fullmatch(text) is not None


def is_division_code(level: str, text: str) -> bool:
    """Whether ``text`` has the length of its level (6, 6, 9, 12) and digits only."""
    return len(text) == LEVEL_LENGTHS[level] and text.isascii() and text.isdigit()


def is_provisional(division_code: str) -> bool:
    """Whether the last three digits of a sub-district or community code lie in the range reserved for provisional
    ones.
    """
    tail = division_code[-3:]
    return len(division_code) in (SUBDISTRICT_LENGTH, COMMUNITY_LENGTH) and tail.isdigit() and int(tail) >= PROVISIONAL_FIRST


def unit_grid_code(community_code: str, serial: int) -> str:
    """The code of the ``serial``-th unit grid (1-999) of a community. Raises ValueError for numbers out of range."""
    if not is_division_code("community", community_code):
        raise ValueError(f"{community_code!r} is no community code")
    if not 1 <= serial <= LAST_SERIAL:
        raise ValueError(f"serial {serial} is not within 1-{LAST_SERIAL}")
    return f"{community_code}{serial:03d}"


def next_provisional(parent_code: str, taken: Iterable[str]) -> str:
    """The first provisional number below ``parent_code`` (district or sub-district) that was never used. Raises
    SerialsExhausted.
    """
    used = {int(code[-3:]) for code in taken if code.startswith(parent_code) and is_provisional(code)}
    for number in range(PROVISIONAL_FIRST, PROVISIONAL_LAST + 1):
        if number not in used:
            return f"{parent_code}{number:03d}"
    raise SerialsExhausted(parent_code, 1)


def allot(
    *,
    count: int,
    subdistrict_code: str,
    own: Iterable[str],
    last_serial: Mapping[str, int],
    taken: Iterable[str],
) -> list[SerialBlock]:
    """Serials for ``count`` cells, which stand in reading order. Raises SerialsExhausted.

    1. The communities in ``own`` (the community itself, then its earlier provisional ones) give what they have left
       after ``last_serial``:
       a number once used is never used again, not even for a closed cell.
    2. What remains goes to new provisional communities of the sub-district; ``taken`` lists every provisional
       community code ever used there.
    """
    blocks: list[SerialBlock] = []
    remaining = count
    for code in own:
        first = last_serial.get(code, 0) + 1
        if remaining and first <= LAST_SERIAL:
            last = min(LAST_SERIAL, first + remaining - 1)
            blocks.append(SerialBlock(code, first, last, opened=False))
            remaining -= last - first + 1
    used = set(taken)
    while remaining:
        try:
            code = next_provisional(subdistrict_code, used)
        except SerialsExhausted as exhausted:
            raise SerialsExhausted(subdistrict_code, remaining) from exhausted
        used.add(code)
        last = min(LAST_SERIAL, remaining)
        blocks.append(SerialBlock(code, 1, last, opened=True))
        remaining -= last
    return blocks
