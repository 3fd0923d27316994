"""Around every request: its number, its time, its statements; one line in the log and the counters of /metrics."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from urbangrid.core import metrics, tracing

HEADER = "X-Request-Id"
SILENT = frozenset({"/health", "/metrics"})
"""Asked every few seconds by monitors: counted, not logged."""
METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"})

_log = logging.getLogger("urbangrid.access")


class ObservingMiddleware:
    """The outermost: what it measures includes all others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        work = tracing.begin(request.META.get("HTTP_X_REQUEST_ID", ""), request=request)
        began = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - began
        response[HEADER] = work.id
        view = tracing.view_of(work)
        if request.path_info in SILENT:
            view = work.view = request.path_info[1:]
        _count(work, view or "unknown", request.method or "", response.status_code, seconds)
        if settings.ACCESS_LOG and not (request.path_info in SILENT and response.status_code == 200):
            said: dict[str, Any] = {"method": request.method, "status": response.status_code, "ms": round(seconds * 1000, 1)}
            said |= {"statements": work.statements, "database_ms": round(work.statement_seconds * 1000, 1)}
            _log.info("request", extra=said)
        return response


def _count(work: tracing.Work, view: str, method: str, status: int, seconds: float) -> None:
    duration, statements, statement_seconds = _counters(view, method if method in METHODS else "other", f"{status // 100}xx")
    duration.observe(seconds)
    if work.statements:
        statements.inc(work.statements)
        statement_seconds.inc(work.statement_seconds)
    if work.slow:
        metrics.slow_statements.labels(view).inc(work.slow)


@cache
def _counters(view: str, method: str, status: str) -> tuple[Any, Any, Any]:
    """The counters of one kind of request: looking them up costs more than counting. Bounded by the views there are."""
    return metrics.requests.labels(view, method, status), metrics.statements.labels(view), metrics.statement_seconds.labels(view)
