"""监督员档案 as far as it is about the person: whose file may be read, her cells, her turns, her terminals (HD-3.1.2f).

Who trains (``train``) reads every inspector's file of the platform, who plans (``roster``) that of the inspectors whom she plans; nobody of
a unit on the command axis, and nobody from another face than the desks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from urbangrid.accounts.models import Device
from urbangrid.core import clock
from urbangrid.core.errors import NotAllowed, NotFound, declare
from urbangrid.organizations import attending, rosters
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.models import Appointment, CellDuty, Leave, Turn, Unit
from urbangrid.organizations.queries import in_force

ALL: Final = "train"
OWN: Final = rosters.DUTY
WORK: Final = ["verify", "check"]
"""Duties of which an inspector has both."""
MOST_TURNS: Final = 60

declare({"inspector_unknown": _("没有这名监督员，或不在您管理的范围内。请从监督员列表进入。")})


def reached(acting: Acting) -> QuerySet[Appointment]:
    """Inspectors in force whose files the acting post reads. Raises NotAllowed ``post_without_right``."""
    if acting.face != "workbench" or acting.unit_kind == "command" or not (acting.may(ALL) or acting.may(OWN)):
        raise NotAllowed("post_without_right", post=acting.post_name)
    rows = Appointment.objects.filter(in_force(), platform_id=acting.platform_id, post__duties__contains=WORK, for_night=False)
    if not acting.may(ALL):
        rows = rows.filter(unit__in=[one.pk for one in rosters.managed(acting)])
    return rows.select_related("user", "post", "unit", "home_unit", "director_unit", "division").defer("division__geom")


@dataclass(frozen=True, slots=True)
class Listed:
    """An inspector in the list. ``here``: at work now as roster, signing and leave say; ``terminals``: admitted ones."""

    row: Appointment
    cells: int
    here: bool
    terminals: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list, how many there are, and the squads to choose from."""

    rows: Sequence[Listed]
    total: int
    squads: Sequence[Unit]


def listed(acting: Acting, *, typed: str = "", unit_id: int | None = None, skip: int = 0, most: int = 50) -> Page:
    """By name or initials and by squad; five statements."""
    rows = reached(acting)
    squads = Unit.objects.filter(pk__in=rows.order_by().values("unit_id")).order_by("code")
    if typed:
        rows = rows.filter(Q(user__name__icontains=typed) | Q(user__initials__istartswith=typed))
    if unit_id:
        rows = rows.filter(unit_id=unit_id)
    shown = list(rows.order_by("unit__code", "user__name", "pk")[skip : skip + most])
    cells = dict(
        CellDuty.objects.filter(appointment__in=[one.pk for one in shown]).values_list("appointment_id").annotate(n=Count("id")).order_by()
    )  # fmt: skip
    held = _admitted(acting, [one.user_id for one in shown]).values_list("user_id").annotate(n=Count("id")).order_by()
    terminals = dict(held)
    found = [Listed(one, cells.get(one.pk, 0), one.on_duty, terminals.get(one.user_id, 0)) for one in shown]
    return Page(found, rows.count(), list(squads))


def _admitted(acting: Acting, people: Sequence[int]) -> QuerySet[Device]:
    return Device.objects.filter(platform_id=acting.platform_id, user_id__in=list(people), state=Device.ADMITTED)


def find(acting: Acting, appointment_id: int) -> Appointment:
    """Raises NotFound ``inspector_unknown`` for one who is nobody's or not hers, NotAllowed as ``reached``."""
    row = reached(acting).filter(pk=appointment_id).first()
    if row is None:
        raise NotFound("inspector_unknown")
    return row


def leaves(row: Appointment, since: datetime) -> list[Leave]:
    """Asked for or granted and not over before ``since``, the earliest first; one statement."""
    rows = Leave.objects.filter(appointment=row, state__in=(Leave.ASKED, Leave.GRANTED), ends_at__gt=since)
    return list(rows.select_related("stand_in__user").order_by("begins_at"))


@dataclass(frozen=True, slots=True)
class Cells:
    """Codes of the unit grids of a community that she answers for."""

    community: str
    codes: tuple[str, ...]


def cells(row: Appointment) -> list[Cells]:
    """By community; one statement."""
    duties = CellDuty.objects.filter(appointment=row).order_by("cell__community__code", "cell__code")
    found: dict[str, list[str]] = {}
    for community, code in duties.values_list("cell__community__name", "cell__code"):
        found.setdefault(community, []).append(code)
    return [Cells(community, tuple(codes)) for community, codes in found.items()]


@dataclass(frozen=True, slots=True)
class Turns:
    """Coming turns, those of a month with their state, and its hours: planned, and worked as signed. ``replaced``: others stood in."""

    coming: Sequence[Turn]
    past: Sequence[tuple[Turn, str]]
    planned_hours: float
    worked_hours: float
    states: Counter[str]
    replaced: Sequence[Turn]


def turns(row: Appointment, since: datetime, until: datetime) -> Turns:
    """Of a month from ``since`` to before ``until``, by begin; four statements."""
    now = clock.now()
    own = Turn.objects.filter(appointment=row).select_related("shift", "stands_in_for__user").order_by("begins_at")
    month = list(own.filter(begins_at__gte=since, begins_at__lt=until))
    away = Leave.objects.filter(appointment=row, state=Leave.GRANTED, begins_at__lt=until, ends_at__gt=since)
    spans = list(away.values_list("begins_at", "ends_at"))
    past = [
        (one, attending.state_of(one, now, away=any(begins <= one.begins_at < ends for begins, ends in spans)))
        for one in month if one.begins_at <= now
    ]  # fmt: skip
    worked = sum((one.signed_off_at - one.signed_on_at for one in month if one.signed_on_at and one.signed_off_at), timedelta())
    planned = sum((one.ends_at - one.begins_at for one in month), timedelta())
    replaced = Turn.objects.filter(stands_in_for=row, begins_at__gte=since, begins_at__lt=until)
    return Turns(
        list(own.filter(begins_at__gt=now)[:MOST_TURNS]), past, _hours(planned), _hours(worked), Counter(state for _turn, state in past),
        list(replaced.select_related("shift", "appointment__user").order_by("begins_at")),
    )  # fmt: skip


def _hours(span: timedelta) -> float:
    return round(span.total_seconds() / 3600, 1)


def terminals(acting: Acting, row: Appointment) -> list[Device]:
    """Admitted ones that she answers for, with ``used_at``, their last sign of life; one statement."""
    found = _admitted(acting, [row.user_id]).annotate(used_at=Greatest("seen_at", Max("signin__seen_at")))
    return list(found.order_by("admitted_at", "pk"))
