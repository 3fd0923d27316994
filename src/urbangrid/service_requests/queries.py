"""Requests as the centre reads them; for everybody else there are none (case-rules 24). A name or number never stands here.

Confidential ones stand in no list but ``confidential``, which the supervision side's director and named handlers alone have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from urbangrid.audit import actions as audit
from urbangrid.audit import personal
from urbangrid.audit.models import PersonalData
from urbangrid.cases import access, numbers
from urbangrid.cases.access import CONFIDENTIAL_DUTY
from urbangrid.cases.callers import Caller
from urbangrid.catalog import queries as catalog
from urbangrid.catalog import sources
from urbangrid.core import clock
from urbangrid.core.errors import NotFound
from urbangrid.organizations.acting import Acting
from urbangrid.service_requests import messages, rules
from urbangrid.service_requests.models import RequestCase, RequestHandler, ServiceRequest
from urbangrid.service_requests.rows import RequestRow, row_of, rows_of

CENTRE_UNITS = ("joint_centre", "supervision")
LAST_CALLS = 5
PAGE = 50


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One act on a request."""

    at: datetime
    word: str
    actor: str
    note: str
    detail: str


@dataclass(frozen=True, slots=True)
class Handler:
    """A named handler of a confidential request."""

    appointment_id: int
    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class RequestView:
    """Everything the page of a request shows."""

    row: RequestRow
    story: tuple[StoryLine, ...]
    handlers: tuple[Handler, ...]
    concerned_unit: str
    concerned_unit_id: int | None
    can_return: bool
    reply_needed: bool
    moves: tuple[str, ...]


def may_read(acting: Acting) -> bool:
    """The supervision side alone: seat agents and duty directors, and who reads everything there."""
    return acting.may("reveal") or (acting.may("read_all") and acting.unit_kind in CENTRE_UNITS)


def readable(acting: Acting) -> QuerySet[ServiceRequest]:
    """Requests of the lists that the acting post may read: all of its platform but the confidential ones, or none."""
    requests = ServiceRequest.objects.filter(platform_id=acting.platform_id, confidential=False)
    return requests if may_read(acting) else requests.none()


def due_until(acting: Acting, until: datetime) -> tuple[int, int]:
    """How many requests of the platform are still to be answered before ``until`` (late ones too), and of these before noon of the day
    that ends then; for figures, without a word of any. One statement."""
    noon = until.astimezone(acting.zone) - timedelta(hours=12)
    open_ones = ServiceRequest.objects.filter(platform_id=acting.platform_id, confidential=False, state__in=("open", "to_reply"))
    found = open_ones.filter(reply_due_at__lt=until).aggregate(n=Count("id"), early=Count("id", filter=Q(reply_due_at__lt=noon)))
    return found["n"], found["early"]


def confidential_to(acting: Acting) -> QuerySet[ServiceRequest]:
    """Confidential ones entrusted to this post: by name, or all for the director; never those about her own unit."""
    requests = ServiceRequest.objects.filter(platform_id=acting.platform_id, confidential=True)
    requests = requests.exclude(concerned_unit_id=acting.unit_id)
    if acting.may(CONFIDENTIAL_DUTY):
        return requests
    return requests.filter(Exists(RequestHandler.objects.filter(request=OuterRef("pk"), appointment_id=acting.appointment_id)))


def may_open(acting: Acting, request: ServiceRequest) -> bool:
    """Whether the acting post may open this one."""
    if request.confidential:
        return confidential_to(acting).filter(pk=request.pk).exists()
    return request.platform_id == acting.platform_id and may_read(acting)


def id_of(acting: Acting, number: str) -> int | None:
    """The request with that number, ours or the hotline's, if it is one of the lists that the post may read. One statement."""
    return readable(acting).filter(Q(number=number) | Q(outside_number=number)).values_list("pk", flat=True).first()


def one(acting: Acting, request_id: int) -> RequestRow:
    """A request that may be opened; a look at a confidential one is on record. Raises NotFound ``request_unknown``."""
    for requests in (readable(acting), confidential_to(acting)):
        found = rows_of(requests.filter(pk=request_id))
        if found:
            _note_looks(acting, found)
            return found[0]
    raise NotFound("request_unknown")


