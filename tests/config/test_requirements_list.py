"""docs/requirements.csv and what the test runs prove of it."""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from pathlib import Path

import pytest

from urbangrid.config.command import places, proof_document, requirements
from urbangrid.config.command.requirements import LastRun, Requirement


def test_the_list_has_all_366_ids_once_with_their_priorities() -> None:
    listed = requirements.load()
    assert len({entry.id for entry in listed}) == len(listed) == 366
    assert Counter(entry.priority for entry in listed) == {"core": 229, "important": 117, "extension": 20}
    assert all(entry.line for entry in listed)


def test_an_id_that_is_not_in_the_list_is_named() -> None:
    assert requirements.unknown(["HD-3.2.6", "HD-99"], requirements.load()) == ["HD-99"]


def test_an_id_is_proven_only_when_none_of_its_tests_failed_or_was_skipped(tmp_path: Path) -> None:
    run = LastRun("2026-01-01T00:00:00+00:00", [], {"A": ["passed", "passed"], "B": ["passed", "skipped"], "C": ["failed"]})
    requirements.write_last_run(run, tmp_path / "run.json")
    again = requirements.read_last_run(tmp_path / "run.json")
    assert again is not None
    assert again.proven() == {"A"}


def test_proven_ids_are_counted_by_group_and_priority() -> None:
    listed = [
        Requirement("A", "grid", "core", "a"),
        Requirement("B", "grid", "core", "b"),
        Requirement("C", "grid", "extension", "c"),
    ]
    assert requirements.count(listed, {"A"}) == {("grid", "core"): (1, 2), ("grid", "extension"): (0, 1)}


def test_the_document_names_for_each_requirement_its_tests_and_how_they_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = requirements.load()
    own = "tests/guides/test_manuals.py::"
    outcomes = {"SZ-6.7": ["passed"], "CY-30": ["passed", "skipped"], "HD-9.1.3": ["passed"]}
    requirements.write_last_run(LastRun("2026-11-20T08:00:00+00:00", [], outcomes), tmp_path / "run.json")
    run = requirements.read_last_run(tmp_path / "run.json")
    monkeypatch.setattr(requirements, "read_last_run", lambda: run)
    for name in ("proof.md", "proof.csv"):
        assert requirements.run(argparse.Namespace(to=str(tmp_path / name))) == 0
    with (tmp_path / "proof.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["编号"]: row for row in csv.DictReader(file)}
    assert list(rows) == [one.id for one in listed]
    assert rows["SZ-6.7"]["结果"] == "通过" and rows["SZ-6.7"]["测试"].startswith(own) and rows["SZ-6.7"]["优先级"] == "核心"
    assert rows["CY-30"]["结果"] == "未通过" and rows["JJ-5.3-2"]["结果"] == "未运行" and rows["JJ-5.3"]["结果"] == "没有测试证明"
    assert rows["HD-9.1.3"]["测试"].count("tests/config/test_application_security.py::") > 1, "a mark of a whole file counts for each test"
    assert {row["测试结束时刻"] for row in rows.values()} == {"2026-11-20T08:00:00+00:00"}
    page = (tmp_path / "proof.md").read_text(encoding="utf-8")
    assert "366 条需求，2 条由通过的测试证明" in page and page.count("\n| ") == 366 + 1
    assert "| SZ-6.7 | training/docs | 核心 |" in page


def test_every_mark_of_the_tests_stands_in_the_document() -> None:
    marked = proof_document.marks()
    assert requirements.unknown(marked, requirements.load()) == []
    written = sum(path.read_text(encoding="utf-8").count("mark.requirement(") for path in (places.CHECKOUT / "tests").rglob("test_*.py"))
    assert len({test for tests in marked.values() for test in tests}) > 100 and sum(map(len, marked.values())) >= written
