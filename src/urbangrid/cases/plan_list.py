"""What a plan (预案) touched: the exemption list that is kept, on a page and as a table (case-rules 18). No reporter stands in it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from urbangrid.audit.actions import note
from urbangrid.cases import access, plan_words, tables, words
from urbangrid.cases.ledger import Cell
from urbangrid.cases.models import Plan, PlanEffect
from urbangrid.cases.rows import limit_words, title_of
from urbangrid.core import clock, limits
from urbangrid.core.masking import masked
from urbangrid.organizations.acting import Acting

PAGE = 50
COLUMNS: Final = (
    (_("案卷号"), 16), (_("问题"), 24), (_("地点"), 30), (_("街道"), 12), (_("处置单位"), 16), (_("状态"), 10), (_("进入方式"), 12),
    (_("原时限"), 12), (_("现时限"), 12), (_("免考核"), 8), (_("计入时间"), 17), (_("退出原因"), 16), (_("退出时间"), 17),
)  # fmt: skip
BASIS: Final = _("口径：预案收紧了时限或定为免考核的案件；时限为处置时限，“原时限”是没有预案时的时限；不含来报人信息。")


@dataclass(frozen=True, slots=True)
class EffectRow:
    """One case of the list; ``left``: why it is not in the plan any more."""

    case_id: int
    number: str
    title: str
    place: str
    area: str
    unit: str
    state_word: str
    way: str
    old: str
    new: str
    exempt: bool
    at: datetime
    left: str
    left_at: datetime | None


def effects(acting: Acting, plan: Plan) -> QuerySet[PlanEffect]:
    """Cases that the acting post may read and that the plan tightened or exempted; what it only routed is on no list."""
    touched = Q(exempt=True) | ~Q(old_value=F("new_value")) | ~Q(old_unit=F("new_unit"))
    return PlanEffect.objects.filter(touched, plan=plan, case__in=access.visible_to(acting).values("pk"))


def rows(found: QuerySet[PlanEffect], skip: int = 0, most: int | None = PAGE) -> Iterator[EffectRow]:
    """In the order in which they came in; one statement."""
    loaded = found.select_related("case__handler_unit", "case__subdistrict").defer(
        "case__words", "case__description", "case__last_hash", "case__reply", "case__subdistrict__geom"
    )
    ordered = loaded.order_by("at", "pk")
    for one in ordered[skip : skip + most] if most is not None else ordered[skip:]:
        yield _row(one)


def _row(one: PlanEffect) -> EffectRow:
    case = one.case
    return EffectRow(
        case_id=case.pk, number=case.number or "", title=title_of(case.category_id, case.condition_id), place=case.place_text,
        area=case.subdistrict.name if case.subdistrict else "", unit=case.handler_unit.short_name if case.handler_unit else "",
        state_word=str(words.STATES[case.state]), way=str(plan_words.WAYS[one.way]), old=limit_words(one.old_value, one.old_unit),
        new=limit_words(one.new_value, one.new_unit), exempt=one.exempt, at=one.at, left=str(plan_words.LEFT.get(one.left_why, "")),
        left_at=one.left_at,
    )  # fmt: skip


def table(acting: Acting, plan: Plan, *, address: str) -> bytes:
    """The whole list as .xlsx with its basis; on the audit trail. Raises TooOften."""
    limits.spend("export.person", acting.user_id)
    note(acting, "export_cases", subject=f"plan:{plan.pk}", values={"form": "xlsx", "plan": plan.name}, address=address)
    at = clock.now()
    notes = [
        str(BASIS), gettext("预案：%(code)s %(name)s，%(why)s") % {"code": plan.code, "name": plan.name, "why": plan.why},
        gettext("截至时刻：%(at)s") % {"at": f"{at.astimezone(acting.zone):%Y-%m-%d %H:%M}"},
        gettext("导出：%(unit)s %(post)s %(name)s") % {"unit": acting.unit_name, "post": acting.post_name, "name": acting.user_name},
    ]  # fmt: skip
    head = [(str(title), width) for title, width in COLUMNS]
    with tempfile.TemporaryDirectory(prefix="urbangrid-export-") as folder:
        path = Path(folder) / "list.xlsx"
        cells = (_cells(row) for row in rows(effects(acting, plan), most=None))
        tables.write_xlsx(path, gettext("免考核与收紧清单"), head, cells, notes, acting.zone, gettext("说明"))
        return path.read_bytes()


def _cells(row: EffectRow) -> list[Cell]:
    exempt = gettext("免考核") if row.exempt else ""
    return [row.number, row.title, masked(row.place), row.area, row.unit, row.state_word, row.way, row.old, row.new, exempt, row.at,
            row.left, row.left_at]  # fmt: skip
