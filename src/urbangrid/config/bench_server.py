"""A web process of its own to measure at: granian as ``up`` starts it, the processor time that it and its database connections take."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from django.db import connection

from urbangrid.config.command import processes

WORKERS = 2
START_SECONDS = 60
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Call:
    """One request with the headers of somebody who may make it."""

    path: str
    headers: dict[str, str]
    body: Any = None

    def send(self, line: HTTPConnection) -> bytes:
        """The body of the answer. Raises RuntimeError for any answer but 2xx."""
        content = None if self.body is None else json.dumps(self.body).encode()
        line.request("GET" if content is None else "POST", self.path, content, self.headers)
        answer = line.getresponse()
        text = answer.read()
        if not 200 <= answer.status < 300:
            raise RuntimeError(f"{self.path}: {answer.status} {text[:300].decode(errors='replace')}")
        return text


@dataclass(slots=True)
class Figures:
    """Of a number of requests: processor milliseconds for each, milliseconds until the answer."""

    requests: int
    cpu_ms: float
    web_ms: float
    database_ms: float
    p50_ms: float
    p95_ms: float


@dataclass(slots=True)
class Server:
    """granian with WSGI workers on a port that was free."""

    workers: int = WORKERS
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.port = self.port or free_port()
        command = [*GRANIAN, "--interface", "wsgi", "--port", str(self.port), "--workers", str(self.workers), "--blocking-threads", "1"]
        self.process = started([*command, "urbangrid.config.wsgi:application"], self._answers, URBANGRID_PORT=str(self.port))

    def _answers(self) -> bool:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=20)) as line:
            try:
                line.request("GET", "/api/v1/cases")
                return line.getresponse().status == 401
            except OSError:
                return False

    def stop(self) -> None:
        if self.process is not None:
            stopped(self.process)

    def line(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=60)

    def measure(self, calls: Sequence[Call], warm: int = 40) -> Figures:
        """Send all over one connection, which one worker serves; the first ``warm`` are not measured."""
        took: list[float] = []
        with closing(self.line()) as line:
            for call in calls[:warm]:
                call.send(line)
            web, database = self.web_seconds(), database_seconds()
            for call in calls[warm:]:
                began = time.perf_counter()
                call.send(line)
                took.append(time.perf_counter() - began)
            web, database = self.web_seconds() - web, database_seconds() - database
        took.sort()
        each = 1000 / len(took)
        return Figures(
            len(took), round((web + database) * each, 2), round(web * each, 2), round(database * each, 2),
            round(percentile(took, 50) * 1000, 2), round(percentile(took, 95) * 1000, 2),
        )  # fmt: skip

    def rate(self, calls: Sequence[Call], clients: int) -> float:
        """Requests per second of so many clients at once, each with a connection of its own."""
        faults: list[Exception] = []

        def work(part: Sequence[Call]) -> None:
            try:
                with closing(self.line()) as line:
                    for call in part:
                        call.send(line)
            except Exception as fault:  # told to the caller: a thread's own exception would be lost
                faults.append(fault)

        threads = [threading.Thread(target=work, args=(calls[number::clients],)) for number in range(clients)]
        took = timed(lambda: _run(threads))
        if faults:
            raise faults[0]
        return len(calls) / took

    def web_seconds(self) -> float:
        """Processor time of granian and all its workers so far."""
        assert self.process is not None
        return cpu_seconds(self.process.pid)


    def cpu_seconds(self) -> float:
        """Of the web processes and of the database for them."""
        return self.web_seconds() + database_seconds()


GRANIAN = [sys.executable, "-m", "granian", "--host", "127.0.0.1", "--no-ws", "--workers-kill-timeout", "5", "--log-level", "warning"]


def free_port() -> int:
    """A port whose neighbour above is probably free too."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def started(command: Sequence[str], ready: Callable[[], bool], **more: str) -> subprocess.Popen[bytes]:
    """A process of the platform that dies with this one; raises RuntimeError where it does not get ready."""
    environment = os.environ | {processes.RUN_VARIABLE: f"bench-{os.getpid()}", **more}
    with tempfile.TemporaryFile() as words:  # every request writes its line, as in an installation, but not onto the terminal
        process = subprocess.Popen(command, env=environment, stdout=words, stderr=words, preexec_fn=processes.die_with_parent)
        until = time.monotonic() + START_SECONDS
        while not ready():
            if process.poll() is not None or time.monotonic() > until:
                words.seek(0)
                raise RuntimeError(f"{command[2]} did not start: {words.read().decode(errors='replace')[-2000:]}")
            time.sleep(0.1)
    return process


def stopped(process: subprocess.Popen[bytes]) -> None:
    """End a process and wait for it."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def percentile(ordered: Sequence[float], percent: int) -> float:
    """The value that so many of a hundred do not exceed, of values in order."""
    return round(ordered[min(len(ordered) * percent // 100, len(ordered) - 1)], 5)


def _run(threads: Sequence[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def timed(act: Callable[[], object]) -> float:
    """Seconds of wall clock."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _fields(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _cpu_seconds(pid: int) -> float:
    """User and system time of a process, all threads."""
    fields = _fields(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS if fields else 0.0


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    parents = {int(one.name): fields for one in Path("/proc").iterdir() if one.name.isdigit() and (fields := _fields(int(one.name)))}
    found = [pid]
    for known in found:
        found += [child for child, fields in parents.items() if int(fields[1]) == known]
    return found


def cpu_seconds(pid: int) -> float:
    """Processor time so far of a process and of all that descend from it."""
    return sum(_cpu_seconds(one) for one in family(pid))


def database_seconds() -> float:
    """Processor time so far of the server processes behind this database's connections, without this process's own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
            " AND pid <> pg_backend_pid()"
        )
        return sum(_cpu_seconds(pid) for (pid,) in cursor.fetchall())
