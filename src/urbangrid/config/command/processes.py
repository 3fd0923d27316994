"""Processes by what the kernel says of them: alive, whose, of which run. Debian's minimal system has no ps."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from urbangrid.core import lines, stamps

SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG
SET_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER
RUN_VARIABLE = "URBANGRID_RUN_ID"
"""In the environment of every process that a supervisor started."""
EVENTS = "events.jsonl"
"""In the folder of the logs: what supervisor, servers and worker noticed, read by the health page."""


def die_with_parent(by: signal.Signals = signal.SIGKILL) -> None:
    """From now on the kernel sends ``by`` to this process when the thread that started it ends."""
    ctypes.CDLL(None).prctl(SET_DEATH_SIGNAL, int(by), 0, 0, 0)


def die_with_supervisor() -> None:
    """For a server's own worker processes: kill -9 of the server must not leave them holding the port."""
    if RUN_VARIABLE not in os.environ:
        return
    die_with_parent(signal.SIGKILL)
    server = multiprocessing.parent_process()
    if server is not None and server.pid != os.getppid():  # it died before the line above
        os._exit(1)


def note_worker(service: str) -> None:
    """A process of a server has started: more of them than the server has say that some were lost."""
    if RUN_VARIABLE in os.environ:
        path = Path(os.environ["URBANGRID_DATA"]) / "logs" / EVENTS
        lines.append(path, stamps.stamp() | {"event": "worker_started", "service": service, "pid": os.getpid()})


def adopt_orphans() -> None:
    """Grandchildren whose parent dies become children of this process and can be ended and reaped here."""
    ctypes.CDLL(None).prctl(SET_SUBREAPER, 1, 0, 0, 0)


def _fields(pid: int) -> list[str]:
    """Fields of /proc/PID/stat after the program name: state first, start time (clock ticks since boot) twentieth."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (OSError, ValueError):
        return []


def start_time(pid: int) -> int:
    """Start of this process in clock ticks since boot; 0 when there is none."""
    fields = _fields(pid)
    return int(fields[19]) if fields else 0


def is_alive(pid: int, started: int | None = None) -> bool:
    """Whether the process runs; a zombie is dead, and so is another process that got the same number later."""
    fields = _fields(pid)
    if not fields or fields[0] in "ZX":
        return False
    return started is None or int(fields[19]) == started


def _all_ids() -> Iterator[int]:
    return (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())


def of_run(run_id: str) -> list[int]:
    """Living processes that a supervisor's run started, found by their environment: no recycled number is meant."""
    mark = f"{RUN_VARIABLE}={run_id}".encode()
    found = []
    for pid in _all_ids():
        try:
            words = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if mark in words and pid != os.getpid() and is_alive(pid):
            found.append(pid)
    return found


def working_in(folder: Path) -> list[int]:
    """Living processes whose working folder is this one: PostgreSQL stays in its data folder."""
    found = []
    for pid in _all_ids():
        try:
            inside = os.path.samestat(Path(f"/proc/{pid}/cwd").stat(), folder.stat())
        except OSError:
            continue
        if inside and is_alive(pid) and pid != os.getpid():
            found.append(pid)
    return found


def end(pids: list[int], steps: list[tuple[signal.Signals, float]]) -> None:
    """Send each signal in turn and wait up to its seconds, until none of these processes is left."""
    known = {pid: start_time(pid) for pid in pids}
    for number, seconds in steps:
        for pid, started in known.items():
            if is_alive(pid, started):
                os.kill(pid, number)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if not any(is_alive(pid, started) for pid, started in known.items()):
                return
            time.sleep(0.05)
