"""``audit verify`` against the log: every way in which somebody with all rights on the database could change what happened."""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from tests.api import paths
from tests.api.paths import At
from tests.support.city import City
from tests.support.log import heads_folder, intruder, last_head, notes, the_log
from urbangrid.audit import checking, merkle, outside, personal, signing
from urbangrid.audit.actions import note
from urbangrid.audit.models import AuditRow, Leaf, Node, PersonalData, TreeHead
from urbangrid.audit.sealer import Sealer
from urbangrid.cases import commands
from urbangrid.cases.models import Case, CaseRecord, RecordSecret
from urbangrid.cases.verification import verify_case
from urbangrid.core import clock

__all__ = ["heads_folder"]
Said = Callable[..., tuple[int, str]]


@pytest.fixture
def case(desk: At, city: City, heads_folder: Path) -> int:
    """A sealed case with six records, and audit rows beside it."""
    found = paths.dispatched(desk, city)
    Sealer().seal()
    paths.fed_back(desk, found)
    Sealer().seal()
    return int(found)


@pytest.fixture
def number(case: int) -> str:
    return str(Case.objects.get(pk=case).number)


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """Runs ``audit verify``: exit code and what it printed."""

    def run(**given: Any) -> tuple[int, str]:
        capsys.readouterr()
        code = commands.verify(argparse.Namespace(jobs=1, **given))
        return code, capsys.readouterr().out

    return run


def _rebuild(sign: bool = True) -> None:
    """What the holder of database and key could do after a change: make the whole log anew, signed and consistent."""
    log_id = the_log().log_id
    for table in ("audit_leaf", "audit_node", "audit_treehead"):
        intruder(f"DELETE FROM {table}")
    intruder("DELETE FROM audit_log")
    Sealer().seal()
    if sign:
        from urbangrid.audit import heads

        intruder("UPDATE audit_log SET log_id = %s", log_id)
        row = last_head()
        head = heads.signed(log_id, row.size, bytes(row.root), row.at, b"")
        intruder("UPDATE audit_treehead SET hash = %s, signature = %s, previous = ''", head.hash(), head.signature)


def _rewrite(case: int, seq: int, old: str, new: str) -> None:
    """Change a body and everything that hangs on it: hash, following bodies, signatures, the case's last hash."""
    previous = b""
    for record in CaseRecord.objects.filter(case_id=case).order_by("seq"):
        body = json.loads(record.body)
        body["prev"] = previous.hex()
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        if record.seq == seq:
            assert old in text
            text = text.replace(old, new)
        previous = hashlib.sha256(text.encode()).digest()
        intruder(
            "UPDATE cases_caserecord SET body = %s, hash = %s, prev_hash = %s, signature = %s WHERE case_id = %s AND seq = %s",
            text, previous, bytes.fromhex(body["prev"]), signing.sign(previous), case, record.seq,
        )  # fmt: skip
    intruder("UPDATE cases_case SET last_hash = %s WHERE id = %s", previous, case)


def test_a_sealed_record_is_proved_and_the_look_is_on_the_trail(case: int, said: Said) -> None:
    code, text = said()
    assert code == 0, text
    assert "1 件案件、6 条办理经过" in text and "全部相符" in text
    assert f"日志 {Leaf.objects.count()} 条，树头 2 个；比对库外树头 2 个" in text
    assert "尚不能证明" not in text
    row = AuditRow.objects.get(action="audit_verified")
    assert (row.values["records"], row.values["faults"]) == (6, 0)


def test_what_came_after_the_last_head_is_said_to_be_not_provable_yet(case: int, desk: At, said: Said) -> None:
    size = last_head().size
    desk("dispatcher").done(str(case), "review")
    notes(2)
    code, text = said()
    assert code == 0
    assert f"树头 {size} 以后的 3 条变动尚不能证明" in text


def test_a_record_rewritten_with_its_chain_and_signatures_is_named_by_its_leaf(case: int, number: str, said: Said) -> None:
    _rewrite(case, 4, "市政所", "园林所")
    assert {fault.code for fault in verify_case(case)} == {"leaf"}  # the chain itself is whole again
    code, text = said()
    assert code == 1
    for seq in (4, 5, 6):
        assert f"[改动] {number} 第 {seq} 条  封存之后被改动" in text
    assert f"{number} 第 3 条" not in text
    assert "发现 3 处不符（改动 3）" in text


