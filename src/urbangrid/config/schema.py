"""The tables as all migrations leave them, as one file: an empty database takes it in a second, the migrations take a minute.

``schema.sql`` is generated (``UPDATE_GOLDEN=1 ./urbangrid test tests/config/test_schema.py``) and never edited. Its head names the
migrations that it stands for; those that came later are applied on top of it, and a file that names one which the code does not know is
not used. A test makes the tables by the migrations alone and compares. A database that holds anything is never touched by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

FILE: Final = Path(__file__).with_name("schema.sql")
HEAD: Final = "-- made by: "
LEFT_OUT: Final = re.compile(
    r"--|SET |SELECT pg_catalog\.set_config|\\(un)?restrict|COMMENT ON EXTENSION|CREATE SCHEMA public|COMMENT ON SCHEMA"
)
OF_SESSION: Final = """SET check_function_bodies = false;
SET client_min_messages = warning;
SELECT pg_catalog.set_config('search_path', '', false);
"""

Name = tuple[str, str]


def of_dump(dump: str, applied: Iterable[Name]) -> str:
    """The file out of what ``pg_dump --schema-only --no-owner --no-privileges`` says, whatever its release."""
    lines = [line for line in dump.splitlines() if not LEFT_OUT.match(line)]
    text = re.sub(r"\n{2,}", "\n\n", "\n".join(lines)).strip()
    return HEAD + " ".join(f"{app}.{name}" for app, name in sorted(applied)) + "\n\n" + text + "\n"


def stands_for(text: str) -> list[Name]:
    """The migrations that the file names."""
    first = text.partition("\n")[0].removeprefix(HEAD)
    return [(app, name) for app, _dot, name in (one.partition(".") for one in first.split())]


def lay(connection: BaseDatabaseWrapper) -> bool:
    """Make the tables of an empty database from the file; False where it holds any, or the file is of another product's state."""
    text = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
    named = stands_for(text)
    known = MigrationLoader(None).disk_migrations
    if not named or any(name not in known for name in named) or not _is_empty(connection):
        return False
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(OF_SESSION + text)
        cursor.executemany("INSERT INTO public.django_migrations (app, name, applied) VALUES (%s, %s, now())", named)
        cursor.execute("COMMIT")
    connection.close()  # the next session has its own settings again
    return True


def _is_empty(connection: BaseDatabaseWrapper) -> bool:
    """Whether nobody has made a table here but the extensions of the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'"
            " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm') AND d.objid IS NULL"
        )
        return bool(cursor.fetchone()[0] == 0)
