"""What all pages of the workbench share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from urbangrid.core.errors import NotAllowed
from urbangrid.organizations.acting import Acting

View = Callable[..., HttpResponse]
TOAST = "toast"
LISTS = frozenset({"files", "assist"})
FLAGS = frozenset({"urgent", "complex", "city_owned", "designated", "excluded"})
PLUMBING = frozenset({"csrfmiddlewaretoken", "seq", "key", "from", "item", "tab"})


def acting_of(request: HttpRequest) -> Acting:
    """The acting post. Raises NotAllowed ``sign_in_needed`` for a stranger; the error page then leads to the sign-in."""
    acting: Acting | None = request.acting  # type: ignore[attr-defined]
    if acting is None:
        raise NotAllowed("sign_in_needed")
    return acting


def at_a_desk(view: View) -> View:
    """For what belongs to everybody at a desk and to no duty: shifts, leave, handing over. Administrators and other faces have none.

    Raises NotAllowed ``sign_in_needed``, ``post_without_right``.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        acting = acting_of(request)
        if acting.face != "workbench":
            raise NotAllowed("post_without_right", post=acting.post_name)
        return view(request, *args, **kwargs)

    return guarded


def page(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    """A whole page. HTMX takes its part out of the same answer, so a fragment always equals a reload (style.md, rule 12)."""
    context["toast"] = request.session.pop(TOAST, None)
    return render(request, template, context, status=status)


def toast(request: HttpRequest, text: str, *, undo: str = "", undo_seq: int = 0) -> None:
    """A sentence on the next page, with the address of an undo (撤回) where there is one."""
    request.session[TOAST] = {"text": text, "undo": undo, "undo_seq": undo_seq}


def form_data(posted: QueryDict) -> dict[str, Any]:
    """The inputs of a form as plain data: lists stay lists, an unticked box of a form that has it is False."""
    data: dict[str, Any] = {}
    for name in posted:
        if name in PLUMBING:
            continue
        data[name] = [value for value in posted.getlist(name) if number(value)] if name in LISTS else posted[name]
    for name in FLAGS & data.keys():
        data[name] = data[name] in ("on", "true", "1")
    return data


def day(text: str | None) -> date | None:
    """A day from an address or form; None for anything else."""
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if 1900 < found.year < 2100 else None


def number(text: str | None) -> int | None:
    """An id from an address or form; None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 20 else None
