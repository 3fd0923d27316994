"""What the health page says of backup, restore test, disk and certificate, and when the worker makes the nightly backup."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from urbangrid.config import operations, operations_health
from urbangrid.config.command import notes, processes
from urbangrid.core import clock
from urbangrid.core.health import Finding, Level

CITY = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def data(tmp_path: Path, settings: Any) -> Path:
    settings.DATA = tmp_path
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "django_key").touch()
    return tmp_path


def seen(name: str) -> Finding:
    return next(check for check in operations_health.CHECKS if check.name == name).look()


def test_the_backup_turns_amber_after_a_day_and_red_after_two_and_says_what_to_do(data: Path) -> None:
    assert seen("backup.age_hours").level == Level.GOOD, "a new installation waits for its first night"
    notes.write(data, "backup", {"folder": "/mnt/x", "bytes": 10, "keys": True, "same_disk": False})
    assert seen("backup.age_hours").level == Level.GOOD
    for hours, level in ((25, Level.GOOD), (27, Level.WATCH), (49, Level.BAD)):
        with clock.travel(datetime.now(UTC) + timedelta(hours=hours)):
            found = seen("backup.age_hours")
        assert found.level == level and (level == Level.GOOD or "./urbangrid backup" in found.advice)


def test_an_installation_that_was_never_backed_up_turns_red_after_two_days(data: Path) -> None:
    old = datetime.now(UTC).timestamp() - 49 * 3600
    os.utime(data / "secrets" / "django_key", (old, old))
    assert seen("backup.age_hours").level == Level.BAD


def test_a_failed_backup_is_red_at_once_with_its_reason(data: Path) -> None:
    notes.write(data, "backup", {"folder": "/mnt/x", "bytes": 10, "keys": True, "same_disk": False})
    kept = notes.read(data)["backup"]
    notes.write(data, "backup", kept | {"at": (datetime.now(UTC) - timedelta(minutes=5)).isoformat()})
    notes.write(data, "backup_failure", {"folder": "/mnt/x", "why": "磁盘空间不够"})
    found = seen("backup.age_hours")
    assert found.level == Level.BAD and "磁盘空间不够" in found.advice


@pytest.mark.parametrize(("weakness", "word"), [({"keys": False}, "密钥"), ({"missing": 2}, "缺"), ({"same_disk": True}, "同一块磁盘")])
def test_a_young_backup_that_would_not_help_is_amber(data: Path, weakness: dict[str, object], word: str) -> None:
    notes.write(data, "backup", {"folder": "/mnt/x", "bytes": 10, "keys": True, "same_disk": False} | weakness)
    found = seen("backup.age_hours")
    assert found.level == Level.WATCH and word in found.advice


def test_a_restore_test_that_failed_is_red_and_an_old_one_amber(data: Path) -> None:
    assert seen("backup.restore_test_age_days").level == Level.GOOD
    notes.write(data, "restore_test", {"ok": True, "seconds": 9})
    assert seen("backup.restore_test_age_days").level == Level.GOOD
    with clock.travel(datetime.now(UTC) + timedelta(days=15)):
        assert seen("backup.restore_test_age_days").level == Level.WATCH
    notes.write(data, "restore_test", {"ok": False, "why": "备份损坏"})
    found = seen("backup.restore_test_age_days")
    assert found.level == Level.BAD and "备份损坏" in found.says


def test_free_space_is_told_as_days_at_the_growth_of_the_last_month(data: Path) -> None:
    rows: list[dict[str, object]] = [{"day": f"2026-05-{day:02}", "used_bytes": day * 1_000} for day in (1, 2, 3, 31)]
    assert operations_health.growth_bytes_per_day(rows[:1], date(2026, 5, 3)) is None
    assert operations_health.growth_bytes_per_day(rows, date(2026, 5, 31)) == 1_000
    today = clock.now().date()
    free = shutil.disk_usage(data).free
    for back, used in ((10, 0), (0, free)):  # a tenth of what is free now, every day
        notes.add_size(data, (today - timedelta(days=back)).isoformat(), used)
    found = seen("disk.free_days")
    assert found.level == Level.BAD and found.gauge is not None and 9 < found.gauge < 11


def test_the_size_of_a_day_is_kept_once(data: Path) -> None:
    assert notes.add_size(data, "2026-05-01", 5) and not notes.add_size(data, "2026-05-01", 6)
    (data / notes.SIZES).write_text((data / notes.SIZES).read_text() + '{"day": "2026')
    assert notes.sizes(data) == [{"day": "2026-05-01", "used_bytes": 5}], "a torn line is no day"


@pytest.mark.parametrize(
    ("now", "last", "wanted"),
    [
        ("2026-05-02T02:07", "2026-05-01T02:07", True),
        ("2026-05-02T01:59", "2026-05-01T02:07", False),
        ("2026-05-02T09:00", "2026-05-01T02:07", True),  # the machine was off at two
        ("2026-05-02T09:00", "2026-05-02T02:08", False),
        ("2026-05-02T00:30", None, True),
    ],
)
def test_the_nightly_backup_is_due_once_after_its_hour(now: str, last: str | None, wanted: bool) -> None:
    at = datetime.fromisoformat(last).replace(tzinfo=CITY) if last else None
    assert operations.due(datetime.fromisoformat(now).replace(tzinfo=CITY), at, 2) is wanted


def test_the_worker_backs_up_and_then_tests_restoring_once_a_night(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []

    def run(_data: Path, *words: str) -> int:
        asked.append(words)
        return 0

    monkeypatch.setattr(operations, "_run", run)
    assert operations.nightly() and not operations.nightly()
    assert asked == [("backup", "--without-keys"), ("restore", "--test")]


def test_a_night_that_was_cut_off_by_down_is_made_up_in_the_next_hour(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut_off(_data: Path, *_words: str) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(operations, "_run", cut_off)
    with pytest.raises(KeyboardInterrupt):
        operations.nightly()
    notes.write(data, "restore_test", {"ok": False, "why": "中断，没有做完", "pid": 2**22 + 1, "started": 1})
    found = seen("backup.restore_test_age_days")
    assert found.level == Level.WATCH and "被中断" in found.says, "it says nothing about the backup"
    asked: list[str] = []

    def run(_data: Path, *words: str) -> int:
        asked.append(words[0])
        return 0

    monkeypatch.setattr(operations, "_run", run)
    assert operations.nightly() and asked == ["backup", "restore"], "neither counted as made"


def test_a_restore_test_that_is_going_on_is_not_called_a_failed_one(data: Path) -> None:
    notes.write(data, "restore_test", {"ok": False, "pid": os.getpid(), "started": processes.start_time(os.getpid())})
    found = seen("backup.restore_test_age_days")
    assert found.level == Level.GOOD and "正在进行" in found.says
