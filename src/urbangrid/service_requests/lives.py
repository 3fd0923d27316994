"""Requests of citizens in bulk: the same acts as ``actions`` takes, on rows that are collected and written with COPY (``cases.lives``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from urbangrid.audit.models import PersonalData
from urbangrid.cases.volume_rows import Rows
from urbangrid.catalog import sources
from urbangrid.organizations.acting import Acting
from urbangrid.service_requests import clocks
from urbangrid.service_requests.actions import answering
from urbangrid.service_requests.models import RequestCase, RequestRecord, ServiceRequest
from urbangrid.service_requests.step import Step

Act = Callable[["RequestLife"], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it is registered: ``report_id`` of the report that it became, ``who`` registered it."""

    request_id: int
    number: str
    client_id: str
    source: str
    line: str
    text: str
    place_text: str
    category_id: int
    contact: PersonalData
    report_id: int
    who: Acting
    at: datetime


@dataclass(slots=True)
class _Collected(Step):
    """A step that keeps its record for ``RequestLife.rows``."""

    records: list[RequestRecord] = field(default_factory=list)

    def keep(self, record: RequestRecord) -> None:
        self.records.append(record)


class RequestLife:
    """One request from its registration on; ``rows`` is all that there is to write."""

    def __init__(self, asked: Asked) -> None:
        self.asked, self.records = asked, list[RequestRecord]()
        self.acts: list[tuple[datetime, Act]] = []
        row = self.request = ServiceRequest(
            id=asked.request_id, platform_id=asked.who.platform_id, number=asked.number, client_id=asked.client_id, source=asked.source,
            line=asked.line, category_id=asked.category_id, place_text=asked.place_text, text=asked.text, unit_id=asked.who.unit_id,
            received_at=asked.at, round_at=asked.at, simulated=True, report_id=asked.report_id,
        )  # fmt: skip
        row.contact = asked.contact
        source = sources.source(row.platform_id, row.source)
        assert source is not None and source.is_registered
        clocks.begin(row, source, asked.at)
        row.return_until = clocks.return_until(row.platform_id, source, asked.at)
        self._step(asked.at, asked.who).take("register", source=row.source, line=row.line, report=str(asked.report_id))

    @property
    def state(self) -> str:
        return self.request.state

    @property
    def last(self) -> datetime:
        return self.acts[-1][0] if self.acts else self.asked.at

    def _step(self, at: datetime, who: Acting | None) -> Step:
        return _Collected(self.request, who, at, self.records)

    def result(self, at: datetime, reply: str) -> None:
        """Its case ended, or its report was refused: the words for the citizen."""
        self._act(at, lambda life: answering.result_came(life._step(at, None), reply))

    def write_reply(self, at: datetime, who: Acting, reply: str) -> None:
        self._act(at, lambda life: answering.reply_written(life._step(at, who), reply))

    def tell(self, at: datetime, who: Acting, channel: str) -> None:
        self._act(at, lambda life: answering.was_told(life._step(at, who), channel))

    def follow_up(self, at: datetime, who: Acting, result: str, note: str = "") -> None:
        self._act(at, lambda life: answering.was_called(life._step(at, who), result, note))

    def _act(self, at: datetime, act: Callable[[RequestLife], object]) -> None:
        act(self)
        self.acts.append((at, lambda life: life._act(at, act)))

    def as_of(self, at: datetime) -> RequestLife:
        """The same with the acts up to an instant."""
        life = RequestLife(self.asked)
        for when, act in self.acts:
            if when > at:
                break
            act(life)
        return life

    def rows(self, case_id: int | None) -> Rows:
        """Everything; ``case_id``: of the case that its report became."""
        made = Rows()
        made.add(self.asked.contact, self.request, *self.records)
        if case_id is not None:
            made.add(RequestCase(request=self.request, case_id=case_id))
        return made
