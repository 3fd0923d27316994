"""Log lines: one JSON object each, without personal data, tokens or what was typed.

Fields (docs/topics/health.md): time, level, logger, message, pid; request, view, platform, user where there is a request or job; and
what the line itself carries. Whatever looks like a telephone number, an identity number, a token or a query string is replaced, and the
lines of a database error that quote values are left out, because an error's text may hold them.
"""

from __future__ import annotations

import logging
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pythonjsonlogger.orjson import OrjsonFormatter

HIDDEN = (
    (re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d{9}(?!\d)"), "(号码)"),
    (re.compile(r"(?<!\d)0\d{2,3}-\d{7,8}(?!\d)"), "(号码)"),
    (re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)"), "(证件号)"),
    (re.compile(r"(?i)\b(bearer|token|key|password|code)([= :]+)[\w.~+/=-]{6,}"), r"\1\2…"),
    (re.compile(r"(/[\w/.-]*)\?[^\s\"'>)]+"), r"\1?…"),
    (re.compile(r"(?m)^(?:DETAIL|CONTEXT|HINT|QUERY|LINE \d+):.*\n?"), ""),
    (re.compile(r": \"[^\"\n]*\""), ': "…"'),
    (re.compile(r"(with base \d+): '[^'\n]*'"), r"\1: …"),
    (re.compile(r"(?s)\[SQL:.*|\bFailing row contains .*"), "…"),
)
"""What must not stand in a log, and what stands instead."""


def scrub(text: str) -> str:
    """The text without what must not stand in a log."""
    for pattern, instead in HIDDEN:
        text = pattern.sub(instead, text)
    return text


class JsonLines(OrjsonFormatter):
    """One JSON object per line; see the module."""

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        log_data["time"] = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        log_data["level"] = record.levelname
        log_data["logger"] = record.name
        log_data["message"] = scrub(record.message)
        log_data["pid"] = record.process
        self._add_work(log_data)
        for name, value in record.__dict__.items():
            if name not in self.reserved_attrs and not name.startswith("_") and name not in _NOT_SAID:
                log_data[name] = scrub(value) if isinstance(value, str) else value
        for name in ("exc_info", "stack_info"):
            if name in message_dict:
                log_data[name] = scrub(str(message_dict[name]))

    def _add_work(self, log_data: dict[str, Any]) -> None:
        tracing = sys.modules.get("urbangrid.core.tracing")  # a server's own process has not loaded it, and need not
        work = tracing.current() if tracing is not None else None
        if tracing is None or work is None:
            return
        log_data["request"] = work.id
        log_data["view"] = tracing.view_of(work)
        acting = getattr(work.request, "acting", None)
        if acting is not None:
            log_data["platform"], log_data["user"] = str(acting.platform_id), str(acting.user_id)


def keep(path: Path) -> None:
    """For a command that somebody runs at a terminal: all lines go to the file. On the screen stay the problems; what was only slow is
    none. A folder that refuses leaves everything on the screen."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler = logging.FileHandler(path, encoding="utf-8")
    except OSError:
        return
    handler.setFormatter(JsonLines())
    loggers = [logging.getLogger(), *(one for one in logging.Logger.manager.loggerDict.values() if isinstance(one, logging.Logger))]
    for one in loggers:
        screens = [known for known in one.handlers if type(known) is logging.StreamHandler]
        for screen in screens:
            screen.addFilter(_is_problem)
        if screens:
            one.addHandler(handler)


def _is_problem(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING and record.name != SLOW


SLOW = "urbangrid.slow"
"""Name of the logger of slow statements (``core.slow``)."""
_NOT_SAID = frozenset({"request", "status_code", "taskName", "server_time", "color_message"})
"""What libraries hang on a record: objects, or said already."""
