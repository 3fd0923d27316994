"""JSON interface of requests of citizens; for the centre alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop as N_
from ninja import Router, Schema, Status
from pydantic import Field

from urbangrid.cases.api import Key
from urbangrid.cases.api_schemas import Id, Latitude, LightOut, Longitude, Moment, acting_of, faults
from urbangrid.core import limits
from urbangrid.core.errors import NotAllowed
from urbangrid.core.idempotency import once
from urbangrid.organizations.acting import Acting
from urbangrid.service_requests import actions, messages, performing, queries
from urbangrid.service_requests.rows import RequestRow

router = Router(tags=[N_("诉求")])


class ContactIn(Schema):
    """How the citizen can be reached. Kept apart; no answer of this interface carries it except ``reveal``."""

    name: str = Field(default="", max_length=60)
    phone: str = Field(default="", max_length=40)
    address: str = Field(default="", max_length=200)


class RequestIn(Schema):
    """One call or message."""

    source: str = Field(max_length=20, examples=["hotline"], description=N_("来源代码，见来源表"))
    client_id: str = Field(min_length=1, max_length=64, description=N_("受理台生成，永不重复"))
    text: str = Field(description=N_("原话；除填用途查看外，显示时一律隐去姓名、电话、证件号"))
    kind: str = Field("complaint", description=N_("complaint 投诉举报, consult 咨询, help 求助, suggestion 建议, praise 表扬"))
    line: str = Field("", max_length=40, examples=["12319"])
    contact: ContactIn = ContactIn()
    category_id: Id | None = None
    condition_id: Id | None = None
    place_text: str = Field("", max_length=256)
    longitude: Longitude | None = None
    latitude: Latitude | None = None
    outside_number: str = Field("", max_length=40, description=N_("来文单位的编号"))
    reply_due_at: Moment | None = Field(None, description=N_("来文单位要求的答复时间；不填按来源自己的答复时限"))
    urgent: bool = False
    files: list[Id] = Field(default_factory=list)
    original: dict[str, str] = Field(default_factory=dict, max_length=100, description=N_("外来消息或数据行的原文，原样留存"))
    reply: str = Field("", max_length=2000, description=N_("当场答复的内容"))
    case_id: Id | None = Field(None, description=N_("重复反映：挂接到这个在办案件，不再上报"))
    confidential: bool = Field(False, description=N_("投诉作风或单位：只有办理保密诉求的负责人和指定承办人可见"))
    concerned_unit_id: Id | None = Field(None, description=N_("被投诉的单位，它永远看不到"))


class LinkedCaseOut(Schema):
    """A case of a request."""

    case_id: Id
    number: str
    state: str
    state_word: str
    unit: str = Field(description=N_("处置单位，派遣前为空"))
    open: bool


class RequestOut(Schema):
    """A request without contact data."""

    request_id: Id
    seq: int = Field(description=N_("办理时随表单带回，他人先办则 409"))
    number: str = Field(examples=["诉261120-0012"], description=N_("读给来报人的编号"))
    kind: str
    kind_word: str
    source: str
    source_code: str
    line: str
    outside_number: str
    title: str
    text: str
    place: str
    state: str = Field(description=N_("open 办理中, to_reply 待答复, replied 待回访, closed 已办结, returned 已退单"))
    state_word: str
    owner: str = Field(description=N_("现在由谁办理"))
    light: LightOut
    rounds: int = Field(description=N_("第几次办理；2 起为回访不满意后重办"))
    reply: str
    replied_at: datetime | None
    reply_channel: str
    reply_due_at: datetime | None
    reply_on_time: bool | None
    return_until: datetime | None = Field(description=N_("退单截止"))
    satisfied: bool | None
    calls: int
    closing_kind: str
    received_at: datetime
    has_contact: bool
    confidential: bool
    imported: bool
    report_id: Id | None
    report_number: str
    cases: Sequence[LinkedCaseOut]


class StoryOut(Schema):
    """One act on a request."""

    at: datetime
    word: str
    actor: str
    note: str
    detail: str


class HandlerOut(Schema):
    """A named handler of a confidential request."""

    appointment_id: Id
    name: str
    unit: str


class RequestPageOut(Schema):
    """A request with its story and what may be done with it."""

    row: RequestOut
    story: Sequence[StoryOut]
    handlers: Sequence[HandlerOut]
    concerned_unit: str
    can_return: bool
    reply_needed: bool
    moves: list[str]


class ActIn(Schema):
    """An act on a request: its name stands in the address, what it needs in the fields of that act."""

    seq: int
    note: str = Field("", max_length=2000)
    case: str = Field("", max_length=20, description=N_("join_case：案卷号；leave_case：案件编号"))
    reply: str = Field("", max_length=2000, description=N_("write_reply、tell：答复内容"))
    channel: str = Field("", description=N_("tell：phone sms mail wechat web letter visit"))
    result: str = Field("", description=N_("follow_up：satisfied dissatisfied not_reached"))
    reason: str = Field("", max_length=30, description=N_("return_outside：退单理由代码"))
    category_id: Id | None = Field(None, description="open_case")
    description: str = Field("", max_length=10_000, description="open_case")
    place_text: str = Field("", max_length=256, description="open_case")
    longitude: Longitude | None = None
    latitude: Latitude | None = None
    urgent: bool = False
    concerned_unit_id: Id | None = Field(None, description="make_confidential")
    appointment_id: Id | None = Field(None, description=N_("name_handler、dismiss_handler"))


class DoneOut(Schema):
    """What became of an act. Who made a request confidential may not see it any more: ``state`` is empty then."""

    request_id: Id
    seq: int
    state: str


class PhoneIn(Schema):
    """A number that calls. It is sent in the body, for addresses are written to logs."""

    phone: str = Field(min_length=3, max_length=40)


class PurposeIn(Schema):
    """Why contact data are looked at; kept in the audit trail."""

    purpose: str = Field("", max_length=200, examples=["回访"])
    often: bool = Field(False, description=N_("一小时内已看 30 次以上，仍须查看；会单独记入审计"))


class ContactOut(Schema):
    """Contact data, shown once and with a purpose."""

    name: str
    phone: str
    address: str
    text: str = Field(description=N_("原话"))


@router.post("/requests", response={201: RequestOut, **faults(403, 404, 409, 422, 429)}, summary=N_("登记诉求"))
def register_request(request: HttpRequest, body: RequestIn, idempotency_key: Key = "") -> Status[RequestRow]:
    """Register a request and report it in one step; the same ``client_id`` again gives the first one."""
    acting = acting_of(request)
    given = body.model_dump()
    asked = actions.Registration(**{**given, "contact": actions.Contact(**given["contact"]), "files": tuple(body.files)})

    def act() -> dict[str, Any]:
        return {"request": str(actions.register(acting, asked).pk)}

    limits.spend("report.person", acting.user_id)
    key = idempotency_key or f"request:{body.client_id}"
    done = once(actor_id=acting.user_id, key=key, body={"request": body.model_dump_json()}, act=act)
    return Status(201, queries.registered(acting, int(done["request"])))


@router.get("/requests", response={200: list[RequestOut], **faults(403, 422)}, summary=N_("诉求列表"))
def list_requests(
    request: HttpRequest, state: Annotated[str, Field(pattern="^(open|to_reply|replied|closed|returned)?$")] = "",
    number: Annotated[str, Field(max_length=40)] = "", line: Annotated[str, Field(max_length=40)] = "",
    only: Annotated[str, Field(pattern="^(due_today|overdue|dissatisfied|confidential)?$")] = "",
    skip: Annotated[int, Field(ge=0, le=10_000)] = 0, most: Annotated[int, Field(ge=1, le=200)] = 50,
) -> list[RequestRow]:  # fmt: skip
    """Requests, newest first; ``number`` is ours, the report's or the outside one. ``only=confidential``: those entrusted to this post."""
    acting = acting_of(request) if only == "confidential" else _centre(request)
    return queries.listed(acting, queries.Asked(state, line, number, only), skip=skip, most=most)


