"""运行状况 for the system administrator (desks.md A4)."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from urbangrid.administration import health_page
from urbangrid.administration.views.common import acting_of, installation_only, page, toast
from urbangrid.audit.actions import note
from urbangrid.core.errors import Refusal
from urbangrid.organizations.acting import acting_required


@require_GET
@acting_required("administer_system")
@installation_only
def health(request: HttpRequest) -> HttpResponse:
    """The page."""
    return _page(request)


@require_GET
@acting_required("administer_system")
@installation_only
def health_now(request: HttpRequest) -> HttpResponse:
    """Its table of checks alone, which the page asks for every ten seconds."""
    return render(request, "administration/health_now.html", {"state": health_page.state()})


@require_POST
@acting_required("administer_system")
@installation_only
def deliver_again(request: HttpRequest, parked_id: int) -> HttpResponse:
    """再试一次 of an undelivered entry."""
    try:
        with transaction.atomic():
            row = health_page.deliver_again(parked_id)
            values = {"subscriber": row.subscriber, "topic": row.entry.topic}
            note(acting_of(request), "delivery_retried", subject=f"{row.entry.subject_id}/{row.entry.seq}", values=values)
    except Refusal as fault:
        return _page(request, fault)
    toast(request, _("已请后台进程再送一次，几秒后刷新可见结果"))
    return redirect("administration:health")


@require_POST
@acting_required("administer_system")
@installation_only
def run_again(request: HttpRequest, job_id: int) -> HttpResponse:
    """再试一次 of a failed job."""
    try:
        with transaction.atomic():
            name = health_page.run_again(job_id)
            note(acting_of(request), "job_retried", subject=name)
    except Refusal as fault:
        return _page(request, fault)
    toast(request, _("作业 %(name)s 已重新排队") % {"name": name})
    return redirect("administration:health")


def _page(request: HttpRequest, fault: Refusal | None = None) -> HttpResponse:
    return page(
        request, "health.html", fault, state=health_page.state(), undelivered=health_page.undelivered(), jobs=health_page.failed_jobs(),
        slowest=health_page.slowest(), spells=health_page.spells(),
    )  # fmt: skip
