"""``test`` on every core: the files of the tests in lanes, each a pytest of its own with a database server and a data folder of its own.

Processes of our own and not pytest-xdist, because

* settings read database server and data folder from the environment when they are loaded, and xdist's workers share one;
* a file either is alone with the machine or is not, which its text tells; xdist would want a mark on each such test;
* the split is the same in every run, so that a test which leans on one before it fails again where it failed;
* a test's process is started here as one lane of old was: signals, forks and death with the parent are those of a plain pytest.

Tests that start servers, take ports, fill disks or set the clock stay in the first lane, one after the other. The other files are dealt
out by the seconds that ``tests/seconds.csv`` notes, heaviest first, to the lane that has least; a folder for which something is made once
stays together. ``UPDATE_SECONDS=1 ./urbangrid test`` notes the seconds anew.
"""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from urbangrid.config.command import places, processes, requirements
from urbangrid.config.command.requirements import LastRun
from urbangrid.config.command.words import _, say

SECONDS = places.CHECKOUT / "tests" / "seconds.csv"
"""File of tests → seconds it took on a quiet machine; a hint for the split, nothing fails by it."""
SECONDS_OF_A_TEST = 0.3
"""Guess for a file that is not noted yet."""
MOST_LANES = 2
"""More would need more memory and more databases than a small machine has."""
SLOWEST = 15
GRACE_SECONDS = 30
"""For a pytest that was interrupted and sums up."""
RECORD = "URBANGRID_TEST_RECORD"
"""Environment: where a lane writes what it showed, instead of over the record of the last run."""
_OWN_MACHINE = re.compile(
    r"\b(?:free_port|live_process|worker_process|live_server|Cluster|Databases|socket|COMMAND)\b"
    r"|\b(?:from|import) tests\.faults\b"
)
"""In the text of a test or of its folder's conftest: it starts servers, takes ports, or drives ``./urbangrid`` itself."""
_ONCE_FOR_A_FOLDER = 'fixture(scope="package"'
_END = re.compile(r"=+ (?:ERRORS|FAILURES|warnings summary.*|short test summary info|.* in [\d.]+s.*) =+")
_SUMMARY = re.compile(r"=+ (?:short test summary info|.* in [\d.]+s.*) =+")
_COLOUR = re.compile(r"\x1b\[[\d;]*m")


@dataclass
class Lane:
    """One pytest: its files, its environment, where its record goes, and what it said once its tests had ended."""

    number: int
    files: list[str]
    given: Mapping[str, str]
    record: Path
    failures: list[str] = field(default_factory=list)
    summary: list[str] = field(default_factory=list)
    status: int = 1

    def environment(self) -> dict[str, str]:
        """``given``, with the place of this lane's record."""
        return dict(self.given) | {RECORD: str(self.record), "COLUMNS": "120"}


def split(files: Mapping[str, float], alone: Collection[str], lanes: int, together: Mapping[str, str] | None = None) -> list[list[str]]:
    """Files → seconds dealt out; all of ``alone`` go to the first lane, files of the same ``together`` to one.

    The same input gives the same lanes, each sorted by name.
    """
    dealt: list[list[str]] = [sorted(set(alone) & set(files)), *([] for _lane in range(lanes - 1))]
    seconds = [sum(files[name] for name in lane) for lane in dealt]
    bundles: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(set(files) - set(alone)):
        bundles[(together or {}).get(name, name)].append(name)
    weights = {key: sum(files[name] for name in bundle) for key, bundle in bundles.items()}
    for key in sorted(bundles, key=lambda key: (-weights[key], key)):
        least = seconds.index(min(seconds))
        dealt[least] += bundles[key]
        seconds[least] += weights[key]
    return [sorted(lane) for lane in dealt]


def bundled(texts: Mapping[str, str]) -> dict[str, str]:
    """The folder of each file for which its conftest makes something once: in two lanes it would be made twice."""
    return {name: name.rpartition("/")[0] for name, text in texts.items() if _ONCE_FOR_A_FOLDER in text}


def number_of_lanes() -> int:
    """One for each core, at most ``MOST_LANES``; ``URBANGRID_TEST_LANES=1`` runs everything one after the other."""
    return int(os.environ.get("URBANGRID_TEST_LANES", min(MOST_LANES, len(os.sched_getaffinity(0)))))


def test_files(folder: Path) -> dict[str, str]:
    """Every file of tests below ``folder/tests``, by its name from ``folder``, with its text behind that of its folder's conftest."""
    found = {}
    for path in sorted((folder / "tests").rglob("test_*.py")):
        shared = path.parent / "conftest.py"
        before = shared.read_text(encoding="utf-8") if shared.exists() and path.parent.name != "tests" else ""
        found[path.relative_to(folder).as_posix()] = before + path.read_text(encoding="utf-8")
    return found


def needs_the_machine(text: str) -> bool:
    """Whether a test with this text must not run beside another that does."""
    return _OWN_MACHINE.search(text) is not None


def expected(texts: Mapping[str, str], noted: Mapping[str, float]) -> dict[str, float]:
    """Seconds of each file: as noted, else guessed from the number of its tests."""
    return {name: noted.get(name, SECONDS_OF_A_TEST * len(re.findall(r"^\s*def test_", text, re.M))) for name, text in texts.items()}


