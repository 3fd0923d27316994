"""JSON shapes of acts, proposals and proofs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_noop as N_
from ninja import Schema
from pydantic import Field

from urbangrid.cases.api_schemas import Id


class DoneOut(Schema):
    """What an action left: the case's new ``seq`` and state. The same key gives the same answer again."""

    case_id: Id
    number: str
    seq: int
    state: str
    state_word: str


class WhyOut(Schema):
    """A ground of a proposal."""

    basis: str = Field(
        description=N_(
            "decision 权属会商, call 电话先派, plan 预案, table 责任清单, register 企业名录, territory 属地, precedent 先例, load 在办"
        )
    )
    words: str
    agrees: bool
    hits: int
    total: int
    case_number: str = Field(description=N_("先例的案卷号"))


class ChoiceOut(Schema):
    """A unit in question with its grounds, the strongest first."""

    unit_id: Id
    unit_name: str
    proposed: bool = Field(description=N_("建议的单位；都不是 true 时清单未定，派遣须带理由（shared_unit）"))
    rule: str = Field(description=N_("责任清单中何时归该单位"))
    fit: str = Field(description=N_("规则在此时此地：holds 符合, untold 须判断, fails 不符合, sent_back 该单位已回退；空为不在清单"))
    duty_name: str
    duty_phone: str
    on_duty: bool = Field(description=N_("按工作日历现在是否在班"))
    in_hand: int
    grounds: Sequence[WhyOut]


class RecordFaultOut(Schema):
    """What is wrong with a record; ``seq`` 0: with the case as a whole."""

    seq: int
    code: str
    words: str
    detail: str


class ProofOut(Schema):
    """Whether the record of a case is proved."""

    proved: bool
    faults: Sequence[RecordFaultOut]


class ActionOut(Schema):
    """An action with the JSON Schema of its ``data``."""

    action: str
    word: str
    data: dict[str, Any]


class ActionIn(Schema):
    """An action as it is sent."""

    seq: int = Field(ge=0, examples=[3], description=N_("案件页或列表中的 seq；案件已变动则答 409，内容不丢"))
    data: dict[str, Any] = Field(default_factory=dict)


class ClaimIn(Schema):
    """Taking an item."""

    take_over: bool = Field(False, description=N_("已询问接手：他人正在办理也接过来"))
