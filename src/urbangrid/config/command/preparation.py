"""What must be true before the web process starts: keys, tables, static files, the made city.

Run in a process of its own, so that the supervisor stays small.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import os
import secrets
import time
from collections.abc import Callable
from datetime import time as dt_time
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from urbangrid.config.command import installation, loading, places, releases
from urbangrid.config.command.installation import Installation
from urbangrid.config.command.words import _, refuse, say

if TYPE_CHECKING:
    from django.db.migrations import Migration


def run(args: argparse.Namespace) -> int:
    """All steps in order; each long one says what it does."""
    place = installation.find(args)
    make_secrets(place.secrets)
    loading.load()
    _begin_ids()
    _migrate()
    _note_restoration()
    _collect_static(place)
    _refuse_shifted()
    if os.environ.get("URBANGRID_WITH_DEMO") == "1" and places.has_module("urbangrid.demo.commands"):
        _load_demo(place)
    if place.training_mark.exists():
        _practise(place)
    return 0


def training_copy(args: argparse.Namespace) -> int:
    """The tables of a training copy and what it begins with."""
    loading.load()
    _begin_ids()
    _migrate()
    fill: Callable[[argparse.Namespace], int] = importlib.import_module("urbangrid.config.training").fill
    return fill(args)


def tables(args: argparse.Namespace) -> int:
    """Only the tables, as a restore and an upgrade need them."""
    del args
    loading.load()
    _begin_ids()
    _migrate()
    _note_restoration()
    return 0


def pending(args: argparse.Namespace) -> int:
    """Print how many steps the tables lack; refuses tables of a newer release."""
    del args
    import django

    django.setup()
    print(len(_plan()))
    return 0


def make_secrets(folder: Path) -> None:
    """Keys of this installation, made once: sessions, live tokens, metrics, second step, signatures of the record (Ed25519, PEM)."""
    for name in ("django_key", "live_key", "metrics_token", "second_step_key"):
        _write_once(folder / name, secrets.token_urlsafe(50).encode())
    key = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write_once(folder / "record_signing.pem", key)


def _write_once(path: Path, content: bytes) -> None:
    if not path.exists():
        installation.write_private(path, content)


def _plan() -> list[tuple[Migration, bool]]:
    """Steps that the tables lack."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    releases.refuse_newer((f"{app}.{name}" for app, name in executor.loader.applied_migrations), _("这个数据库"))
    return list(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import connection

    if plan := _plan():
        began = time.monotonic()
        say(_("更新数据表（{count} 步）"), count=len(plan))
        call_command("migrate", interactive=False, verbosity=0)
        say(_("数据表已更新，用时 {seconds:.0f} 秒"), seconds=time.monotonic() - began)
    connection.close()


def _refuse_shifted() -> None:
    """The clock of a platform is the machine's: a file that says otherwise came here by mistake."""
    from urbangrid.core import clock

    if clock.shift() and importlib.import_module("urbangrid.demo.commands").is_real():
        refuse(_("这里是正式平台，演示时钟只用于演示城市，没有启动。请删除数据文件夹里的 demonstration_clock 后重试。"))


def _note_restoration() -> None:
    """A return to older data goes on the trail before anything is sealed on them."""
    from django.db import connection

    from urbangrid.audit import restorations

    if restorations.note_pending():
        say(_("恢复已记入审计；此前取走的树头若多于恢复的数据，核验时会说明"))
    connection.close()


def _begin_ids() -> None:
    """A data folder that is new beside an older database, as after a restore: ids begin behind what the database holds."""
    from django.db import connection

    from urbangrid.core import ids

    newest = None
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('core_outboxentry') IS NOT NULL")
        if cursor.fetchone() == (True,):
            cursor.execute("SELECT max(id) FROM core_outboxentry")
            (newest,) = cursor.fetchone()
    ids.begin_behind(newest)
    connection.close()


def _collect_static(place: Installation) -> None:
    from django.conf import settings
    from django.contrib.staticfiles import finders
    from django.core.management import call_command

    digest = hashlib.sha256()
    for finder in finders.get_finders():
        for path, storage in finder.list([]):
            status = Path(storage.path(path)).stat()
            digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    stamp = place.data / "static.stamp"
    if stamp.exists() and stamp.read_text() == digest.hexdigest() and Path(settings.STATIC_ROOT).exists():
        return
    say(_("整理网页静态文件"))
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0, clear=Path(settings.STATIC_ROOT).exists())
    stamp.write_text(digest.hexdigest())


def _practise(place: Installation) -> None:
    """A training copy that is new or came back to its start gets cases of today: of last month's, each would be late."""
    if not place.practised_mark.exists():
        say(_("准备练习案件"))
        importlib.import_module("urbangrid.demo.practice").fill(lambda line: say("  {line}", line=line))
        place.practised_mark.touch(mode=0o600)


def _load_demo(place: Installation) -> None:
    commands = importlib.import_module("urbangrid.demo.commands")
    began = time.monotonic()
    if not place.demonstration_mark.exists():
        say(_("建立演示城市"))
    at = os.environ.get("URBANGRID_DEMO_CLOCK", "")
    commands.ensure(os.environ.get("URBANGRID_DEMO_MODEL", ""), at=dt_time.fromisoformat(at) if at else None)
    if not place.demonstration_mark.exists():
        place.demonstration_mark.touch(mode=0o600)
        say(_("演示城市已建立，用时 {seconds:.0f} 秒"), seconds=time.monotonic() - began)
