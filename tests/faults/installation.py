"""An installation made by ``./urbangrid up`` in a throwaway folder, and how it is found well again after a fault."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg

from urbangrid.config.command import places, processes
from urbangrid.config.command.installation import DATABASE, ROLE, Installation

COMMAND = str(places.CHECKOUT / "urbangrid")
PATIENCE_SECONDS = 120
"""For anything that must happen; a busy machine is slow, a broken platform never gets there."""
UNWANTED = {"DATABASE_URL", "URBANGRID_DATA", "URBANGRID_TESTING", "DJANGO_SETTINGS_MODULE", "PYTHONPATH", "PYTHONWARNINGS"}


def wait_for(condition: Callable[[], object], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Look ten times a second until it holds."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"not within {seconds} s: {what}"
        time.sleep(0.1)


@dataclass
class Platform:
    """A running installation, driven only from outside: its command, its ports, its database, its processes."""

    home: Path
    place: Installation
    environment: dict[str, str] = field(default_factory=dict)
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    city: dict[str, Any] = field(default_factory=dict)
    on_small_disks: bool = False
    """Whether the data folder and its ``files`` are disks of their own that can be filled up."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.place.port}"

    @property
    def live_url(self) -> str:
        return f"http://127.0.0.1:{self.place.port + 1}"

    # --- the command ---

    def up(self, extra: Mapping[str, str] | None = None) -> None:
        """Start in the background and wait until everything runs. With an ``extra`` environment without the first part of the command,
        which changes the user: what libraries loaded first (libfaketime) leave behind must be the later user's."""
        output = self.home / f"output-{len(self.started)}"
        words = ["up", "--no-demo", "--host", "127.0.0.1", "--port", str(self.place.port), "--data", str(self.place.data)]
        with output.open("wb") as written:
            if extra is None:
                running = subprocess.Popen([COMMAND, *words], env=self.environment, stdout=written, stderr=written)
            else:
                command = [str(bootstrap_python()), "-P", "-m", "urbangrid", *words]
                environment = {**self.environment, "PYTHONPATH": str(places.SOURCE), "HOME": str(self.home), **extra}
                running = subprocess.Popen(command, env=environment, cwd="/", stdout=written, stderr=written, **self._as_owner())
        self.started.append(running)

        def announced() -> bool:
            assert running.poll() is None, output.read_text()
            return "Ctrl-C" in output.read_text()

        wait_for(announced, f"up announces itself: {output}")
        self.runs.append(self.place.state()["run_id"])
        self.wait_until_well()

    def down(self) -> None:
        """End it in order."""
        assert self.command("down").returncode == 0
        for running in self.started:
            running.wait(60)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Another command on the same data."""
        line = [COMMAND, *words, "--data", str(self.place.data)]
        return subprocess.run(line, env=self.environment, capture_output=True, text=True, check=False, timeout=240)

    def inside(self, what: str) -> subprocess.Popen[str]:
        """``tests.faults.inside`` as the installation's own user."""
        path = os.pathsep.join((str(places.SOURCE), str(places.CHECKOUT)))
        environment = {**self.environment, **_own(self.place), "PYTHONPATH": path, "HOME": str(self.home)}
        command = [str(bootstrap_python()), "-P", "-m", "tests.faults.inside", what]
        with (self.home / f"inside-{what}.log").open("ab") as errors:
            return subprocess.Popen(
                command, env=environment, cwd="/", text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                **self._as_owner(),
            )  # fmt: skip

    def _as_owner(self) -> dict[str, Any]:
        """For Popen: become the user of the installation, where root runs the tests."""
        owner = self.place.data.stat()
        return {} if owner.st_uid == os.geteuid() else {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}

    # --- processes ---

    def supervisor(self) -> int:
        return int(self.place.state()["pid"])

    def child(self, name: str) -> int:
        """Process id of web, live, worker or database."""
        return int(self.place.state()["children"][name]["pid"])

    def workers_of(self, name: str) -> list[int]:
        """Processes below that one, oldest first."""
        return children_of(self.child(name))

    def members(self) -> list[int]:
        """All living processes of this run, the database's among them."""
        return sorted({*processes.of_run(self.runs[-1]), *processes.working_in(self.place.cluster)})

    def strays(self) -> list[int]:
        """Processes of this installation that its supervisor does not hold, and what an earlier run left."""
        held = set(_below(self.supervisor()))
        earlier = [pid for run in self.runs[:-1] if run != self.runs[-1] for pid in processes.of_run(run)]
        return sorted({pid for pid in self.members() if pid not in held} | set(earlier))

    # --- asking ---

    def is_well(self) -> bool:
        """Web and live answer, also with the database; every service runs."""
        try:
            headers = {"Authorization": f"Bearer {self.city['tokens']['head']}"} if self.city else {}
            with httpx.Client(timeout=20, headers=headers) as client:
                path = "/api/v1/me" if self.city else "/sign-in/"
                answers = [client.get(self.url + path, headers={"Connection": "close"}).status_code for _ in range(self.web_workers())]
                live = client.get(f"{self.live_url}/health").status_code
        except httpx.TransportError:
            return False
        running = set(self.place.state().get("children", {})) >= {"database", "web", "live", "worker"}
        return running and live == 204 and set(answers) == {200}

    def web_workers(self) -> int:
        return 2 * len(os.sched_getaffinity(0))

    def wait_until_well(self) -> None:
        wait_for(self.is_well, "everything runs and answers again")

    def database(self) -> psycopg.Connection[Any]:
        return psycopg.connect(host=str(self.place.socket_folder), user=ROLE, dbname=DATABASE, autocommit=True, connect_timeout=10)

    def one(self, statement: str, *values: object) -> Any:
        """The first column of the first row."""
        with self.database() as connection:
            row = connection.execute(statement.encode(), values).fetchone()
            return row[0] if row else None

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self.database() as connection:
            return connection.execute(statement.encode(), values).fetchall()


