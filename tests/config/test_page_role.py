"""Which post opens which page: every address × every post of the cast and a stranger, against a golden table.

UPDATE_GOLDEN=1 writes the table anew; what changed is then read in the difference.
"""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

from django.db import transaction
from django.test import Client

from tests.api.paths import At
from tests.support.addresses import Address, every, sample
from tests.support.browser import enter
from tests.support.city import City

GOLDEN = Path(__file__).parents[1] / "golden" / "page_role.txt"
STRANGER, EVERYBODY = "stranger", "everybody"
SAME_AS_ANOTHER = {"second_seat_agent", "second_inspector", "road_crew"}
"""Who opens exactly what a colleague of the same post and area opens."""
ELSEWHERE = {"other_clerk", "far_inspector", "far_subdistrict_officer"}
"""The same posts in another unit or area: asked only where the address names something."""
HEAD = (
    "GET of every address with ids of a case at 市政所 (reported in 西湖街道), of a waiting report and of a clerk's account.\n"
    "The status and who gets it; 302 leads on, 302-sign-in to the sign-in, 405 takes no GET. Made by tests/config/test_page_role.py.\n"
)


def _status(browser: Client, address: Address) -> str:
    """What a GET answers; whatever it wrote is taken back, so that each post meets the same city."""
    with transaction.atomic():
        answer = browser.get(address.path)
        transaction.set_rollback(True)
    if answer.streaming:
        b"".join(answer)  # read to the end, so that the file is closed
    if answer.status_code == 302:
        return "302-sign-in" if answer.headers["Location"].startswith("/sign-in/") else "302"
    return str(answer.status_code)


def _table(city: City, addresses: list[Address]) -> str:
    browsers = {name: enter(Client(), city, name) for name in city.cast if name not in SAME_AS_ANOTHER} | {STRANGER: Client()}
    lines = [HEAD]
    for address in addresses:
        found: dict[str, list[str]] = defaultdict(list)
        asked = [name for name in browsers if name not in ELSEWHERE or "<" in address.pattern]
        for name in asked:
            found[_status(browsers[name], address)].append(name)
        lines.append(address.pattern)
        lines += [f"  {status}  {_said(names, asked)}" for status, names in sorted(found.items())]
    return "\n".join(lines) + "\n"


def _said(names: list[str], asked: list[str]) -> str:
    if names == asked:
        return EVERYBODY
    return "every post" if names == [name for name in asked if name != STRANGER] else " ".join(names)


def test_every_post_opens_its_pages_and_no_others(city: City, desk: At) -> None:
    table = _table(city, every(sample(desk, city)))
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(table, encoding="utf-8")
    assert table == GOLDEN.read_text(encoding="utf-8")


def test_no_address_fails_for_anybody() -> None:
    statuses = {line.split()[0] for line in GOLDEN.read_text(encoding="utf-8").splitlines() if line.startswith("  ")}
    assert statuses <= {"200", "302", "302-sign-in", "400", "401", "403", "404", "405", "409", "422"}


def test_a_stranger_opens_the_sign_in_and_the_description_of_the_interface_alone() -> None:
    opened, pattern = [], ""
    for line in GOLDEN.read_text(encoding="utf-8").splitlines():
        if line.startswith("/"):
            pattern = line
        elif line.startswith("  200") and (STRANGER in line.split() or EVERYBODY in line.split()):
            opened.append(pattern)
    assert opened == ["/sign-in/", "/api/v1/openapi.json"]
