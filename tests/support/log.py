"""Helps stories about the log: rows of a second connection, an intruder with the database's own rights, heads in a folder of the test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from urbangrid.audit.actions import note
from urbangrid.audit.models import Leaf, Log, TreeHead
from urbangrid.core import outbox


@pytest.fixture
def heads_folder(tmp_path: Path, settings: Any) -> Path:
    """Where the heads of this test lie; no second folder."""
    settings.HEADS_ROOT, settings.HEADS_COPY = tmp_path / "heads", ""
    return Path(settings.HEADS_ROOT)


def notes(count: int, action: str = "sign_out") -> None:
    """So many audit rows."""
    for number in range(count):
        note(None, action, subject=f"number:{number}")


@contextmanager
def elsewhere() -> Iterator[psycopg.Connection]:
    """Another connection to the test's database, as another process would have one."""
    with psycopg.connect(outbox.conninfo()) as other:
        yield other


INSERT = "INSERT INTO audit_auditrow (id, at, action, subject, purpose, values, address) VALUES (%s, now(), 'sign_out', %s, '', '{}', '')"


def insert(other: psycopg.Connection, number: int, subject: str = "") -> None:
    """An audit row in the other connection's open transaction."""
    other.execute(INSERT, [number, subject])


def intruder(sql: str, *params: Any) -> None:
    """Somebody with the database's own rights: triggers are switched off."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, params)
        cursor.execute("SET session_replication_role = origin")


def empty_trail() -> None:
    """The audit trail without what the making of the city left there."""
    intruder("DELETE FROM audit_auditrow")


def sealed_subjects() -> list[int]:
    """What has a leaf, in the order of the log."""
    return list(Leaf.objects.order_by("number").values_list("subject_id", flat=True))


def the_log() -> Log:
    return Log.objects.get(pk=1)


def last_head() -> TreeHead:
    return TreeHead.objects.latest("size")
