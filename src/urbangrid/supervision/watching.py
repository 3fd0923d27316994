"""关注 of a case: a post hears of every step, and finds the case in a list of its own (CY-20-8)."""

from __future__ import annotations

from datetime import datetime

from urbangrid.cases import access, search
from urbangrid.cases.rows import CaseRow
from urbangrid.core import clock
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting, acting_as
from urbangrid.supervision.models import Watch


def watch(acting: Acting, case_id: int, on: bool) -> None:
    """Begin or end watching. Raises NotFound ``case_unknown`` for a case that the post may not read."""
    access.check_seen(acting, case_id)
    if on:
        row = Watch(case_id=case_id, appointment_id=acting.appointment_id, since=clock.now())
        Watch.objects.bulk_create([row], ignore_conflicts=True)
    else:
        Watch.objects.filter(case_id=case_id, appointment_id=acting.appointment_id).delete()


def is_watched(acting: Acting, case_id: int) -> bool:
    """Whether the post watches the case."""
    return Watch.objects.filter(case_id=case_id, appointment_id=acting.appointment_id).exists()


def watchers(case_id: int, at: datetime) -> list[Acting]:
    """The posts in force that watched a case at an instant and still may read it."""
    ids = list(Watch.objects.filter(case_id=case_id, since__lte=at).order_by("pk").values_list("appointment_id", flat=True))
    held = organizations.still_in_force(ids)
    posts = [acting_as(one, user_id) for one, (_unit, user_id) in held.items()]
    return [one for one in posts if one is not None and access.visible_to(one).filter(pk=case_id).exists()]


def watched(acting: Acting, *, skip: int = 0, most: int = search.PAGE) -> list[CaseRow]:
    """The watched cases that the post may still read, latest watched first; two statements."""
    ids = Watch.objects.filter(appointment_id=acting.appointment_id).order_by("-since", "-pk").values_list("case_id", flat=True)
    return search.rows_of(acting, list(ids[skip : skip + most]))
