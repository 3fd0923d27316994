"""台账: a month of cases with stages, durations and results, on a page and as a table for WPS and Excel (HD-3.1.2g, JJ-4b).

Only what the acting post may read; no reporter stands in it, and words are masked (case-rules 24). Times are natural ones, so that who
adds them up gets the whole; whether a case was in time is the engine's verdict over counted time (case-rules 1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby, islice
from typing import Final, TypeAlias

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from urbangrid.cases import judging, search, words
from urbangrid.cases.ledger_figures import DEFERRED, EXCLUDED
from urbangrid.cases.ledger_stages import stage_seconds
from urbangrid.cases.lifecycle import State
from urbangrid.cases.models import Case, CaseRecord, CaseRequest, ProcessDefinition
from urbangrid.cases.process import Stage
from urbangrid.cases.processes import process_of
from urbangrid.cases.rows import limit_words, title_of
from urbangrid.cases.search import Asked
from urbangrid.catalog import queries as catalog
from urbangrid.catalog.sources import source_word
from urbangrid.core import clock
from urbangrid.core.errors import Refusal
from urbangrid.core.masking import masked
from urbangrid.core.platforms import platform_of
from urbangrid.core.shipped import shipped
from urbangrid.organizations.acting import Acting

Cell: TypeAlias = str | int | datetime | None
CHUNK: Final = 1000
"""Cases whose records are in memory at once."""
DISTRICT_DISPATCH: Final = "district_dispatch"
"""Column of the time that a district took to dispatch."""
MONTH_BEGINS: Final = 1
"""Our default; the platform's setting ``month_begins``."""
MOST_ROWS: Final = 1_000_000
"""A sheet of a spreadsheet program ends at 1,048,576 rows."""
BASIS: Final = _(
    "口径：按受理时间计入；环节用时为自然时间（含夜间和节假日），未结的算到截至时刻；区级派遣用时单列，不在任务派遣用时内；%(judged)s；"
    "缓办指批准过缓办的，剔除考核指申诉决定剔除的，事实和原判定保留；不含来报人信息。"
)


