"""What an operator must know (desks.md A4): each package declares checks; the health page, /health and /metrics show what they find.

A check looks at one thing and says what it saw; a red or amber line says what to do. Checks are declared while the packages load
and run when somebody asks, in the reader's language. They must be quick (under 50 ms) and must not write.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from urbangrid.core.logs import scrub

_log = logging.getLogger(__name__)


class Level(StrEnum):
    """How bad it is; the worst line is the state of the whole."""

    GOOD = "good"
    WATCH = "watch"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check saw: ``says`` in words with its figure, ``advice`` what to do (empty only when good).

    ``gauge`` is the same as a number in the unit that the check's name ends with (seconds, bytes, rows, days), for /metrics;
    ``parts`` are further numbers beside it.
    """

    level: Level
    says: str
    advice: str = ""
    gauge: float | None = None
    parts: Mapping[str, float] = field(default_factory=dict)
    early: bool = False
    """Good because it has not had its time yet: nothing is known either way."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the health page. ``name`` is stable, lower-case with dots and a unit, e.g. ``record.unsealed_rows``.

    ``needs_running``: only means something while the platform is up (``./urbangrid check`` leaves it out when it is down).
    ``keep_seconds``: for a check that costs more, how long each process remembers what it found.
    """

    name: str
    label: str | Promise
    look: Callable[[], Finding]
    needs_database: bool = True
    needs_running: bool = False
    keep_seconds: float = 0


Line: TypeAlias = tuple[Check, Finding]
"""A check and what it saw."""

_checks: dict[str, Check] = {}
_logged: dict[str, float] = {}
LOG_SECONDS = 60
"""A check that fails is asked every second, its trace is logged once a minute."""
_kept: dict[str, tuple[float, Finding]] = {}
"""By name of the check: when it was looked at (monotonic), and what was found."""


def declare(*checks: Check) -> None:
    """Add a package's checks (call in its AppConfig.ready); the page shows them in the order of declaration.

    Raises ValueError when a name is declared twice.
    """
    for check in checks:
        if check.name in _checks and _checks[check.name] is not check:
            raise ValueError(f"health check {check.name} is declared twice")
        _checks[check.name] = check


def declared(*, needs_database: bool | None = None) -> list[Check]:
    """The checks in the order of declaration: all, or those that need the database, or those that do not."""
    return [check for check in _checks.values() if needs_database in (None, check.needs_database)]


def look(*, with_database: bool = True) -> list[Line]:
    """Every check with what it saw now; one that fails is itself a bad finding and stops no other."""
    return look_at(declared(needs_database=None if with_database else False))


def look_at(checks: Iterable[Check]) -> list[Line]:
    """The same for some of the checks."""
    return [(check, _look(check)) for check in checks]


def worst(findings: Iterable[Line]) -> Level:
    """The state of the whole."""
    order = list(Level)
    return max((finding.level for _check, finding in findings), key=order.index, default=Level.GOOD)


def forget() -> None:
    """Look anew at every check, those that are remembered too."""
    _kept.clear()


def _look(check: Check) -> Finding:
    kept = _kept.get(check.name)
    if kept is not None and time.monotonic() - kept[0] < check.keep_seconds:
        return kept[1]
    found = _look_now(check)
    if check.keep_seconds:
        _kept[check.name] = (time.monotonic(), found)
    return found


def _look_now(check: Check) -> Finding:
    try:
        return check.look()
    except Exception as error:
        if time.monotonic() - _logged.get(check.name, float("-inf")) > LOG_SECONDS:
            _logged[check.name] = time.monotonic()
            _log.exception("health check %s failed", check.name)
        said = scrub(f"{type(error).__name__}: {error}").strip().split("\n")[0][:120]
        advice = _("请查看日志中这一时刻的记录；恢复后本行会自己变绿。")
        return Finding(Level.BAD, _("没有查成：%(error)s") % {"error": said}, advice)
