"""Counters and durations for /metrics, joined over the processes of this installation (prometheus-client in multiprocess mode).

Labels are names of views, methods and actions, never paths or people, so that their number is bounded by the code.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Environment: where the processes keep their counters (set by ``up``); without it a process counts for itself."""
FILE_BYTES = {"counter": 512 * 1024, "histogram": 2 * 1024 * 1024}
"""Room for every view, method and class. prometheus-client maps sparse files: a page that a full disk cannot give would kill the
process (SIGBUS), so the room is taken beforehand, and where it is not to be had nothing is counted."""

MOST_DEAD = 20


def _take_room() -> None:
    """Make this process's files whole before they are mapped; without room it counts for itself alone."""
    folder = os.environ.get(FOLDER)
    if not folder:
        return
    try:
        Path(folder).mkdir(parents=True, exist_ok=True, mode=0o700)
        _forget_dead(Path(folder))
        for kind, size in FILE_BYTES.items():
            handle = os.open(Path(folder) / f"{kind}_{os.getpid()}.db", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                os.posix_fallocate(handle, 0, size)
            finally:
                os.close(handle)
    except OSError:
        for kind in FILE_BYTES:
            with suppress(OSError):
                (Path(folder) / f"{kind}_{os.getpid()}.db").unlink(missing_ok=True)
        del os.environ[FOLDER]


def _forget_dead(folder: Path) -> None:
    """Files of processes that are gone are counted in until there are many of them: crash after crash must not fill the disk."""
    dead = [path for path in folder.glob("*_*.db") if not Path(f"/proc/{path.stem.rpartition('_')[2]}").exists()]
    if len(dead) > MOST_DEAD:
        for path in dead:
            path.unlink(missing_ok=True)


_take_room()  # before the library is loaded: it decides then how it counts

from prometheus_client import REGISTRY as OWN  # noqa: E402
from prometheus_client import CollectorRegistry, Counter, Histogram  # noqa: E402
from prometheus_client.multiprocess import MultiProcessCollector  # noqa: E402

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)

requests = Histogram(
    "urbangrid_request_seconds", "Requests by view, method and class of status", ["view", "method", "status"], buckets=SECONDS
)
statements = Counter("urbangrid_request_statements", "Database statements by view", ["view"])
statement_seconds = Counter("urbangrid_request_statement_seconds", "Seconds in the database by view", ["view"])
slow_statements = Counter("urbangrid_slow_statements", "Statements beyond the limit by view", ["view"])
actions = Counter("urbangrid_actions", "Actions by outcome: done, moved_on (409), refused, failed", ["action", "outcome"])
jobs = Counter("urbangrid_jobs", "Jobs of the worker by outcome: done, failed", ["job", "outcome"])


def registry() -> CollectorRegistry:
    """Everything that the processes counted."""
    if FOLDER not in os.environ:
        return OWN
    joined = CollectorRegistry()
    MultiProcessCollector(joined)  # type: ignore[no-untyped-call]
    return joined


@contextmanager
def counted(action: str) -> Iterator[None]:
    """Count an action on a case or report by how it ends."""
    from urbangrid.core.errors import Refusal

    outcome = "failed"
    try:
        yield
        outcome = "done"
    except Refusal as refusal:
        outcome = "moved_on" if refusal.status == 409 else "refused"
        raise
    finally:
        actions.labels(action, outcome).inc()
