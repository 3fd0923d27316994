"""Which of the 366 requirement ids have a passing test: the list, the result of the last run, the table."""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from urbangrid.config.command import places, proof_document
from urbangrid.config.command.words import _, say, table

LIST = places.CHECKOUT / "docs" / "requirements.csv"
LAST_RUN = places.CACHE / "requirements.json"
PRIORITIES = ("core", "important", "extension")


@dataclass(frozen=True)
class Requirement:
    """One id of docs/requirements.csv."""

    id: str
    group: str
    priority: str
    line: str


@dataclass(frozen=True)
class LastRun:
    """What the last test run showed: id → outcomes of the tests that carry it."""

    ended: str
    arguments: list[str]
    outcomes: dict[str, list[str]]
    seconds: dict[str, float] = field(default_factory=dict)
    """Test → what it took with its fixtures."""

    def proven(self) -> set[str]:
        """Ids with at least one test, all of whose tests passed: a skipped or failed one proves nothing."""
        return {id for id, outcomes in self.outcomes.items() if outcomes and set(outcomes) == {"passed"}}


def load(path: Path = LIST) -> list[Requirement]:
    """The list in its order."""
    with path.open(encoding="utf-8", newline="") as file:
        return [Requirement(**row) for row in csv.DictReader(file)]


def unknown(ids: Iterable[str], known: Iterable[Requirement]) -> list[str]:
    """Ids that the list does not have."""
    return sorted(set(ids) - {requirement.id for requirement in known})


def write_last_run(run: LastRun, path: Path = LAST_RUN) -> None:
    """Keep the result for ``./urbangrid requirements``."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(asdict(run), indent=1), encoding="utf-8")


def read_last_run(path: Path = LAST_RUN) -> LastRun | None:
    """The kept result, or None before the first run."""
    if not path.exists():
        return None
    return LastRun(**json.loads(path.read_text(encoding="utf-8")))


def count(requirements: Iterable[Requirement], proven: set[str]) -> Mapping[tuple[str, str], tuple[int, int]]:
    """(group, priority) → (ids with a passing test, ids)."""
    counted: dict[tuple[str, str], tuple[int, int]] = {}
    for requirement in requirements:
        done, all_of_them = counted.get((requirement.group, requirement.priority), (0, 0))
        counted[requirement.group, requirement.priority] = (done + (requirement.id in proven), all_of_them + 1)
    return counted


def run(args: argparse.Namespace) -> int:
    """Print the table and the ids that no test proves yet; with ``--to`` write the test document instead."""
    try:
        status = _tell(args)
        sys.stdout.flush()
    except BrokenPipeError:  # the list is long; a reader may stop early
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


def _tell(args: argparse.Namespace) -> int:
    requirements = load()
    last = read_last_run()
    if last is None:
        say(_("还没有测试结果。请先运行 ./urbangrid test"))
        return 1
    if args.to:
        proof_document.write(Path(args.to), requirements, last)
        say(_("已写出 {path}"), path=args.to)
        return 0
    arguments = " ".join(last.arguments) or _("全部")
    say(_("最近一次测试：{ended}（{arguments}）"), ended=last.ended, arguments=arguments)
    proven = last.proven()
    counted = count(requirements, proven)
    groups = list(dict.fromkeys(requirement.group for requirement in requirements))
    rows: list[tuple[str, ...]] = [(_("组"), *PRIORITIES)]
    rows += [(group, *(_share(counted.get((group, priority))) for priority in PRIORITIES)) for group in groups]
    sums = (_share(_sum(counted, priority)) for priority in PRIORITIES)
    table([*rows, (_("合计"), *sums)])
    say("\n" + _("没有通过的测试证明的条目："))
    for group in groups:
        open_ids = [entry.id for entry in requirements if entry.group == group and entry.id not in proven]
        if open_ids:
            say(textwrap.fill(" ".join(open_ids), 118, initial_indent=f"{group}: ", subsequent_indent="    "))
    return 0


def _sum(counted: Mapping[tuple[str, str], tuple[int, int]], priority: str) -> tuple[int, int]:
    found = [pair for (_group, of), pair in counted.items() if of == priority]
    return sum(done for done, _all in found), sum(total for _done, total in found)


def _share(pair: tuple[int, int] | None) -> str:
    return "-" if pair is None else f"{pair[0]}/{pair[1]}"
