"""Failures of the machine are told from faults of ours: a sentence, a status and when to come back."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import django.db
import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from tests.api.paths import At
from tests.support.city import City, picture
from urbangrid.core import connections, files, outages, outbox
from urbangrid.core.models import IdempotencyKey, StoredFile
from urbangrid.live import uploads
from urbangrid.live.tokens import UploadToken


def raised(inner: BaseException, outer: BaseException | None = None) -> BaseException:
    """As it arrives: raised, and wrapped as Django does it."""
    try:
        try:
            raise inner
        except BaseException as cause:
            if outer is None:
                raise
            raise outer from cause
    except BaseException as error:
        return error


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (raised(psycopg.OperationalError("the connection is lost"), django.db.OperationalError("lost")), "database_away", 503),
        (raised(psycopg.errors.AdminShutdown("terminating"), django.db.OperationalError("x")), "database_away", 503),
        (raised(psycopg.errors.TooManyConnections("too many"), django.db.OperationalError("x")), "database_away", 503),
        (raised(django.db.InterfaceError("connection already closed")), "database_away", 503),
        (raised(psycopg.errors.DiskFull("no room"), django.db.OperationalError("x")), "disk_full", 507),
        (raised(OSError(errno.ENOSPC, "no room")), "disk_full", 507),
        (raised(OSError(errno.EROFS, "read-only")), "disk_unwritable", 503),
        (raised(psycopg.errors.InsufficientPrivilege("could not open file: Read-only file system")), "disk_unwritable", 503),
    ],
)
def test_what_the_machine_cannot_is_said_with_a_time_to_come_back(error: BaseException, code: str, status: int) -> None:
    found = outages.of(error)
    assert found is not None
    assert (found.code, found.status) == (code, status)
    assert "系统管理员" in found.sentence() and found.retry_after_seconds > 0


@pytest.mark.parametrize(
    "error",
    [
        raised(psycopg.errors.UniqueViolation("twice"), django.db.IntegrityError("twice")),
        raised(psycopg.errors.DeadlockDetected("deadlock"), django.db.OperationalError("deadlock")),
        raised(psycopg.errors.QueryCanceled("too long"), django.db.OperationalError("too long")),
        raised(FileNotFoundError(errno.ENOENT, "gone")),
        raised(ValueError("ours")),
    ],
)
def test_a_fault_of_ours_is_no_outage(error: BaseException) -> None:
    assert outages.of(error) is None


@pytest.mark.django_db(transaction=True)
def test_without_the_database_a_page_and_the_interface_say_so_and_when_to_ask_again(monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
    browser = Client(raise_request_exception=False)
    page = browser.get("/sign-in/")
    assert (page.status_code, page["Retry-After"], page["Refresh"]) == (503, "5", "5")
    assert "数据库暂时连不上" in page.content.decode() and "Traceback" not in page.content.decode()
    sent = browser.post("/sign-in/", {"username": "x", "password": "y"})
    assert sent.status_code == 503 and "Refresh" not in sent, "what was sent is not sent again by itself"
    answer = browser.get("/api/v1/me", headers={"authorization": "Bearer x"})
    assert (answer.status_code, answer["Retry-After"], answer.json()["code"]) == (503, "5", "database_away")


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_ended_is_replaced_before_the_next_request_uses_it() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (before,) = cursor.fetchone()
    connections.drop_dead()
    assert connection.connection is not None, "a living one is kept"
    with psycopg.connect(outbox.conninfo()) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (before,))
    assert Client().get("/sign-in/").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone() != (before,)


def test_a_photo_sent_again_with_its_key_is_kept_once_and_another_under_that_key_is_refused(desk: At, city: City) -> None:
    client = desk("inspector").client

    def send(content: bytes) -> Any:
        sent = {"file": SimpleUploadedFile("现场.jpg", content, "image/jpeg")}
        return client.post("/api/v1/uploads", sent, headers={"idempotency-key": "photo-1"})

    first, again, other = send(picture("red")), send(picture("red")), send(picture("blue"))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (409, "same_key_other_body")
    assert StoredFile.objects.count() == 1 and IdempotencyKey.objects.filter(key="photo-1").count() == 1


def no_room(*_handle: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_photo_that_found_no_room_leaves_no_torn_file(desk: At, city: City, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", no_room)
    answer = desk("inspector").upload("现场.jpg", picture())
    assert (answer.status, answer.code) == (507, "disk_full")
    assert list(Path(settings.FILES_ROOT).glob("*/*")) == []
    assert StoredFile.objects.count() == 0


def test_a_part_that_found_no_room_does_not_count_as_received(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.UPLOADS_ROOT = tmp_path
    begun = uploads.begin(UploadToken(5, 1, "photo-1", "现场.jpg", 100, 2e9))
    assert uploads.append(begun, 0, b"a" * 40) == 40
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", no_room)
        with pytest.raises(OSError):
            uploads.append(begun, 40, b"b" * 60)
    assert begun.offset == 40
    assert uploads.append(begun, 40, b"b" * 60) == 100


def test_what_a_killed_process_left_of_a_file_is_removed_after_a_day(settings: Any, tmp_path: Path) -> None:
    settings.FILES_ROOT = tmp_path
    torn, whole = tmp_path / "ab" / ".abcd.17", tmp_path / "ab" / "abcd"
    torn.parent.mkdir()
    for path in (torn, whole):
        path.write_bytes(b"x")
    assert files.remove_torn() == 0
    assert files.remove_torn(keep_seconds=-1) == 1
    assert whole.exists() and not torn.exists()


