"""Filling a training copy: the configuration of the platform beside it, or the made city. Cases to practise on come at each start anew.

Runs in the empty database of the copy. From the platform it reads one snapshot, writes nothing there, and takes only what
``training_tables`` lists.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
from pathlib import Path
from typing import Any

import psycopg
from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.color import no_style
from django.db import connection, transaction
from psycopg import sql

from urbangrid.accounts.models import User
from urbangrid.catalog import cache
from urbangrid.config.command.words import _, say
from urbangrid.config.training_tables import COPIED, Copied
from urbangrid.core import clock, platforms
from urbangrid.core.text import beside
from urbangrid.demo import commands as made_city
from urbangrid.demo import passwords
from urbangrid.organizations.models import Appointment
from urbangrid.organizations.queries import in_force
from urbangrid.organizations.security import ADMINISTRATORS

SOURCE_URL, SOURCE_FILES = "URBANGRID_TRAINING_FROM", "URBANGRID_TRAINING_FILES"
"""Environment: address of the platform's database, empty for the made city; folder of its stored files."""
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of a word that is read out in a class room: nothing that looks like something else."""


def fill(args: argparse.Namespace) -> int:
    """The first content of a copy whose tables stand; 1 where the platform is of another release."""
    del args
    if source := os.environ.get(SOURCE_URL, ""):
        try:
            rows = copy(source, Path(os.environ[SOURCE_FILES]))
        except ValueError as other:
            say(_("平台的数据库和这个版本的程序不一致（{why}），没有建立培训副本。请先用这个版本启动平台一次。"), why=other)
            return 1
        say(_("  平台配置 {rows:,} 行，没有案件、市民、照片和审计"), rows=rows)
        give_passwords(Path(settings.DATA))
    else:
        made_city.ensure(os.environ.get("URBANGRID_DEMO_MODEL", ""))
    return 0


def copy(url: str, files: Path) -> int:
    """Everything that ``COPIED`` lists, of one instant, and the files that it names; gives the number of rows.

    Raises ValueError where the other database has other columns (another release).
    """
    with psycopg.connect(url, connect_timeout=10, application_name="urbangrid training") as source, transaction.atomic():
        source.isolation_level, source.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"TRUNCATE {', '.join(COPIED)} CASCADE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            raw: psycopg.Connection[Any] = connection.connection
            rows = sum(_copy_table(source, raw, name, how) for name, how in COPIED.items())
            models = [model for model in apps.get_models(include_auto_created=True) if model._meta.db_table in COPIED]
            for statement in connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(statement)
            cursor.execute("SELECT DISTINCT sha256 FROM core_storedfile")
            stored = [one for (one,) in cursor.fetchall()]
    for name in stored:
        target = Path(settings.FILES_ROOT) / name[:2] / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(files / name[:2] / name, target)
    cache.changed()
    platforms.forget()
    return rows


def _copy_table(source: psycopg.Connection[Any], target: psycopg.Connection[Any], name: str, how: Copied) -> int:
    columns = _columns(target, name)
    if columns != _columns(source, name):
        raise ValueError(f"{name} has other columns there")
    own = sql.SQL(", ").join(map(sql.Identifier, columns))
    values = sql.SQL(", ").join(sql.SQL(how.instead[one]) if one in how.instead else sql.Identifier(one) for one in columns)
    where = sql.SQL(" WHERE " + how.where) if how.where else sql.SQL("")
    table = sql.Identifier(name)
    asked = sql.SQL("COPY (SELECT {} FROM {}{}) TO STDOUT").format(values, table, where)
    with source.cursor() as giving, target.cursor() as taking:
        with giving.copy(asked) as given, taking.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(table, own)) as taken:
            for block in given:
                taken.write(block)
        return taking.rowcount


def _columns(connected: psycopg.Connection[Any], table: str) -> list[str]:
    """By name: the order may differ where a release added one."""
    rows = connected.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped ORDER BY 1", [table]
    )
    return [str(name) for (name,) in rows]


def give_passwords(data: Path) -> None:
    """One word for all posts and another for the administrators, said in a class room; an account of each post is kept to be printed."""
    words = [f"{''.join(secrets.choice(SIGNS) for _sign in range(8))}-Px{secrets.randbelow(10)}" for _word in range(2)]
    hashes, now = [make_password(one) for one in words], clock.now()
    rows = Appointment.objects.filter(in_force(), user__is_active=True).select_related("user", "post", "unit").order_by("pk")
    administrators = {row.user_id for row in rows if ADMINISTRATORS & set(row.post.duties)}
    User.objects.exclude(pk__in=administrators).update(password=hashes[0], password_set_at=now)
    User.objects.filter(pk__in=administrators).update(password=hashes[1], password_set_at=now)
    shown: dict[tuple[int, str], Appointment] = {}
    for row in rows:
        shown.setdefault((row.platform_id, row.post.code), row)
    kept = {
        row.user.username: {
            "post": beside(f"{row.post.name} {row.user.name}", row.unit.short_name), "password": words[row.user_id in administrators],
        }
        for row in shown.values()
    }  # fmt: skip
    passwords.write(data, kept)
