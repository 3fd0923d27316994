"""``up``, ``down``, and the database for commands that run while the platform is not up."""

from __future__ import annotations

import argparse
import fcntl
import http.client
import importlib
import os
import shlex
import shutil
import signal
import socket
import ssl
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import segno

from urbangrid.config.command import cluster, installation, notes, places, processes, releases, tls, training_start, unfinished
from urbangrid.config.command.installation import DATABASE, ROLE, Installation
from urbangrid.config.command.supervisor import Service, Stopped, Supervisor
from urbangrid.config.command.words import _, refuse, say, table
from urbangrid.core import going_back

STATIC_SECONDS = 365 * 24 * 3600
"""Static files carry a hash in their name, so browsers may keep them for a year."""


def run(args: argparse.Namespace) -> int:
    """Start everything, stay in the foreground, end everything."""
    place = installation.find(args)
    place.make_folders()
    if args.tls:
        os.environ["URBANGRID_TLS"] = "1"
    with locked(place) as held:
        if not held:
            return _already_running(place)
        unfinished.look(place)
        _end_leftovers(place)
        for port in (place.port, place.port + 1):
            _check_port(place.host, port)
        supervisor = Supervisor(place)
        if place.state().get("phase") in ("starting", "running"):  # an orderly end removes it
            supervisor.note("cut_off")
        supervisor.listen()
        try:
            _start_all(supervisor, with_demo=not args.no_demo, model=args.model, clock=f"{args.clock:%H:%M}" if args.clock else "")
            supervisor.watch()
        except Stopped:
            pass
        finally:
            say(_("正在停止……"))
            supervisor.stop()
            place.state_file.unlink(missing_ok=True)
    say(_("已停止。"))
    return 0


def down(args: argparse.Namespace) -> int:
    """Ask the running supervisor to end and wait for it; ends what a killed one left."""
    place = installation.find(args)
    if not place.data.exists():
        say(_("{data} 没有安装，也没有运行。"), data=place.data)
        return 0
    with locked(place) as held:
        if held:
            _end_leftovers(place)
            place.state_file.unlink(missing_ok=True)
            say(_("平台没有运行。"))
            return 0
    state = place.state()
    if state.get("phase") == "command":
        return _already_running(place)
    if processes.is_alive(state.get("pid", 0), state.get("started")):
        os.kill(state["pid"], signal.SIGTERM)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with locked(place) as held:
            if held:
                say(_("已停止。"))
                return 0
        time.sleep(0.1)
    refuse(_("60 秒内没有停下来。请看 {logs} 中的日志。"), logs=place.logs)


@contextmanager
def locked(place: Installation) -> Iterator[bool]:
    """Hold the lock of the installation, if nobody else does; gives whether it is held."""
    with place.lock_file.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _already_running(place: Installation) -> int:
    state = place.state()
    if state.get("phase") == "command":
        say(_("另一条命令正在使用这个数据文件夹的数据库，请等它结束后再启动。"))
        return 1
    if state.get("phase") == "starting":
        say(_("平台正在启动，将在 http://localhost:{port}/"), port=state.get("port", place.port))
    else:
        port = state.get("port", place.port)
        say(_("平台已在运行：http://localhost:{port}/（数据：{data}）"), port=port, data=place.data)
    return 0


def _end_leftovers(place: Installation) -> None:
    """Processes of a run whose supervisor was killed; normally the kernel has ended them already."""
    run_id = place.state().get("run_id")
    if run_id and (left := processes.of_run(run_id)):
        say(_("上次运行被强行中断，正在清理遗留的进程"))
        processes.end(left, [(signal.SIGTERM, 3.0), (signal.SIGKILL, 3.0)])


def _check_port(host: str, port: int) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as failure:
            refuse(
                _("端口 {port} 不能使用（{failure}）。请用 --port 另选一个，例如 ./urbangrid up --port {other}"),
                port=port,
                failure=failure,
                other=installation.DEFAULT_PORT + 80,
            )


