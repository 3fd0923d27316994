"""The same bytes sent again in the very moment in which the purge takes them: what is acknowledged is there."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from tests.support.city import picture
from urbangrid.cases import purging
from urbangrid.core import files
from urbangrid.core.models import Platform, StoredFile

WAIT_SECONDS = 20


@pytest.fixture
def old(transactional_db: None, settings: object, tmp_path: Path) -> StoredFile:
    """A photo that the purge has marked and not yet taken from the disk."""
    settings.FILES_ROOT = tmp_path  # type: ignore[attr-defined]
    Platform.objects.create(code="990101", name="演示区", short_name="演")
    with transaction.atomic():
        kept = _send()
    StoredFile.objects.filter(pk=kept.pk).update(state=purging.GOING)
    return kept


def _send() -> StoredFile:
    return files.store_photo(
        io.BytesIO(picture("gray")), name="现场.jpg", platform_id=Platform.objects.get().pk, owner_id=None, zone=ZoneInfo("Asia/Shanghai")
    )


def _meanwhile(act: Callable[[], object]) -> threading.Thread:
    """Another connection."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def _waits_for_a_lock() -> bool:
    """Whether some connection waits for an advisory lock, soon."""
    for _ in range(WAIT_SECONDS * 20):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND classid = %s", [files._LOCK])
            if cursor.fetchone()[0]:
                return True
            cursor.execute("SELECT pg_sleep(0.05)")
    return False


def test_a_purge_waits_for_who_keeps_the_same_bytes_and_then_leaves_them(old: StoredFile) -> None:
    with transaction.atomic():
        again = _send()
        purge = _meanwhile(purging.remove_bytes)
        assert _waits_for_a_lock()
    purge.join(WAIT_SECONDS)
    old.refresh_from_db()
    assert not purge.is_alive() and old.state == purging.GONE
    assert StoredFile.objects.get(pk=again.pk).state == "loose"
    assert files.path_of(again.sha256).exists() and files.thumb_of(again.sha256).exists()


def test_who_sends_bytes_that_a_purge_is_taking_waits_and_writes_them_anew(old: StoredFile) -> None:
    def send() -> None:
        with transaction.atomic():
            _send()

    with transaction.atomic():
        files.hold(old.sha256, alone=True)
        sending = _meanwhile(send)
        assert _waits_for_a_lock()
        purging.remove_bytes()
        assert not files.path_of(old.sha256).exists()
    sending.join(WAIT_SECONDS)
    assert StoredFile.objects.filter(sha256=old.sha256, state="loose").count() == 1
    assert files.path_of(old.sha256).exists()


def test_those_who_keep_the_same_bytes_do_not_wait_for_each_other(old: StoredFile) -> None:
    def send() -> None:
        with transaction.atomic():
            _send()

    with transaction.atomic():
        _send()
        other = _meanwhile(send)
        other.join(WAIT_SECONDS)
        assert not other.is_alive()
    assert StoredFile.objects.filter(state="loose").count() == 2
