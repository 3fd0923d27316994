"""Measuring, in a process of its own on the copied database: statements, processor time, throughput beside pgbench.

1. Statements of each list, page and action are counted in this process, with the caches warm, as they are in a web process.
2. A granian of two workers is started; processor time is read before and after at least 500 requests over one connection.
3. Receiving is done by four clients at once, in turn with pgbench running the same statements with four clients; three rounds, medians.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from urbangrid.cases import volume_open
from urbangrid.config import bench_city, bench_peer, bench_people
from urbangrid.config.bench_effort import Effort, effort
from urbangrid.config.bench_server import Call, Server
from urbangrid.core.ids import new_id
from urbangrid.organizations.acting import Acting

DETAILS = 600
"""Closed cases whose page is asked for, chosen without order."""
CLIENTS = 4
WAIT_FREE = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


def main(argv: list[str]) -> int:
    """Measure the database of DATABASE_URL: lines of JSON ask, lines answer, the end of input ends it."""
    plan, server = Plan.make(effort(int(argv[0]))), Server()
    counts = plan.counts()
    server.start()
    try:
        for line in sys.stdin:
            asked = json.loads(line)
            print(json.dumps(plan.answer(server, counts, **asked)), flush=True)
    finally:
        server.stop()
    return 0


def loop_ms() -> float:
    """Processor milliseconds of a fixed loop: says how much slower than at its best the machine was while it was measured."""
    began = time.process_time()
    total = 0
    for number in range(150_000):
        total += number * number % 7
    return (time.process_time() - began) * 1000


def is_query(sql: str) -> bool:
    """Whether a logged statement reads or writes; transaction control is not counted."""
    return not sql.lstrip().upper().startswith(WAIT_FREE)


@dataclass(slots=True)
class Plan:
    """Who asks what."""

    headers: dict[str, dict[str, str]]
    clerk: Acting
    first: int
    details: list[int]
    effort: Effort
    used: int
    """Cases to be received that are spoken for; the first ones are pgbench's."""
    dispatched: int = 0
    loops: list[float] = field(default_factory=list)

    @classmethod
    def make(cls, much: Effort) -> Plan:
        city = bench_city.load()
        headers = {}
        for name in ("seat_agent", "dispatcher", "clerk", "idle_clerk", "five_posts", "officer", "stream_clerk"):
            who = city.cast[name]
            headers[name] = bench_people.bearer(who)
        clerk = city.cast["stream_clerk"]
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM cases_case WHERE closed_at IS NOT NULL ORDER BY md5(id::text) LIMIT %s", [DETAILS])
            details = [number for (number,) in cursor.fetchall()]
        return cls(headers, clerk, volume_open.first_of_stream(clerk), details, much, much.peer_cases)

    def cases(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM cases_case")
            return int(cursor.fetchone()[0])

    # --- what is asked ---

    def reads(self) -> dict[str, Callable[[int], Call]]:
        """Name → the n-th request."""
        listed = {
            "list, seat agent": ("seat_agent", "/cases?most=50"),
            "list, unit without a case": ("idle_clerk", "/cases?most=50"),
            "list, unit": ("clerk", "/cases?most=50"),
            "list, person with five posts": ("five_posts", "/cases?most=50"),
            "list, sub-district": ("officer", "/cases?most=50"),
            "list by rare words": ("seat_agent", "/cases?most=50&words=%E5%A4%A7%E6%9F%B3%E6%A0%91%E8%B7%AF417%E5%8F%B7"),
            "list by words": ("seat_agent", "/cases?most=50&words=%E9%97%A8%E5%89%8D%E4%BE%BF%E9%81%93"),
            "queue of 300 reports": ("seat_agent", "/queues/accept"),
            "queues, counts": ("seat_agent", "/queues"),
        }
        found = {name: self._same(who, path) for name, (who, path) in listed.items()}
        found["case"] = lambda n: self.call("seat_agent", f"/cases/{self.details[n % len(self.details)]}")
        return found

    def _same(self, who: str, path: str) -> Callable[[int], Call]:
        return lambda _n: self.call(who, path)

    def call(self, who: str, path: str, body: Any = None, key: str = "") -> Call:
        headers = self.headers[who] | ({"Idempotency-Key": key} if key else {})
        return Call(f"/api/v1{path}", headers, body)

    def receives(self, count: int) -> list[Call]:
        """Receiving of the next cases of the stream."""
        begin, self.used = self.used, self.used + count
        ids = [volume_open.next_id(self.first, place) for place in range(begin, begin + count)]
        return [self.call("stream_clerk", f"/cases/{one}/actions/receive", {"seq": RECORDS, "data": {}}, f"r{one}") for one in ids]

    def dispatches(self, count: int) -> list[Call]:
        """Dispatching of the cases behind those to be received, against the proposal and so with a reason."""
        begin, self.dispatched = self.dispatched, self.dispatched + count
        ids = [volume_open.next_id(self.first, self.effort.to_receive + place) for place in range(begin, begin + count)]
        data = {"unit_id": str(self.clerk.unit_id), "reason": "order", "opinion": "请尽快办理"}
        return [self.call("dispatcher", f"/cases/{one}/actions/dispatch", {"seq": RECORDS, "data": data}, f"d{one}") for one in ids]

    # --- counting ---

    def counts(self) -> dict[str, int]:
        """Statements of each request with warm caches."""
        found = {}
        for name, call in self.reads().items():
            capture(call(0))
            found[name] = sum(map(is_query, capture(call(1)).statements))
        for name, calls in (("dispatch", self.dispatches(2)), ("receive", self.receives(2))):
            capture(calls[0])
            found[name] = sum(map(is_query, capture(calls[1]).statements))
        return found

    # --- processor time ---

    def answer(self, server: Server, counts: dict[str, int], what: str, name: str = "", part: int = 1) -> dict[str, Any]:
        """What one line asks for."""
        if what == "start":
            return {"queries": counts, "cases": self.cases()}
        if what == "figures":
            self.loops.append(loop_ms())
            warm = self.effort.warm
            return asdict(server.measure(self.calls(name, self.effort.requests // part + warm), warm))
        loop = {"best_ms": round(min(self.loops), 2), "mean_ms": round(statistics.mean(self.loops), 2)}
        return {"ratio": self.ratio(server), "loop": loop}

    def calls(self, name: str, count: int) -> list[Call]:
        """So many requests of a kind; those that act take new cases each time."""
        if name == "dispatch":
            return self.dispatches(count)
        if name == "receive":
            return self.receives(count)
        call = self.reads()[name]
        return [call(n) for n in range(count)]

    # --- beside pgbench ---

    def ratio(self, server: Server) -> dict[str, Any]:
        if bench_peer.program() is None:
            return {"why_not": "pgbench is not installed"}
        text = self.peer_script()
        url = os.environ["DATABASE_URL"]
        much = self.effort
        server.rate(self.receives(CLIENTS * (15 if much.rounds > 1 else 1)), CLIENTS)
        bench_peer.rate(text, url, CLIENTS, 1)
        http, peer = [], []
        for _round in range(much.rounds):
            http.append(round(server.rate(self.receives(much.round_calls), CLIENTS), 1))
            peer.append(round(bench_peer.rate(text, url, CLIENTS, much.round_seconds), 1))
        share = statistics.median(http) / statistics.median(peer)
        return {"clients": CLIENTS, "http": http, "pgbench": peer, "percent": round(100 * share, 1)}

    def peer_script(self) -> str:
        """The statements of receiving the first case of the stream, captured here."""
        with connection.cursor() as cursor:
            cursor.execute("UPDATE cases_case SET seq = %s WHERE id = %s", [bench_peer.SEQ - 1, self.first])
            opened = "UPDATE cases_workitem SET opened_seq = %s WHERE case_id = %s AND closed_at IS NULL"
            cursor.execute(opened, [bench_peer.SEQ - 1, self.first])
        key, begin = "bench-captured-key", new_id()
        body = {"seq": bench_peer.SEQ - 1, "data": {}}
        logged = capture(self.call("stream_clerk", f"/cases/{self.first}/actions/receive", body, key))
        statements = [sql for sql in logged.statements if "NOTIFY" not in sql]
        gap = volume_open.next_id(0, 1)
        return bench_peer.script(statements, self.first, key, begin, self.first, gap, self.effort.peer_cases)


RECORDS = 6


@dataclass(frozen=True, slots=True)
class Captured:
    """The statements of a request, and how large its answer was."""

    statements: list[str]
    size_bytes: int


def capture(call: Call) -> Captured:
    """A request done in this process. Raises RuntimeError for any answer but 2xx."""
    client = Client(headers={name: value for name, value in call.headers.items() if name != "Content-Type"})
    with CaptureQueriesContext(connection) as logged:
        answer = client.get(call.path) if call.body is None else client.post(call.path, call.body, content_type="application/json")
    if not 200 <= answer.status_code < 300:
        raise RuntimeError(f"{call.path}: {answer.status_code} {answer.content[:300].decode(errors='replace')}")
    return Captured([row["sql"] for row in logged.captured_queries], len(answer.content))