def basis(platform_id: int) -> str:
    """What the ledger of a platform counts, with the moment at which its processes judge. One statement."""
    return str(BASIS) % {"judged": judging.basis_words(judging.closing_processes(platform_id)[1])}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: title, width in characters, and its cell of a case."""

    title: str | Promise
    width: int
    value: Callable[[Case], Cell]


@dataclass(frozen=True, slots=True)
class Line:
    """One case of the ledger: cells of the fixed columns, then seconds per stage and in all."""

    case: Case
    stages: dict[str, int]
    whole_seconds: int


def month_of(acting: Acting, text: str) -> tuple[date, datetime, datetime]:
    """The ledger month ``2026-11`` as its name and its first instant and that of the next (platform's zone).

    A platform whose assessment month begins on another day (``settings["month_begins"]``, 26 say) counts from that day of the month before
    (case-rules 25). Anything else than a month gives the running one.
    """
    begins = month_begins(acting.platform_id)
    try:
        named = date.fromisoformat(f"{text}-01")
    except ValueError:
        named = running_month(clock.now().astimezone(acting.zone).date(), begins)
    since, until = span(named, begins)
    return named, datetime.combine(since, time.min, acting.zone), datetime.combine(until, time.min, acting.zone)


def is_month(text: str) -> bool:
    """Whether a text is a month as ``month_of`` reads it."""
    try:
        return bool(date.fromisoformat(f"{text}-01"))
    except ValueError:
        return False


def span(named: date, begins: int) -> tuple[date, date]:
    """First day of the month of that name and the day after its last; ``begins`` 1 to 28: from 2 on it begins in the month before."""
    if begins == 1:
        return named, next_month(named)
    return (named - timedelta(days=1)).replace(day=begins), named.replace(day=begins)


def month_begins(platform_id: int) -> int:
    """The day on which the platform's assessment months begin (case-rules 25)."""
    return int(platform_of(platform_id).settings.get("month_begins", MONTH_BEGINS))


def running_month(today: date, begins: int) -> date:
    """The name (its first) of the month that a day belongs to, where months begin on day ``begins``."""
    return next_month(today) if begins > 1 and today.day >= begins else today.replace(day=1)


def next_month(day: date) -> date:
    """The first of the month after."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def page(acting: Acting, asked: Asked, *, skip: int = 0, most: int = search.PAGE) -> list[Line]:
    """Lines in the order of acceptance, the newest first: two statements."""
    newest = search.matching(acting, asked).order_by("-opened_at", "-id")[skip : skip + most]
    return list(_lines(_loaded(newest), clock.now()))


def ids(acting: Acting, asked: Asked) -> list[int]:
    """Cases of a search in the order of acceptance: what a file will hold, fixed at one moment.

    Raises Refusal ``ledger_too_long`` above a million.
    """
    found = list(search.matching(acting, asked).order_by("opened_at", "id").values_list("pk", flat=True)[: MOST_ROWS + 1])
    if len(found) > MOST_ROWS:
        raise Refusal("ledger_too_long", status=422, most=MOST_ROWS)
    return found


def _loaded(cases: QuerySet[Case]) -> list[Case]:
    return list(
        cases.select_related("handler_unit", "community", "subdistrict", "cell")
        .defer("community__geom", "subdistrict__geom", "cell__geom", "words", "description", "last_hash", "reply")
        .annotate(was_deferred=_has(DEFERRED), was_excluded=_has(EXCLUDED))
    )


def _has(requests: Q) -> Exists:
    """Whether such a request stands on the case: by the same rows that the figures sum."""
    return Exists(CaseRequest.objects.filter(requests, case=OuterRef("pk")))


def lines(case_ids: Sequence[int], until: datetime) -> Iterator[Line]:
    """Lines of these cases in their order, ``CHUNK`` in memory at once; two statements each."""
    places = iter(case_ids)
    while chunk := list(islice(places, CHUNK)):
        by_id = {case.pk: case for case in _loaded(Case.objects.filter(pk__in=chunk))}
        yield from _lines([by_id[pk] for pk in chunk if pk in by_id], until)


def _lines(cases: Sequence[Case], until: datetime) -> Iterator[Line]:
    """With the times of each from its record."""
    rows = CaseRecord.objects.filter(case_id__in=[case.pk for case in cases]).order_by("case_id", "seq")
    told = {
        case_id: [(at, state) for _case, at, state in of_case]
        for case_id, of_case in groupby(rows.values_list("case_id", "at", "to_state"), key=lambda row: row[0])
    }
    for case in cases:
        stages = process_of(case.process_id).stages
        begun, ended = case.reported_at or case.opened_at, case.closed_at or until
        spent = stage_seconds(_stage_of(stages), stages[0].code, begun, told.get(case.pk, ()), max(ended, begun))
        yield Line(case, spent, sum(spent.values()))


def _stage_of(stages: Sequence[Stage]) -> dict[str, str]:
    """A district's dispatching is a stage of its own here, so that the city sees it apart (SZ-2.1d)."""
    found = {str(state): stage.code for stage in stages if not stage.after_the_end for state in stage.states}
    return found | ({str(State.AT_DISTRICT): DISTRICT_DISPATCH} if State.AT_DISTRICT in found else {})


def _columns_of(stages: Sequence[Stage]) -> Iterator[tuple[str, str]]:
    for stage in stages:
        if not stage.after_the_end:
            yield stage.code, shipped(stage.name)
        if State.AT_DISTRICT in stage.states:
            yield DISTRICT_DISPATCH, str(words.DISTRICT_DISPATCH)


def stage_columns(acting: Acting) -> list[tuple[str, str]]:
    """Code and name of every column of times of the platform's processes, in order; of several processes the first name counts."""
    found: dict[str, str] = {}
    for process_id in ProcessDefinition.objects.filter(platform_id=acting.platform_id).order_by("id").values_list("pk", flat=True):
        for code, name in _columns_of(process_of(process_id).stages):
            found.setdefault(code, name)
    return list(found.items())


def stages_of(shown: Sequence[Line]) -> list[tuple[str, str]]:
    """The same for the lines of a page, without a statement."""
    found: dict[str, str] = {}
    for process_id in dict.fromkeys(line.case.process_id for line in shown):
        for code, name in _columns_of(process_of(process_id).stages):
            found.setdefault(code, name)
    return list(found.items())


def _path(case: Case) -> str:
    return catalog.category(case.category_id).path if case.category_id else ""


def _verdict(case: Case) -> str:
    return "" if case.on_time is None else str(_("按期") if case.on_time else _("超时"))


def _mark(case: Case, name: str, word: Promise | str) -> str:
    return str(word) if getattr(case, name, False) else ""


def _name(part: object) -> str:
    return str(getattr(part, "name", "") or "")


COLUMNS: Final = (
    Column(_("案卷号"), 16, lambda case: case.number),
    Column(_("类别"), 28, _path),
    Column(_("问题"), 22, lambda case: title_of(case.category_id, case.condition_id)),
    Column(_("来源"), 10, lambda case: source_word(case.platform_id, case.source)),
    Column(_("街道"), 12, lambda case: _name(case.subdistrict)),
    Column(_("社区"), 12, lambda case: _name(case.community)),
    Column(_("地点"), 30, lambda case: masked(case.place_text)),
    Column(_("单元网格"), 18, lambda case: case.cell.code if case.cell else ""),
    Column(_("紧急"), 6, lambda case: str(_("紧急")) if case.urgent else ""),
    Column(_("状态"), 10, lambda case: str(words.STATES[case.state])),
    Column(_("处置单位"), 16, lambda case: _name(case.handler_unit)),
    Column(_("处置时限"), 12, lambda case: limit_words(case.limit_value, case.limit_unit)),
    Column(_("上报时间"), 17, lambda case: case.reported_at),
    Column(_("受理时间"), 17, lambda case: case.opened_at),
    Column(_("立案时间"), 17, lambda case: case.filed_at),
    Column(_("派遣时间"), 17, lambda case: case.dispatched_at),
    Column(_("反馈时间"), 17, lambda case: case.disposed_at),
    Column(_("核查时间"), 17, lambda case: case.checked_at),
    Column(_("结案时间"), 17, lambda case: case.closed_at),
    Column(_("是否按期"), 8, _verdict),
    Column(_("缓办"), 6, lambda case: _mark(case, "was_deferred", _("缓办"))),
    Column(_("剔除考核"), 10, lambda case: _mark(case, "was_excluded", _("剔除"))),
    Column(_("返工次数"), 8, lambda case: case.rework_count),
    Column(_("核查结果"), 12, lambda case: str(words.CHECK_ANSWERS.get(case.check_answer, ""))),
    Column(_("结案方式"), 10, lambda case: str(words.CLOSING_KINDS.get(case.closing_kind, ""))),
)


def head(stages: Sequence[tuple[str, str]]) -> list[tuple[str, int]]:
    """Titles and widths: the fixed columns, one per stage, the whole."""
    minutes = [(str(_("%(stage)s用时（分）") % {"stage": name}), 12) for _code, name in stages]
    return [*((str(column.title), column.width) for column in COLUMNS), *minutes, (str(_("全程用时（分）")), 12)]


def cells(line: Line, stages: Sequence[tuple[str, str]]) -> list[Cell]:
    """The line as cells under ``head``; minutes are whole ones."""
    spent: list[Cell] = [line.stages[code] // 60 if code in line.stages else None for code, _name in stages]
    return [*(column.value(line.case) for column in COLUMNS), *spent, line.whole_seconds // 60]
