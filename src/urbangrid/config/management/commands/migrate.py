"""``migrate`` as Django has it; an empty database gets the tables in one piece first (``config.schema``)."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from urbangrid.config import schema

ONLY_LOOKS_OR_PICKS = ("app_label", "migration_name", "plan", "check_unapplied", "fake", "fake_initial")


class Command(migrate.Command):
    """Whoever names an app or a migration, or only looks, has Django's own way."""

    def handle(self, *args: Any, **options: Any) -> None:
        if not any(options.get(name) for name in ONLY_LOOKS_OR_PICKS):
            schema.lay(connections[options["database"]])
        super().handle(*args, **options)
