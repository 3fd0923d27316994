"""Plans (预案) as pages show them: the list, one plan in words, what the acting post may do with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from urbangrid.cases import plan_words
from urbangrid.cases.actions import plans
from urbangrid.cases.models import Plan
from urbangrid.catalog import queries as catalog
from urbangrid.core.errors import NotFound
from urbangrid.core.platforms import platform_of
from urbangrid.grids import queries as grids
from urbangrid.grids.queries import AreaNode
from urbangrid.organizations.acting import Acting


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan in words; ``cases``: on its list now. ``starter``: post and name of who started it."""

    row: Plan
    kind: str
    state_word: str
    areas: tuple[str, ...]
    classes: tuple[str, ...]
    conditions: tuple[str, ...]
    rules: tuple[str, ...]
    cases: int
    starter: str
    may_undo: bool
    ends_at: datetime | None


def listed(acting: Acting) -> list[PlanView]:
    """All plans of the platform, those in force first, then drafts for those who write them, then the newest; two statements."""
    found = _rows(acting.platform_id)
    if not acting.may(plans.DUTY):
        found = found.exclude(state=Plan.DRAFT)
    names = area_names(acting.platform_id)
    order = {Plan.ACTIVE: 0, Plan.DRAFT: 1}
    rows = sorted(found.order_by("-made_at", "-pk"), key=lambda row: order.get(row.state, 2))
    return [_view(row, names) for row in rows]


def one(acting: Acting, plan_id: int) -> PlanView:
    """One plan; a draft is seen by those who write plans. Raises NotFound ``plan_unknown``."""
    row = _rows(acting.platform_id).filter(pk=plan_id).first()
    if row is None or (row.state == Plan.DRAFT and not acting.may(plans.DUTY)):
        raise NotFound("plan_unknown")
    return _view(row, area_names(acting.platform_id))


def _rows(platform_id: int) -> QuerySet[Plan]:
    counted = Count("effects", filter=Q(effects__left_at=None))
    return Plan.objects.filter(platform_id=platform_id).select_related("started_by__user", "started_by__post").annotate(cases=counted)


def area_names(platform_id: int) -> dict[int, tuple[str, int]]:
    """Name and depth of every division, in the order of the tree; one statement."""
    found: dict[int, tuple[str, int]] = {}

    def walk(nodes: Iterable[AreaNode], depth: int) -> None:
        for node in nodes:
            found[node.id] = (node.name, depth)
            walk(node.children, depth + 1)

    walk(grids.area_tree(platform_of(platform_id)), 0)
    return found


def _view(row: Plan, names: dict[int, tuple[str, int]]) -> PlanView:
    starter = row.started_by
    cases: int = getattr(row, "cases", 0)
    return PlanView(
        row=row, kind=str(plan_words.KINDS[row.kind]), state_word=str(plan_words.STATES[row.state]),
        areas=tuple(names[number][0] for number in row.division_ids if number in names),
        classes=tuple(catalog.category(number).name for number in row.category_ids),
        conditions=tuple(catalog.condition(number).problem for number in row.condition_ids), rules=rules(row), cases=cases,
        starter=f"{starter.post.name}{starter.user.name}" if starter else "", may_undo=plans.may_undo(row),
        ends_at=row.ended_at or row.until,
    )  # fmt: skip


def rules(row: Plan) -> tuple[str, ...]:
    """What the plan says, in words: 时限收紧到 50%, 按“暴雨”保障时段, 免考核 …"""
    found = [_("按“%(period)s”保障时段的时限") % {"period": row.period}] if row.period else []
    if row.percent < 100:
        found.append(_("时限收紧到 %(percent)s%%") % {"percent": row.percent})
    return (*found, *(str(word) for name, word in plan_words.RULES.items() if getattr(row, name)))
