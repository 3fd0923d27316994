"""统计报表: the running month live, by place, class, source, unit, state and day; each figure opens the list of exactly its cases.

What is shown stands in the address: ``period`` (with ``first`` and ``last``), ``by``, ``list`` of an office that handles cases itself, and
a key per dimension that narrows. Lists and files carry ``at``, the instant of the page, so that list and figure are of one moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from urbangrid.cases import ledger, search, statistic_file, statistic_periods, statistic_tables
from urbangrid.cases.statistic_rows import DIMENSIONS, NOTHING
from urbangrid.cases.statistic_tables import FIGURES, Asked, Row
from urbangrid.catalog.spreadsheets import MEDIA_TYPE
from urbangrid.core import clock
from urbangrid.core.clients import address_of
from urbangrid.core.text import labelled
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting, acting_required
from urbangrid.ui.templatetags.ug import EXPORTING
from urbangrid.workbench import statistics
from urbangrid.workbench.statistics import Names
from urbangrid.workbench.views.common import acting_of, day, number, page

ROWS: Final = 100
"""Rows of a page; a city has thousands of cells."""
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
CHOSEN: Final = ("subdistrict", "source", "unit")
"""Dimensions that the form offers; the others are come to by going down."""


@require_GET
@acting_required(*EXPORTING)
def show(request: HttpRequest) -> HttpResponse:
    """The table of a period with its chart and the sums; live while the period runs."""
    acting = acting_of(request)
    shown = _page(acting, request.GET)
    skip = (shown["number"] - 1) * ROWS
    lines = [_line(row, shown) for row in shown["table"].rows[skip : skip + ROWS]]
    return page(
        request, "workbench/statistics.html", acting=acting, lines=lines, has_next=len(shown["table"].rows) > skip + ROWS,
        total=_line(shown["table"].sum, shown), chart=_chart(shown), **shown,
    )  # fmt: skip


@require_GET
@acting_required(*EXPORTING)
def cases(request: HttpRequest) -> HttpResponse:
    """The list behind a figure: as many cases as it said."""
    acting, get = acting_of(request), request.GET
    asked = _asked(acting, get, at=_instant(get.get("at")), of_day=True)
    figure, before = get.get("figure", ""), get.get("before") == "1"
    figure = figure if figure in FIGURES else "total"
    number_of_page = max(number(get.get("page")) or 1, 1)
    found = search.listed(acting, statistic_tables.cases(acting, asked, figure, before=before), skip=(number_of_page - 1) * search.PAGE)
    span = asked.choice.before if before else asked.choice.period
    return page(
        request, "workbench/statistic_cases.html", acting=acting, found=found, number=number_of_page, asked=asked, span=span, before=before,
        has_next=found.total > number_of_page * search.PAGE, figure=FIGURES[figure], narrowed=list(_narrowed(Names(acting), asked)),
        back=_address(asked), basis=statistic_tables.basis_of(acting), scope=_scope(asked),
    )  # fmt: skip


@require_GET
@acting_required(*EXPORTING)
def file(request: HttpRequest) -> HttpResponse:
    """The whole table as .xlsx, of the instant of the page."""
    acting = acting_of(request)
    asked = _asked(acting, request.GET, at=_instant(request.GET.get("at")))
    narrowed = [labelled(one.word, one.name) for one in _narrowed(Names(acting), asked)]
    narrowed += [_scope(asked)] if asked.own is not None else []
    made = statistic_file.as_xlsx(acting, statistic_tables.table(acting, asked), narrowed, address=address_of(request))
    name = _("统计报表 %(by)s %(first)s") % {"by": DIMENSIONS[asked.by].word, "first": asked.choice.period.first}
    disposition = content_disposition_header(as_attachment=True, filename=f"{name}.xlsx") or "attachment"
    return HttpResponse(made, content_type=MEDIA_TYPE, headers={"Content-Disposition": disposition, "Cache-Control": "no-store"})


# --- what is asked ---


def _asked(acting: Acting, get: QueryDict, *, at: datetime | None = None, of_day: bool = False) -> Asked:
    """``of_day``: a day may narrow. It does so for lists alone: a table of one day would stand beside a period that has no such day."""
    begins = ledger.month_begins(acting.platform_id)
    today = clock.now().astimezone(acting.zone).date()
    choice = statistic_periods.choose(get.get("period", ""), day(get.get("first")), day(get.get("last")), today, begins)
    by = get.get("by", "")
    only = {code: key[:40] for code in DIMENSIONS if (key := get.get(code, "")) and (of_day or code != "day")}
    own = get.get("list") == "own" if _two_lists(acting) else None
    return Asked(choice, at or clock.now(), by if by in DIMENSIONS else _first_of(acting), own, only)


def _two_lists(acting: Acting) -> bool:
    """An office that handles cases itself never sees one sum of what it handles and what it oversees (B4)."""
    return acting.may("read_area") and acting.division_id is not None and organizations.unit(acting.unit_id).handles_cases


def _first_of(acting: Acting) -> str:
    if acting.may("read_all"):
        return "subdistrict"
    return "community" if acting.may("read_area") else "major"


def _instant(text: str | None) -> datetime | None:
    """Microseconds since 1970, as the page wrote them; never later than now."""
    found = number(text)
    return min(EPOCH + timedelta(microseconds=found), clock.now()) if found is not None and found < 10**16 else None


def _query(asked: Asked, **more: str) -> str:
    """The address of a page, list or file that shows the same."""
    choice = asked.choice
    query = QueryDict(mutable=True)
    query["period"] = choice.name
    if choice.name == "own":
        query["first"], query["last"] = choice.period.first.isoformat(), choice.period.last.isoformat()
    if asked.own:
        query["list"] = "own"
    for name, value in {**asked.only, "by": asked.by, **more}.items():
        if value:
            query[name] = value
    return query.urlencode()


def _address(asked: Asked, **more: str) -> str:
    return f"{reverse('workbench:statistics')}?{_query(asked, **more)}"


def _micros(at: datetime) -> str:
    return str((at - EPOCH) // timedelta(microseconds=1))


def _list_of(asked: Asked, figure: str, **more: str) -> str:
    return f"{reverse('workbench:statistic_cases')}?{_query(asked, figure=figure, at=_micros(asked.at), **more)}"


# --- what is shown ---


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure with its name and the address of its list; no address where there is nothing to list."""

    word: Promise
    value: int
    address: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it is drawn: ``deeper`` opens it by something finer; ``rate`` and ``share`` of the whole with a percent sign.

    ``before``: the figures of the period compared with, of a row the first one alone.
    """

    row: Row
    deeper: str
    figures: tuple[Shown, ...]
    rate: str
    share: str
    before: tuple[Shown, ...]
    rate_before: str


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A restriction in words, and the address without it."""

    word: Promise
    name: str
    without: str


