"""法规库: found and read by everybody; a new text, a version, taking out and classes by who keeps it (CY-10b, CY-14-2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from urbangrid.catalog import document_text, law, regulations, regulations_writing
from urbangrid.catalog.regulations_writing import DocumentInputs
from urbangrid.catalog.spreadsheets import MOST_BYTES
from urbangrid.catalog.views.common import acting_of, number, page, toast, words
from urbangrid.core import clock, files
from urbangrid.core.errors import NotAllowed, Refusal
from urbangrid.core.upload_guard import refuse_too_large
from urbangrid.organizations.acting import Acting, acting_required

KEEPING = ("keep_law", "administer_business")
LIST = {"to_list": "catalog:regulations", "to_document": "catalog:document", "to_file": "catalog:document_file"}


def keeps(acting: Acting) -> bool:
    """Whether the post writes into the library: not that of a district that only commands, whose library is the city's."""
    return any(acting.may(duty) for duty in KEEPING) and acting.platform_id == acting.cases_platform_id


def _keeper(request: HttpRequest) -> Acting:
    acting = acting_of(request)
    if not keeps(acting):
        raise NotAllowed("post_without_right", post=acting.post_name)
    return acting


def _base(acting: Acting) -> str:
    return "ui/phone.html" if acting.face == "collection" else "catalog/page.html"


def shelf_context(acting: Acting, asked: QueryDict) -> dict[str, Any]:
    """What the list shows by the words, kind and page of an address; faces draw it in their own frame."""
    typed, kind = words(asked, "typed", 60), words(asked, "kind", 12)
    page_number = min(max(number(asked.get("page")), 1), 1000)
    shelf = regulations.shelf(acting.cases_platform_id, _today(acting), typed=typed, kind=kind, page=page_number)
    more = shelf.total > page_number * regulations.PAGE
    return {"shelf": shelf, "typed": typed, "kind": kind, "page_number": page_number, "has_next": more, "keeper": keeps(acting)}


def document_context(acting: Acting, document_id: int, asked: QueryDict) -> dict[str, Any]:
    """One text with its sections, what was looked for marked."""
    typed = words(asked, "typed", 60)
    found = regulations.document(acting.cases_platform_id, document_id, _today(acting), typed=typed)
    return {"doc": found, "typed": typed, "keeper": keeps(acting)}


def file_answer(acting: Acting, document_id: int) -> FileResponse:
    """The PDF as a download: it is never opened as a page of ours."""
    stored = regulations.attachment(acting.cases_platform_id, document_id)
    answer = FileResponse(files.path_of(stored.sha256).open("rb"), content_type=stored.media_type)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=stored.name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _today(acting: Acting) -> date:
    return clock.now().astimezone(acting.zone).date()


@require_GET
@acting_required()
def listed(request: HttpRequest) -> HttpResponse:
    """The texts by words and kind, with the places where the words stand."""
    acting = acting_of(request)
    return page(request, "regulations.html", {"base": _base(acting), **LIST, **shelf_context(acting, request.GET)})


@require_GET
@acting_required()
def document(request: HttpRequest, document_id: int) -> HttpResponse:
    """One version of a text."""
    return _document(request, document_id)


def _document(request: HttpRequest, document_id: int, fault: Refusal | None = None) -> HttpResponse:
    acting = acting_of(request)
    context = document_context(acting, document_id, request.GET)
    context |= {"at_number": request.POST.get("number", "")[:30], "classes_typed": request.POST.get("classes", "")[:2000]}
    return page(request, "document.html", {"base": _base(acting), **LIST, **context}, fault)


@require_GET
def file(request: HttpRequest, document_id: int) -> FileResponse:
    """The attachment. Raises NotAllowed ``sign_in_needed`` for a stranger."""
    acting: Acting | None = getattr(request, "acting", None)
    if acting is None:
        raise NotAllowed("sign_in_needed")
    return file_answer(acting, document_id)


@require_http_methods(["GET", "POST"])
@acting_required(*KEEPING)
def new(request: HttpRequest) -> HttpResponse:
    """编入一篇."""
    _keeper(request)
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@acting_required(*KEEPING)
def revise(request: HttpRequest, document_id: int) -> HttpResponse:
    """修订: the next version, begun from the present one."""
    acting = _keeper(request)
    return _edit(request, regulations.find(acting.cases_platform_id, document_id).pk)


