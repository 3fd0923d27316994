"""psql and a Python shell on the platform's own database."""

from __future__ import annotations

import argparse
import os
import subprocess

from urbangrid.config.command import debian, installation, up
from urbangrid.config.command.words import _, refuse


def psql(args: argparse.Namespace) -> int:
    """Open psql with the role of the platform."""
    place = installation.find(args)
    folders = [str(folder) for folder in debian.servers_with_postgis().values()]
    path = os.pathsep.join([*folders, os.environ["PATH"]])
    with up.database_available(place):
        try:
            return subprocess.run(
                ["psql", place.database_url, *args.arguments], env=place.environment() | {"PATH": path}, check=False
            ).returncode
        except FileNotFoundError:
            refuse(_("没有找到 psql：请安装 Debian 软件包 postgresql-client。"))


def shell(args: argparse.Namespace) -> int:
    """Open a Python in which the platform is loaded."""
    place = installation.find(args)
    with up.database_available(place):
        os.environ.update(place.environment())
        import django
        from django.core.management import call_command

        django.setup()
        call_command("shell")
    return 0
