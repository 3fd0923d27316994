"""The rows of a case as the database has them, as plain values, and a digest of every one of them: one statement for all."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.apps import apps

from urbangrid.cases.proof.told import Act, Contradiction
from urbangrid.core import statements

Row = Mapping[str, Any]
TIMES = ("due_at", "warn_at", "at", "ended_at", "closed_at", "disposed_at")


@dataclass(frozen=True, slots=True)
class Rows:
    """What is there: the case, its open items, its clocks that have not ended, its requests, who may read, records behind a seq."""

    case: Row
    items: Sequence[Row]
    clocks: Sequence[Row]
    requests: Sequence[Row]
    readers: Mapping[int, int | None]
    records: Sequence[Row]
    digest: object


_READ = """
SELECT 'case', (to_jsonb(t) - 'words' - 'point')::text FROM cases_case t WHERE id = %(case)s
UNION ALL SELECT 'item', to_jsonb(t)::text FROM cases_workitem t WHERE case_id = %(case)s AND closed_at IS NULL
UNION ALL SELECT 'clock', (to_jsonb(t) - 'events')::text FROM cases_clock t WHERE case_id = %(case)s AND ended_at IS NULL
UNION ALL SELECT 'request', to_jsonb(t)::text FROM cases_caserequest t WHERE case_id = %(case)s
UNION ALL SELECT 'access', to_jsonb(t)::text FROM cases_caseaccess t WHERE case_id = %(case)s AND unit_id IS NOT NULL
UNION ALL SELECT 'record', to_jsonb(t)::text FROM cases_caserecord t WHERE case_id = %(case)s AND seq > %(seq)s
UNION ALL SELECT 'digest', to_jsonb(md5(string_agg(row, '|' ORDER BY row)))::text FROM
"""


@lru_cache(maxsize=1)
def _every() -> str:
    """Every table of this package whose rows belong to a case, and the messages about it."""
    parts = ["SELECT t::text AS row FROM cases_case t WHERE id = %(case)s"]
    for model in apps.get_app_config("cases").get_models():
        keys = [one for one in model._meta.local_fields if one.name == "case"]
        parts += [f'SELECT t::text FROM "{model._meta.db_table}" t WHERE "{key.column}" = %(case)s' for key in keys]  # noqa: S608
    parts.append("SELECT t::text FROM core_outboxentry t WHERE subject_id = %(case)s")
    return f"({' UNION ALL '.join(parts)}) every"


def read(case_id: int, after: int) -> Rows:
    """Everything at once."""
    found: dict[str, list[Any]] = defaultdict(list)
    for kind, text in statements.all_rows(_READ + _every(), {"case": case_id, "seq": after}):
        value = json.loads(text)
        if isinstance(value, dict):
            value |= {name: datetime.fromisoformat(value[name]) for name in TIMES if value.get(name)}
        found[kind].append(value)
    return Rows(
        found["case"][0], sorted(found["item"], key=_by_id), sorted(found["clock"], key=_by_id), sorted(found["request"], key=_by_id),
        {row["unit_id"]: row["until_seq"] for row in found["access"]}, sorted(found["record"], key=lambda row: row["seq"]),
        found["digest"][0],
    )  # fmt: skip


def _by_id(row: Row) -> int:
    return int(row["id"])


def digest(case_id: int) -> str:
    """Of all rows of a case: a refused move must leave it as it was."""
    row = statements.one_row(f"SELECT md5(string_agg(row, '|' ORDER BY row)) FROM {_every()}", {"case": case_id})  # noqa: S608
    return str(row[0]) if row else ""


def acts(records: Sequence[Row], last_hash: bytes) -> tuple[list[Act], bytes]:
    """Acts from the signed bodies, each checked to follow the one before; with the last one's hash."""
    found = []
    for row in records:
        if _bytes(row["prev_hash"]) != last_hash:
            raise Contradiction(f"chain: record {row['seq']} does not follow the one before")
        if hashlib.sha256(row["body"].encode()).digest() != _bytes(row["hash"]):
            raise Contradiction(f"chain: record {row['seq']} has another hash")
        last_hash = _bytes(row["hash"])
        body = json.loads(row["body"])
        found.append(
            Act(
                body["seq"], body["action"], body["from"], body["to"], row["at"], row["appointment_id"], row["unit_id"],
                row["target_unit_id"], body["inputs"], body["reason"], body["chained"], row["actor_id"],
            )
        )  # fmt: skip
    return found, last_hash


def _bytes(value: str | bytes) -> bytes:
    """As PostgreSQL writes it, or as it is."""
    return bytes.fromhex(value.removeprefix("\\x")) if isinstance(value, str) else bytes(value)
