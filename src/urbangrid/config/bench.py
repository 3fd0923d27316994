"""``bench cases [--rows N[,M]] [--compare] [--json]``: what lists, case pages and actions cost on a database with N cases, and how
that grows to M.

1. For each number of cases a filled database is copied (``bench_ground``) and measured by a process of its own (``bench_measure``).
2. With several, each thing is measured in turn at each, twice, there and back: what else the machine does then strikes all alike.
3. The exit code is 1 when a budget of architecture §8 is broken; the broken ones are named.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from urbangrid.config import bench_words
from urbangrid.config.bench_budgets import broken, growth
from urbangrid.config.bench_ground import STEP, Ground, ground, machine, tell

COMPARED = (100_000, 1_000_000)


def run(args: argparse.Namespace) -> int:
    """Fill, measure, print; 1 when a budget is broken."""
    sizes = sorted(set(args.rows)) if args.rows else list(COMPARED if args.compare else COMPARED[:1])
    load_before = os.getloadavg()
    with ground(args, sizes) as place, ExitStack() as stack:
        found = measure({rows: stack.enter_context(measuring(place, rows)) for rows in sizes})
    found |= {"machine": machine(), "load_before": load_before, "load_after": os.getloadavg()}
    found["broken"] = broken(found)
    print(json.dumps(found, ensure_ascii=False, indent=1) if args.json else bench_words.table(found))
    return 1 if found["broken"] else 0


@dataclass(slots=True)
class Measurer:
    """A process that measures one database: a line of JSON asks, a line answers."""

    process: subprocess.Popen[str]

    def ask(self, what: str, **more: Any) -> Any:
        to, answers = self.process.stdin, self.process.stdout
        assert to is not None and answers is not None
        to.write(json.dumps({"what": what, **more}) + "\n")
        to.flush()
        line = answers.readline()
        if not line:
            raise SystemExit(_("测量没有完成，原因见上面的输出。"))
        return json.loads(line)


@contextmanager
def measuring(place: Ground, rows: int) -> Iterator[Measurer]:
    """The process that measures the copy of ``rows`` cases."""
    command = [sys.executable, "-P", "-m", STEP, "measure", str(rows)]
    with subprocess.Popen(command, env=place.at(rows), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Measurer(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()  # ends it


def measure(at: dict[int, Measurer]) -> dict[str, Any]:
    """Everything of every size, and how it grows."""
    found: dict[str, Any] = {"sizes": {rows: one.ask("start") | {"cpu": {}} for rows, one in at.items()}}
    there, back = list(at), list(reversed(at))
    turns = [there, back] if len(at) > 1 else [there]
    names = list(found["sizes"][there[0]]["queries"])
    for name in names:
        tell(f"  {bench_words.names().get(name, name)}")
        figures: dict[int, list[dict[str, float]]] = {rows: [] for rows in at}
        for turn in turns:
            for rows in turn:
                figures[rows].append(at[rows].ask("figures", name=name, part=len(turns)))
        for rows in at:
            found["sizes"][rows]["cpu"][name] = _mean(figures[rows])
    for rows, one in at.items():
        found["sizes"][rows] |= one.ask("finish")
    found["growth"] = growth(found["sizes"]) if len(at) > 1 else {}
    return found


def _mean(figures: Sequence[dict[str, float]]) -> dict[str, float]:
    mean = {key: round(statistics.mean(one[key] for one in figures), 2) for key in figures[0]}
    return mean | {"requests": sum(one["requests"] for one in figures)}
