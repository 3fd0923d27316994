"""Keeping notices, reading them, and setting the table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from urbangrid.audit.actions import note
from urbangrid.core import clock
from urbangrid.core.errors import NotFound, Refusal, declare
from urbangrid.live import messages, topics
from urbangrid.live.messages import Message
from urbangrid.messaging import queries
from urbangrid.messaging.lines import CHANNELS, MOST, line_of
from urbangrid.messaging.models import Notice, NoticeRead, ReadUpTo, Switch, Threshold
from urbangrid.organizations.acting import Acting

declare(
    {
        "notice_unknown": _("没有这条通知，或不是发给您的。"),
        "notice_line_unknown": _("通知表里没有这一行。"),
        "notice_amount_wrong": _("请填 1 至 %(most)s 的整数。"),
    }
)


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person, or all who hold a duty in a unit; ``works``: the notice asks for this recipient's own work."""

    unit_id: int | None = None
    duty: str = ""
    appointment_id: int | None = None
    works: bool = False

    @property
    def key(self) -> str:
        return f"a{self.appointment_id}" if self.appointment_id is not None else f"u{self.unit_id}.{self.duty}"

    @property
    def topic(self) -> str:
        """Which browsers hear of it."""
        return topics.tasks(self.appointment_id) if self.appointment_id is not None else topics.queue(self.unit_id or 0, self.duty)


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, ready to be kept; ``cause`` is topic, subject and seq of the outbox entry. ``rings``: no arrival of work
    tells the browsers of it."""

    platform_id: int
    event: str
    cause: str
    at: datetime
    case_id: int | None = None
    report_id: int | None = None
    item_id: int | None = None
    seq: int = 0
    values: dict[str, str] = field(default_factory=dict)
    urgent: bool = False
    rings: bool = True


def keep(event: Event, recipients: Iterable[Recipient]) -> int:
    """A notice per recipient, in one statement; those that came before are left as they are. Says how many it asked to keep.

    Their browsers are told when the caller's transaction (the relay's, never an action's) commits.
    """
    listed = list({one.key: one for one in recipients}.values())
    rows = [
        Notice(
            platform_id=event.platform_id, appointment_id=one.appointment_id, unit_id=None if one.appointment_id else one.unit_id,
            duty="" if one.appointment_id else one.duty, event=event.event, case_id=event.case_id, report_id=event.report_id,
            item_id=event.item_id if one.works else None, seq=event.seq, values=event.values, urgent=event.urgent,
            key=f"{event.cause}.{event.event}.{one.key}", created_at=event.at,
        )
        for one in listed
    ]  # fmt: skip
    if rows:
        Notice.objects.bulk_create(rows, ignore_conflicts=True)
        sound = "urgent" if event.urgent else "plain"
        # whose own work arrived hears of that on the same topic; a second message there would hold the first back for a second
        messages.publish(Message(one.topic, {"notice": sound}) for one in listed if event.rings or not one.works)
    return len(rows)


def settle(item_ids: Iterable[int], at: datetime) -> int:
    """The work is done: what asked for it is no longer new to anybody."""
    listed = list(item_ids)
    return Notice.objects.filter(item_id__in=listed, settled_at=None).update(settled_at=at) if listed else 0


def take_back(case_id: int, from_seq: int) -> int:
    """A withdrawn step never happened to those who were told of it."""
    return Notice.objects.filter(case_id=case_id, seq__gte=from_seq).delete()[0]


def mark_read(acting: Acting, notice_id: int) -> queries.Told:
    """Raises NotFound ``notice_unknown``."""
    found = queries.notice_of(acting, notice_id)
    if found is None:
        raise NotFound("notice_unknown")
    row = NoticeRead(notice_id=notice_id, appointment_id=acting.appointment_id, read_at=clock.now())
    NoticeRead.objects.bulk_create([row], ignore_conflicts=True)
    return found


def mark_case_read(acting: Acting, case_id: int, *events: str) -> int:
    """What the post was told of one case under these events is read: it is looking at it now. Says how many were new."""
    ids = list(queries.unread(acting).filter(case_id=case_id, event__in=events).values_list("pk", flat=True)[: queries.PAGE])
    now = clock.now()
    rows = [NoticeRead(notice_id=one, appointment_id=acting.appointment_id, read_at=now) for one in ids]
    NoticeRead.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def mark_all_read(acting: Acting) -> None:
    """全部已读, up to the newest one there is."""
    newest = queries.told(acting).order_by("-id").values_list("pk", flat=True).first()
    if newest is not None:
        values = {"notice_id": newest, "read_at": clock.now()}
        ReadUpTo.objects.update_or_create(appointment_id=acting.appointment_id, defaults=values)


@transaction.atomic
def switch(acting: Acting, event: str, unit_id: int | None, channel: str, on: bool | None) -> None:
    """Switch a line for a unit or (None) the platform; ``on`` None: as the platform has it, or as shipped. On record in the audit.

    Raises NotFound ``notice_line_unknown``.
    """
    if line_of(event) is None or channel not in CHANNELS:
        raise NotFound("notice_line_unknown")
    key: dict[str, Any] = {"platform_id": acting.platform_id, "unit_id": unit_id, "event": event, "channel": channel}
    if on is None:
        Switch.objects.filter(**key).delete()
    else:
        Switch.objects.update_or_create(**key, defaults={"on": on})
    note(acting, "notice_switched", subject=f"notice:{event}", values={"unit": str(unit_id or ""), "channel": channel, "on": str(on)})
    queries.forget()


@transaction.atomic
def set_amount(acting: Acting, event: str, amount: int | None) -> bool:
    """The number of a line of a clock; whether it changed. Raises NotFound ``notice_line_unknown``, Refusal ``notice_amount_wrong``."""
    line = line_of(event)
    if line is None or not line.is_settable:
        raise NotFound("notice_line_unknown")
    if amount is None or not 0 < amount <= MOST[line.at]:
        raise Refusal("notice_amount_wrong", status=422, field=event, most=MOST[line.at])
    before = next(one.amount for one in queries.table(acting.platform_id).lines if one.event == event)
    if before == amount:
        return False
    Threshold.objects.update_or_create(platform_id=acting.platform_id, event=event, defaults={"amount": amount})
    note(acting, "notice_amount", subject=f"notice:{event}", values={"old": str(before), "new": str(amount)})
    queries.forget()
    return True