@router.post("/requests/of-phone", response={200: list[RequestOut], **faults(403, 422)}, summary=N_("来电的前五件"))
def requests_of_phone(request: HttpRequest, body: PhoneIn) -> list[RequestRow]:
    """The last five requests of a calling number with their cases."""
    return queries.last_requests_of_phone(_centre(request), body.phone)


@router.get("/requests/{request_id}", response={200: RequestOut, **faults(403, 404)}, summary=N_("一件诉求"))
def one_request(request: HttpRequest, request_id: Id) -> RequestRow:
    """A request by id."""
    return queries.one(_opener(request), request_id)


@router.get("/requests/{request_id}/story", response={200: RequestPageOut, **faults(403, 404)}, summary=N_("诉求的办理经过"))
def story_of_request(request: HttpRequest, request_id: Id) -> queries.RequestView:
    """A request with its story, and the acts that its state and this post permit."""
    return queries.view(_opener(request), request_id)


@router.post("/requests/{request_id}/actions/{action}", response={200: DoneOut, **faults(403, 404, 409, 422)}, summary=N_("办理诉求"))
def act_on_request(request: HttpRequest, request_id: Id, action: str, body: ActIn, idempotency_key: Key = "") -> dict[str, Any]:
    """One act of ``service_requests.rules.MOVES``; the same key with the same body is done once."""
    acting = _opener(request)
    given = performing.ActInputs(**body.model_dump(exclude={"seq"}))

    def act() -> dict[str, Any]:
        done = performing.perform(acting, request_id, body.seq, action, given)
        hidden = done.confidential and not queries.may_open(acting, done)
        return {"request_id": str(done.pk), "seq": done.seq, "state": "" if hidden else done.state}

    asked = {"act": action, "of": str(request_id), "in": body.model_dump_json()}
    return once(actor_id=acting.user_id, key=idempotency_key, body=asked, act=act)


@router.post("/requests/{request_id}/contact", response={200: ContactOut, **faults(403, 404, 409, 422, 429)}, summary=N_("查看联系方式"))
def reveal_contact(request: HttpRequest, request_id: Id, body: PurposeIn) -> actions.Revealed:
    """Name and number, with a purpose; each look is written to the audit trail."""
    return actions.reveal(acting_of(request), request_id, body.purpose, often=body.often)


def _centre(request: HttpRequest) -> Acting:
    acting = acting_of(request)
    if not queries.may_read(acting):
        raise NotAllowed("duty_missing", post=acting.post_name, action=messages.REGISTER)
    return acting


def _opener(request: HttpRequest) -> Acting:
    """The centre, and whoever has confidential requests by name."""
    acting = acting_of(request)
    if queries.may_read(acting) or queries.confidential_to(acting).exists():
        return acting
    return _centre(request)
