"""Looks at all checks within a limited time, whatever hangs: the database, the disk, the network.

Two threads do the looking: one for checks that need the database, one for the others. Whoever asks waits for at most
``WAIT_SECONDS``; a thread that is stuck is not asked again until it is free, and what it should have said is replaced by a red line.
A process keeps what was seen for ``KEEP_SECONDS``.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from urbangrid.core import health
from urbangrid.core.health import Check, Finding, Level, Line
from urbangrid.core.health_checks import DATABASE, unreachable

_log = logging.getLogger(__name__)

WAIT_SECONDS = 2.0
KEEP_SECONDS = 1.0
STATEMENT_MS = 1500
"""PostgreSQL itself gives up a statement of a check after this."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen, in the order of declaration. ``at``: UTC, by the machine's clock."""

    at: datetime
    lines: list[Line]

    @property
    def state(self) -> Level:
        return health.worst(self.lines)


class _Lane:
    """A thread that looks when asked, one look at a time."""

    def __init__(self, work: Callable[[], list[Line]]) -> None:
        self._work = work
        self._asked: queue.SimpleQueue[Future[list[Line]]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._latest: Future[list[Line]] | None = None
        self.began = 0.0

    def ask(self) -> Future[list[Line]]:
        """Begin a look, or join the one under way."""
        if self._latest is None or self._latest.done():
            self._latest, self.began = Future(), time.monotonic()
            self._asked.put(self._latest)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="health", daemon=True)
            self._thread.start()
        return self._latest

    def _run(self) -> None:
        while True:
            future = self._asked.get()
            try:
                future.set_result(self._work())
            except BaseException as error:
                future.set_exception(error)


def _with_database() -> list[Line]:
    """On a connection of its own, made anew each time: that new connections can be made is part of what is asked."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = {STATEMENT_MS}")
        return health.look_at(health.declared(needs_database=True))
    except Exception as error:  # whatever keeps it from answering; a check's own failure is a line of its own
        _warn(error)
        return [(DATABASE, unreachable(error))]
    finally:
        connection.close()


def _warn(error: Exception) -> None:
    """Once a minute: monitors ask every few seconds."""
    global _warned_at
    if time.monotonic() - _warned_at > health.LOG_SECONDS:
        _warned_at = time.monotonic()
        _log.warning("the database did not answer the health check: %s", error)


def _without_database() -> list[Line]:
    return health.look_at(health.declared(needs_database=False))


_MACHINE = Check("machine.answers", gettext_lazy("机器"), lambda: Finding(Level.GOOD, ""), needs_database=False)
_lock = threading.Lock()
_lanes = (_Lane(_with_database), _Lane(_without_database))
_warned_at = float("-inf")
_seen: tuple[float, Seen] | None = None


def seen() -> Seen:
    """What is to be seen now, at most a second old. Takes at most ``WAIT_SECONDS``; needs no database."""
    global _seen
    with _lock:
        if _seen is not None and time.monotonic() - _seen[0] < KEEP_SECONDS:
            return _seen[1]
        futures = [lane.ask() for lane in _lanes]
        late = ([(DATABASE, unreachable(None))], [(_MACHINE, _stuck())])
        found = [_in_time(future, lane.began, other) for future, lane, other in zip(futures, _lanes, late, strict=True)]
        _seen = (time.monotonic(), Seen(datetime.now(UTC), _ordered([*found[0], *found[1]])))
        return _seen[1]


def forget() -> None:
    """Look anew at the next question."""
    global _seen
    _seen = None
    health.forget()


def _in_time(future: Future[list[Line]], began: float, late: list[Line]) -> list[Line]:
    """A look that has hung for long is not waited for again: each answer would hold a web process."""
    try:
        return future.result(max(began + WAIT_SECONDS - time.monotonic(), 0.01))
    except TimeoutError:
        return late


def _stuck() -> Finding:
    advice = _("磁盘或网络文件系统可能已停止应答：看系统日志（dmesg），检查存储设备。")
    return Finding(Level.BAD, _("磁盘与进程的检查没有按时完成"), advice)


def _ordered(lines: list[Line]) -> list[Line]:
    place = {check.name: number for number, check in enumerate(health.declared())}
    return sorted(lines, key=lambda line: place.get(line[0].name, -1))
