"""What lists show: frozen rows with light, place and holder in words, the same for every face."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from urbangrid.cases import words
from urbangrid.cases.models import Case, Report, WorkItem
from urbangrid.catalog import queries as catalog
from urbangrid.catalog import words as catalog_words
from urbangrid.catalog.sources import source_word


@dataclass(frozen=True, slots=True)
class Light:
    """green, amber, red or grey with the instants that change it (UTC); ``now`` is when it was computed."""

    light: str
    due_at: datetime | None
    warn_at: datetime | None
    now: datetime

    @property
    def word(self) -> str:
        return str(words.LIGHTS[self.light])

    @property
    def left_seconds(self) -> int | None:
        """Seconds of wall clock until due, negative when over; None while the clock stands."""
        return None if self.due_at is None else int((self.due_at - self.now).total_seconds())


def light_of(due_at: datetime | None, warn_at: datetime | None, now: datetime, *, paused: bool = False) -> Light:
    """The light from the cached instants of a clock."""
    if paused or due_at is None:
        return Light("grey", None, None, now)
    if now > due_at:
        return Light("red", due_at, warn_at, now)
    return Light("amber" if warn_at is not None and now >= warn_at else "green", due_at, warn_at, now)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One work item in a queue."""

    item_id: int
    kind: str
    case_id: int | None
    report_id: int | None
    number: str
    title: str
    place: str
    source: str
    reporter: str
    urgent: bool
    light: Light
    opened_at: datetime
    claimed_by: str
    claimed_by_me: bool
    claimed_at: datetime | None
    note: str
    seq: int
    unit: str
    rework_count: int
    limit: str
    city_owned: bool
    duty: str = ""
    request_id: int | None = None
    state_word: str = ""
    """How the case stands now; empty for a report that has become no case."""
    closed_at: datetime | None = None
    """When the item was finished; none in a queue of what waits."""

    @property
    def key(self) -> str:
        """Opaque handle of the subject in addresses: ``r`` or ``c`` and the id."""
        return f"r{self.report_id}" if self.case_id is None else f"c{self.case_id}"


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in a list or a search result."""

    case_id: int
    number: str
    title: str
    place: str
    area: str
    state: str
    state_word: str
    source: str
    urgent: bool
    unit: str
    light: Light
    opened_at: datetime
    filed_at: datetime | None
    closed_at: datetime | None
    on_time: bool | None
    border: bool = False
    longitude: float | None = None
    latitude: float | None = None
    open: bool = True


def title_of(category_id: int | None, condition_id: int | None) -> str:
    """道路破损·路面破损, 暴露垃圾 where both are called so; a report without category is 未分类."""
    if category_id is None:
        return str(words.NO_CATEGORY)
    name = catalog.category(category_id).name
    if condition_id is None:
        return name
    problem = catalog.condition(condition_id).problem
    return name if problem == name else f"{name}·{problem}"


def limit_words(value: int | None, unit: str) -> str:
    """5 工作日."""
    return catalog_words.limit_words(value, unit) if value and unit else ""


def queue_row(item: WorkItem, appointment_id: int, now: datetime) -> QueueRow:
    """The row of an item whose case, report, unit and claimer are loaded."""
    subject: Case | Report | None = item.case or item.report
    assert subject is not None
    case = item.case
    reporter = item.report.reporter_name if item.report is not None else ""
    return QueueRow(
        item_id=item.pk, kind=item.kind, case_id=item.case_id, report_id=item.report_id,
        number=(case.number or "") if case is not None else (item.report.number if item.report else ""),
        title=title_of(subject.category_id, subject.condition_id), place=subject.place_text,
        source=source_word(subject.platform_id, subject.source), reporter=reporter, urgent=subject.urgent,
        light=light_of(item.due_at, item.warn_at, now, paused=item.paused), opened_at=item.opened_at,
        claimed_by=item.claimed_by.user.name if item.claimed_by else "", claimed_by_me=item.claimed_by_id == appointment_id,
        claimed_at=item.claimed_at, note=item.note, seq=case.seq if case else 0, unit=item.unit.short_name if item.unit else "",
        rework_count=case.rework_count if case else 0, limit=limit_words(case.limit_value, case.limit_unit) if case else "",
        city_owned=case.city_owned if case else False, duty=item.duty, request_id=item.request_id,
        state_word=str(words.STATES[case.state]) if case else "", closed_at=item.closed_at,
    )  # fmt: skip


def case_row(case: Case, now: datetime, *, border: bool = False) -> CaseRow:
    """The row of a case whose handler unit, community and sub-district are loaded."""
    area = "·".join(part.name for part in (case.subdistrict, case.community) if part is not None)
    ended = case.closed_at is not None
    longitude, latitude = case.point.coords if case.point is not None else (None, None)
    return CaseRow(
        case_id=case.pk, number=case.number or "", title=title_of(case.category_id, case.condition_id), place=case.place_text, area=area,
        state=case.state, state_word=str(words.STATES[case.state]), source=source_word(case.platform_id, case.source),
        urgent=case.urgent, unit=case.handler_unit.short_name if case.handler_unit else "",
        light=light_of(case.due_at, case.warn_at, now, paused=ended), opened_at=case.opened_at, filed_at=case.filed_at,
        closed_at=case.closed_at, on_time=case.on_time, border=border, longitude=longitude, latitude=latitude,
        open=not ended,
    )  # fmt: skip
