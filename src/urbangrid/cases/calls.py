"""先派后补: an urgent matter is called out before it is filed, and filed within some minutes after the call (case-rules 11).

Until it is filed the call's minutes hold in place of every stage limit, whoever has the case meanwhile; they run day and night.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from urbangrid.cases.lifecycle import BEFORE_FILING, WORK
from urbangrid.cases.models import Case
from urbangrid.cases.process import Process, Wait

MINUTES = 10
"""Default of ``file_after_call_minutes`` in the settings of a process."""


def seconds(process: Process) -> int:
    """How long after the call a case may stay without its filing."""
    return int(process.settings.get("file_after_call_minutes", MINUTES)) * 60


def holds(case: Case, wait: Wait) -> bool:
    """Whether the work of a waiting state has the call's limit instead of its own."""
    return case.called_at is not None and case.filed_at is None and wait.state in BEFORE_FILING and wait.work == WORK[wait.state]


def stands_for_verification(case: Case, process: Process) -> bool:
    """Whether a case that was called out is filed without 核实: the unit is on its way, what it finds comes with its feedback."""
    return case.called_at is not None and bool(process.settings.get("call_stands_for_verification", True))


def in_time(process: Process, called_at: datetime, filed_at: datetime) -> bool:
    """At the due second itself the limit is still kept."""
    return filed_at - called_at < timedelta(seconds=seconds(process) + 1)
