"""Rows that come in bulk, or were there before the log was: all of them are sealed and proved."""

from __future__ import annotations

import argparse
import importlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from tests.api import paths
from tests.api.paths import At
from tests.cases.test_export import check
from tests.config.test_replay import HEAD, MAPPING
from tests.support.city import City
from tests.support.log import heads_folder
from urbangrid.audit.models import AuditRow, Leaf, TreeHead
from urbangrid.audit.sealer import Sealer
from urbangrid.cases import commands, commands_export, volume
from urbangrid.cases.models import CaseRecord
from urbangrid.config import bench_city, bench_fill
from urbangrid.config.commands_history import import_cases

__all__ = ["heads_folder"]
pytestmark = pytest.mark.usefixtures("heads_folder")


def _proved() -> bool:
    connection.check_constraints()
    return (
        commands.verify(argparse.Namespace(jobs=1)) == 0
        and Leaf.objects.count() == CaseRecord.objects.count() + AuditRow.objects.exclude(action="audit_verified").count()
    )


def test_an_imported_history_is_sealed_and_proved(city: City, tmp_path: Path) -> None:
    rows = "".join(
        f"{n},2011-07-01 08:00:00,2011-07-03 08:00:00,2011-07-02 08:00:00,ONTIME,Pothole,Request for Pothole Repair,Elm St,,42.33,-71.05\n"
        for n in range(60)
    )
    path = tmp_path / "reports.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    Sealer().seal()
    assert import_cases(argparse.Namespace(file=str(path), mapping=str(MAPPING))) == 0
    assert Sealer().seal(batch=25) == 60
    assert _proved()


def test_cases_copied_in_for_measuring_are_sealed_and_proved(db: None) -> None:
    with transaction.atomic():
        scene = bench_fill.scene_of(bench_city.make(), spots=60)
        rows = volume.Rows()
        for serial in range(40):
            rows.join(volume.closed(scene, serial, datetime(2026, 11, 20, 2, 0, tzinfo=UTC) - timedelta(days=serial + 1)))
        volume.write(rows)
    assert Sealer().seal(batch=100) == 240 + AuditRow.objects.count()
    assert TreeHead.objects.count() >= 3
    assert _proved()


def test_rows_of_before_the_upgrade_get_positions_in_one_step_and_are_sealed(desk: At, city: City, tmp_path: Path) -> None:
    paths.fed_back(desk, paths.dispatched(desk, city))
    records, rows = CaseRecord.objects.count(), AuditRow.objects.count()
    audit, cases = (
        importlib.import_module(f"urbangrid.{name}") for name in ("audit.migrations.0002_log", "cases.migrations.0004_position")
    )
    connection.check_constraints()  # deferred checks would forbid changing the tables
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_caserecord DROP COLUMN position; ALTER TABLE audit_auditrow DROP COLUMN position")
        cursor.execute("DROP SEQUENCE audit_position")
        cursor.execute(audit.POSITIONS)
        cursor.execute(cases.POSITION)
        cursor.execute(
            "SELECT count(DISTINCT position) FROM (SELECT position FROM cases_caserecord UNION ALL SELECT position FROM audit_auditrow) t"
        )
        assert cursor.fetchone() == (records + rows,)
        cursor.execute("SET LOCAL session_replication_role = replica")  # rows that lie in the table in another order than they were written
        cursor.execute("UPDATE cases_caserecord SET position = -position; UPDATE cases_caserecord SET position = 10000 + position")
        cursor.execute("SELECT setval('audit_position', 20000); SET LOCAL session_replication_role = origin")
    assert Sealer().seal() == records + rows
    paths.filed(desk, city)  # goes on behind them
    assert Sealer().seal() > 0
    assert _proved()
    assert commands_export.export(argparse.Namespace(to=str(tmp_path / "export"), since=None, case=None)) == 0
    code, text = check(tmp_path / "export")
    assert code == 0, text
