"""When the machine is at fault and not the person: which failures are of that kind, and the sentence each gets.

An outage is a refusal that passes by itself or by an administrator's hand: the same call with the same key may be sent again.
Status 503 with ``Retry-After``, 507 for a full disk (RFC 9110 §15.6.4, RFC 4918 §11.5).
"""

from __future__ import annotations

import errno
from collections.abc import Iterator

import django.db
import psycopg
from django.utils.translation import gettext_lazy as _

from urbangrid.core.errors import Refusal, declare

declare(
    {
        "database_away": _(
            "数据库暂时连不上，平台正在自动恢复；刚才这一步没有得到确认。请过几秒再办一次，不会办成两次；几分钟后仍不行，请联系系统管理员。"
        ),
        "disk_full": _("服务器磁盘已满，这一步没有办成，以前办的都在。请联系系统管理员腾出磁盘空间，然后再办一次。"),
        "disk_unwritable": _("服务器的磁盘现在写不进去，这一步没有办成，以前办的都在。请联系系统管理员检查磁盘，然后再办一次。"),
    }
)

SOON_SECONDS, LATER_SECONDS = 5, 60
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
UNWRITABLE = frozenset({errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO})
STATES_FULL = frozenset({"53100"})
"""SQLSTATE disk_full."""
STATES_UNWRITABLE = frozenset({"25006", "58030"})
"""SQLSTATE read_only_sql_transaction, io_error."""
STATES_AWAY = frozenset({"57P01", "57P02", "57P03", "57P05", "53300", "58000"})
"""SQLSTATE admin_shutdown, crash_shutdown, cannot_connect_now, idle_session_timeout, too_many_connections, system_error; class 08 too."""
DEEPEST = 10


class Outage(Refusal):
    """The platform cannot now; ``retry_after_seconds`` says when asking again makes sense."""

    status = 503
    retry_after_seconds = SOON_SECONDS


class DiskTrouble(Outage):
    """Somebody must see to the disk first."""

    retry_after_seconds = LATER_SECONDS


def of(error: BaseException | None) -> Outage | None:
    """The outage behind a failure, also one that was raised because of it; None for every other failure."""
    for one in _chain(error):
        if isinstance(one, Outage):
            return one
        if isinstance(one, OSError):
            if one.errno in FULL:
                return DiskTrouble("disk_full", status=507)
            if one.errno in UNWRITABLE:
                return DiskTrouble("disk_unwritable")
        elif isinstance(one, psycopg.Error):
            return _of_database(one)
        elif isinstance(one, django.db.InterfaceError):
            return Outage("database_away")  # Django itself found the connection closed
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    for _step in range(DEEPEST):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__


def _of_database(error: psycopg.Error) -> Outage | None:
    """Told by SQLSTATE; a connection that broke or never came about has none."""
    state = error.sqlstate
    if state in STATES_FULL:
        return DiskTrouble("disk_full", status=507)
    if state in STATES_UNWRITABLE or "Read-only file system" in str(error):
        return DiskTrouble("disk_unwritable")
    lost = state is None and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    if lost or state in STATES_AWAY or (state or "").startswith("08"):
        return Outage("database_away")
    return None
