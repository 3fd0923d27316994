"""A request that carries a key is done once; asked again it gets the same answer (architecture §3.1)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from urbangrid.core import canonical, clock, statements, transactions
from urbangrid.core.errors import MovedOn, declare
from urbangrid.core.models import IdempotencyKey

declare({"same_key_other_body": _("这次提交的编号已用于另一份内容，没有重复办理。请刷新页面后再提交。")})


def once(*, actor_id: int, key: str, body: Any, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Run ``act`` once per (actor, key) and remember its answer in the same transaction; later calls get that answer.

    The row is inserted first, so that of two at the same instant the second waits and then reads. An empty key does ``act`` without
    memory. Raises MovedOn ``same_key_other_body`` when the key came before with another body; a Refusal leaves no memory.
    """
    if not key:
        return act()
    digest = hashlib.sha256(canonical.dumps(body)).hexdigest()
    with transactions.begun():
        row = IdempotencyKey(actor_id=actor_id, key=key[:80], body_hash=digest, result={}, created_at=clock.now())
        if not _insert_first(row):
            earlier = IdempotencyKey.objects.get(actor_id=actor_id, key=key[:80])
            if earlier.body_hash != digest:
                raise MovedOn("same_key_other_body")
            return dict(earlier.result)
        result = act()
        statements.changed("UPDATE core_idempotencykey SET result = %s WHERE id = %s", [json.dumps(result), row.pk])
        return result


def _insert_first(row: IdempotencyKey) -> bool:
    """Insert the row unless the key stands already; waits for another transaction that is just using it."""
    statement = (
        "INSERT INTO core_idempotencykey (id, actor_id, key, body_hash, result, created_at) VALUES (%s, %s, %s, %s, '{}', %s)"
        " ON CONFLICT (actor_id, key) DO NOTHING"
    )
    return statements.changed(statement, [row.pk, row.actor_id, row.key, row.body_hash, row.created_at]) == 1