def _page(acting: Acting, get: QueryDict) -> dict[str, Any]:
    asked = _asked(acting, get)
    table = statistic_tables.table(acting, asked)
    now, before = statistic_tables.stretches(acting, asked)
    names = Names(acting)
    narrowed = list(_narrowed(names, asked))
    return {
        "asked": asked, "table": table, "number": max(number(get.get("page")) or 1, 1), "narrowed": narrowed, "scope": _scope(asked),
        "basis": statistic_tables.basis_of(acting), "figures": FIGURES, "rate": statistic_tables.RATE, "by": DIMENSIONS[asked.by],
        "until_before": before.until, "since_before": before.since, "running": now.until == asked.at and acting.may("read_all"),
        "tabs": [(one.code, one.word, _address(asked, by=one.code)) for one in DIMENSIONS.values() if one.code not in asked.only],
        "file": f"{reverse('workbench:statistic_file')}?{_query(asked, at=_micros(asked.at))}", "said": statistics.said(table),
        "other_list": _address(asked, list="" if asked.own else "own") if asked.own is not None else "",
        "up": narrowed[-1].without if narrowed else "", **_form(acting, asked, names),
    }  # fmt: skip


def _scope(asked: Asked) -> str:
    return "" if asked.own is None else str(statistic_tables.SCOPES[asked.own])


def _line(row: Row, shown: Mapping[str, Any]) -> Line:
    asked, key = shown["asked"], row.label.key
    here = {asked.by: key} if key else {}
    there = {asked.by: statistic_tables.key_before(row, asked)} if key else {}
    compared = list(FIGURES) if not key else ["total"]
    finer = DIMENSIONS[asked.by].deeper
    deeper = _address(asked, **here, by=finer) if finer and key not in ("", NOTHING) and finer not in asked.only else ""
    whole = shown["table"].sum.now.total
    return Line(
        row, deeper, tuple(_shown(name, getattr(row.now, name), _list_of(asked, name, **here)) for name in FIGURES),
        _percent(row.now.rate.percent), f"{100 * row.now.total / whole:.1f}%" if whole else "—",
        tuple(_shown(name, getattr(row.before, name), _list_of(asked, name, before="1", **there)) for name in compared),
        _percent(row.before.rate.percent),
    )  # fmt: skip


def _percent(text: str) -> str:
    return text if text == "—" else f"{text}%"


def _shown(code: str, value: int, address: str) -> Shown:
    return Shown(FIGURES[code].word, value, address if value else "")


def _narrowed(names: Names, asked: Asked) -> Iterator[Narrowed]:
    """From the widest to the finest; the last one left is the way back up."""
    for code, key in asked.only.items():
        dimension = DIMENSIONS[code]
        name = str(dimension.nothing) if key == NOTHING else names.of(code, key)
        rest = {other: value for other, value in asked.only.items() if other != code}
        again = replace(asked, only=rest)
        yield Narrowed(dimension.word, name, _address(again, by=code if dimension.deeper == asked.by else asked.by))


def _form(acting: Acting, asked: Asked, names: Names) -> dict[str, Any]:
    """What the form offers, and what it must carry along."""
    choices: dict[str, list[tuple[str, str]]] = {"source": list(names.sources().items())}
    if acting.may("read_all"):
        choices = {"subdistrict": [(str(one.id), one.name) for one in names.areas if one.level == "subdistrict"], **choices}
    if acting.may("read_all") or acting.may("read_area"):
        choices["unit"] = list(names.units().items())
    fields = [(code, DIMENSIONS[code].word, asked.only.get(code, ""), choices[code]) for code in CHOSEN if code in choices]
    kept = {code: key for code, key in asked.only.items() if code not in choices}
    return {"fields": fields, "kept": kept, "periods": statistic_periods.CHOICES}


def _chart(shown: Mapping[str, Any]) -> dict[str, Any]:
    """What the script draws: names, two series, and the list that a press on a bar opens."""
    asked, rows = shown["asked"], statistics.largest(shown["table"])
    return {
        "kind": "line" if asked.by == "day" else "bar", "names": [row.label.name for row in rows],
        "now": [row.now.total for row in rows], "before": [row.before.total for row in rows],
        "lists": [_list_of(asked, "total", **{asked.by: row.label.key}) if row.now.total else "" for row in rows],
        "words": {"now": _("本期"), "before": _("上期")},
    }  # fmt: skip
