"""The whole of the tests on two cores: how files are dealt out, what is said, and what of it is kept."""

from __future__ import annotations

import io
import os
import subprocess
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from urbangrid.config.command import lanes, places, requirements
from urbangrid.config.command.requirements import LastRun

NAMES = st.sampled_from([f"tests/{letter}/test_{letter}.py" for letter in "abcdefghijkl"])


@given(st.dictionaries(NAMES, st.floats(0, 300)), st.sets(NAMES), st.integers(1, 4))
def test_every_file_runs_once_and_those_that_need_the_machine_run_in_one_lane(files: dict[str, float], alone: set[str], count: int) -> None:
    dealt = lanes.split(files, alone, count)
    assert len(dealt) == count
    assert sorted(name for lane in dealt for name in lane) == sorted(files)
    assert alone & set(files) <= set(dealt[0])
    assert dealt == lanes.split(dict(reversed(files.items())), sorted(alone, reverse=True), count)


@given(st.dictionaries(NAMES, st.floats(0, 300), min_size=1))
def test_no_lane_is_longer_than_another_by_more_than_its_longest_file(files: dict[str, float]) -> None:
    sums = [sum(files[name] for name in lane) for lane in lanes.split(files, (), 2)]
    assert abs(sums[0] - sums[1]) <= max(files.values()) + 1e-6


def test_the_heaviest_files_are_dealt_first() -> None:
    files = {"a": 10.0, "b": 9.0, "c": 8.0, "d": 3.0}
    assert lanes.split(files, ("d",), 2) == [["b", "d"], ["a", "c"]]
    assert lanes.split(files, (), 2) == [["a", "d"], ["b", "c"]]


def test_files_for_which_something_is_made_once_stay_together() -> None:
    files = {"a/1": 4.0, "a/2": 4.0, "b": 5.0, "c": 2.0}
    assert lanes.split(files, (), 2, {"a/1": "a", "a/2": "a"}) == [["a/1", "a/2"], ["b", "c"]]
    folders = lanes.bundled(lanes.test_files(places.CHECKOUT))
    assert {"tests/stories", "tests/process", "tests/fuzz"} <= set(folders.values())
    assert all(name.startswith(f"{folder}/") for name, folder in folders.items())


def test_whatever_starts_servers_or_takes_ports_needs_the_machine() -> None:
    texts = lanes.test_files(places.CHECKOUT)
    alone = {name for name, text in texts.items() if lanes.needs_the_machine(text)}
    of_their_own = {f"tests/config/test_{name}.py" for name in ("up", "backup", "tls", "cluster", "replay", "worker", "bench_commands")}
    assert of_their_own | {"tests/live/test_live_process.py"} <= alone
    assert {name for name in texts if name.startswith(("tests/faults/", "tests/browser/"))} <= alone
    assert len(alone) < len(texts) / 4, "a word of everyday use counts as a sign of a server"


def test_a_file_that_is_not_noted_is_guessed_by_its_tests() -> None:
    texts = {"a": "def test_one() -> None: ...\n\ndef test_two() -> None: ...\n", "b": "", "c": "def test_three() -> None: ..."}
    assert lanes.expected(texts, {"c": 7.5}) == {"a": 2 * lanes.SECONDS_OF_A_TEST, "b": 0, "c": 7.5}


def test_noted_seconds_are_those_of_a_files_tests_together(tmp_path: Path) -> None:
    lanes.write_seconds({"tests/b.py::one": 1.25, "tests/a.py::one[x::y]": 0.5, "tests/b.py::two": 2.0}, tmp_path / "seconds.csv")
    assert (tmp_path / "seconds.csv").read_text() == "file,seconds\ntests/a.py,0.5\ntests/b.py,3.2\n"
    assert lanes.read_seconds(tmp_path / "seconds.csv") == {"tests/a.py": 0.5, "tests/b.py": 3.2}
    assert lanes.read_seconds(tmp_path / "missing.csv") == {}


def test_noted_files_exist() -> None:
    assert set(lanes.read_seconds()) <= set(lanes.test_files(places.CHECKOUT)), "UPDATE_SECONDS=1 ./urbangrid test notes them anew"


