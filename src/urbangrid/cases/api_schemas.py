"""Shapes of the JSON interface for cases. Ids are strings, because they exceed what a browser's numbers hold exactly."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as N_
from ninja import Schema
from pydantic import AfterValidator, Field, PlainSerializer, WithJsonSchema

from urbangrid.cases.actions.sense import YEARS, moment
from urbangrid.organizations.acting import Acting

Id = Annotated[
    int,
    Field(ge=0, lt=2**63),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,19}$", "examples": ["249898498236207108"]}),
]
"""A 64-bit id: read from a string or a number, written as a string."""
Longitude = Annotated[float, Field(ge=-180, le=180, description=N_("度，EPSG:4490（CGCS2000；与 WGS-84 相差不到一米）"))]
Latitude = Annotated[float, Field(ge=-90, le=90, description=N_("度，EPSG:4490（CGCS2000）"))]


def _moment(value: datetime) -> datetime:
    if value.year not in YEARS:
        raise ValueError(gettext("年份须在 %(first)s 至 %(last)s 之间") % {"first": YEARS[0], "last": YEARS[-1]})
    return moment(value)


Moment = Annotated[datetime, AfterValidator(_moment)]
"""An instant as sent, in UTC; one without a zone is local time of the platform."""


class FaultOut(Schema):
    """A refusal: nothing was changed. ``sentence`` says what happened and who acts next, in the reader's language."""

    code: str = Field(examples=["case_moved_on"], description=N_("稳定的代码，供程序判断"))
    sentence: str = Field(examples=["该案已由派遣员王芳于10:32派遣，现为“待签收”。您填的内容已存草稿。"])
    field: str = Field("", description=N_("有误的输入项；空：与某一项无关"))
    values: dict[str, Any] = Field(
        default_factory=dict,
        description=N_("句中各值；409 时含何人、何时、做了什么，以及现在的 seq"),
        examples=[{"name": "王芳", "time": "10:32", "seq": 4}],
    )


def faults(*statuses: int) -> dict[int, type[Schema]]:
    """The error answers of an operation, for the description of the interface."""
    return dict.fromkeys((401, *statuses), FaultOut)


def acting_of(request: HttpRequest) -> Acting:
    """Who acts: what the interface's authentication found."""
    found: Acting = request.auth  # type: ignore[attr-defined]
    return found


class LightOut(Schema):
    """红绿灯: green 正常, amber 即将超时, red 超时, grey 暂停计时."""

    light: str = Field(examples=["green"])
    word: str = Field(examples=["正常"])
    due_at: datetime | None = Field(description=N_("到时；灰灯时为空"))
    warn_at: datetime | None = Field(description=N_("转黄的时刻"))
    left_seconds: int | None = Field(description=N_("距到时的秒数，超时为负；灰灯时为空"))


class PlaceOut(Schema):
    """Where something is; ``outside`` marks a point in no area of the platform, which is kept all the same."""

    text: str
    longitude: float | None
    latitude: float | None
    outside: bool
    cell: str = ""
    community: str = ""
    subdistrict: str = ""
    road: str = ""
    area_grade: int | None = None


def place_of(row: Any, *, with_point: bool = True) -> PlaceOut:
    """From a report or case whose cell, community and sub-district are loaded; ``with_point`` False: words only, for companies."""
    point = row.point if with_point else None
    return PlaceOut(
        text=row.place_text, longitude=point.x if point else None, latitude=point.y if point else None, outside=row.outside,
        cell=row.cell.code if row.cell else "", community=row.community.name if row.community else "",
        subdistrict=row.subdistrict.name if row.subdistrict else "", road=row.road_name, area_grade=row.area_grade,
    )  # fmt: skip


class QueueRowOut(Schema):
    """One work item 待办."""

    item_id: Id
    kind: str = Field(examples=["dispatch"])
    case_id: Id | None
    report_id: Id | None
    number: str = Field(description=N_("案卷号；立案前为上报号或空"))
    title: str
    place: str
    source: str
    urgent: bool
    light: LightOut
    opened_at: datetime
    claimed_by: str = Field(description=N_("正在办理的人；空：无人认领"))
    claimed_by_me: bool
    claimed_at: datetime | None
    note: str
    seq: int = Field(description=N_("案件现在的 seq；办理时带回"))
    unit: str
    rework_count: int
    limit: str
    city_owned: bool


class CountsOut(Schema):
    """One queue: how many open items show which light; ``total`` is the length of the list behind it."""

    kind: str
    word: str = Field(examples=["待派遣"])
    green: int
    amber: int
    red: int
    grey: int
    urgent: int
    total: int


class CaseRowOut(Schema):
    """One case in a list."""

    case_id: Id
    number: str
    title: str
    place: str
    area: str
    state: str
    state_word: str
    source: str
    urgent: bool
    unit: str
    light: LightOut
    opened_at: datetime
    filed_at: datetime | None
    closed_at: datetime | None
    on_time: bool | None
    border: bool = Field(description=N_("只因在辖区边界附近而可见"))


class CasesOut(Schema):
    """One page of cases; ``total`` counts to 1,000 at most, ``more`` says that there are more than that."""

    rows: Sequence[CaseRowOut]
    total: int
    more: bool


class NearOut(Schema):
    """A case close to the asked point."""

    case_id: Id
    number: str
    title: str
    state: str
    state_word: str
    unit: str
    distance_m: int
    direction: str = Field(examples=["东北"])
    same_category: bool
    longitude: float
    latitude: float
    light: LightOut
    open: bool
    duplicate: bool = Field(description=N_("同处同类在办：可并入"))
    repeat: bool = Field(description=N_("同处同类刚结案：属反复"))


