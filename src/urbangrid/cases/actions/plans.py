"""预案: written as a draft, looked at in the preview, started by duty, ended by hand or by its day, undone within ten minutes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from urbangrid.audit.actions import note
from urbangrid.cases import plan_words, words
from urbangrid.cases.actions.inputs import check_length
from urbangrid.cases.actions.plan_settling import AT_ONCE, settle
from urbangrid.cases.models import Plan
from urbangrid.cases.numbers import next_number
from urbangrid.catalog import cache
from urbangrid.catalog import queries as catalog
from urbangrid.core import clock
from urbangrid.core.errors import MovedOn, NotAllowed, NotFound, Refusal
from urbangrid.core.platforms import platform_of
from urbangrid.core.transactions import whole
from urbangrid.grids import queries as grids
from urbangrid.grids.queries import AreaNode
from urbangrid.organizations.acting import Acting, itself

DUTY = "run_plans"
"""Of those who write, start and end plans: in the presets the duty director and the head."""
UNDO_TIME = timedelta(minutes=10)
FIELDS = (
    "name", "kind", "division_ids", "category_ids", "condition_ids", "begins_at", "until", "percent", "period", "exempt", "takes_open",
    "to_territory", "by_road", "quota_off", "hourly", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlanInputs:
    """What a draft says; the fields of ``Plan``. Lists empty: everywhere, every class, every condition of the classes."""

    name: str
    kind: str
    division_ids: tuple[int, ...] = ()
    category_ids: tuple[int, ...] = ()
    condition_ids: tuple[int, ...] = ()
    begins_at: datetime | None = None
    until: datetime | None = None
    percent: int = 100
    period: str = ""
    exempt: bool = False
    takes_open: bool = False
    to_territory: bool = False
    by_road: bool = False
    quota_off: bool = False
    hourly: bool = False
    note: str = ""


@whole
def save(acting: Acting, inputs: PlanInputs, *, plan_id: int | None = None, version: int = 0) -> Plan:
    """A new draft, or a draft as it was at ``version`` with other contents.

    Raises NotAllowed ``duty_missing``; NotFound ``plan_unknown``; MovedOn ``plan_moved_on``; Refusal ``plan_started`` (what was started is
    never edited), ``input_missing``, ``input_wrong``, ``plan_says_nothing``, ``plan_times``.
    """
    _check_duty(acting)
    _check(acting, inputs)
    if plan_id is None:
        at = clock.now()
        row = Plan(
            platform_id=acting.platform_id, code=next_number(platform_of(acting.platform_id), "plan", at), made_at=at,
            made_by_id=acting.appointment_id,
        )  # fmt: skip
    else:
        row = _locked(acting, plan_id, Plan.DRAFT)
        if row.version != version:
            raise MovedOn("plan_moved_on", name=row.name)
        row.version += 1
    for name in FIELDS:
        value = getattr(inputs, name)
        setattr(row, name, sorted(set(value)) if isinstance(value, tuple) else value)
    row.name, row.note = inputs.name.strip(), inputs.note.strip()
    row.save()
    note(acting, "plan_written", subject=f"plan:{row.pk}", values={"name": row.name, "version": row.version})
    return row


def _check_duty(acting: Acting) -> None:
    if not acting.may(DUTY):
        raise NotAllowed("duty_missing", post=acting.post_name, action=words.ACTIONS["plan"])


def _check(acting: Acting, inputs: PlanInputs) -> None:
    if not inputs.name.strip():
        raise Refusal("input_missing", status=422, field="name", label=_("名称"))
    check_length("name", inputs.name, 40)
    check_length("note", inputs.note, 500)
    if inputs.kind not in Plan.KINDS:
        raise Refusal("input_wrong", status=422, field="kind", label=_("类型"), value=inputs.kind[:20])
    if not 1 <= inputs.percent <= 100:
        raise Refusal("input_wrong", status=422, field="percent", label=_("时限"), value=str(inputs.percent))
    if inputs.until is not None and inputs.until <= (inputs.begins_at or clock.now()):
        raise Refusal("plan_times", status=422, field="until")
    does = inputs.percent < 100 or inputs.period or inputs.exempt or inputs.to_territory or inputs.by_road or inputs.hourly
    if not (does or inputs.quota_off):
        raise Refusal("plan_says_nothing", status=422, field="percent")
    _check_named(acting, inputs)


def _check_named(acting: Acting, inputs: PlanInputs) -> None:
    """Areas and classes of the platform, conditions of these classes, a period that the catalogue knows."""
    if not set(inputs.division_ids) <= set(area_ids(acting.platform_id)):
        raise Refusal("input_wrong", status=422, field="division_ids", label=_("范围"), value="")
    classes = {one.id for one in catalog.category_options(acting.platform_id)}
    if not set(inputs.category_ids) <= classes:
        raise Refusal("input_wrong", status=422, field="category_ids", label=_("类别"), value="")
    offered = {row.id for number in inputs.category_ids for row in catalog.conditions_of(number, acting.platform_id)}
    if not set(inputs.condition_ids) <= offered:
        raise Refusal("input_wrong", status=422, field="condition_ids", label=_("立案条件"), value="")
    if inputs.period and inputs.period not in catalog.periods(acting.platform_id):
        raise Refusal("input_wrong", status=422, field="period", label=_("保障时段"), value=inputs.period[:20])


def area_ids(platform_id: int) -> list[int]:
    """Divisions that a plan can name."""

    def below(nodes: Iterable[AreaNode]) -> list[int]:
        return [number for node in nodes for number in (node.id, *below(node.children))]

    return below(grids.area_tree(platform_of(platform_id)))


def _locked(acting: Acting, plan_id: int, *states: str) -> Plan:
    row = Plan.objects.select_for_update(of=("self",)).filter(pk=plan_id, platform_id=acting.platform_id).first()
    if row is None:
        raise NotFound("plan_unknown")
    if row.state not in states:
        raise Refusal("plan_started" if row.state != Plan.DRAFT else "plan_not_started", status=409, name=row.name,
                      state=plan_words.STATES[row.state])  # fmt: skip
    return row


def start(acting: Acting, plan_id: int, version: int, why: str) -> Plan:
    """启动 a draft as it was at ``version``: it holds from now, or from its planned begin; open cases are taken up where it says so.

    Raises as ``save``; Refusal ``plan_why`` without the occasion, ``plan_times`` when its end has passed.
    """
    row = _start(acting, plan_id, version, why.strip())
    settle(row, AT_ONCE)
    return row


@whole
def _start(acting: Acting, plan_id: int, version: int, why: str) -> Plan:
    _check_duty(acting)
    row = _locked(acting, plan_id, Plan.DRAFT)
    if row.version != version:
        raise MovedOn("plan_moved_on", name=row.name)
    if not why:
        raise Refusal("plan_why", status=422, field="why")
    check_length("why", why, 300)
    now = clock.now()
    if row.until is not None and row.until <= now:
        raise Refusal("plan_times", status=422, field="until")
    row.state, row.pressed_at, row.started_at = Plan.ACTIVE, now, max(now, row.begins_at or now)
    row.started_by_id, row.why = acting.appointment_id, why
    row.save(update_fields=["state", "pressed_at", "started_at", "started_by", "why"])
    note(acting, "plan_started", subject=f"plan:{row.pk}", purpose=why, values={"name": row.name, "from": row.started_at.isoformat()})
    cache.changed()
    return row


@whole
def end(acting: Acting, plan_id: int) -> Plan:
    """结束 by hand. Cases keep what they were filed under. Raises Refusal ``plan_not_started``."""
    _check_duty(acting)
    row = _locked(acting, plan_id, Plan.ACTIVE)
    _end(row, acting, clock.now())
    return row


def _end(row: Plan, acting: Acting, at: datetime) -> None:
    row.state, row.ended_at, row.ended_by_id = Plan.ENDED, at, acting.appointment_id or None
    row.save(update_fields=["state", "ended_at", "ended_by"])
    note(None if acting.is_itself else acting, "plan_ended", subject=f"plan:{row.pk}", values={"name": row.name, "at": at.isoformat()})
    cache.changed()


@whole
def end_due() -> int:
    """By the worker: plans whose end has come; they held until that very instant."""
    rows = Plan.objects.select_for_update(skip_locked=True).filter(state=Plan.ACTIVE, until__lte=clock.now())
    done = 0
    for row in rows.order_by("pk"):
        assert row.until is not None
        _end(row, itself(row.platform_id), row.until)
        done += 1
    return done


def undo(acting: Acting, plan_id: int) -> Plan:
    """撤回 a start within ten minutes, or before its begin: every limit goes back, on record. Raises Refusal ``plan_undo_late``."""
    row = _undo(acting, plan_id)
    settle(row, AT_ONCE)
    return row


@whole
def _undo(acting: Acting, plan_id: int) -> Plan:
    _check_duty(acting)
    row = _locked(acting, plan_id, Plan.ACTIVE)
    if not may_undo(row):
        raise Refusal("plan_undo_late", status=409)
    row.state, row.ended_at, row.ended_by_id = Plan.UNDONE, clock.now(), acting.appointment_id
    row.save(update_fields=["state", "ended_at", "ended_by"])
    note(acting, "plan_undone", subject=f"plan:{row.pk}", values={"name": row.name})
    cache.changed()
    return row


def may_undo(row: Plan) -> bool:
    """Whether its start can still be taken back."""
    now = clock.now()
    fresh = row.pressed_at is not None and now - row.pressed_at <= UNDO_TIME
    return row.state == Plan.ACTIVE and (fresh or (row.started_at is not None and now < row.started_at))


@whole
def copy(acting: Acting, plan_id: int) -> Plan:
    """A new draft with the same rules, for the next time; its times are left open."""
    _check_duty(acting)
    row = Plan.objects.filter(pk=plan_id, platform_id=acting.platform_id).first()
    if row is None:
        raise NotFound("plan_unknown")
    values = {name: getattr(row, name) for name in FIELDS}
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return save(acting, PlanInputs(**{**values, **lists, "begins_at": None, "until": None}))


@whole
def drop(acting: Acting, plan_id: int) -> None:
    """A draft that is not wanted; what was started stays for ever."""
    _check_duty(acting)
    row = _locked(acting, plan_id, Plan.DRAFT)
    note(acting, "plan_dropped", subject=f"plan:{row.pk}", values={"name": row.name})
    row.delete()
