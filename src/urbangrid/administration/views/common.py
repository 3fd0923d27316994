"""What all pages of the administration share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from urbangrid.administration import opening
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.core.platforms import platform_of
from urbangrid.organizations.acting import Acting

View = Callable[..., HttpResponse]


def installation_only(view: View) -> View:
    """For pages about the whole installation: a district's administrators have none of them. Raises NotFound ``installation_only``."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if acting_of(request).parent_platform_id is not None:
            raise NotFound("installation_only")
        return view(request, *args, **kwargs)

    return guarded


TOAST = "administration_toast"


def acting_of(request: HttpRequest) -> Acting:
    """The acting post; every view here is guarded by ``acting_required``."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    return acting


def page(request: HttpRequest, template: str, fault: Refusal | None = None, **context: Any) -> HttpResponse:
    """A page; after a refusal with its status, the sentence at its field, and above the page where no field is at fault."""
    acting: Acting | None = getattr(request, "acting", None)
    context["has_districts"] = acting is not None and opening.may_have_districts(platform_of(acting.platform_id))
    context["toast"] = request.session.pop(TOAST, None)
    context["at_field"] = fault if fault is not None and fault.field else None
    context["fault"] = fault if fault is not None and not fault.field else None
    return render(request, f"administration/{template}", context, status=fault.status if fault is not None else 200)


def toast(request: HttpRequest, text: str, undo: str = "") -> None:
    """A sentence on the next page, with the address of an undo where there is one."""
    request.session[TOAST] = {"text": text, "undo": undo, "undo_seq": 0}
