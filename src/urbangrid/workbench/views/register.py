"""Registering what a citizen says, on one screen, while she speaks (desks.md S2)."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from urbangrid.cases import words
from urbangrid.cases.actions.inputs import LABELS, read
from urbangrid.catalog import queries as catalog
from urbangrid.catalog import sources
from urbangrid.core import limits
from urbangrid.core.errors import NotAllowed, Refusal
from urbangrid.core.idempotency import once
from urbangrid.core.platforms import platform_of
from urbangrid.grids import queries as grids
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting
from urbangrid.service_requests import actions as requests
from urbangrid.service_requests import drafts, messages, phrases, queries
from urbangrid.ui.middleware import say_when
from urbangrid.workbench.views.common import acting_of, form_data, number, page, toast

CONTACT = ("name", "phone")


def _registrar(request: HttpRequest) -> Acting:
    acting = acting_of(request)
    if not acting.may("register"):
        raise NotAllowed("duty_missing", post=acting.post_name, action=words.ACTIONS["report"])
    return acting


def register(request: HttpRequest) -> HttpResponse:
    """The registration screen; after success the number to read out stands in the sentence. Opened anew it is empty: another call."""
    acting = _registrar(request)
    slot = _slot(request)
    if request.method != "POST":
        return _draw(request, acting, slot, dict(drafts.find(acting, slot)), None)
    data = form_data(request.POST)
    data["confidential"] = data.get("confidential") == "on"
    body = {name: str(value) for name, value in data.items()}
    try:
        limits.spend("report.person", acting.user_id)
        done = once(actor_id=acting.user_id, key=request.POST.get("key", ""), body=body, act=lambda: _do(acting, data))
    except Refusal as fault:
        return say_when(_draw(request, acting, slot, data, fault), fault)
    drafts.forget(acting, slot)
    toast(request, _("已登记，请告知来电人编号 %(number)s") % done)
    return redirect(reverse("workbench:desk") + "?tab=accept" if done["desk"] else reverse("workbench:requests"))


def _slot(request: HttpRequest) -> str:
    """The draft that the address names; a page that is opened without one gets one of its own."""
    asked = request.GET.get("draft", "")
    return asked if drafts.SLOT.fullmatch(asked) else drafts.new_slot()


def _do(acting: Acting, data: dict[str, Any]) -> dict[str, Any]:
    """The form as a registration: who calls stands apart from what is said."""
    contact = requests.Contact(**{name: str(data.get(name, "")) for name in CONTACT})
    said = {name: value for name, value in data.items() if name not in CONTACT}
    line = said.get("line") or (platform_of(acting.platform_id).hotline if said.get("source") == "hotline" else "")
    asked = read(requests.Registration, {**said, "line": line, "contact": contact}, {**LABELS, **messages.FORM})
    made = requests.register(acting, asked)
    return {"number": made.number, "desk": made.report_id is not None}


def _draw(request: HttpRequest, acting: Acting, slot: str, typed: dict[str, Any], fault: Refusal | None) -> HttpResponse:
    platform = platform_of(acting.platform_id)
    box = grids.extent(platform)
    return page(
        request, "workbench/register.html", fault.status if fault else 200, typed=typed, fault=fault, acting=acting, platform=platform,
        sources=[one for one in sources.sources(acting.platform_id).values() if one.is_registered], lines=sources.lines(acting.platform_id),
        kinds=messages.KINDS.items(), client_id=f"desk-{secrets.token_hex(12)}", slot=slot,
        waiting=drafts.waiting(acting, slot), page_id=drafts.new_slot(), over=drafts.writer(acting, slot),
        units=organizations.unit_choices(acting.platform_id),
        category=catalog.find_category(number(str(typed.get("category_id", "")))),
        consult=[one for one in phrases.phrases(acting.platform_id) if one.use in ("consult", "legal")],
        centre=((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) if box else (0.0, 0.0),
    )  # fmt: skip


@require_POST
def keep_draft(request: HttpRequest) -> JsonResponse:
    """What is typed, every second or so, and when the page closes; kept on the server for whoever typed it."""
    acting = _registrar(request)
    typed = {name: str(request.POST[name])[:20_000] for name in request.POST if name not in ("csrfmiddlewaretoken", "key", "client_id")}
    untouched = {"source", "kind", "urgent", "line"}
    touched = any(value for name, value in typed.items() if name not in untouched)
    pages = {name: request.GET.get(name, "")[:16] for name in ("page", "over")}
    drafts.save(acting, _slot(request), typed if touched else {}, **pages)
    return JsonResponse({"kept": True})


@require_POST
def throw_away(request: HttpRequest) -> HttpResponse:
    """不登记了: the draft and its contact data go."""
    acting = _registrar(request)
    drafts.forget(acting, _slot(request))
    return redirect("workbench:register")


@require_POST
def caller(request: HttpRequest) -> HttpResponse:
    """The last five requests of a number, in plain words, with their open cases (desks.md S1); the number travels in the body."""
    acting = _registrar(request)
    found = queries.last_requests_of_phone(acting, request.POST.get("phone", "")[:40])
    return page(request, "workbench/parts/caller.html", calls=found, asked=bool(request.POST.get("phone", "").strip()))
