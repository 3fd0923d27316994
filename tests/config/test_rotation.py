"""Logs stay small while processes write to them, and no line is lost."""

from __future__ import annotations

import errno
import subprocess
import sys
import time
from pathlib import Path

import pytest

from urbangrid.config.command import rotation

WRITER = """
import os, sys
handle = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
for number in range(int(sys.argv[2])):
    os.write(handle, b"%08d some words of a log line\\n" % number)
"""
LINES = 200_000


def _numbers(log: Path) -> list[int]:
    """Of all lines in the order of the files; torn lines join with their other half in the next file."""
    files = [log.with_name(f"{log.name}.{number}") for number in range(rotation.KEPT + 50, 0, -1)] + [log]
    text = b"".join(path.read_bytes() for path in files if path.exists())
    return [int(line[:8]) for line in text.splitlines()]


def test_while_a_process_writes_its_log_is_cut_and_every_line_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "KEPT", 1000)
    log = tmp_path / "web.log"
    log.touch()
    handle = log.open("r+b")
    handle.write(b"x" * 8192)
    handle.flush()
    supported = rotation._collapse(handle.fileno(), 4096)
    handle.close()
    if not supported:
        pytest.skip("this file system cannot take bytes off the front of a file")
    log.write_bytes(b"")
    cuts = 0
    with subprocess.Popen([sys.executable, "-c", WRITER, str(log), str(LINES)]) as writer:
        while writer.poll() is None:
            cuts += rotation.rotate(log, 256 * 1024)
            time.sleep(0)
    assert cuts >= 3
    assert _numbers(log) == list(range(LINES))


def test_where_the_file_system_cannot_the_file_is_copied_and_emptied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "_collapse", lambda *_all: False)
    log = tmp_path / "web.log"
    subprocess.run([sys.executable, "-c", WRITER, str(log), "10000"], check=True)
    assert rotation.rotate(log, 1024)
    assert log.stat().st_size == 0 and _numbers(log) == list(range(10_000))
    assert not rotation.rotate(log, 1024)


def test_only_so_many_old_files_are_kept(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    for _round in range(rotation.KEPT + 3):
        log.write_bytes(b"x" * 20_000)
        assert rotation.rotate(log, 10_000)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["web.log", *(f"web.log.{n}" for n in range(1, rotation.KEPT + 1))]


def test_on_a_full_disk_nothing_is_cut_and_nobody_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_all: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(rotation, "_copy", full)
    log = tmp_path / "web.log"
    log.write_bytes(b"x" * 20_000)
    assert not rotation.rotate(log, 10_000) and not rotation.rotate(tmp_path / "none.log", 1)
    assert [path.name for path in tmp_path.iterdir()] == ["web.log"] and log.stat().st_size == 20_000
