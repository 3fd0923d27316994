"""The tables of a new installation come from one file, which is what the migrations make."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import connection

from urbangrid.config import schema
from urbangrid.config.command import dumps

BY_MIGRATIONS = "from django.core.management.commands.migrate import Command"
BY_FILE = "from urbangrid.config.management.commands.migrate import Command"


@contextmanager
def database(name: str) -> Iterator[str]:
    """The address of an empty database beside the tests' own."""
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}"')
        server.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def migrated(url: str, command: str) -> str:
    """The tables that the command leaves, in the words of the file."""
    code = f"import django; django.setup(); {command}; from django.core.management import call_command as run; run(Command(), verbosity=0)"
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | {"DATABASE_URL": url})
    return said_of(url)


def said_of(url: str) -> str:
    with psycopg.connect(url) as session:
        applied = session.execute("SELECT app, name FROM django_migrations").fetchall()
        tool = dumps.program("pg_dump", session.info.server_version)
    options = ["--schema-only", "--no-owner", "--no-privileges"]
    dump = subprocess.run([tool, *options, url], check=True, capture_output=True, text=True).stdout
    return schema.of_dump(dump, applied)


def plain(text: str) -> str:
    """Without the casts and brackets that PostgreSQL adds each time it reads an expression that it wrote."""
    return re.sub(r"::(character varying|text)(\[\])?|[()]", "", text)


@pytest.fixture(scope="module")
def by_migrations() -> str:
    with database("schema_by_migrations") as url:
        return migrated(url, BY_MIGRATIONS)


def test_the_file_is_what_the_migrations_make(by_migrations: str) -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        schema.FILE.write_text(by_migrations, encoding="utf-8")
    assert schema.FILE.read_text(encoding="utf-8") == by_migrations


def test_an_empty_database_is_made_from_the_file_and_has_the_same_tables(by_migrations: str) -> None:
    with database("schema_by_file") as url:
        assert plain(migrated(url, BY_FILE)) == plain(by_migrations)


def test_a_file_of_another_release_is_not_used_and_a_database_with_tables_is_never_touched(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert schema.lay(connection) is False, "the tests' own tables"
    with database("schema_of_another") as url, psycopg.connect(url) as session:
        other = tmp_path / "schema.sql"
        other.write_text(schema.of_dump("CREATE TABLE public.x (y integer);", [("core", "0099_of_tomorrow")]))
        code = "import django, pathlib, sys; django.setup(); from django.db import connection; from urbangrid.config import schema"
        asked = f"{code}; schema.FILE = pathlib.Path(sys.argv[1]); sys.exit(schema.lay(connection))"
        subprocess.run([sys.executable, "-c", asked, str(other)], check=True, env=os.environ | {"DATABASE_URL": url})
        assert session.execute("SELECT to_regclass('public.x')").fetchone() == (None,)
