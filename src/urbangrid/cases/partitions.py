"""The record table: partitioned by case id (ids are ordered by time, so a partition is a month of cases), append-only by trigger."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

from django.db import OperationalError, connection, migrations, transaction

from urbangrid.core.ids import id_at

TABLE = "cases_caserecord"
LOCK_SECONDS = 2
LOCK_NOT_AVAILABLE = "55P03"

_log = logging.getLogger(__name__)

APPEND_ONLY = f"""
CREATE FUNCTION {TABLE}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'records are appended, never edited or deleted' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {TABLE}_append_only();
"""


class CreatePartitionedModel(migrations.CreateModel):
    """CreateModel, but the table is RANGE-partitioned by case id and has a default partition."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        plain = schema_editor.sql_create_table
        schema_editor.sql_create_table = plain + " PARTITION BY RANGE (case_id)"
        try:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        finally:
            schema_editor.sql_create_table = plain
        schema_editor.execute(f"CREATE TABLE {TABLE}_rest PARTITION OF {TABLE} DEFAULT")


def ensure(months_ahead: int = 3, months_before: int = 0) -> list[str]:
    """Make the monthly partitions from this month, or from some before it, on; returns the new names. Called at every start and daily by
    the worker.

    A month whose rows already lie in the default partition keeps them there: nothing is moved under running work.
    """
    made = []
    now = datetime.now(UTC)
    with connection.cursor() as cursor:
        for ahead in range(-months_before, months_ahead + 1):
            start, end = _month(now, ahead), _month(now, ahead + 1)
            name = f"{TABLE}_{start:%Y%m}"
            cursor.execute("SELECT to_regclass(%s), EXISTS (SELECT 1 FROM cases_caserecord_rest WHERE case_id >= %s AND case_id < %s)",
                           [name, id_at(start), id_at(end)])  # fmt: skip
            there, occupied = cursor.fetchone()
            if there is None and not occupied and _attach(name, id_at(start), id_at(end)):
                made.append(name)
    return made


def _attach(name: str, first: int, end: int) -> bool:
    """Make one partition; False when the table could not be had alone for a moment.

    The lock waits for everyone who reads the table, and everyone else would wait behind it: behind a backup's snapshot that would
    be the whole platform, for ever. The next daily try is early enough, partitions are made months ahead.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
            cursor.execute(f"CREATE TABLE {name} PARTITION OF {TABLE} FOR VALUES FROM ({first}) TO ({end})")
    except OperationalError as failure:
        if getattr(failure.__cause__, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        _log.warning("partition %s is left for the next time: the table is being read by a long transaction", name)
        return False
    return True


def _month(now: datetime, ahead: int) -> datetime:
    year, month = divmod(now.month - 1 + ahead, 12)
    return datetime(now.year + year, month + 1, 1, tzinfo=UTC)
