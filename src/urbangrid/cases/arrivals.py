"""What the queues' browsers are told after cases moved: counts computed once for everybody, ids of what came and went.

1. `arrivals` looks at the work items of the subjects of a batch of outbox entries: opened since, or closed since.
2. Their queues are counted again, all with one statement per kind of queue.
3. A page fetches the rows it wants by id (`cases.queues.rows`, `only`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from urbangrid.cases import words
from urbangrid.cases.lifecycle import TASK
from urbangrid.cases.models import WorkItem
from urbangrid.cases.queues import light_filter
from urbangrid.core import clock
from urbangrid.core.models import OutboxEntry
from urbangrid.live import topics
from urbangrid.live.messages import Message

Change = Mapping[str, Sequence[int]]
"""Ids by ``new``, ``changed`` and ``gone``."""


def arrivals(entries: Sequence[OutboxEntry]) -> list[Message]:
    """Messages for the queues, people and cases that these entries touch. Four statements at most."""
    since: dict[int, datetime] = {}
    seqs: dict[int, int] = {}
    again: set[int] = set()
    for entry in entries:
        if entry.topic not in ("case", "report"):
            continue
        since[entry.subject_id] = min(since.get(entry.subject_id, entry.created_at), entry.created_at)
        if entry.topic == "case":
            seqs[entry.subject_id] = max(seqs.get(entry.subject_id, 0), entry.seq)
        if entry.payload.get("action") == "withdraw":
            again.add(entry.subject_id)
    if not since:
        return []
    first = min(since.values())
    items = WorkItem.objects.filter(Q(case_id__in=since) | Q(report_id__in=since)).filter(
        Q(closed_at=None) | Q(closed_at__gte=first)
    )
    changes: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    urgent: dict[str, int] = defaultdict(int)
    for item in items.order_by("id"):
        subject = item.case_id if item.case_id in since else item.report_id
        assert subject is not None
        if item.closed_at is not None:
            changes[topic_of(item)]["gone"].append(item.pk)
        elif item.opened_at >= since[subject] or subject in again:
            changes[topic_of(item)]["new"].append(item.pk)
            urgent[topic_of(item)] += item.urgent
        else:
            changes[topic_of(item)]["changed"].append(item.pk)
    told = counted(changes)
    for message in told:
        message.data["urgent_new"] = urgent[message.topic]
    moved = [Message(topics.case(case_id), {"seq": seq}) for case_id, seq in seqs.items()]
    return told + moved


def topic_of(item: WorkItem) -> str:
    """The queue that shows this item: its person's, else that of its unit and duty (as ``holders.held_by`` says)."""
    if item.appointment_id is not None:
        return topics.tasks(item.appointment_id)
    return topics.queue(item.unit_id or 0, item.duty)


def counted(changes: Mapping[str, Change]) -> list[Message]:
    """A message per topic with its present counts and the changed ids."""
    queues = [topic.split(":") for topic in changes if topic.startswith("queue:")]
    people = [int(topic.split(":")[1]) for topic in changes if topic.startswith("tasks:")]
    totals: dict[str, dict[str, Any]] = {topic: _nothing() for topic in changes}
    if queues:
        wanted = WorkItem.objects.filter(
            appointment=None, unit_id__in={int(unit) for _, unit, _ in queues}, duty__in={duty for *_, duty in queues}
        )
        for row in _by_light(wanted, "unit_id", "duty"):
            _add(totals.get(topics.queue(row["unit_id"], row["duty"])), row)
    if people:
        for row in _by_light(WorkItem.objects.filter(appointment_id__in=people), "appointment_id"):
            _add(totals.get(topics.tasks(row["appointment_id"])), row)
    return [Message(topic, {**totals[topic], **change}) for topic, change in changes.items()]


def board(platform_ids: Iterable[int]) -> list[Message]:
    """The counts of all open work, for those who watch a whole platform; a district that only commands has the work of its own units on
    the city's platform. One statement."""
    totals: dict[str, dict[str, Any]] = {topics.board(platform_id): _nothing() for platform_id in platform_ids}
    if totals:
        watched = WorkItem.objects.filter(platform_id__in=list(platform_ids)).exclude(Q(kind=TASK) | Q(case__confidential=True))
        for row in _by_light(watched, "platform_id", "unit__platform_id"):
            for platform_id in {row["platform_id"], row["unit__platform_id"] or row["platform_id"]}:
                _add(totals.get(topics.board(platform_id)), row)
    return [Message(topic, total) for topic, total in totals.items()]


def turned(after: datetime, until: datetime) -> list[Message]:
    """Queues in which a light turned amber or red in (after, until]; browsers tick too, this corrects the counts."""
    span = {"gt": after, "lte": until}
    due, warn = (Q(**{f"{name}__{key}": value for key, value in span.items()}) for name in ("due_at", "warn_at"))
    changes: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for item in WorkItem.objects.filter(due | warn, closed_at=None, paused=False).order_by("id"):
        changes[topic_of(item)]["changed"].append(item.pk)
    return counted(changes)


def _by_light(items: QuerySet[WorkItem], *holder: str) -> list[dict[str, Any]]:
    now = clock.now()
    lights = {light: Count("id", filter=light_filter(light, now)) for light in words.LIGHTS}
    urgent = Count("id", filter=Q(urgent=True))
    return list(items.filter(closed_at=None).values(*holder, "kind").annotate(**lights, urgent_items=urgent).order_by())


def _nothing() -> dict[str, Any]:
    return {"count": 0, "urgent": 0, "lights": dict.fromkeys(words.LIGHTS, 0), "kinds": {}}


def _add(total: dict[str, Any] | None, row: Mapping[str, Any]) -> None:
    """Add the counts of one kind; a row of a queue nobody asked for is left out."""
    if total is None:
        return
    count = sum(row[light] for light in words.LIGHTS)
    total["count"] += count
    total["urgent"] += row["urgent_items"]
    total["kinds"][row["kind"]] = total["kinds"].get(row["kind"], 0) + count
    for light in words.LIGHTS:
        total["lights"][light] += row[light]
