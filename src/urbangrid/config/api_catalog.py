"""JSON interface of what is chosen from: categories with their handbook, reasons, units, places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from django.http import HttpRequest
from django.utils.translation import gettext_noop as N_
from ninja import Router, Schema
from pydantic import Field

from urbangrid.cases.api_schemas import Id, Latitude, Longitude, acting_of, faults
from urbangrid.catalog import queries as catalog
from urbangrid.catalog import responsibility_queries
from urbangrid.catalog.values import CategoryOption, Condition, Reason
from urbangrid.core.errors import NotFound
from urbangrid.core.platforms import platform_of
from urbangrid.grids import queries as grids
from urbangrid.organizations import queries as organizations
from urbangrid.organizations import unit_search

router = Router(tags=[N_("目录与地点")])


class CategoryOut(Schema):
    """A class of component 部件 or event 事件."""

    id: Id
    kind: str = Field(examples=["event"])
    code: str = Field(examples=["0113"])
    name: str = Field(examples=["道路破损"])
    path: str = Field(examples=["事件·市容环境类·道路破损"])
    initials: str = Field(examples=["dlps"])
    aliases: Sequence[str]
    description: str
    collect_hint: str = Field(description=N_("拍照要点"))
    confirm_filing: bool = Field(description=N_("须值班长审定立案"))
    complex_by_default: bool
    duplicate_radius_m: int
    version_code: str
    standard_ref: str


class LimitOut(Schema):
    """A row of the limit table."""

    value: int
    unit: str = Field(description=N_("urgent_hour 紧急工作时, work_hour 工作时, work_day 工作日, day 日"))
    area_grade: int | None
    period: str


class ConditionOut(Schema):
    """立案条件 with 处置时限 and 结案条件."""

    id: Id
    problem: str
    condition: str
    closing_condition: str
    limit_text: str = Field(examples=["4 工作时"])
    limits: Sequence[LimitOut]
    source: str
    confidence: str


class ResponsibleOut(Schema):
    """A unit of the responsibility table 责任清单."""

    unit_id: Id | None
    unit_name: str
    why: str


class HandbookOut(Schema):
    """What the handbook says of a class."""

    category: CategoryOut
    conditions: Sequence[ConditionOut]
    units: Sequence[ResponsibleOut]


class ReasonOut(Schema):
    """A reason of the list of an action."""

    code: str
    label: str
    needs_words: bool
    reply: str = Field(description=N_("给来报人的话；无则空"))


class UnitOut(Schema):
    """A unit that cases may be dispatched to."""

    unit_id: Id
    code: str
    name: str
    short_name: str
    kind: str
    duty_phone: str
    has_desk: bool = Field(description=N_("有人可签收"))


class PlaceFoundOut(Schema):
    """What a point lies in."""

    outside: bool
    cell_id: Id | None
    cell_code: str
    community_id: Id | None
    community: str
    subdistrict_id: Id | None
    subdistrict: str
    district: str
    area_grade: int | None
    road: str
    road_grade: str
    road_distance_m: float | None
    on_border_with: Sequence[Id]


@router.get("/categories", response={200: list[CategoryOut], **faults(422)}, summary=N_("类别"))
def list_categories(
    request: HttpRequest, q: Annotated[str, Field(max_length=40)] = "", most: Annotated[int, Field(ge=1, le=1000)] = 1000
) -> Sequence[CategoryOption]:
    """All classes offered, or the best hits for pinyin initials or words."""
    platform_id = acting_of(request).cases_platform_id
    if q:
        return catalog.search_categories(platform_id, q, most)
    return catalog.category_options(platform_id)[:most]


@router.get("/categories/{category_id}", response={200: HandbookOut, **faults(404)}, summary=N_("类别手册"))
def one_category(request: HttpRequest, category_id: Id) -> HandbookOut:
    """Filing conditions, limits, closing conditions and responsible units of a class."""
    found = responsibility_queries.handbook(category_id, acting_of(request).cases_platform_id)
    return HandbookOut(
        category=CategoryOut.from_orm(found.category),
        conditions=[_condition_out(one) for one in found.conditions],
        units=[ResponsibleOut.from_orm(one) for one in found.units],
    )


def _condition_out(row: Condition) -> ConditionOut:
    limits = [LimitOut(value=one.limit.value, unit=one.limit.unit, area_grade=one.area_grade, period=one.period) for one in row.limit_rows]
    return ConditionOut(
        id=row.id, problem=row.problem, condition=row.condition, closing_condition=row.closing_condition, limit_text=row.limit_text,
        limits=limits, source=row.source, confidence=row.confidence,
    )  # fmt: skip


@router.get("/reasons/{action}", response={200: list[ReasonOut], **faults(404)}, summary=N_("理由"))
def list_reasons(request: HttpRequest, action: str) -> Sequence[Reason]:
    """The reason list of an action, e.g. ``refuse_report``, ``refuse_filing``, ``rework``, ``other_unit``."""
    found = catalog.reasons(acting_of(request).cases_platform_id, action[:30])
    if not found:
        raise NotFound("api_unknown")
    return found


@router.get("/units", response={200: list[UnitOut], **faults()}, summary=N_("处置单位"))
def list_units(request: HttpRequest, q: Annotated[str, Field(max_length=40)] = "") -> Sequence[organizations.UnitInfo]:
    """Units that cases may be dispatched to, by pinyin initials or words; all of them without ``q``."""
    platform_id = acting_of(request).platform_id
    return unit_search.search_units(platform_id, q) if q else organizations.all_units(platform_id)


@router.get("/places/locate", response={200: PlaceFoundOut, **faults(422)}, summary=N_("一点所在"))
def locate(request: HttpRequest, longitude: Longitude, latitude: Latitude) -> grids.Place:
    """The cell and divisions of a point, its area grade and nearest road; ``outside`` when it lies in no area."""
    return grids.locate(platform_of(acting_of(request).cases_platform_id), (longitude, latitude))
