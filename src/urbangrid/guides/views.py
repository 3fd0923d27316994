"""使用手册: one page per handbook and a search over all of them, for everybody who is signed in; no statement of their own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from urbangrid.core.errors import NotFound
from urbangrid.guides import shelf
from urbangrid.guides.manuals import MANUALS
from urbangrid.organizations.acting import Acting, acting_required
from urbangrid.organizations.security import OUTSIDE


@require_GET
@acting_required()
def own(request: HttpRequest) -> HttpResponse:
    """The handbook of the reader's own post."""
    return _page(request, "")


@require_GET
@acting_required()
def show(request: HttpRequest, guide: str) -> HttpResponse:
    """Any handbook. Raises NotFound ``guide_unknown`` for none of those that the post reads."""
    return _page(request, guide)


def _page(request: HttpRequest, name: str) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]  # set by the middleware, checked by acting_required
    own_name, guides = shelf.own(acting.desk), shelf.open_to(acting.face)
    guide = guides.get(name or own_name)
    if guide is None:
        raise NotFound("guide_unknown")
    typed = request.GET.get("words", "").replace("\0", "").strip()[:60]
    manuals = MANUALS.items() if acting.face != OUTSIDE else ()
    context = {"guide": guide, "guides": guides.values(), "own_name": own_name, "typed": typed, "manuals": manuals}
    if typed:
        context["found"] = shelf.found(typed, acting.face, guide.name)
    return render(request, "guides/guide.html", context)
