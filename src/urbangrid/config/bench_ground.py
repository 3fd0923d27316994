"""What every kind of ``bench`` stands on: a filled database per number of cases, kept between runs, and a fresh copy of it to measure.

1. ``ground`` fills what is not there yet, or was filled by other code or more than ``KEEP_DAYS`` ago; a kept one is migrated.
2. It copies each and drops the copies in the end. The platform's own database and folders are not touched.
3. What is measured runs in a process of its own (``step``) with keys and static files of its own.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from urbangrid.config.bench_database import Databases, copied, prepared
from urbangrid.config.command import installation, places

FILLED_BY = ("config/bench_city.py", "config/bench_fill.py", "cases/volume.py", "cases/volume_open.py", "cases/presets/model_a.toml")
"""What decides how a filled database looks, besides the migrations."""
KEEP_DAYS = 14
"""The open cases of a filled database are of its last days; older ones would all be late."""
STEP = "urbangrid.config.bench_step"


@dataclass(frozen=True, slots=True)
class Ground:
    """The environment of processes that measure, and a folder of their own; ``at`` names the copy they use."""

    environment: dict[str, str]
    folder: Path
    databases: Databases

    def at(self, rows: int) -> dict[str, str]:
        return self.environment | {"DATABASE_URL": self.databases.url(copied(rows))}


@contextmanager
def ground(args: argparse.Namespace, sizes: Sequence[int]) -> Iterator[Ground]:
    """Copies of the databases of so many cases each, for the length of the block."""
    place = installation.find(args)
    databases = Databases(place)
    with databases.alone(), tempfile.TemporaryDirectory(prefix="urbangrid-bench-") as folder:
        found = Ground(environment(place.environment(), folder), Path(folder), databases)
        for rows in sizes:
            _prepare(databases, found.environment, rows)
        try:
            for rows in sizes:
                databases.copy(rows)
            yield found
        finally:
            for rows in sizes:
                databases.drop(copied(rows))


def environment(known: dict[str, str], folder: str) -> dict[str, str]:
    """That of a real installation: never debugging, keys and static files in ``folder``."""
    left_out = ("URBANGRID_DEBUG", "URBANGRID_TESTING", "URBANGRID_DEMONSTRATION", "URBANGRID_PORT")
    return {name: value for name, value in known.items() if name not in left_out} | {"URBANGRID_DATA": folder, "URBANGRID_WITH_DEMO": "0"}


def _prepare(databases: Databases, environment: dict[str, str], rows: int) -> None:
    """The filled database, made anew where the kept one is not what is asked for."""
    name, wanted = prepared(rows), _wanted(rows)
    own = environment | {"DATABASE_URL": databases.url(name)}
    kept = _fits(databases.mark(name), wanted)
    if not kept:
        databases.check_disk(2 * rows)
        tell(_("建立测量用的数据库，%(rows)d 件案件") % {"rows": rows})
        databases.make(name)
    step([STEP, "prepare", environment["URBANGRID_DATA"]], own)
    if not kept:
        began = time.monotonic()
        step([STEP, "fill", str(rows)], own)
        databases.set_mark(name, wanted)
        tell(_("已建立，用时 %(seconds)d 秒；留待下次使用") % {"seconds": time.monotonic() - began})


def _wanted(rows: int) -> dict[str, Any]:
    """What says how a database was filled: with how many, when, by which code and on which tables."""
    source = places.SOURCE / "urbangrid"
    digest = hashlib.sha256()
    for name in FILLED_BY:
        digest.update((source / name).read_bytes())
    tables = sorted(str(path.relative_to(source)) for path in source.glob("*/migrations/0*.py"))
    return {"rows": rows, "day": datetime.now(UTC).date().isoformat(), "by": digest.hexdigest()[:16], "tables": tables}


def _fits(kept: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Whether a kept database will do, once the migrations it lacks have been applied."""
    if kept.keys() != wanted.keys() or (kept["rows"], kept["by"]) != (wanted["rows"], wanted["by"]):
        return False
    age = date.fromisoformat(wanted["day"]) - date.fromisoformat(kept["day"])
    return 0 <= age.days <= KEEP_DAYS and set(kept["tables"]) <= set(wanted["tables"])


def step(words: Sequence[str], environment: dict[str, str]) -> None:
    """A step in a process of its own; what it prints is progress and goes beside the result."""
    done = subprocess.run([sys.executable, "-P", "-m", *words], env=environment, stdout=sys.stderr, check=False)
    if done.returncode != 0:
        raise SystemExit(_("测量没有完成，原因见上面的输出。"))


def tell(text: str) -> None:
    """A line of progress, beside the result."""
    print(text, file=sys.stderr, flush=True)


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {"cores": len(os.sched_getaffinity(0)), "memory_gib": round(memory / 2**30, 1), "python": sys.version.split()[0]}


def measured(
    args: argparse.Namespace, name: str, broken: Callable[[dict[str, Any]], list[str]], table: Callable[[dict[str, Any]], str], *more: str
) -> int:
    """Fill, measure by the step ``name`` with the number of cases and ``more``, print its figures; 1 when ``broken`` names a budget."""
    rows = args.rows[0] if args.rows else 100_000
    before = os.getloadavg()
    with ground(args, [rows]) as place:
        out = place.folder / "figures.json"
        step([STEP, name, str(out), str(rows), *more], place.at(rows))
        found = json.loads(out.read_text())
    found |= {"rows": rows, "machine": machine(), "load_before": before, "load_after": os.getloadavg()}
    found["broken"] = broken(found)
    print(json.dumps(found, ensure_ascii=False, indent=1) if args.json else table(found))
    return 1 if found["broken"] else 0
