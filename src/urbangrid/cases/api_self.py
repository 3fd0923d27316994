"""JSON interface of 自处置: an inspector sends, the seat judges and looks again; never among the cases (case-rules 10)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop as N_
from ninja import Router, Schema, Status
from pydantic import Field

from urbangrid.cases import self_disposals
from urbangrid.cases.actions import self_disposal as actions
from urbangrid.cases.api import Key
from urbangrid.cases.api_schemas import Id, Latitude, Longitude, acting_of, faults
from urbangrid.cases.models import SelfDisposal
from urbangrid.cases.words import SELF_STATES
from urbangrid.core import limits
from urbangrid.core.errors import NotFound
from urbangrid.core.idempotency import once

router = Router(tags=[N_("自处置")])


class SelfIn(Schema):
    """One trifle solved on the spot, with a photo from before and one from after."""

    client_id: str = Field(min_length=1, max_length=64, description=N_("手机生成，永不重复"))
    category_id: Id = Field(description=N_("须在自处置类别之内"))
    before: Id = Field(description=N_("处置前照片"))
    after: Id = Field(description=N_("处置后照片"))
    place_text: str = Field("", max_length=256)
    longitude: Longitude | None = None
    latitude: Latitude | None = None
    description: str = Field("", max_length=2000)


class SelfDoneOut(Schema):
    """What an act left."""

    self_id: Id
    number: str = Field(examples=["自261120-0001"])
    state: str = Field(description=N_("pending 待审核, done 办结, void 作废"))
    state_word: str


class SelfRowOut(Schema):
    """One 自处置 in a list."""

    self_id: Id
    number: str
    title: str
    place: str
    inspector: str
    state: str
    state_word: str
    before_id: Id
    after_id: Id
    done_at: datetime
    reason: str
    note: str
    drawn: bool = Field(description=N_("抽中复查"))
    recheck: str


class JudgeIn(Schema):
    """No reason: 办结; a reason of the list ``self_disposal``: 作废."""

    reason: str = Field("", max_length=30)
    note: str = Field("", max_length=300)


class RecheckIn(Schema):
    """What the second look found."""

    answer: str = Field(pattern="^(handled|not_handled)$", description=N_("handled 已处置, not_handled 未处置"))


class DrawOut(Schema):
    """A day's draw computed again; ``seed`` is shown when the day is over."""

    day: date
    commitment: str = Field(description=N_("种子的 SHA-256，抽取前已记入审计"))
    seed: str
    per_mille: int
    count: int
    drawn: list[str]
    agrees: bool


@router.post("/self-disposals", response={201: SelfDoneOut, **faults(403, 404, 409, 422, 429)}, summary=N_("自处置"))
def send_self_disposal(request: HttpRequest, body: SelfIn, idempotency_key: Key = "") -> Status[dict[str, Any]]:
    """Send one; the same ``client_id`` again gives the first one."""
    acting = acting_of(request)
    inputs = actions.SelfDisposalInputs(**{name: getattr(body, name) for name in SelfIn.model_fields})  # dumped, ids would be text
    limits.spend("report.person", acting.user_id)
    key = idempotency_key or f"self:{body.client_id}"
    done = once(actor_id=acting.user_id, key=key, body={"self": body.model_dump_json()}, act=lambda: _done(actions.send(acting, inputs)))
    return Status(201, done)


@router.get("/self-disposals", response={200: list[SelfRowOut], **faults(403, 422)}, summary=N_("自处置列表"))
def list_self_disposals(
    request: HttpRequest, show: Annotated[str, Field(pattern="^(pending|recheck|done|void)$")] = "pending",
    skip: Annotated[int, Field(ge=0, le=10_000)] = 0, most: Annotated[int, Field(ge=1, le=200)] = 50,
) -> list[self_disposals.SelfRow]:  # fmt: skip
    """Those that wait to be judged or looked at again, or those judged; for the seat."""
    return self_disposals.listed(acting_of(request), show, skip=skip, most=most)


@router.post("/self-disposals/{self_id}/judge", response={200: SelfDoneOut, **faults(403, 404, 409, 422)}, summary=N_("自处置审核"))
def judge_self_disposal(request: HttpRequest, self_id: Id, body: JudgeIn) -> dict[str, Any]:
    """办结, or 作废 with a reason."""
    return _done(actions.judge(acting_of(request), self_id, reason=body.reason, words_added=body.note))


@router.post("/self-disposals/{self_id}/recheck", response={200: SelfDoneOut, **faults(403, 404, 409, 422)}, summary=N_("自处置抽查"))
def recheck_self_disposal(request: HttpRequest, self_id: Id, body: RecheckIn) -> dict[str, Any]:
    """What the second look at a drawn one found, by another person than the one who judged it."""
    return _done(actions.look_again(acting_of(request), self_id, body.answer))


@router.get("/self-disposals/draws/{day}", response={200: DrawOut, **faults(403, 404, 422)}, summary=N_("抽查的抽取证明"))
def draw_of_day(request: HttpRequest, day: date) -> self_disposals.DrawProof:
    """Who was drawn that day, computed again from the seed."""
    found = self_disposals.proof(acting_of(request), day)
    if found is None:
        raise NotFound("self_unknown")
    return found


def _done(row: SelfDisposal) -> dict[str, Any]:
    return {"self_id": str(row.pk), "number": row.number, "state": row.state, "state_word": str(SELF_STATES[row.state])}
