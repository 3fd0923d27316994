"""按期: the moment at which a case is held against its unit's bundled limit, a setting of its process (case-rules 1).

By feedback, the default, review and check stop the unit's clock: it does not pay for a slow check. By closing they do not.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from urbangrid.cases import deadlines
from urbangrid.cases.deadlines import ClockState
from urbangrid.cases.models import ProcessDefinition
from urbangrid.cases.process import JUDGED_BY, Process

FEEDBACK, CLOSING = JUDGED_BY
MOMENTS = {FEEDBACK: gettext_lazy("按反馈时刻计期"), CLOSING: gettext_lazy("按结案时刻计期")}
"""In a few words, beside a rate."""
BASES = {
    FEEDBACK: gettext_lazy("按期指反馈时未超过处置单位的累计时限，没有反馈的不评"),
    CLOSING: gettext_lazy("按期指结案时未超过处置单位的累计时限，审核和核查的时间计入，没有结案的不评"),
}


def setting(process: Process) -> str:
    """``feedback`` or ``closing``."""
    return str(process.settings.get("judged_by", FEEDBACK))


def instant(process: Process, disposed_at: datetime | None, closed_at: datetime | None) -> datetime | None:
    """When a case of that process is judged; None while that has not come."""
    return closed_at if setting(process) == CLOSING else disposed_at


def as_judged(process: Process, state: ClockState) -> ClockState:
    """The unit's clock as the verdict reads it."""
    if setting(process) == FEEDBACK:
        return state
    return deadlines.replay(deadlines.by_closing(state.events), state.first_limit, state.timeline)


def closing_processes(platform_id: int) -> tuple[tuple[int, ...], frozenset[str]]:
    """The platform's definitions whose cases are judged by closing, and which settings there are at all. One statement."""
    rows = list(ProcessDefinition.objects.filter(platform_id=platform_id).values_list("pk", "definition__settings__judged_by"))
    found = tuple(pk for pk, word in rows if word == CLOSING)
    return found, frozenset({FEEDBACK} if len(found) < len(rows) or not rows else ()) | frozenset({CLOSING} if found else ())


def moment_words(used: Collection[str]) -> str:
    """按反馈时刻计期, or what the processes of the platform have otherwise."""
    return _("、").join(str(MOMENTS[word]) for word in JUDGED_BY if word in used) + _split(used)


def basis_words(used: Collection[str]) -> str:
    """The same as a sentence of a 口径."""
    return _("；").join(str(BASES[word]) for word in JUDGED_BY if word in used) + _split(used)


def _split(used: Collection[str]) -> str:
    return _("（随案件的流程版本）") if len(used) > 1 else ""
