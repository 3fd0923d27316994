"""Lives on their way into the database, some hundred at once, by other processes while further ones are lived (``volume_copies``).

At the instants of ``Looks`` everything lived so far stands in the database: what goes on after the instant stands as it then stood, and is
written as a whole when it has gone by.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from urbangrid.audit.models import PersonalData
from urbangrid.cases import lives
from urbangrid.cases.volume_copies import Copies
from urbangrid.cases.volume_rows import Rows
from urbangrid.demo.lived import Life
from urbangrid.service_requests.models import RequestCase, RequestRecord, ServiceRequest

AT_ONCE = 400
"""Lives written together."""
MOST = min(4, len(os.sched_getaffinity(0)))
"""Processes that make rows at a time, besides this one."""
TABLES = (*lives.TABLES, PersonalData, ServiceRequest, RequestRecord, RequestCase)
"""What lives are written to."""


class Looks(Protocol):
    """What is looked at while lives go on, at instants in order: the rows of ``at`` stand while ``look`` runs and are taken back."""

    def next(self) -> datetime | None:
        """The instant that comes next; None after the last."""

    def look(self, write: Callable[[], None]) -> None:
        """That instant: ``write`` puts the lives as they then stood."""


class Writing:
    """Takes lives in the order in which they begin."""

    def __init__(self, looks: Looks | None) -> None:
        self.looks = looks
        self.lives: list[Life] = []
        self.going_on: list[Life] = []
        """Those of which something lies after the next look."""
        self.under_way: deque[Copies] = deque()

    def put(self, life: Life) -> None:
        at = self._next()
        if at is not None and life.last > at:
            self.going_on.append(life)
            return
        self.lives.append(life)
        if len(self.lives) >= AT_ONCE:
            self._begin()

    def look_before(self, at: datetime) -> None:
        """Every look that comes before a life that begins at ``at``."""
        while (due := self._next()) is not None and due < at:
            self._look(due)

    def finish(self) -> None:
        """The last looks, and everything is written."""
        while (due := self._next()) is not None:
            self._look(due)
        self._write_all()

    def _next(self) -> datetime | None:
        return self.looks.next() if self.looks is not None else None

    def _begin(self) -> None:
        if not self.lives:
            return
        self.under_way.append(_copies(self.lives))
        self.lives = []
        while len(self.under_way) > MOST:
            self.under_way.popleft().write()

    def _write_all(self) -> None:
        self._begin()
        while self.under_way:
            self.under_way.popleft().write()

    def _look(self, at: datetime) -> None:
        assert self.looks is not None
        self._begin()
        then = _copies([life.as_of(at) for life in self.going_on])
        self._write_all()
        self.looks.look(then.write)
        waiting, self.going_on = self.going_on, []
        for life in waiting:
            self.put(life)


def _copies(lives: Sequence[Life]) -> Copies:
    return Copies(lambda: _rows(lives))


def _rows(lives: Sequence[Life]) -> Rows:
    made = Rows()
    for life in lives:
        made.join(life.rows())
    return made
