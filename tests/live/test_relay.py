"""Stories of the outbox: in order per case, at least once, nobody waits for a subscriber that fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction

from tests.live.outbox_entries import waiting, write
from urbangrid.core import clock, outbox
from urbangrid.core.models import IdempotencyKey, OutboxEntry, ParkedDelivery
from urbangrid.core.outbox import MOST_ATTEMPTS, RETRY_SECONDS, Relay, Subscriber

pytestmark = pytest.mark.django_db(transaction=True)
CASES = frozenset({"case"})


class Listener:
    """A subscriber that keeps what it got; ``fails`` says of which entries it wants nothing."""

    def __init__(self, fails: Callable[[OutboxEntry], bool] = lambda _: False) -> None:
        self.got: list[tuple[int, int]] = []
        self.fails = fails

    def __call__(self, entry: OutboxEntry) -> None:
        if self.fails(entry):
            raise ValueError("the subscriber is out of order")
        self.got.append((entry.subject_id, entry.seq))


def test_every_subscriber_gets_its_topics_in_the_order_of_each_case() -> None:
    write(7, 1, 2)
    write(8, 1)
    write(7, 3)
    write(9, 0, topic="report")
    cases, both = Listener(), Listener()
    relay = Relay([Subscriber("cases", CASES, cases), Subscriber("both", frozenset({"case", "report"}), both)])
    assert relay.run_once() == 5
    assert cases.got == [(7, 1), (7, 2), (7, 3), (8, 1)]
    assert both.got == [*cases.got, (9, 0)]
    assert waiting() == 0
    assert relay.run_once() == 0


def test_an_entry_with_a_higher_number_never_overtakes_even_when_its_id_is_lower() -> None:
    later, earlier = write(7, 2), write(7, 1)
    assert later[0].pk < earlier[0].pk
    cases = Listener()
    Relay([Subscriber("cases", CASES, cases)]).run_once()
    assert cases.got == [(7, 1), (7, 2)]


def test_a_relay_that_ends_before_its_commit_leaves_the_entries_for_the_next() -> None:
    write(7, 1, 2)

    def dies(entry: OutboxEntry) -> None:
        IdempotencyKey.objects.create(actor_id=1, key=str(entry.seq), body_hash="", result={}, created_at=clock.now())
        if entry.seq == 2:
            raise SystemExit

    with pytest.raises(SystemExit):
        Relay([Subscriber("dies", CASES, dies)]).run_once()
    assert waiting() == 2
    assert not IdempotencyKey.objects.exists()  # what the subscriber wrote went with the mark
    cases = Listener()
    Relay([Subscriber("cases", CASES, cases)]).run_once()
    assert cases.got == [(7, 1), (7, 2)]


KILLED = """
import os, signal, django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = os.environ["DATABASE_OF_TEST"]
from urbangrid.core.models import IdempotencyKey
from urbangrid.core.outbox import Relay, Subscriber
from urbangrid.core import clock
def deliver(entry):
    IdempotencyKey.objects.create(actor_id=1, key=str(entry.seq), body_hash="", result={}, created_at=clock.now())
    if entry.seq == 2:
        os.kill(os.getpid(), signal.SIGKILL)
