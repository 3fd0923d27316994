"""The log for an auditor: leaves, heads, audit rows, public keys, time stamps, and the program that verifies them (``verify_log.py``)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from django.db import connection, transaction

from urbangrid.audit import heads, leaves, proofs, signing, sources, verify_log
from urbangrid.audit.checking import Extent
from urbangrid.audit.models import HeadStamp, TreeHead
from urbangrid.core import canonical, clock

FETCH = 5_000


def write_lines(path: Path, rows: Iterable[dict[str, Any]]) -> int:
    """A JSON object per line; says how many."""
    count = 0
    with path.open("x", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
            count += 1
    return count


def stream(sql: str, params: list[Any]) -> Iterator[tuple[Any, ...]]:
    """Rows through a cursor of the server: millions pass without being held. Call in a transaction."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(sql, params)
        while rows := cursor.fetchmany(FETCH):
            yield from rows


def write_leaves(folder: Path, known: Extent, first: int) -> int:
    """``leaves.jsonl``: number, kind, subject, seq, hash."""
    found = stream(
        "SELECT number, kind, subject_id, seq, hash FROM audit_leaf WHERE number >= %s AND number < %s ORDER BY number",
        [first, known.leaves],
    )
    rows = (
        {"n": n, "k": leaves.KIND_NAMES[kind], "s": str(subject), "q": seq, "h": bytes(digest).hex()}
        for n, kind, subject, seq, digest in found
    )
    return write_lines(folder / "leaves.jsonl", rows)


def write_audit(folder: Path, known: Extent, first: int) -> int:
    """``audit.jsonl``: leaf number and the canonical JSON text."""
    columns = ", ".join(f't."{name}"' for name in sources.AUDIT_COLUMNS)
    found = stream(
        f"SELECT l.number, {columns} FROM audit_leaf l JOIN audit_auditrow t ON t.id = l.subject_id"  # noqa: S608
        " WHERE l.kind = %s AND l.number >= %s AND l.number < %s ORDER BY l.number",
        [leaves.AUDIT, first, known.leaves],
    )
    return write_lines(folder / "audit.jsonl", ({"n": n, "content": sources.audit_text(values).decode()} for n, *values in found))


def write_heads(folder: Path, known: Extent, sizes: set[int] | None, first: int) -> set[str]:
    """``heads.jsonl`` as the files outside have them, and their stamps; the ids of their keys."""
    rows = TreeHead.objects.filter(size__gte=first, size__lte=known.leaves).order_by("size")
    if sizes is not None:
        rows = rows.filter(size__in=sizes)
    keys = set()
    with (folder / "heads.jsonl").open("xb") as file:
        for row in rows.iterator():
            file.write(heads.of_row(row, known.log_id).line())
            keys.add(row.key_id)
    (folder / "stamps").mkdir()
    for stamp in HeadStamp.objects.filter(head__in=rows).select_related("head").iterator():
        (folder / "stamps" / f"{stamp.head_id}.tsr").write_bytes(bytes(stamp.response))
        (folder / "stamps" / f"{stamp.head_id}.data").write_bytes(heads.of_row(stamp.head, known.log_id).message())
    return keys


def write_keys(folder: Path, ids: set[str]) -> None:
    """The public keys, as far as this installation has them."""
    (folder / "keys").mkdir()
    for key_id in sorted(ids):
        if key := signing.public_key(key_id):
            pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            (folder / "keys" / f"{key_id}.pem").write_bytes(pem)


def finish(folder: Path, known: Extent, *, first: int, cases: list[str] | None, consistency: int | None, unsealed: int) -> None:
    """``manifest.json`` last, so that a broken-off export is none; and the verifier."""
    manifest: dict[str, Any] = {
        "schema": 1, "log": known.log_id, "size": known.leaves, "first": first, "peaks": [one.hex() for one in proofs.peaks(first)],
        "cases": cases, "unsealed": unsealed, "made": clock.now(), "consistency": None,
    }  # fmt: skip
    if consistency:
        path = proofs.consistency(consistency, known.leaves)
        manifest["consistency"] = {"from": consistency, "path": [one.hex() for one in path]}
    shutil.copyfile(verify_log.__file__, folder / "verify_log.py")
    (folder / "manifest.json").write_bytes(canonical.dumps(manifest))
