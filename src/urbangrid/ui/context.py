"""What every template may use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from urbangrid.core import clock


def page(request: HttpRequest) -> dict[str, Any]:
    """The acting post, the platform's time, whether it is the demonstration."""
    return {
        "acting": getattr(request, "acting", None),
        "server_now": clock.now(),
        "demonstration": settings.DEMONSTRATION,
    }
