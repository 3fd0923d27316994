"""The databases of ``bench``: for each number of cases one that is filled once and kept, and a copy of it for each run, so that runs
begin alike."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from urbangrid.config.command import cluster
from urbangrid.config.command.installation import ROLE, Installation
from urbangrid.config.command.words import _, refuse

LOCK = "urbangrid_bench"
CASE_KIB = 14
"""Of disk, for a case with all that belongs to it and the indexes; measured."""


def prepared(rows: int) -> str:
    """Name of the kept database of so many cases."""
    return f"{LOCK}_{rows}"


def copied(rows: int) -> str:
    """Name of its copy."""
    return f"{LOCK}_{rows}_run"


@dataclass(frozen=True)
class Databases:
    """Makes and drops databases beside the platform's own, which is never touched."""

    place: Installation

    def url(self, name: str) -> str:
        """The address of a database on the same server."""
        parts = urlsplit(self.place.database_url)
        return f"{parts.scheme}://{parts.netloc}/{name}" + (f"?{parts.query}" if parts.query else "")

    @contextmanager
    def _administrator(self, name: str = "") -> Iterator[psycopg.Connection]:
        if self.place.external_database:
            with psycopg.connect(self.url(name) if name else self.place.database_url, autocommit=True) as connection:
                yield connection
            return
        server = cluster.Cluster(self.place.cluster, self.place.socket_folder, cluster.programs_for(self.place.cluster))
        with server.connect(name or "postgres") as connection:
            yield connection

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Refuses a second measurement on this server: it would drop the first one's copy, and both would measure each other."""
        with self._administrator("postgres") as connection:
            found = connection.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [LOCK]).fetchone()
            if found != (True,):
                refuse(_("这台数据库服务器上正有另一次测量，请等它结束。"))
            yield

    def mark(self, name: str) -> dict[str, Any]:
        """What a prepared database holds; empty when there is none or it was not filled to the end."""
        with self._administrator() as connection:
            found = connection.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
            ).fetchone()
        return dict(json.loads(found[0])) if found and found[0] else {}

    def set_mark(self, name: str, mark: dict[str, Any]) -> None:
        with self._administrator() as connection:
            text = sql.Literal(json.dumps(mark))
            connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), text))

    def make(self, name: str) -> None:
        """An empty database with the extensions, in place of an older one."""
        self.drop(name)
        try:
            self._create(name)
            with self._administrator(name) as connection:
                for extension in cluster.EXTENSIONS:
                    connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
        except psycopg.errors.InsufficientPrivilege as failure:
            words = _("测量要另建一个数据库，数据库用户没有这个权限（{failure}）。请换一个能建库并能装扩展的 DATABASE_URL。")
            refuse(words, failure=failure)

    def copy(self, rows: int) -> None:
        """The copy for this run."""
        self.copy_of(copied(rows), prepared(rows))

    def copy_of(self, name: str, template: str) -> None:
        """A database like another one, in place of an older one."""
        self.drop(name)
        self._create(name, template)

    def check_disk(self, rows: int) -> None:
        """Refuses where the platform's own disk would become full; of a database elsewhere nothing is known."""
        if self.place.external_database:
            return
        free, wanted = shutil.disk_usage(self.place.data).free // 2**20, rows * CASE_KIB // 1024
        if free < wanted * 1.2:
            words = _("还要 {wanted} MB 磁盘空间，而 {folder} 只有 {free} MB。请清出空间，或用 --rows 少测一些。")
            refuse(words, wanted=wanted, free=free, folder=self.place.data)

    def drop(self, name: str) -> None:
        with self._administrator() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _create(self, name: str, template: str = "") -> None:
        words = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        with self._administrator() as connection:
            if template:
                words += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
                if connection.info.server_version >= 150_000:
                    words += sql.SQL(" STRATEGY FILE_COPY")  # the log would take every page a second time
            if not self.place.external_database:
                words += sql.SQL(" OWNER {}").format(sql.Identifier(ROLE))
            connection.execute(words)
