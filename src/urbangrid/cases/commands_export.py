"""The command ``audit export``: what an auditor takes away to verify without our code."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from urbangrid.audit import checking, leaves, outside, proofs, sources
from urbangrid.audit import export as log_export
from urbangrid.audit.actions import note
from urbangrid.audit.checking import Extent
from urbangrid.audit.models import TreeHead
from urbangrid.cases import proving
from urbangrid.cases.models import Case

MOST_COUNTED = 100_000


def export(args: argparse.Namespace) -> int:
    """``audit export --to FOLDER [--since HEAD] [--case NUMBER]…``: 0 when written, 2 when it cannot be."""
    known = checking.extent()
    if known is None or not TreeHead.objects.filter(size=known.leaves).exists():
        print(_("还没有树头，没有可导出的日志。请先启动平台，几秒后再试。"))
        return 2
    since = None
    if args.since:
        files = [path for folder in outside.folders() for path in outside.files(folder)]
        since = proving.find_head(args.since, files, known)
        if since is None or since.size > known.leaves:
            print(_("没有找到树头“%(named)s”。请写树头的条数，或其摘要的前几位。") % {"named": args.since})
            return 2
    chosen = list(Case.objects.filter(number__in=args.case or []).order_by("id"))
    if unknown := set(args.case or []) - {str(case.number) for case in chosen}:
        print(_("没有这些案件：%(numbers)s") % {"numbers": _("、").join(sorted(unknown))})
        return 2
    folder = Path(args.to)
    if folder.exists() and any(folder.iterdir()):
        print(_("文件夹 %(folder)s 不是空的，请另选一个。") % {"folder": folder})
        return 2
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # on record before anything lies outside: an export that cannot be recorded is none
    values = {"cases": args.case or [], "since": since.size if since else None, "leaves": known.leaves}
    note(None, "audit_exported", values=values)
    count = _write(folder, known, since.size if since else 0, chosen)
    print(_("已导出 %(count)s 条办理经过（日志 %(size)s 条）到 %(folder)s") % {"count": count, "size": known.leaves, "folder": folder})
    print(_("核验：python -I verify_log.py . --heads 以前取走的树头文件"))
    return 0


def _write(folder: Path, known: Extent, since: int, chosen: list[Case]) -> int:
    first = 0 if chosen else since
    keys: set[str] = set()
    count = log_export.write_lines(folder / "records.jsonl", _records(known, first, chosen, keys))
    if not chosen:
        log_export.write_leaves(folder, known, first)
        log_export.write_audit(folder, known, first)
    sizes = {known.leaves, since} - {0} if chosen else None
    keys |= log_export.write_heads(folder, known, sizes, first)
    log_export.write_keys(folder, keys)
    log_export.finish(
        folder, known, first=first, cases=[str(case.pk) for case in chosen] if chosen else None, consistency=since if chosen else None,
        unsealed=sources.waiting(known.low_water, MOST_COUNTED)[0],
    )  # fmt: skip
    return count


_RECORDS = """
SELECT l.number, c.number, r.case_id, r.seq, r.body, r.hash, r.signature, r.key_id
FROM audit_leaf l JOIN cases_caserecord r ON r.case_id = l.subject_id AND r.seq = l.seq JOIN cases_case c ON c.id = r.case_id
WHERE l.kind = %s AND l.number >= %s AND l.number < %s
"""


def _records(known: Extent, first: int, chosen: list[Case], keys: set[str]) -> Iterator[dict[str, Any]]:
    """Records in the order of the log; of chosen cases each with its proof."""
    sql, params = _RECORDS, list[Any]((leaves.RECORD, first, known.leaves))
    if chosen:
        sql, params = f"{sql} AND r.case_id = ANY(%s)", [*params, [case.pk for case in chosen]]
    for leaf, number, case_id, seq, body, digest, signature, key in log_export.stream(f"{sql} ORDER BY l.number", params):
        keys.add(key)
        row = {
            "n": leaf, "number": number, "case": str(case_id), "seq": seq, "body": body, "hash": bytes(digest).hex(),
            "signature": bytes(signature).hex(), "key": key,
        }  # fmt: skip
        yield row | {"path": [one.hex() for one in proofs.inclusion(leaf, known.leaves)]} if chosen else row
