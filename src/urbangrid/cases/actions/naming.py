"""Named handlers of confidential cases (case-rules 24): work goes to them by name, never to a desk where colleagues would see it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from urbangrid.cases import store, words
from urbangrid.cases.access import CONFIDENTIAL_DUTY
from urbangrid.cases.models import Case, NamedHandler, WorkItem
from urbangrid.core import clock
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.organizations import names
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.models import Appointment

INSPECTING = frozenset({"verify", "check"})
"""Done by whoever of the inspectors is named, of the city or of a district."""
OF_UNIT = frozenset({"receive", "dispose", "answer_order"})
"""Work that was given to a unit as such: nobody of another unit does it in its place."""


def keep_among_named(case: Case, items: Sequence[WorkItem], new: Sequence[NamedHandler]) -> None:
    """Give each new piece of work to a named handler who has its duty: of the unit that it was given to, of the district where it is a
    district's, else of the city. What goes to a person by name (who issued an order judges its answer) stays hers if it may.

    Raises Refusal ``confidential_nobody`` with the work in words: the director names somebody first.
    """
    if not items:
        return
    ids = [row.appointment_id for row in new] + list(
        store.rows(NamedHandler).filter(case_id=case.pk).order_by("id").values_list("appointment_id", flat=True)
    )
    wanted = {*ids, *(item.appointment_id for item in items if item.appointment_id is not None)}
    people = list(Appointment.objects.filter(organizations.in_force(), pk__in=wanted).select_related("post").order_by("id"))
    for item in items:
        chosen = next((one for one in people if one.pk == item.appointment_id and _is_entrusted(case, one, ids)), None)
        chosen = chosen or next((one for one in people if one.pk in ids and _fits(case, item, one)), None)
        if chosen is None:
            raise Refusal("confidential_nobody", status=409, work=words.QUEUES.get(item.kind, item.kind),
                          who=names.holders(case.platform_id, CONFIDENTIAL_DUTY))  # fmt: skip
        item.appointment_id, item.unit_id = chosen.pk, chosen.unit_id


def _is_entrusted(case: Case, person: Appointment, named: Sequence[int]) -> bool:
    """Whether the person opens the case, by name or as director (``access.confidential_to``)."""
    return person.unit_id != case.concerned_unit_id and (person.pk in named or CONFIDENTIAL_DUTY in person.post.duties)


def _fits(case: Case, item: WorkItem, person: Appointment) -> bool:
    if item.duty not in person.post.duties:
        return False
    if item.duty in INSPECTING:
        return True
    of_unit = item.duty in OF_UNIT or item.unit_id == case.handler_unit_id
    if of_unit or organizations.unit(item.unit_id or 0).platform_id != case.platform_id:
        return person.unit_id == item.unit_id
    return person.platform_id == case.platform_id


def unless_nobody(act: Callable[[int], bool], number: int) -> bool:
    """What the platform does by itself, with one case after the other; False for a confidential one that nobody is named to go on with: it
    stays as it is, and the others have their turn."""
    try:
        return act(number)
    except Refusal as fault:
        if fault.code != "confidential_nobody":
            raise
        return False


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
