"""``bench queue``: thirty seats take the next item of one queue at once, until it is empty, each opening what she took.

1. Thirty seat agents with a session and a token each; granian as ``up`` starts it.
2. A round: all press "next" at the same instant (``POST /queues/accept/next``); who got one opens it on her desk (the page claims it
   too and shows report, map, neighbours and choices). The next round begins when all pages are there.
3. Nobody may get what another got, everything must be taken, and the database must name the taker.
"""

from __future__ import annotations

import argparse
import json
import os
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from urbangrid.config import bench_city, bench_people, bench_words
from urbangrid.config.bench_effort import effort
from urbangrid.config.bench_ground import measured
from urbangrid.config.bench_server import Server, percentile
from urbangrid.organizations.acting import Acting

CLAIM_MS, PAGE_MS = 200, 1000
"""Budgets (architecture §8): 95 of 100 claims, and claims with the page, take no longer."""


def run(args: argparse.Namespace) -> int:
    """Fill, measure, print; 1 when a budget is broken."""
    return measured(args, "queue", broken, _table)


def broken(found: dict[str, Any]) -> list[str]:
    """What was not as it must be."""
    faults = [f"{name}: {found[name]}" for name in ("twice", "left", "not_hers") if found[name]]
    faults += [f"claim: {found['claim_p95_ms']} ms > {CLAIM_MS} ms"] if found["claim_p95_ms"] > CLAIM_MS else []
    return faults + ([f"page: {found['page_p95_ms']} ms > {PAGE_MS} ms"] if found["page_p95_ms"] > PAGE_MS else [])


def _table(found: dict[str, Any]) -> str:
    lines = [
        bench_words.head(found),
        _("%(seats)d 个坐席同时取下一件，共 %(rounds)d 轮，取得 %(taken)d 件；重复 %(twice)d，剩余 %(left)d") % found,
        _("取件：中位 %(claim_p50_ms)s，九五分位 %(claim_p95_ms)s 毫秒（预算 ≤ 200）") % found,
        _("取件并打开页面：中位 %(page_p50_ms)s，九五分位 %(page_p95_ms)s 毫秒（预算 ≤ 1000）") % found,
        _("取一件并打开，处理器 %(cpu_ms)s 毫秒") % found,
    ]
    return "\n".join(lines + [_("超出预算：%(fault)s") % {"fault": fault} for fault in found["broken"]])


def main(argv: list[str]) -> int:
    """Measure the database of DATABASE_URL, of so many cases as ``argv`` says, and write the figures to the file it names."""
    seats = [Seat(who, bench_people.bearer(who), bench_people.cookie(who))
             for who in bench_people.more_like(bench_city.load().cast["seat_agent"], effort(int(argv[1])).seats)]  # fmt: skip
    server = Server(workers=2 * len(os.sched_getaffinity(0)))
    server.start()
    try:
        found = _measure(server, seats)
    finally:
        server.stop()
    Path(argv[0]).write_text(json.dumps(found))
    return 0


@dataclass(slots=True)
class Seat:
    """A seat agent: what she took, and how long it took until she had it, and until she saw it (milliseconds)."""

    who: Acting
    headers: dict[str, str]
    browser: dict[str, str]
    taken: list[int] = field(default_factory=list)
    claims: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    fault: Exception | None = None

    def work(self, line: HTTPConnection, rounds: threading.Barrier) -> None:
        """Take and open, round by round, until nothing is left."""
        line.connect()
        while True:
            rounds.wait()
            began = time.perf_counter()
            line.request("POST", "/api/v1/queues/accept/next", b"", self.headers)
            answer = line.getresponse()
            text = answer.read()
            if answer.status == 204:
                break
            if answer.status != 200:
                raise RuntimeError(f"next: {answer.status} {text[:300].decode(errors='replace')}")
            self.claims.append((time.perf_counter() - began) * 1000)
            self.taken.append(int(json.loads(text)["item_id"]))
            self._open(line, self.taken[-1])
            self.pages.append((time.perf_counter() - began) * 1000)
        rounds.abort()

    def _open(self, line: HTTPConnection, item_id: int) -> None:
        line.request("GET", f"/desk/?tab=accept&item={item_id}", headers=self.browser)
        answer = line.getresponse()
        if answer.status != 200 or str(item_id).encode() not in answer.read():
            raise RuntimeError(f"the desk did not show what was taken: {answer.status}")


def _measure(server: Server, seats: list[Seat]) -> dict[str, Any]:
    rounds = threading.Barrier(len(seats))
    waiting = _open_items()
    _warm(server, seats[0])
    cpu = server.cpu_seconds()
    threads = [threading.Thread(target=_sit, args=(server, seat, rounds)) for seat in seats]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cpu = server.cpu_seconds() - cpu
    for seat in seats:
        if seat.fault is not None:
            raise seat.fault
    taken = [item for seat in seats for item in seat.taken]
    claims, pages = sorted(ms for seat in seats for ms in seat.claims), sorted(ms for seat in seats for ms in seat.pages)
    return {
        "seats": len(seats), "rounds": max(len(seat.taken) for seat in seats), "taken": len(taken),
        "twice": len(taken) - len(set(taken)), "left": waiting - len(set(taken)), "not_hers": _not_hers(seats),
        "claim_p50_ms": round(percentile(claims, 50)), "claim_p95_ms": round(percentile(claims, 95)),
        "page_p50_ms": round(percentile(pages, 50)), "page_p95_ms": round(percentile(pages, 95)),
        "cpu_ms": round(1000 * cpu / len(taken), 1),
    }  # fmt: skip


def _sit(server: Server, seat: Seat, rounds: threading.Barrier) -> None:
    try:
        with closing(server.line()) as line:
            seat.work(line, rounds)
    except threading.BrokenBarrierError:
        pass  # somebody found the queue empty: the work is done
    except Exception as fault:  # told by the thread that waits: this one's own words would be lost
        seat.fault = fault
        rounds.abort()


def _warm(server: Server, seat: Seat) -> None:
    """The caches of every worker; nothing is taken. Each new line may meet another worker."""
    for _turn in range(40):
        with closing(server.line()) as line:
            bench_people.call(seat.headers, "/queues/accept").send(line)
            line.request("GET", "/desk/?tab=file", headers=seat.browser)
            line.getresponse().read()


def _open_items() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_workitem WHERE kind = 'accept' AND closed_at IS NULL")
        return int(cursor.fetchone()[0])


def _not_hers(seats: list[Seat]) -> int:
    """Taken items for which the database names another taker."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, claimed_by_id FROM cases_workitem WHERE kind = 'accept' AND closed_at IS NULL")
        named = dict(cursor.fetchall())
    return sum(named.get(item) != seat.who.appointment_id for seat in seats for item in seat.taken)
