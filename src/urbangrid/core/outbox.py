"""The relay: what packages wrote into the outbox reaches every subscriber, at least once and in order per subject.

1. A relay claims subjects (a case, a report) by their oldest waiting entry, with SKIP LOCKED and an advisory lock on the
   subject, so that of several relays one alone speaks of it at a time; it then reads all that waits there.
2. Each subscriber gets each entry of its topics in a savepoint. What it writes commits together with the mark
   "delivered": after a crash both are missing, and the entry comes again. What it does outside of the database may
   therefore happen twice: it recognises (subject, seq, topic).
3. An entry that a subscriber refuses is parked for that subscriber; others go on. Later entries of the same subject wait
   behind it until it was tried ``MOST_ATTEMPTS`` times; then it stays parked for a person to see, and they go on.
4. Observers see each batch once, after the subscribers; their failure is logged and nothing else.

It looks twice a second and is woken by ``wake``. Source: architecture §3.3.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

import psycopg
from django.db import DatabaseError, InterfaceError, connection, transaction
from psycopg.conninfo import make_conninfo

from urbangrid.core import clock, transactions
from urbangrid.core.models import OutboxEntry, ParkedDelivery

CHANNEL = "urbangrid_outbox"
POLL_SECONDS = 0.5
MOST_CLAIMED = 100
WAKE_PAUSE_SECONDS = 0.05
"""A process wakes the relay at most this often; what falls between is found by the next look."""
RETRY_SECONDS = (1, 5, 30, 120, 600)
"""After the first, second, ... failure, counted from the first one."""
MOST_ATTEMPTS = len(RETRY_SECONDS) + 1

_log = logging.getLogger(__name__)
_woken_at = 0.0

Observer: TypeAlias = Callable[[Sequence[OutboxEntry]], None]


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who is told of which topics. ``deliver`` must bear the same entry twice."""

    name: str
    topics: frozenset[str]
    deliver: Callable[[OutboxEntry], None]


def wake() -> None:
    """Tell the relay, after the present transaction commits, that something waits. Costs nothing inside of it."""
    transactions.after(_notify)


def _notify() -> None:
    """Best effort: without it the relay finds the entry within ``POLL_SECONDS``."""
    global _woken_at
    now = time.monotonic()
    if now - _woken_at < WAKE_PAUSE_SECONDS:
        return
    _woken_at = now
    with suppress(DatabaseError), connection.cursor() as cursor:
        # A commit that only notifies need not wait for the disk
        cursor.execute(f"BEGIN; SET LOCAL synchronous_commit TO off; NOTIFY {CHANNEL}; COMMIT")


def conninfo() -> str:
    """How a connection of one's own, for LISTEN, reaches the platform's database."""
    known = connection.settings_dict
    values = {"dbname": known["NAME"], "user": known["USER"], "password": known["PASSWORD"]}
    values |= {"host": known["HOST"], "port": known["PORT"]}
    return make_conninfo(**{name: value for name, value in values.items() if value}, **known.get("OPTIONS", {}))


def try_again(parked_id: int) -> None:
    """A person has seen to the cause: the parked delivery is tried anew, at once."""
    ParkedDelivery.objects.filter(pk=parked_id, resolved_at=None).update(attempts=0)
    wake()


def purge(before: datetime) -> int:
    """Remove entries delivered before an instant unless one is parked; says how many."""
    parked = ParkedDelivery.objects.filter(resolved_at=None).values("entry_id")
    old = OutboxEntry.objects.filter(delivered_at__lt=before).exclude(pk__in=parked)
    with transaction.atomic():
        ParkedDelivery.objects.filter(entry__in=old).delete()
        return old.delete()[0]