class StretchOut(Schema):
    """A counted stretch of a clock; the stretches add up to what was used."""

    start: datetime
    end: datetime
    seconds: int
    what: str


class ClockOut(Schema):
    """A clock: stage 环节时限, fence 先期围护时限 (two-limit cases), unit 处置时限, case 案件总时限."""

    kind: str
    name: str
    light: LightOut
    limit_seconds: int
    used_seconds: int
    due_at: datetime | None
    ended: bool
    on_time: bool | None
    calendar: str
    provisional: bool = Field(description=N_("暂按推算：用到官方假日安排未公布的年份"))
    stretches: Sequence[StretchOut]


class LevelOut(Schema):
    """A level of command within a stage, with the natural seconds that it had the case."""

    name: str
    seconds: int


class StageOut(Schema):
    """A stage of the stage bar: done, now or ahead."""

    code: str
    name: str
    state: str
    entered_at: datetime | None
    left_at: datetime | None
    levels: Sequence[LevelOut] = Field(description=N_("一级监督两级指挥：本环节内市级、区级各用多久（自然秒）"))


class HolderOut(Schema):
    """Who has the case now and since when."""

    kind: str
    word: str
    holder: str
    since: datetime
    light: LightOut
    claimed_by: str
    note: str


class QuoteOut(Schema):
    """Free text of a record."""

    name: str
    text: str


class LineOut(Schema):
    """One line of 办理经过."""

    seq: int
    at: datetime
    action: str
    word: str
    actor: str
    post: str
    unit: str
    text: str
    reason: str
    to_state: str
    quotes: Sequence[QuoteOut]
    photos: int
    chained: bool = Field(description=N_("随前一步自动发生"))


class PhotoOut(Schema):
    """A photo of the record; its bytes: ``GET /files/{file_id}``."""

    file_id: Id
    role: str = Field(examples=["before"])
    role_word: str = Field(examples=["处置前"])
    taken_at: datetime | None
    at: datetime
    by: str
    seq: int
    doubts: Sequence[str] = Field((), description=N_("疑点：疑似重复照片、早于派遣拍摄；只作提示，不拒收"))


class MoveOut(Schema):
    """A move that the acting post could take from here; ``why_not`` is empty when it may."""

    action: str
    word: str
    why_not: str


class CaseRequestOut(Schema):
    """A request on the case: 延期, 回退 … ``mine``: the acting post decides it."""

    request_id: Id
    kind: str
    word: str
    state: str = Field(examples=["waiting"])
    state_word: str
    unit: str
    reason: str
    asked_at: datetime
    decided_at: datetime | None
    until: datetime | None
    number: str = Field(description=N_("督办单、批示的编号"))
    parent: str = Field(description=N_("转办的督办单、批示：上级那一件的编号"))
    target: str = Field(description=N_("督办、批示的对象单位"))
    work: str = Field(description=N_("本岗位要做的：decide 审批, answer_order 回复, judge_answer 认可"))
    mine: bool
    can_take_back: bool


class AskableOut(Schema):
    """A request that the acting post may make now; ``why_not`` is empty when it may."""

    action: str
    word: str
    why_not: str
    used: str = Field(examples=["已用1次/共2次"])
    proof: Sequence[str]


class MovesOut(Schema):
    """What may be done with a case now; send ``seq`` back with the action."""

    seq: int
    state: str
    state_word: str
    moves: Sequence[MoveOut]
    asks: Sequence[AskableOut]
    can_withdraw: bool


class RelatedOut(Schema):
    """Another case and what it has to do with this one."""

    case_id: Id
    number: str
    title: str
    state_word: str
    kind: str = Field(examples=["merged"], description=N_("merged 并案, split 拆分, repeat 反复, related 关联"))
    word: str
    leads: bool = Field(description=N_("本案已并入该案，请看该案"))
    ended: bool
    readable: bool


class CaseOut(Schema):
    """A case as the acting post sees it. Contact data of a citizen never stand here."""

    case_id: Id
    number: str
    seq: int
    state: str
    state_word: str
    title: str
    path: str = Field(description=N_("部件或事件·大类·小类"))
    category_id: Id | None
    condition_id: Id | None
    condition: str
    closing_condition: str
    standard: str
    source: str
    description: str
    place: PlaceOut
    urgent: bool
    complex: bool
    city_owned: bool
    unit: str
    limit: str
    aside: str = Field(description=N_("asking 申请中, suspended 挂账中, deferred 缓办中"))
    rework_count: int
    check_answer: str
    closing_kind: str
    reply: str
    on_time: bool | None
    opened_at: datetime
    filed_at: datetime | None
    closed_at: datetime | None
    stages: Sequence[StageOut]
    clocks: Sequence[ClockOut]
    holders: Sequence[HolderOut]
    story: Sequence[LineOut]
    photos: Sequence[PhotoOut]
    requests: Sequence[CaseRequestOut]
    my_item_id: Id | None
    relations: Sequence[RelatedOut]
    repeat: bool = Field(description=N_("反复：同处同类结案后短时内又报"))
    check_means: str = Field(description=N_("site 现场, video 视频, assessor 考评员；空：未核查"))
    fenced_at: datetime | None = Field(description=N_("先期围护反馈的时刻"))
