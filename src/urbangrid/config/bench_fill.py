"""Filling a database with cases to measure on: the city, then N cases by two processes, then the open ones.

1. The city is made by the ordinary actions (``bench_city``).
2. The tables of cases lose their indexes and foreign keys (``bench_bare``).
3. Two forked processes make the cases: closed ones, spread over the year before, and open ones of the last days, which go through the
   same ``Step`` as real cases (``cases.volume_open``). All are copied in, some hundred to a transaction, so that memory stays small.
4. Indexes and foreign keys are made again, and the tables' statistics.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue

from django.db import connection, transaction
from django.utils.translation import gettext as _

from urbangrid.cases import partitions, processes, volume, volume_open
from urbangrid.config import bench_bare, bench_city
from urbangrid.config.bench_city import BenchCity
from urbangrid.config.bench_effort import Effort, effort
from urbangrid.core.geometry import from_metric
from urbangrid.grids import queries as grids
from urbangrid.organizations.acting import Acting

OPEN_PART = 50
"""One case in 50 is open."""
SPAN = timedelta(days=362)
MONTHS = 13
"""Months before this one that need a partition for the records."""
CHUNK = 500
PROCESSES = 2
TELL_SECONDS = 5
SPOTS = 1500
"""Points of the city, 50 beside each other, 30 above each other."""
Tell = Callable[[str], None]


def fill(rows: int, tell: Tell) -> None:
    """Fill the empty, migrated database of this process's connection. ``tell`` gets a line now and then."""
    began = time.monotonic()
    with transaction.atomic():
        city = bench_city.make()
        partitions.ensure(months_before=MONTHS)
    now = datetime.now(UTC).replace(microsecond=0)
    scene = scene_of(city)
    open_count = rows // OPEN_PART
    work = _Work(scene, city.cast["stream_clerk"], rows - open_count, open_count, now, effort(rows))
    with bench_bare.bare(lambda text: tell(_("%(what)s，用时 %(seconds)d 秒") % {"what": text, "seconds": time.monotonic() - began})):
        _by_processes(work, tell, began)
    volume_open.write_waiting(scene, work.effort.waiting, now)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    tell(_("统计表信息，用时 %(seconds)d 秒") % {"seconds": time.monotonic() - began})


def scene_of(city: BenchCity, spots: int = 1500) -> volume.Scene:
    """What the made cases are made of: points and 60 classes of the city."""
    cast = city.cast
    inspectors = {street.pk: cast[name] for street, name in zip(city.streets, ("west_inspector", "east_inspector"), strict=True)}
    return volume.Scene(
        platform=city.platform, definition_id=processes.current_for(city.platform.pk, "inspector", "").pk, seat=cast["seat_agent"],
        dispatcher=cast["dispatcher"], clerks=[cast[name] for name in ("clerk", "plants_clerk", "waste_clerk")],
        inspectors=inspectors, matters=volume.matters(city.platform), spots=_spots(city, spots),
    )  # fmt: skip


def _spots(city: BenchCity, count: int) -> list[volume.Spot]:
    found = []
    for number in range(0, SPOTS, SPOTS // count):
        x = bench_city.EAST_M + 7 + number % 50 * 59.7
        y = bench_city.NORTH_M + 9 + number // 50 * 49.3
        longitude, latitude = from_metric(x, y, bench_city.SRID)
        found.append(volume.Spot(longitude, latitude, grids.locate(city.platform, (longitude, latitude))))
    return found


@dataclass(frozen=True, slots=True)
class _Work:
    """What the processes share out among themselves."""

    scene: volume.Scene
    stream_clerk: Acting
    closed: int
    open: int
    now: datetime
    effort: Effort

    @property
    def stream(self) -> int:
        """Cases, beside the N, that wait to be dispatched or received while actions are measured."""
        return self.effort.to_receive + self.effort.to_dispatch

    @property
    def all(self) -> int:
        return self.closed + self.open + self.stream


def _by_processes(work: _Work, tell: Tell, began: float) -> None:
    """Forked, so that the scene need not be sent; each process has a connection of its own."""
    connection.close()
    context = get_context("fork")
    lines: SimpleQueue[int] = context.SimpleQueue()
    workers = [context.Process(target=_part, args=(work, part, lines)) for part in range(PROCESSES)]
    for worker in workers:
        worker.start()
    done, shown = 0, time.monotonic()
    while done < work.all and (not lines.empty() or any(worker.is_alive() for worker in workers)):
        if lines.empty():
            time.sleep(0.2)
            continue
        done += lines.get()
        if time.monotonic() - shown > TELL_SECONDS:
            shown = time.monotonic()
            tell(_("已写 %(done)d / %(all)d 件，用时 %(seconds)d 秒") % {"done": done, "all": work.all, "seconds": shown - began})
    for worker in workers:
        worker.join()
    if any(worker.exitcode for worker in workers):
        raise RuntimeError("a filling process failed; its words stand above")


def _part(work: _Work, part: int, lines: SimpleQueue[int]) -> None:
    """Every second chunk of the closed cases, oldest first, then every second of the open ones."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")  # after a crash the database is filled anew
    step = SPAN / max(work.closed, 1)
    begin = work.now - SPAN - timedelta(days=3)
    for chunk in range(part * CHUNK, work.closed, PROCESSES * CHUNK):
        rows = volume.Rows()
        serials = range(chunk, min(chunk + CHUNK, work.closed))
        for serial in serials:
            rows.join(volume.closed(work.scene, serial, begin + step * serial))
        with transaction.atomic():
            volume.write(rows)
        lines.put(len(serials))
    volume_open.write_open(work.scene, range(part, work.open, PROCESSES), work.open, work.now)
    stream = range(part, work.stream, PROCESSES)
    volume_open.write_stream(work.scene, work.stream_clerk, stream, work.effort.to_receive, work.now)
    lines.put(len(range(part, work.open, PROCESSES)) + len(stream))
    connection.close()


def main(argv: list[str]) -> int:
    """Fill the database of DATABASE_URL with as many cases as ``argv`` says."""
    fill(int(argv[0]), lambda text: print(text, flush=True))
    return 0
