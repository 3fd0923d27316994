"""``bench uploads``: twenty telephones send photos at 20 kB/s through the live process while desks read their lists.

The list of 50 cases, the queue of 300 reports and a seat agent's desk are asked for in turn without and with the telephones, three times
there and back, so that what else the machine does strikes both alike. Processor time is that of web and database; the live process's,
which takes the bytes, is named beside it. Every byte must have arrived in the end.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from urbangrid.config import bench_city, bench_people, bench_words
from urbangrid.config.bench_budgets import BUDGETS
from urbangrid.config.bench_effort import effort
from urbangrid.config.bench_ground import STEP, measured
from urbangrid.config.bench_live import Scene
from urbangrid.config.bench_server import Call, cpu_seconds
from urbangrid.live import tokens

PHONES = 20
FILE_BYTES = 20 * 1024 * 1024


def run(args: argparse.Namespace) -> int:
    """Fill, measure, print; 1 when a list left its budget or a byte was lost."""
    return measured(args, "uploads", broken, _table)


def broken(found: dict[str, Any]) -> list[str]:
    """What was not as it must be."""
    faults = [f"{name}: {found[name]}" for name in ("lost", "faults") if found[name]]
    most = BUDGETS["list"][1]
    for name in ("list", "queue"):
        with_phones = found["reads"][name]["with"]["cpu_ms"]
        faults += [f"{name}: {with_phones} ms > {most} ms"] if with_phones > most else []
    return faults


def _table(found: dict[str, Any]) -> str:
    lines = [bench_words.head(found), _("%(phones)d 部手机慢速上传，共 %(sent_mb)s MB，丢失 %(lost)d 字节") % found]
    lines.append(_("处理器毫秒：无上传，有上传，比；九五分位毫秒：无，有，比"))
    words = {"list": _("列表 50 件"), "queue": _("待办队列"), "desk": _("坐席员台面（网页）")}
    for name, read in found["reads"].items():
        without, beside = read["without"], read["with"]
        lines.append(
            f"{words[name]}  {without['cpu_ms']}  {beside['cpu_ms']}  × {read['cpu_ratio']};"
            f"  {without['p95_ms']}  {beside['p95_ms']}  × {read['p95_ratio']}"
        )
    lines.append(_("实时进程收上传，处理器占一核的 %(live_percent)s%%") % found)
    return "\n".join(lines + [_("超出预算：%(fault)s") % {"fault": fault} for fault in found["broken"]])


def main(argv: list[str]) -> int:
    """Measure the database of DATABASE_URL, of so many cases as ``argv`` says, and write the figures to the file it names."""
    scene = Scene(0, effort(int(argv[1])))
    with scene.running():
        found = _measure(scene)
    Path(argv[0]).write_text(json.dumps(found))
    return 0


def _measure(scene: Scene) -> dict[str, Any]:
    assert scene.live is not None
    seat = bench_city.load().cast["seat_agent"]
    headers = bench_people.bearer(seat)
    reads = {
        "list": bench_people.call(headers, "/cases?most=50"), "queue": bench_people.call(headers, "/queues/accept"),
        "desk": Call("/desk/?tab=accept", bench_people.cookie(seat)),
    }  # fmt: skip
    without: dict[str, list[dict[str, float]]] = {name: [] for name in reads}
    beside: dict[str, list[dict[str, float]]] = {name: [] for name in reads}
    sent = {"sent": 0, "lost": 0, "faults": 0}
    percents = []
    for turn in range(scene.effort.turns):
        _read(scene, reads, without)
        with _phones(scene, turn, sent):
            cpu, began = cpu_seconds(scene.live.pid), time.monotonic()
            _read(scene, reads, beside)
            percents.append(100 * (cpu_seconds(scene.live.pid) - cpu) / (time.monotonic() - began))
    found = {name: _both(without[name], beside[name]) for name in reads}
    sent_mb = round(sent.pop("sent") / 1e6, 1)
    return {"phones": PHONES, "reads": found, "live_percent": round(statistics.mean(percents), 1), "sent_mb": sent_mb, **sent}


def _read(scene: Scene, reads: dict[str, Call], into: dict[str, list[dict[str, float]]]) -> None:
    much = scene.effort
    for name, call in reads.items():
        into[name].append(asdict(scene.web.measure([call] * (much.turn_requests + much.warm), much.warm)))


def _both(without: list[dict[str, float]], beside: list[dict[str, float]]) -> dict[str, Any]:
    first, second = ({key: round(statistics.mean(one[key] for one in part), 2) for key in part[0]} for part in (without, beside))
    return {
        "without": first, "with": second, "cpu_ratio": round(second["cpu_ms"] / max(first["cpu_ms"], 0.01), 2),
        "p95_ratio": round(second["p95_ms"] / first["p95_ms"], 2),
    }  # fmt: skip


@contextmanager
def _phones(scene: Scene, turn: int, sent: dict[str, int]) -> Iterator[None]:
    """Telephones that send during the block; what they sent and lost is added to ``sent``."""
    given = [
        tokens.upload_token(owner_id=number, platform_id=1, client_id=f"bench-{turn}-{number}", name="photo.jpg", size_bytes=FILE_BYTES)
        for number in range(PHONES)
    ]
    command = [sys.executable, "-P", "-m", STEP, "phones", str(scene.web.port + 1)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps(given) + "\n")
        process.stdin.flush()
        process.stdout.readline()
        yield
        process.stdin.close()
        told = json.loads(process.stdout.read())
    sent["sent"] += told["sent"]
    sent["lost"] += told["lost"]
    sent["faults"] += len(told["faults"])
