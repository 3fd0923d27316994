"""The rows of a case as the database has them, as plain values, and a digest of every one of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db import connection

from urbangrid.cases.models import Case, CaseAccess, CaseRecord, CaseRequest, Clock, WorkItem
from urbangrid.cases.proof.told import Act, Contradiction

Row = Mapping[str, Any]
ITEM = ("id", "kind", "duty", "unit_id", "appointment_id", "request_id", "opened_seq", "closed_seq", "due_at", "paused")
CLOCK = ("id", "item_id", "kind", "stage", "unit_id", "calendar_code", "due_at", "budget_seconds", "ended_at", "on_time")
CASE = ("id", "number", "state", "seq", "handler_unit_id", "aside", "on_time", "due_at", "process_id", "disposed_at", "platform_id")


@dataclass(frozen=True, slots=True)
class Rows:
    """What is there: the case, its open items, its clocks that have not ended, its requests, who may read."""

    case: Row
    items: Sequence[Row]
    clocks: Sequence[Row]
    requests: Sequence[Row]
    readers: Mapping[int, int | None]


def read(case_id: int) -> Rows:
    """Five statements."""
    access = CaseAccess.objects.filter(case_id=case_id).exclude(unit=None)
    return Rows(
        Case.objects.values(*CASE).get(pk=case_id),
        list(WorkItem.objects.filter(case_id=case_id, closed_at=None).order_by("id").values(*ITEM)),
        list(Clock.objects.filter(case_id=case_id, ended_at=None).order_by("id").values(*CLOCK)),
        list(CaseRequest.objects.filter(case_id=case_id).order_by("id").values("id", "kind", "state", "unit_id", "link", "ended_at")),
        dict(access.values_list("unit_id", "until_seq")),
    )


def acts(case_id: int, after: int, last_hash: bytes) -> tuple[list[Act], bytes]:
    """Records behind ``after`` from their signed bodies, each checked to follow the one before; with the last one's hash."""
    found = []
    for row in CaseRecord.objects.filter(case_id=case_id, seq__gt=after).order_by("seq"):
        if bytes(row.prev_hash) != last_hash:
            raise Contradiction(f"record {row.seq} does not follow the one before")
        if hashlib.sha256(row.body.encode()).digest() != bytes(row.hash):
            raise Contradiction(f"record {row.seq} has another hash")
        last_hash = bytes(row.hash)
        body = json.loads(row.body)
        found.append(
            Act(
                body["seq"], body["action"], body["from"], body["to"], row.at, row.appointment_id, row.unit_id, row.target_unit_id,
                body["inputs"], body["reason"], body["chained"],
            )
        )  # fmt: skip
    return found, last_hash


@lru_cache(maxsize=1)
def _digest() -> str:
    """One statement over every table of this package whose rows belong to a case, and the messages about it."""
    parts = ["SELECT t::text AS row FROM cases_case t WHERE id = %(case)s"]
    for model in apps.get_app_config("cases").get_models():
        keys = [one for one in model._meta.local_fields if one.name == "case"]
        parts += [f'SELECT t::text FROM "{model._meta.db_table}" t WHERE "{key.column}" = %(case)s' for key in keys]  # noqa: S608
    parts.append("SELECT t::text FROM core_outboxentry t WHERE subject_id = %(case)s")
    return f"SELECT md5(string_agg(row, '|' ORDER BY row)) FROM ({' UNION ALL '.join(parts)}) every"  # noqa: S608


def digest(case_id: int) -> str:
    """Of all rows of a case: a refused move must leave it as it was."""
    with connection.cursor() as cursor:
        cursor.execute(_digest(), {"case": case_id})
        return str(cursor.fetchone()[0])
