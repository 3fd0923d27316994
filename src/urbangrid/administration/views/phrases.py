"""常用语: the words that seat agents put into replies, brought in and taken out as a table, and one by one."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from urbangrid.administration import forms
from urbangrid.administration.views.common import acting_of, page, toast
from urbangrid.audit import actions as audit
from urbangrid.catalog.spreadsheets import MEDIA_TYPE, MOST_BYTES, Faults
from urbangrid.core import limits
from urbangrid.core.errors import Refusal
from urbangrid.core.platforms import platform_of
from urbangrid.core.upload_guard import refuse_too_large
from urbangrid.organizations.acting import acting_required
from urbangrid.service_requests import phrases


@require_GET
@acting_required("administer_system")
def table(request: HttpRequest) -> HttpResponse:
    """The phrases; ``edit`` opens one in the form."""
    return _draw(request, forms.number(request.GET.get("edit")))


@require_POST
@acting_required("administer_system")
def change(request: HttpRequest) -> HttpResponse:
    """One phrase added, or changed by its id."""
    acting, posted = acting_of(request), request.POST
    phrase_id = forms.number(posted.get("phrase"))
    try:
        use = forms.chosen(posted, "use", _("用途"), phrases.USES)
        title = forms.text(posted, "title", _("标题"), 40)
        text = forms.text(posted, "text", _("内容"), 2000)
        with transaction.atomic():
            phrases.put(acting, phrase_id, use, title, text)
    except Refusal as fault:
        return _draw(request, phrase_id, fault)
    toast(request, _("“%(title)s”已保存") % {"title": title})
    return redirect("administration:phrases")


@require_POST
@acting_required("administer_system")
def remove(request: HttpRequest, phrase_id: int) -> HttpResponse:
    """A phrase that is not wanted any more; replies that used it keep its words."""
    phrases.remove(acting_of(request), phrase_id)
    return redirect("administration:phrases")


@require_POST
@acting_required("administer_system")
def bring_in(request: HttpRequest) -> HttpResponse:
    """The whole table from a file; faults are listed and nothing is written."""
    acting = acting_of(request)
    sent = request.FILES.get("file")
    refuse_too_large(request)
    if sent is None:
        raise Refusal("catalog.no_file", field="file")
    faults = phrases.import_table(platform_of(acting.platform_id), sent.read(MOST_BYTES + 1))
    audit.note(acting, "import_phrases", values={"faults": len(faults.found)})
    if faults.found:
        return _draw(request, 0, faults=faults)
    toast(request, _("常用语已导入"))
    return redirect("administration:phrases")


@require_GET
@acting_required("administer_system")
def file(request: HttpRequest) -> HttpResponse:
    """Take the phrases out."""
    acting = acting_of(request)
    limits.spend("export.person", acting.user_id)
    disposition = content_disposition_header(as_attachment=True, filename=_("常用语") + ".xlsx") or "attachment"
    return HttpResponse(
        phrases.export_table(acting.platform_id), content_type=MEDIA_TYPE, headers={"Content-Disposition": disposition}
    )


def _draw(request: HttpRequest, edited: int, fault: Refusal | None = None, faults: Faults | None = None) -> HttpResponse:
    rows = phrases.phrases(acting_of(request).platform_id)
    answer = page(
        request, "phrases.html", fault, acting=acting_of(request), phrases=rows, uses=phrases.USES.items(), typed=request.POST,
        places=phrases.PLACES, edited=next((one for one in rows if one.pk == edited), None), faults=faults,
        adding=request.GET.get("edit") == "new" or fault is not None,
    )  # fmt: skip
    if faults is not None:
        answer.status_code = 422
    return answer
