"""JSON interface of cases: search, one case with its story, moves, actions, proof. Pages and interface call the same functions."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop as N_
from ninja import Header, Query, Router, Schema
from pydantic import Field, TypeAdapter

from urbangrid.cases import access, detail, proposals, search, verification, words
from urbangrid.cases import actions as case_actions
from urbangrid.cases.actions.step import mark_seen
from urbangrid.cases.api_action_schemas import ActionIn, ActionOut, ChoiceOut, DoneOut, ProofOut, RecordFaultOut
from urbangrid.cases.api_schemas import (
    CaseOut,
    CaseRequestOut,
    CasesOut,
    ClockOut,
    HolderOut,
    Id,
    Latitude,
    LightOut,
    LineOut,
    Longitude,
    Moment,
    MovesOut,
    NearOut,
    PhotoOut,
    QuoteOut,
    RelatedOut,
    StageOut,
    StretchOut,
    acting_of,
    faults,
    place_of,
)
from urbangrid.cases.detail import CaseView
from urbangrid.cases.messages import RECORD_FAULTS
from urbangrid.cases.models import Case
from urbangrid.core.errors import NotAllowed, Refusal
from urbangrid.core.idempotency import once
from urbangrid.organizations.acting import Acting

router = Router(tags=[N_("案件")])
Key = Annotated[str, Header(alias="Idempotency-Key", max_length=80)]
"""The same key with the same body gives the same answer and is not done twice; with another body it is refused (409)."""


class Asked(Schema):
    """What is looked for; what is left out does not narrow."""

    words: str = Field("", description=N_("案卷号、类别、地点、描述中的字词"))
    category_id: Id | None = None
    division_id: Id | None = None
    state: str = ""
    light: str = Field("", pattern="^(green|amber|red|grey)?$")
    unit_id: Id | None = None
    since: Moment | None = Field(None, description=N_("建案时间起"))
    until: Moment | None = Field(None, description=N_("建案时间止（不含）"))
    open_only: bool = False
    repeat_only: bool = Field(False, description=N_("只看反复：同处同类结案后短时内又报的"))
    skip: int = Field(0, ge=0, le=10_000)
    most: int = Field(search.PAGE, ge=1, le=200)


@router.get("/cases", response={200: CasesOut, **faults(422)}, summary=N_("综合查询"))
def find_cases(request: HttpRequest, asked: Query[Asked]) -> search.Found:
    """Cases that the acting post may read, newest first."""
    fields = asked.model_dump(exclude={"skip", "most"})
    return search.search(acting_of(request), search.Asked(**fields), skip=asked.skip, most=asked.most)


@router.get("/cases/near", response={200: list[NearOut], **faults(422)}, summary=N_("附近案件"))
def near_cases(
    request: HttpRequest, longitude: Longitude, latitude: Latitude, radius_m: Annotated[float, Field(gt=0, le=1000)] = 50,
    days: Annotated[int, Field(ge=0, le=366)] = 7, category_id: Id | None = None,
) -> list[search.Near]:  # fmt: skip
    """Readable cases around a point, of the asked category first, then by distance."""
    return search.near(acting_of(request), longitude, latitude, radius_m=radius_m, days=days, category_id=category_id)


@router.get("/cases/{ref}", response={200: CaseOut, **faults(404)}, summary=N_("一件案件"))
def one_case(request: HttpRequest, ref: str) -> CaseOut:
    """A case by id or 案卷号, with clocks, story and photos. Opening it as its holder ends the chance to withdraw the step before."""
    acting = acting_of(request)
    found = detail.view(acting, access.case_id_of(acting, ref))
    if found.my_item_id is not None:
        mark_seen(acting, found.case.pk)
    return _case_out(found, acting)


@router.get("/cases/{ref}/moves", response={200: MovesOut, **faults(404)}, summary=N_("可办理的步骤"))
def moves_of_case(request: HttpRequest, ref: str) -> dict[str, Any]:
    """What the acting post may do with the case now, and why not where it may not."""
    acting = acting_of(request)
    found = detail.doable(acting, access.case_id_of(acting, ref))
    return {
        "seq": found.seq, "state": found.state, "state_word": str(words.STATES[found.state]), "moves": found.moves, "asks": found.asks,
        "can_withdraw": found.can_withdraw,
    }  # fmt: skip


@router.get("/cases/{ref}/proposals", response={200: list[ChoiceOut], **faults(403, 404)}, summary=N_("派遣建议"))
def proposals_of_case(request: HttpRequest, ref: str) -> list[proposals.Choice]:
    """Units proposed for dispatch with the grounds; for posts that dispatch."""
    acting = acting_of(request)
    if not acting.may("dispatch"):
        raise NotAllowed("duty_missing", post=acting.post_name, action=words.ACTIONS["dispatch"])
    return proposals.choices(access.readable(acting, access.case_id_of(acting, ref)), platform_id=acting.platform_id)


@router.post("/cases/{ref}/actions/{action}", response={200: DoneOut, **faults(403, 404, 409, 422)}, summary=N_("办理"))
def act_on_case(request: HttpRequest, ref: str, action: str, body: ActionIn, idempotency_key: Key = "") -> dict[str, Any]:
    """Do one step. ``data`` depends on the action: ``GET /actions`` lists them with their schemas.

    A case that moved on answers 409 with who, when, what and the present ``seq``; nothing is changed then.
    """
    acting = acting_of(request)
    case_id = access.as_id(ref) or access.case_id_of(acting, ref)

    def act() -> dict[str, Any]:
        return _done(case_actions.perform(acting, case_id, action, body.seq, body.data))

    asked = {"case": str(case_id), "action": action, "body": body.model_dump_json()}
    try:
        return once(actor_id=acting.user_id, key=idempotency_key, body=asked, act=act)
    except Refusal:
        access.check_seen(acting, case_id)  # who holds an item may read its case; of others only the refused are asked
        raise


def _done(case: Case) -> dict[str, Any]:
    return {
        "case_id": str(case.pk), "number": case.number or "", "seq": case.seq, "state": str(case.state),
        "state_word": str(words.STATES[case.state]),
    }  # fmt: skip


@router.get("/cases/{ref}/proof", response={200: ProofOut, **faults(403, 404)}, summary=N_("验证办理经过"))
def proof_of_case(request: HttpRequest, ref: str) -> ProofOut:
    """Compute the case's record again: chain, signatures, columns, texts, files; for the centre."""
    acting = acting_of(request)
    case_id = access.case_id_of(acting, ref)
    if not acting.may("read_all"):
        raise NotAllowed("duty_missing", post=acting.post_name, action=words.VERIFY_RECORD)
    found = [
        RecordFaultOut(seq=one.seq, code=one.code, words=str(RECORD_FAULTS[one.code]), detail=one.detail)
        for one in verification.verify_case(case_id)
    ]
    return ProofOut(proved=not found, faults=found)