def _start_all(supervisor: Supervisor, *, with_demo: bool, model: str | None, clock: str) -> None:
    place = supervisor.place
    shutil.rmtree(place.metrics, ignore_errors=True)  # counters of processes that are gone
    pair = tls.prepare(place) if tls.wanted() else None
    if pair is not None:  # for every process: cookies, addresses, the health page
        os.environ |= {"URBANGRID_HTTPS": "1", "URBANGRID_CERTIFICATE": str(pair.certificate)}
    _start_database(supervisor)
    if training_start.asked(place):  # cut off before it was done
        training_start.answer(place)
        going_back.answered(place.data)
    os.environ |= {"URBANGRID_WITH_DEMO": "1" if with_demo else "0", "URBANGRID_DEMO_MODEL": model or "", "URBANGRID_DEMO_CLOCK": clock}
    _serve(supervisor, pair)
    supervisor.phase = "running"
    supervisor.record()
    if place.training_mark.exists():
        supervisor.asked, supervisor.answer = lambda: training_start.asked(place), lambda: _go_back(supervisor, pair)
    code = os.environ.get("URBANGRID_COPIED_FROM") or str(places.CHECKOUT)
    notes.write(place.data, "started", {"release": releases.described(), "code": code})
    if pair is not None and pair.authority is not None:
        supervisor.hourly = lambda: tls.renew_if_due(place)
    _announce(place, pair)


def _serve(supervisor: Supervisor, pair: tls.Pair | None) -> None:
    """Keys, tables and static files, then the processes, the pages first."""
    place = supervisor.place
    step = Service("preparation", [sys.executable, "-P", "-m", "urbangrid", "_prepare"])
    if supervisor.run_once(step) != 0:
        refuse(_("准备没有完成，平台没有启动；原因见上面的输出。"))
    web, *others = _services(place, pair)
    supervisor.start(web)
    if not supervisor.wait_until(lambda: _answers(place.port, pair is not None), "web", 60):
        refuse(_("网页进程没有启动成功。日志 {log} 的末尾：\n{tail}"), log=place.logs / "web.log", tail=_tail(place, "web"))
    for service in others:  # only now: they would take processor time from the first page
        supervisor.start(service)


def _go_back(supervisor: Supervisor, pair: tls.Pair | None) -> None:
    """A training copy to its start: the servers end, since what they remember is of the database that goes, and start again."""
    began = time.monotonic()
    say(_("培训副本复原……"))
    supervisor.stop_all_but("database")
    training_start.answer(supervisor.place)
    _serve(supervisor, pair)
    going_back.answered(supervisor.place.data)
    say(_("培训副本已复原，用时 {seconds:.1f} 秒"), seconds=time.monotonic() - began)


def _start_database(supervisor: Supervisor) -> None:
    place = supervisor.place
    if place.external_database:
        cluster.check_external(place.external_database)
        return
    server = cluster.Cluster(place.cluster, place.socket_folder, cluster.programs_for(place.cluster))
    if not (place.cluster / "global" / "pg_control").exists():
        version = server.programs.parent.name
        say(_("建立数据库（PostgreSQL {version}，数据在 {folder}）"), version=version, folder=place.cluster)
        server.create()
    server.clear_the_way()
    # Fast shutdown by the kernel's signal too: a killed supervisor leaves a cleanly closed database.
    service = Service(
        "database", server.command(), signal.SIGINT, signal.SIGINT, grace_seconds=60, before_restart=server.clear_what_crashed
    )
    supervisor.start(service)
    if not supervisor.wait_until(server.is_ready, "database", 300):
        refuse(_("数据库没有启动成功。日志 {log} 的末尾：\n{tail}"), log=place.logs / "database.log", tail=_tail(place, "database"))
    server.make_database(DATABASE, ROLE)


def _tail(place: Installation, name: str) -> str:
    """The last 2,000 characters that a process wrote."""
    return (place.logs / f"{name}.log").read_text(errors="replace")[-2000:]


