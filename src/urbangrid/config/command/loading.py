"""The platform's code for a command that somebody runs at a terminal: progress and problems on the screen, log lines in a file."""

from __future__ import annotations

from pathlib import Path

from urbangrid.config.command import rotation

LOG = "commands.log"
"""In the folder of the logs."""


def load() -> None:
    """Set up Django; what the loggers say from now on goes to ``LOG``, the problems to the screen as well."""
    import django

    django.setup()
    from django.conf import settings

    from urbangrid.core import logs

    path = Path(settings.LOGS_ROOT) / LOG
    rotation.rotate(path)
    logs.keep(path)
