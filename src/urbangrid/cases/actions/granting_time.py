"""延期, 挂账, 缓办: requests that change what a limit counts (golden table; case-rules 16)."""

from __future__ import annotations

from typing import Any

from urbangrid.cases import clocks, deadlines, words
from urbangrid.cases.actions import checks, labels
from urbangrid.cases.actions.granting_base import Earlier, Handler
from urbangrid.cases.actions.inputs import AskInputs, DecideInputs, FileInputs, ReasonInputs
from urbangrid.cases.actions.step import Step, check_level, lock, moved_on
from urbangrid.cases.deadlines_errors import AskedTooLate, ExtendedTooOften
from urbangrid.cases.models import Case, CaseRequest
from urbangrid.cases.process import Wait
from urbangrid.cases.records import Entry
from urbangrid.cases.requests import RequestRule
from urbangrid.core.errors import NotAllowed, Refusal
from urbangrid.core.transactions import whole
from urbangrid.organizations.acting import Acting

ANY_NUMBER = 99
"""Of extensions: how many may be had was checked when it was asked."""


# --- 延期: budget + the original limit, as if granted when asked ---


def _check_extension(step: Step, rule: RequestRule, inputs: AskInputs, earlier: Earlier) -> dict[str, Any]:
    row = step.clock("unit")
    if row is None:
        raise Refusal("no_unit_clock", status=409)
    state = clocks.state_of(row, step.case.platform_id, step.acting.zone)
    try:
        deadlines.extend(state, step.at, most=rule.most or deadlines.MOST_EXTENSIONS)
    except AskedTooLate:
        raise Refusal("asked_too_late", status=409) from None
    except ExtendedTooOften:
        raise Refusal("request_used_up", status=409, request=words.REQUESTS["extension"], most=rule.most) from None
    return {}


def _extend(step: Step, request: CaseRequest, inputs: DecideInputs) -> None:
    """The case limit grows with the unit's; a feedback given meanwhile is judged again."""
    row = step.clock("unit")
    if row is None:
        return
    step.change(row, lambda state: deadlines.extend(state, request.asked_at, most=ANY_NUMBER, in_time=True))
    of_case = step.clock("case")
    if of_case is not None:
        percent = round(row.limit_seconds * 100 / max(of_case.limit_seconds, 1))
        step.change(of_case, lambda state: _extended_case(state, request, percent))
    step.show_unit_clock()
    if step.case.disposed_at is not None:
        step.case.on_time = step.kept_unit_limit()


def _extended_case(state: deadlines.ClockState, request: CaseRequest, percent: int) -> deadlines.ClockState:
    """By the same time; a case that is over its own limit already stays so."""
    try:
        return deadlines.extend(state, request.asked_at, percent=percent, most=ANY_NUMBER)
    except AskedTooLate:
        return state


# --- 挂账, 缓办: the clocks stand until a day, in a library that wakes by itself ---

ASIDE = {"suspension": "suspended", "deferral": "deferred"}


def _check_aside(step: Step, rule: RequestRule, inputs: AskInputs, earlier: Earlier) -> dict[str, Any]:
    if inputs.until is None:
        raise Refusal("input_missing", status=422, field="until", label=labels.until_word(rule.kind.code))
    if step.case.aside in ASIDE.values():
        raise Refusal("aside_already", status=409, aside=words.ASIDES[step.case.aside])
    return {}


def _set_aside(step: Step, request: CaseRequest, inputs: DecideInputs) -> None:
    """The unit's and the case's clock stand; the item of the unit stays, grey, with the day on it."""
    why: deadlines.StandReason = "suspension" if request.kind == "suspension" else "deferral"
    for kind in ("unit", "case"):
        row = step.clock(kind)
        if row is not None:
            step.change(row, lambda state: deadlines.stand(state, step.at, why))
    step.case.aside = ASIDE[request.kind]
    step.show_unit_clock()


@whole
def wake(acting: Acting, case_id: int, seq: int, inputs: ReasonInputs) -> Case:
    """恢复计时 before the day: by the unit that has the case, or by who grants.

    Raises Refusal ``not_aside``, NotAllowed ``duty_missing``.
    """
    step = lock(acting, case_id)
    if step.moved_since(seq):
        raise moved_on(step.case, acting.zone)
    own = step.case.handler_unit_id == acting.unit_id and acting.may("dispose")
    if not (own or acting.may("approve")):
        raise NotAllowed("duty_missing", post=acting.post_name, action=words.ACTIONS["wake"])
    if not own:
        check_level(step, "wake")
    if step.case.aside not in ASIDE.values():
        raise Refusal("not_aside", status=409)
    code = checks.reason(acting, "wake", inputs.reason, inputs.note)
    wake_up(step, Entry("wake", step.case.state, step.case.state, secret={"note": inputs.note}, reason=code))
    return step.commit()


def wake_up(step: Step, entry: Entry) -> None:
    """As if it had come to its day now."""
    step.record(entry)
    step.end_aside()
    step.show_unit_clock()


def open_recheck(step: Step, request: CaseRequest, minutes: int) -> None:
    """每月复查: the unit shows by photo that the place is still secured (case-rules 16)."""
    step.record(Entry("ask_recheck", step.case.state, step.case.state, inputs={"request": str(request.pk)}))
    wait = Wait(step.state, "recheck", "dispose", "handler", minutes, "unit")
    step.open_beside(wait, request, note=str(words.REQUESTS[request.kind]))


@whole
def recheck(acting: Acting, case_id: int, seq: int, inputs: FileInputs) -> Case:
    """The unit's answer to the monthly re-check, with a photo. Raises NotAllowed ``not_your_item``, Refusal ``photos_missing``."""
    step = lock(acting, case_id)
    if step.moved_since(seq):
        raise moved_on(step.case, acting.zone)
    item = step.held_item("recheck")
    used = checks.photos(acting, "recheck", inputs.files, "check", 1)
    step.record(Entry("recheck", step.case.state, step.case.state, files=used, secret={"note": inputs.note}))
    step.close_item(item)
    return step.commit()


EXTENSION = Handler(check=_check_extension, granted=_extend)
SUSPENSION = Handler(check=_check_aside, granted=_set_aside)
