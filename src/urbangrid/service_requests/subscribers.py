"""What happens to a request when its report or case moves on. Delivered at least once: doing it again changes nothing."""

from __future__ import annotations

from urbangrid.catalog import queries as catalog
from urbangrid.core.models import OutboxEntry
from urbangrid.service_requests import actions, messages, rules
from urbangrid.service_requests.models import RequestCase, ServiceRequest

TOPICS = frozenset({"report", "case", "kin"})
JOINED = frozenset({"accept", "join_report", "take_in", "split_off"})
"""Actions that link reports to a case: whoever sent one is answered with that case."""
ENDS = {"close": "", "close_informed": "", "refuse_filing": "refuse_filing", "void": "void"}
"""Actions that end a case, and the reason list whose sentence is the reply when the case has none of its own."""


def follow(entry: OutboxEntry) -> None:
    """Join a request to its case when the report is accepted; store the reply when the report is refused or the case ends."""
    if entry.topic == "report":
        if "refused" in entry.payload:
            _report_refused(entry)
    elif entry.topic == "kin":
        if "let_go" in entry.payload:
            actions.unlink(entry.subject_id, int(entry.payload["let_go"]))
    elif entry.payload.get("action") in JOINED:
        actions.link(entry.subject_id)
    elif entry.payload.get("action") in ENDS:
        actions.link(entry.subject_id)
        _case_ended(entry)


def _report_refused(entry: OutboxEntry) -> None:
    for request in ServiceRequest.objects.filter(report_id=entry.subject_id):
        actions.answer(request.pk, _sentence(request.platform_id, "refuse_report", entry.payload["refused"]), entry.created_at)


def _case_ended(entry: OutboxEntry) -> None:
    """A request is answered when none of its cases is open any more: with the replies of all of them, oldest first."""
    for request in ServiceRequest.objects.filter(case_links__case_id=entry.subject_id, state="open"):
        links = list(RequestCase.objects.filter(request=request).select_related("case").defer("case__words").order_by("case_id"))
        if any(link.case.closed_at is None for link in links):
            continue
        links = [link for link in links if link.case.state != "merged"] or links  # a merged case is answered for by its main one
        now = [link for link in links if rules.of_this_round(request.rounds, request.round_at, link.case.closed_at)]
        actions.answer(request.pk, "\n".join(dict.fromkeys(_reply_of(link) for link in now)), entry.created_at)


def _reply_of(link: RequestCase) -> str:
    case = link.case
    if case.reply:
        return case.reply
    last = case.records.get(seq=case.seq)
    return _sentence(case.platform_id, ENDS.get(last.action, ""), last.reason)


def _sentence(platform_id: int, action: str, code: str) -> str:
    """The sentence for the citizen that belongs to a reason."""
    listed = {row.code: row.reply for row in catalog.reasons(platform_id, action)} if action else {}
    return listed.get(code) or str(messages.CLOSED_REPLY)
