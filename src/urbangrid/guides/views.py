"""使用手册: one page per handbook and a search over all of them, in the reader's language, for everybody who is signed in; one statement,
for the city's own words."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from urbangrid.core.errors import NotFound
from urbangrid.guides import own as own_texts
from urbangrid.guides import shelf
from urbangrid.guides.manuals import MANUALS
from urbangrid.guides.own_writing import keeps
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
    words = own_texts.current(acting.cases_platform_id)
    own_name, guides = shelf.own(acting.desk), own_texts.laid_over(shelf.open_to(acting.face), words)
    guide = guides.get(name or own_name)
    if guide is None:
        raise NotFound("guide_unknown")
    typed = request.GET.get("words", "").replace("\0", "").strip()[:60]
    manuals = MANUALS.items() if acting.face != OUTSIDE else ()
    context = {"guide": guide, "guides": guides.values(), "own_name": own_name, "typed": typed, "manuals": manuals}
    if typed:
        context["found"] = shelf.found(typed, guides, guide.name)
    else:
        keeper = keeps(acting)
        context |= {"parts": own_texts.page(guide, words), "keeper": keeper, "rules": own_texts.RULES,
                    "has_rules": (guide.name, own_texts.RULES) in words}  # fmt: skip
        differing = own_texts.differing(guide.name, words) if keeper else ()
        context["differing"] = [(row.section, own_texts.heading(guide, row.section)) for row in differing]
    return render(request, "guides/guide.html", context)
