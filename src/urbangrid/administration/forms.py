"""What was typed into a form, read field by field; a fault names its field so that the sentence stands there."""

from __future__ import annotations

from collections.abc import Container
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.functional import Promise

from urbangrid.administration import messages
from urbangrid.core.errors import Refusal

__all__ = ["chosen", "day", "instant", "messages", "number", "plain", "text"]

Label = str | Promise


def plain(typed: str | None, most: int = 100) -> str:
    """Words of a search: without blanks around and without the NUL character, which PostgreSQL refuses."""
    return (typed or "").replace("\0", "").strip()[:most]


def number(typed: str | None) -> int:
    """An id; 0, which is none, for anything else."""
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 20 else 0


def text(posted: QueryDict, field: str, label: Label, most: int, *, needed: bool = True) -> str:
    """Raises Refusal ``admin_missing``, ``admin_too_long``."""
    typed = plain(posted.get(field), most + 1)
    if needed and not typed:
        raise Refusal("admin_missing", status=422, field=field, label=label)
    if len(typed) > most:
        raise Refusal("admin_too_long", status=422, field=field, label=label, most=most)
    return typed


def chosen(posted: QueryDict, field: str, label: Label, offered: Container[str]) -> str:
    """One of what was offered. Raises Refusal ``admin_choice``."""
    typed = plain(posted.get(field))
    if typed not in offered:
        raise Refusal("admin_choice", status=422, field=field, label=label)
    return typed


def day(posted: QueryDict, field: str, label: Label) -> date | None:
    """A day or None when empty. Raises Refusal ``admin_day``."""
    typed = plain(posted.get(field))
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise Refusal("admin_day", status=422, field=field, label=label) from error


def instant(of: date, zone: ZoneInfo) -> datetime:
    """The beginning of a day in the platform's zone."""
    return datetime.combine(of, time.min, zone)
