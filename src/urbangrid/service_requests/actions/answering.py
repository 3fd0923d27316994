"""答复, 回访, 退单, 办结: how a request ends (case-rules 5; HD-2.3.6c: one reply to the citizen)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from urbangrid.cases.actions import intake
from urbangrid.cases.actions.inputs import check_length
from urbangrid.catalog import queries as catalog
from urbangrid.catalog import sources
from urbangrid.core.errors import Refusal
from urbangrid.core.platforms import platform_of
from urbangrid.core.transactions import whole
from urbangrid.organizations.acting import Acting
from urbangrid.service_requests import clocks, rules, step
from urbangrid.service_requests.models import ServiceRequest
from urbangrid.service_requests.step import Step

MOST_CALLS = 3
"""回访 tries before a request ends as not reached; the platform's setting ``follow_up_tries`` says otherwise."""


@whole
def answer(request_id: int, reply: str, at: datetime) -> bool:
    """The words that its cases or its report give; the first ones of a round stay. False when there were some, or the round is a later one.

    ``at``: when the case ended. Where nobody waits for a reply the request ends with it.
    """
    taken = step.by_itself(request_id)
    request = taken.request
    if request.state != rules.OPEN or not rules.of_this_round(request.rounds, request.round_at, at):
        return False
    result_came(taken, reply)
    return True


def result_came(taken: Step, reply: str) -> None:
    """The words stand; where nobody waits for them the request ends."""
    request = taken.request
    request.reply = taken.own_words(reply)
    request.state = rules.TO_REPLY
    taken.take("result", request.reply)
    if not sources.needs_reply(request.platform_id, request.source):
        _end(taken, "no_reply")
        taken.take("close")


@whole
def write_reply(acting: Acting, request_id: int, seq: int, reply: str) -> ServiceRequest:
    """The words of the reply, also without any case or before one ends; told to the citizen apart (``tell``)."""
    return reply_written(step.begin(acting, request_id, seq, "write_reply"), reply)


def reply_written(taken: Step, reply: str) -> ServiceRequest:
    """Raises Refusal ``reply_text_missing``."""
    _put(taken, reply)
    taken.request.state = rules.TO_REPLY
    return taken.take("write_reply", reply)


@whole
def tell(acting: Acting, request_id: int, seq: int, reply: str, channel: str) -> ServiceRequest:
    """已答复: on record that she was told, by whom, when and by which channel; the platform itself sends nothing.

    Raises Refusal ``reply_text_missing`` (HD-3.1.3-c3), ``channel_wrong``.
    """
    taken = step.begin(acting, request_id, seq, "tell")
    if channel not in rules.CHANNELS:
        raise Refusal("channel_wrong", status=422, field="channel")
    if reply.strip():
        _put(taken, reply)
    if not taken.request.reply.strip():
        raise Refusal("reply_text_missing", status=422, field="reply")
    return was_told(taken, channel)


def was_told(taken: Step, channel: str) -> ServiceRequest:
    """The reply that stands was given."""
    source = sources.source(taken.request.platform_id, taken.request.source)
    _told(taken, channel, follow_up=source is not None and source.follow_up)
    return taken.take("tell", taken.request.reply, channel=channel, on_time=taken.request.reply_on_time)


def told_at_once(taken: Step, reply: str) -> ServiceRequest:
    """当场答复: a consultation is answered while she is on the line; nobody calls her back."""
    _put(taken, reply)
    _told(taken, "phone" if taken.request.source != "visit" else "visit", follow_up=False)
    taken.request.closing_kind = "on_the_spot"
    return taken.take("tell", taken.request.reply, channel=taken.request.reply_channel, on_time=taken.request.reply_on_time)


def _put(taken: Step, reply: str) -> None:
    if not reply.strip():
        raise Refusal("reply_text_missing", status=422, field="reply")
    check_length("reply", reply)
    taken.request.reply = taken.own_words(reply.strip())


