"""``prove process [--steps N] [--seed N] [--model A]``: random days played through the database, against a second telling of the process.

1. A server of its own is started for the length of the command, as for ``test`` (or that of DATABASE_URL is used), with an empty database
   whose tables are laid out. No installation is needed; one that there is is never touched.
2. For each model a copy of it gets the made city, and a process of its own plays there (``config.commands_prove_step``).
3. The databases are dropped. The exit code is 1 when the platform and the telling contradicted each other; the moves are printed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import randbelow

from urbangrid.config.bench_database import Databases
from urbangrid.config.bench_ground import STEP, environment
from urbangrid.config.command import installation, places, testing
from urbangrid.config.command.words import _
from urbangrid.core import presets

STEPS = 20_000
PRESETS = places.SOURCE / "urbangrid" / "cases" / "presets"
PLAY = "urbangrid.config.commands_prove_step"


def run(args: argparse.Namespace) -> int:
    """Play under every model, or one; 1 for a contradiction."""
    letters = [args.model] if args.model else [code.removeprefix("model_") for code in presets.codes(PRESETS)]
    seed = args.seed if args.seed is not None else randbelow(1_000_000)
    steps = args.steps or STEPS
    print(_("种子 %(seed)s，每个模式 %(steps)s 步") % {"seed": seed, "steps": steps}, flush=True)
    with _ground(args) as (databases, own):
        wrong = [letter for letter in letters if _play(databases, own, letter, seed, steps)]
    if wrong:
        print(_("不符：模式 %(models)s") % {"models": _("、").join(wrong)})
    return 1 if wrong else 0


@contextmanager
def _ground(args: argparse.Namespace) -> Iterator[tuple[Databases, dict[str, str]]]:
    """A database with empty tables, and the environment of processes that use copies of it."""
    with tempfile.TemporaryDirectory(prefix="urbangrid-prove-") as folder, _server(Path(folder)) as (databases, place):
        own = environment(place.environment(), str(place.data))
        databases.make(_name(""))
        try:
            _prepare(place, own | {"DATABASE_URL": databases.url(_name(""))})
            yield databases, own
        finally:
            databases.drop(_name(""))


@contextmanager
def _server(folder: Path) -> Iterator[tuple[Databases, installation.Installation]]:
    """A server for this run, and an installation in ``folder`` that knows it."""
    with testing.server(folder) as url:
        place = installation.Installation(folder / "data", installation.DEFAULT_PORT, "127.0.0.1", url)
        databases = Databases(place)
        with databases.alone():
            yield databases, place


def _prepare(place: installation.Installation, environment: dict[str, str]) -> None:
    """Keys and tables, in a process of its own."""
    command = [sys.executable, "-P", "-m", STEP, "prepare", str(place.data)]
    if subprocess.run(command, env=environment, stdout=sys.stderr, check=False).returncode != 0:
        raise SystemExit(_("准备没有完成，原因见上面的输出。"))


def _name(letter: str) -> str:
    return f"urbangrid_prove_{os.getpid()}{letter}"


def _play(databases: Databases, own: dict[str, str], letter: str, seed: int, steps: int) -> bool:
    """Whether the platform was contradicted under a model."""
    name, began = _name(letter), time.monotonic()
    databases.copy_of(name, _name(""))
    try:
        command = [sys.executable, "-P", "-m", PLAY, letter, str(seed), str(steps)]
        code = subprocess.run(command, env=own | {"DATABASE_URL": databases.url(name)}, check=False).returncode
    finally:
        databases.drop(name)
    print(_("模式 %(model)s 用时 %(seconds)d 秒") % {"model": letter, "seconds": time.monotonic() - began}, flush=True)
    return code != 0
