"""催办, 督办 and 批示 with reply, acceptance and passing on (HD-2.3.2c, HD-2.3.2d, SY-6.2c, SY-6.5d; desks.md P4, B2, L4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from urbangrid.cases import access, clocks, levels, words
from urbangrid.cases.actions import checks, holders, labels
from urbangrid.cases.actions.inputs import AnswerInputs, DecideInputs, OrderInputs, check_length
from urbangrid.cases.actions.step import Step, check_level, lock, moved_on
from urbangrid.cases.clocks import ALWAYS
from urbangrid.cases.lifecycle import FINAL, State
from urbangrid.cases.models import Case, CaseRequest, WorkItem
from urbangrid.cases.numbers import next_number
from urbangrid.cases.orders import GRADES, URGED_RECENTLY_MINUTES, OrderRule
from urbangrid.cases.process import Wait
from urbangrid.cases.processes import in_force, process_of
from urbangrid.cases.records import Entry, UsedFile
from urbangrid.catalog import queries as catalog
from urbangrid.core import clock
from urbangrid.core.errors import MovedOn, NotAllowed, Refusal
from urbangrid.core.platforms import platform_of
from urbangrid.core.transactions import whole
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting

SEND = {"reminder": "remind", "order": "order", "instruction": "instruct"}
"""Kind → the action that sends it."""
ANSWER = {"order": "answer_order", "instruction": "answer_instruction"}
"""Kind → the kind of work of its target."""


def send(kind: str) -> Callable[[Acting, int, int, OrderInputs], Case]:
    """The action of a kind. Raises NotAllowed ``duty_missing``; Refusal ``request_unknown_here``, ``order_without_words``,
    ``order_target``, ``until_past``; NotFound ``case_unknown``."""

    @whole
    def run(acting: Acting, case_id: int, seq: int, inputs: OrderInputs) -> Case:
        step = _step(acting, case_id, seq)
        _send(step, kind, inputs)
        return step.commit()

    return run


def _step(acting: Acting, case_id: int, seq: int | None) -> Step:
    """The case under lock, if the acting post may see it; ``seq`` None: as it stands now (many at once)."""
    access.check_seen(acting, case_id)
    step = lock(acting, case_id)
    if seq is not None and step.moved_since(seq):
        raise moved_on(step.case, acting.zone)
    return step


def _send(step: Step, kind: str, inputs: OrderInputs, *, parent: CaseRequest | None = None) -> CaseRequest:
    rule = _rule(step, kind, free=parent is not None)
    if rule.is_answered and not inputs.note.strip():
        raise Refusal("order_without_words", status=422, field="note", order=words.REQUESTS[kind])
    if inputs.grade not in GRADES:
        raise Refusal("input_wrong", status=422, field="grade", label=gettext_lazy("类型"), value=inputs.grade[:20])
    target = _target(step, inputs.unit_id, free=step.acting.may("read_all") or parent is not None)
    request = _made(step, rule, inputs, target, parent)
    entry = Entry(
        SEND[kind] if parent is None else "pass_on", step.case.state, step.case.state, secret={"note": inputs.note},
        target_unit_id=target, reason=inputs.grade,
        inputs={"request": str(request.pk), "number": request.number, "until": request.until, "unit": str(target)},
    )  # fmt: skip
    step.record(entry)
    if rule.is_answered:
        _to_target(step, rule, request, inputs.note)
    return request


def _rule(step: Step, kind: str, *, free: bool) -> OrderRule:
    rule = step.process.orders.get(kind)
    if rule is None:
        raise Refusal("request_unknown_here", status=409, action=words.ACTIONS[SEND[kind]])
    if State(step.case.state) in FINAL and kind != "instruction":
        raise MovedOn("case_not_that_state", state=words.STATES[step.case.state], action=words.ACTIONS[SEND[kind]])
    if not free and not step.acting.may(rule.duty):
        raise NotAllowed("duty_missing", post=step.acting.post_name, action=words.ACTIONS[SEND[kind]])
    if not free and not levels.has_in_hand(step.acting, step.case) and not levels.has_work(step.acting, step.case.pk):
        check_level(step, SEND[kind])
    return rule


def _target(step: Step, unit_id: int | None, *, free: bool) -> int:
    """Who has the case: for the city the district that it was handed to, for the district its own unit (SY-6.2c: city, district, unit). A
    post that reads everything may name another of its own level, the city also a district's centre.

    Raises Refusal ``order_target``, also where a district names a unit that is not its own.
    """
    having = [item.unit_id for item in step.items if item.closed_at is None and item.kind not in ("decide", *ANSWER.values())]
    first = step.case.handler_unit_id if levels.is_district(step.acting) else step.case.command_unit_id or step.case.handler_unit_id
    reached = [one for one in (first, step.case.handler_unit_id, *having) if one is not None and _reaches(step.acting, one)]
    if unit_id is None and reached:
        return reached[0]
    if unit_id is not None and (unit_id in reached or (free and _is_of_level(step.acting, unit_id))):
        return unit_id
    raise Refusal("order_target", status=422, field="unit_id")


def _reaches(acting: Acting, unit_id: int) -> bool:
    """The city urges whoever has its case, a district its own units alone."""
    return not levels.is_district(acting) or organizations.unit(unit_id).platform_id == acting.platform_id


def _is_of_level(acting: Acting, unit_id: int) -> bool:
    centres = () if levels.is_district(acting) else organizations.district_centres(acting.platform_id)
    return organizations.is_unit_of(acting.platform_id, unit_id) or any(one.unit_id == unit_id for one in centres)


def _made(step: Step, rule: OrderRule, inputs: OrderInputs, target: int, parent: CaseRequest | None) -> CaseRequest:
    kind = rule.kind
    if inputs.until is not None and inputs.until <= step.at:
        raise Refusal("until_past", status=422, field="until", label=labels.until_word(kind))
    number = next_number(platform_of(step.case.platform_id), SEND[kind], step.at) if kind != "reminder" else ""
    until = inputs.until or _case_ends_first(step, rule, target)
    return step.new_request(
        CaseRequest(
            platform_id=step.case.platform_id, case=step.case, kind=kind, number=number, unit_id=step.acting.unit_id or None,
            target_unit_id=target, parent=parent, reason=inputs.grade, until=until, asked_seq=step.case.seq + 1, asked_at=step.at,
            asked_by_id=step.acting.appointment_id or None, state=CaseRequest.ENDED if kind == "reminder" else CaseRequest.WAITING,
        )
    )  # fmt: skip


def _case_ends_first(step: Step, rule: OrderRule, target: int) -> datetime | None:
    """The default of a reply that would come after the case's own due instant: that instant."""
    if not rule.is_answered:
        return None
    usual, at_most = answer_by(step.case, rule, target, step.at, step.acting.zone)
    return at_most if at_most != usual else None