def _edit(request: HttpRequest, document_id: int | None) -> HttpResponse:
    acting = acting_of(request)
    if request.method != "POST":
        return _form(request, document_id, _values(acting, document_id))
    typed: dict[str, Any] = {name: request.POST.get(name, "") for name in FIELDS}
    try:
        refuse_too_large(request)
        source = request.FILES.get("source")
        if source is not None:
            typed["text"] = document_text.text_of(source.read(MOST_BYTES + 1))
        made = regulations_writing.publish(acting, _inputs(request, typed), replaces=document_id)
    except Refusal as fault:
        return _form(request, document_id, typed, fault)
    said = _("《%(title)s》第 %(version)d 版已存入法规库") % {"title": made.row.title, "version": made.row.version}
    more = _("，%(n)d 条法规依据随之更新") % {"n": made.reworded} if made.reworded else ""
    toast(request, said + more)
    return redirect("catalog:document", made.row.pk)


FIELDS = ("title", "kind", "number", "issuer", "issued_on", "valid_from", "valid_to", "text")
DAYS = {"issued_on": gettext_lazy("发布日期"), "valid_from": gettext_lazy("施行日期"), "valid_to": gettext_lazy("失效日期")}


def _values(acting: Acting, document_id: int | None) -> dict[str, Any]:
    if document_id is None:
        return {"kind": "regulation"}
    row = regulations.find(acting.cases_platform_id, document_id)
    days = {name: found.isoformat() if (found := getattr(row, name)) else "" for name in DAYS}
    return {name: getattr(row, name) for name in FIELDS} | days


def _inputs(request: HttpRequest, typed: Mapping[str, Any]) -> DocumentInputs:
    for field, most in (("title", 100), ("number", 60), ("issuer", 60)):
        if len(typed[field].strip()) > most:
            raise Refusal("catalog.company_long", status=422, field=field, label=LABELS[field], most=most)
    days = {name: _day(typed[name], name) for name in DAYS}
    pdf = request.FILES.get("pdf")
    plain = {name: words_of(typed[name]) for name in ("title", "kind", "number", "issuer")}
    text = typed["text"].replace("\0", "").replace("\r\n", "\n").strip()
    return DocumentInputs(**plain, text=text, **days, pdf=(pdf.name or "", pdf) if pdf is not None else None)  # type: ignore[arg-type]


LABELS = {"title": gettext_lazy("名称"), "number": gettext_lazy("文号"), "issuer": gettext_lazy("发布机关")}


def words_of(typed: str) -> str:
    """One line: the title of a text has no line breaks."""
    return " ".join(typed.replace("\0", "").split())


def _day(typed: str, field: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip()) if typed.strip() else None
    except ValueError as error:
        raise Refusal("catalog.company_day", status=422, field=field, label=DAYS[field]) from error


def _form(request: HttpRequest, document_id: int | None, typed: Mapping[str, Any], fault: Refusal | None = None) -> HttpResponse:
    row = regulations.find(acting_of(request).cases_platform_id, document_id) if document_id is not None else None
    return page(request, "document_edit.html", {"row": row, "typed": typed, "kinds": regulations.KINDS.items()}, fault)


@require_POST
@acting_required(*KEEPING)
def take_out(request: HttpRequest, document_id: int) -> HttpResponse:
    """停用."""
    try:
        row = regulations_writing.take_out(_keeper(request), document_id)
    except Refusal as fault:
        if fault.status == 404:
            raise
        return _document(request, document_id, fault)
    toast(request, _("《%(title)s》已停用") % {"title": row.title})
    return redirect("catalog:regulations")


@require_POST
@acting_required(*KEEPING)
def apply_to(request: HttpRequest, document_id: int) -> HttpResponse:
    """适用小类 of one article: listed, every class, or none any more."""
    acting, posted = _keeper(request), request.POST
    article, how = words(posted, "number", 30), posted.get("how", "")
    try:
        regulations.find(acting.cases_platform_id, document_id)
        chosen: list[int] | None = None
        if how != "none":
            typed = posted.get("classes", "").replace("\0", "")[:2000]
            chosen = [] if how == "all" else sorted(law.classes_of(acting.cases_platform_id, typed))
        if how not in ("none", "all") and not chosen:
            raise Refusal("catalog.document_missing", status=422, field="classes")
        regulations_writing.apply_to(acting, document_id, article, chosen)
    except Refusal as fault:
        if fault.status == 404:
            raise
        return _document(request, document_id, fault)
    toast(request, _("%(number)s的适用小类已保存") % {"number": article})
    return redirect("catalog:document", document_id)
