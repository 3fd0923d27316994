"""疑难件, 批示件, 督办件 and 回退 of the made city: cases that lie with their units, taken up by director, leader or unit.

1. Each matter has its acts with their instants, as ordinary actions; its case is one in which nothing happened since before the first.
2. The leader takes up what was overdue then, the least overdue first: the worst of the list are left for the visitor's own 批示. The duty
   director takes up what is in time. Each matter is another unit's, as far as the units go.
3. An act whose holder the model does not have, or a matter that no case fits, is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from urbangrid.cases import holding
from urbangrid.cases.actions import perform
from urbangrid.cases.holding import Lying
from urbangrid.core import clock
from urbangrid.demo.day import Day
from urbangrid.organizations import queries as organizations

DIRECTOR, LEADER = "chenliguo", "gaojian"
UNIT = ""
"""Asks for itself: whoever receives for the unit of the case."""


@dataclass(frozen=True, slots=True)
class Act:
    """``action`` with its words: ``days`` ago at ``at``, or ``ago`` where it is to be of the last hours. ``work``: the kind of work that
    it answers; without it the asker acts of his own accord."""

    action: str
    note: str
    days: int = 0
    at: time = time()
    ago: timedelta | None = None
    work: str = ""
    reason: str = ""

    def moment(self, now: datetime, day: Day) -> datetime:
        if self.ago is not None:
            return now - self.ago
        zone = day.town.platform.zone
        return datetime.combine(now.astimezone(zone).date() - timedelta(days=self.days), self.at, zone)


DIFFICULT: tuple[tuple[Act, ...], ...] = (
    (
        Act("ask_difficult", "地块由两家单位共管，双方都说由对方处置，请明确牵头单位。", 5, time(14, 20), reason="many_parties"),
        Act("agree", "由街道牵头、权属单位配合：先消除隐患，再明确长期管护，三日内答复居民。", 4, time(9, 50), work="decide"),
    ),
    (Act("ask_difficult", "居民对处置办法意见不一，两次到场均被劝阻，请会商后给出意见。", ago=timedelta(minutes=275), reason="dispute"),),
    (Act("ask_difficult", "原处置依据已经废止，新规定没有对应条款，请给出处理意见。", ago=timedelta(minutes=110), reason="no_rule"),),
)  # fmt: skip
INSTRUCTIONS: tuple[tuple[Act, ...], ...] = (
    (
        Act("instruct", "群众多次反映，请主要负责人到现场，排出完成时间报我。", 5, time(9, 12)),
        Act("answer_order", "已到现场，增派一个班组，预计五日内完工。", 4, time(10, 40), work="answer_instruction"),
        Act("accept_answer", "按此办理，完工后派人回访居民。", 4, time(15, 5), work="judge_answer"),
    ),
    (
        Act("instruct", "拖了这么久，问题出在哪里？请说明原因和办法。", 3, time(16, 30)),
        Act("answer_order", "原承包班组合同到期，交接延误。已改派维修二班，明日到场。", 1, time(11, 10), work="answer_instruction"),
    ),
    (Act("instruct", "请先消除安全隐患，再彻底整治，结果报我。", 1, time(16, 45)),),
)  # fmt: skip
ORDERS: tuple[tuple[Act, ...], ...] = (
    (
        Act("order", "已超过时限，请今日处置并说明超时原因。", 4, time(10, 5)),
        Act("answer_order", "施工材料未到位，已协调，明日上午完成。", 4, time(15, 30), work="answer_order"),
        Act("accept_answer", "按答复时间完成，再超时将通报。", 4, time(16, 20), work="judge_answer"),
    ),
    (
        Act("order", "现场影响通行，请派负责人到场。", 2, time(9, 20)),
        Act("answer_order", "负责人已到场，围护已做好，两日内修复。", 2, time(14, 40), work="answer_order"),
    ),
    (Act("order", "群众来电询问进展，请回复完成时间。", ago=timedelta(minutes=150)),),
)  # fmt: skip
RETURNS: tuple[tuple[Act, ...], ...] = (
    (
        Act("ask_send_back", "该处由产权单位自行养护，不在本单位清单内。", ago=timedelta(minutes=50), reason="not_ours"),
        Act("disagree", "责任清单列明由你单位处置，请按时办理。", ago=timedelta(minutes=31), work="decide", reason="ours"),
    ),
    (
        Act("ask_send_back", "现场已移交施工单位管理，附移交单编号 2026-118。", ago=timedelta(minutes=44), reason="not_ours"),
        Act("agree", "同意退回，重新派遣。", ago=timedelta(minutes=12), work="decide"),
    ),
)  # fmt: skip
SOON = timedelta(hours=3)
"""A unit sends back what it has had for less: the processes allow four working hours."""


def play(day: Day, tell: Callable[[str], None]) -> None:
    """Every matter that a case fits."""
    listed = holding.lying(day.town.platform.pk)
    able = sorted(listed, key=lambda one: (one.due_at is None, one.due_at, one.case_id))
    units: set[int] = set()
    instructed = sum(_matter(day, able, units, LEADER, acts, overdue=True) for acts in INSTRUCTIONS)
    difficult = sum(_matter(day, able, units, DIRECTOR, acts, overdue=False) for acts in DIFFICULT)
    ordered = sum(_matter(day, able, units, DIRECTOR, acts, overdue=True) for acts in ORDERS)
    returned = sum(_matter(day, able, units, UNIT, acts, overdue=False) for acts in RETURNS)
    tell(f"疑难件 {difficult} 件，批示件 {instructed} 件，督办件 {ordered} 件，申请回退 {returned} 件")


def _matter(day: Day, able: list[Lying], units: set[int], key: str, acts: tuple[Act, ...], *, overdue: bool) -> bool:
    """Whether it was played; its case is no longer ``able``, its unit one of ``units``. The first act is a duty of the same name."""
    begins = acts[0].moment(day.now, day)
    able_to = key == UNIT or day.named(key).may(acts[0].action)
    fresh = [one for one in able if one.since > begins - SOON] if key == UNIT else able
    case = _fitting(fresh, units, begins, overdue=overdue) if able_to else None
    if case is None:
        return False
    able.remove(case)
    units.add(case.unit_id)
    for act in acts:
        with clock.travel(act.moment(day.now, day)):
            if not _acted(day, case, key, act):
                break
    return True


def _fitting(able: Sequence[Lying], units: Collection[int], begins: datetime, *, overdue: bool) -> Lying | None:
    """The case for a matter that begins then: of those overdue at that time the one that is least so, of the others the one due first;
    of the other kind where there is none. Of a unit that is not one of ``units``, where there is such a one."""
    since = [one for one in able if one.since < begins]
    late = [one for one in since if one.due_at is not None and one.due_at < begins]
    early = [one for one in since if one not in late]
    first, second = (late[::-1], early) if overdue else (early, late[::-1])
    listed = first or second
    return next((one for one in listed if one.unit_id not in units), next(iter(listed), None))


def _acted(day: Day, case: Lying, key: str, act: Act) -> bool:
    """False where nobody holds the work that the act answers."""
    platform_id = day.town.platform.pk
    who = day.town.people[key].pk if key else organizations.holder_of(platform_id, "dispose", case.unit_id)
    data: dict[str, object] = {"note": act.note}
    if act.reason:
        data["reason"] = act.reason
    if act.work:
        waiting = holding.decision(case.case_id, act.work)
        if waiting is None:
            return False
        data["request"], work = waiting
        who = work.appointment_id or organizations.holder_of(platform_id, work.duty, work.unit_id)
    if who is not None:
        perform(day.acting(who), case.case_id, act.action, holding.seq_of(case.case_id), data)
    return who is not None
