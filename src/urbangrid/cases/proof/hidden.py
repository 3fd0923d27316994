"""A confidential case through every door: nobody but those whom it is entrusted to meets it, and no list or figure has it for anybody."""

from __future__ import annotations

from urbangrid.audit.models import AuditRow
from urbangrid.cases import access, detail, queues, search, today
from urbangrid.cases.models import Case, Report
from urbangrid.cases.proof.told import Contradiction, Told
from urbangrid.core.errors import NotFound
from urbangrid.organizations.acting import Acting


def look(told: Told, who: Acting, case_id: int, name: str, *, pages: bool) -> None:
    """Somebody looks for it; ``pages``: on lists, boards and its own page as well. Raises Contradiction."""
    assert told.secret is not None
    if access.visible_to(who).filter(pk=case_id).exists():
        raise Contradiction(f"hidden: {name} finds a confidential case among the others")
    opens = told.secret.opens(who)
    if access.confidential_to(who).filter(pk=case_id).exists() != opens:
        raise Contradiction(f"hidden: {name} {'must' if opens else 'must not'} open it")
    if pages:
        _lists(who, case_id, name)
        _page(who, case_id, name, opens)
        _figures(who, name)


def _lists(who: Acting, case_id: int, name: str) -> None:
    """By its number, place or nothing at all; beside its place; on the boards; of the queues her own work alone."""
    case = Case.objects.get(pk=case_id)
    for words in {"", case.number or "", case.place_text}:
        if any(row.case_id == case_id for row in search.search(who, search.Asked(words=words)).rows):
            raise Contradiction(f"hidden: {name} finds it by {words!r}")
    if case.point is not None:
        near = search.near(who, *case.point.coords, radius_m=500)
        if any(row.case_id == case_id for row in near):
            raise Contradiction(f"hidden: {name} finds it near its place")
    for board in (queues.watched(who), queues.urgeable(who)):
        if board.filter(case_id=case_id).exists():
            raise Contradiction(f"hidden: it is on the board of {name}")
    if queues.mine(who).filter(case_id=case_id).exclude(appointment_id=who.appointment_id).exists():
        raise Contradiction(f"hidden: {name} has its work without being named")


def _page(who: Acting, case_id: int, name: str, opens: bool) -> None:
    """It opens for her, on record, or is not there."""
    before = AuditRow.objects.filter(action="confidential_seen").count()
    try:
        detail.view(who, case_id)
    except NotFound:
        if opens:
            raise Contradiction(f"hidden: {name} must read it") from None
    else:
        if not opens:
            raise Contradiction(f"hidden: {name} reads it")
    if AuditRow.objects.filter(action="confidential_seen").count() != before + opens:
        raise Contradiction(f"hidden: the look of {name} is not on record")


def _figures(who: Acting, name: str) -> None:
    """The day's figures count the open matters of the city and no other; a filing that was withdrawn counts in none."""
    found = today.figures(who, 0)
    midnight = found.until.astimezone(who.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    mine = {"platform_id": who.cases_platform_id, "confidential": False}
    reported = Report.objects.filter(**mine, received_at__gte=midnight).count()
    filed = Case.objects.filter(**mine, filed_at__gte=midnight).count()
    every = "read_all" in who.duties and who.parent_platform_id is None
    if found.filed > filed or found.reported > reported or (every and found.reported != reported):
        raise Contradiction(f"hidden: {name} is told of {found.reported} and {found.filed} today, it is {reported} and {filed}")
