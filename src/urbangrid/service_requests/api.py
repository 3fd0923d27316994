"""JSON interface of requests of citizens; for the centre alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from urbangrid.cases.api import Key
from urbangrid.cases.api_schemas import Id, Latitude, Longitude, Moment, acting_of, faults
from urbangrid.core import limits
from urbangrid.core.errors import NotAllowed
from urbangrid.core.idempotency import once
from urbangrid.organizations.acting import Acting
from urbangrid.service_requests import actions, messages, queries

router = Router(tags=["诉求"])


class ContactIn(Schema):
    """How the citizen can be reached. Kept apart; no answer of this interface carries it except ``reveal``."""

    name: str = Field(default="", max_length=60)
    phone: str = Field(default="", max_length=40)
    address: str = Field(default="", max_length=200)


class RequestIn(Schema):
    """One call or message."""

    source: str = Field(examples=["hotline"], description="hotline web wechat sms mail visit leader media city")
    client_id: str = Field(min_length=1, max_length=64, description="受理台生成，永不重复")
    text: str = Field(description="原话；除填用途查看外，显示时一律隐去姓名、电话、证件号")
    line: str = Field("", max_length=40, examples=["12319"])
    contact: ContactIn = ContactIn()
    category_id: Id | None = None
    condition_id: Id | None = None
    place_text: str = Field("", max_length=256)
    longitude: Longitude | None = None
    latitude: Latitude | None = None
    outside_number: str = Field("", max_length=40, description="来文单位的编号")
    reply_due_at: Moment | None = Field(None, description="须在此前回复来报人")
    urgent: bool = False
    files: list[Id] = Field(default_factory=list)
    original: dict[str, str] = Field(default_factory=dict, max_length=100, description="外来消息或数据行的原文，原样留存")


class LinkedCaseOut(Schema):
    """A case of a request."""

    case_id: Id
    number: str
    state: str
    state_word: str


class RequestOut(Schema):
    """A request without contact data."""

    request_id: Id
    number: str = Field(examples=["诉261120-0012"], description="读给来报人的编号")
    source: str
    line: str
    outside_number: str
    title: str
    text: str
    place: str
    state: str = Field(description="open 办理中, replied 已回复")
    state_word: str
    reply: str
    replied_at: datetime | None
    reply_due_at: datetime | None
    received_at: datetime
    has_contact: bool
    report_id: Id | None
    report_number: str
    cases: Sequence[LinkedCaseOut]


class PhoneIn(Schema):
    """A number that calls. It is sent in the body, for addresses are written to logs."""

    phone: str = Field(min_length=3, max_length=40)


class PurposeIn(Schema):
    """Why contact data are looked at; kept in the audit trail."""

    purpose: str = Field("", max_length=200, examples=["回访"])
    often: bool = Field(False, description="一小时内已看 30 次以上，仍须查看；会单独记入审计")


class ContactOut(Schema):
    """Contact data, shown once and with a purpose."""

    name: str
    phone: str
    address: str
    text: str = Field(description="原话")


@router.post("/requests", response={201: RequestOut, **faults(403, 404, 409, 422, 429)}, summary="登记诉求")
def register_request(request: HttpRequest, body: RequestIn, idempotency_key: Key = "") -> Status[queries.RequestRow]:
    """Register a request and report it in one step; the same ``client_id`` again gives the first one."""
    acting = acting_of(request)
    given = body.model_dump()
    asked = actions.Registration(**{**given, "contact": actions.Contact(**given["contact"]), "files": tuple(body.files)})

    def act() -> dict[str, Any]:
        return {"request": str(actions.register(acting, asked).pk)}

    limits.spend("report.person", acting.user_id)
    key = idempotency_key or f"request:{body.client_id}"
    done = once(actor_id=acting.user_id, key=key, body={"request": body.model_dump_json()}, act=act)
    return Status(201, queries.one(acting, int(done["request"])))


@router.get("/requests", response={200: list[RequestOut], **faults(403, 422)}, summary="诉求列表")
def list_requests(
    request: HttpRequest, state: Annotated[str, Field(pattern="^(open|replied)?$")] = "", number: Annotated[str, Field(max_length=40)] = "",
    skip: Annotated[int, Field(ge=0, le=10_000)] = 0, most: Annotated[int, Field(ge=1, le=200)] = 50,
) -> list[queries.RequestRow]:  # fmt: skip
    """Requests, newest first; ``number`` is ours, the report's or the outside one."""
    return queries.listed(_centre(request), state=state, number=number, skip=skip, most=most)


@router.post("/requests/of-phone", response={200: list[RequestOut], **faults(403, 422)}, summary="来电的前五件")
def requests_of_phone(request: HttpRequest, body: PhoneIn) -> list[queries.RequestRow]:
    """The last five requests of a calling number with their cases."""
    return queries.last_requests_of_phone(_centre(request), body.phone)


@router.get("/requests/{request_id}", response={200: RequestOut, **faults(403, 404)}, summary="一件诉求")
def one_request(request: HttpRequest, request_id: Id) -> queries.RequestRow:
    """A request by id."""
    return queries.one(_centre(request), request_id)


@router.post("/requests/{request_id}/contact", response={200: ContactOut, **faults(403, 404, 409, 422, 429)}, summary="查看联系方式")
def reveal_contact(request: HttpRequest, request_id: Id, body: PurposeIn) -> actions.Revealed:
    """Name and number, with a purpose; each look is written to the audit trail."""
    return actions.reveal(acting_of(request), request_id, body.purpose, often=body.often)


def _centre(request: HttpRequest) -> Acting:
    acting = acting_of(request)
    if not queries.may_read(acting):
        raise NotAllowed("duty_missing", post=acting.post_name, action=messages.REGISTER)
    return acting