def _services(place: Installation, pair: tls.Pair | None) -> list[Service]:
    """The processes of this release; what it does not contain is not started."""
    granian = [sys.executable, "-m", "granian", "--host", place.host, "--no-ws"]
    granian += ["--workers-kill-timeout", "5", "--respawn-failed-workers"]
    granian += ["--log-config", str(Path(__file__).with_name("server_log.json"))]
    if pair is not None:
        granian += ["--ssl-certificate", str(pair.certificate), "--ssl-keyfile", str(pair.key), "--ssl-protocol-min", "tls1.2"]
    cores = len(os.sched_getaffinity(0))
    web = [*granian, "--interface", "wsgi", "--port", str(place.port)]
    web += ["--workers", str(cores * 2), "--blocking-threads", "1"]
    web += ["--static-path-mount", str(place.data / "static"), "--static-path-expires", str(STATIC_SECONDS)]
    services = [Service("web", [*web, "urbangrid.config.wsgi:application"], workers=cores * 2)]
    if places.has_module("urbangrid.config.asgi"):
        live = [*granian, "--interface", "asgi", "--port", str(place.port + 1), "--workers", "1"]
        services.append(Service("live", [*live, "urbangrid.config.asgi:application"]))
    if places.has_module("urbangrid.config.worker"):
        services.append(Service("worker", [sys.executable, "-P", "-m", "urbangrid", "worker"]))
    return services


def _answers(port: int, with_tls: bool) -> bool:
    """Whether the web process answers at all; an answer of 4xx is one too."""
    context = ssl._create_unverified_context()  # noqa: S323 - our own process on this machine, nothing is sent
    kind = http.client.HTTPSConnection("127.0.0.1", port, timeout=30, context=context)
    plain = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    with closing(kind if with_tls else plain) as connection:
        try:
            connection.request("GET", "/")
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False


def _announce(place: Installation, pair: tls.Pair | None) -> None:
    scheme, other = "http" if pair is None else "https", _address_on_network()
    say("")
    say(_("平台已启动：{scheme}://localhost:{port}/"), scheme=scheme, port=place.port)
    if other:
        say(_("本网其他机器：{scheme}://{address}:{port}/"), scheme=scheme, address=other, port=place.port)
    if pair is not None:
        _announce_to_phones(f"https://{other or 'localhost'}:{place.port}/", pair)
    training = place.training_mark.exists()
    if (training or place.demonstration_mark.exists()) and places.has_module("urbangrid.demo.passwords"):
        rows: list[tuple[str, str, str]] = importlib.import_module("urbangrid.demo.passwords").table(place.data)
        say(_("培训账号（密码只属于这份副本）：") if training else _("演示账号（密码只属于这次安装）："))
        table([(_("岗位"), _("账号"), _("密码")), *rows])
    usual = place.data in (places.SYSTEM_STATE / "data", places.state_folder() / "data")
    stop = "./urbangrid down" + ("" if usual else f" --data {shlex.quote(str(place.data))}")
    say(_("数据：{data}　按 Ctrl-C 停止，或在别处运行 {stop}"), data=place.data, stop=stop)


def _announce_to_phones(address: str, pair: tls.Pair) -> None:
    """The address as a QR code, and where a phone gets the authority's certificate."""
    if pair.authority is not None:
        say(
            _("手机第一次使用：打开 {address}authority.crt 下载证书并安装为受信任的证书（步骤见 docs/topics/operations.md）。"),
            address=address,
        )
        say(_("证书的 SHA-256：{fingerprint}"), fingerprint=tls.fingerprint(pair.authority))
    say(_("手机扫码打开 {address}"), address=address)
    segno.make(address).terminal(compact=True)


def _address_on_network() -> str:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # sends nothing; the kernel picks the address it would use
        found = str(probe.getsockname()[0])
        return "" if found.startswith("127.") else found
    return ""


@contextmanager
def database_available(place: Installation) -> Iterator[None]:
    """The database of the running platform, or else one started for the length of the block."""
    if place.external_database:
        yield
        return
    if not place.data.exists():
        refuse(_("{data} 里还没有安装。请先运行 ./urbangrid up"), data=place.data)
    with locked(place) as held:
        if not held:
            yield
            return
        unfinished.look(place)
        if not (place.cluster / "PG_VERSION").exists():
            refuse(_("{data} 里还没有安装。请先运行 ./urbangrid up"), data=place.data)
        with database_started(place):
            yield


@contextmanager
def database_started(place: Installation) -> Iterator[None]:
    """The private database for the length of the block; the caller holds the lock."""
    place.make_folders()  # after a restore only the data are there
    supervisor = Supervisor(place, phase="command")
    _end_leftovers(place)
    try:
        _start_database(supervisor)
        yield
    finally:
        supervisor.stop()
        place.state_file.unlink(missing_ok=True)
