"""Registering what a citizen says, on one screen, while she speaks (desks.md S2)."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from urbangrid.cases import words
from urbangrid.cases.actions.inputs import read
from urbangrid.catalog import queries as catalog
from urbangrid.core import limits
from urbangrid.core.errors import NotAllowed, Refusal
from urbangrid.core.idempotency import once
from urbangrid.core.platforms import platform_of
from urbangrid.grids import queries as grids
from urbangrid.organizations.acting import Acting
from urbangrid.service_requests import actions as requests
from urbangrid.ui.middleware import say_when
from urbangrid.workbench.views.common import acting_of, form_data, number, page, toast

SOURCES = ("hotline", "web", "wechat", "sms", "mail", "visit", "leader", "media", "city")
CONTACT = ("name", "phone")


def register(request: HttpRequest) -> HttpResponse:
    """The registration screen; after success the number to read out stands in the sentence."""
    acting = acting_of(request)
    if not acting.may("register"):
        raise NotAllowed("duty_missing", post=acting.post_name, action=words.ACTIONS["report"])
    if request.method != "POST":
        return _draw(request, acting, {}, None)
    data = form_data(request.POST)
    body = {name: str(value) for name, value in data.items()}
    try:
        limits.spend("report.person", acting.user_id)
        done = once(actor_id=acting.user_id, key=request.POST.get("key", ""), body=body, act=lambda: _do(acting, data))
    except Refusal as fault:
        return say_when(_draw(request, acting, data, fault), fault)
    toast(request, _("已登记，请告知来电人编号 %(number)s") % done)
    return redirect(reverse("workbench:desk") + "?tab=accept")


def _do(acting: Acting, data: dict[str, Any]) -> dict[str, Any]:
    """The form as a registration: who calls stands apart from what is said."""
    contact = requests.Contact(**{name: str(data.get(name, "")) for name in CONTACT})
    said = {name: value for name, value in data.items() if name not in CONTACT}
    line = said.get("source") == "hotline"
    asked = read(requests.Registration, {**said, "line": platform_of(acting.platform_id).hotline if line else "", "contact": contact})
    return {"number": requests.register(acting, asked).number}


def _draw(request: HttpRequest, acting: Acting, typed: dict[str, Any], fault: Refusal | None) -> HttpResponse:
    platform = platform_of(acting.platform_id)
    box = grids.extent(platform)
    chosen = number(str(typed.get("category_id", "")))
    return page(
        request, "workbench/register.html", fault.status if fault else 200, typed=typed, fault=fault, acting=acting, platform=platform,
        sources=[(code, code) for code in SOURCES], client_id=f"desk-{secrets.token_hex(12)}",
        category=catalog.find_category(chosen),
        centre=((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) if box else (0.0, 0.0),
    )  # fmt: skip
