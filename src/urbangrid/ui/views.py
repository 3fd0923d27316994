"""Pages that belong to no face."""

from __future__ import annotations

import sys

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from urbangrid.core import outages, tracing
from urbangrid.core.errors import Refusal, declare
from urbangrid.ui.middleware import wants_json

declare(
    {
        "form_too_old": _("页面放得太久，没有提交。请刷新后再交，已填内容在本页草稿里。"),
        "page_unknown": _("没有这个页面。请从待办重新进入。"),
        "page_failed": _("这一步没有办成，数据没有改变，值班技术人员已得到记录。请稍后再试，或拨打技术值班电话。"),
    }
)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is missing or too old."""
    return render(request, "ui/error.html", {"fault": Refusal("form_too_old", status=403)}, status=403)


def not_found(request: HttpRequest, exception: Http404) -> HttpResponse:
    """An address that does not exist."""
    return render(request, "ui/error.html", {"fault": Refusal("page_unknown", status=404)}, status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """A fault of ours, or of the machine below (``core.outages``); what happened stands in the log under the request's id.

    Django calls this while it holds the exception. An outage says when to come back: programs read ``Retry-After``, a page that was
    only looked at loads itself again.
    """
    outage = outages.of(sys.exception())
    fault = outage or Refusal("page_failed", status=500)
    if request.path.startswith("/api/") or wants_json(request):
        body = {"code": fault.code, "sentence": fault.sentence(), "field": "", "values": {}}
        response: HttpResponse = JsonResponse(body, status=fault.status)
    else:
        work = tracing.current()
        shown = {"fault": fault, "error_id": work.id if work and outage is None else ""}
        response = render(request, "ui/error.html", shown, status=fault.status)
    if outage is not None:
        response["Retry-After"] = str(outage.retry_after_seconds)
        if request.method == "GET" and "HX-Request" not in request.headers:
            response["Refresh"] = str(outage.retry_after_seconds)
    return response
