"""What is being done now (a request, a job, the relay), under which number, and what its statements cost.

The number of a request stands in its answer (X-Request-Id), in every log line written meanwhile and on the page of a failure, so that
what a clerk reads out on the telephone is found in the log.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db.backends.signals import connection_created

from urbangrid.core import slow

_SPEAKABLE = bytes(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"[byte & 31] for byte in range(256))
"""Crockford's base 32: no I, L, O, U, which are misheard or misread."""
_SANE = re.compile(r"[A-Za-z0-9._-]{4,64}")


@dataclass(slots=True)
class Work:
    """One request or job. ``view`` is the name of the view or job once it is known; ``request`` tells who acts, where there is one."""

    id: str
    view: str = ""
    statements: int = 0
    statement_seconds: float = 0.0
    slow: int = 0
    request: Any = None


_now: ContextVar[Work | None] = ContextVar("urbangrid_work", default=None)


def begin(given: str = "", *, view: str = "", request: Any = None) -> Work:
    """A new piece of work in this thread; ``given`` is the number that the caller wants it to have, if it is a sane one."""
    work = Work(given if _SANE.fullmatch(given) else new_id(), view, request=request)
    _now.set(work)
    return work


def new_id() -> str:
    """Eight signs that can be read out."""
    return secrets.token_bytes(8).translate(_SPEAKABLE).decode()


def current() -> Work | None:
    """The work of this thread, or None."""
    return _now.get()


def view_of(work: Work) -> str:
    """Name of the view as the addresses have it, never the path: a path may carry what somebody typed."""
    if not work.view:
        match = getattr(work.request, "resolver_match", None)
        work.view = match.view_name if match is not None else ""
    return work.view


def _watch(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """Stands around every statement of the ORM and its cursors: counts it, and notes it when it was slow."""
    began = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        seconds = time.perf_counter() - began
        work = _now.get()
        if work is not None:
            work.statements += 1
            work.statement_seconds += seconds
        if seconds >= slow.limit_seconds():
            if work is not None:
                work.slow += 1
            slow.note(sql, seconds, view_of(work) if work else "", work.id if work else "")


def _connected(connection: Any, **_more: Any) -> None:
    if _watch not in connection.execute_wrappers:
        connection.execute_wrappers.append(_watch)


def install() -> None:
    """Watch the statements of every connection from now on."""
    connection_created.connect(_connected, dispatch_uid="urbangrid.tracing")
