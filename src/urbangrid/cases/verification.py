"""Proving the record: every chain is computed again and compared with what the database now says (architecture §3.4; HD-2.3.7h).

Of each case:
1. its records are numbered 1, 2, 3 … and end where the case says they end (a cut-off chain shows here);
2. each body is canonical, has the hash that stands beside it, follows the record before it and carries a valid signature;
3. the columns that queries read say the same as the signed body;
4. the secrets have the salted hashes that the body names, unless a recorded purge erased them (``audit.retention.recorded``);
5. the files named in the body are attached and their bytes lie on disk with that SHA-256, with the same exception;
6. its records are those that were sealed in the log (``audit.sealer``), or are still waiting to be.

A case and all that its record consists of are read as of one instant: people go on working while their records are proved.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from urbangrid.audit import leaves, merkle, retention, signing
from urbangrid.audit.models import Log
from urbangrid.cases.files_of import ERASED
from urbangrid.cases.models import Case, CaseRecord, RecordFile, RecordSecret
from urbangrid.cases.records import SCHEMA, secret_hash
from urbangrid.core import canonical, files
from urbangrid.core.transactions import one_instant

CHUNK = 200
"""Cases read together, as of one instant: eight statements for each chunk."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a record. ``seq`` 0: with the case as a whole. ``code`` is worded by ``messages.RECORD_FAULTS``."""

    case_id: int
    number: str
    seq: int
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Seal:
    """The log's side of a record: its leaf, or none; ``passed``: the sealer has gone past its position for good."""

    number: int | None
    hash: bytes
    passed: bool


@dataclass(frozen=True, slots=True)
class Proved:
    """What was looked at: cases, records, those not sealed yet, texts and files that a recorded purge took, faults."""

    cases: int
    records: int
    unsealed: int
    purged: int
    faults: list[Fault]


@dataclass(frozen=True, slots=True)
class _Found:
    """A case with everything that its record consists of."""

    case: Case
    records: Sequence[CaseRecord]
    secrets: Sequence[RecordSecret]
    files: Sequence[RecordFile]
    seals: dict[int, Seal]
    purged: set[int]
    """Ids of the case's erased secrets and files that a recorded purge names."""


def verify_case(case_id: int) -> list[Fault]:
    """Faults of one case; an empty list means that its record is proved. Raises Case.DoesNotExist."""
    found = _read([case_id])
    if not found:
        raise Case.DoesNotExist
    return _settled(found[0])


def verify_cases(case_ids: Sequence[int]) -> Proved:
    """What these cases' records give, faults in the order of the ids."""
    cases, seen, unsealed, purged, faults = 0, 0, 0, 0, list[Fault]()
    ids = sorted(case_ids)
    for start in range(0, len(ids), CHUNK):
        for found in _read(ids[start : start + CHUNK]):
            cases += 1
            seen += len(found.records)
            unsealed += sum(seal.number is None and not seal.passed for seal in found.seals.values())
            purged += len(found.purged)
            faults += _settled(found)
    return Proved(cases, seen, unsealed, purged, faults)


def _settled(found: _Found) -> list[Fault]:
    """A photo can be purged after its row was read and before its bytes are: a case that lacks bytes is read once more."""
    faults = _faults(found)
    if any(fault.code == "file_bytes" for fault in faults):
        return [fault for again in _read([found.case.pk]) for fault in _faults(again)]
    return faults


def _read(case_ids: Sequence[int]) -> list[_Found]:
    with one_instant():
        return list(_load(list(Case.objects.filter(pk__in=case_ids).defer("words", "description").order_by("id"))))


def _load(cases: Sequence[Case]) -> Iterator[_Found]:
    ids = [case.pk for case in cases]
    seals = _seals(ids)
    records = _by_case(CaseRecord.objects.filter(case_id__in=ids).order_by("case_id", "seq"))
    secrets = _by_case(RecordSecret.objects.filter(case_id__in=ids).order_by("case_id", "seq", "id"))
    attached = _by_case(RecordFile.objects.filter(case_id__in=ids).select_related("file").order_by("case_id", "seq", "position"))
    gone = {case.pk: _erased(secrets.get(case.pk, []), attached.get(case.pk, [])) for case in cases}
    purged = retention.recorded(one for ids in gone.values() for one in ids)
    for case in cases:
        held = records.get(case.pk, []), secrets.get(case.pk, []), attached.get(case.pk, [])
        yield _Found(case, *held, seals.get(case.pk, {}), gone[case.pk] & purged)


def _erased(secrets: Sequence[RecordSecret], attached: Sequence[RecordFile]) -> set[int]:
    return {row.pk for row in secrets if _is_erased(row)} | {row.file_id for row in attached if row.file.state in ERASED}


def _is_erased(row: RecordSecret) -> bool:
    return row.erased_at is not None and row.value == ""


_SEALS = """
SELECT r.case_id, r.seq, r.position, l.number, l.hash FROM cases_caserecord r
LEFT JOIN audit_leaf l ON l.position = r.position AND l.kind = %s AND l.subject_id = r.case_id AND l.seq = r.seq WHERE r.case_id = ANY(%s)
"""


def _seals(case_ids: Sequence[int]) -> dict[int, dict[int, Seal]]:
    """By case and seq. The mark is read first: what it has passed then has its leaf when the leaves are read."""
    mark = Log.objects.filter(pk=1).values_list("low_water", flat=True).first() or 0
    found: dict[int, dict[int, Seal]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SEALS, [leaves.RECORD, list(case_ids)])
        for case_id, seq, position, number, digest in cursor.fetchall():
            found.setdefault(case_id, {})[seq] = Seal(number, bytes(digest or b""), position <= mark)
    return found


