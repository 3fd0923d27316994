"""No two identifiers are equal: many processes at once, a killed one, a forked one, and a clock that was set back."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from urbangrid.core import ids
from urbangrid.core.ids import PROCESS_BITS, SERIAL_BITS

PROGRAM = """
import os, sys, time
shift_ms = int(sys.argv[1])
true_ns = time.time_ns
time.time_ns = lambda: true_ns() + shift_ms * 1_000_000
from urbangrid.core.ids import new_id
print(*(new_id() for _ in range(int(sys.argv[2]))), flush=True)
if sys.argv[3:] == ["fork"]:
    child = os.fork()
    if child == 0:
        print(*(new_id() for _ in range(100)), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
    print(*(new_id() for _ in range(100)), flush=True)
sys.stdin.read()
"""
DAY_MS = 24 * 3600 * 1000


@contextmanager
def process(data: Path, *words: str, shift_ms: int = 0, count: int = 5_000, numbers: str = "0-1023") -> Iterator[subprocess.Popen[str]]:
    """A process that makes identifiers, prints them and then waits."""
    own = {"URBANGRID_DATA": str(data), "URBANGRID_ID_NUMBERS": numbers, "URBANGRID_TESTING": "1"}
    command = [sys.executable, "-c", PROGRAM, str(shift_ms), str(count), *words]
    with subprocess.Popen(command, env=os.environ | own, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        yield running
        running.kill()


def made(running: subprocess.Popen[str]) -> list[int]:
    assert running.stdout is not None
    return [int(word) for word in running.stdout.readline().split()]


def number_of(identifier: int) -> int:
    return identifier >> SERIAL_BITS & (1 << PROCESS_BITS) - 1


def test_processes_that_run_at_once_have_a_number_each(tmp_path: Path) -> None:
    with process(tmp_path) as one, process(tmp_path) as two, process(tmp_path) as three:
        listed = [made(running) for running in (one, two, three)]
    assert [len(each) for each in listed] == [5_000] * 3
    assert len({identifier for each in listed for identifier in each}) == 15_000
    numbers = [{number_of(identifier) for identifier in each} for each in listed]
    assert all(len(each) == 1 for each in numbers) and len(set.union(*numbers)) == 3


def test_a_forked_child_takes_a_number_of_its_own_and_the_parent_keeps_its(tmp_path: Path) -> None:
    with process(tmp_path, "fork") as running:
        parent, child, later = made(running), made(running), made(running)
    assert len({number_of(one) for one in parent + later}) == 1
    assert {number_of(one) for one in child}.isdisjoint({number_of(one) for one in parent})


def test_a_killed_process_leaves_its_number_and_the_next_begins_behind_it(tmp_path: Path) -> None:
    with process(tmp_path, numbers="7-7") as first:
        before = made(first)
    with process(tmp_path, numbers="7-7") as second:
        after = made(second)
    assert {number_of(one) for one in before + after} == {7}
    assert min(after) > max(before)


def test_after_the_clock_was_set_back_a_day_nothing_is_repeated(tmp_path: Path) -> None:
    with process(tmp_path, numbers="7-8") as first:
        before = made(first)
    with process(tmp_path, shift_ms=-DAY_MS, numbers="7-8") as second:
        fresh = made(second)
        with process(tmp_path, shift_ms=-DAY_MS, numbers="7-8") as third:
            behind = made(third)
    assert {number_of(one) for one in fresh} == {8}, "a number that was not used yet stays in order of time"
    assert min(behind) > max(before), "where none is left it goes on behind the last use"
    assert len({*before, *fresh, *behind}) == 15_000


def test_more_processes_than_numbers_are_refused_not_doubled(tmp_path: Path) -> None:
    with process(tmp_path, numbers="7-7") as first:
        made(first)
        with process(tmp_path, numbers="7-7") as second:
            assert made(second) == []
            assert second.wait(20) != 0


def test_after_a_restore_beside_an_older_database_ids_begin_behind_it_also_by_a_clock_that_is_late(tmp_path: Path, settings: Any) -> None:
    settings.DATA = tmp_path / "restored"
    newest = ids.new_id()
    assert ids.begin_behind(newest) is True
    assert ids.begin_behind(newest + 10**15) is False, "marks that are there know better"
    with process(settings.DATA, shift_ms=-DAY_MS) as running:
        assert min(made(running)) > newest


def test_within_a_process_the_clock_may_step_back_and_ids_go_on_rising(monkeypatch: pytest.MonkeyPatch) -> None:
    before = ids.new_id()
    true_ns = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: true_ns() - DAY_MS * 1_000_000)
    later = [ids.new_id() for _ in range(10_000)]  # more than one millisecond's serials: it goes on without waiting for the clock
    assert before < later[0] and later == sorted(set(later))
    assert (later[-1] >> PROCESS_BITS + SERIAL_BITS) - (before >> PROCESS_BITS + SERIAL_BITS) < 1_000


def test_the_whole_range_is_there_by_default(settings: Any) -> None:
    assert settings.ID_NUMBERS == (0, (1 << PROCESS_BITS) - 1)


def test_no_identifier_is_given_before_its_mark_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """A mark that lies in memory alone is gone after a power failure, and a clock set back then repeats numbers."""
    settings.DATA = tmp_path / "data"
    for name, value in {"_file": None, "_number": 0, "_marked_ms": 0}.items():
        monkeypatch.setattr(ids, name, value)
    synced: list[bytes] = []
    true_sync = os.fdatasync

    def refuse(handle: int) -> None:
        raise OSError("disk gone")

    def watch(handle: int) -> None:
        true_sync(handle)
        synced.append((tmp_path / "data" / "ids").read_bytes())

    monkeypatch.setattr(os, "fdatasync", refuse)
    with pytest.raises(OSError, match="disk gone"):
        ids.new_id()
    monkeypatch.setattr(os, "fdatasync", watch)
    made = [ids.new_id() for _ in range(5_000)]
    assert 1 <= len(synced) <= 2, "one small write in five seconds, not one for each"
    held = number_of(made[0])
    (marked_ms,) = ids._MARK.unpack_from(synced[0], held * ids._MARK.size)
    assert made[0] >> PROCESS_BITS + SERIAL_BITS < marked_ms
    assert ids._file is not None
    os.close(ids._file)
