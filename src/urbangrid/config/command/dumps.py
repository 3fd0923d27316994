"""pg_dump and pg_restore for the platform's database, in the version of its server, and what is counted beside a dump."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from urbangrid.config.command import archive, debian, processes
from urbangrid.config.command.words import _, refuse, say

NOT_OURS = re.compile(r"^\d+; \d+ \d+ (EXTENSION|COMMENT - EXTENSION|SCHEMA - public|COMMENT - SCHEMA|TABLE DATA public spatial_ref_sys)\b")
"""Lines of a dump's table of contents that the new database has already: extensions belong to the administrator."""


@dataclass(frozen=True)
class Snapshot:
    """One instant of the database, held open so that the dump sees the same."""

    name: str
    made_at: str
    server: str
    migrations: list[str]
    tables: dict[str, int]
    files: frozenset[str]
    """SHA-256 of every stored file that is named."""
    database_bytes: int


def program(name: str, server_version: int) -> str:
    """Path of ``pg_dump`` or ``pg_restore`` of the server's major version or newer; refuses where there is none."""
    major = server_version // 10000
    found = {int(path.parent.parent.name): path for path in debian.SERVER_FOLDERS.glob(f"*/bin/{name}")}
    fitting = sorted(number for number in found if number >= major)
    if fitting:
        return str(found[fitting[0]])
    if tool := shutil.which(name):
        asked = subprocess.run([tool, "--version"], capture_output=True, text=True, check=False).stdout
        if (number := re.search(r"\d+", asked)) and int(number.group()) >= major:
            return tool
    refuse(
        _("数据库服务器是 PostgreSQL {major}，这台机器没有同版本的 {name}。请安装：apt-get install postgresql-client-{major}，然后重试。"),
        major=major,
        name=name,
    )


@contextmanager
def snapshot(url: str) -> Iterator[Snapshot]:
    """Hold one instant of the database and count what it has; the name is for ``pg_dump --snapshot``."""
    with psycopg.connect(url, connect_timeout=10, application_name="urbangrid backup") as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        name = _value(connection, "SELECT pg_export_snapshot()")
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        rows = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1").fetchall()
        files = connection.execute("SELECT DISTINCT sha256 FROM core_storedfile").fetchall()
        yield Snapshot(
            name=name,
            made_at=made_at,
            server=connection.info.parameter_status("server_version") or "",
            migrations=[one for (one,) in rows],
            tables=counts(connection),
            files=frozenset(one for (one,) in files),
            database_bytes=int(_value(connection, "SELECT pg_database_size(current_database())")),
        )


def _value(connection: psycopg.Connection, statement: str) -> str:
    row = connection.execute(statement).fetchone()
    assert row is not None
    return str(row[0])


def counts(connection: psycopg.Connection) -> dict[str, int]:
    """Rows of every own table (partitions one by one); what extensions brought is left out."""
    names = connection.execute(
        "SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
        " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY 1"
    ).fetchall()
    found = {}
    for (name,) in names:
        row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
        assert row is not None
        found[name] = int(row[0])
    return found


def migrations_of(url: str) -> list[str]:
    """Applied migrations of a database; empty for a new one."""
    with psycopg.connect(url, connect_timeout=10) as connection:
        if connection.execute("SELECT to_regclass('public.django_migrations')").fetchone() == (None,):
            return []
        return [one for (one,) in connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")]


def dump(url: str, held: Snapshot, target: Path) -> None:
    """Write the dump (custom format) of a held snapshot; refuses when pg_dump fails and removes nothing."""
    tool = program("pg_dump", _server_version(url))
    options = ["--format=custom", "--compress=3", "--no-owner", "--no-privileges", f"--snapshot={held.name}", f"--file={target}"]
    _run([tool, *options], url, _("数据库没有导出成功：\n{output}"), watched=target)


def load(url: str, origin: Path, *, at_once: bool, scratch: Path) -> None:
    """Load a dump into a new database. ``at_once``: in one transaction (a database of others), else with several connections."""
    tool = program("pg_restore", _server_version(url))
    listed = subprocess.run([tool, "--list", str(origin)], capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        refuse(_("备份中的数据库读不出来：\n{output}"), output=listed.stderr[-2000:])
    contents = scratch / "contents"
    contents.write_text("".join(f"{line}\n" for line in listed.stdout.splitlines() if not NOT_OURS.match(line)))
    how = ["--single-transaction"] if at_once else [f"--jobs={max(os.cpu_count() or 1, 2)}"]
    options = ["--exit-on-error", "--no-owner", "--no-privileges", "--no-comments", f"--use-list={contents}", *how]
    _run([tool, *options, str(origin)], url, _("数据库没有装入成功：\n{output}"), database_option=True)
    contents.unlink()


def _server_version(url: str) -> int:
    with psycopg.connect(url, connect_timeout=10) as connection:
        return connection.info.server_version


def _run(command: Sequence[str], url: str, failure: str, *, watched: Path | None = None, database_option: bool = False) -> None:
    """Run a client program to its end with a sign of life; the password goes by the environment, where ps does not show it."""
    given = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    environment = os.environ | {"LC_ALL": "C.UTF-8"}
    if password := given.pop("password", ""):
        environment["PGPASSWORD"] = password
    words = [*command[:-1], f"--dbname={make_conninfo('', **given)}", command[-1]] if database_option else [*command]
    if not database_option:
        words.append(f"--dbname={make_conninfo('', **given)}")
    process = subprocess.Popen(
        words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, preexec_fn=processes.die_with_parent
    )
    began = time.monotonic()
    while True:
        try:
            _out, errors = process.communicate(timeout=archive.SILENCE_SECONDS)
            break
        except subprocess.TimeoutExpired:
            size = archive.human(watched.stat().st_size) if watched and watched.exists() else ""
            say(_("  …… 数据库仍在处理，已用 {seconds:.0f} 秒 {size}"), seconds=time.monotonic() - began, size=size)
    if process.returncode != 0:
        refuse(failure, output=errors[-2000:])
