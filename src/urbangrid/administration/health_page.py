"""What the health page reads: the checks with the worst first, undelivered entries, failed jobs, slow statements, the last day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob
from procrastinate.exceptions import ProcrastinateException

from urbangrid.core import beats, clock, health, health_history, outbox, slow
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.core.health import Level
from urbangrid.core.logs import scrub
from urbangrid.core.models import ParkedDelivery

LIGHTS = {Level.GOOD: ("green", "circle-check-f"), Level.WATCH: ("amber", "alert-triangle-f"), Level.BAD: ("red", "alert-octagon-f")}
MOST = 50
SPELLS = 30


@dataclass(frozen=True, slots=True)
class Row:
    """A line: light and icon, word of the level, label, what was seen, what to do."""

    light: str
    icon: str
    word: str
    label: str
    says: str
    advice: str


@dataclass(frozen=True, slots=True)
class State:
    """All lines and how many are bad or to be watched."""

    rows: list[Row]
    bad: int
    watch: int


def words() -> dict[Level, str]:
    """The levels in words."""
    return {Level.GOOD: pgettext("health", "正常"), Level.WATCH: _("留意"), Level.BAD: _("要处理")}


def state() -> State:
    """Every check, the worst first."""
    order = list(Level)
    found = sorted(health.look(), key=lambda line: -order.index(line[1].level))
    said = words()
    rows = [
        Row(*LIGHTS[one.level], _("尚未到时") if one.early else said[one.level], str(check.label), one.says, one.advice)
        for check, one in found
    ]
    levels = [finding.level for _check, finding in found]
    return State(rows, levels.count(Level.BAD), levels.count(Level.WATCH))


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A parked delivery. ``waiting_seconds`` since it was first refused; ``given_up``: it is no longer tried by itself."""

    id: int
    subscriber: str
    topic: str
    subject: str
    error: str
    attempts: int
    parked_at: datetime
    waiting_seconds: int
    given_up: bool


def undelivered() -> list[Undelivered]:
    """What subscribers refused and is not delivered yet, those first that wait for a person. One statement."""
    rows = ParkedDelivery.objects.filter(resolved_at=None).select_related("entry").order_by("-attempts", "parked_at", "pk")[:MOST]
    now = clock.now()
    return [
        Undelivered(
            row.pk, row.subscriber, row.entry.topic, f"{row.entry.subject_id}/{row.entry.seq}",
            scrub(row.error)[:300] or _("排在前一条之后"), row.attempts, row.parked_at,
            max(int((now - row.parked_at).total_seconds()), 0), row.attempts >= outbox.MOST_ATTEMPTS,
        )
        for row in rows
    ]  # fmt: skip


def deliver_again(parked_id: int) -> ParkedDelivery:
    """Have a parked delivery tried anew. Raises NotFound ``delivery_gone`` when it was delivered meanwhile."""
    row = ParkedDelivery.objects.select_related("entry").filter(pk=parked_id, resolved_at=None).first()
    if row is None:
        raise NotFound("delivery_gone")
    outbox.try_again(row.pk)
    return row


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job that ended with an error. ``error`` as far as it was kept; the log has the rest."""

    id: int
    name: str
    attempts: int
    at: datetime | None
    error: str


def failed_jobs() -> list[FailedJob]:
    """Failed jobs, the newest first. Two statements."""
    jobs = list(ProcrastinateJob.objects.filter(status="failed").order_by("-id")[:MOST])
    events = ProcrastinateEvent.objects.filter(job_id__in=[job.pk for job in jobs], type="failed").order_by("at")
    ended = dict(events.values_list("job_id", "at"))
    return [FailedJob(job.pk, job.task_name, job.attempts, ended.get(job.pk), _error_of(job.task_name)) for job in jobs]


def _error_of(name: str) -> str:
    kept = beats.last(f"job.{name}.failed")
    return str(kept.get("error", "")) if kept else ""


def run_again(job_id: int) -> str:
    """Put a failed job back into the queue; gives its name. Raises NotFound ``job_gone``, Refusal ``job_waits`` (409)."""
    job = ProcrastinateJob.objects.filter(pk=job_id, status="failed").first()
    if job is None:
        raise NotFound("job_gone")
    try:
        app.job_manager.retry_job_by_id(job.pk, retry_at=timezone.now())
    except ProcrastinateException as error:  # the same job stands in the queue already
        raise Refusal("job_waits", status=409, name=job.task_name) from error
    return str(job.task_name)


def spells() -> list[health_history.Spell]:
    """Stretches of the last 24 hours in which something was not good."""
    return health_history.spells()[:SPELLS]


def slowest() -> list[slow.Slow]:
    """The five slowest shapes of statements of the last 24 hours."""
    return slow.slowest()
