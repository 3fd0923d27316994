"""What every template may use."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from urbangrid.core import clock
from urbangrid.ui import band


def page(request: HttpRequest) -> dict[str, Any]:
    """The acting post, the platform's time, whether it is the demonstration, and the strip of a training copy (empty elsewhere)."""
    return {
        "acting": getattr(request, "acting", None),
        "server_now": clock.now(),
        "demonstration": settings.DEMONSTRATION,
        "clock_is_ahead": clock.shift() > timedelta(0),
        "clock_ahead_ms": clock.shift() // timedelta(milliseconds=1),
        "machine_now": clock.machine(),
        "band": band.words(),
        "band_short": band.short(),
    }
