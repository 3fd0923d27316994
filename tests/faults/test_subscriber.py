"""A subscriber that always fails: the others get theirs, its deliveries stand parked for a person to see, nothing is done twice."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from tests.faults.installation import Platform, wait_for
from tests.faults.judge import judge, wait_for_health
from tests.faults.load import working

PARKED = "SELECT count(*) FROM core_parkeddelivery WHERE subscriber = 'messenger' AND resolved_at IS NULL"


@contextmanager
def broken_messenger(platform: Platform) -> Iterator[None]:
    """In place of the worker's relay one with a subscriber more, which always fails."""
    worker = platform.child("worker")
    os.kill(worker, signal.SIGSTOP)
    try:
        with platform.inside("refuse") as relay:
            assert relay.stdout is not None
            assert relay.stdout.readline() == "ready\n"
            yield
            relay.communicate(timeout=60)
            assert relay.returncode == 0
    finally:
        os.kill(worker, signal.SIGCONT)


def test_a_subscriber_that_always_fails_is_parked_and_holds_nobody_up(platform: Platform) -> None:
    with working(platform) as load, broken_messenger(platform):
        load.progress(60)
        wait_for(lambda: platform.one(PARKED) > 0, "the failing deliveries stand parked")
        asked = "SELECT bool_and(error LIKE '%%messenger is broken%%') FROM core_parkeddelivery WHERE attempts > 0"
        assert platform.one(asked) is True
        wait_for_health(platform, "outbox.parked_rows", "没有送达")
    assert judge(platform, load.ledger, parked=True) == []
    assert platform.one("SELECT count(*) FROM core_parkeddelivery WHERE subscriber <> 'messenger'") == 0
    # nobody is wired under that name any more: what was kept for it is let go
    wait_for(lambda: platform.one(PARKED) == 0, "nothing stands parked")
