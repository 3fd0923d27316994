"""通知表: who is told of what, switched for the platform or one unit, and when the lines of clocks speak."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from urbangrid.administration import forms, queries
from urbangrid.administration.views.common import acting_of, page, toast
from urbangrid.cases import timers
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.core.transactions import whole
from urbangrid.messaging import actions
from urbangrid.messaging import queries as tables
from urbangrid.messaging.lines import CHANNELS, MOST
from urbangrid.organizations.acting import Acting, acting_required
from urbangrid.supervision import words

STATES = {"on": True, "off": False, "": None}


@dataclass(frozen=True, slots=True)
class Choice:
    """A channel of a line: what is set here (on, off, or empty: as above), and what follows from it."""

    channel: str
    word: str
    chosen: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A line as the page shows it. ``unit``: what its number counts, empty where there is none."""

    event: str
    name: str
    to: str
    amount: int
    unit: str
    most: int
    choices: tuple[Choice, ...]


@acting_required("administer_system")
def table(request: HttpRequest) -> HttpResponse:
    """The table for the platform, or with ``unit`` for one unit."""
    acting = acting_of(request)
    unit_id = forms.number(request.GET.get("unit")) or None
    if unit_id is not None and queries.unit_of(acting.platform_id, unit_id) is None:
        raise NotFound("admin_unknown")
    if request.method != "POST":
        return _draw(request, acting, unit_id)
    try:
        _save(acting, unit_id, request.POST)
    except Refusal as fault:
        return _draw(request, acting, unit_id, fault)
    toast(request, _("通知表已保存"))
    return redirect(reverse("administration:notices") + (f"?unit={unit_id}" if unit_id else ""))


def _draw(request: HttpRequest, acting: Acting, unit_id: int | None, fault: Refusal | None = None) -> HttpResponse:
    tables.forget()
    known = tables.table(acting.platform_id)
    rows = [_row(known, line.event, unit_id, acting.platform_id) for line in known.lines]
    units = queries.unit_rows(acting.platform_id, "")
    return page(request, "notices.html", fault, rows=rows, units=units, unit_id=unit_id, channels=words.CHANNELS.values())


def _row(known: tables.Table, event: str, unit_id: int | None, platform_id: int) -> Row:
    line = next(one for one in known.lines if one.event == event)
    choices = []
    for channel in CHANNELS:
        own = known.switches.get((unit_id, event, channel))
        chosen = next(name for name, state in STATES.items() if state is own)
        choices.append(Choice(channel, str(words.CHANNELS[channel]), chosen, known.is_on(event, unit_id, channel)))
    unit = {"share": _("% 的时限"), "minutes": _("分钟")}.get(line.at, "")
    to = _("、").join(words.role(role, platform_id) for role in line.to)
    return Row(event, str(words.LINES[event][0]), to, line.amount, unit, MOST.get(line.at, 0), tuple(choices))


@whole
def _save(acting: Acting, unit_id: int | None, posted: QueryDict) -> None:
    """What differs from what stands; numbers belong to the platform. Nothing is half saved."""
    known = tables.table(acting.platform_id)
    moved = False
    for line in known.lines:
        for channel in CHANNELS:
            wanted = STATES.get(posted.get(f"{channel}.{line.event}", ""))
            if wanted is not known.switches.get((unit_id, line.event, channel)):
                actions.switch(acting, line.event, unit_id, channel, wanted)
        if line.is_settable and unit_id is None:
            moved = actions.set_amount(acting, line.event, forms.number(posted.get(f"amount.{line.event}"))) or moved
    if moved:
        timers.look_anew(acting.platform_id)