def _own(place: Installation) -> dict[str, str]:
    """What the platform's processes are told, without this test's own environment."""
    told = place.environment()
    return {name: told[name] for name in ("URBANGRID_DATA", "URBANGRID_PORT", "DATABASE_URL", "DJANGO_SETTINGS_MODULE")}


def bootstrap_python() -> Path:
    """The interpreter that ``./urbangrid`` uses here; it can be read by the installation's user."""
    from urbangrid.config.command import bootstrap

    return bootstrap.environment_folder() / "bin" / "python"


def children_of(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and processes._fields(int(entry.name))[1:2] == [str(pid)]:
            found.append(int(entry.name))
    return sorted(found, key=processes.start_time)


def _below(pid: int) -> Iterator[int]:
    yield pid
    for child in children_of(pid):
        yield from _below(child)


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


@contextmanager
def installed(*, data: Path | None = None) -> Iterator[Platform]:
    """A platform with the small city; ``data``: a folder of one's own for it, e.g. on a small disk."""
    home = Path(tempfile.mkdtemp(prefix="ug-"))
    home.chmod(0o755)  # as root the system user has to pass
    environment = {name: value for name, value in os.environ.items() if name not in UNWANTED}
    environment["URBANGRID_RATE_LIMITS"] = "upload.person=0/60 report.person=0/60"  # here a few people do a district's work
    platform = Platform(home, Installation(data or home / "data", _two_free_ports(), "127.0.0.1", None), environment)
    try:
        platform.up()
        with platform.inside("city") as maker:
            told, _nothing = maker.communicate(timeout=120)
        platform.city = json.loads(told.splitlines()[-1])
        yield platform
    finally:
        platform.command("down")
        for running in platform.started:
            running.kill()
            running.wait()
        shutil.rmtree(home, ignore_errors=True)


def is_installed_here() -> bool:
    """Whether ``./urbangrid`` has prepared this checkout; without it these tests have nothing to start."""
    from urbangrid.config.command import bootstrap

    return bootstrap._everything_current(bootstrap.environment_folder(), testing=False, with_pages=True)


__all__ = ["PATIENCE_SECONDS", "Platform", "children_of", "installed", "is_installed_here", "wait_for"]
