"""JSON interface of who acts: tokens, the acting post, a person's other posts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as N_
from ninja import Router, Schema, Status
from pydantic import Field

from urbangrid.accounts import actions as accounts
from urbangrid.accounts import second_step
from urbangrid.cases.api_schemas import FaultOut, Id, acting_of, faults
from urbangrid.core import clock, limits
from urbangrid.core.clients import address_of
from urbangrid.core.errors import NotAllowed, Refusal, declare
from urbangrid.organizations.acting import Acting, from_row
from urbangrid.organizations.models import Appointment
from urbangrid.organizations.queries import in_force

router = Router(tags=[N_("身份")])

declare(
    {
        "api_code_needed": _("该账号已开通第二步：请在 code 中写验证器上的六位数字或一个备用码。"),
        "api_choose_post": _("该账号有 %(count)s 个岗位，请在 appointment 中指明以哪个岗位办理。"),
        "api_password_first": _("密码须先修改：请在网页登录并改密码，再取令牌。"),
    }
)


class PostOut(Schema):
    """A post that the person may act under."""

    appointment: Id
    post_code: str = Field(examples=["dispatcher"])
    post_name: str = Field(examples=["派遣员"])
    unit_id: Id
    unit_name: str
    desk: str


class MeOut(Schema):
    """Who acts, as what and for whom."""

    user_id: Id
    user_name: str
    appointment: Id
    post_code: str
    post_name: str
    unit_id: Id
    unit_name: str
    unit_kind: str
    division_id: Id | None
    desk: str
    face: str
    duties: list[str]
    platform_code: str
    zone_name: str
    now: datetime = Field(description=N_("平台时刻"))


class TokenIn(Schema):
    """Name and password of a person; ``appointment`` where she holds several posts."""

    username: str = Field(min_length=1, max_length=40)
    password: str = Field(min_length=1, max_length=200)
    appointment: Id | None = None
    label: Annotated[str, Field(max_length=60, description=N_("哪个程序或设备"))] = ""
    code: Annotated[str, Field(max_length=20, description=N_("开通第二步的账号：验证器上的六位数字或备用码"))] = ""


class TokenOut(Schema):
    """A token, shown once."""

    token: str
    expires_at: datetime
    post: PostOut


@router.post("/tokens", response={201: TokenOut, **faults(403, 422), 429: FaultOut}, auth=None, summary=N_("取令牌"))
def issue_token(request: HttpRequest, body: TokenIn) -> Status[TokenOut]:
    """Sign in and get a token bound to one post. Five wrong passwords lock the account for 15 minutes.

    Who has set up the second step gives a code too; a post that demands it, or an admitted terminal, makes its
    tokens on the page 我的登录.
    """
    address = address_of(request)
    limits.spend("token.address", address)
    user = accounts.sign_in(body.username, body.password, address)
    if user.must_change_password:
        raise NotAllowed("api_password_first")
    acting = _chosen(_all_of(user.pk), body.appointment)
    if acting.wants_second_step:
        raise NotAllowed("token_needs_second_step", post=acting.post_name)
    if acting.wants_device:
        raise NotAllowed("token_needs_device", post=acting.post_name)
    if second_step.is_set_up(user.pk):
        if not body.code:
            raise NotAllowed("api_code_needed", field="code")
        second_step.check(user.pk, body.code, address)
    token = accounts.issue_token(user.pk, acting.appointment_id, body.label, address=address)
    return Status(201, TokenOut(token=token, expires_at=clock.now() + accounts.TOKEN_LIFE, post=_post(acting)))


def _chosen(found: list[Acting], appointment_id: int | None) -> Acting:
    if not found:
        raise NotAllowed("no_post")
    if appointment_id is None and len(found) > 1:
        listed = [_post(one).model_dump() for one in found]
        raise Refusal("api_choose_post", status=422, field="appointment", count=len(found), posts=listed)
    chosen = next((one for one in found if appointment_id in (None, one.appointment_id)), None)
    if chosen is None:
        raise NotAllowed("post_unknown", field="appointment")
    return chosen


def _all_of(user_id: int) -> list[Acting]:
    """Everything that the person may act as now; one statement."""
    rows = Appointment.objects.filter(in_force(), user_id=user_id).select_related("user", "post", "unit", "platform")
    return [from_row(row) for row in rows.order_by("id")]


def _post(acting: Acting) -> PostOut:
    return PostOut(
        appointment=acting.appointment_id, post_code=acting.post_code, post_name=acting.post_name, unit_id=acting.unit_id,
        unit_name=acting.unit_name, desk=acting.desk,
    )  # fmt: skip


@router.delete("/tokens", response={204: None, **faults()}, summary=N_("收回令牌"))
def revoke_tokens(request: HttpRequest) -> Status[None]:
    """All tokens of the person end, this one too."""
    accounts.revoke_tokens(acting_of(request).user_id)
    return Status(204, None)


@router.get("/me", response={200: MeOut, **faults()}, summary=N_("我"))
def me(request: HttpRequest) -> MeOut:
    """The acting post with its duties."""
    acting = acting_of(request)
    return MeOut(
        user_id=acting.user_id, user_name=acting.user_name, appointment=acting.appointment_id, post_code=acting.post_code,
        post_name=acting.post_name, unit_id=acting.unit_id, unit_name=acting.unit_name, unit_kind=acting.unit_kind,
        division_id=acting.division_id, desk=acting.desk, face=acting.face, duties=sorted(acting.duties),
        platform_code=acting.platform_code, zone_name=acting.zone_name, now=clock.now(),
    )  # fmt: skip


@router.get("/me/posts", response={200: list[PostOut], **faults()}, summary=N_("我的岗位"))
def my_posts(request: HttpRequest) -> list[PostOut]:
    """All posts of the person; a token for another one: ``POST /tokens`` with ``appointment``."""
    return [_post(one) for one in _all_of(acting_of(request).user_id)]