def registered(acting: Acting, request_id: int) -> RequestRow:
    """A request as who just registered it is told: of a confidential one the number, and nothing that came later."""
    found = ServiceRequest.objects.get(pk=request_id, platform_id=acting.platform_id)
    if not found.confidential:
        return one(acting, request_id)
    bare = ServiceRequest(
        pk=found.pk, platform_id=found.platform_id, number=found.number, kind=found.kind, source=found.source, line=found.line,
        received_at=found.received_at, confidential=True, text="",
    )  # fmt: skip
    return row_of(bare, (), clock.now())


def view(acting: Acting, request_id: int) -> RequestView:
    """The page of a request: at most eight statements. Raises NotFound ``request_unknown``."""
    row = one(acting, request_id)
    request = ServiceRequest.objects.select_related("concerned_unit").get(pk=request_id)
    names = sources.source(request.platform_id, request.source)
    story = tuple(_story_line(acting, record) for record in request.records.order_by("seq"))
    handlers = request.handlers.select_related("appointment__user", "appointment__unit").order_by("pk") if request.confidential else ()
    return RequestView(
        row=row, story=story,
        handlers=tuple(Handler(one.appointment_id, one.appointment.user.name, one.appointment.unit.short_name) for one in handlers),
        concerned_unit=request.concerned_unit.name if request.concerned_unit else "", concerned_unit_id=request.concerned_unit_id,
        can_return=rules.may_return(clock.now(), request.return_until, request.rounds) and not row.cases,
        reply_needed=names is not None and names.reply_needed, moves=_moves(acting, request),
    )  # fmt: skip


def _moves(acting: Acting, request: ServiceRequest) -> tuple[str, ...]:
    """What the acting post may do with an open one in its state."""
    if not request.confidential and not acting.may("register"):
        return ()
    found = {action for action, states in rules.MOVES.items() if request.state in states}
    if request.confidential:
        found.discard("make_confidential")
    if not (request.confidential and acting.may(CONFIDENTIAL_DUTY)):
        found -= {"name_handler", "dismiss_handler"}
    if not acting.may("accept"):
        found.discard("open_case")
    return tuple(sorted(found))


