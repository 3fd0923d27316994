"""``demo reset`` and what ``up`` does with the made city."""

from __future__ import annotations

import argparse
import time

from django.apps import apps
from django.db import connection, transaction
from django.utils.translation import gettext as _

from urbangrid.audit import outside
from urbangrid.catalog import cache
from urbangrid.core import clock, platforms
from urbangrid.core.models import Platform
from urbangrid.demo import accounts as demo_accounts
from urbangrid.demo import day, town
from urbangrid.organizations import queries as organizations

REPORTS = 160
"""Reports of the made day."""


DEFAULT = "a"


def ensure(letter: str = "", reports: int = REPORTS) -> None:
    """Make the city under that model when the database has no platform yet; a city that stands gets its passwords checked and nothing
    else, and says so where another model was asked for."""
    if not Platform.objects.exists():
        make(reports, letter or DEFAULT)
    standing = _model_of_the_city()
    if standing:
        if letter and letter != standing:
            command = f"./urbangrid demo reset --model {letter}"
            words = _("演示城市已按模式 %(standing)s 建立，没有改动。要换模式请运行 %(command)s")
            _tell(words % {"standing": standing, "command": command})
        demo_accounts.give_passwords(demo_accounts.data_folder())


def _model_of_the_city() -> str:
    """Letter of the model that the made city stands under; empty where there is none."""
    platform = Platform.objects.filter(code=town.CODE).first()
    return str(platform.settings.get("model", "model_a")).removeprefix("model_") if platform else ""


@transaction.atomic
def make(reports: int = REPORTS, letter: str = DEFAULT) -> None:
    """The city and its day of reports, in one transaction: a broken-off start leaves nothing half made."""
    now = clock.now()
    made = town.build(_tell, town.since(now), f"model_{letter}")
    day.play(made, reports, now, _tell)


def _tell(line: str) -> None:
    print(f"  {line}", flush=True)


def reset(args: argparse.Namespace, reports: int = REPORTS) -> int:
    """Throw the made city away and make it anew; refused where a real platform stands."""
    letter = getattr(args, "model", None) or _model_of_the_city() or DEFAULT
    if Platform.objects.exclude(code=town.CODE).exclude(parent__code=town.CODE).exists():
        print(_("这里有正式平台的数据，演示重置只用于演示城市，没有改动。"))
        return 2
    began = time.monotonic()
    with transaction.atomic():
        _empty()
        make(reports, letter)
    outside.set_aside()  # the record that they speak of is thrown away on purpose
    ensure()
    print(_("演示城市已重建，用时 %(seconds)s 秒") % {"seconds": round(time.monotonic() - began)})
    return 0


KEPT = ("django_migrations", "django_content_type", "spatial_ref_sys")


def _empty() -> None:
    """Empty every table of the platform's own packages; TRUNCATE does not fire the trigger that keeps records unchanged."""
    tables = [
        model._meta.db_table for config in apps.get_app_configs() if config.name.startswith("urbangrid.") for model in config.get_models()
    ]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"TRUNCATE {', '.join(sorted(set(tables) - set(KEPT)))}, django_session CASCADE")
    cache.changed()
    platforms.forget()
    organizations.forget()
    demo_accounts.offered.cache_clear()
