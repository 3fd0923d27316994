"""保存期限: how long each kind of data is kept, what the next purge lets go, and the change of a term."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from urbangrid.administration import forms
from urbangrid.administration.views.common import acting_of, installation_only, page, toast
from urbangrid.audit import retention as terms
from urbangrid.core.errors import Refusal
from urbangrid.organizations.acting import acting_required


@require_GET
@acting_required("administer_system", "administer_security")
@installation_only
def table(request: HttpRequest) -> HttpResponse:
    """The table; with ``preview`` how many of that kind the next purge lets go."""
    return _draw(request, request.GET.get("preview", ""))


@require_POST
@acting_required("administer_security")
@installation_only
def change(request: HttpRequest, retained: str) -> HttpResponse:
    """The days of a kind, never below its floor; 暂停清除 holds it."""
    posted = request.POST
    try:
        done = terms.change(acting_of(request), retained, forms.number(posted.get("days")), posted.get("on_hold") == "on")
    except Refusal as fault:
        if fault.code == "retention_unknown":
            raise
        return _draw(request, retained, fault)
    toast(request, _("%(label)s的保存期限已改") % {"label": done.kind.label})
    return redirect("administration:retention")


def _draw(request: HttpRequest, chosen: str, fault: Refusal | None = None) -> HttpResponse:
    asked = next((one for one in terms.terms() if one.kind.name == chosen), None)
    going = asked.kind.count(asked.before) if asked is not None else None
    return page(request, "retention.html", fault, terms=terms.terms(), chosen=asked, going=going)