def answer_by(case: Case, rule: OrderRule, target: int, at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When a reply without a day of its own is due: by the rule's working time of the unit, and by that or the case's own limit,
    whichever ends first. A case that is over its limit already, or within the minute, leaves the unit its working time."""
    line = clocks.timeline(case.platform_id, _calendar(case, target), zone)
    usual = line.advance(at, rule.minutes * 60)
    ends = case.due_at.replace(second=0, microsecond=0) if case.due_at is not None else None
    return usual, ends if ends is not None and at + timedelta(minutes=1) <= ends < usual else usual


def _calendar(case: Case, target: int) -> str:
    return catalog.calendar_code_for(case.platform_id, unit_calendar=organizations.unit(target).calendar_code)


def _to_target(step: Step, rule: OrderRule, request: CaseRequest, note: str) -> None:
    """The target's item with its own limit; a unit that could not read the case may now."""
    target = request.target_unit_id or 0
    calendar, minutes = _answer_time(step, rule, request)
    wait = Wait(State(step.case.state), ANSWER[rule.kind], "answer_order", "desk", minutes, calendar)
    item = step.open_beside(wait, request, note=f"{request.number} {note}".strip(), unit_id=target)
    request.until = request.until or item.due_at
    holders.let_read(step, target, "order")


def _answer_time(step: Step, rule: OrderRule, request: CaseRequest) -> tuple[str, int]:
    if request.until is not None:
        return ALWAYS, max(int((request.until - step.at).total_seconds() // 60), 1)
    return _calendar(step.case, request.target_unit_id or 0), rule.minutes


@whole
def answer(acting: Acting, case_id: int, seq: int, inputs: AnswerInputs) -> Case:
    """回复 a 督办 or 批示: it goes to who issued it.

    Raises NotAllowed ``not_your_item``; Refusal ``order_without_words``, ``request_decided``.
    """
    step = _step(acting, case_id, seq)
    request, item = _open(step, inputs.request, tuple(ANSWER.values()))
    if not inputs.note.strip():
        raise Refusal("order_without_words", status=422, field="note", order=words.ACTIONS["answer_order"])
    used = checks.photos(acting, "answer_order", inputs.files, "paper", 0)
    _record(step, "answer_order", request, note=inputs.note, files=used)
    step.close_item(item)
    request.state = "answered"
    step.changed_request(request)
    rule = step.process.orders[request.kind]
    wait = Wait(State(step.case.state), "judge_answer", "answer_order", "desk", rule.judge_minutes, "office")
    judge = step.open_beside(wait, request, note=inputs.note, unit_id=request.unit_id)
    judge.appointment_id = request.asked_by_id
    return step.commit()


@whole
def accept_answer(acting: Acting, case_id: int, seq: int, inputs: DecideInputs) -> Case:
    """认可: the order has ended."""
    step = _step(acting, case_id, seq)
    request, item = _open(step, inputs.request, ("judge_answer",))
    _record(step, "accept_answer", request, note=inputs.note)
    step.close_item(item)
    request.ended_at = step.at
    step.decide(request, CaseRequest.ENDED)
    return step.commit()


@whole
def return_answer(acting: Acting, case_id: int, seq: int, inputs: DecideInputs) -> Case:
    """再批: the answer does not do; the unit answers again within the same time as at first."""
    step = _step(acting, case_id, seq)
    request, item = _open(step, inputs.request, ("judge_answer",))
    if not inputs.note.strip():
        raise Refusal("order_without_words", status=422, field="note", order=words.ACTIONS["return_answer"])
    _record(step, "return_answer", request, note=inputs.note)
    step.close_item(item)
    request.state, request.until = CaseRequest.WAITING, None
    step.changed_request(request)
    _to_target(step, step.process.orders[request.kind], request, inputs.note)
    return step.commit()


@whole
def pass_on(acting: Acting, case_id: int, seq: int, inputs: OrderInputs) -> Case:
    """转办 to a unit below: an order of its own, chained to the first, which the passing unit still answers itself (SY-6.2c)."""
    step = _step(acting, case_id, seq)
    request, _own = _open(step, inputs.request or 0, tuple(ANSWER.values()))
    if inputs.unit_id is None or inputs.unit_id == request.target_unit_id:
        raise Refusal("order_target", status=422, field="unit_id")
    _send(step, request.kind, inputs, parent=request)
    return step.commit()


def _open(step: Step, request_id: int, kinds: tuple[str, ...]) -> tuple[CaseRequest, WorkItem]:
    """The order with its open item, held by the acting post."""
    request = step.request(request_id)
    item = next((one for one in step.items if one.request_id == request.pk and one.closed_at is None and one.kind in kinds), None)
    if item is None:
        raise Refusal("request_decided", status=409, state=words.request_state(request.kind, request.state))
    if not holders.holds(step.acting, item):
        raise NotAllowed("not_your_item", holder=holders.holder_name(item), action=words.QUEUES[item.kind])
    return request, item


def _record(step: Step, action: str, request: CaseRequest, *, note: str, files: tuple[UsedFile, ...] = ()) -> None:
    entry = Entry(
        action, step.case.state, step.case.state, secret={"note": note}, files=files, target_unit_id=request.unit_id,
        inputs={"request": str(request.pk), "number": request.number, "kind": request.kind, "asked_seq": request.asked_seq},
    )  # fmt: skip
    step.record(entry)


@dataclass(frozen=True, slots=True)
class Urged:
    """What became of many at once: cases urged, left out because their unit was urged within the hour (with its name), refused."""

    done: int
    left_out: tuple[str, ...]
    refused: tuple[str, ...]


def send_many(acting: Acting, kind: str, case_ids: Sequence[int], inputs: OrderInputs) -> Urged:
    """催办 or 督办 of many cases in one action, each in its own transaction; again within the hour is left out and named (P4, SY-6.5d)."""
    check_length("note", inputs.note)
    since = clock.now() - timedelta(minutes=URGED_RECENTLY_MINUTES)
    recent = CaseRequest.objects.filter(case_id__in=list(case_ids), kind=kind, asked_at__gt=since)
    left_out = dict(recent.values_list("case_id", "target_unit__short_name"))
    done, refused = 0, []
    for case_id in case_ids:
        if case_id in left_out:
            continue
        try:
            _one(acting, kind, case_id, inputs)
            done += 1
        except Refusal as fault:
            refused.append(fault.sentence())
    return Urged(done, tuple(sorted(set(left_out.values()))), tuple(refused))


@whole
def _one(acting: Acting, kind: str, case_id: int, inputs: OrderInputs) -> None:
    step = _step(acting, case_id, None)
    _send(step, kind, inputs)
    step.commit()


def may_send(acting: Acting, case: Case, kind: str) -> bool:
    """Whether the button stands: the process has the order, the post its duty, and the case is not beyond it."""
    rule = process_of(case.process_id).orders.get(kind)
    of_level = levels.has_in_hand(acting, case) or levels.has_work(acting, case.pk)
    return rule is not None and acting.may(rule.duty) and of_level and (kind == "instruction" or State(case.state) not in FINAL)


def default_words(acting: Acting, case: Case, kind: str) -> str:
    """What a 督办 or 批示 without a day of its own gets, said beside the empty field; of the unit that has the case."""
    rule, target = process_of(case.process_id).orders.get(kind), case.handler_unit_id or case.command_unit_id
    if rule is None or not rule.is_answered:
        return ""
    hours = _hours(rule.minutes)
    if target is None:
        return _("不填即 %(hours)s；案件先到期的，按案件到期") % {"hours": hours}
    usual, at_most = (f"{at.astimezone(acting.zone):%m-%d %H:%M}" for at in answer_by(case, rule, target, clock.now(), acting.zone))
    if usual == at_most:
        return _("不填即 %(hours)s，到 %(at)s") % {"hours": hours, "at": usual}
    return _("不填：%(hours)s到 %(at)s，晚于案件到期，按案件到期 %(ends)s") % {"hours": hours, "at": usual, "ends": at_most}


def default_of_several(acting: Acting) -> str:
    """The same of 督办 for many cases at once, which have no day of their own: by the processes in force; empty where none has orders."""
    if not acting.may("order"):
        return ""
    rules = [process_of(one.pk).orders.get("order") for one in in_force(acting.cases_platform_id)]
    minutes = sorted({rule.minutes for rule in rules if rule is not None})
    hours = _("或").join(_hours(one) for one in minutes)
    return _("督办要在 %(hours)s内回复；案件先到期的，按案件到期") % {"hours": hours} if minutes else ""


def _hours(minutes: int) -> str:
    return _("%(hours)s 工作时") % {"hours": f"{minutes / 60:g}"}
