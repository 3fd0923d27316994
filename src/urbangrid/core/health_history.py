"""What was not good in the last day: the worker looks each minute and keeps a line when the picture changed or ten minutes passed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from urbangrid.core import beats, lines, stamps
from urbangrid.core.health import Level, Line, declared, worst

HOURS = 24
LONGEST_SECONDS = 600
"""After so long the same picture is written again: a gap longer than that means that nobody looked."""
UNSEEN_SECONDS = 300
"""The worker looks each minute; after so long without a look its silence is bad itself."""
_last: tuple[float, dict[str, str]] | None = None


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch in which a check was not good; ``until`` None: it still lasted at the last look."""

    label: str
    level: Level
    since: datetime
    until: datetime | None
    says: str


def path() -> Path:
    """The file."""
    return Path(settings.HEALTH_ROOT) / "history.jsonl"


def keep(found: Sequence[Line]) -> None:
    """Write down what is not good, if that changed; nothing but levels decides whether it did."""
    global _last
    now = stamps.stamp()
    levels = {check.name: str(finding.level) for check, finding in found if finding.level is not Level.GOOD}
    if _last is not None and _last[1] == levels and now["up"] - _last[0] < LONGEST_SECONDS:
        return
    says = {check.name: finding.says for check, finding in found if finding.level is not Level.GOOD}
    if lines.append(path(), now | {"bad": {name: [level, says[name]] for name, level in levels.items()}}):
        _last = (now["up"], levels)


def mark(found: Sequence[Line]) -> None:
    """Leave the state of this look for the menu."""
    beats.beat("state", at_once=True, state=str(worst(found)))


def is_bad() -> bool:
    """Whether the last look found something bad, or nobody has looked for minutes. No statement: a small file."""
    last = beats.last("state")
    return last is not None and (last.get("state") == Level.BAD or stamps.age_seconds(last) > UNSEEN_SECONDS)


def spells() -> list[Spell]:
    """Stretches of the last 24 hours, the newest first."""
    rows = [row for row in lines.newest_first(path()) if _is_recent(row)]
    labels = {check.name: str(check.label) for check in declared()}
    open_: dict[str, Spell] = {}
    done: list[Spell] = []
    for row in reversed(rows):
        at = stamps.moment(row)
        for name in [name for name in open_ if name not in row["bad"]]:
            ended = open_.pop(name)
            done.append(Spell(ended.label, ended.level, ended.since, at, ended.says))
        for name, (level, says) in row["bad"].items():
            known = open_.get(name)
            if known is None or known.level is not Level(level):
                if known is not None:
                    done.append(Spell(known.label, known.level, known.since, at, known.says))
                open_[name] = Spell(labels.get(name, name), Level(level), at, None, says)
    return sorted([*done, *open_.values()], key=lambda spell: spell.since, reverse=True)


def _is_recent(row: dict[str, object]) -> bool:
    try:
        return isinstance(row["bad"], dict) and stamps.age_seconds(row) <= HOURS * 3600
    except (KeyError, ValueError, TypeError):
        return False
