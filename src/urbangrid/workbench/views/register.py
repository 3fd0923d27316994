"""Registering what a citizen says, on one screen, while she speaks (desks.md S2)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from urbangrid.cases import words
from urbangrid.cases.actions.inputs import read
from urbangrid.core.errors import NotAllowed, Refusal
from urbangrid.core.idempotency import once
from urbangrid.core.platforms import platform_of
from urbangrid.organizations.acting import Acting
from urbangrid.service_requests import actions as requests
from urbangrid.workbench.views.common import acting_of, form_data, page, toast

SOURCES = ("hotline", "web", "wechat", "sms", "mail", "visit", "leader", "media", "city")


def register(request: HttpRequest) -> HttpResponse:
    """The registration screen; after success the number to read out stands in the sentence."""
    acting = acting_of(request)
    if not acting.may("register"):
        raise NotAllowed("duty_missing", post=acting.post_name, action=words.ACTIONS["report"])
    if request.method != "POST":
        return _draw(request, acting, {}, None)
    data = form_data(request.POST)
    try:
        done = once(
            actor_id=acting.user_id,
            key=request.POST.get("key", ""),
            body={k: str(v) for k, v in data.items()},
            act=lambda: _do(acting, data),
        )
    except Refusal as fault:
        return _draw(request, acting, data, fault)
    toast(request, _("已登记，请告知来电人编号 %(number)s") % done)
    return redirect(reverse("workbench:desk") + "?tab=accept")


def _do(acting: Acting, data: dict[str, Any]) -> dict[str, Any]:
    made = requests.register(acting, read(requests.RequestInputs, data))
    return {"number": made.number}


def _draw(request: HttpRequest, acting: Acting, typed: dict[str, Any], fault: Refusal | None) -> HttpResponse:
    sources = [(code, words.SOURCES[code]) for code in SOURCES]
    return page(
        request, "workbench/register.html", fault.status if fault else 200, typed=typed, fault=fault, sources=sources, acting=acting,
        platform=platform_of(acting.platform_id),
    )  # fmt: skip
