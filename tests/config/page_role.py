"""Which post opens which page: every address × every post of the cast and a stranger, as the golden table has it.

tests/config/test_rights.py asks; what a page answered once serves this table and the matrix of rights.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.support.addresses import Address

GOLDEN = Path(__file__).parents[1] / "golden" / "page_role.txt"
STRANGER, EVERYBODY = "stranger", "everybody"
SAME_AS_ANOTHER = {"second_seat_agent", "second_inspector", "road_crew"}
"""Who opens exactly what a colleague of the same post and area opens."""
ELSEWHERE = {"other_clerk", "far_inspector", "far_subdistrict_officer"}
"""The same posts in another unit or area: asked only where the address names something."""
HEAD = (
    "GET of every address with ids of a case at 市政所 (reported in 西湖街道), of a waiting report and of a clerk's account.\n"
    "The status and who gets it; 302 leads on, 302-sign-in to the sign-in, 405 takes no GET. Made by tests/config/test_rights.py.\n"
)


def status_of(answer: Any) -> str:
    """The status in words of the table."""
    if answer.streaming:
        b"".join(answer)  # read to the end, so that the file is closed
    if answer.status_code == 302:
        return "302-sign-in" if answer.headers["Location"].startswith("/sign-in/") else "302"
    return str(answer.status_code)


def table(cast: Iterable[str], addresses: Sequence[Address], ask: Callable[[str, Address], str]) -> str:
    """The table of what ``ask`` says of each of the cast at each address."""
    names = [name for name in cast if name not in SAME_AS_ANOTHER] + [STRANGER]
    lines = [HEAD]
    for address in addresses:
        found: dict[str, list[str]] = defaultdict(list)
        asked = [name for name in names if name not in ELSEWHERE or "<" in address.pattern]
        for name in asked:
            found[ask(name, address)].append(name)
        lines.append(address.pattern)
        lines += [f"  {status}  {_said(names, asked)}" for status, names in sorted(found.items())]
    return "\n".join(lines) + "\n"


def _said(names: list[str], asked: list[str]) -> str:
    if names == asked:
        return EVERYBODY
    return "every post" if names == [name for name in asked if name != STRANGER] else " ".join(names)