def _by_case(rows: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.case_id, []).append(row)
    return found


def _faults(found: _Found) -> list[Fault]:
    case = found.case
    number = case.number or str(case.pk)
    faults: list[Fault] = []
    previous, expected = b"", 1
    for record in found.records:
        codes: list[tuple[str, str]] = []
        if record.seq != expected:
            codes.append(("missing", f"{expected}" if record.seq == expected + 1 else f"{expected}–{record.seq - 1}"))
        codes += _record_faults(found, record, previous)
        codes += _seal_faults(record, found.seals.get(record.seq))
        faults += [Fault(case.pk, number, record.seq, code, detail) for code, detail in codes]
        previous, expected = bytes(record.hash), record.seq + 1
    faults += [Fault(case.pk, number, 0, code, detail) for code, detail in _end_faults(found, previous, expected - 1)]
    return faults


def _record_faults(found: _Found, record: CaseRecord, previous: bytes) -> list[tuple[str, str]]:
    codes: list[tuple[str, str]] = []
    digest = hashlib.sha256(record.body.encode()).digest()
    if digest != bytes(record.hash):
        codes.append(("altered", "body"))
    if not signing.verify(record.key_id, bytes(record.hash), bytes(record.signature)):
        codes.append(("signature", record.key_id))
    if bytes(record.prev_hash) != previous:
        codes.append(("chain", ""))
    try:
        body = json.loads(record.body)
        if canonical.dumps(body).decode() != record.body or body["schema"] != SCHEMA:
            codes.append(("altered", "form"))
        codes += [("column", name) for name in _differing(found.case, record, body)]
        codes += _secret_faults(found, record.seq, body["secrets"])
        codes += _file_faults(found, record.seq, body["files"])
    except (ValueError, KeyError, TypeError, AttributeError):
        codes.append(("altered", "form"))
    return codes


def _seal_faults(record: CaseRecord, seal: Seal | None) -> list[tuple[str, str]]:
    if seal is None or (seal.number is None and not seal.passed):
        return []  # waiting to be sealed
    if seal.number is None:
        return [("unlogged", "")]
    sealed = merkle.leaf_hash(leaves.of_record(bytes(record.hash), bytes(record.signature)))
    return [] if sealed == seal.hash else [("leaf", f"@{seal.number}")]


def _differing(case: Case, record: CaseRecord, body: dict[str, Any]) -> list[str]:
    """Names of the columns that do not say what was signed."""
    actor = body["actor"] or {}
    pairs = {
        "platform": (str(case.platform_id), body["platform"]),
        "case": (str(record.case_id), body["case"]),
        "seq": (record.seq, body["seq"]),
        "action": (record.action, body["action"]),
        "from_state": (record.from_state, body["from"]),
        "to_state": (record.to_state, body["to"]),
        "at": (canonical.instant(record.at), body["at"]),
        "reason": (record.reason, body["reason"]),
        "actor_id": (_text(record.actor_id), actor.get("user")),
        "appointment_id": (_text(record.appointment_id), actor.get("appointment")),
        "unit_id": (_text(record.unit_id), actor.get("unit")),
        "target_unit_id": (_text(record.target_unit_id), body["target_unit"]),
        "prev_hash": (bytes(record.prev_hash).hex(), body["prev"]),
    }
    return [name for name, (column, signed) in pairs.items() if column != signed]


def _text(value: int | None) -> str | None:
    return None if value is None else str(value)


def _secret_faults(found: _Found, seq: int, named: dict[str, str]) -> list[tuple[str, str]]:
    rows = {row.name: row for row in found.secrets if row.seq == seq}
    codes = [("secret", name) for name in sorted(rows.keys() ^ named.keys())]
    for name in rows.keys() & named.keys():
        row = rows[name]
        if _is_erased(row):
            codes += [] if row.pk in found.purged else [("text_erased", name)]
        elif secret_hash(row.salt, row.value) != named[name]:
            codes.append(("secret", name))
    return sorted(codes)


def _file_faults(found: _Found, seq: int, named: list[dict[str, str]]) -> list[tuple[str, str]]:
    attached = [row for row in found.files if row.seq == seq]
    if [(row.role, row.file.sha256) for row in attached] != [(one["role"], one["sha256"]) for one in named]:
        return [("file_row", "")]
    codes = []
    for row in attached:
        if row.file.state in ERASED:
            codes += [] if row.file_id in found.purged else [("file_erased", row.file.sha256[:12])]
        elif _sha256_on_disk(row.file.sha256) != row.file.sha256:
            codes.append(("file_bytes", row.file.sha256[:12]))
    return codes


def _sha256_on_disk(digest: str) -> str:
    """The SHA-256 of the bytes that lie there; empty when there are none."""
    try:
        with files.path_of(digest).open("rb") as stored:
            return hashlib.file_digest(stored, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


def _end_faults(found: _Found, last_hash: bytes, last_seq: int) -> list[tuple[str, str]]:
    """The case names its last record, so that a chain cut off at its end is seen."""
    case, codes = found.case, []
    if case.seq != last_seq:
        codes.append(("cut_off", f"{last_seq} / {case.seq}"))
    elif bytes(case.last_hash) != last_hash:
        codes.append(("chain", ""))
    if found.records and case.state != found.records[-1].to_state:
        codes.append(("column", "state"))
    attached = {row.seq for row in found.secrets} | {row.seq for row in found.files}
    stray = attached - {record.seq for record in found.records}
    codes += [("stray", str(seq)) for seq in sorted(stray)]
    return codes
