"""How often something may be done: counted in the database, so that all processes and hosts see one count, without another server.

A window is fixed: it begins with the first act and ends by itself, whatever comes in between, so nobody is shut out for ever.
Each guarded act costs one statement of its own, outside of the act's transaction: what is refused still counts. The busiest act, a
report, is counted in each process's memory instead (``here``): its limit stops a flood, and need not be exact. Pages that only
read are never counted. An installation changes a limit by ``URBANGRID_RATE_LIMITS`` (``settings.RATE_LIMITS``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from urbangrid.core import clock
from urbangrid.core.errors import Refusal, declare

declare({"too_often": _("%(what)s太频繁：%(period)s内最多 %(most)s 次。请 %(seconds)s 秒后再试，已填内容不受影响。")})


class TooOften(Refusal):
    """A limit is reached (HTTP 429); ``values["seconds"]`` says when the window ends, and becomes Retry-After."""

    status = 429


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` acts in ``seconds``; 0 means no limit. ``label`` names the act in the refusal, ``per`` whom it is counted for.

    ``here``: each process counts by itself, so that the platform takes at most ``most`` × processes.
    """

    name: str
    per: str
    most: int
    seconds: int
    label: str | Promise
    here: bool = False


LIMITS: dict[str, Limit] = {
    one.name: one
    for one in (
        Limit("sign_in.address", "address", 30, 600, _("输错密码")),
        Limit("sign_in.device", "known device of a person", 5, 900, _("输错密码")),
        Limit("token.address", "address", 20, 60, _("取令牌")),
        Limit("token_wrong.address", "address", 60, 60, _("使用无效令牌")),
        Limit("report.person", "person", 300, 60, _("上报或登记"), here=True),
        Limit("upload.person", "person", 600, 3600, _("上传照片")),
        Limit("reveal.person", "person", 30, 3600, _("查看来报人")),
        Limit("reveal_asked.person", "person", 90, 3600, _("查看来报人")),
        Limit("export.person", "person", 20, 3600, _("导出或打印")),
        Limit("refused.path", "person and path", 1, 60, _("越权访问")),
    )
}
"""Every limit with its default, declared once; docs/topics/accounts.md lists them and a test holds the two together."""

_SPEND = """
INSERT INTO core_ratecount AS held (key, began_at, count, about) VALUES (%(key)s, %(now)s, 1, %(about)s)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN held.began_at <= %(since)s OR held.began_at > %(now)s THEN 1 ELSE held.count + 1 END,
    began_at = CASE WHEN held.began_at <= %(since)s OR held.began_at > %(now)s THEN %(now)s ELSE held.began_at END
RETURNING count, began_at
"""
"""A window that begins in the future is one from before the machine's clock was set back: it begins anew."""


def limit_of(name: str) -> Limit:
    """The limit as it is in force here. Raises KeyError."""
    declared = LIMITS[name]
    most, seconds = settings.RATE_LIMITS.get(name, (declared.most, declared.seconds))
    return Limit(name, declared.per, most, seconds, declared.label, declared.here)


def count(name: str, subject: object, about: Mapping[str, Any] | None = None) -> tuple[int, int]:
    """One more; gives the count in this window and the seconds until it ends. One statement; never refuses."""
    limit, now = limit_of(name), clock.now()
    values: dict[str, Any] = {
        "key": key_of(name, subject), "now": now, "since": now - timedelta(seconds=limit.seconds),
        "about": json.dumps(about) if about is not None else None,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, values)
        number, began_at = cursor.fetchone()
    return number, _left(limit, began_at, now)


def spend(name: str, subject: object) -> int:
    """One more act; acts left in this window, 0 where there is no limit. Raises TooOften ``too_often`` when it is one too many.

    One statement, none where there is no limit or ``here``. Counting and looking are one step, so that many at once pass no limit; an act
    that shall count only when it fails is spent first and given back.
    """
    limit = limit_of(name)
    if not limit.most:
        return 0
    number, seconds = _count_here(limit, subject) if limit.here else count(name, subject)
    if number > limit.most:
        raise _too_often(limit, seconds)
    return limit.most - number


_here: dict[str, tuple[datetime, int]] = {}
"""Counts of this process: key to begin and number."""
MOST_HERE = 10_000


def _count_here(limit: Limit, subject: object) -> tuple[int, int]:
    key, now, period = key_of(limit.name, subject), clock.now(), timedelta(seconds=limit.seconds)
    if len(_here) >= MOST_HERE:
        _here.clear()  # a process that met so many people forgets rather than grows
    began_at, number = _here.get(key, (now, 0))
    if not timedelta() <= now - began_at < period:
        began_at, number = now, 0
    _here[key] = (began_at, number + 1)
    return number + 1, _left(limit, began_at, now)


def give_back(name: str, subject: object) -> None:
    """One act less: it was counted before it was known that it does not count. One statement.

    Of a window that ended meanwhile it takes one of the next, if there is one; never below nought.
    """
    if limit_of(name).most:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE core_ratecount SET count = count - 1 WHERE key = %s AND count > 0", [key_of(name, subject)])


def key_of(name: str, subject: object) -> str:
    """What the table holds: no address and no name in clear."""
    return f"{name}:{hashlib.sha256(str(subject).encode()).hexdigest()[:32]}"


def _left(limit: Limit, began_at: datetime, now: datetime) -> int:
    return max(1, int((began_at + timedelta(seconds=limit.seconds) - now).total_seconds()))


def _too_often(limit: Limit, seconds: int) -> TooOften:
    return TooOften("too_often", what=limit.label, most=limit.most, period=period_words(limit.seconds), seconds=seconds)


def period_words(seconds: int) -> str:
    """1 分钟, 15 分钟, 1 小时."""
    if seconds % 3600 == 0:
        return str(_("%(n)s 小时") % {"n": seconds // 3600})
    return str(_("%(n)s 分钟") % {"n": seconds // 60}) if seconds % 60 == 0 else str(_("%(n)s 秒") % {"n": seconds})
