"""平台设置: numbers of the platform, one form each."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from urbangrid.administration import forms, platform_settings
from urbangrid.administration.views.common import acting_of, installation_only, page, toast
from urbangrid.core.errors import Refusal
from urbangrid.organizations.acting import acting_required


@require_GET
@acting_required("administer_system")
@installation_only
def table(request: HttpRequest) -> HttpResponse:
    """Every setting with its value, range and default."""
    return _draw(request)


@require_POST
@acting_required("administer_system")
@installation_only
def change(request: HttpRequest) -> HttpResponse:
    """One of them; a value out of its range is refused and stays in the field."""
    name, typed = forms.plain(request.POST.get("name"), 60), forms.plain(request.POST.get("value"), 10)
    try:
        done = platform_settings.change(acting_of(request), name, typed)
    except Refusal as fault:
        if not fault.field:
            raise
        return _draw(request, fault, name, typed)
    toast(request, _("%(label)s已保存") % {"label": done.label})
    return redirect("administration:settings")


def _draw(request: HttpRequest, fault: Refusal | None = None, name: str = "", typed: str = "") -> HttpResponse:
    found = platform_settings.rows(acting_of(request).platform_id)
    return page(request, "settings.html", fault, rows=found, name=name, typed=typed)
