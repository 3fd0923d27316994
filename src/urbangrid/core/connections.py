"""A web process keeps its database connection; one that the server has closed meanwhile is seen before a request uses it.

Django's ``CONN_HEALTH_CHECKS`` asks ``SELECT 1`` at every request. A server that ends a connection says so on it, and a broken one
reads as closed: so the statement is needed only when something waits to be read, and looking for that costs two microseconds.
"""

from __future__ import annotations

import select
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections


def has_something_to_say(handle: int) -> bool:
    """Whether the socket can be read or is broken; does not wait."""
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    return bool(poll.poll(0))


def drop_dead(**_signal: Any) -> None:
    """Close the kept connection of this thread if its server has; the next statement opens another."""
    wrapper = connections[DEFAULT_DB_ALIAS]
    raw = wrapper.connection
    if raw is None or wrapper.in_atomic_block:
        return
    # What waits may also be harmless, a changed setting or a ticket of TLS: asking tells, and reads it away
    if raw.closed or (has_something_to_say(raw.fileno()) and not wrapper.is_usable()):
        wrapper.close()