@router.get("/actions", response={200: list[ActionOut], **faults()}, summary=N_("全部办理步骤"))
def list_actions(request: HttpRequest) -> list[ActionOut]:
    """All actions of this release with the JSON Schema of what each asks for."""
    return [ActionOut(action=name, word=str(words.ACTIONS[name]), data=_schema(name)) for name in case_actions.ACTIONS]


@cache
def _schema(action: str) -> dict[str, Any]:
    return TypeAdapter(case_actions.ACTIONS[action].inputs).json_schema()


def _case_out(view: CaseView, acting: Acting) -> CaseOut:
    case = view.case
    return CaseOut(
        case_id=case.pk, number=case.number or "", seq=case.seq, state=case.state, state_word=view.state_word, title=view.title,
        path=view.path, category_id=case.category_id, condition_id=case.condition_id, condition=view.condition,
        closing_condition=view.closing_condition, standard=view.standard, source=view.source, description=case.description,
        place=place_of(case, with_point=access.sees_points(acting)), urgent=case.urgent, complex=case.is_complex,
        city_owned=case.city_owned,
        unit=case.handler_unit.name if case.handler_unit else "", limit=view.limit, aside=case.aside, rework_count=case.rework_count,
        check_answer=str(words.CHECK_ANSWERS.get(case.check_answer, "")), closing_kind=case.closing_kind, reply=case.reply,
        on_time=case.on_time, opened_at=case.opened_at, filed_at=case.filed_at, closed_at=case.closed_at,
        stages=[StageOut.from_orm(one) for one in view.stages], clocks=[_clock_out(one) for one in view.clocks],
        holders=[HolderOut.from_orm(one) for one in view.holders], story=[_line_out(one) for one in view.story],
        photos=[PhotoOut.from_orm(one) for one in view.photos],
        requests=[CaseRequestOut.from_orm(one) for one in view.requests], my_item_id=view.my_item_id,
        relations=[RelatedOut.from_orm(one) for one in view.relations], repeat=case.repeat, check_means=case.check_means,
        fenced_at=case.fenced_at,
    )  # fmt: skip


def _clock_out(row: detail.ClockView) -> ClockOut:
    return ClockOut(
        kind=row.kind, name=row.name, light=LightOut.from_orm(row.light), limit_seconds=row.limit_seconds, used_seconds=row.used_seconds,
        due_at=row.due_at, ended=row.ended, on_time=row.on_time, calendar=row.calendar, provisional=row.provisional,
        stretches=[StretchOut.from_orm(one) for one in row.stretches],
    )  # fmt: skip


def _line_out(line: detail.Line) -> LineOut:
    return LineOut(
        seq=line.seq, at=line.at, action=line.action, word=line.word, actor=line.actor, post=line.post, unit=line.unit, text=line.text,
        reason=line.reason, to_state=line.to_state, quotes=[QuoteOut(name=name, text=text) for name, text in line.quotes],
        photos=line.photos, chained=line.chained,
    )  # fmt: skip