def test_an_id_is_proven_by_its_tests_of_all_lanes() -> None:
    one = LastRun("2026-01-01T00:00:01+00:00", ["a"], {"A": ["passed"], "B": ["passed"]}, {"t1": 3.0})
    other = LastRun("2026-01-01T00:00:02+00:00", ["b"], {"B": ["failed"], "C": ["passed"]}, {"t2": 9.0, "t3": 1.0})
    run = lanes.joined([one, other])
    assert (run.ended, run.arguments, run.proven()) == ("2026-01-01T00:00:02+00:00", [], {"A", "C"})
    assert lanes.slowest(run.seconds) == [("t2", 9.0), ("t1", 3.0), ("t3", 1.0)]


SAID = """============ test session starts ============
collected 2 items

tests/a/test_a.py .F                         [100%]

\x1b[31m================== FAILURES ==================\x1b[0m
E       assert 1 == 2
========= short test summary info ==========
FAILED tests/a/test_a.py::test_two
\x1b[31m========= 1 failed, 1 passed in 0.02s =========\x1b[0m
"""


def test_lines_are_told_as_they_come_and_failures_are_kept_for_the_end(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    lane = lanes.Lane(2, ["tests/a/test_a.py"], {}, tmp_path / "record.json")
    lanes.follow(lane, io.StringIO(SAID), threading.Lock())
    said = capsys.readouterr().out
    assert "2│ tests/a/test_a.py .F" in said and "assert 1 == 2" not in said and "FAILED" not in said
    assert "assert 1 == 2" in "".join(lane.failures)
    assert [line.split()[0] for line in lane.summary[1:2]] == ["FAILED"] and "1 failed, 1 passed" in lane.summary[-1]


SMALL = """
import os, pathlib, pytest

@pytest.mark.requirement("HD-5.1.2")
def test_it() -> None:
    pathlib.Path(os.environ["SEEN"], "{name}").write_text(os.environ["URBANGRID_DATA"])
    assert {name!r} == "a"
"""
HOOKS = "from tests.support.record import pytest_runtest_logreport, pytest_runtest_makereport, pytest_sessionfinish\n"


def test_a_run_in_two_lanes_gives_each_its_own_data_and_tells_and_records_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tree, seen = tmp_path / "tree", tmp_path / "seen"
    seen.mkdir()
    for name in "ab":
        (tree / "tests" / name).mkdir(parents=True)
        (tree / "tests" / name / f"test_{name}.py").write_text(SMALL.format(name=name))
    (tree / "conftest.py").write_text(HOOKS)
    (tree / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib\nmarkers =\n    requirement(id): an id\n")
    kept = tmp_path / "last.json"
    monkeypatch.setattr(places, "CHECKOUT", tree)
    monkeypatch.setattr(requirements.write_last_run, "__defaults__", (kept,))
    path = os.pathsep.join((str(places.SOURCE), str(places.SOURCE.parent)))
    own = {"PYTHONPATH": path, "SEEN": str(seen), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    status = lanes.run([dict(os.environ) | own | {"URBANGRID_DATA": data} for data in ("one", "other")], tmp_path)
    said, last = capsys.readouterr().out, requirements.read_last_run(kept)
    assert {(seen / name).read_text() for name in "ab"} == {"one", "other"}
    assert last is not None and sorted(last.outcomes["HD-5.1.2"]) == ["failed", "passed"]
    assert (last.arguments, len(last.seconds)) == ([], 2)
    assert status == 1
    assert said.index("assert 'b' == 'a'") < said.index("tests/a/test_a.py::test_it") < said.index("FAILED tests/b/test_b.py::test_it")


@pytest.mark.parametrize(("ends", "status"), [("kill -13 $$", 13), ("exit 0", 1), ("exit 4", 4)])
def test_a_lane_that_is_cut_off_has_not_passed(ends: str, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def start(_lane: lanes.Lane) -> subprocess.Popen[str]:
        return subprocess.Popen(["sh", "-c", ends], stdout=subprocess.PIPE, text=True)

    monkeypatch.setattr(lanes, "_start", start)
    assert lanes.run([{}], tmp_path) == status
