"""The diagram of a case's workflow with the present step marked (CY-9)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from urbangrid.cases.definitions import on_a_case
from urbangrid.workbench.views.common import acting_of, page


@require_GET
def show(request: HttpRequest, case_id: int) -> HttpResponse:
    """For everybody who may read the case."""
    acting = acting_of(request)
    return page(request, "workbench/process.html", view=on_a_case.view(acting, case_id), acting=acting)
