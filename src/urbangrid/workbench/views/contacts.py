"""通讯录 for everybody inside, at the desk and on the phone; on paper; as a table for who keeps it (CY-19-4)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.views.decorators.http import require_GET

from urbangrid.audit.actions import note
from urbangrid.catalog.spreadsheets import MEDIA_TYPE, Column, for_readers, write_book
from urbangrid.core import clock, limits
from urbangrid.core.clients import address_of
from urbangrid.core.platforms import platform_of
from urbangrid.organizations import contacts as book_of
from urbangrid.organizations.acting import Acting, acting_required
from urbangrid.workbench.views.common import acting_of, number, page

KEEPER = "administer_system"
COLUMNS = (
    Column("unit", N_("单位"), width=24), Column("duty_phone", N_("值班电话"), width=16), Column("name", N_("姓名"), width=12),
    Column("post", N_("岗位"), width=16), Column("area", N_("辖区"), width=16), Column("phone", N_("电话"), width=16),
    Column("shifts", N_("今日班次"), width=24),
)  # fmt: skip


def base_of(acting: Acting) -> str:
    """The frame of a page that desks and phones share."""
    return "ui/phone.html" if acting.face == "collection" else "ui/desk.html"


@require_GET
def contacts(request: HttpRequest) -> HttpResponse:
    """The tree with the people of one unit, or what was found by name, pinyin initials or post."""
    acting = acting_of(request)
    typed = request.GET.get("typed", "").replace("\0", "").strip()[:40]
    book = book_of.book(acting, unit_id=number(request.GET.get("unit")), typed=typed)
    return page(
        request, "workbench/contacts.html", base=base_of(acting), book=book, typed=typed, acting=acting, now=clock.now(),
        keeper=acting.may(KEEPER),
    )  # fmt: skip


@require_GET
def on_paper(request: HttpRequest) -> HttpResponse:
    """All of the book that the post may see, on A4; that it was drawn is on the trail."""
    acting = acting_of(request)
    rows = [(branch, people) for branch, people in book_of.everybody(acting) if people or branch.duty_phone]
    limits.spend("export.person", acting.user_id)
    count = sum(len(people) for _branch, people in rows)
    note(acting, "printed", values={"sheet": _("通讯录"), "rows": count}, address=address_of(request))
    return page(
        request, "workbench/print/contacts.html", rows=rows, acting=acting, now=clock.now(), platform=platform_of(acting.platform_id)
    )  # fmt: skip


@require_GET
@acting_required(KEEPER)
def file(request: HttpRequest) -> HttpResponse:
    """The book as .xlsx, for the administrator who keeps it."""
    acting = acting_of(request)
    limits.spend("export.person", acting.user_id)
    rows = [
        (branch.name, branch.duty_phone, one.name, one.post, one.area, one.phone, one.shifts)
        for branch, people in book_of.everybody(acting) for one in people
    ]  # fmt: skip
    note(acting, "export_contacts", values={"rows": len(rows)}, address=address_of(request))
    made = write_book(_("通讯录"), for_readers(COLUMNS), rows)
    disposition = content_disposition_header(as_attachment=True, filename=f"{_('通讯录')}.xlsx") or "attachment"
    return HttpResponse(made, content_type=MEDIA_TYPE, headers={"Content-Disposition": disposition, "Cache-Control": "no-store"})
