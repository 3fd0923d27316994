"""What the documents on security say is true: their tests exist, ports are those of the code, sums are sums, modules have their layer."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest
from django.conf import settings

from urbangrid.config.command import places

DOCS = places.CHECKOUT / "docs"
THREATS = (DOCS / "security" / "threat-model.md").read_text(encoding="utf-8")
ASSESSMENT = (DOCS / "security" / "self-assessment.md").read_text(encoding="utf-8")
DEPLOYMENT = (DOCS / "topics" / "deployment.md").read_text(encoding="utf-8")


def _rows(text: str, head: str) -> list[list[str]]:
    """The cells of the table that begins with ``head``."""
    lines = iter(text[text.index(head) :].splitlines()[2:])
    found = []
    for line in lines:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


@cache
def _tests(path: str) -> set[str]:
    tree = ast.parse((places.CHECKOUT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.requirement("HD-9.1.1")
def test_every_threat_has_a_counter_measure_a_test_that_exists_and_what_remains() -> None:
    rows = _rows(THREATS, "| # | boundary")
    assert [row[0] for row in rows] == [str(number) for number in range(1, len(rows) + 1)] and len(rows) > 30
    for number, boundary, threat, measure, tests, remains in rows:
        assert re.fullmatch(r"[A-F] [STRIDE]", boundary) and threat and measure and remains, number
        named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", tests)
        assert named, number
        for path, name in named:
            assert name in _tests(path), f"{number}: {path}::{name}"
    assert {row[1][2] for row in rows} == set("STRIDE"), "every kind of threat was thought of"


@pytest.mark.requirement("HD-1.4-s")
def test_the_self_assessment_has_a_state_for_every_item_and_claims_nothing() -> None:
    rows = _rows(ASSESSMENT, "| item")
    threats = len(_rows(THREATS, "| # | boundary"))
    assert len(rows) >= 20
    for item, state, there, threat in rows:
        assert item and there and state in ("✓", "◐", "✗", "◇"), item
        assert all(1 <= int(number) <= threats for number in re.findall(r"\d+", threat)), item
        assert state != "✓" or threat != "–", f"{item}: in place, but by which test?"
    assert "built for" in ASSESSMENT and "claims conformity" in ASSESSMENT and "was read" in ASSESSMENT


@pytest.mark.requirement("HD-9.3.1")
def test_the_drawing_shows_zones_and_the_ports_of_the_code() -> None:
    drawing = DEPLOYMENT.split("```")[1]
    for zone in ("outside", "service zone", "data zone", "classified zone"):
        assert zone in drawing, zone
    assert f"web :{settings.PORT}" in drawing and f"live :{settings.PORT + 1}" in drawing
    ports = {row[0].split()[0] for row in _rows(DEPLOYMENT, "| port |")}
    assert ports == {"8000", "8001", "443", "–"}


@pytest.mark.requirement("HD-9.1.2")
def test_the_manual_names_the_unprivileged_user_and_how_patches_come() -> None:
    assert f"system user `{places.SERVICE_USER}`" in DEPLOYMENT and "apt-get upgrade" in DEPLOYMENT


@pytest.mark.requirement("HD-5.1.1")
@pytest.mark.requirement("HD-5.3")
def test_the_table_of_sizes_adds_up() -> None:
    rows = _rows(DEPLOYMENT, "| city | people")
    per_case_kb = float(re.findall(r"\*\*([\d.]+) kB per case\*\*", DEPLOYMENT)[0])
    cases, megabytes = (int(found.replace(",", "")) for found in re.findall(r"Measured: ([\d,]+) cases.*? take ([\d,]+) MB", DEPLOYMENT)[0])
    assert abs(megabytes * 1000 / cases - per_case_kb) < 0.1
    for city, people, day, database, photos, machine in rows:
        year = int(day.replace(",", "")) * 365
        assert people and machine
        assert _gigabytes(database) == pytest.approx(year * per_case_kb / 1e6, rel=0.05), city
        assert _gigabytes(photos) == pytest.approx(year * 4 * 0.4 / 1e3, rel=0.05), city


def _gigabytes(text: str) -> float:
    number, unit = text.split()
    return float(number) * {"GB": 1, "TB": 1000}[unit]


@pytest.mark.requirement("CY-25-1")
def test_the_documents_say_which_systems_are_supported() -> None:
    told = {row[0]: row[1] for row in _rows(DEPLOYMENT, "| | supported |")}
    assert told["Debian 12 or later, amd64"].startswith("yes") and told["Windows Server"].startswith("no")


@pytest.mark.requirement("SZ-4.1L")
def test_every_module_has_its_layer_of_the_four() -> None:
    rows = _rows(DEPLOYMENT, "| layer")
    assert len(rows) == 4
    named = " ".join(row[1] for row in rows)
    for package in (places.SOURCE / "urbangrid").iterdir():
        if (package / "__init__.py").exists() and package.name not in ("demo",):
            assert f"`{package.name}" in named, package.name
