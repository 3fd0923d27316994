"""A disk that is full or cannot be written: people are told so in a sentence, nothing acknowledged is lost, and it goes on by itself."""

from __future__ import annotations

import psycopg
import pytest

from tests.faults import disk
from tests.faults.installation import Platform, wait_for
from tests.faults.judge import judge, wait_for_health
from tests.faults.load import Load, working


@pytest.fixture(autouse=True)
def _small_disks(platform: Platform) -> None:
    if not platform.on_small_disks:
        pytest.skip("needs root that may mount a small disk")


def told(load: Load, code: str) -> bool:
    """Whether somebody was told so, with a sentence that names the administrator and a time to come back."""
    found = [answer for answer in load.ledger.not_now if answer.get("code") == code]
    assert all("系统管理员" in answer["sentence"] and answer["retry_after"].isdecimal() for answer in found)
    return bool(found)


def test_a_full_disk_for_files_refuses_photos_with_a_sentence_and_the_rest_goes_on(platform: Platform) -> None:
    with working(platform) as load:
        with disk.full(platform.place.data / "files"):
            wait_for(lambda: told(load, "disk_full"), "a photo is refused because the disk is full")
            seat = load.person("seat_agent")
            wait_for_health(platform, "files.writable", "磁盘已满")
            assert isinstance(seat.ask("GET", "/queues/accept"), list)
            assert not list((platform.place.data / "files").glob("*/.*")), "no torn file takes up what is left"
        load.progress(25)
    assert {answer["status"] for answer in load.ledger.not_now if answer.get("code") == "disk_full"} == {507}
    assert judge(platform, load.ledger) == []


def test_files_that_cannot_be_written_are_refused_with_a_sentence_until_they_can(platform: Platform) -> None:
    files = platform.place.data / "files"
    with working(platform) as load:
        wait_for(lambda: disk.remount(files, "ro"), "the disk is read-only")
        try:
            wait_for(lambda: told(load, "disk_unwritable"), "a photo is refused because the disk cannot be written")
            wait_for_health(platform, "files.writable", "只读")
        finally:
            assert disk.remount(files, "rw")
        load.progress(25)
    assert judge(platform, load.ledger) == []


def test_a_full_disk_for_everything_keeps_what_was_acknowledged_and_the_platform_comes_back(platform: Platform) -> None:
    supervisor = platform.supervisor()
    with working(platform) as load:
        with disk.full(platform.place.data):
            # the database writes into space that it has until a table or the log must grow; then it may even stop
            wait_for_health(platform, "disk.free_bytes", "剩余 0.0 GB")
            _fill_the_log(platform)
            wait_for_health(platform, "database.latency_seconds", "连不上数据库")
            wait_for(lambda: told(load, "disk_full") or told(load, "database_away"), "somebody is told")
        load.progress(25)
        platform.wait_until_well()
    assert judge(platform, load.ledger) == []
    assert platform.supervisor() == supervisor, "a full disk does not end the platform"


def _fill_the_log(platform: Platform) -> None:
    """Write until the database's log wants a new file and there is no room for one: the server stops."""
    with pytest.raises(psycopg.Error):
        while True:
            platform.one("SELECT pg_logical_emit_message(true, 'fault', repeat('x', 4000000))::text")
