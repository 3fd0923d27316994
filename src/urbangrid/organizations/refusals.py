"""Refused access on the audit trail (HD-2.3.7e, desks.md G5): a page without the right, a case of others, a number that does not exist.

The same person at the same address is written once a minute; what came besides is counted and told in one row when the minute is over.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from urbangrid.audit.actions import note
from urbangrid.core import clock, limits
from urbangrid.core.clients import address_of
from urbangrid.organizations.acting import Acting

UNKNOWN_ADDRESSES = ("not_here",)
"""Views that stand for no page: a mistyped address is no refusal."""


def keep(request: HttpRequest, response: HttpResponse, acting: Acting) -> None:
    """Write the refusal, if the answer is one. Two statements in the first case of a minute, one afterwards, none for any other answer."""
    if response.status_code not in (403, 404) or not _is_refusal(request, response.status_code):
        return
    path, address = request.path[:80], address_of(request)
    number, _seconds = limits.count("refused.path", f"{acting.user_id} {path}", {"user": acting.user_id, "path": path})
    if number == 1:
        note(acting, "refused", subject=path, values={"status": response.status_code}, address=address)


def _is_refusal(request: HttpRequest, status: int) -> bool:
    """A 403 always; a 404 where the address names something: others of its kind exist; or where the page is barred from outside."""
    found = request.resolver_match
    if found is None or getattr(found.func, "__name__", "") in UNKNOWN_ADDRESSES:
        return False
    return status == 403 or bool(found.kwargs) or getattr(request, "barred", False)


def tell_repeated() -> int:
    """Refusals that came again within their minute become one row with their number each; says how many rows. Run by the worker."""
    ended = clock.now() - timedelta(seconds=limits.limit_of("refused.path").seconds)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM core_ratecount WHERE key LIKE 'refused.path:%%' AND began_at <= %s AND about IS NOT NULL"
            " RETURNING count, began_at, about ->> 'user', about ->> 'path'",
            [ended],
        )
        rows = [row for row in cursor.fetchall() if row[0] > 1]
        for number, began_at, user, path in rows:
            values = {"times": number - 1, "since": began_at.isoformat(timespec="seconds")}
            note(None, "refused_again", user_id=int(user), subject=path, values=values)
    return len(rows)
