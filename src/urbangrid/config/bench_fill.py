"""Filling a database with cases to measure on: the city, then N cases by two processes, then the open ones.

1. The city is made by the ordinary actions (``bench_city``).
2. Closed cases, spread over the year before, are made and copied in by two forked processes, 500 cases to a transaction.
3. Open ones, of the last three days, go through the same ``Step`` as real cases (``cases.volume_open``).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context

from django.db import connection, transaction

from urbangrid.cases import partitions, processes, volume, volume_open
from urbangrid.config import bench_city
from urbangrid.config.bench_city import BenchCity
from urbangrid.core.geometry import from_metric
from urbangrid.grids import queries as grids

OPEN_PART = 50
"""One case in 50 is open."""
SPAN = timedelta(days=362)
CHUNK = 500
PROCESSES = 2
STREAM_DISPATCH, STREAM_RECEIVE = 800, 3_600
"""Cases, beside the N, that wait to be dispatched or received while actions are measured."""
WAITING_REPORTS = 300
Tell = Callable[[str], None]


def fill(rows: int, tell: Tell) -> None:
    """Fill the empty, migrated database of this process's connection. ``tell`` gets a line now and then."""
    began = time.monotonic()
    with transaction.atomic():
        city = bench_city.make()
        partitions.ensure()
    now = datetime.now(UTC).replace(microsecond=0)
    scene = scene_of(city)
    open_count = rows // OPEN_PART
    _closed_by_processes(scene, rows - open_count, now, tell, began)
    volume_open.write_open(scene, open_count, now)
    tell(f"{open_count} open cases, {time.monotonic() - began:.0f} s")
    volume_open.write_waiting(scene, WAITING_REPORTS, now)
    volume_open.write_stream(scene, city.cast["stream_clerk"], STREAM_DISPATCH, STREAM_RECEIVE, now)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_outboxentry SET delivered_at = created_at")
        cursor.execute("VACUUM ANALYZE")
    tell(f"{STREAM_DISPATCH + STREAM_RECEIVE} cases to act on, tables analysed, {time.monotonic() - began:.0f} s")


def scene_of(city: BenchCity) -> volume.Scene:
    """What the made cases are made of: 1,500 points and 60 classes of the city."""
    cast = city.cast
    inspectors = {street.pk: cast[name] for street, name in zip(city.streets, ("west_inspector", "east_inspector"), strict=True)}
    return volume.Scene(
        platform=city.platform, definition_id=processes.current_for(city.platform.pk, "inspector", "").pk, seat=cast["seat_agent"],
        dispatcher=cast["dispatcher"], clerks=[cast[name] for name in ("clerk", "plants_clerk", "waste_clerk")],
        inspectors=inspectors, matters=volume.matters(city.platform), spots=_spots(city),
    )  # fmt: skip


def _spots(city: BenchCity) -> list[volume.Spot]:
    found = []
    for number in range(1500):
        x = bench_city.EAST_M + 7 + number % 50 * 59.7
        y = bench_city.NORTH_M + 9 + number // 50 * 49.3
        longitude, latitude = from_metric(x, y, bench_city.SRID)
        found.append(volume.Spot(longitude, latitude, grids.locate(city.platform, (longitude, latitude))))
    return found


def _closed_by_processes(scene: volume.Scene, count: int, now: datetime, tell: Tell, began: float) -> None:
    """Forked, so that the scene need not be sent; each process has a connection of its own."""
    connection.close()
    context = get_context("fork")
    lines = context.SimpleQueue()
    workers = [context.Process(target=_closed, args=(scene, part, count, now, lines)) for part in range(PROCESSES)]
    for worker in workers:
        worker.start()
    done, shown = 0, time.monotonic()
    while done < count and any(worker.is_alive() for worker in workers):
        if lines.empty():
            time.sleep(0.2)
            continue
        done += lines.get()
        if time.monotonic() - shown > 5:
            shown = time.monotonic()
            tell(f"{done} / {count}, {shown - began:.0f} s")
    for worker in workers:
        worker.join()
    if any(worker.exitcode for worker in workers):
        raise RuntimeError("a filling process failed; its words stand above")
    tell(f"{count} closed cases, {time.monotonic() - began:.0f} s")


def _closed(scene: volume.Scene, part: int, count: int, now: datetime, lines: object) -> None:
    """Every second chunk of the closed cases, oldest first."""
    step = SPAN / max(count, 1)
    begin = now - SPAN - timedelta(days=3)
    for chunk in range(part * CHUNK, count, PROCESSES * CHUNK):
        rows = volume.Rows()
        serials = range(chunk, min(chunk + CHUNK, count))
        for serial in serials:
            made = volume.closed(scene, serial, begin + step * serial)
            for found in made.by_model.values():
                rows.add(*found)
        with transaction.atomic():
            volume.write(rows)
        lines.put(len(serials))  # type: ignore[attr-defined]
    connection.close()
