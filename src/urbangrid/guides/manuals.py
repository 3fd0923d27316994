"""指挥手册, 监督手册, 处置手册: the configuration in force at an instant, in the words of a book (SZ-6.7, JJ-5.3).

Nothing is written by hand and nothing is kept: a book of a past day is made from the rows that held then (``catalog.as_of``, versions of
processes). Three things have no history and are told as they stand when the book is made: what to photograph, 自处置 and 告知结案 of a
class, and the posts that hold a duty; the book says so. A book takes the same number of statements however many classes there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from urbangrid.cases import process, processes, words
from urbangrid.cases.definitions.diagram import limit_of
from urbangrid.cases.process import Process
from urbangrid.catalog import as_of, queries
from urbangrid.catalog.limits import LimitRow
from urbangrid.catalog.values import Article, CategoryOption, Condition, Responsible
from urbangrid.catalog.words import KIND_WORDS, limit_words
from urbangrid.core.shipped import shipped
from urbangrid.core.text import beside
from urbangrid.organizations import queries as organizations

if TYPE_CHECKING:
    from urbangrid.cases.models import ProcessDefinition
    from urbangrid.catalog.models import CatalogVersion

MANUALS: Final = {"command": gettext_lazy("指挥手册"), "supervision": gettext_lazy("监督手册"), "handling": gettext_lazy("处置手册")}
CHECK_RULES: Final = ("verify_photos", "check_photos", "check_by_another", "call_stands_for_verification")
HANDLING_RULES: Final = ("feedback_photos", "rework_floor", "judged_by", "escalate_minutes", "file_after_call_minutes")
"""Settings of the process that a supervision book tells, and those of the other two."""
AREA_GRADES: Final = (gettext_lazy("一级区域"), gettext_lazy("二级区域"), gettext_lazy("三级区域"), gettext_lazy("四级区域"))


@dataclass(frozen=True, slots=True)
class Line:
    """A filing condition: its limits in words; ``since``: from when it holds, None: since the catalogue's edition."""

    problem: str
    condition: str
    limits: tuple[str, ...]
    closing: str
    since: datetime | None
    fence: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A responsible unit; ``where``: the area and the rule by which it is this one."""

    name: str
    where: str
    is_main: bool

    @property
    def text(self) -> str:
        parts = ([_("主责")] if self.is_main else []) + ([self.where] if self.where else [])
        return beside(self.name, _("；").join(parts))


@dataclass(frozen=True, slots=True)
class Entry:
    """A class with everything a book says of it; ``marks``: what is particular (立案须审核, 自处置 …)."""

    option: CategoryOption
    lines: tuple[Line, ...]
    units: tuple[Unit, ...]
    articles: tuple[Article, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """The classes of a major class; ``anchor`` is its id on the page."""

    anchor: str
    kind: str
    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A waiting state: the stage it belongs to, what is done, by which posts, within which time."""

    stage: str
    work: str
    posts: str
    limit: str


@dataclass(frozen=True, slots=True)
class Manual:
    """A book. ``sources``: what it was made of, with versions; ``bare``: offered classes without a filing condition."""

    name: str
    at: datetime
    sources: tuple[str, ...]
    chapters: tuple[Chapter, ...]
    common: tuple[Article, ...]
    steps: tuple[Step, ...]
    rules: tuple[tuple[str, str], ...]
    bare: tuple[CategoryOption, ...]
    units: tuple[str, ...]
    """Every unit that the responsibility table names, to choose one."""

    @property
    def title(self) -> str:
        return str(MANUALS[self.name])


@dataclass(frozen=True, slots=True)
class _Standing:
    """What held at the instant."""

    platform_id: int
    conditions: Mapping[int, Sequence[Condition]]
    units: Mapping[int, tuple[Responsible, ...]]
    articles: Mapping[int | None, Sequence[Article]]
    processes: Sequence[ProcessDefinition]


def manual(name: str, platform_id: int, at: datetime, day: date, *, unit: str = "") -> Manual:
    """The book ``name`` of an instant; ``day``: that of the instant in the platform's zone, ``unit``: classes of that unit alone."""
    classes = as_of.classes(platform_id, at)
    standing = _Standing(
        platform_id, as_of.conditions([one.id for one in classes], platform_id, at), as_of.responsible(platform_id, at),
        as_of.articles(platform_id, at, day) if name != "supervision" else {}, processes.in_force(platform_id, at),
    )  # fmt: skip
    entries = [_entry(one, standing, at) for one in classes if standing.conditions.get(one.id)]
    shown = [one for one in entries if not unit or any(of.name == unit for of in one.units)]
    base = _fitting(standing.processes, None)
    flow = process.load(base.definition) if base is not None else None
    return Manual(
        name, at, tuple(_sources(platform_id, at, as_of.versions(platform_id, at), standing.processes)), tuple(_chapters(shown)),
        tuple(standing.articles.get(None, ())), tuple(_steps(flow, platform_id)) if flow is not None and name != "handling" else (),
        tuple(_rules(flow, name)) if flow is not None else (),
        tuple(one for one in classes if not standing.conditions.get(one.id)) if not unit else (),
        tuple(dict.fromkeys(of.name for one in entries for of in one.units)),
    )  # fmt: skip


# --- classes ---


