"""本市修订 on pages: a section is written, tried and saved by who keeps it; everybody reads and compares its versions."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from urbangrid.core.errors import NotAllowed, NotFound, Refusal
from urbangrid.guides import markup, own, own_writing, shelf
from urbangrid.guides.models import OwnText
from urbangrid.guides.own_writing import KEEPING
from urbangrid.guides.shelf import Guide
from urbangrid.organizations.acting import Acting, acting_required


@require_http_methods(["GET", "POST"])
@acting_required(*KEEPING)
def edit(request: HttpRequest, guide: str) -> HttpResponse:
    """修订 a section: what is typed is tried (预览) or saved; refused, all that was typed stays. Raises NotFound ``guide_unknown``."""
    acting, of, section = _asked(request, guide)
    if not own_writing.keeps(acting):
        raise NotAllowed("post_without_right", post=acting.post_name)
    rows = own.versions(acting.cases_platform_id, guide, section)
    if not rows and section not in own.headings(guide):
        raise NotFound("guide_unknown")
    if request.method != "POST":
        return _form(request, of, section, rows, text=_begun(guide, section, rows), base=rows[0].version if rows else 0)
    text, reason = request.POST.get("text", "").replace("\0", ""), request.POST.get("reason", "").replace("\0", "")
    base = _number(request.POST.get("base"))
    if "try" in request.POST:
        return _form(request, of, section, rows, text=text, base=base, reason=reason, tried=markup.html(text[: own.MOST_LETTERS]))
    try:
        own_writing.save(acting, guide=guide, section=section, text=text, reason=reason, base=base)
    except Refusal as fault:
        rows = own.versions(acting.cases_platform_id, guide, section)
        return _form(request, of, section, rows, text=text, base=rows[0].version if rows else 0, reason=reason, fault=fault)
    return _back(of, section)


def _begun(guide: str, section: str, rows: list[OwnText]) -> str:
    """What the form begins from: the own words that count, else the shipped text."""
    return rows[0].text if rows and rows[0].text else own.shipped(guide).get(section, "")


def _form(
    request: HttpRequest, guide: Guide, section: str, rows: list[OwnText], *, fault: Refusal | None = None, **typed: Any
) -> HttpResponse:
    """``rows``: the versions, the newest first. The shipped text stands beside what changed of it since the last saving."""
    newest = rows[0] if rows else None
    now = own.shipped(guide.name).get(section, "")
    changed = newest is not None and bool(newest.text) and newest.shipped != now and section != own.RULES
    context = {
        "guide": guide, "section": section, "heading": own.heading(guide, section), "newest": newest,
        "shipped": now, "fault": fault, "most": own.MOST_LETTERS, **typed,
        "shipped_changes": own.difference(newest.shipped, now) if changed and newest is not None else (),
        "others": own.difference(newest.text, typed["text"]) if fault is not None and fault.status == 409 and newest is not None else (),
    }  # fmt: skip
    return render(request, "guides/own_edit.html", context, status=fault.status if fault is not None else 200)


@require_GET
@acting_required()
def versions(request: HttpRequest, guide: str) -> HttpResponse:
    """历次修订: a version as it was read, and what it changed of another one; 0 is the shipped text. Raises NotFound ``guide_unknown``."""
    acting, of, section = _asked(request, guide)
    rows = own.versions(acting.cases_platform_id, guide, section)
    if not rows:
        raise NotFound("guide_unknown")
    chosen = next((row for row in rows if row.version == _number(request.GET.get("version"))), rows[0])
    older = _number(request.GET.get("older")) if "older" in request.GET else chosen.version - 1
    shipped = own.shipped(guide).get(section, "")
    former = next((row for row in rows if row.version == older), None)
    before, after = (_read(row, shipped) for row in (former, chosen))
    context = {
        "guide": of, "section": section, "heading": own.heading(of, section), "rows": rows,
        "chosen": chosen, "older": former.version if former is not None else 0,
        "html": markup.html(after), "lines": own.difference(before, after), "keeper": own_writing.keeps(acting), "newest": rows[0],
    }  # fmt: skip
    return render(request, "guides/own_versions.html", context)


def _read(row: OwnText | None, shipped: str) -> str:
    """What was read while the version counted."""
    return shipped if row is None else row.text or row.shipped


@require_POST
@acting_required(*KEEPING)
def bring_back(request: HttpRequest, guide: str) -> HttpResponse:
    """An earlier version, or with 0 the shipped text, as the next one. Raises NotFound ``guide_unknown``, Refusal ``guide_moved_on``."""
    acting, of, section = _asked(request, guide)
    wanted = _number(request.POST.get("version"))
    row = next((one for one in own.versions(acting.cases_platform_id, guide, section) if one.version == wanted), None)
    if row is None and wanted:
        raise NotFound("guide_unknown")
    text, reason = (row.text, _("恢复第 %(version)s 版") % {"version": wanted}) if row is not None else ("", _("恢复原文"))
    own_writing.save(acting, guide=guide, section=section, text=text, reason=reason, base=_number(request.POST.get("base")))
    return _back(of, section)


def _asked(request: HttpRequest, name: str) -> tuple[Acting, Guide, str]:
    acting: Acting = request.acting  # type: ignore[attr-defined]  # set by the middleware, checked by acting_required
    guide = shelf.open_to(acting.face).get(name)
    section = request.GET.get("section", own.RULES).replace("\0", "").strip()[:80]
    if guide is None:
        raise NotFound("guide_unknown")
    return acting, guide, section


def _back(guide: Guide, section: str) -> HttpResponse:
    anchor = next((one.anchor for one in guide.sections if one.key == section), own.RULES_ANCHOR)
    return redirect(f"{reverse('guides:guide', args=[guide.name])}#{quote(anchor)}")


def _number(typed: str | None) -> int:
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 6 else 0
