"""What the health page says of the log: green while all is well, else what is wrong and what to do."""

from __future__ import annotations

import argparse
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.support.log import heads_folder, intruder, notes
from urbangrid.audit import checks
from urbangrid.audit.models import AuditRow
from urbangrid.audit.sealer import Sealer
from urbangrid.cases import commands
from urbangrid.core import clock, health
from urbangrid.core.health import Level

__all__ = ["heads_folder"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("heads_folder")]


def _levels() -> dict[str, Level]:
    return {check.name: finding.level for check, finding in health.look() if check.name.startswith("record.")}


def test_a_fresh_platform_and_a_sealed_one_are_green() -> None:
    assert set(_levels().values()) == {Level.GOOD} and len(_levels()) == 6
    notes(3)
    assert "3 条尚未封存" in checks.unsealed().says and checks.unsealed().gauge == 3
    Sealer().seal()
    assert set(_levels().values()) == {Level.GOOD}
    assert checks.unsealed().gauge == 0


@pytest.mark.parametrize(("minutes", "level"), [(1, Level.GOOD), (3, Level.WATCH), (40, Level.BAD)])
def test_rows_that_wait_too_long_are_shown_with_their_age(minutes: int, level: Level) -> None:
    now = clock.now()
    with clock.travel(now - timedelta(minutes=minutes)):
        notes(2)
    with clock.travel(now):
        found = checks.unsealed()
    assert found.level is level
    assert found.advice or level is Level.GOOD


def test_very_many_waiting_rows_are_counted_up_to_a_limit_only() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_auditrow (id, at, action, subject, purpose, values, address)"
            " SELECT n, now(), 'sign_out', '', '', '{}', '' FROM generate_series(1, 10500) n"
        )
    assert "10000+ 条" in checks.unsealed().says


def test_a_head_that_is_not_in_the_file_or_in_the_copy_is_shown(heads_folder: Path, settings: Any, tmp_path: Path) -> None:
    settings.HEADS_COPY = str(tmp_path / "copy")
    notes(1)
    Sealer().seal()
    assert checks.outside_copy().level is Level.GOOD
    shutil.rmtree(tmp_path / "copy")
    (tmp_path / "copy").write_text("the disk is not there")
    notes(1)
    Sealer().seal()
    with clock.travel(clock.now() + timedelta(minutes=5)):
        assert (checks.outside_file().level, checks.outside_copy().level) == (Level.GOOD, Level.BAD)
        assert str(tmp_path / "copy") in checks.outside_copy().advice
        shutil.rmtree(heads_folder)
        assert checks.outside_file().level is Level.BAD and "只写到第 0 条" in checks.outside_file().says


def test_a_database_that_is_older_than_its_heads_is_shown(heads_folder: Path) -> None:
    for _ in range(2):
        notes(1)
        Sealer().seal()
    assert checks.cut_off().level is Level.GOOD
    intruder("DELETE FROM audit_treehead WHERE size = 2")
    found = checks.cut_off()
    assert found.level is Level.BAD and "audit verify" in found.advice


def test_the_last_verification_is_shown_with_its_outcome_and_age() -> None:
    notes(2)
    Sealer().seal()
    assert "还没有全库核验" in checks.verified().says
    with clock.travel(clock.now() + timedelta(days=40)):
        assert checks.verified().level is Level.WATCH
    assert commands.verify(argparse.Namespace(jobs=1)) == 0
    assert checks.verified().level is Level.GOOD and "全部相符" in checks.verified().says
    with clock.travel(clock.now() + timedelta(days=40)):
        assert checks.verified().level is Level.WATCH and "40 天前" in checks.verified().says
    intruder("DELETE FROM audit_auditrow WHERE action = 'sign_out'")
    assert commands.verify(argparse.Namespace(jobs=1)) == 1
    assert checks.verified().level is Level.BAD and "2 处不符" in checks.verified().says
    assert commands.verify(argparse.Namespace(jobs=1, since="2")) == 0
    assert checks.verified().level is Level.BAD  # a look at the newer part does not take a whole one's place
    assert AuditRow.objects.filter(action="audit_verified").count() == 3