def _entry(option: CategoryOption, standing: _Standing, at: datetime) -> Entry:
    own = _fitting(standing.processes, option)
    definition = own.definition if own is not None else {}
    lines = tuple(_line(one, definition.get("limit") or {}, str(definition.get("standard", ""))) for one in standing.conditions[option.id])
    rows = standing.units.get(option.id) or standing.units.get(option.equivalent_id or 0, ())
    units = tuple(Unit(row.unit_name, _("；").join(filter(None, (row.division_name, row.rule_text))), row.is_main) for row in rows)
    return Entry(option, lines, units, tuple(standing.articles.get(option.id, ())), tuple(_marks(option, standing.platform_id)))


def _line(row: Condition, limit: Mapping[str, object], standard: str) -> Line:
    """The process of a class goes before the catalogue, with its limit and its standard (CY-9)."""
    if limit:
        limits = [_("%(limit)s（流程规定）") % {"limit": limit_words(int(str(limit["value"])), str(limit["unit"]))}]
    else:
        limits = [_limit(one) for one in row.limit_rows]
    hours = row.fence_hours
    fence = ngettext("先期围护 %(hours)s 紧急工作时", "先期围护 %(hours)s 紧急工作时", hours) % {"hours": hours} if hours else ""
    begins = [one.valid_from for one in row.limit_rows if one.valid_from is not None]
    since = max([*begins, *([row.valid_from] if row.valid_from is not None else [])], default=None)
    return Line(row.problem, row.condition, tuple(limits), standard or row.closing_condition, since, fence)


def _limit(row: LimitRow) -> str:
    """一级区域 2 工作时（案件总时限 6 工作时）."""
    grade = str(AREA_GRADES[row.area_grade - 1]) if row.area_grade else ""
    said = limit_words(row.limit.value, row.limit.unit)
    whole = _("（案件总时限 %(limit)s）") % {"limit": limit_words(row.limit.case_value, row.limit.unit)} if row.limit.case_value else ""
    return " ".join(part for part in (row.period, grade, said + whole) if part)


def _marks(option: CategoryOption, platform_id: int) -> Iterable[str]:
    if option.confirm_filing:
        yield _("立案须审核")
    if queries.allows(platform_id, option.id, "self_disposal"):
        yield _("监督员可自处置")
    if queries.allows(platform_id, option.id, "close_informed"):
        yield _("可告知结案，不另核查")


def _chapters(entries: Iterable[Entry]) -> Iterable[Chapter]:
    found: dict[tuple[str, str], list[Entry]] = {}
    for one in entries:
        found.setdefault((one.option.kind, one.option.major_name), []).append(one)
    for number, ((kind, name), of_it) in enumerate(found.items(), 1):
        yield Chapter(f"c{number}", str(KIND_WORDS[kind]), name, tuple(of_it))


# --- the process ---


def _fitting(rows: Iterable[ProcessDefinition], option: CategoryOption | None) -> ProcessDefinition | None:
    """The definition of a class, whatever the source; None: that of every case. As ``processes.current_for`` chooses."""
    kind, major, minor = (option.kind, option.major_code, option.code) if option is not None else ("", "", "")
    fitting = (
        row for row in rows
        if not row.source and row.kind in ("", kind) and row.major_code in ("", major) and row.category_code in ("", minor)
    )  # fmt: skip
    return max(fitting, key=processes.exactness, default=None)


def _steps(flow: Process, platform_id: int) -> Iterable[Step]:
    """The waiting states in the order of their stages."""
    posts = organizations.posts(platform_id)
    for stage in flow.stages:
        for state in stage.states:
            wait = flow.waits.get(state)
            if wait is not None:
                named = _("、").join(shipped(post.name) for post in posts if wait.duty in post.duties)
                yield Step(shipped(stage.name), str(words.STATES[state]), named, limit_of(wait))


def _rules(flow: Process, name: str) -> Iterable[tuple[str, str]]:
    """What is verified before filing, and the settings that this book is about, in words."""
    if name != "handling":
        for source, rule in flow.verify_before_filing.items():
            yield _("%(source)s，立案前核实") % {"source": words.SOURCE_CLASSES.get(source, source)}, str(words.VERIFY[rule])
    wanted = {"supervision": CHECK_RULES, "handling": HANDLING_RULES}.get(name, (*CHECK_RULES, *HANDLING_RULES))
    for code in wanted:
        if code in flow.settings:
            yield str(words.SETTINGS[code]), _spoken(flow.settings[code])


def _spoken(value: object) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(words.JUDGED_BY.get(str(value), value))


def _sources(platform_id: int, at: datetime, versions: Iterable[CatalogVersion], rows: Iterable[ProcessDefinition]) -> Iterable[str]:
    for one in versions:
        yield _("类别与立案标准：%(name)s") % {"name": one.name}
    for row in rows:
        yield _("办理流程：%(name)s 第 %(version)s 版，%(day)s 起") % {
            "name": row.name, "version": row.version, "day": timezone.localdate(row.effective_from),
        }  # fmt: skip
    changed = as_of.responsible_changed(platform_id, at)
    yield _("责任清单：%(day)s 变动后") % {"day": timezone.localdate(changed)} if changed is not None else _("责任清单：装入后没有变动")