def test_a_log_rebuilt_over_a_rewritten_record_is_caught_by_the_head_outside(case: int, said: Said) -> None:
    _rewrite(case, 4, "市政所", "园林所")
    _rebuild()
    code, text = said()
    assert code == 1
    assert "这个树头之前的记录被整体改写" in text
    shutil.rmtree(outside.folders()[0])  # somebody who reaches the files too
    Sealer().seal()
    assert said()[0] == 0  # … is found out only by heads taken elsewhere before


def test_a_head_taken_elsewhere_catches_what_the_installation_itself_no_longer_shows(case: int, said: Said, tmp_path: Path) -> None:
    taken = shutil.copy(outside.files(outside.folders()[0])[0], tmp_path / "taken.jsonl")
    _rewrite(case, 4, "市政所", "园林所")
    _rebuild()
    shutil.rmtree(outside.folders()[0])
    Sealer().seal()
    code, text = said(heads=[str(taken)])
    assert code == 1
    assert "taken.jsonl:1" in text and "整体改写" in text


def test_a_removed_record_is_missing_by_case_number_and_seq(case: int, number: str, said: Said) -> None:
    intruder("DELETE FROM cases_caserecord WHERE case_id = %s AND seq = 3", case)
    code, text = said()
    assert code == 1
    leaf = Leaf.objects.get(subject_id=case, seq=3).number
    assert f"[缺失] {number} 第 3 条（叶子 {leaf}）  已封存，但记录不在了" in text


def test_a_whole_case_that_is_gone_is_missing(case: int, said: Said) -> None:
    before = transaction.savepoint()
    intruder("DELETE FROM cases_caserecord WHERE case_id = %s", case)
    intruder("DELETE FROM cases_case WHERE id = %s", case)
    code, text = said()
    transaction.savepoint_rollback(before)  # what else hangs on the case is of no interest here
    assert code == 1
    assert text.count("[缺失]") == 6 and f"{case} 第 6 条" in text


def test_a_case_cut_off_with_its_seq_is_missing_its_end(case: int, number: str, said: Said) -> None:
    before = CaseRecord.objects.get(case_id=case, seq=4)
    intruder("DELETE FROM cases_caserecord WHERE case_id = %s AND seq > 4", case)
    intruder("UPDATE cases_case SET seq = 4, last_hash = %s, state = %s WHERE id = %s", bytes(before.hash), before.to_state, case)
    assert [fault for fault in verify_case(case) if fault.code != "stray"] == []
    code, text = said()
    assert code == 1
    assert f"[缺失] {number} 第 5 条" in text and f"[缺失] {number} 第 6 条" in text


def test_a_log_cut_off_at_its_end_is_told_from_the_head_outside(case: int, said: Said) -> None:
    first = TreeHead.objects.earliest("size")
    whole = last_head().size
    intruder("DELETE FROM audit_leaf WHERE number >= %s", first.size)
    intruder("DELETE FROM audit_treehead WHERE size > %s", first.size)
    from urbangrid.audit import proofs

    peaks = b"".join(proofs.peaks(first.size))
    intruder("UPDATE audit_log SET size = %s, frontier = %s, low_water = 0", first.size, peaks)
    code, text = said()
    assert code == 1
    assert f"[截断] 树头 {outside.files(outside.folders()[0])[0].name}:2  日志的叶子比树头所说的少（{first.size} / {whole}）" in text


def test_a_leaf_taken_out_is_missing_and_does_not_hide_others(case: int, number: str, said: Said) -> None:
    intruder("DELETE FROM audit_leaf WHERE number = 3")
    intruder("DELETE FROM cases_caserecord WHERE case_id = %s AND seq = 6", case)
    code, text = said()
    assert code == 1
    assert "[缺失] 叶子 3  日志中这些叶子不在了" in text and f"[缺失] {number} 第 6 条" in text


def test_a_leaf_exchanged_with_its_record_is_shown_by_root_and_heads(case: int, said: Said) -> None:
    record = CaseRecord.objects.get(case_id=case, seq=6)
    signature = bytes(64)
    data = b"urbangrid record 1\n" + bytes(record.hash) + signature
    intruder("UPDATE cases_caserecord SET signature = %s WHERE case_id = %s AND seq = 6", signature, case)
    intruder("UPDATE audit_leaf SET hash = %s WHERE subject_id = %s AND seq = 6", merkle.leaf_hash(data), case)
    code, text = said()
    assert code == 1
    first = TreeHead.objects.earliest("size").size
    assert f"树头的根与叶子不符，不符之处在括号内的叶子中（{first}–{last_head().size - 1}）" in text
    assert "日志的状态与叶子不符" in text


