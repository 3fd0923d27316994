"""``bench cases [--rows N] [--json]``: what lists, case pages and actions cost, on a database of its own with N cases.

1. A database beside the platform's is filled once and kept; it is filled anew when N, the day or the code that fills it changes.
2. Each run measures a copy of it, in a process of its own with keys and static files of its own (``bench_measure``).
3. The copy is dropped. The platform's own database and folders are not touched.
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
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from urbangrid.config.bench_database import PREPARED, RUN, Databases
from urbangrid.config.command import installation, places

FILLED_BY = ("config/bench_city.py", "config/bench_fill.py", "cases/volume.py", "cases/volume_open.py", "cases/presets/model_a.toml")
"""What decides how the prepared database looks, besides the migrations."""
BUDGETS = {"list": (10, 28.0), "queue": (10, 28.0), "case": (12, 28.0), "action": (12, 10.0)}
"""Statements and processor milliseconds (architecture §8); for queues and the case page §8 names no milliseconds: the list's."""
LEAST_PERCENT = 5.0
"""Of pgbench's rate (architecture §8)."""
ACTIONS = ("receive", "dispatch")


def run(args: argparse.Namespace) -> int:
    """Fill, measure, print; 1 when a budget is broken."""
    place = installation.find(args)
    databases = Databases(place)
    load_before = os.getloadavg()
    with databases.alone(), tempfile.TemporaryDirectory(prefix="urbangrid-bench-") as folder:
        environment = _environment(place.environment(), folder)
        _prepared(databases, environment, args.rows)
        databases.copy()
        try:
            out = Path(folder) / "figures.json"
            _step(["urbangrid.config.bench_step", "measure", str(out)], environment | {"DATABASE_URL": databases.url(RUN)})
            found = json.loads(out.read_text())
        finally:
            databases.drop(RUN)
    found |= {"rows": args.rows, "machine": _machine(), "load_before": load_before, "load_after": os.getloadavg()}
    found["broken"] = broken(found)
    print(json.dumps(found, ensure_ascii=False, indent=1) if args.json else table(found))
    return 1 if found["broken"] else 0


def _environment(known: dict[str, str], folder: str) -> dict[str, str]:
    """That of a real installation: never debugging, keys and static files in ``folder``."""
    left_out = ("URBANGRID_DEBUG", "URBANGRID_TESTING", "URBANGRID_DEMONSTRATION", "URBANGRID_PORT")
    return {name: value for name, value in known.items() if name not in left_out} | {"URBANGRID_DATA": folder, "URBANGRID_WITH_DEMO": "0"}


def _prepared(databases: Databases, environment: dict[str, str], rows: int) -> None:
    """The filled database, made anew where the kept one is not what is asked for."""
    wanted = {"rows": rows, "day": datetime.now(UTC).date().isoformat(), "by": _digest()}
    own = environment | {"DATABASE_URL": databases.url(PREPARED)}
    kept = databases.mark() == wanted
    if not kept:
        _tell(_("建立测量用的数据库，%(rows)d 件案件") % {"rows": rows})
        databases.make()
    _step(["urbangrid.config.bench_step", "prepare", environment["URBANGRID_DATA"]], own)
    if not kept:
        began = time.monotonic()
        _step(["urbangrid.config.bench_step", "fill", str(rows)], own)
        databases.set_mark(wanted)
        _tell(_("已建立，用时 %(seconds)d 秒；留待下次使用") % {"seconds": time.monotonic() - began})


def _digest() -> str:
    """Of the code that fills and of the tables' migrations."""
    found = hashlib.sha256()
    source = places.SOURCE / "urbangrid"
    for path in [*(source / name for name in FILLED_BY), *sorted(source.glob("*/migrations/*.py"))]:
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def _step(words: list[str], environment: dict[str, str]) -> None:
    """A step in a process of its own; what it prints is progress and goes beside the result."""
    done = subprocess.run([sys.executable, "-P", "-m", *words], env=environment, stdout=sys.stderr, check=False)
    if done.returncode != 0:
        raise SystemExit(_("测量没有完成，原因见上面的输出。"))


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _machine() -> dict[str, Any]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {"cores": len(os.sched_getaffinity(0)), "memory_gib": round(memory / 2**30, 1), "python": sys.version.split()[0]}


def kind_of(name: str) -> str:
    """Which budget a measured thing has."""
    return "action" if name in ACTIONS else name.split(",")[0].split(" ")[0].rstrip("s")


def broken(found: dict[str, Any]) -> list[str]:
    """The budgets that were not kept."""
    faults = []
    for name, count in found["queries"].items():
        if count > BUDGETS[kind_of(name)][0]:
            faults.append(f"{name}: {count} > {BUDGETS[kind_of(name)][0]}")
    for name, figures in found["cpu"].items():
        if figures["cpu_ms"] > BUDGETS[kind_of(name)][1]:
            faults.append(f"{name}: {figures['cpu_ms']} ms > {BUDGETS[kind_of(name)][1]} ms")
    if found["ratio"].get("percent", LEAST_PERCENT) < LEAST_PERCENT:
        faults.append(f"pgbench: {found['ratio']['percent']} % < {LEAST_PERCENT} %")
    return faults


def table(found: dict[str, Any]) -> str:
    """The figures as people read them."""
    names = _names()
    lines = [_("%(rows)d 件案件，每件六条签名的办理经过；%(cores)d 核，负载 %(before).1f → %(after).1f") % {
        "rows": found["rows"], "cores": found["machine"]["cores"], "before": found["load_before"][0], "after": found["load_after"][0],
    }]  # fmt: skip
    lines.append(_("语句  处理器毫秒（网页＋数据库）  预算  中位／九五分位毫秒  项目"))
    for name, figures in found["cpu"].items():
        budget = BUDGETS[kind_of(name)]
        lines.append(
            f"{found['queries'][name]:>4}  {figures['cpu_ms']:>7} ({figures['web_ms']} + {figures['database_ms']})"
            f"  ≤{budget[0]}, ≤{budget[1]:g}  {figures['p50_ms']} / {figures['p95_ms']}  {names.get(name, name)}"
        )
    loop = found["loop"]
    lines.append(_("同一段程序的处理器时间：最快 %(best_ms)s 毫秒，测量期间平均 %(mean_ms)s 毫秒（机器忙时上面的数偏大）") % loop)
    ratio = found["ratio"]
    if "percent" in ratio:
        lines.append(_("签收，%(clients)d 个客户端：每秒 %(http)s 次") % ratio)
        lines.append(_("pgbench 同样语句：每秒 %(pgbench)s 次；中位数之比 %(percent)s%%（预算 ≥ 5%%）") % ratio)
    else:
        lines.append(_("没有安装 pgbench，未测比值"))
    lines += [_("超出预算：%(fault)s") % {"fault": fault} for fault in found["broken"]]
    return "\n".join(lines)


def _names() -> dict[str, str]:
    return {
        "list, seat agent": _("列表 50 件，坐席员"), "list, unit without a case": _("列表，没有案件的单位"),
        "list, unit": _("列表，处置单位"),
        "list, person with five posts": _("列表，任五岗的人"), "list, sub-district": _("列表，街道"), "list by words": _("列表，按字词"),
        "queue of 300 reports": _("待办队列 50 件（共 300 件）"), "queues, counts": _("待办数"), "case": _("案件详情"),
        "dispatch": _("派遣"), "receive": _("签收"),
    }  # fmt: skip
