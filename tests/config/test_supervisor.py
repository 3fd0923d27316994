"""The supervisor seen from outside: a small program supervises two services and is then treated badly."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from urbangrid.config.command import places, processes

PROGRAM = """
    import sys
    from pathlib import Path
    from urbangrid.config.command.installation import Installation
    from urbangrid.config.command.supervisor import Service, Supervisor

    place = Installation(Path(sys.argv[1]), 1, "127.0.0.1", "postgresql:///unused")
    place.make_folders()
    supervisor = Supervisor(place)
    supervisor.listen()
    server = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {worker!r}]); time.sleep(1000)"
    bound = "from urbangrid.config.command.processes import die_with_supervisor; die_with_supervisor()"
    worker = bound + "; import pathlib, time; pathlib.Path('bound').touch(); time.sleep(1000)"
    supervisor.start(Service("server", [sys.executable, "-c", server.format(worker=worker)]))
    supervisor.start(Service("plain", [sys.executable, "-c", "import time; time.sleep(1000)"]))
    wanted = place.data / "reset.request"

    def again() -> None:
        supervisor.stop_all_but("plain")
        wanted.unlink()
        supervisor.start(Service("server", [sys.executable, "-c", server.format(worker=worker)]))

    supervisor.asked, supervisor.answer = wanted.exists, again
    print("ready", flush=True)
    supervisor.watch()
    supervisor.stop()
"""


class Run:
    """A supervising program and what it wrote about itself."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(PROGRAM), str(data)],
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(places.SOURCE)},
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"ready\n"
        wait_for(lambda: len(self.members()) == 3 and (data / "bound").exists())

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.data / "running.json").read_text())
        return found

    def pid_of(self, name: str) -> int:
        return int(self.state()["children"][name]["pid"])

    def members(self) -> list[int]:
        return processes.of_run(self.state()["run_id"])


def wait_for(condition: Callable[[], bool], seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    running = Run(tmp_path / "data")
    yield running
    running.process.kill()
    running.process.wait()
    assert running.process.stdout is not None
    running.process.stdout.close()
    processes.end(running.members(), [(signal.SIGKILL, 5)])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_told_to_end_it_ends_everything_it_started(run: Run, number: signal.Signals) -> None:
    run.process.send_signal(number)
    assert run.process.wait(10) == 0
    assert run.members() == []


def test_killed_it_leaves_no_process_behind(run: Run) -> None:
    run.process.kill()
    run.process.wait()
    wait_for(lambda: run.members() == [])


def test_a_crashed_service_is_started_again_and_its_workers_do_not_stay(run: Run) -> None:
    before, members = run.pid_of("server"), run.members()
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: run.pid_of("server") != before and len(run.members()) == 3)
    assert len(set(members) & set(run.members())) == 1, "only the service that did not crash is the same process"


def test_asked_to_it_ends_the_others_and_starts_them_again(run: Run) -> None:
    before, kept = run.pid_of("server"), run.pid_of("plain")
    (run.data / "reset.request").touch()
    wait_for(lambda: run.state()["children"].get("server", {"pid": before})["pid"] != before)
    wait_for(lambda: len(run.members()) == 3)
    assert run.pid_of("plain") == kept and not processes.is_alive(before)


def test_a_zombie_counts_as_dead_and_a_recycled_number_as_somebody_else() -> None:
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    started = processes.start_time(child.pid)
    wait_for(lambda: Path(f"/proc/{child.pid}/stat").read_text().split()[2] == "Z")
    assert not processes.is_alive(child.pid)
    child.wait()
    assert processes.is_alive(os.getpid())
    assert not processes.is_alive(os.getpid(), started - 1)