@dataclass(slots=True)
class Relay:
    """Delivers what waits. Several may run at once, in one process each."""

    subscribers: Sequence[Subscriber]
    observers: Sequence[Observer] = ()
    _waiting: set[tuple[str, int]] = field(default_factory=set)
    """(subscriber, subject) whose earlier entry is still being tried."""

    def run_once(self) -> int:
        """Deliver one batch; says how many entries it was. Raises DatabaseError when the database is gone."""
        with transaction.atomic():
            entries = _claim()
            if not entries:
                return 0
            self._waiting = _lanes({entry.subject_id for entry in entries})
            for entry in entries:
                for subscriber in self.subscribers:
                    if entry.topic in subscriber.topics:
                        self._deliver(entry, subscriber)
            self._observe(entries)
            OutboxEntry.objects.filter(pk__in=[entry.pk for entry in entries]).update(delivered_at=clock.now())
        return len(entries)

    def retry_once(self) -> int:
        """Try what is parked and due, per subscriber and subject in order; says how many were delivered."""
        done = 0
        with transaction.atomic():
            waiting = ParkedDelivery.objects.filter(resolved_at=None, attempts__lt=MOST_ATTEMPTS)
            subjects = set(waiting.values_list("entry__subject_id", flat=True))
            mine = set(_own(sorted(subjects))) if subjects else set()
            rows = waiting.filter(entry__subject_id__in=mine).select_related("entry")
            stopped: set[tuple[str, int]] = set()
            for row in rows.order_by("entry__subject_id", "entry__seq", "entry_id"):
                lane = (row.subscriber, row.entry.subject_id)
                if lane in stopped:
                    continue
                if not self._retry(row):
                    stopped.add(lane)
                done += row.resolved_at is not None
        return done

    def run(self, stop: threading.Event, every_second: Sequence[Callable[[], None]] = ()) -> None:
        """Work until ``stop`` is set; a lost database is waited for. ``every_second``: small duties done between batches."""
        while not stop.is_set():
            try:
                with psycopg.connect(conninfo(), autocommit=True) as listener:
                    listener.execute(f"LISTEN {CHANNEL}")
                    self._work(stop, listener, every_second)
            except (psycopg.Error, DatabaseError, InterfaceError):
                _log.exception("the relay lost the database and tries again in a second")
                connection.close()
                stop.wait(1)
        connection.close()

    def _work(
        self, stop: threading.Event, listener: psycopg.Connection, every_second: Sequence[Callable[[], None]]
    ) -> None:
        again_at = 0.0
        while not stop.is_set():
            while self.run_once() and not stop.is_set():
                pass
            if time.monotonic() >= again_at:
                again_at = time.monotonic() + 1
                self.retry_once()
                for duty in every_second:
                    duty()
            for _ in listener.notifies(timeout=POLL_SECONDS, stop_after=1):
                pass

    def _deliver(self, entry: OutboxEntry, subscriber: Subscriber) -> None:
        lane = (subscriber.name, entry.subject_id)
        if lane in self._waiting:
            _park(entry, subscriber.name, "", attempts=0)
            return
        try:
            with transaction.atomic():
                subscriber.deliver(entry)
        except Exception as error:  # whatever it is, the others must get theirs
            _log.exception("%s refused %s %s/%s", subscriber.name, entry.topic, entry.subject_id, entry.seq)
            _park(entry, subscriber.name, repr(error), attempts=1)
            self._waiting.add(lane)

    def _retry(self, row: ParkedDelivery) -> bool:
        """Whether the entries behind this one may go on: it was delivered, or it was tried often enough."""
        now = clock.now()
        due = row.parked_at + timedelta(seconds=RETRY_SECONDS[row.attempts - 1]) if row.attempts else now
        if row.parked_at <= now < due:  # parked in the future: the clock was set back, waiting for it could take a day
            return False
        subscriber = next((one for one in self.subscribers if one.name == row.subscriber), None)
        try:
            if subscriber is not None:  # one that is no longer wired wants nothing any more
                with transaction.atomic():
                    subscriber.deliver(row.entry)
            row.resolved_at = now
        except Exception as error:
            _log.exception("%s refused %s again", row.subscriber, row.entry)
            row.error = repr(error)
            row.parked_at = row.parked_at if row.attempts and row.parked_at <= now else now
        row.attempts += 1
        row.save(update_fields=["attempts", "error", "parked_at", "resolved_at"])
        return row.resolved_at is not None or row.attempts >= MOST_ATTEMPTS

    def _observe(self, entries: Sequence[OutboxEntry]) -> None:
        for observer in self.observers:
            try:
                with transaction.atomic():
                    observer(entries)
            except Exception:
                _log.exception("an observer of the outbox failed")


_HEADS = """
WITH oldest AS MATERIALIZED (SELECT id, subject_id FROM core_outboxentry WHERE delivered_at IS NULL ORDER BY id LIMIT %s)
SELECT subject_id FROM core_outboxentry
WHERE id IN (SELECT min(id) FROM oldest GROUP BY subject_id) AND delivered_at IS NULL
ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
"""
"""The oldest entry of each subject: who holds it holds the subject, so that two relays never wait for each other."""


def _claim() -> list[OutboxEntry]:
    """Waiting entries of subjects that are ours until the transaction ends: subjects oldest first, each in its own order."""
    with connection.cursor() as cursor:
        cursor.execute(_HEADS, [4 * MOST_CLAIMED, MOST_CLAIMED])
        subjects = [row[0] for row in cursor.fetchall()]
    mine = _own(subjects) if subjects else []
    if not mine:
        return []
    # Read again under the lock: another relay may have delivered some meanwhile, and later entries may have come
    found = OutboxEntry.objects.filter(subject_id__in=mine, delivered_at=None).order_by("seq", "id")
    place = {subject: position for position, subject in enumerate(mine)}
    return sorted(found, key=lambda entry: place[entry.subject_id])


def _own(subjects: Sequence[int]) -> list[int]:
    """Those of the subjects that no other relay is busy with; they are ours until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT one FROM unnest(%s::bigint[]) AS one WHERE pg_try_advisory_xact_lock(one)", [list(subjects)]
        )
        return [row[0] for row in cursor.fetchall()]


def _lanes(subjects: set[int]) -> set[tuple[str, int]]:
    waiting = ParkedDelivery.objects.filter(
        resolved_at=None, attempts__lt=MOST_ATTEMPTS, entry__subject_id__in=subjects
    )
    return set(waiting.values_list("subscriber", "entry__subject_id"))


def _park(entry: OutboxEntry, name: str, error: str, *, attempts: int) -> None:
    ParkedDelivery.objects.create(
        entry=entry, subscriber=name, error=error, attempts=attempts, parked_at=clock.now()
    )
