"""One installation: its data folder, its database, its ports, and what its processes are told about them."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from urbangrid.config.command import places
from urbangrid.config.command.words import _, refuse

LONGEST_SOCKET_PATH = 100
"""Bytes; the kernel allows 107 for the whole path of a unix socket."""
DEFAULT_PORT = 8000
ROLE = "urbangrid"
"""Database role of the processes: owns the database and nothing else."""
DATABASE = "urbangrid"


@dataclass(frozen=True)
class Installation:
    """The folders and addresses of one installation; nothing is created by making this value."""

    data: Path
    port: int
    host: str
    external_database: str | None

    @property
    def cluster(self) -> Path:
        """Data of the private PostgreSQL."""
        return self.data / "postgres"

    @property
    def secrets(self) -> Path:
        """Keys made for this installation, readable by its user alone."""
        return self.data / "secrets"

    @property
    def logs(self) -> Path:
        """What the processes write."""
        return self.data / "logs"

    @property
    def health(self) -> Path:
        """Signs of life and short histories for the health page."""
        return self.data / "health"

    @property
    def metrics(self) -> Path:
        """Counters of the running processes; emptied at each start."""
        return self.health / "metrics"

    @property
    def files(self) -> Path:
        """Stored photos and papers (``FILES_ROOT`` of the settings)."""
        return self.data / "files"

    @property
    def heads(self) -> Path:
        """Signed heads of the record's log, kept outside the database."""
        return self.data / "heads"

    @property
    def settings_file(self) -> Path:
        """Settings that shall hold for every start and go with a backup: lines ``URBANGRID_NAME=value``."""
        return self.data / "settings.env"

    @property
    def restoring(self) -> Path:
        """Where a restore builds; exists only during one, or after one that was cut off."""
        return self.data / "restoring"

    @property
    def upgrade(self) -> Path:
        """The database as it was before the last upgrade, and what is known about that upgrade."""
        return self.data / "upgrade"

    @property
    def state_file(self) -> Path:
        """What is running: see ``state``."""
        return self.data / "running.json"

    @property
    def lock_file(self) -> Path:
        """Held by the one supervisor; the kernel frees it however that process ends."""
        return self.data / "lock"

    @property
    def demonstration_mark(self) -> Path:
        """Exists once the made city is loaded."""
        return self.data / "demonstration"

    @property
    def training_mark(self) -> Path:
        """Exists in a training copy alone: its pages, sheets and tables say so."""
        return self.data / "training_copy"

    @property
    def practised_mark(self) -> Path:
        """Exists in a training copy whose practice cases have been made since it was at its start."""
        return self.data / "practised"

    @property
    def clock_file(self) -> Path:
        """Seconds by which the clock of this demonstration is ahead of the machine; written by ``demo.showing``, never on a platform."""
        return self.data / "demonstration_clock"

    def clock_shift(self) -> int:
        """Whole seconds, 0 where there is no such file."""
        try:
            return max(int(self.clock_file.read_text()), 0)
        except (OSError, ValueError):
            return 0

    @property
    def socket_folder(self) -> Path:
        """Folder of the database socket: in the data folder, or in a short private one where that path is too long."""
        inside = self.data / "run"
        if len(os.fsencode(inside / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH:
            return inside
        mark = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"urbangrid-{os.geteuid()}-{mark}"

    @property
    def database_url(self) -> str:
        """Address of the platform's database for Django and psql."""
        if self.external_database:
            return self.external_database
        return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(self.socket_folder), safe='')}"

    def state(self) -> dict[str, Any]:
        """What the supervisor last wrote: run, process ids with start times, port, phase; empty when nothing is."""
        try:
            content: dict[str, Any] = json.loads(self.state_file.read_text())
        except (OSError, ValueError):
            return {}
        return content

    def upgrade_phase(self) -> str:
        """How far the last upgrade went: copied, migrating, done, moving, back; empty where there was none."""
        try:
            return str(json.loads((self.upgrade / "state.json").read_text()).get("phase", ""))
        except (OSError, ValueError):
            return ""

    def environment(self) -> dict[str, str]:
        """Environment of every process of the platform."""
        own = {
            "URBANGRID_DATA": str(self.data),
            "URBANGRID_PORT": str(self.port),
            "DATABASE_URL": self.database_url,
            "DJANGO_SETTINGS_MODULE": "urbangrid.config.settings",
            "PYTHONPATH": str(places.SOURCE),
            "PYTHONUNBUFFERED": "1",
            "URBANGRID_CLOCK_SHIFT": str(self.clock_shift()),
        }
        if self.demonstration_mark.exists():
            own["URBANGRID_DEMONSTRATION"] = "1"
        if self.training_mark.exists():
            own["URBANGRID_TRAINING"] = "1"
        return dict(os.environ) | own

    def make_folders(self) -> None:
        """Create the folders, private to the user of the processes."""
        for folder in (self.data, self.secrets, self.logs, self.health, self.socket_folder):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            status = folder.lstat()
            if status.st_uid != os.geteuid() or not folder.is_dir() or folder.is_symlink():
                refuse(_("文件夹 {folder} 不属于运行平台的用户，请换一个 --data 或更正其属主。"), folder=folder)
            folder.chmod(0o700)


def find(args: argparse.Namespace) -> Installation:
    """The installation a command speaks about: --data, or URBANGRID_DATA, or the default of this user."""
    data = getattr(args, "data", None) or os.environ.get("URBANGRID_DATA") or str(places.state_folder() / "data")
    folder = Path(data).resolve()
    found = Installation(folder, 0, "", None)
    load_settings(found.settings_file)
    given = os.environ.get("DATABASE_URL") or None
    external = None if given == found.database_url else given  # the platform's own processes are told their own address this way
    running = found.state()
    port = getattr(args, "port", None) or running.get("port") or int(os.environ.get("URBANGRID_PORT", DEFAULT_PORT))
    return Installation(folder, port, getattr(args, "host", None) or running.get("host", "127.0.0.1"), external)


def load_settings(path: Path) -> None:
    """Settings of the file that the environment does not give: who starts the command with another value means it."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as failure:
        refuse(_("读不了设置文件 {file}：{failure}"), file=path, failure=failure)
    for number, line in enumerate(lines, 1):
        name, sign, value = (word.strip() for word in line.partition("="))
        if not name or name.startswith("#"):
            continue
        if not sign or not name.startswith("URBANGRID_"):
            refuse(_("设置文件 {file} 第 {number} 行应写成 URBANGRID_名称=值。请改正后重试。"), file=path, number=number)
        os.environ.setdefault(name, value)


def write_private(path: Path, content: bytes) -> None:
    """A secret for the owner's eyes alone, whole or not at all: a torn key file would look like a key."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
