"""After last night's backup was restored: what was given up is named to whoever asks, and the platform seals on without a red line."""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from tests.support.log import heads_folder, intruder, last_head, notes
from urbangrid.audit import checks, outside, restorations, verify_log
from urbangrid.audit.models import AuditRow
from urbangrid.audit.sealer import Sealer
from urbangrid.cases import commands, commands_export
from urbangrid.config.command import notes as left
from urbangrid.core.health import Level

__all__ = ["heads_folder"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("heads_folder")]
Said = Callable[..., tuple[int, str]]


@dataclass
class Night:
    """A database that is back at last night's size; the second folder and an auditor still have the heads of today."""

    copy: Path
    size: int
    lost: int
    of_auditor: Path


@pytest.fixture
def night(heads_folder: Path, settings: Any, tmp_path: Path) -> Night:
    settings.DATA = tmp_path
    settings.HEADS_COPY = str(tmp_path / "copy")
    notes(3)
    Sealer().seal()
    size = last_head().size
    backup = transaction.savepoint()
    shutil.copytree(heads_folder, tmp_path / "kept")
    notes(4)
    Sealer().seal()
    lost = last_head().size
    of_auditor = tmp_path / "of-auditor.jsonl"
    shutil.copyfile(outside.files(tmp_path / "copy")[-1], of_auditor)
    transaction.savepoint_rollback(backup)
    shutil.rmtree(heads_folder)
    shutil.copytree(tmp_path / "kept", heads_folder)
    assert last_head().size == size < lost
    return Night(tmp_path / "copy", size, lost, of_auditor)


def _restored(data: Path) -> None:
    """What ``restore`` leaves, and the start after it."""
    left.leave_restoration(data, "backup", "2026-11-20T18:00:00+00:00", "1.2")
    assert restorations.note_pending() and not restorations.note_pending()


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    def run(**given: Any) -> tuple[int, str]:
        capsys.readouterr()
        return commands.verify(argparse.Namespace(jobs=1, **given)), capsys.readouterr().out

    return run


def test_a_database_that_got_older_by_itself_stays_red(night: Night, said: Said) -> None:
    Sealer().seal()
    assert checks.cut_off().level is Level.BAD
    code, text = said()
    assert code == 1 and "[截断]" in text and f"{night.size} / {night.lost}" in text
    assert outside.newest(night.copy).size == night.lost, "nobody touches heads that are not explained"  # type: ignore[union-attr]


def test_after_a_restore_the_lost_heads_are_named_and_sealing_goes_on_without_red(night: Night, said: Said, tmp_path: Path) -> None:
    _restored(tmp_path)
    code, text = said()
    assert code == 0, text
    assert f"恢复到 2026-11-20T18:00:00+00:00 的数据（由备份恢复）：日志自第 {night.size} 条" in text
    assert f"旧树头到第 {night.lost} 条" in text
    for _round in range(3):  # past the size of the line that was given up
        notes(3)
        Sealer().seal()
        code, text = said()
        assert code == 0 and f"旧树头到第 {night.lost} 条" in text, text
        assert checks.cut_off().level is Level.GOOD and checks.outside_copy().level is Level.GOOD
    assert last_head().size > night.lost
    (aside,) = night.copy.glob("abandoned-*/*.jsonl")
    assert f'"size":{night.lost}' in aside.read_text()
    named = AuditRow.objects.get(action="heads_put_aside")
    assert named.values["size"] == night.lost and named.values["head"], "the end of the old line stands in the new log"
    assert "恢复到" in checks.cut_off().says


def test_an_auditor_with_a_head_of_today_is_told_since_when_and_why(night: Night, said: Said, tmp_path: Path) -> None:
    _restored(tmp_path)
    Sealer().seal()
    code, text = said(heads=[str(night.of_auditor)])
    assert code == 1
    assert "[截断]" in text and "已被放弃" in text and f"{night.size} / {night.lost}; 2026-11-20T18:00:00+00:00" in text


def test_his_own_program_tells_him_too(night: Night, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _restored(tmp_path)
    notes(9)
    Sealer().seal()
    given = argparse.Namespace(to=str(tmp_path / "export"), case=None, since=None)
    assert commands_export.export(given) == 0
    capsys.readouterr()
    assert verify_log.main([str(tmp_path / "export")]) == 0
    assert verify_log.main([str(tmp_path / "export"), "--heads", str(night.of_auditor)]) == 1
    text = capsys.readouterr().out
    assert f"叶子 {night.size} 起是另一条线" in text and f"改动在叶子 {night.size}–" in text


def test_a_return_that_our_key_did_not_sign_explains_nothing(night: Night, said: Said, tmp_path: Path) -> None:
    _restored(tmp_path)
    row = AuditRow.objects.get(action=restorations.ACTION)
    intruder("UPDATE audit_auditrow SET values = %s WHERE id = %s", json.dumps(row.values | {"size": 1, "head": ""}), row.pk)
    assert restorations.every() == [] and said()[0] == 1 and checks.cut_off().level is Level.BAD


def test_a_head_that_was_signed_after_the_return_is_still_missed(night: Night, said: Said, tmp_path: Path) -> None:
    left.leave_restoration(tmp_path, "upgrade", "2026-11-20T18:00:00+00:00", "")
    path = tmp_path / left.RESTORATION
    early = datetime(2026, 11, 20, 18, 0, 1, tzinfo=UTC).isoformat()
    path.write_text(json.dumps(json.loads(path.read_text()) | {"at": early}))
    restorations.note_pending()
    assert said()[0] == 1


def test_a_start_that_was_cut_off_writes_the_return_once(night: Night, tmp_path: Path) -> None:
    left.leave_restoration(tmp_path, "backup", "2026-11-20T18:00:00+00:00", "1.2")
    again = (tmp_path / left.RESTORATION).read_text()
    restorations.note_pending()
    (tmp_path / left.RESTORATION).write_text(again)
    restorations.note_pending()
    assert AuditRow.objects.filter(action=restorations.ACTION).count() == 1
