"""Sessions in the database, as Django keeps them; what every request reads is a prepared statement."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone

from urbangrid.core import statements

_READ = "SELECT session_data FROM django_session WHERE session_key = %(key)s AND expire_date > %(now)s"


class SessionStore(db.SessionStore):
    """Django's own but for reading, which the ORM put into words and PostgreSQL planned anew at each request."""

    def load(self) -> dict[str, Any]:
        found = statements.one_row(_READ, {"key": self.session_key, "now": timezone.now()})
        if found is None:
            self._session_key = None
            return {}
        return dict(self.decode(found[0]))
