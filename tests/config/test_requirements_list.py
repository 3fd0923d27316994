"""docs/requirements.csv and what the test runs prove of it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from urbangrid.config.command import requirements
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
