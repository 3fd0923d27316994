"""What the audit administrator reads: acts outside the case record, newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from urbangrid.accounts.models import User
from urbangrid.administration import forms, queries, words
from urbangrid.audit.models import AuditRow
from urbangrid.organizations.models import Appointment, Post, Unit

PAGE = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """Filters of the trail; empty ones ask nothing. ``before``: only rows under this id, for the next page."""

    person: str = ""
    act: str = ""
    first: date | None = None
    last: date | None = None
    before: int = 0


@dataclass(frozen=True, slots=True)
class TrailRow:
    """A line: who, as what, did what to whom, why and from where."""

    row_id: int
    at: datetime
    person: str
    post: str
    act: str
    subject: str
    purpose: str
    values: list[tuple[str, str]]
    address: str


@dataclass(frozen=True, slots=True)
class TrailPage:
    """Lines and the id from which the next page goes on; None at the end."""

    rows: list[TrailRow]
    further: int | None


def read(platform_id: int, zone: ZoneInfo, asked: Asked) -> TrailPage:
    """Rows of the platform, and those of nobody: tries with unknown names. Six statements at most, however long the trail is."""
    found = _asked(_of_platform(platform_id), zone, asked)
    rows = list(found.order_by("-at", "-pk")[: PAGE + 1])
    further = rows[PAGE - 1].pk if len(rows) > PAGE else None
    return TrailPage(_worded(rows[:PAGE]), further)


def _of_platform(platform_id: int) -> QuerySet[AuditRow]:
    people = queries.of_platform(platform_id).values("pk")
    return AuditRow.objects.filter(Q(platform_id=platform_id) | Q(platform=None) & (Q(user_id=None) | Q(user_id__in=people)))


def _asked(rows: QuerySet[AuditRow], zone: ZoneInfo, asked: Asked) -> QuerySet[AuditRow]:
    if asked.person:
        named = User.objects.filter(Q(name__icontains=asked.person) | Q(username__istartswith=asked.person))
        rows = rows.filter(user_id__in=named.values("pk"))
    if asked.act:
        rows = rows.filter(action=asked.act)
    if asked.first is not None:
        rows = rows.filter(at__gte=forms.instant(asked.first, zone))
    if asked.last is not None:
        rows = rows.filter(at__lt=forms.instant(asked.last + timedelta(days=1), zone))
    last_seen = AuditRow.objects.filter(pk=asked.before).values_list("at", flat=True).first() if asked.before else None
    if last_seen is not None:
        rows = rows.filter(Q(at__lt=last_seen) | Q(at=last_seen, pk__lt=asked.before))
    return rows


def _worded(rows: Sequence[AuditRow]) -> list[TrailRow]:
    subjects = [_subject(row.subject) for row in rows]
    ids = {kind: {number for of, number in subjects if of == kind} for kind in ("user", "unit", "post", "appointment")}
    appointments = {
        row.pk: row
        for row in Appointment.objects.filter(pk__in=ids["appointment"] | {row.appointment_id for row in rows if row.appointment_id})
        .select_related("post", "unit", "user")
    }  # fmt: skip
    people = dict(User.objects.filter(pk__in=ids["user"] | {row.user_id for row in rows if row.user_id}).values_list("pk", "name"))
    units = dict(Unit.objects.filter(pk__in=ids["unit"]).values_list("pk", "name"))
    posts = dict(Post.objects.filter(pk__in=ids["post"]).values_list("pk", "name"))

    def named(row: AuditRow, kind: str, number: int) -> str:
        if kind == "appointment" and number in appointments:
            one = appointments[number]
            return f"{one.user.name} {one.unit.short_name}·{one.post.name}"
        return {"user": people, "unit": units, "post": posts}.get(kind, {}).get(number, row.subject)

    def post(row: AuditRow) -> str:
        one = appointments.get(row.appointment_id or 0)
        return f"{one.unit.short_name}·{one.post.name}" if one else ""

    return [
        TrailRow(
            row.pk, row.at, people.get(row.user_id or 0, ""), post(row), str(words.ACTS.get(row.action, row.action)),
            named(row, kind, number), row.purpose, _values(row), row.address,
        )
        for row, (kind, number) in zip(rows, subjects, strict=True)
    ]  # fmt: skip


def _subject(text: str) -> tuple[str, int]:
    """``user:12`` as its parts; ("", 0) for anything else."""
    kind, _colon, number = text.partition(":")
    return (kind, forms.number(number)) if forms.number(number) else ("", 0)


def _values(row: AuditRow) -> list[tuple[str, str]]:
    return [(str(words.VALUES.get(key, key)), _said(key, value)[:120]) for key, value in row.values.items()]


def _said(key: str, value: object) -> str:
    if isinstance(value, dict):
        return "，".join(f"{words.VALUES.get(name, name)} {_said(name, one)}" for name, one in value.items())
    if isinstance(value, list):
        return "、".join(str(words.DUTIES.get(one, one)) if key == "duties" else str(one) for one in value)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return "—" if value in (None, "") else str(value)
