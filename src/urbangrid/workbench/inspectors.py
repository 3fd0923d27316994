"""监督员 and 监督员档案: what the pages show, put together of the person, her courses and the record of cases (HD-3.1.2f)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from urbangrid.cases import inspector_figures, ledger
from urbangrid.core import clock
from urbangrid.core.text import beside
from urbangrid.courses import queries as courses
from urbangrid.courses import words as course_words
from urbangrid.courses.rules import Lack
from urbangrid.organizations import contacts, inspectors, leaves
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.holding import PERSONNEL
from urbangrid.organizations.inspectors import Listed
from urbangrid.organizations.models import Appointment, Leave, Unit

TABS: Final = {
    "person": gettext_lazy("人员"), "cells": gettext_lazy("网格"), "turns": gettext_lazy("班次"), "equipment": gettext_lazy("装备"),
    "training": gettext_lazy("培训"), "assessment": gettext_lazy("考核"),
}  # fmt: skip
TURN_STATES: Final = {
    "here": gettext_lazy("在岗"), "late": gettext_lazy("迟到"), "absent": gettext_lazy("未签到"), "leave": gettext_lazy("请假"),
    "coming": gettext_lazy("未开始"), "left": gettext_lazy("已签退"),
}  # fmt: skip
PAGE: Final = 50
MOST_EXPORTED: Final = 5_000


@dataclass(frozen=True, slots=True)
class Row:
    """An inspector in the list with the required courses that she lacks."""

    listed: Listed
    lacks: Sequence[Lack]


@dataclass(frozen=True, slots=True)
class Page:
    """As ``inspectors.Page``, with what is lacking."""

    rows: Sequence[Row]
    total: int
    squads: Sequence[Unit]


def page(acting: Acting, *, typed: str = "", unit_id: int | None = None, skip: int = 0, most: int = PAGE) -> Page:
    """Seven statements."""
    found = inspectors.listed(acting, typed=typed, unit_id=unit_id, skip=skip, most=most)
    today = clock.now().astimezone(acting.zone).date()
    lacks = courses.lacking(acting.platform_id, [one.row.user_id for one in found.rows], today)
    return Page([Row(one, lacks[one.row.user_id]) for one in found.rows], found.total, found.squads)


def lack_words(lacks: Sequence[Lack]) -> str:
    """区情培训（已过期 2026-05-01）、安全培训; empty for none."""
    return _("、").join(beside(one.name, f"{_('已过期')} {one.until}" if one.until else "") for one in lacks)


def tab(acting: Acting, row: Appointment, name: str, month: str) -> dict[str, Any]:
    """What one tab shows; ``month`` as ``ledger.month_of`` reads it."""
    return _TABS[name](acting, row, month)


def _person(acting: Acting, row: Appointment, month: str) -> dict[str, object]:
    del month
    told = {"contact": contacts.contact(acting, row.pk), "personnel": PERSONNEL.get(row.personnel_kind, "")}
    return {**told, "leaves": _leaves_of(row, clock.now())}


def _cells(acting: Acting, row: Appointment, month: str) -> dict[str, object]:
    del acting, month
    found = inspectors.cells(row)
    return {"communities": found, "count": sum(len(one.codes) for one in found)}


def _turns(acting: Acting, row: Appointment, month: str) -> dict[str, object]:
    named, since, until = ledger.month_of(acting, month)
    found = inspectors.turns(row, since, until)
    past = [(one, TURN_STATES[state]) for one, state in found.past]
    return {"turns": found, "past": past, "leaves": _leaves_of(row, since), **_month(named)}


def _leaves_of(row: Appointment, since: datetime) -> list[tuple[Leave, object, object]]:
    """With kind and state in words."""
    return [(one, leaves.KINDS.get(one.kind, one.kind), leaves.STATES[one.state]) for one in inspectors.leaves(row, since)]


def _month(named: date) -> dict[str, object]:
    return {"month": f"{named:%Y-%m}", "named": named}


def _equipment(acting: Acting, row: Appointment, month: str) -> dict[str, object]:
    del month
    return {"terminals": inspectors.terminals(acting, row)}


def _training(acting: Acting, row: Appointment, month: str) -> dict[str, object]:
    del month
    rows = [(one, course_words.KINDS[one.course.kind], course_words.result(one.result)) for one in courses.of_person(row.user_id)]
    today = clock.now().astimezone(acting.zone).date()
    return {"courses": rows, "lacks": courses.lacking(acting.platform_id, [row.user_id], today)[row.user_id], "trains": acting.may("train")}


def _assessment(acting: Acting, row: Appointment, month: str) -> dict[str, object]:
    named, since, until = ledger.month_of(acting, month)
    figures = inspector_figures.figures(row.pk, since, until)
    names = {"verify": _("核实"), "check": _("核查")}
    return {
        "figures": figures, "tasks": [(names[one.kind], one) for one in figures.tasks], "basis": inspector_figures.BASIS,
        "since": since, "until": until, **_month(named),
    }  # fmt: skip


_TABS: Final = {
    "person": _person, "cells": _cells, "turns": _turns, "equipment": _equipment, "training": _training, "assessment": _assessment,
}  # fmt: skip
