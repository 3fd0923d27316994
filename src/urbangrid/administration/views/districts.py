"""区级平台: the city's system administrator opens a district and sees those that there are (model D)."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from urbangrid.administration import forms, opening
from urbangrid.administration.views.common import acting_of, page
from urbangrid.catalog.spreadsheets import MEDIA_TYPE
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.core.models import Platform
from urbangrid.core.upload_guard import refuse_too_large
from urbangrid.grids.models import Division
from urbangrid.organizations.acting import Acting, acting_required


def _city(acting: Acting) -> Platform:
    """The acting platform where its model has districts. Raises NotFound ``admin_unknown`` anywhere else."""
    city = Platform.objects.get(pk=acting.platform_id)
    if not opening.may_have_districts(city):
        raise NotFound("admin_unknown")
    return city


@require_GET
@acting_required("administer_system")
def page_of_districts(request: HttpRequest) -> HttpResponse:
    """The districts with their units and people, and the form that opens another one."""
    return _draw(request, _city(acting_of(request)))


def _draw(request: HttpRequest, city: Platform, fault: Refusal | None = None, **more: Any) -> HttpResponse:
    answer = page(
        request, "districts.html", fault, districts=opening.districts(city.pk), free=opening.free_divisions(city.pk),
        typed=request.POST, **more,
    )  # fmt: skip
    if more:
        answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@acting_required("administer_system")
@sensitive_variables("opened")
def open_one(request: HttpRequest) -> HttpResponse:
    """开通: the one-time passwords are shown on this answer and nowhere else."""
    acting, posted = acting_of(request), request.POST
    city = _city(acting)
    try:
        division = Division.objects.filter(platform=city, level="district", valid_to=None, pk=forms.number(posted.get("division"))).first()
        if division is None:
            raise Refusal("admin_choice", status=422, field="division", label=_("区（县）"))
        departments, companies, people = opening.read_sheet(_uploaded(request)) if "file" in request.FILES else ([], [], [])
        opened = opening.open_district(
            city, division=division, name=forms.text(posted, "name", _("名称"), 60),
            short_name=forms.text(posted, "short_name", _("简称"), 8),
            departments=departments, companies=companies, people=people, acting=acting,
        )  # fmt: skip
    except Refusal as fault:
        return _draw(request, city, fault)
    return _draw(request, city, opened=opened)


def _uploaded(request: HttpRequest) -> bytes:
    refuse_too_large(request)
    sent = request.FILES["file"]
    assert isinstance(sent, UploadedFile)
    return bytes(sent.read())


@require_GET
@acting_required("administer_system")
def sample(request: HttpRequest) -> HttpResponse:
    """The empty form."""
    _city(acting_of(request))
    disposition = content_disposition_header(as_attachment=True, filename=_("区级平台") + ".xlsx")
    return HttpResponse(opening.sample(), content_type=MEDIA_TYPE, headers={"Content-Disposition": disposition or "attachment"})
