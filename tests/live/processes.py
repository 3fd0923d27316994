"""The live process and the worker as the supervisor starts them, on the database of the test."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
from django.db import connection

from urbangrid.config.command.processes import die_with_parent

START_SECONDS = 40


def free_port() -> int:
    """A port whose neighbour above is probably free too."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data: Path, port: int) -> dict[str, str]:
    """Settings of a process: this test's database and data folder, the web process's port."""
    given = urlsplit(os.environ.get("DATABASE_URL", "postgresql:///urbangrid"))
    url = given._replace(path="/" + quote(str(connection.settings_dict["NAME"]))).geturl()
    own = {"DATABASE_URL": url, "URBANGRID_DATA": str(data), "URBANGRID_PORT": str(port), "URBANGRID_TESTING": "1"}
    return os.environ | own | {"DJANGO_SETTINGS_MODULE": "urbangrid.config.settings", "PYTHONUNBUFFERED": "1"}


def of_parent(pid: int) -> list[int]:
    """Children of a process."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(one) for one in listed.split()]


@contextmanager
def live_process(data: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The live process on ``port``, for pages of the port below; ends with the block."""
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "1", "--no-ws", "--workers-kill-timeout", "5", "urbangrid.config.asgi:application"]
    process = subprocess.Popen(command, env=environment(data, port - 1), preexec_fn=die_with_parent)
    try:
        _wait_for(lambda: httpx.get(f"http://127.0.0.1:{port}/health").status_code == 204, process)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


@contextmanager
def worker_process(data: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The worker; ends with the block."""
    command = [sys.executable, "-m", "urbangrid.config.worker"]
    process = subprocess.Popen(command, env=environment(data, port), preexec_fn=die_with_parent)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _wait_for(ready: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, "the process ended by itself"
        try:
            if ready():
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError("the process did not answer in time")
