"""Months of records get their own tables; making one never makes the platform wait."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection

from urbangrid.cases import partitions
from urbangrid.core import outbox

AHEAD = 40
"""Months that no other test makes."""


@pytest.fixture
def far_months(transactional_db: None) -> Iterator[list[str]]:
    partitions.ensure()
    made: list[str] = []
    yield made
    with connection.cursor() as cursor:
        for name in made:
            cursor.execute(f"DROP TABLE {name}")


def test_a_month_waits_for_the_next_day_while_a_backup_reads_and_nobody_waits_behind_it(
    far_months: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitions, "LOCK_SECONDS", 1)
    before = partitions.ensure(AHEAD - 1)
    far_months += before
    with psycopg.connect(outbox.conninfo()) as backup:
        backup.execute("SELECT count(*) FROM cases_caserecord")
        assert partitions.ensure(AHEAD) == []
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = '1s'; SELECT count(*) FROM cases_caserecord; RESET statement_timeout")
    made = partitions.ensure(AHEAD)
    far_months += made
    assert len(made) == 1