def _told(taken: Step, channel: str, *, follow_up: bool) -> None:
    request = taken.request
    clocks.end(request, taken.at)
    request.replied_at, request.reply_channel, request.calls = taken.at, channel, 0
    request.state = rules.after_telling(follow_up=follow_up, has_contact=request.contact_id is not None)
    if request.state == rules.CLOSED:
        _end(taken, "answered")


def _end(taken: Step, kind: str) -> None:
    request = taken.request
    request.state, request.closing_kind, request.closed_at = rules.CLOSED, kind, taken.at
    if request.replied_at is None:
        clocks.end(request, taken.at)


@whole
def follow_up(acting: Acting, request_id: int, seq: int, result: str, note: str = "") -> ServiceRequest:
    """回访: satisfied ends it, dissatisfied begins a new round (重办), not reached is tried again up to n times.

    Raises Refusal ``call_result_wrong``, ``input_missing`` (dissatisfied without what she says).
    """
    taken = step.begin(acting, request_id, seq, "follow_up")
    if result not in rules.CALL_RESULTS:
        raise Refusal("call_result_wrong", status=422, field="result")
    if result == "dissatisfied" and not note.strip():
        raise Refusal("input_missing", status=422, field="note", label=_("不满意的原因"))
    check_length("note", note)
    return was_called(taken, result, note)


def was_called(taken: Step, result: str, note: str) -> ServiceRequest:
    """What follows from a call."""
    request = taken.request
    request.calls += 1
    most = int(platform_of(request.platform_id).settings.get("follow_up_tries", MOST_CALLS))
    state, kind = rules.after_call(result, request.calls, most)
    request.satisfied = None if result == "not_reached" else result == "satisfied"
    if state == rules.CLOSED:
        _end(taken, kind)
    elif state == rules.OPEN:
        _next_round(taken)
    return taken.take("follow_up", note, result=result, call=request.calls)


def _next_round(taken: Step) -> None:
    """重办: open again with a whole reply limit; what she was told before stays in the record."""
    request = taken.request
    source = sources.source(request.platform_id, request.source)
    request.state, request.rounds, request.round_at = rules.OPEN, request.rounds + 1, taken.at
    request.reply, request.replied_at, request.reply_on_time, request.limit_seconds = "", None, None, None
    request.reply_due_at, request.reply_warn_at = None, None
    if source is not None:
        clocks.begin(request, source, taken.at)


@whole
def return_outside(acting: Acting, request_id: int, seq: int, reason: str, note: str = "") -> ServiceRequest:
    """退单: back to the platform or hotline it came from, within its window, with a reason from the list.

    Raises Refusal ``return_too_late``, ``request_has_case`` or of the reason.
    """
    taken = step.begin(acting, request_id, seq, "return_outside")
    request = taken.request
    if not rules.may_return(taken.at, request.return_until, request.rounds):
        raise Refusal("return_too_late", status=409)
    if request.case_links.exists():
        raise Refusal("request_has_case", status=409)
    _check_reason(acting, reason, note)
    if request.report is not None and request.report.state == "waiting":
        intake.withhold(acting, request.report.pk, confidential=request.confidential)
    _end(taken, "returned")
    request.state = rules.RETURNED
    return taken.take("return_outside", note, reason=reason)


def _check_reason(acting: Acting, code: str, note: str) -> None:
    listed = {row.code: row for row in catalog.reasons(acting.platform_id, "return_outside")}
    if code not in listed:
        raise Refusal("return_reason_missing", status=422, field="reason")
    if listed[code].needs_words and not note.strip():
        raise Refusal("reason_needs_words", status=422, field="note", reason=listed[code].label)
    check_length("note", note)


@whole
def close(acting: Acting, request_id: int, seq: int, note: str) -> ServiceRequest:
    """办结 of a matter whose source waits for no reply. Raises Refusal ``reply_text_missing`` where one does."""
    taken = step.begin(acting, request_id, seq, "close")
    if sources.needs_reply(taken.request.platform_id, taken.request.source):
        raise Refusal("reply_text_missing", status=422, field="reply")
    check_length("note", note)
    _end(taken, "no_reply")
    return taken.take("close", note)
