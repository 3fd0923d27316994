"""申请 and its approval chain: one way for every kind of request (HD-3.2-x; case-rules 14, 16).

Asking opens an item for the first approver and moves no clock: the unit's time runs on while it waits (golden table). Each approver
agrees or does not; the last one's word counts. What a kind checks and does stands in its handler (``actions.granting``).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from urbangrid.cases import access, levels, store, words
from urbangrid.cases.actions import checks, fences, granting, holders, labels
from urbangrid.cases.actions.inputs import AskInputs, DecideInputs
from urbangrid.cases.actions.step import Step, check_level, lock, moved_on
from urbangrid.cases.clocks import ALWAYS
from urbangrid.cases.lifecycle import WORK, State
from urbangrid.cases.models import Case, CaseRequest, WorkItem
from urbangrid.cases.process import Process, Wait
from urbangrid.cases.records import Entry, UsedFile
from urbangrid.cases.requests import Link, RequestRule, is_last, next_link
from urbangrid.core.errors import MovedOn, NotAllowed, NotFound, Refusal
from urbangrid.core.text import labelled
from urbangrid.core.transactions import whole
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting

DAY = timedelta(days=1)
AFTERWARDS = frozenset({"appeal"})
"""Asked about what a unit did, also when the case has long left its district."""


def ask(kind: str) -> Callable[[Acting, int, int, AskInputs], Case]:
    """The action ``ask_<kind>``.

    Raises MovedOn ``case_moved_on`` or ``case_not_that_state``; NotAllowed ``duty_missing``, ``not_your_item``; Refusal
    ``request_unknown_here``, ``request_waits``, ``request_used_up``, ``proof_missing``, ``fence_first``, of the reason and of the kind's
    handler.
    """

    @whole
    def run(acting: Acting, case_id: int, seq: int, inputs: AskInputs) -> Case:
        step = lock(acting, case_id)
        if step.moved_since(seq):
            raise moved_on(step.case, acting.zone)
        rule = rule_of(step, kind)
        _may_ask(step, rule)
        if kind in fences.HOLDS_BACK:
            fences.check_done(step, f"ask_{kind}")
        request = _new(step, rule, inputs)
        _put(step, rule, request, inputs)
        return step.commit()

    return run


def rule_of(step: Step, kind: str) -> RequestRule:
    """The rule in force for the case in its state. Raises Refusal ``request_unknown_here``, MovedOn ``case_not_that_state``."""
    rule = step.process.requests.get(kind)
    if rule is None:
        raise Refusal("request_unknown_here", status=409, action=words.ACTIONS[f"ask_{kind}"])
    if State(step.case.state) not in rule.kind.states:
        raise MovedOn("case_not_that_state", state=words.STATES[step.case.state], action=words.ACTIONS[f"ask_{kind}"])
    return rule


def _may_ask(step: Step, rule: RequestRule) -> None:
    action = words.ACTIONS[f"ask_{rule.kind.code}"]
    if not rule.may_be_asked_by(step.acting.duties):
        raise NotAllowed("duty_missing", post=step.acting.post_name, action=action)
    if not rule.kind.work:
        access.check_seen(step.acting, step.case.pk)  # who holds an item sees its case; the others are asked
        if rule.kind.code not in AFTERWARDS:
            check_level(step, f"ask_{rule.kind.code}")
    items = [item for item in step.items if item.closed_at is None and item.kind in rule.kind.work]
    if rule.kind.work and not any(holders.holds(step.acting, item) for item in items):
        holder = holders.holder_name(items[0]) if items else ""
        raise NotAllowed("not_your_item", holder=holder, action=action)


def _new(step: Step, rule: RequestRule, inputs: AskInputs) -> CaseRequest:
    """The request as asked, checked against what was asked before."""
    case, kind = step.case, rule.kind.code
    earlier = list(store.rows(CaseRequest).filter(case=case, kind=kind).order_by("id"))
    own = [row for row in earlier if row.unit_id == step.acting.unit_id]
    waiting = next((row for row in earlier if row.state == CaseRequest.WAITING), None)
    if waiting is not None:
        raise Refusal("request_waits", status=409, request=words.REQUESTS[kind])
    used = [row for row in own if row.state in (CaseRequest.GRANTED, CaseRequest.REFUSED)]
    if rule.most is not None and len(used) >= rule.most:
        raise Refusal("request_used_up", status=409, request=words.REQUESTS[kind], most=rule.most)
    days = 0
    if inputs.until is not None:
        days = max(-((step.at - inputs.until) // DAY), 0)
        if rule.most_days is not None and (inputs.until <= step.at or days > rule.most_days):
            raise Refusal("until_wrong", status=422, field="until", label=labels.until_word(kind), most=rule.most_days)
        if inputs.until <= step.at:
            raise Refusal("until_past", status=422, field="until", label=labels.until_word(kind))
    request = CaseRequest(
        platform_id=case.platform_id, case=case, kind=kind, unit_id=step.acting.unit_id, reason=inputs.reason, days=days,
        until=inputs.until, again=any(row.state == CaseRequest.GRANTED for row in earlier), asked_seq=case.seq + 1, asked_at=step.at,
        asked_by_id=step.acting.appointment_id, target_unit_id=inputs.unit_id,
    )  # fmt: skip
    request.details = granting.HANDLERS[kind].check(step, rule, inputs, earlier)
    return step.new_request(request)


def _put(step: Step, rule: RequestRule, request: CaseRequest, inputs: AskInputs) -> None:
    """The record, the approver's item, and where the kind says so the asker's stage stands."""
    kind = rule.kind.code
    code = checks.reason(step.acting, f"ask_{kind}", inputs.reason, inputs.note)
    used = _proof(step, rule, inputs)
    entry = Entry(
        f"ask_{kind}", step.case.state, step.case.state, files=used, secret={"note": inputs.note}, reason=code,
        target_unit_id=inputs.unit_id,
        inputs={"request": str(request.pk), "until": inputs.until, "days": request.days, "again": request.again, **request.details},
    )  # fmt: skip
    step.record(entry)
    note = labelled(words.REQUESTS[kind], f"{checks.label(step.acting, f'ask_{kind}', code)} {inputs.note}".strip())
    _to_link(step, request, links_of(step.process, step.case, rule, request)[0], note)
    step.case.aside = step.case.aside or "asking"
    if rule.stands:
        _pause_work(step, rule, stands=True)


def _proof(step: Step, rule: RequestRule, inputs: AskInputs) -> tuple[UsedFile, ...]:
    """What the city demands with this kind. Raises Refusal ``proof_missing``, ``photos_missing``."""
    if "until" in rule.proof and inputs.until is None:
        raise Refusal("input_missing", status=422, field="until", label=labels.until_word(rule.kind.code))
    if "unit" in rule.proof and inputs.unit_id is None:
        raise Refusal("input_missing", status=422, field="unit_id", label=words.PROOFS["unit"])
    files = [name for name in ("photo", "paper") if name in rule.proof]
    if files and not inputs.files:
        raise Refusal("proof_missing", status=422, field="files", label=labels.PROOF, proof=words.PROOFS[files[0]])
    return checks.photos(step.acting, f"ask_{rule.kind.code}", inputs.files, "paper", 0)


def links_of(process: Process, case: Case, rule: RequestRule, request: CaseRequest) -> tuple[Link, ...]:
    """The approvers of a request: where a unit of a district asks, those of the district first (model D: district, then city)."""
    return rule.chain(request.again, in_district=_district_that_decides(process, case, request) is not None)


def _district_that_decides(process: Process, case: Case, request: CaseRequest) -> int | None:
    """The district whose posts decide first; None for a unit of the city, and for a district that is asked to help and gives that back."""
    district = levels.district_of(process, case, request.unit_id)
    by_itself = request.kind == "assist_back" and district is not None and levels.level_of(request.unit_id or 0) != district
    return None if by_itself else district


def _to_link(step: Step, request: CaseRequest, link: Link, note: str) -> None:
    """The approver's item: of the asking unit's district or of the city; where nobody there holds the duty, the duty director's."""
    district = _district_that_decides(step.process, step.case, request) if link.of_district else None
    unit_id = organizations.unit_for_duty(district, link.duty) if district is not None else None
    duty = holders.NOBODY if district is not None and unit_id is None else link.duty
    wait = Wait(State(step.case.state), "decide", duty, "desk", link.minutes, ALWAYS)
    step.open_beside(wait, request, note=note, unit_id=unit_id)


