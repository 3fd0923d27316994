"""The web process (granian, WSGI)."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from urbangrid.config.command.processes import die_with_supervisor, note_worker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "urbangrid.config.settings")
die_with_supervisor()  # a worker must not outlive a killed granian and keep the port
note_worker("web")
application = get_wsgi_application()
gc.freeze()  # what is loaded now lives as long as the process: no look for cycles walks it again
