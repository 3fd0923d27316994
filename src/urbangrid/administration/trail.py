"""What the audit administrator reads: acts outside the case record, newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from urbangrid.accounts.messages import DEVICE_REASONS
from urbangrid.accounts.models import User
from urbangrid.administration import forms, queries, words
from urbangrid.audit.actions import note
from urbangrid.audit.models import AuditRow
from urbangrid.catalog.spreadsheets import Column, write_book
from urbangrid.core.errors import Refusal
from urbangrid.core.shipped import shipped
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.models import Appointment, Post, Unit
from urbangrid.service_requests import queries as requests

PAGE = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """Filters of the trail; empty ones ask nothing. ``about``: a case number or a request's number, 谁看过 (HD-3.1.3-sec).

    ``before``: only rows under this id, for the next page.
    """

    person: str = ""
    act: str = ""
    about: str = ""
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
    found = _asked(platform_id, zone, asked)
    rows = list(found.order_by("-at", "-pk")[: PAGE + 1])
    further = rows[PAGE - 1].pk if len(rows) > PAGE else None
    return TrailPage(_worded(rows[:PAGE]), further)


MOST_EXPORTED = 20_000
"""Rows of one spreadsheet; a longer trail is asked for by days."""


def _columns() -> list[Column]:
    titles = (("at", _("时间"), 20), ("person", _("人员"), 12), ("post", _("以岗位"), 22), ("act", _("行为"), 18),
              ("subject", _("对象"), 26), ("purpose", _("用途"), 30), ("values", _("内容"), 40), ("address", _("来自"), 18))  # fmt: skip
    return [Column(key, title, width=width) for key, title, width in titles]


def spreadsheet(acting: Acting, asked: Asked, address: str) -> bytes:
    """The trail as asked for, newest first, as .xlsx; that it was taken out is a row of the trail itself.

    Raises Refusal ``trail_too_long``.
    """
    found = _asked(acting.platform_id, acting.zone, asked)
    count = found.count()
    if count > MOST_EXPORTED:
        raise Refusal("trail_too_long", status=422, count=count, most=MOST_EXPORTED)
    rows = [row for page in _by(500, found.order_by("-at", "-pk").iterator()) for row in _worded(page)]
    asked_for = {name: str(value) for name, value in asdict(asked).items() if value}
    note(acting, "export_trail", values={"rows": count, **asked_for}, address=address)
    return write_book(_("审计"), _columns(), (_line(row, acting.zone) for row in rows))


def _by(count: int, rows: Iterable[AuditRow]) -> Iterator[list[AuditRow]]:
    every = iter(rows)
    while page := list(islice(every, count)):
        yield page


def _line(row: TrailRow, zone: ZoneInfo) -> list[str]:
    values = _("；").join(f"{name} {value}" for name, value in row.values)
    at = row.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    return [at, row.person, row.post, row.act, row.subject, row.purpose, values, row.address]


def _of_platform(platform_id: int) -> QuerySet[AuditRow]:
    people = queries.of_platform(platform_id).values("pk")
    return AuditRow.objects.filter(Q(platform_id=platform_id) | Q(platform=None) & (Q(user_id=None) | Q(user_id__in=people)))


def _asked(platform_id: int, zone: ZoneInfo, asked: Asked) -> QuerySet[AuditRow]:
    rows = _of_platform(platform_id)
    if asked.about:
        rows = rows.filter(_about(platform_id, asked.about))
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


def _about(platform_id: int, number: str) -> Q:
    """Acts on what stands behind a number: looks at the contact data, prints, and who was refused at its pages."""
    subjects = requests.subjects_of(platform_id, number)
    found = Q(subject__in=subjects) | Q(subject=f"/case/no/{number}/")
    for subject in subjects:
        kind, row = _subject(subject)
        if kind == "case":
            found |= Q(subject__startswith=f"/case/{row}/") | Q(subject__startswith=f"/api/v1/cases/{row}")
    return found


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
    coded = {code for row in rows for values in (row.values, *_inner(row.values)) for key in OF_POSTS for code in values.get(key) or ()}
    known = Post.objects.filter(Q(pk__in=ids["post"]) | Q(code__in=coded)).values_list("pk", "code", "name")
    found = list(known) if coded or ids["post"] else []
    posts, codes = {pk: name for pk, _code, name in found}, {code: name for _pk, code, name in found}

    def named(row: AuditRow, kind: str, number: int) -> str:
        if kind == "appointment" and number in appointments:
            one = appointments[number]
            return f"{one.user.name} {shipped(one.unit.short_name)}·{shipped(one.post.name)}"
        if kind in words.SUBJECTS:
            return f"{words.SUBJECTS[kind]} {number}"
        return {"user": people, "unit": units, "post": posts}.get(kind, {}).get(number, row.subject)

    def post(row: AuditRow) -> str:
        one = appointments.get(row.appointment_id or 0)
        return f"{shipped(one.unit.short_name)}·{shipped(one.post.name)}" if one else ""

    return [
        TrailRow(
            row.pk, row.at, people.get(row.user_id or 0, ""), post(row), str(words.ACTS.get(row.action, row.action)),
            named(row, kind, number), row.purpose, _values(row, codes), row.address,
        )
        for row, (kind, number) in zip(rows, subjects, strict=True)
    ]  # fmt: skip


def _subject(text: str) -> tuple[str, int]:
    """``user:12`` as its parts; ("", 0) for anything else."""
    kind, _colon, number = text.partition(":")
    return (kind, forms.number(number)) if forms.number(number) else ("", 0)


OF_POSTS = ("second_step_posts", "device_posts", "posts")
"""Values that are lists of posts by their codes."""


def _inner(values: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [one for one in values.values() if isinstance(one, dict)]


def _values(row: AuditRow, posts: Mapping[str, str]) -> list[tuple[str, str]]:
    def said(key: str, value: object) -> str:
        mode = words.MODES.get(str(value)) if row.action == "exclusive_mode_changed" else None
        return str(mode or _said(key, value, posts))[:120]

    return [(str(words.VALUES.get(key, key)), said(key, value)) for key, value in row.values.items()]


def _said(key: str, value: object, posts: Mapping[str, str]) -> str:
    if isinstance(value, dict):
        return _("，").join(f"{words.VALUES.get(name, name)} {_said(name, one, posts)}" for name, one in value.items())
    if isinstance(value, list):
        of: Mapping[str, object] = words.DUTIES if key == "duties" else posts if key in OF_POSTS else {}
        return _("、").join(str(of.get(str(one), one)) for one in value)
    if key == "reason":
        return str(DEVICE_REASONS.get(str(value), value))
    if key in words.CODES:
        return str(words.CODES[key].get(str(value), value))
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return "—" if value in (None, "") else str(value)
