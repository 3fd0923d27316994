"""``test``: every check of the project on a database made for the run and thrown away after it.

1. A private cluster without fsync in a temporary folder, one for each lane; or the server of DATABASE_URL, and then in one lane.
2. Without arguments: every test in lanes, one for each of two cores (``lanes``), and beside them ruff, mypy, import order, dependency audit
   and pending migrations. With arguments: one pytest alone, which gets them untouched.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from urllib.parse import quote

from urbangrid.config.command import cluster, dependency_audit, lanes, places, processes
from urbangrid.config.command.privileges import forget_capabilities
from urbangrid.config.command.words import _, refuse, say


def run(args: argparse.Namespace) -> int:
    """Run the checks; gives 0 when all passed."""
    signal.signal(signal.SIGTERM, _stop)
    folder = Path(tempfile.mkdtemp(prefix="urbangrid-test-"))
    try:
        with ExitStack() as servers:
            count = 1 if args.arguments or "DATABASE_URL" in os.environ else lanes.number_of_lanes()
            environments = [servers.enter_context(_lane(folder, number)) for number in range(1, count + 1)]
            if args.arguments:
                return _pytest(args.arguments, environments[0])
            return _everything(environments, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(143)


@contextmanager
def _lane(folder: Path, number: int) -> Iterator[dict[str, str]]:
    """The environment of one lane: a data folder and a server of its own.

    One server for two would not do: a transaction open in the database of one holds up the sealing that tests of the other wait for.
    """
    own = folder / f"lane-{number}"
    own.mkdir(mode=0o700)
    with server(own) as url:
        yield _environment(own, url)


def _environment(folder: Path, url: str) -> dict[str, str]:
    data = folder / "data"
    data.mkdir()
    tools = str(Path(sys.executable).parent)
    own = {
        "DATABASE_URL": url,
        "URBANGRID_DATA": str(data),
        "URBANGRID_TESTING": "1",
        "DJANGO_SETTINGS_MODULE": "urbangrid.config.settings",
        "PYTHONPATH": str(places.SOURCE),
        "PATH": tools + os.pathsep + os.environ["PATH"],
        "URBANGRID_LANGUAGE": "",  # the tests read Chinese
    }
    if (origin := os.environ.get("URBANGRID_COPIED_FROM")) and "URBANGRID_REAL_DATA" not in os.environ:
        own["URBANGRID_REAL_DATA"] = str(Path(origin).parent / "shared" / "data")
    return dict(os.environ) | own


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Address of a server on which the tests may create databases and extensions."""
    if external := os.environ.get("DATABASE_URL"):
        yield external
        return
    owner = places.service_user() if places.is_root() else None
    home = folder / "database"
    for path in (home, home / "run"):
        path.mkdir(mode=0o700)
        if owner:
            os.chown(path, owner.pw_uid, owner.pw_gid)
    if owner:
        folder.chmod(0o711)  # the server's user has to pass
        folder.parent.chmod(0o711)
    user = (owner.pw_uid, owner.pw_gid) if owner else None
    made = cluster.Cluster(home / "data", home / "run", cluster.programs_for(home / "data"), throwaway=True, user=user)
    made.create()
    process = _start(made, home / "log")
    try:
        _wait(made, process, home / "log")
        made.make_database("template1", cluster.ADMINISTRATOR)  # every test database is made from it
        yield f"postgresql://{cluster.ADMINISTRATOR}@/postgres?host={quote(str(made.socket_folder), safe='')}"
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(30)


def _start(server: cluster.Cluster, log: Path) -> subprocess.Popen[bytes]:
    def prepare_child() -> None:
        processes.die_with_parent(signal.SIGQUIT)
        forget_capabilities()

    uid, gid = server.user or (None, None)
    with log.open("wb") as output:
        return subprocess.Popen(
            server.command(),
            cwd="/",
            user=uid,
            group=gid,
            extra_groups=[] if server.user else None,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=prepare_child,
        )


def _wait(server: cluster.Cluster, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while not server.is_ready():
        if process.poll() is not None or time.monotonic() > until:
            refuse(_("测试数据库没有启动：\n{output}"), output=log.read_text(errors="replace")[-2000:])
        time.sleep(0.05)


def _everything(environments: Sequence[Mapping[str, str]], folder: Path) -> int:
    """The static checks share the machine with pytest; their output is shown after it."""
    checks = {
        "ruff": ["ruff", "check", "."],
        "mypy --strict": ["mypy"],
        "lint-imports": ["lint-imports", "--no-logo"],
        AUDIT: [sys.executable, "-m", dependency_audit.__name__],
        "makemigrations --check": [sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run"],
    }
    running = {}
    for number, (name, command) in enumerate(checks.items()):
        log = folder / f"check-{number}"
        with log.open("wb") as output:
            running[name] = (log, _background(command, environments[0], output.fileno()))
    failed = [] if lanes.run(environments, folder) == 0 else ["pytest"]
    unknown = []
    for name, (log, process) in running.items():
        fails, loud = verdict(name, process.wait())
        if fails:
            failed.append(name)
        if loud:
            head = _("—— {name} 没有通过 ——\n{output}") if fails else _("—— {name} 未查 ——\n{output}")
            say(head, name=name, output=log.read_text(errors="replace"))
            unknown += [] if fails else [name]
    if failed:
        say(_("没有通过：{names}"), names=", ".join(failed))
        return 1
    say(_("全部通过：pytest, {names}"), names=", ".join(name for name in checks if name not in unknown))
    if unknown:
        say(_("未查：{names}（见上）"), names=", ".join(unknown))
    return 0


AUDIT = "dependency audit"


def verdict(name: str, status: int) -> tuple[bool, bool]:
    """Whether a check that ended with ``status`` fails the run, and whether its output is shown; a look not taken is shown only."""
    if name == AUDIT and status == dependency_audit.NOT_LOOKED:
        return False, True
    return status != 0, status != 0


def _background(command: list[str], environment: Mapping[str, str], output: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        cwd=places.CHECKOUT,
        env=dict(environment),
        stdout=output,
        stderr=subprocess.STDOUT,
        preexec_fn=processes.die_with_parent,
    )


def _pytest(arguments: list[str], environment: Mapping[str, str]) -> int:
    command = [sys.executable, "-m", "pytest", *arguments]
    with subprocess.Popen(command, cwd=places.CHECKOUT, env=dict(environment), preexec_fn=processes.die_with_parent) as running:
        try:
            return running.wait()
        except KeyboardInterrupt:  # pytest got it too and ends with its own summary
            return running.wait(30)
