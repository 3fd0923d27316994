"""The whole command on this machine: start, second start, kill -9, recovery, stop."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from urbangrid.config.command import bootstrap, places, processes
from urbangrid.config.command.installation import Installation

COMMAND = str(places.CHECKOUT / "urbangrid")


class Platform:
    """An installation in a folder of its own, driven only through ./urbangrid."""

    def __init__(self, home: Path) -> None:
        self.place = Installation(home / "data", _two_free_ports(), "127.0.0.1", None)
        self.output = home / "output"
        unwanted = {"DATABASE_URL", "URBANGRID_DATA", "URBANGRID_TESTING", "DJANGO_SETTINGS_MODULE", "PYTHONPATH"}
        self.environment = {name: value for name, value in os.environ.items() if name not in unwanted}
        self.started: list[subprocess.Popen[bytes]] = []

    def up(self) -> None:
        """Start in the background and wait until the page answers."""
        began = time.monotonic()
        with self.output.open("wb") as output:
            command = [COMMAND, "up", "--no-demo", "--port", str(self.place.port), "--data", str(self.place.data)]
            running = subprocess.Popen(command, env=self.environment, stdout=output, stderr=output)
        self.started.append(running)
        while not self.answers() or "Ctrl-C" not in self.output.read_text():
            assert running.poll() is None and time.monotonic() - began < 120, self.output.read_text()
            time.sleep(0.1)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [COMMAND, *words, "--data", str(self.place.data)]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, timeout=120)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.place.port}/", timeout=10):
                return True
        except urllib.error.HTTPError as answer:
            answer.close()
            return True
        except OSError:
            return False

    def members(self) -> list[int]:
        """All living processes of the last run, the database among them."""
        return [*processes.of_run(self.place.state()["run_id"]), *processes.working_in(self.place.cluster)]


def _two_free_ports() -> int:
    while True:
        with closing(socket.socket()) as one, closing(socket.socket()) as other:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            try:
                other.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    if not bootstrap._everything_current(bootstrap.environment_folder(), testing=False, with_pages=True):
        pytest.skip("nothing is installed here by ./urbangrid")
    home = Path(tempfile.mkdtemp(prefix="ug-"))
    home.chmod(0o755)  # as root the system user has to pass
    made = Platform(home)
    made.up()
    yield made
    made.run("down")
    for running in made.started:
        running.kill()
        running.wait()
    shutil.rmtree(home)


@pytest.mark.requirement("HD-5.1.2")
def test_the_one_documented_command_serves_it_on_plain_linux_with_an_open_database(platform: Platform) -> None:
    assert "./urbangrid up" in (places.CHECKOUT / "README.md").read_text(encoding="utf-8")
    assert platform.answers()
    command = [COMMAND, "psql", "--data", str(platform.place.data), "-Atc", "select version(), postgis_lib_version()"]
    asked = subprocess.run(command, env=platform.environment, capture_output=True, text=True, check=False)
    assert asked.stdout.startswith("PostgreSQL")
    assert "Linux" in Path("/proc/version").read_text()


@pytest.mark.requirement("HD-9.1.2")
def test_it_runs_as_an_unprivileged_user_with_private_keys(platform: Platform) -> None:
    owner = platform.place.data.stat().st_uid
    assert owner != 0
    assert all(Path(f"/proc/{pid}").stat().st_uid == owner for pid in platform.members())
    keys = list(platform.place.secrets.iterdir())
    assert {key.name for key in keys} == {"django_key", "live_key", "metrics_token", "record_signing.pem", "second_step_key"}
    assert all(key.stat().st_mode & 0o777 == 0o600 for key in keys)


def test_a_second_up_says_where_the_platform_is(platform: Platform) -> None:
    second = platform.run("up")
    assert second.returncode == 0
    assert f"http://localhost:{platform.place.port}/" in second.stdout


def test_a_taken_port_is_named_with_the_way_out(platform: Platform) -> None:
    with tempfile.TemporaryDirectory() as other:
        Path(other).chmod(0o755)
        command = [COMMAND, "up", "--port", str(platform.place.port), "--data", f"{other}/data"]
        refused = subprocess.run(command, env=platform.environment, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert str(platform.place.port) in refused.stderr and "--port" in refused.stderr


def test_psql_reaches_the_database_of_the_running_platform(platform: Platform) -> None:
    command = [COMMAND, "psql", "--data", str(platform.place.data), "-Atc", "select current_user"]
    asked = subprocess.run(command, env=platform.environment, capture_output=True, text=True, check=False)
    assert asked.stdout == "urbangrid\n"


def test_check_tells_every_check_while_the_platform_is_up(platform: Platform) -> None:
    until = time.monotonic() + 60
    while (told := platform.run("check")).returncode != 0:  # the worker comes last and beats first after some seconds
        assert time.monotonic() < until, told.stdout
        time.sleep(0.5)
    for label in ("数据库", "磁盘", "文件库", "后台进程", "实时进程"):
        assert f"通过  {label}：" in told.stdout


def test_kill_9_leaves_nothing_and_the_next_up_recovers(platform: Platform) -> None:
    before = platform.members()
    assert len(before) > 3
    os.kill(platform.place.state()["pid"], 9)
    until = time.monotonic() + 20
    while left := platform.members():
        assert time.monotonic() < until, f"still running: {left}"
        time.sleep(0.05)
    platform.up()
    assert not set(before) & set(platform.members())


def test_down_leaves_nothing(platform: Platform) -> None:
    members = platform.members()
    assert platform.run("down").returncode == 0
    assert [pid for pid in members if processes.is_alive(pid)] == []
    assert not platform.answers()
    assert platform.run("down").returncode == 0, "nothing to stop is no failure"


def test_check_works_while_the_platform_is_down_and_without_a_database_tells_the_rest(platform: Platform) -> None:
    told = platform.run("check")
    assert told.returncode == 0, told.stdout
    assert "通过  数据库：" in told.stdout and "平台没有运行" in told.stdout and "后台进程：" not in told.stdout
    version = platform.place.cluster / "PG_VERSION"
    kept = version.read_text()
    version.write_text("1\n")
    try:
        told = platform.run("check")
    finally:
        version.write_text(kept)
    assert told.returncode == 1
    assert "不通过  数据库：连不上数据库" in told.stdout and "通过  磁盘：" in told.stdout and "logs/database.log" in told.stdout
