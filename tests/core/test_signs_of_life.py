"""Stamps, beats and short histories: they bear jumps of the clock, full disks and many writers."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from urbangrid.config import heart
from urbangrid.core import beats, health_checks, lines, stamps
from urbangrid.core.health import Level

NOW = {"at": "2026-11-21T09:00:00.000+00:00", "boot": "b", "up": 1000.0}


def set_clock(monkeypatch: pytest.MonkeyPatch, **values: Any) -> None:
    monkeypatch.setattr(stamps, "stamp", lambda: NOW | values)


def test_a_clock_set_forward_by_a_day_ages_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, at="2026-11-22T09:00:05.000+00:00", up=1005.0)
    assert stamps.age_seconds(NOW) == 5
    assert stamps.jump_seconds(NOW, stamps.stamp()) == 86_400


def test_after_a_new_start_of_the_machine_the_clock_decides_and_only_a_step_back_is_a_jump(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, at="2026-11-21T10:00:00.000+00:00", up=10.0, boot="c")
    assert stamps.age_seconds(NOW) == 3600
    assert stamps.jump_seconds(NOW, stamps.stamp()) == 0
    assert stamps.jump_seconds(stamps.stamp(), NOW) == -3600


def test_the_worker_notices_a_jump_and_the_page_tells_of_it(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HEALTH_ROOT, settings.LOGS_ROOT = tmp_path, tmp_path
    set_clock(monkeypatch)
    heart.one_beat()
    set_clock(monkeypatch, at="2026-11-21T09:00:05.100+00:00", up=1005.0)
    heart.one_beat()
    assert health_checks._jumps().level is Level.GOOD
    set_clock(monkeypatch, at="2026-11-20T09:00:10.000+00:00", up=1010.0)
    heart.one_beat()
    found = health_checks._jumps()
    assert found.level is Level.WATCH and "-86400 秒" in found.says and found.advice


def test_a_beat_on_a_full_disk_fails_silently_and_an_old_one_stays(tmp_path: Path, settings: Any) -> None:
    settings.HEALTH_ROOT = tmp_path / "none" / "file"
    (tmp_path / "none").write_text("in the way")
    beats.beat("worker", at_once=True)
    assert beats.last("worker") is None


def test_a_history_keeps_its_size_and_every_writer_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"

    def write(who: int) -> None:
        for number in range(200):
            assert lines.append(path, {"who": who, "number": number}, 16_000)

    writers = [threading.Thread(target=write, args=(who,)) for who in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    rows = list(lines.newest_first(path))
    assert 400 < len(rows) <= 800, "the present file and the one before"
    assert path.stat().st_size <= 16_000 + 100
    assert rows[0]["number"] == 199
    path.write_text('{"torn": \n{"whole": 1}\n[1]\n')
    assert next(lines.newest_first(path)) == {"whole": 1}