def test_a_record_put_in_afterwards_without_a_leaf_is_named(case: int, number: str, said: Said) -> None:
    intruder("UPDATE audit_log SET low_water = (SELECT max(position) FROM audit_leaf)")
    intruder("UPDATE cases_caserecord SET position = 1 WHERE case_id = %s AND seq = 2", case)
    code, text = said()
    assert code == 1
    assert f"[改动] {number} 第 2 条  没有封存，却排在已封存的位置上" in text


@pytest.mark.parametrize(
    ("column", "value"),
    [("at", "2026-01-01T00:00:00Z"), ("user_id", 7), ("appointment_id", 7), ("action", "sign_out"), ("subject", "user:1"),
     ("purpose", "别的用途"), ("values", '{"left": 0}'), ("address", "192.0.2.1"), ("platform_id", None)],
)  # fmt: skip
def test_any_change_of_an_audit_row_is_named(case: int, city: City, said: Said, column: str, value: Any) -> None:
    contact = personal.keep(city.platform.pk, name="秦素珍", phone="13900001111")
    assert contact is not None
    personal.reveal(city.acting("seat_agent"), contact.pk, "回访来报人")
    Sealer().seal()
    assert said()[0] == 0
    pk = AuditRow.objects.get(action="reveal").pk
    intruder(f'UPDATE audit_auditrow SET "{column}" = %s WHERE id = %s', value, pk)
    code, text = said()
    assert code == 1
    assert "[改动] 审计 " in text and "封存之后被改动" in text and "发现 1 处不符" in text


def test_a_removed_and_an_added_audit_row_are_named(case: int, said: Said) -> None:
    notes(2, "sign_in_failed")
    Sealer().seal()
    intruder("UPDATE audit_log SET low_water = (SELECT max(position) FROM audit_leaf)")
    intruder("DELETE FROM audit_auditrow WHERE id = (SELECT min(id) FROM audit_auditrow WHERE action = 'sign_in_failed')")
    notes(1, "refused")
    intruder("UPDATE audit_auditrow SET position = 2 WHERE action = 'refused'")
    code, text = said()
    assert code == 1
    assert "[缺失] 审计 " in text and "refused" in text and "没有封存" in text


# --- heads ---


def _line(place: int, change: Callable[[bytes], bytes]) -> None:
    (path,) = outside.files(outside.folders()[0])
    lines = path.read_bytes().splitlines(keepends=True)
    lines[place] = change(lines[place])
    path.write_bytes(b"".join(lines))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda line: line.replace(b'"root":"', b'"root":"00')[:-2] + b"\n", "读不懂"),
        (lambda line: line.replace(b'"schema":1', b'"schema":2'), "读不懂"),
        (lambda line: line.replace(b'"size":', b'"size":9'), "签名无效"),
        (lambda line: b"", "日志"),
    ],
)
def test_a_heads_file_that_was_touched_is_named_by_its_line(case: int, said: Said, change: Callable[[bytes], bytes], sentence: str) -> None:
    notes(1)
    Sealer().seal()
    _line(1, change)
    code, text = said()
    assert code == 1
    assert sentence in text or "不相接" in text


def test_a_head_of_another_log_does_not_pass(case: int, said: Said) -> None:
    _rebuild(sign=False)
    code, text = said()
    assert code == 1 and "属于另一个日志" in text


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("UPDATE audit_treehead SET root = hash WHERE size = (SELECT max(size) FROM audit_treehead)", "数据库中的树头被改动"),
        ("UPDATE audit_treehead SET signature = root", "数据库中的树头签名无效"),
        ("DELETE FROM audit_treehead WHERE size = (SELECT min(size) FROM audit_treehead)", "与前一个不相接"),
        ("UPDATE audit_log SET size = size - 1", "日志的状态与叶子不符"),
        ("UPDATE audit_log SET log_id = 'another'", "数据库中的树头被改动"),
    ],
)
def test_a_touched_head_or_state_in_the_database_is_named(case: int, said: Said, sql: str, sentence: str) -> None:
    intruder(sql)
    code, text = said()
    assert code == 1 and sentence in text, text


