"""Numbers that are read out on the telephone: platform + date + daily serial; gaps allowed, never given twice (architecture §3.1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import connection

from urbangrid.cases import store
from urbangrid.cases.models import Case
from urbangrid.core.models import Platform

LETTERS = {"request": "诉", "self": "自", "order": "督", "instruct": "批", "plan": "预"}
"""First letter of what has a number of its own beside reports and cases."""


def next_number(platform: Platform, kind: str, at: datetime) -> str:
    """``青20261120-0233`` for a case, ``261120-0213`` for a report; the serial's row stays locked until the caller commits.

    ``kind``: case, report, request (``诉261120-0012``), self (``自261120-0012``), order, instruct or plan. One statement. 9,999 a day
    are written with four digits, more with as many as needed.
    """
    day = at.astimezone(platform.zone).date()
    return written(platform, kind, day, reserve(platform, kind, day, 1))


def reserve(platform: Platform, kind: str, day: date, count: int) -> int:
    """The first of ``count`` serials in a row."""
    return store.current().serial(platform, kind, day, count) - count + 1


def go_on_from(platform: Platform, used: Mapping[tuple[str, date], int]) -> None:
    """Serials that were given without asking, of rows made in bulk: the next one is asked for behind them."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO cases_numberseries AS s (platform_id, kind, day, last) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (platform_id, kind, day) DO UPDATE SET last = greatest(s.last, excluded.last)",
            [(platform.pk, kind, day, last) for (kind, day), last in used.items()],
        )


def written(platform: Platform, kind: str, day: date, serial: int) -> str:
    """A serial as the number that people read."""
    if kind == "report":
        return f"{day:%y%m%d}-{serial:04d}"
    if kind in LETTERS:
        return f"{LETTERS[kind]}{day:%y%m%d}-{serial:04d}"
    return f"{platform.short_name}{day:%Y%m%d}-{serial:04d}"


def case_of(platform_id: int, number: str) -> int | None:
    """The id of the case with that number, whoever asks: for the audit trail; pages ask ``access.case_id_of``."""
    return Case.objects.filter(platform_id=platform_id, number=number).values_list("pk", flat=True).first()
