"""The live process (granian, ASGI)."""

import os
import resource

import django

from urbangrid.config.command.processes import die_with_supervisor, note_worker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "urbangrid.config.settings")
die_with_supervisor()  # a worker must not outlive a killed granian and keep the port
note_worker("live")
_soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (_hard, _hard))  # one open file per browser: 1,024 do not suffice
django.setup()  # sentences and settings only; no request of this process meets Django

from urbangrid.core.outbox import conninfo  # noqa: E402  # needs the settings
from urbangrid.live.app import Live  # noqa: E402

application = Live(conninfo)
