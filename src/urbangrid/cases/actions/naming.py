"""Named handlers of confidential cases (case-rules 24): work goes to them by name, never to a desk where colleagues would see it."""

from __future__ import annotations

from collections.abc import Sequence

from urbangrid.cases import store, words
from urbangrid.cases.models import Case, NamedHandler, WorkItem
from urbangrid.core import clock
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.models import Appointment


def keep_among_named(case: Case, items: Sequence[WorkItem], new: Sequence[NamedHandler]) -> None:
    """Give each new piece of work to a named handler who has its duty, of the disposing unit where it is that unit's.

    Raises Refusal ``confidential_nobody`` with the work in words: the director names somebody first.
    """
    if not items:
        return
    ids = [row.appointment_id for row in new] + list(
        store.rows(NamedHandler).filter(case_id=case.pk).order_by("id").values_list("appointment_id", flat=True)
    )
    people = list(Appointment.objects.filter(organizations.in_force(), pk__in=ids).select_related("post").order_by("id"))
    for item in items:
        of_unit = [one for one in people if one.unit_id == case.handler_unit_id] if item.unit_id == case.handler_unit_id else people
        chosen = next((one for one in of_unit if item.duty in one.post.duties), None)
        if chosen is None:
            raise Refusal("confidential_nobody", status=409, work=words.QUEUES.get(item.kind, item.kind))
        item.appointment_id, item.unit_id = chosen.pk, chosen.unit_id


def name(acting: Acting, case: Case, appointment_id: int) -> NamedHandler:
    """An unsaved row that entrusts a confidential case to an appointment in force.

    Raises NotFound ``person_unknown``, Refusal ``handler_of_concerned_unit``.
    """
    person = organizations.appointment_of(case.platform_id, appointment_id)
    if person is None:
        raise NotFound("person_unknown")
    if person.unit_id == case.concerned_unit_id:
        raise Refusal("handler_of_concerned_unit", status=422, field="appointment_id", name=person.name)
    return NamedHandler(case=case, appointment_id=appointment_id, named_by_id=acting.appointment_id, since=clock.now())


def entrust(acting: Acting, case_id: int, appointment_id: int) -> None:
    """Name one more handler of an open confidential case; doing it again changes nothing. The caller has checked who names."""
    case = Case.objects.get(pk=case_id, platform_id=acting.platform_id, confidential=True)
    if not NamedHandler.objects.filter(case=case, appointment_id=appointment_id).exists():
        name(acting, case, appointment_id).save()


def dismiss(case_id: int, appointment_id: int) -> None:
    """Take a name back. Raises Refusal ``handler_has_work`` while she has open work on the case."""
    if WorkItem.objects.filter(case_id=case_id, appointment_id=appointment_id, closed_at=None).exists():
        raise Refusal("handler_has_work", status=409)
    NamedHandler.objects.filter(case_id=case_id, appointment_id=appointment_id).delete()
