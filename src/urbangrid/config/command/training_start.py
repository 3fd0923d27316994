"""Where a training copy begins, and the way back to it; asked for by a file, answered by the supervisor (``training``)."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from urbangrid.config.command import archive, cluster
from urbangrid.config.command.installation import DATABASE, ROLE, Installation
from urbangrid.config.command.words import _, refuse
from urbangrid.core import going_back

TEMPLATE = "urbangrid_start"
START = "start"
"""Folder with the files and heads of the start."""



def server_of(place: Installation) -> cluster.Cluster:
    return cluster.Cluster(place.cluster, place.socket_folder, cluster.programs_for(place.cluster))


def keep(place: Installation, server: cluster.Cluster) -> None:
    """The database as a template, files and heads beside it. Nobody is connected to the database."""
    with server.connect("postgres") as connection:
        _copy_database(connection, DATABASE, TEMPLATE)
        connection.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false").format(sql.Identifier(TEMPLATE)))
    for folder in (place.files, place.heads):
        _link(folder, place.data / START / folder.name)
    os.sync()


def _copy_database(connection: psycopg.Connection[Any], origin: str, target: str) -> None:
    statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY FILE_COPY")
    connection.execute(statement.format(*map(sql.Identifier, (target, ROLE, origin))))


def _link(origin: Path, target: Path) -> None:
    """The same files under another folder, which must not exist: stored files never change, heads are only appended to, so these are
    copied."""
    linked = origin.name == "files"
    for path in sorted(origin.rglob("*")) if origin.exists() else ():
        if path.is_file():
            into = target / path.relative_to(origin)
            into.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if linked:
                archive.link_or_copy(path, into)
            else:
                shutil.copyfile(path, into)


def put_back(place: Installation, server: cluster.Cluster) -> None:
    """Database, files and heads as they were at the start; everything that is connected is cut off. Safe to be cut off and called again."""
    with server.connect("postgres") as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(DATABASE)))
        _copy_database(connection, TEMPLATE, DATABASE)
    place.practised_mark.unlink(missing_ok=True)
    for folder in (place.files, place.heads, place.data / "uploads", place.data / "exports"):
        shutil.rmtree(folder, ignore_errors=True)
        _link(place.data / START / folder.name, folder)


def asked(place: Installation) -> bool:
    """Whether somebody wants this copy back at its start."""
    return place.training_mark.exists() and going_back.is_asked(place.data)


def answer(place: Installation) -> None:
    """What was asked for, by the supervisor while no server runs. Refuses where it cannot be done; the next start tries again."""
    try:
        put_back(place, server_of(place))
    except (OSError, psycopg.Error) as failure:
        going_back.failed(place.data, str(failure))
        refuse(_("培训副本没有复原：{why}\n副本已停止；处理后再次运行 ./urbangrid training up 会重做。"), why=failure)
