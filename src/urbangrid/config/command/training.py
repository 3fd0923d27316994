"""``training up``, ``reset`` and ``down``: a copy of the platform to practise on, beside it on the same machine.

1. An installation of its own in ``DATA/training``: own database server, keys, ports, accounts. It is built aside and renamed when whole.
2. When it is filled, the database is kept as the template ``urbangrid_start`` and its files and heads in ``start``.
3. ``reset`` makes the database anew from the template and puts the files back. While the copy runs, its supervisor does it between
   ending and starting the servers, asked by a file that the command or an administrator's page leaves; cut off, the next start
   begins it again.
4. Nothing of the platform's settings reaches the copy: no addresses outside, no backups, no second folder for heads.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace

import psycopg

from urbangrid.config.command import cluster, installation, preparation, processes, releases, training_start, up
from urbangrid.config.command.installation import DEFAULT_PORT, Installation
from urbangrid.config.command.words import _, refuse, say
from urbangrid.core import going_back

PORT = DEFAULT_PORT + 100
LONGEST_SECONDS = 600
OWN_SETTINGS = "URBANGRID_BACKUP_HOUR=never\nURBANGRID_RESTORE_TEST_DAYS=0\n"
KEPT = ("URBANGRID_LANGUAGE", "URBANGRID_COPIED_FROM")
"""Of the environment's settings; all others are the platform's."""
MADE_CITY = "990100"
"""Its code; ``demo.town`` is not loaded here."""


def run(args: argparse.Namespace) -> int:
    """Build the copy where there is none (or anew), then run it in the foreground."""
    live = installation.find(args)
    _forget_settings()
    place = of(live, args.port or 0, args.host)
    if args.anew or not place.training_mark.exists():
        _refuse_running(place)
        _build(live, place, args)
    if args.port is None:
        args.port = place.state().get("port") or PORT
    args.data, args.no_demo, args.clock = str(place.data), True, None
    return up.run(args)


def down(args: argparse.Namespace) -> int:
    """Stop the copy; the platform goes on."""
    place = _standing(args)
    args.data = str(place.data)
    return up.down(args)


def of(live: Installation, port: int = PORT, host: str = "127.0.0.1") -> Installation:
    """The copy of an installation."""
    return Installation(live.data / "training", port, host, None)


def _standing(args: argparse.Namespace) -> Installation:
    live = installation.find(args)
    _forget_settings()
    place = of(live)
    if not place.training_mark.exists():
        refuse(_("{data} 旁边还没有培训副本。请先运行 ./urbangrid training up"), data=live.data)
    return place


def _forget_settings() -> None:
    for name in [name for name in os.environ if name.startswith("URBANGRID_") and name not in KEPT]:
        del os.environ[name]
    os.environ.pop("DATABASE_URL", None)


def _refuse_running(place: Installation) -> None:
    if not place.data.exists():
        return
    with up.locked(place) as held:
        if not held:
            refuse(_("培训副本正在运行，没有重建。请先运行 ./urbangrid training down"))


# --- making it ---


def _build(live: Installation, place: Installation, args: argparse.Namespace) -> None:
    """Aside first: what is cut off leaves nothing that looks like a copy."""
    began = time.monotonic()
    draft = replace(place, data=live.data / "training.new")
    live.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    _clear(draft)
    draft.make_folders()
    draft.training_mark.touch(mode=0o600)
    draft.settings_file.write_text(OWN_SETTINGS)
    with ExitStack() as stack:
        source = _source(live, stack)
        if not source:
            draft.demonstration_mark.touch(mode=0o600)
        say(_("建立培训副本：{what}").format(what=_("照平台现在的配置") if source else _("演示城市")))
        if not stack.enter_context(up.locked(draft)):
            refuse(_("另一条命令正在建立培训副本，请等它结束后重试。"))
        with up.database_started(draft):
            preparation.make_secrets(draft.secrets)
            more = {"URBANGRID_TRAINING_FROM": source, "URBANGRID_TRAINING_FILES": str(live.files)}
            _fill(draft, more | {"URBANGRID_DEMO_MODEL": args.model or ""})
            training_start.keep(draft, training_start.server_of(draft))
    old = replace(place, data=live.data / "training.old")
    _clear(old)
    if place.data.exists():
        place.data.rename(old.data)
    draft.data.rename(place.data)
    _clear(old)
    say(_("培训副本已建立，用时 {seconds:.0f} 秒"), seconds=time.monotonic() - began)


def _source(live: Installation, stack: ExitStack) -> str:
    """Address of the platform's database, kept running by ``stack``; empty where no platform has been set up, or only the made city."""
    installed = live.external_database or (live.cluster / "PG_VERSION").exists()
    if not installed or live.demonstration_mark.exists():
        return ""
    stack.enter_context(up.database_available(live))
    with psycopg.connect(live.database_url, connect_timeout=10) as connection:
        if connection.execute("SELECT to_regclass('public.core_platform') IS NULL").fetchone() == (True,):
            return ""
        found = connection.execute("SELECT count(*) FROM core_platform WHERE code <> %s", [MADE_CITY]).fetchone()
        rows = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1").fetchall()
    if found == (0,):
        return ""
    releases.refuse_newer((one for (one,) in rows), _("平台的数据库"))
    return live.database_url


def _fill(place: Installation, more: Mapping[str, str]) -> None:
    """Tables and content, in a process of its own with the copy's settings, its words on the terminal."""
    command = [sys.executable, "-P", "-m", "urbangrid", "_training"]
    environment = place.environment() | dict(more)
    done = subprocess.run(
        command, env=environment, check=False, stdin=subprocess.DEVNULL, cwd=place.data, preexec_fn=processes.die_with_parent
    )
    if done.returncode != 0:
        refuse(_("培训副本没有建成；原因见上面的输出。平台没有改动。"))


def _clear(place: Installation) -> None:
    if place.cluster.exists():
        cluster.Cluster(place.cluster, place.socket_folder, place.cluster).clear_the_way()
    shutil.rmtree(place.data, ignore_errors=True)


# --- back to its start ---


def reset(args: argparse.Namespace) -> int:
    """Back to the start, of a copy that runs or not; says how long it took."""
    place = _standing(args)
    began = time.monotonic()
    with up.locked(place) as held:
        if held:
            going_back.ask(place.data)
            with up.database_started(place):
                training_start.answer(place)
            going_back.answered(place.data)
    if not held:
        going_back.ask(place.data)
        _wait(place)
    say(_("培训副本已复原，用时 {seconds:.1f} 秒"), seconds=time.monotonic() - began)
    return 0


def _wait(place: Installation) -> None:
    """Until the supervisor has done it, and its servers answer again."""
    until = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < until:
        if why := going_back.why_failed(place.data):
            refuse(_("培训副本没有复原：{why}"), why=why)
        if not going_back.is_asked(place.data):
            return
        time.sleep(0.1)
    refuse(_("{seconds} 秒内没有复原。请看 {logs} 中的日志。"), seconds=LONGEST_SECONDS, logs=place.logs)
