"""What every template may use."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from urbangrid.core import clock
from urbangrid.ui.middleware import live_origin


def page(request: HttpRequest) -> dict[str, Any]:
    """The acting post, the platform's time, the live address; ``new_key``: an idempotency key for a form, new at each use."""
    return {
        "acting": getattr(request, "acting", None),
        "server_now": clock.now(),
        "demonstration": settings.DEMONSTRATION,
        "live_url": live_origin(request),
        "new_key": lambda: secrets.token_urlsafe(12),
    }
