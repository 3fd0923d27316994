"""``python -m urbangrid worker``: everything that happens without a request.

1. A thread runs the relay of the outbox; between batches it sends boards and turned lights and gives the warnings of clocks (``pulse``).
2. A second thread seals the record (``audit.sealer``).
3. The event loop runs procrastinate's jobs (``jobs``), two at a time, and the process's sign of life (``heart``); a lost database is
   waited for.
4. SIGTERM and SIGINT let the batch and the running jobs end, then the process does; whatever was cut off is done again.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import django
from procrastinate.exceptions import ConnectorException

from urbangrid.core import clock

GRACE_SECONDS = 5.0
"""For running jobs, when the process is told to end."""

_log = logging.getLogger(__name__)


def main(args: argparse.Namespace | None = None) -> int:
    """Work until told to end; 1 when something ended by itself, so that the supervisor starts the process again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "urbangrid.config.settings")
    django.setup()
    return asyncio.run(_work())


async def _work() -> int:
    from procrastinate.contrib.django import app

    from urbangrid.config import heart
    from urbangrid.config import jobs as registered

    _log.info("jobs: %s", ", ".join(registered.NAMES))
    registered.begin()
    stop = threading.Event()
    ended, told = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def end() -> None:
        told.set()
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end)
    threads = _start_threads(stop, lambda: loop.call_soon_threadsafe(ended.set))
    beating = asyncio.create_task(heart.beat_on())
    while not ended.is_set():
        try:
            with app.replace_connector(app.connector.get_worker_connector()) as working:  # type: ignore[attr-defined]
                async with working.open_async():
                    await _jobs(working, ended)
        except (ConnectorException, OSError):
            _log.exception("the jobs lost the database and begin again in a second")
        with suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), 1)
    by_itself = not told.is_set()  # a thread that ends says so before it is dead
    stop.set()
    beating.cancel()
    await asyncio.gather(beating, return_exceptions=True)
    for thread in threads:
        await asyncio.to_thread(thread.join)
    return 1 if by_itself else 0


def _start_threads(stop: threading.Event, ended: Callable[[], object]) -> list[threading.Thread]:
    """Relay and sealer; each calls ``ended`` when it ends."""
    threads = [threading.Thread(target=work, args=(stop, ended), name=name) for name, work in (("relay", _relay), ("sealer", _sealer))]
    for thread in threads:
        thread.start()
    return threads


async def _jobs(working: Any, ended: asyncio.Event) -> None:
    """Run jobs until told to end, until the database is lost (raises) or until the machine's clock was set.

    Then they begin anew: what is due next was computed with the old clock, and after one set back by a day nothing would be due.
    """
    jobs = asyncio.create_task(
        working.run_worker_async(
            concurrency=2, install_signal_handlers=False, delete_jobs="successful", shutdown_graceful_timeout=GRACE_SECONDS
        )
    )
    others = [asyncio.create_task(ended.wait()), asyncio.create_task(_clock_was_set())]
    await asyncio.wait({jobs, *others}, return_when=asyncio.FIRST_COMPLETED)
    for task in (jobs, *others):
        task.cancel()
    results = await asyncio.gather(jobs, *others, return_exceptions=True)
    for failure in results:
        if isinstance(failure, Exception):
            raise failure


async def _clock_was_set() -> None:
    watch = clock.JumpWatch()
    while not (moved := watch.look()):
        await asyncio.sleep(1)
    _log.warning("the machine's clock was set by %+.0f s: jobs and lights begin anew", moved)


def _relay(stop: threading.Event, ended: Callable[[], object]) -> None:
    """The relay's thread; imported here because the packages need the set-up that ``main`` does first."""
    from urbangrid.config.pulse import Pulse, TimerSweep
    from urbangrid.config.subscribers import SUBSCRIBERS
    from urbangrid.core import tracing
    from urbangrid.core.outbox import Relay

    tracing.begin("relay", view="relay")
    pulse = Pulse()
    try:
        Relay(SUBSCRIBERS, [pulse.observe]).run(stop, [pulse.every_second, TimerSweep().every_second])
    finally:
        ended()


def _sealer(stop: threading.Event, ended: Callable[[], object]) -> None:
    """The sealer's thread."""
    from urbangrid.audit.sealer import Sealer

    try:
        Sealer().run(stop)
    finally:
        ended()


if __name__ == "__main__":
    raise SystemExit(main())
