"""Starts the processes of the platform, restarts what crashes, ends everything when it ends.

Each child has a session of its own (so that Ctrl-C reaches only the supervisor, and a whole group can be ended) and a
parent-death signal (so that kill -9 of the supervisor leaves nothing). The supervisor adopts orphans: workers of a
killed server are ended with its group before it is started again, or they would keep the port.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from urbangrid.config.command import processes, rotation
from urbangrid.config.command.installation import Installation
from urbangrid.config.command.privileges import forget_capabilities
from urbangrid.config.command.words import _, say
from urbangrid.core import lines, stamps

ROTATE_SECONDS = 10
STEADY_SECONDS = 60
"""A child that ran this long starts again without delay when it ends."""
LONGEST_PAUSE_SECONDS = 30
HOUR_SECONDS = 3600.0


class Stopped(Exception):
    """Somebody asked the platform to end while it was still starting."""


@dataclass(frozen=True)
class Service:
    """One kind of process: how to start it and how to end it."""

    name: str
    command: list[str]
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL
    """Sent by the kernel when the supervisor dies."""
    grace_seconds: float = 10
    workers: int = 1
    """Processes that it starts by itself."""
    before_restart: Callable[[], None] | None = None
    """Called after a crash, before the service is started again."""


@dataclass
class Child:
    """A running (or waiting) service."""

    service: Service
    process: subprocess.Popen[bytes]
    began: float
    failures: int = 0
    again_at: float = 0


@dataclass
class Supervisor:
    """Holds the children of one run of one installation."""

    place: Installation
    run_id: str = field(default_factory=lambda: secrets.token_hex(16))
    children: dict[str, Child] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)
    phase: str = "starting"
    _unrecorded: bool = False
    """The state file does not say what runs, because it could not be written."""
    hourly: Callable[[], bool] | None = None
    """Asked once an hour; true: the servers start again (a renewed certificate is read at their start)."""
    asked: Callable[[], bool] | None = None
    """Looked at four times a second; true: ``answer`` is called, which may end services and start them again."""
    answer: Callable[[], None] | None = None
    _next_hour: float = field(default_factory=lambda: time.monotonic() + HOUR_SECONDS)

    def listen(self) -> None:
        """End in order on Ctrl-C, SIGTERM and a closed terminal."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_ignored: self.stopping.set())
        processes.adopt_orphans()

    def start(self, service: Service) -> None:
        """Start a service and remember it."""
        failures = self.children[service.name].failures if service.name in self.children else 0
        self.note("started", service=service.name, workers=service.workers)  # before its own processes note theirs
        self.children[service.name] = Child(service, self._spawn(service), time.monotonic(), failures)
        self.record()

    def note(self, event: str, **values: object) -> None:
        """Write down what happened, for the health page; a disk that refuses stops nothing."""
        lines.append(self.place.logs / processes.EVENTS, stamps.stamp() | {"event": event} | values)

    def run_once(self, service: Service) -> int:
        """Run a step to its end, its output on the terminal; gives its exit code. Raises Stopped when told to end."""
        process = self._spawn(service, to_terminal=True)
        while process.poll() is None:
            if self.stopping.wait(0.05):
                _end_group(process, service)
                raise Stopped
        return process.returncode

    def wait_until(self, condition: Callable[[], bool], name: str, seconds: float) -> bool:
        """Wait until ``condition`` holds; false when the child ``name`` ended or the time is over."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.stopping.is_set():
                raise Stopped
            if condition():
                return True
            if self.children[name].process.poll() is not None:
                return False
            self.stopping.wait(0.1)
        return False

    def watch(self) -> None:
        """Restart crashed children until told to end."""
        rotated_at = 0.0
        while not self.stopping.wait(0.25):
            if self.asked is not None and self.answer is not None and self.asked():
                self.answer()
            for child in list(self.children.values()):
                self._look_after(child)
            if self._unrecorded:
                self.record()
            self._reap_adopted()
            if time.monotonic() - rotated_at >= ROTATE_SECONDS:
                rotated_at = time.monotonic()
                for child in self.children.values():
                    rotation.rotate(_log_path(self.place, child))
            if time.monotonic() >= self._next_hour:
                self._ask_hourly()

    def _ask_hourly(self) -> None:
        self._next_hour = time.monotonic() + HOUR_SECONDS
        try:
            due = self.hourly is not None and self.hourly()
        except (SystemExit, OSError, ValueError) as failure:  # it is said on the health page; the servers go on
            say(_("证书没有更换：{failure}"), failure=failure)
            return
        for name in ("web", "live"):
            if due and name in self.children:
                child = self.children[name]
                _end_group(child.process, child.service)
                self.start(child.service)

    def stop(self) -> None:
        """End the children in the reverse order of their start."""
        for child in reversed(list(self.children.values())):
            _end_group(child.process, child.service)
        self.children.clear()
        until = time.monotonic() + 5
        with suppress(ChildProcessError):  # raised when no adopted worker is left
            while time.monotonic() < until:
                if os.waitpid(-1, os.WNOHANG) == (0, 0):
                    time.sleep(0.02)

    def stop_all_but(self, kept: str) -> None:
        """End the other children in the reverse order of their start, and forget them."""
        for name, child in reversed(list(self.children.items())):
            if name != kept:
                _end_group(child.process, child.service)
                del self.children[name]
        self.record()

    def record(self) -> None:
        """Write what is running, for ``down``, a second ``up``, and the next start after a kill -9."""
        running = {name: child.process for name, child in self.children.items() if child.process.poll() is None}
        content = {
            "run_id": self.run_id,
            "pid": os.getpid(),
            "started": processes.start_time(os.getpid()),
            "phase": self.phase,
            "port": self.place.port,
            "host": self.place.host,
            "children": {name: {"pid": process.pid, "started": processes.start_time(process.pid)} for name, process in running.items()},
        }
        draft = self.place.state_file.with_suffix(".new")
        try:
            draft.write_text(json.dumps(content))
            draft.replace(self.place.state_file)
        except OSError as failure:  # a full disk is no reason to end the platform; the next look writes it again
            _say_if_possible(_("运行状态没有写成：{failure}"), failure=failure)
            self._unrecorded = True
        else:
            self._unrecorded = False

    def _spawn(self, service: Service, *, to_terminal: bool = False) -> subprocess.Popen[bytes]:
        parent = os.getpid()

        def prepare_child() -> None:
            processes.die_with_parent(service.death_signal)
            forget_capabilities()
            if os.getppid() != parent:  # the supervisor died before the line above
                os._exit(1)

        environment = self.place.environment() | {processes.RUN_VARIABLE: self.run_id}
        if not to_terminal:  # services count for /metrics; a step that ends would leave its files behind
            environment["PROMETHEUS_MULTIPROC_DIR"] = str(self.place.metrics)
        output = None if to_terminal else self._log(service.name)
        try:
            return subprocess.Popen(
                service.command,
                cwd=self.place.data,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=None if output is None else subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=prepare_child,
            )
        finally:
            if output is not None:
                os.close(output)

    def _log(self, name: str) -> int:
        path = self.place.logs / f"{name}.log"
        try:
            rotation.rotate(path)
            return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError:  # a full or unwritable disk: better a process without log than none
            return os.open(os.devnull, os.O_WRONLY)

    def _look_after(self, child: Child) -> None:
        if child.process.poll() is None:
            return
        now = time.monotonic()
        if not child.again_at:
            _end_group(child.process, child.service)
            child.failures = 0 if now - child.began > STEADY_SECONDS else child.failures + 1
            pause = min(0.5 * 2 ** max(child.failures - 1, 0), LONGEST_PAUSE_SECONDS)
            child.again_at = now + pause
            message = _("进程 {name} 意外结束（代码 {code}），{pause:.1f} 秒后重新启动；日志：{log}")
            self.note("ended", service=child.service.name, code=child.process.returncode)
            log = _log_path(self.place, child)
            _say_if_possible(message, name=child.service.name, code=child.process.returncode, pause=pause, log=log)
        elif now >= child.again_at:
            self._start_again(child)

    def _start_again(self, child: Child) -> None:
        """A service that cannot even be started (no memory, no process left) is tried again like one that crashed."""
        try:
            if child.service.before_restart is not None:
                child.service.before_restart()
            self.start(child.service)
        except OSError as failure:
            child.again_at = time.monotonic() + LONGEST_PAUSE_SECONDS
            _say_if_possible(_("进程 {name} 没有启动成功（{failure}），稍后再试"), name=child.service.name, failure=failure)

    def _reap_adopted(self) -> None:
        own = {child.process.pid for child in self.children.values()}
        with suppress(ChildProcessError):
            while ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                if ended.si_pid in own:
                    return  # its Popen reads this status
                os.waitpid(ended.si_pid, os.WNOHANG)


def _say_if_possible(words: str, **values: object) -> None:
    """The terminal may be a file on the full disk."""
    with suppress(OSError):
        say(words, **values)


def _log_path(place: Installation, child: Child) -> Path:
    return place.logs / f"{child.service.name}.log"


def _end_group(process: subprocess.Popen[bytes], service: Service) -> None:
    """End a child and whatever is left of its process group."""
    if process.poll() is None:
        process.send_signal(service.stop_signal)
        with suppress(subprocess.TimeoutExpired):
            process.wait(service.grace_seconds)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