Relay([Subscriber("cases", frozenset({"case"}), deliver)]).run_once()
"""


def test_kill_minus_nine_in_the_middle_of_a_batch_loses_and_doubles_nothing() -> None:
    write(7, 1, 2, 3)
    environment = os.environ | {"DATABASE_OF_TEST": str(connection.settings_dict["NAME"])}
    ended = subprocess.run([sys.executable, "-c", KILLED], env=environment, check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL
    assert (waiting(), IdempotencyKey.objects.count()) == (3, 0)

    def deliver(entry: OutboxEntry) -> None:
        IdempotencyKey.objects.create(actor_id=1, key=str(entry.seq), body_hash="", result={}, created_at=clock.now())

    Relay([Subscriber("cases", CASES, deliver)]).run_once()
    assert (waiting(), IdempotencyKey.objects.count()) == (0, 3)


def test_two_relays_at_once_deliver_each_entry_once_and_in_order() -> None:
    for seq in range(1, 11):
        for subject in range(100, 140):
            write(subject, seq)
    got: dict[int, list[int]] = defaultdict(list)
    by: dict[str, int] = defaultdict(int)
    both_started = threading.Barrier(2)

    def work(name: str) -> None:
        def deliver(entry: OutboxEntry) -> None:
            got[entry.subject_id].append(entry.seq)
            by[name] += 1

        relay = Relay([Subscriber("cases", CASES, deliver)])
        both_started.wait()
        while waiting():
            relay.run_once()
        connection.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in ("first", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(by.values()) == 400
    assert all(seqs == list(range(1, 11)) for seqs in got.values())


def test_while_one_relay_holds_a_case_another_neither_waits_for_it_nor_passes_it() -> None:
    write(7, 1)
    write(8, 1)
    other, late = Listener(), Listener()

    def meanwhile() -> None:
        write(7, 2)  # committed while the first relay is still busy with this case
        Relay([Subscriber("cases", CASES, other)]).run_once()
        connection.close()

    def deliver(entry: OutboxEntry) -> None:
        late(entry)
        if entry.subject_id == 7 and entry.seq == 1:
            thread = threading.Thread(target=meanwhile)
            thread.start()
            thread.join(30)
            assert not thread.is_alive()

    relay = Relay([Subscriber("cases", CASES, deliver)])
    relay.run_once()
    assert other.got == []
    relay.run_once()
    assert late.got == [(7, 1), (8, 1), (7, 2)]


def test_a_failing_subscriber_is_parked_and_the_others_go_on() -> None:
    write(7, 1, 2)
    write(8, 1)
    sick, well = Listener(lambda entry: entry.subject_id == 7), Listener()
    relay = Relay([Subscriber("sick", CASES, sick), Subscriber("well", CASES, well)])
    relay.run_once()
    assert well.got == [(7, 1), (7, 2), (8, 1)]
    assert sick.got == [(8, 1)]
    parked = ParkedDelivery.objects.order_by("entry__seq")
    assert [(row.subscriber, row.entry.seq, row.attempts) for row in parked] == [("sick", 1, 1), ("sick", 2, 0)]
    assert "out of order" in parked[0].error
    assert waiting() == 0


def test_what_is_parked_is_tried_again_when_its_time_comes_and_in_order() -> None:
    write(7, 1, 2)
    sick = Listener(lambda _: True)
    relay = Relay([Subscriber("sick", CASES, sick)])
    relay.run_once()
    write(7, 3)
    relay.run_once()  # waits behind the others
    sick.fails = lambda _: False
    assert relay.retry_once() == 0  # a second has not passed
    with clock.travel(clock.now() + timedelta(seconds=RETRY_SECONDS[0])):
        assert relay.retry_once() == 3
    assert sick.got == [(7, 1), (7, 2), (7, 3)]
    assert not ParkedDelivery.objects.filter(resolved_at=None).exists()


def test_after_the_clock_was_set_back_what_is_parked_waits_no_day_and_is_not_given_up_in_seconds() -> None:
    write(7, 1)
    sick = Listener(lambda _: True)
    relay = Relay([Subscriber("sick", CASES, sick)])
    with clock.travel(clock.now() + timedelta(days=1)):
        relay.run_once()
    for _second in range(3):
        relay.retry_once()
    assert ParkedDelivery.objects.get().attempts == 2, "tried at once, then after its time counted from now"
    sick.fails = lambda _: False
    with clock.travel(clock.now() + timedelta(seconds=RETRY_SECONDS[1])):
        assert relay.retry_once() == 1


def test_a_hopeless_entry_stays_parked_for_a_person_and_later_ones_go_on() -> None:
    first = write(7, 1)[0]
    sick = Listener(lambda entry: entry.seq == 1)
    relay = Relay([Subscriber("sick", CASES, sick)])
    relay.run_once()
    write(7, 2)
    relay.run_once()
    parked_at = ParkedDelivery.objects.get(entry=first).parked_at
    for seconds in RETRY_SECONDS:
        assert sick.got == []
        with clock.travel(parked_at + timedelta(seconds=seconds)):
            relay.retry_once()
    assert sick.got == [(7, 2)]
    row = ParkedDelivery.objects.get(resolved_at=None)
    assert (row.entry_id, row.attempts) == (first.pk, MOST_ATTEMPTS)
    with clock.travel(parked_at + timedelta(days=1)):
        assert relay.retry_once() == 0  # nobody has seen to it
        sick.fails = lambda _: False
        outbox.try_again(row.pk)
        assert relay.retry_once() == 1
    assert sick.got == [(7, 2), (7, 1)]


def test_an_observer_that_fails_takes_nothing_from_the_subscribers() -> None:
    write(7, 1)
    seen: list[int] = []

    def fails(entries: object) -> None:
        raise ValueError("no screen")

    cases = Listener()
    relay = Relay([Subscriber("cases", CASES, cases)], [fails, lambda entries: seen.extend(e.seq for e in entries)])
    assert relay.run_once() == 1
    assert (cases.got, seen, waiting()) == ([(7, 1)], [1], 0)


def test_old_delivered_entries_are_removed_unless_one_is_parked() -> None:
    write(7, 1)
    write(8, 1)
    Relay([Subscriber("sick", CASES, Listener(lambda entry: entry.subject_id == 7))]).run_once()
    write(9, 1)
    assert outbox.purge(clock.now() + timedelta(days=1)) == 1
    assert list(OutboxEntry.objects.order_by("id").values_list("subject_id", flat=True)) == [7, 9]


def test_the_relay_is_woken_after_the_commit_and_never_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "_woken_at", 0.0)
    with psycopg.connect(outbox.conninfo(), autocommit=True) as listener:
        listener.execute(f"LISTEN {outbox.CHANNEL}")
        with transaction.atomic():
            write(7, 1)
            outbox.wake()
            outbox.wake()
            assert list(listener.notifies(timeout=0, stop_after=1)) == []
        assert len(list(listener.notifies(timeout=5, stop_after=1))) == 1
        assert list(listener.notifies(timeout=0.1, stop_after=1)) == []  # one for both


def test_a_running_relay_delivers_what_it_is_woken_for_and_stops_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "_woken_at", 0.0)
    monkeypatch.setattr(outbox, "POLL_SECONDS", 30)  # only waking can be quick enough
    stop, delivered, ready = threading.Event(), threading.Event(), threading.Event()
    relay = Relay([Subscriber("cases", CASES, lambda _: delivered.set())])
    thread = threading.Thread(target=relay.run, args=(stop, [ready.set]))
    thread.start()
    try:
        assert ready.wait(10)
        with transaction.atomic():
            write(7, 1)
            outbox.wake()
        assert delivered.wait(10)
    finally:
        stop.set()
        with psycopg.connect(outbox.conninfo(), autocommit=True) as other:
            other.execute(f"NOTIFY {outbox.CHANNEL}")
        thread.join(10)
    assert not thread.is_alive()
