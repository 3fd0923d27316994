"""Numbers that are read out on the telephone: platform + date + daily serial; gaps allowed, never given twice (architecture §3.1)."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from urbangrid.core.models import Platform


def next_number(platform: Platform, kind: str, at: datetime) -> str:
    """``青20261120-0233`` for a case, ``1120-0213`` for a report; the serial's row stays locked until the caller commits.

    ``kind``: case or report. One statement; 9,999 a day are written with four digits, more with as many as needed.
    """
    day = at.astimezone(platform.zone).date()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_numberseries (platform_id, kind, day, last) VALUES (%s, %s, %s, 1)"
            " ON CONFLICT (platform_id, kind, day) DO UPDATE SET last = cases_numberseries.last + 1 RETURNING last",
            [platform.pk, kind, day],
        )
        serial: int = cursor.fetchone()[0]
    if kind == "report":
        return f"{day:%y%m%d}-{serial:04d}"
    return f"{platform.short_name}{day:%Y%m%d}-{serial:04d}"
