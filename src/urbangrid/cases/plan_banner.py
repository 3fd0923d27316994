"""The plans in force, for the strip above every desk; from memory, no statement."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from urbangrid.cases import planning
from urbangrid.organizations.acting import Acting

FACES = ("workbench",)
"""Faces of the inner network that say so; companies and citizens read nothing of plans."""
READERS = ("run_plans", "read_all", "read_area")
"""Duties of which one opens the pages of plans."""


def plans(request: HttpRequest) -> dict[str, Any]:
    """``plans_in_force`` of the acting post's platform; ``plans_open``: whether the post may read their pages."""
    acting: Acting | None = getattr(request, "acting", None)
    if acting is None or acting.face not in FACES:
        return {"plans_in_force": ()}
    return {"plans_in_force": planning.active(acting.platform_id), "plans_open": any(map(acting.may, READERS))}
