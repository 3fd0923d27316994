"""Reading 意见 and 联系记录: who may read which, with their words, their writers and who has read them."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from urbangrid.cases import words
from urbangrid.cases.models import CaseRecord, RecordSecret, Remark, RemarkRead
from urbangrid.organizations.acting import Acting


def readable_remarks(acting: Acting) -> QuerySet[Remark]:
    """Of cases that the post may read: the centre all; others their own unit's, those addressed to it, and comments for all. A company
    reads nothing that is not its own or addressed to it (desks.md; CY-20-8)."""
    if acting.may("read_all"):
        return Remark.objects.all()
    own = Q(unit_id=acting.unit_id) | Q(to_unit_id=acting.unit_id, kind=Remark.COMMENT)
    if acting.unit_kind == "company":
        return Remark.objects.filter(own)
    return Remark.objects.filter(own | Q(to_unit=None, kind=Remark.COMMENT))


def hidden_seqs(acting: Acting, case_id: int) -> frozenset[int]:
    """Records of the case that are remarks which the post may not read; none, without a question, for the centre."""
    if acting.may("read_all"):
        return frozenset()
    allowed = readable_remarks(acting).filter(case_id=case_id).values("pk")
    return frozenset(Remark.objects.filter(case_id=case_id).exclude(pk__in=allowed).values_list("seq", flat=True))


@dataclass(frozen=True, slots=True)
class Seen:
    """已读 by a unit."""

    unit_id: int
    unit: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RemarkView:
    """A comment or a contact as shown. ``to``: the unit addressed or called, empty for all; ``text`` is empty once it was erased."""

    id: int
    seq: int
    kind: str
    at: datetime
    unit: str
    post: str
    actor: str
    to: str
    text: str
    person: str
    how: str
    outcome: str
    mine: bool
    reads: tuple[Seen, ...]


def remarks(acting: Acting, case_id: int, until: int | None = None) -> list[RemarkView]:
    """In their order, up to the record ``until``; three statements, one for a case without any. The caller has checked that the case may
    be read, and how far (``access.reads_until``)."""
    found = readable_remarks(acting).filter(case_id=case_id).order_by("seq")
    rows = {row.seq: row for row in (found if until is None else found.filter(seq__lte=until))}
    if not rows:
        return []
    records = CaseRecord.objects.filter(case_id=case_id, seq__in=rows).order_by("seq")
    secrets: dict[int, dict[str, str]] = defaultdict(dict)
    for secret in RecordSecret.objects.filter(case_id=case_id, seq__in=rows, erased_at=None):
        secrets[secret.seq][secret.name] = secret.value
    reads: dict[int, list[Seen]] = defaultdict(list)
    for read in RemarkRead.objects.filter(remark__in=list(rows.values())).select_related("unit").order_by("read_at", "pk"):
        reads[read.remark_id].append(Seen(read.unit_id, read.unit.short_name, read.name, read.read_at))
    return [_view(acting, rows[record.seq], record, secrets[record.seq], reads[rows[record.seq].pk]) for record in records]


def _view(acting: Acting, row: Remark, record: CaseRecord, said: dict[str, str], reads: list[Seen]) -> RemarkView:
    body = json.loads(record.body)
    inputs, actor = body["inputs"], body["actor"] or {}
    return RemarkView(
        id=row.pk, seq=row.seq, kind=row.kind, at=record.at, unit=actor.get("unit_name", ""), post=actor.get("post_name", ""),
        actor=actor.get("name", ""), to=inputs.get("to_name") or inputs.get("unit_name") or "", text=said.get("text", said.get("note", "")),
        person=said.get("person", ""), how=str(words.CONTACT_WAYS.get(inputs.get("how", ""), "")),
        outcome=str(words.CONTACT_OUTCOMES.get(inputs.get("outcome", ""), "")), mine=row.unit_id == acting.unit_id, reads=tuple(reads),
    )  # fmt: skip
