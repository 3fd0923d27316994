"""The bill of materials names everything that runs, with a version and a licence that may be used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from urbangrid.config.command import sbom
from urbangrid.config.command.parser import parse
from urbangrid.config.command.sbom import Part


@pytest.fixture(scope="module")
def parts() -> list[Part]:
    return sbom.collect()


def test_every_part_has_a_version_and_a_licence_that_may_be_used(parts: list[Part]) -> None:
    assert sbom.faults(parts) == []


def test_python_wheels_browser_and_debian_are_all_in_the_bill(parts: list[Part]) -> None:
    names = {part.name for part in parts}
    assert set(sbom.locked()) <= names
    assert {"GDAL", "GEOS", "PROJ", "libpq", "htmx", "ol", "@tabler/core"} <= names
    assert not {"pytest", "schemathesis", "playwright"} & names, "what only the tests need does not run anywhere"


def test_the_command_writes_a_bill_that_its_own_format_accepts(tmp_path: Path, parts: list[Part]) -> None:
    assert sbom.run(parse(["sbom", "--to", str(tmp_path / "bill.json")])) == 0
    text = (tmp_path / "bill.json").read_text(encoding="utf-8")
    told = json.loads(text)
    assert (told["bomFormat"], told["specVersion"], told["metadata"]["component"]["name"]) == ("CycloneDX", "1.6", "urbangrid")
    assert len(told["components"]) == len(parts)
    assert all(one["name"] and one["version"] and one["licenses"] and one["purl"] for one in told["components"])


@pytest.mark.parametrize(
    ("licence", "version", "said"),
    [("AGPL-3.0-only", "1", "不在允许"),
     ("GPL-2.0-or-later", "1", "不在允许"), ("", "1", "没有版本或许可证"), ("MIT", "", "没有版本或许可证"),
     ("see the file", "1", "不在允许"), ("MIT AND GPL-3.0-only", "1", "不在允许")],
)  # fmt: skip
def test_a_part_that_may_not_be_used_is_named(licence: str, version: str, said: str) -> None:
    found = sbom.faults([Part("thing", version, licence, "pkg:npm/thing@1")])
    assert len(found) == 1 and said in found[0]


def test_of_two_licences_offered_one_that_may_be_used_is_enough() -> None:
    assert sbom.faults([Part("thing", "1", "GPL-3.0-only OR MIT", "pkg:npm/thing@1")]) == []


def test_a_version_beside_the_lock_is_named() -> None:
    assert "锁定" in sbom.faults([Part("pillow", "1.0", "MIT-CMU", "pkg:pypi/pillow@1.0")])[0]