def _pause_work(step: Step, rule: RequestRule, *, stands: bool) -> None:
    for kind in rule.kind.work or (WORK.get(State(step.case.state), ""),):
        item = step.item(kind)
        if item is not None:
            step.pause_item(item, "suspension" if stands else None)


def _go_on(step: Step, rule: RequestRule, request: CaseRequest) -> None:
    """The asker's stage goes on, unless it stands for another request as well."""
    if not rule.stands:
        return
    others = store.rows(CaseRequest).filter(case=step.case, state=CaseRequest.WAITING).exclude(pk=request.pk)
    rules = [step.process.requests.get(kind) for kind in others.values_list("kind", flat=True)]
    if not any(one is not None and one.stands for one in rules):
        _pause_work(step, rule, stands=False)


@whole
def agree(acting: Acting, case_id: int, seq: int, inputs: DecideInputs) -> Case:
    """同意: the next approver gets it, or the request is granted and takes effect.

    Raises as ``_deciding`` and of the kind's handler.
    """
    step, request, rule = _deciding(acting, case_id, seq, inputs, "agree")
    links = links_of(step.process, step.case, rule, request)
    last = is_last(links, request.link, request.days)
    handler = granting.HANDLERS[request.kind]
    outcome = handler.outcome(step, request, inputs) if last else {}
    _decided(step, request, "agree", inputs, {"last": last, **outcome})
    if not last:
        request.link += 1
        step.changed_request(request)
        _to_link(step, request, links[request.link], inputs.note or str(words.REQUESTS[request.kind]))
        return step.commit()
    request.outcome = outcome
    step.decide(request, CaseRequest.GRANTED)
    _go_on(step, rule, request)
    handler.granted(step, request, inputs)
    return step.commit()


