"""What programs do of their own accord with what lies at a unit: the unit asks for time or sends back, others urge and order.

Drawn by the millisecond in which the work began, so that a day has of each what a day of a centre has (desks.md: few extensions, a few
orders): of a hundred works at units two are asked about, four are urged or ordered. Each is done once in a case, in place of the answer;
the next turn goes on from there. The words fit any class. Where the model or the moment does not allow it, the work is answered as usual.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from urbangrid.cases import rehearsal
from urbangrid.cases.rehearsal import Waiting
from urbangrid.core import clock
from urbangrid.demo.day import Day
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.models import Appointment
from urbangrid.organizations.queries import in_force

OF: Final = 100
MILLISECOND: Final = 1 << 22
"""Of a number (``core.ids``): what lies below counts processes and serials, which are mostly small."""


@dataclass(frozen=True, slots=True)
class Unasked:
    """``who``: a key of the cast, ``UNIT`` for who disposes, ``OFFICE`` for an officer of the sub-district."""

    who: str
    action: str
    note: str
    reason: str = ""
    days: int = 0
    """Until when it asks for time, from now."""


UNIT, OFFICE = "", "*"
DRAWN: Final = {
    11: Unasked(UNIT, "ask_extension", "所需人手和材料明日到位，请延期。", "material", 2),
    29: Unasked(UNIT, "ask_send_back", "该处由产权单位自行负责，不在本单位清单内。", "not_ours"),
    43: Unasked("chenliguo", "remind", "请抓紧办理，办完即反馈。"),
    57: Unasked("chenliguo", "order", "现场影响通行，请派负责人到场并回复完成时间。"),
    71: Unasked(OFFICE, "remind", "居民再次反映，请尽快到场。"),
    83: Unasked(OFFICE, "order", "请三日内回复处置情况。"),
}
"""By the last digits of the millisecond in which a work began."""


def deed(day: Day, one: Waiting) -> tuple[Acting, str, dict[str, object]] | None:
    """Who does what; None for most works, and where it was done or nobody may."""
    drawn = DRAWN.get(one.work.item_id // MILLISECOND % OF) if one.work.kind == "dispose" else None
    if drawn is None:
        return None
    who = _who(day, one, drawn)
    if who is None or not who.may("dispose" if drawn.who == UNIT else drawn.action):
        return None
    if rehearsal.happened(one.work.case_id, drawn.action):
        return None
    data: dict[str, object] = {"note": drawn.note}
    if drawn.reason:
        data["reason"] = drawn.reason
    if drawn.days:
        data["until"] = (clock.now() + timedelta(days=drawn.days)).isoformat()
    return who, drawn.action, data


def _who(day: Day, one: Waiting, drawn: Unasked) -> Acting | None:
    if drawn.who == UNIT:
        return day.who(one.work)
    if drawn.who in day.town.people:
        return day.named(drawn.who)
    if drawn.who != OFFICE or one.subdistrict_id is None:
        return None
    able = Appointment.objects.filter(in_force(), platform=day.town.platform, post__duties__contains=[drawn.action])
    found = able.filter(unit__division_id=one.subdistrict_id).order_by("pk").values_list("pk", flat=True).first()
    return day.acting(found) if found is not None else None