def test_a_kept_subtree_that_was_changed_is_named(case: int, said: Said) -> None:
    notes(600)
    Sealer().seal()
    assert said()[0] == 0
    intruder("UPDATE audit_node SET hash = sha256(hash) WHERE level = 8 AND number = 1")
    code, text = said()
    assert code == 1 and "树头 8/1" in text and Node.objects.count() == 3


# --- since ---


@pytest.mark.parametrize("by_hash", [False, True])
def test_since_a_head_only_what_came_after_is_read(case: int, desk: At, city: City, said: Said, by_hash: bool) -> None:
    head = last_head()
    other = paths.filed(desk, city)
    Sealer().seal()
    named = bytes(head.hash).hex()[:16] if by_hash else str(head.size)
    code, text = said(since=named)
    assert code == 0, text
    records = CaseRecord.objects.filter(case_id=int(other)).count()
    assert f"1 件案件、{records} 条办理经过" in text
    assert f"树头 {head.size} 之前只核对了叶子的根" in text

    intruder("UPDATE cases_caserecord SET reason = 'slip' WHERE case_id = %s AND seq = 2", case)
    assert said(since=named)[0] == 0  # rows before the head are not read …
    assert said()[0] == 1  # … the whole look reads them
    intruder("UPDATE cases_caserecord SET reason = 'slip' WHERE case_id = %s AND seq = 2", int(other))
    assert said(since=named)[0] == 1


def test_since_a_head_an_older_leaf_that_was_changed_is_still_found(case: int, said: Said) -> None:
    notes(1)
    Sealer().seal()
    intruder("UPDATE audit_leaf SET hash = sha256(hash) WHERE number = 1")
    code, text = said(since=str(last_head().size))
    assert code == 1 and "树头的根与叶子不符" in text


def test_since_a_head_that_nobody_knows_is_said_so(case: int, said: Said) -> None:
    for named in ("999999", "ffffffffffff"):
        code, text = said(since=named)
        assert code == 2 and "没有找到树头" in text


# --- what may be erased ---


def test_erasing_a_person_leaves_everything_proved_and_altering_instead_does_not(case: int, desk: At, city: City, said: Said) -> None:
    paths.request(desk, city)
    contact = PersonalData.objects.get(name="秦素珍")
    Sealer().seal()
    personal.erase(city.acting("duty_director"), contact.pk)
    secrets = RecordSecret.objects.filter(case_id=case).order_by("pk")
    assert secrets.count() > 1
    first, second = secrets[0], secrets[1]
    RecordSecret.objects.filter(pk=first.pk).update(value="", salt="", erased_at=clock.now())
    note(None, "purged", subject="retention:record_words", values={"kind": "record_words", "count": 1, "ids": [str(first.pk)]})
    Sealer().seal()
    code, text = said()
    assert code == 0, text

    RecordSecret.objects.filter(pk=second.pk).update(value="别的话")
    code, text = said()
    assert code == 1
    assert f"第 {second.seq} 条  附文与签名摘要不符（{second.name}）" in text and "发现 1 处不符" in text


# --- bulk ---


def test_stretches_proved_apart_give_the_same_tree(case: int, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    notes(700)
    Sealer().seal(batch=97)
    monkeypatch.setattr(checking, "STRETCH_LEVEL", 6)
    monkeypatch.setattr(checking, "STRETCH", 64)
    code, text = said()
    assert code == 0, text
    intruder("UPDATE audit_auditrow SET subject = 'number:x' WHERE subject IN ('number:1', 'number:500')")
    code, text = said()
    assert code == 1 and "发现 2 处不符（改动 2）" in text


def test_nothing_sealed_yet_is_no_fault(city: City, heads_folder: Path, said: Said) -> None:
    code, text = said()
    assert code == 0
    assert "树头 0 以后的" in text and "没有库外树头可比" in text


def test_the_page_of_a_case_sees_the_log_too(case: int) -> None:
    assert verify_case(case) == []
    intruder("UPDATE audit_leaf SET hash = sha256(hash) WHERE subject_id = %s AND seq = 2", case)
    assert [(fault.seq, fault.code) for fault in verify_case(case)] == [(2, "leaf")]
