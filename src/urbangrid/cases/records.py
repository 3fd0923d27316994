"""The record of a case: canonical body, hash chain, signature of the server (architecture §3.4; HD-2.3.7h)."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from urbangrid.audit import signing
from urbangrid.cases.models import Case, CaseRecord, RecordFile, RecordSecret
from urbangrid.core import canonical
from urbangrid.organizations.acting import Acting

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class UsedFile:
    """A stored file in its role: before, fence, after, check or paper."""

    role: str
    file_id: int
    sha256: str
    original: str = ""
    """SHA-256 of the bytes as they came, before metadata were removed."""
    taken_at: datetime | None = None
    """By the picture's own metadata."""


@dataclass(slots=True)
class Entry:
    """What a record is to say, before it is chained: ``inputs`` canonical values, ``secret`` free text and personal data apart."""

    action: str
    from_state: str
    to_state: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    secret: Mapping[str, str] = field(default_factory=dict)
    files: tuple[UsedFile, ...] = ()
    reason: str = ""
    target_unit_id: int | None = None
    device_at: datetime | None = None
    chained: bool = False


def secret_hash(salt: str, value: str) -> str:
    """What the record holds of a secret: SHA-256 over salt and value."""
    return hashlib.sha256(f"{salt}\n{value}".encode()).hexdigest()


def append(case: Case, acting: Acting | None, at: datetime, entry: Entry) -> tuple[CaseRecord, list[RecordSecret], list[RecordFile]]:
    """Chain one entry to ``case`` (which must be locked), setting its seq and last hash; returns unsaved rows."""
    record, kept, files = chained(case, acting, at, entry)
    return (
        CaseRecord(**record), [RecordSecret(**one) for one in kept], [RecordFile(**one) for one in files]
    )  # fmt: skip


Values = dict[str, Any]


def chained(case: Case, acting: Acting | None, at: datetime, entry: Entry) -> tuple[Values, list[Values], list[Values]]:
    """The same as plain values by column, for one who writes many."""
    seq = case.seq + 1
    kept = [
        {"case_id": case.pk, "seq": seq, "name": name, "salt": secrets.token_hex(16), "value": value}
        for name, value in entry.secret.items()
        if value
    ]
    body = _body(case, seq, acting, at, entry, kept)
    previous = bytes(case.last_hash)
    text = canonical.dumps(body).decode()
    digest = hashlib.sha256(text.encode()).digest()
    record = {
        "case_id": case.pk, "seq": seq, "action": entry.action, "from_state": entry.from_state, "to_state": entry.to_state, "at": at,
        "actor_id": acting.user_id if acting else None, "appointment_id": acting.appointment_id if acting else None,
        "unit_id": acting.unit_id if acting else None, "target_unit_id": entry.target_unit_id, "reason": entry.reason,
        "body": text, "prev_hash": previous, "hash": digest, "signature": signing.sign(digest), "key_id": signing.key_id(),
    }  # fmt: skip
    files = [
        {"case_id": case.pk, "seq": seq, "role": used.role, "file_id": used.file_id, "position": i} for i, used in enumerate(entry.files)
    ]
    case.seq, case.last_hash = seq, digest
    return record, kept, files


def _body(case: Case, seq: int, acting: Acting | None, at: datetime, entry: Entry, kept: Iterable[Values]) -> Values:
    return {
        "schema": SCHEMA,
        "platform": str(case.platform_id),
        "case": str(case.pk),
        "seq": seq,
        "action": entry.action,
        "from": entry.from_state,
        "to": entry.to_state,
        "at": at,
        "device_at": entry.device_at,
        "actor": _actor(acting),
        "inputs": dict(entry.inputs),
        "reason": entry.reason,
        "target_unit": str(entry.target_unit_id) if entry.target_unit_id else None,
        "files": [{"role": used.role, "sha256": used.sha256} for used in entry.files],
        "secrets": {one["name"]: secret_hash(one["salt"], one["value"]) for one in kept},
        "chained": entry.chained,
        "prev": bytes(case.last_hash).hex(),
    }


def _actor(acting: Acting | None) -> dict[str, Any] | None:
    """Who acted and as what; names are kept too, for a post may be renamed and a person may leave."""
    if acting is None:
        return None
    return {
        "user": str(acting.user_id),
        "name": acting.user_name,
        "appointment": str(acting.appointment_id),
        "post": acting.post_code,
        "post_name": acting.post_name,
        "unit": str(acting.unit_id),
        "unit_name": acting.unit_name,
        "device": acting.device,
        **({"home_unit": acting.home_unit_name} if acting.home_unit_name else {}),
        **({"night": True} if acting.night else {}),
        **({"simulated": True} if acting.robot else {}),
    }


def actor_words(record: CaseRecord) -> tuple[str, str]:
    """Name and post of a record's actor; empty when the platform itself acted."""
    return actor_of(record.body)


def actor_of(body: str) -> tuple[str, str]:
    """The same from the record's canonical JSON."""
    actor = json.loads(body)["actor"] or {}
    return actor.get("name", ""), post_words(actor)


def post_words(actor: Mapping[str, Any]) -> str:
    """The post of a record's actor; one given for a night says so (case-rules 23), and so does one that a program played."""
    post: str = actor.get("post_name", "")
    if actor.get("simulated"):
        return _("%(post)s（演练）") % {"post": post}
    return _("%(post)s（夜间兼岗）") % {"post": post} if actor.get("night") else post