def _story_line(acting: Acting, record: Any) -> StoryLine:
    values, detail = record.values, ""
    if record.action == "tell":
        detail = str(messages.CHANNELS.get(values.get("channel", ""), ""))
    elif record.action == "follow_up":
        detail = str(messages.CALL_RESULTS.get(values.get("result", ""), ""))
    elif record.action == "return_outside":
        listed = {row.code: row.label for row in catalog.reasons(acting.platform_id, "return_outside")}
        detail = listed.get(values.get("reason", ""), "")
    elif record.action in ("join_case", "name_handler"):
        detail = values.get("number", "") or values.get("name", "")
    return StoryLine(record.at, str(messages.ACTIONS[record.action]), record.actor, record.note, detail)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which requests are listed; empty fields do not narrow. ``only``: due_today, overdue, dissatisfied, confidential or nothing."""

    state: str = ""
    line: str = ""
    number: str = ""
    only: str = ""


def listed(acting: Acting, asked: Asked = Asked(), *, skip: int = 0, most: int = PAGE) -> list[RequestRow]:
    """Requests newest first, those with a limit to keep by least time left. Four statements at most."""
    if asked.only == "confidential":
        found = rows_of(_narrowed(confidential_to(acting), asked, acting).order_by("-id")[skip : skip + most])
        _note_looks(acting, found)
        return found
    order = ("reply_due_at", "-id") if asked.only in ("due_today", "overdue") else ("-id",)
    return rows_of(_narrowed(readable(acting), asked, acting).order_by(*order)[skip : skip + most])


def _narrowed(rows: QuerySet[ServiceRequest], asked: Asked, acting: Acting) -> QuerySet[ServiceRequest]:
    if asked.state:
        rows = rows.filter(state=asked.state)
    if asked.line:
        rows = rows.filter(line=asked.line)
    if asked.number:
        rows = rows.filter(Q(number=asked.number) | Q(outside_number=asked.number) | Q(report__number=asked.number))
    if asked.only in ("due_today", "overdue", "dissatisfied"):
        rows = rows.filter(_only(acting)[asked.only])
    return rows


def _only(acting: Acting) -> dict[str, Q]:
    """今日到期, 超时, 不满意重办 as conditions; the same stand behind the counts."""
    now = clock.now()
    tomorrow = now.astimezone(acting.zone).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    unanswered = Q(state__in=(rules.OPEN, rules.TO_REPLY))
    return {
        "due_today": unanswered & Q(reply_due_at__gte=now, reply_due_at__lt=tomorrow),
        "overdue": unanswered & Q(reply_due_at__lt=now),
        "dissatisfied": ~Q(state__in=tuple(rules.ENDED)) & Q(rounds__gt=1),
    }


def counts(acting: Acting) -> dict[str, int]:
    """How many wait in each list of the page: exact, one statement."""
    named = {state: Q(state=state) for state in (rules.OPEN, rules.TO_REPLY, rules.REPLIED)} | _only(acting)
    waiting = readable(acting).exclude(state__in=tuple(rules.ENDED))
    return waiting.aggregate(**{name: Count("id", filter=condition) for name, condition in named.items()})


@dataclass(frozen=True, slots=True)
class LineCount:
    """How much came by a line in a span of time; an empty ``line`` is everything without one."""

    line: str
    name: str
    received: int
    answered: int
    on_time: int


def counts_by_line(acting: Acting, since: datetime, until: datetime) -> list[LineCount]:
    """Requests received in [since, until) by line, most first (HD-2.3.6a); answered and in time of those. One statement."""
    rows: Any = (
        readable(acting).filter(received_at__gte=since, received_at__lt=until, imported=False).values("line")
        .annotate(received=Count("id"), answered=Count("id", filter=~Q(replied_at=None)), kept=Count("id", filter=Q(reply_on_time=True)))
        .order_by("-received", "line")
    )  # fmt: skip
    names = {one.number: one.name for one in sources.lines(acting.platform_id)}
    return [LineCount(row["line"], names.get(row["line"], ""), row["received"], row["answered"], row["kept"]) for row in rows]


def requests_of_case(acting: Acting, case_id: int) -> list[RequestRow]:
    """The citizen's side of a case, for the centre; empty for everybody else. Raises NotFound ``case_unknown``."""
    mine = Q(case_links__case_id=case_id) | Q(report__case_links__case_id=case_id)  # the second: joined within half a second
    if may_read(acting) and access.visible_to(acting).filter(pk=case_id).exists():
        return rows_of(readable(acting).filter(mine).order_by("id").distinct())
    if access.confidential_to(acting).filter(pk=case_id).exists():
        return rows_of(confidential_to(acting).filter(mine).order_by("id").distinct())
    if not may_read(acting):
        return []
    raise NotFound("case_unknown")


def last_requests_of_phone(acting: Acting, phone: str, most: int = LAST_CALLS) -> list[RequestRow]:
    """What this number asked for before, newest first, with the open cases (desks.md S1). The number is looked up by its digest."""
    digest = personal.digest(phone)
    if not digest:
        return []
    rows = readable(acting).filter(contact__phone_digest=digest, contact__erased_at=None)
    return rows_of(rows.order_by("-id")[:most])


def _note_looks(acting: Acting, rows: Sequence[RequestRow]) -> None:
    """Every look at a confidential request is on record, also in the list (case-rules 24)."""
    for row in rows:
        if row.confidential:
            audit.note(acting, "confidential_seen", subject=f"request:{row.request_id}")


def subjects_of(platform_id: int, number: str) -> list[str]:
    """What the audit trail calls the things behind a case number or a request's number: the case, its requests, their contact data."""
    case_id = numbers.case_of(platform_id, number)
    mine = Q(number=number)
    if case_id is not None:
        mine |= Q(case_links__case_id=case_id) | Q(report__case_links__case_id=case_id)
    found = ServiceRequest.objects.filter(mine, platform_id=platform_id).values_list("pk", "contact_id").distinct()
    kinds = [("case", case_id), *(("request", request) for request, _ in found), *(("contact", contact) for _, contact in found)]
    return [f"{kind}:{row}" for kind, row in kinds if row is not None]


def callers_of(case_id: int) -> list[Caller]:
    """Everybody who called about the case: by a request joined to it, or by a report that tells of it. One statement.

    Not a look at personal data: nobody is shown them, they are covered in what somebody else wrote.
    """
    joined = RequestCase.objects.filter(case_id=case_id).values("request__contact_id")
    rows = PersonalData.objects.filter(Q(pk__in=joined) | Q(report__case_links__case_id=case_id), erased_at=None).order_by("pk").distinct()
    return [Caller(name, phone) for name, phone in rows.values_list("name", "phone")]
