"""培训副本: an administrator brings a training copy back to its start. On a platform there is no such page."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from urbangrid.administration.views.common import installation_only, page
from urbangrid.core import going_back
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.organizations.acting import acting_required

TAKES_SECONDS = 40
"""After so long the browser looks again: longer than a reset with its restart takes (docs/topics/training.md)."""


@require_GET
@acting_required("administer_system")
@installation_only
def show(request: HttpRequest) -> HttpResponse:
    """What going back means, and the button. Raises NotFound ``training_only`` on a platform."""
    _refuse_platform()
    return page(request, "training.html")


@require_POST
@acting_required("administer_system")
@installation_only
def reset(request: HttpRequest) -> HttpResponse:
    """Leave word for the supervisor; asked for again it is one. Raises NotFound ``training_only`` on a platform."""
    _refuse_platform()
    if request.POST.get("understood") != "on":
        return page(request, "training.html", Refusal("training_unconfirmed", field="understood", status=422))
    going_back.ask(Path(settings.DATA))
    answer = page(request, "training.html", going=True, seconds=TAKES_SECONDS)
    answer["Refresh"] = f"{TAKES_SECONDS}; url=/"
    return answer


def _refuse_platform() -> None:
    if not settings.TRAINING:
        raise NotFound("training_only")
