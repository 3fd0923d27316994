"""Shapes of the JSON interface for reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop as N_
from ninja import Schema
from pydantic import Field

from urbangrid.cases.api_schemas import Id, Latitude, LightOut, Longitude, Moment, PlaceOut


class ReportIn(Schema):
    """上报. ``client_id`` is made by the sender's device; the same one is never taken twice."""

    source: str = Field(
        examples=["inspector"], description=N_("监督员为 inspector；其余由坐席登记：hotline web wechat sms mail visit leader media city")
    )
    client_id: str = Field(min_length=1, max_length=64, examples=["p7-20261120-0940-1"])
    category_id: Id | None = None
    condition_id: Id | None = None
    description: str = ""
    urgent: bool = False
    place_text: str = Field("", max_length=256)
    longitude: Longitude | None = None
    latitude: Latitude | None = None
    device_longitude: Longitude | None = None
    device_latitude: Latitude | None = None
    accuracy_m: float | None = Field(None, ge=0, lt=1_000_000)
    device_at: Moment | None = None
    files: list[Id] = Field(default_factory=list, description=N_("先用 POST /uploads 传，再写编号"))


class ReportOut(Schema):
    """A report as the acting post sees it."""

    report_id: Id
    number: str = Field(description=N_("上报号，可在电话中读出"))
    state: str = Field(examples=["waiting"])
    state_word: str
    title: str
    path: str
    source: str
    reporter: str = Field(description=N_("监督员姓名；公众来源为空，来报人只经“查看联系方式”可见"))
    description: str
    urgent: bool
    place: PlaceOut
    device_distance_m: int | None
    received_at: datetime
    light: LightOut
    photo_ids: Sequence[Id]
    item_id: Id | None
    claimed_by: str
    has_contact: bool


class ReportRowOut(Schema):
    """A report in a list with what became of it."""

    report_id: Id
    number: str
    title: str
    place: str
    state: str
    received_at: datetime
    result: str
    reason: str
    case_number: str


class AcceptIn(Schema):
    """受理, and what follows at once."""

    then: str = Field(
        "", examples=["file"], description=N_("空、file 立案、propose_filing 提请立案、send_verification 发核实、call_first 电话先派")
    )
    data: dict[str, Any] = Field(default_factory=dict, description=N_("下一步的内容，同该步的 data"))


class ReasonIn(Schema):
    """A reason code of ``GET /reasons/{action}``; words may be added."""

    reason: str = Field("", examples=["out_of_scope"])
    note: str = ""
