"""What all pages of the companies' entry share: who may be here, and how a page is drawn."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from urbangrid.core import clock
from urbangrid.core.errors import NotAllowed, NotFound, Refusal
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.security import OUTSIDE
from urbangrid.ui.middleware import say_when

TOAST = "toast"
View = Callable[..., HttpResponseBase]


def for_companies(view: View) -> View:
    """A stranger goes to the sign-in and comes back to the same address; who works inside has no page here."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        acting: Acting | None = request.acting  # type: ignore[attr-defined]
        if acting is None:
            raise NotAllowed("sign_in_needed")
        if acting.face != OUTSIDE:
            raise NotFound("page_not_here")
        return view(request, *args, **kwargs)

    return guarded


def acting_of(request: HttpRequest) -> Acting:
    """The acting post of a page that is guarded by ``for_companies``."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    return acting


def draw(request: HttpRequest, template: str, fault: Refusal | None = None, **context: Any) -> HttpResponse:
    """A page, with its refusal's sentence and status where there is one."""
    acting = acting_of(request)
    context |= {"fault": fault, "acting": acting, "toast": request.session.pop(TOAST, None), "now": clock.now()}
    answer = render(request, template, context, status=fault.status if fault else 200)
    return say_when(answer, fault) if fault else answer


def say(request: HttpRequest, text: str) -> None:
    """A sentence on the next page."""
    request.session[TOAST] = {"text": text}
