"""``bench live``: a thousand browsers on the one live process, with the web process and the worker beside it as ``up`` starts them.

1. Thirty of the browsers are seat agents with the topics of their post; the others have a unit's queue (25 to a unit) and the platform's
   board, as duty directors have. Another process holds them all (``bench_browsers``).
2. Messages: the board once a second, the most that one topic sends, and ten a second to the queues of units in turn; each carries the
   instant at which it was given to PostgreSQL, and is timed on its arrival in each browser.
3. Reports, one after another: from the inspector's POST until a seat agent's browser, told by the live process, has fetched the row.
4. The live process is killed and started again: how long until all browsers are back, the seconds counted from when it listens.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from urbangrid.config import bench_city, bench_people, bench_words
from urbangrid.config.bench_effort import Effort, effort
from urbangrid.config.bench_ground import STEP, measured
from urbangrid.config.bench_server import GRANIAN, Server, cpu_seconds, family, free_port, percentile, started, stopped
from urbangrid.core.geometry import from_metric
from urbangrid.live import messages, tokens, topics
from urbangrid.live.context import stream_token
from urbangrid.live.messages import Message
from urbangrid.organizations.acting import Acting

BROWSERS, SEATS, UNIT_SIZE = 1000, 30, 25
PER_SECOND = 10
MESSAGE_MS, DESK_MS = 250, 2000
"""Budgets (architecture §8): 99 of 100 messages; 95 of 100 reports."""


def run(args: argparse.Namespace) -> int:
    """Fill, measure, print; 1 when a budget is broken."""
    return measured(args, "live", broken, _table, str(args.browsers))


def broken(found: dict[str, Any]) -> list[str]:
    """What was not as it must be."""
    faults = [f"{name}: {found[name]}" for name in ("missing", "unheard", "not_back") if found[name]]
    faults += [f"message: {found['p99_ms']} ms > {MESSAGE_MS} ms"] if found["p99_ms"] > MESSAGE_MS else []
    return faults + ([f"desk: {found['desk_p95_ms']} ms > {DESK_MS} ms"] if found["desk_p95_ms"] > DESK_MS else [])


def _table(found: dict[str, Any]) -> str:
    lines = [
        bench_words.head(found),
        _("%(browsers)d 个浏览器，%(sent)d 条消息，送达 %(arrived)d 次，缺 %(missing)d 次") % found,
        _("消息：中位 %(p50_ms)s，九五分位 %(p95_ms)s，九九分位 %(p99_ms)s 毫秒（预算 ≤ 250）") % found,
        _("实时进程：内存 %(memory_mb)s MB（无人时 %(memory_before_mb)s MB），处理器占一核的 %(live_percent)s%%") % found,
        _("上报到坐席员台面：中位 %(desk_p50_ms)s，九五分位 %(desk_p95_ms)s 毫秒（预算 ≤ 2000）；未送达 %(unheard)d") % found,
        _("实时进程重启：%(up_seconds)s 秒后可用，再过 %(back_seconds)s 秒全部浏览器已重新连上；未连上 %(not_back)d") % found,
    ]
    return "\n".join(lines + [_("超出预算：%(fault)s") % {"fault": fault} for fault in found["broken"]])


def main(argv: list[str]) -> int:
    """Measure the database of DATABASE_URL; ``argv``: the file for the figures, numbers of cases and of browsers."""
    scene = Scene(int(argv[2]), effort(int(argv[1])))
    with scene.running(), scene.browsers():
        found = scene.memory("memory_before_mb") | {"browsers": scene.count}
        scene.open_all()
        found |= scene.messages() | scene.memory("memory_mb") | scene.reports() | scene.restart()
    Path(argv[0]).write_text(json.dumps(found))
    return 0


def seat_of(who: Acting) -> str:
    """Topic on which new reports are told to a seat agent."""
    return topics.queue(who.unit_id, "accept")


@dataclass(slots=True)
class Scene:
    """The processes and the browsers."""

    count: int
    effort: Effort
    web: Server = field(default_factory=lambda: Server(workers=2 * len(os.sched_getaffinity(0)), port=free_port()))
    live: subprocess.Popen[bytes] | None = None
    worker: subprocess.Popen[bytes] | None = None
    held: subprocess.Popen[str] | None = None
    cast: dict[str, Acting] = field(default_factory=dict)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Web, live and worker."""
        self.cast = bench_city.load().cast
        self.web.start()
        try:
            self.start_live()
            self.worker = started([sys.executable, "-m", "urbangrid.config.worker"], lambda: True, URBANGRID_PORT=str(self.web.port))
            yield
        finally:
            for process in (self.worker, self.live):
                if process is not None:
                    stopped(process)
            self.web.stop()

    def start_live(self) -> None:
        command = [*GRANIAN, "--interface", "asgi", "--port", str(self.web.port + 1), "--workers", "1", "urbangrid.config.asgi:application"]
        self.live = started(command, self._live_answers, URBANGRID_PORT=str(self.web.port))

    def _live_answers(self) -> bool:
        with closing(HTTPConnection("127.0.0.1", self.web.port + 1, timeout=20)) as line:
            try:
                line.request("GET", "/health")
                return line.getresponse().status == 204
            except OSError:
                return False

    @contextmanager
    def browsers(self) -> Iterator[None]:
        """The process that holds the browsers."""
        command = [sys.executable, "-P", "-m", STEP, "browsers", str(self.web.port + 1)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as self.held:
            try:
                yield
            finally:
                assert self.held.stdin is not None
                self.held.stdin.close()

    def ask(self, what: str, **more: Any) -> dict[str, Any]:
        assert self.held is not None and self.held.stdin is not None and self.held.stdout is not None
        self.held.stdin.write(json.dumps({"what": what, **more}) + "\n")
        self.held.stdin.flush()
        found: dict[str, Any] = json.loads(self.held.stdout.readline())
        return found

    def open_all(self) -> None:
        """Seat agents with the topics of their post, then those of units."""
        seat = self.cast["seat_agent"]
        given = [stream_token(seat) for _number in range(min(SEATS, self.count))]
        for number in range(self.count - len(given)):
            heard = [topics.queue(_unit(number), "dispose"), topics.tasks(number), topics.board(0)]
            given.append(tokens.stream_token(user_id=number, appointment_id=number, topics=heard))
        self.ask("open", tokens=given, topics=[seat_of(seat)])
        wait(lambda: self.ask("state")["open"] == self.count, 120)

    def memory(self, name: str) -> dict[str, float]:
        """Resident memory of the live process, all its parts."""
        assert self.live is not None
        pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in family(self.live.pid))
        return {name: round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)}

    def messages(self) -> dict[str, Any]:
        """Messages at a steady rate."""
        assert self.live is not None
        self.ask("take")
        others = self.count - min(SEATS, self.count)
        units = max(-(-others // UNIT_SIZE), 1)
        rate = min(PER_SECOND, units)  # a topic that is told of more often than once a second would be merged
        expected, cpu, began = 0, cpu_seconds(self.live.pid), time.monotonic()
        for number in range(self.effort.message_seconds * rate):
            time.sleep(max(0.0, began + number / rate - time.monotonic()))
            unit = number % units
            told = [topics.queue(_unit(unit * UNIT_SIZE), "dispose")]
            expected += min(UNIT_SIZE, others - unit * UNIT_SIZE)
            if number % rate == 0:
                told.append(topics.board(0))
                expected += others
            messages.publish(Message(topic, {"count": number, "sent_at": time.time()}) for topic in told)
        took = time.monotonic() - began
        percent = round(100 * (cpu_seconds(self.live.pid) - cpu) / took)
        time.sleep(3)  # what the process holds back for a second, and what is on its way
        heard = sorted(self.ask("take")["took_ms"])
        parts = {f"p{percent}_ms": round(percentile(heard, percent), 1) for percent in (50, 95, 99)}
        sent = self.effort.message_seconds * (rate + 1)
        return {"sent": sent, "arrived": len(heard), "missing": expected - len(heard), "live_percent": percent, **parts}

    def reports(self) -> dict[str, Any]:
        """From the caller's words to the row on a seat agent's desk."""
        seat = self.cast["seat_agent"]
        headers, browser = bench_people.bearer(seat), bench_people.cookie(seat)
        dice, spot = random.Random(7), from_metric(bench_city.EAST_M + 700, bench_city.NORTH_M + 700, bench_city.SRID)  # noqa: S311
        took: list[float] = []
        unheard = 0
        self.ask("take")
        with closing(self.web.line()) as line:
            for number in range(self.effort.reports):
                body = {"source": "hotline", "client_id": f"bench-live-{number}", "longitude": spot[0], "latitude": spot[1]}
                began = time.time()
                made = json.loads(bench_people.call(headers, "/reports", body).send(line))
                heard_at = self._heard(made["item_id"])
                if heard_at is None:
                    unheard += 1
                    continue
                asked = time.time()
                line.request("GET", f"/desk/arrivals/?only={made['item_id']}", headers=browser)
                if str(made["item_id"]).encode() not in line.getresponse().read():
                    unheard += 1
                took.append((heard_at - began + time.time() - asked) * 1000)
                time.sleep(dice.uniform(0, 1.2))
        took.sort()
        return {"desk_p50_ms": round(percentile(took, 50)), "desk_p95_ms": round(percentile(took, 95)), "unheard": unheard}

    def _heard(self, item_id: str) -> float | None:
        """When the first seat agent's browser heard of the item; None after ten seconds."""
        until = time.monotonic() + 10
        while time.monotonic() < until:
            for message in self.ask("take")["heard"]:
                if item_id in message.get("new", ()):
                    return float(message["heard_at"])
            time.sleep(0.02)
        return None

    def restart(self) -> dict[str, Any]:
        """The live process is killed; every browser comes back after two seconds."""
        assert self.live is not None
        self.ask("take")
        self.live.kill()
        self.live.wait()
        began = time.time()
        self.start_live()
        up = time.time()
        wait(lambda: self.ask("state")["open"] == self.count, 60, refuse=False)
        found = self.ask("take")
        back = max(found["back_at"], default=up)
        return {
            "up_seconds": round(up - began, 1), "back_seconds": round(max(back - up, 0), 1), "not_back": self.count - found["open"],
        }  # fmt: skip


def _unit(number: int) -> int:
    """The unit of a browser: a number that no unit of the city has."""
    return 1 + number // UNIT_SIZE


def wait(ready: Callable[[], bool], seconds: float, *, refuse: bool = True) -> None:
    """Until it is so. Raises RuntimeError after ``seconds``, or goes on where the caller counts what is lacking."""
    until = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > until:
            if refuse:
                raise RuntimeError("the browsers did not connect")
            return
        time.sleep(0.05)