def read_seconds(path: Path = SECONDS) -> dict[str, float]:
    """What was noted; nothing where there is no list."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["file"]: float(row["seconds"]) for row in csv.DictReader(file)}


def write_seconds(tests: Mapping[str, float], path: Path = SECONDS) -> None:
    """Note the seconds of each file from those of its tests (name::test → seconds)."""
    sums: defaultdict[str, float] = defaultdict(float)
    for test, seconds in tests.items():
        sums[test.partition("::")[0]] += seconds
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("file", "seconds"))
        writer.writerows((name, f"{seconds:.1f}") for name, seconds in sorted(sums.items()))


def run(environments: Sequence[Mapping[str, str]], folder: Path) -> int:
    """Every test, a lane for each of ``environments``; prints as they go, failures and the slowest tests at the end.

    Gives 0 when all passed; a lane that a signal ended or that left no record has not. The lanes' records go into ``folder``.
    """
    texts = test_files(places.CHECKOUT)
    seconds = expected(texts, read_seconds())
    alone = [name for name, text in texts.items() if needs_the_machine(text)]
    dealt = enumerate(zip(split(seconds, alone, len(environments), bundled(texts)), environments, strict=True), 1)
    lanes = [Lane(number, files, given, folder / f"record-{number}.json") for number, (files, given) in dealt if files]
    for lane in lanes:
        expects = sum(seconds[name] for name in lane.files)
        say(_("第 {number} 道：{files} 个文件，预计 {seconds:.0f} 秒"), number=lane.number, files=len(lane.files), seconds=expects)
    _run_beside_each_other(lanes)
    whole = _tell(lanes)
    return max(abs(lane.status) for lane in lanes) or int(not whole)  # a signal's number is negative there


def _run_beside_each_other(lanes: Sequence[Lane]) -> None:
    lock = threading.Lock()
    running = [(lane, _start(lane)) for lane in lanes]  # by the main thread: they die with the thread that started them
    readers = [threading.Thread(target=_read, args=(lane, process, lock), daemon=True) for lane, process in running]
    for reader in readers:
        reader.start()
    patience = None
    for lane, process in running:
        try:
            lane.status = process.wait(patience)
        except KeyboardInterrupt:  # every pytest got it too and ends with its own summary
            patience = GRACE_SECONDS
            lane.status = process.wait(patience) or 1
    for reader in readers:
        reader.join(GRACE_SECONDS)


def _start(lane: Lane) -> subprocess.Popen[str]:
    colour = ["--color=yes"] if sys.stdout.isatty() else []
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *colour, *lane.files],
        cwd=places.CHECKOUT,
        env=lane.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        preexec_fn=processes.die_with_parent,
    )


def _read(lane: Lane, process: subprocess.Popen[str], lock: threading.Lock) -> None:
    assert process.stdout is not None
    with process.stdout as output:
        follow(lane, output, lock)


def follow(lane: Lane, output: Iterable[str], lock: threading.Lock) -> None:
    """Print each line with the number of its lane as it comes; keep what pytest says after its tests for the end."""
    kept: list[str] | None = None
    for line in output:
        plain = _COLOUR.sub("", line).strip()
        if _SUMMARY.fullmatch(plain):
            kept = lane.summary
        elif kept is None and _END.fullmatch(plain):
            kept = lane.failures
        if kept is not None:
            kept.append(line)
        elif plain:
            with lock:
                sys.stdout.write(f"{lane.number}│ {line}")
                sys.stdout.flush()


def _tell(lanes: Sequence[Lane]) -> bool:
    """Failures of all lanes, the slowest tests, the summaries; and the one record of the run, when every lane left its part: whether."""
    for lane in lanes:
        if lane.failures:
            say("{failures}", failures="".join(lane.failures).rstrip("\n"))
    runs = [run for lane in lanes if (run := requirements.read_last_run(lane.record))]
    tests = {test: seconds for run in runs for test, seconds in run.seconds.items()}
    say(_("—— 最慢的 {count} 个测试 ——"), count=SLOWEST)
    for test, seconds in slowest(tests):
        say("{seconds:8.2f}s  {test}", seconds=seconds, test=test)
    for lane in lanes:
        say(_("—— 第 {number} 道 ——\n{summary}"), number=lane.number, summary="".join(lane.summary).rstrip("\n"))
    if len(runs) < len(lanes):
        say(_("有一道测试中途终止，没有留下结果；./urbangrid requirements 仍显示上一次的。"))
        return False
    requirements.write_last_run(joined(runs))
    if os.environ.get("UPDATE_SECONDS"):
        write_seconds(tests)
    return True


def slowest(tests: Mapping[str, float]) -> list[tuple[str, float]]:
    """The slowest tests of all lanes, slowest first."""
    return sorted(tests.items(), key=lambda one: (-one[1], one[0]))[:SLOWEST]


def joined(runs: Iterable[LastRun]) -> LastRun:
    """The records of lanes as that of one run of everything: an id counts as proven only by its tests of all lanes."""
    every = list(runs)
    outcomes: defaultdict[str, list[str]] = defaultdict(list)
    for run in every:
        for id, found in run.outcomes.items():
            outcomes[id] += found
    seconds = {test: took for run in every for test, took in run.seconds.items()}
    return LastRun(max(run.ended for run in every), [], dict(sorted(outcomes.items())), seconds)
