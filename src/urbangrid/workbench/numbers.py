"""A number that somebody reads out, 案卷号, 上报号 or 诉求编号, and the page that it leads to (desks.md S1: a caller who rings back)."""

from __future__ import annotations

from django.urls import reverse

from urbangrid.cases import access, waiting_reports
from urbangrid.core.errors import Refusal
from urbangrid.organizations.acting import Acting
from urbangrid.service_requests import queries as requests


def page_of(acting: Acting, typed: str) -> str | None:
    """Address of what has that number, if the post may open it; None where words are searched for. At most four statements."""
    number = typed.strip()
    if "-" not in number:
        return None
    try:
        return reverse("workbench:case", args=[access.case_id_of(acting, number)])
    except Refusal:
        pass
    reported = waiting_reports.by_number(acting, number)
    if reported is not None and reported.case_id is not None:
        return reverse("workbench:case", args=[reported.case_id])
    if reported is not None:
        return f"{reverse('workbench:desk')}?tab=accept&item={reported.item_id}"
    request_id = requests.id_of(acting, number)
    return reverse("workbench:request", args=[request_id]) if request_id is not None else None
