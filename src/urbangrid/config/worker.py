"""``python -m urbangrid worker``: everything that happens without a request.

1. A thread runs the relay of the outbox; between batches it sends boards and turned lights (``pulse``).
2. A second thread seals the record (``audit.sealer``).
3. The event loop runs procrastinate's jobs (``jobs``), two at a time, and the process's sign of life (``heart``).
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

import django

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
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    threads = [
        threading.Thread(target=work, args=(stop, lambda: loop.call_soon_threadsafe(ended.set)), name=name)
        for name, work in (("relay", _relay), ("sealer", _sealer))
    ]
    for thread in threads:
        thread.start()
    asked = asyncio.create_task(ended.wait())
    beating = asyncio.create_task(heart.beat_on())
    with app.replace_connector(app.connector.get_worker_connector()) as working:  # type: ignore[attr-defined]
        async with working.open_async():
            jobs = asyncio.create_task(
                working.run_worker_async(
                    concurrency=2,
                    install_signal_handlers=False,
                    delete_jobs="successful",
                    shutdown_graceful_timeout=GRACE_SECONDS,
                )
            )
            await asyncio.wait({asked, jobs}, return_when=asyncio.FIRST_COMPLETED)
            by_itself = jobs.done() or not all(thread.is_alive() for thread in threads)
            stop.set()
            jobs.cancel()
            beating.cancel()
            failures = await asyncio.gather(jobs, beating, return_exceptions=True)
    for thread in threads:
        await asyncio.to_thread(thread.join)
    for failure in failures:
        if isinstance(failure, Exception):
            _log.error("the jobs ended", exc_info=failure)
    return 1 if by_itself else 0


def _relay(stop: threading.Event, ended: Callable[[], object]) -> None:
    """The relay's thread; imported here because the packages need the set-up that ``main`` does first."""
    from urbangrid.config.pulse import Pulse
    from urbangrid.config.subscribers import SUBSCRIBERS
    from urbangrid.core import tracing
    from urbangrid.core.outbox import Relay

    tracing.begin("relay", view="relay")
    pulse = Pulse()
    try:
        Relay(SUBSCRIBERS, [pulse.observe]).run(stop, [pulse.every_second])
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