def hand_up(step: Step, request: CaseRequest, rule: RequestRule) -> bool:
    """逾时转批: what its approver let sleep goes to the next one, on record; False where nobody is next or it has been decided."""
    link = next_link(rule, links_of(step.process, step.case, rule, request), request.link)
    item = item_of(step, request)
    if link is None or item is None or request.state != CaseRequest.WAITING:
        return False
    holder, state = holders.holder_name(item), step.case.state
    slept = {"from": holder, "from_duty": item.duty, "duty": link.duty, "link": request.link + 1}
    step.record(
        Entry("escalate", state, state, inputs={"request": str(request.pk), "kind": request.kind, "asked_seq": request.asked_seq, **slept})
    )
    step.close_item(item, done=False)
    request.link += 1
    step.changed_request(request)
    _to_link(step, request, link, str(words.SLEPT) % {"holder": holder, "note": item.note})
    return True


@whole
def disagree(acting: Acting, case_id: int, seq: int, inputs: DecideInputs) -> Case:
    """不同意 with a reason from the list: nothing changes; the asker's time ran on."""
    step, request, rule = _deciding(acting, case_id, seq, inputs, "disagree")
    code = checks.reason(acting, "disagree", inputs.reason, inputs.note)
    _decided(step, request, "disagree", inputs, {"last": True}, reason=code)
    step.decide(request, CaseRequest.REFUSED)
    _go_on(step, rule, request)
    granting.HANDLERS[request.kind].refused(step, request, inputs)
    return step.commit()


@whole
def take_back(acting: Acting, case_id: int, seq: int, inputs: DecideInputs) -> Case:
    """撤回申请 by the unit that asked, while it waits."""
    step = lock(acting, case_id)
    if step.moved_since(seq):
        raise moved_on(step.case, acting.zone)
    request, rule = _asked(step, inputs.request)
    if request.state != CaseRequest.WAITING:
        raise Refusal("request_decided", status=409, state=words.request_state(request.kind, request.state))
    if request.unit_id != acting.unit_id or not rule.may_be_asked_by(acting.duties):
        raise NotAllowed("request_of_others")
    item = item_of(step, request)
    _decided(step, request, "take_back", inputs, {})
    step.close_item(item, done=False)
    step.decide(request, CaseRequest.WITHDRAWN)
    _go_on(step, rule, request)
    return step.commit()


def _deciding(acting: Acting, case_id: int, seq: int, inputs: DecideInputs, action: str) -> tuple[Step, CaseRequest, RequestRule]:
    """The request under the case's lock, waiting for the acting post.

    Raises MovedOn ``case_moved_on``; Refusal ``request_decided``, ``request_unknown``; NotAllowed ``not_your_item``.
    """
    step = lock(acting, case_id)
    if step.moved_since(seq):
        raise moved_on(step.case, acting.zone)
    request, rule = _asked(step, inputs.request)
    if request.state != CaseRequest.WAITING:
        raise Refusal("request_decided", status=409, state=words.request_state(request.kind, request.state))
    item = item_of(step, request)
    if item is None or not holders.holds(acting, item):
        holder = holders.holder_name(item) if item is not None else ""
        raise NotAllowed("not_your_item", holder=holder, action=words.ACTIONS[action])
    return step, request, rule


def _asked(step: Step, request_id: int) -> tuple[CaseRequest, RequestRule]:
    """What was asked, with its rule; an order is nobody's to decide. Raises NotFound ``case_request_unknown``."""
    request = step.request(request_id)
    rule = step.process.requests.get(request.kind)
    if rule is None:
        raise NotFound("case_request_unknown")
    return request, rule


def item_of(step: Step, request: CaseRequest) -> WorkItem | None:
    """The open item of whoever has a request to decide."""
    return next((item for item in step.items if item.request_id == request.pk and item.closed_at is None), None)


def _decided(
    step: Step, request: CaseRequest, action: str, inputs: DecideInputs, more: dict[str, object], reason: str = ""
) -> None:  # fmt: skip
    """The record of a decision; the approver's item ends with it."""
    entry = Entry(
        action, step.case.state, step.case.state, secret={"note": inputs.note}, reason=reason, target_unit_id=request.unit_id,
        inputs={"request": str(request.pk), "kind": request.kind, "asked_seq": request.asked_seq, **more},
    )  # fmt: skip
    item = item_of(step, request)
    step.record(entry)
    if action != "take_back":
        step.close_item(item)
