"""``audit verify`` names what was altered, cut off or lost, and stays silent about what was erased on purpose."""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
from typing import Any

import pytest
from django.db import connection

from tests.api import paths
from tests.api.paths import At
from tests.support.city import City
from urbangrid.audit import signing
from urbangrid.audit.actions import note
from urbangrid.cases import commands
from urbangrid.cases.models import Case, CaseRecord, RecordFile, RecordSecret
from urbangrid.cases.verification import verify_case
from urbangrid.core import clock, files


@pytest.fixture
def case(desk: At, city: City) -> int:
    """A case with six records, photos and texts."""
    found = paths.dispatched(desk, city)
    paths.fed_back(desk, found)
    return int(found)


def _intruder(sql: str, *params: Any) -> None:
    """Somebody with the database's own rights: the trigger that keeps records from being edited is switched off."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, params)
        cursor.execute("SET LOCAL session_replication_role = origin")


def _codes(case: int) -> list[tuple[int, str]]:
    return [(fault.seq, fault.code) for fault in verify_case(case)]


def test_an_untouched_case_is_proved(case: int) -> None:
    assert CaseRecord.objects.filter(case_id=case).count() == 6
    assert RecordSecret.objects.filter(case_id=case).count() > 0
    assert RecordFile.objects.filter(case_id=case).count() == 2
    assert verify_case(case) == []


def test_records_cannot_be_edited_or_deleted_by_the_platform_itself(case: int) -> None:
    for change in ("UPDATE cases_caserecord SET reason = 'x'", "DELETE FROM cases_caserecord"):
        with pytest.raises(Exception, match="appended, never edited"), connection.cursor() as cursor:
            cursor.execute("SAVEPOINT before")
            try:
                cursor.execute(change)
            finally:
                cursor.execute("ROLLBACK TO SAVEPOINT before")


def test_one_changed_letter_of_a_body_is_named(case: int) -> None:
    _intruder("UPDATE cases_caserecord SET body = replace(body, '市政所', '园林所') WHERE case_id = %s AND seq = 4", case)
    assert (4, "altered") in _codes(case)
    assert {seq for seq, _ in _codes(case)} == {4}


def test_a_body_rewritten_with_its_hash_fails_by_signature_and_chain(case: int) -> None:
    record = CaseRecord.objects.get(case_id=case, seq=4)
    body = record.body.replace("市政所", "园林所")
    digest = hashlib.sha256(body.encode()).digest()
    _intruder("UPDATE cases_caserecord SET body = %s, hash = %s WHERE case_id = %s AND seq = 4", body, digest, case)
    assert (4, "signature") in _codes(case)
    assert (5, "chain") in _codes(case)


@pytest.mark.parametrize(
    ("column", "value"),
    [("action", "review"), ("at", "2026-01-01T00:00:00Z"), ("actor_id", 1), ("appointment_id", 1), ("unit_id", 1), ("target_unit_id", 1),
     ("reason", "slip"), ("from_state", "filed"), ("to_state", "closed")],
)  # fmt: skip
def test_a_changed_column_is_named(case: int, column: str, value: Any) -> None:
    _intruder(f"UPDATE cases_caserecord SET {column} = %s WHERE case_id = %s AND seq = 4", value, case)
    assert [(fault.seq, fault.code, fault.detail) for fault in verify_case(case)] == [(4, "column", column)]


def test_a_chain_cut_off_at_its_end_is_seen(case: int) -> None:
    _intruder("DELETE FROM cases_caserecord WHERE case_id = %s AND seq >= 5", case)
    found = verify_case(case)
    assert ("cut_off", "4 / 6") in [(fault.code, fault.detail) for fault in found]


def test_a_record_taken_out_of_the_middle_is_seen(case: int) -> None:
    _intruder("DELETE FROM cases_caserecord WHERE case_id = %s AND seq = 3", case)
    assert (4, "missing") in _codes(case)
    assert (4, "chain") in _codes(case)


def test_a_case_put_into_another_state_behind_the_record_is_seen(case: int) -> None:
    Case.objects.filter(pk=case).update(state="closed")
    assert _codes(case) == [(0, "column")]


def test_an_erased_text_leaves_the_case_proved_and_a_changed_one_does_not(case: int) -> None:
    secret = RecordSecret.objects.get(case_id=case, name="text")
    RecordSecret.objects.filter(pk=secret.pk).update(value="", salt="", erased_at=clock.now())
    assert _codes(case) == [(secret.seq, "text_erased")]  # emptied, and no purge on the trail that names it
    note(None, "purged", subject="retention:record_words", values={"kind": "record_words", "count": 1, "ids": [str(secret.pk)]})
    assert verify_case(case) == []

    RecordSecret.objects.filter(pk=secret.pk).update(value="从未修补", erased_at=clock.now())
    assert _codes(case) == [(secret.seq, "secret")]  # "erased" is no cover for another text
    RecordSecret.objects.filter(pk=secret.pk).update(value="从未修补", erased_at=None)
    assert _codes(case) == [(secret.seq, "secret")]
    RecordSecret.objects.filter(pk=secret.pk).delete()
    assert _codes(case) == [(secret.seq, "secret")]


def test_a_lost_an_exchanged_and_a_detached_photo_are_seen(case: int) -> None:
    row = RecordFile.objects.select_related("file").get(case_id=case, role="after")
    path = files.path_of(row.file.sha256)
    content = path.read_bytes()
    path.write_bytes(content + b"x")
    assert _codes(case) == [(row.seq, "file_bytes")]
    path.unlink()
    assert _codes(case) == [(row.seq, "file_bytes")]
    path.write_bytes(content)
    RecordFile.objects.filter(pk=row.pk).update(role="check")
    assert _codes(case) == [(row.seq, "file_row")]
    RecordFile.objects.filter(pk=row.pk).delete()
    assert _codes(case) == [(row.seq, "file_row")]


def test_a_body_that_is_no_json_is_a_fault_and_no_crash(case: int) -> None:
    _intruder("UPDATE cases_caserecord SET body = '{' WHERE case_id = %s AND seq = 2", case)
    assert _codes(case).count((2, "altered")) == 2


def test_the_command_counts_and_names_case_and_line(case: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.verify(argparse.Namespace(jobs=1)) == 0
    said = capsys.readouterr().out
    assert "1 件案件、6 条办理经过" in said and signing.fingerprint() in said

    _intruder("UPDATE cases_caserecord SET reason = 'slip' WHERE case_id = %s AND seq = 4", case)

    assert commands.verify(argparse.Namespace(jobs=1)) == 1
    said = capsys.readouterr().out
    assert f"{Case.objects.get(pk=case).number} 第 4 条" in said
    assert "发现 1 处不符" in said


def test_bodies_are_canonical_and_name_their_predecessor(case: int) -> None:
    records = list(CaseRecord.objects.filter(case_id=case).order_by("seq"))
    assert json.loads(records[0].body)["prev"] == ""
    for before, record in itertools.pairwise(records):
        assert json.loads(record.body)["prev"] == bytes(before.hash).hex()
