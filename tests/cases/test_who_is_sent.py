"""Who is sent to look: of those at work the nearest, and of these whoever has least to do (case-rules 19)."""

from __future__ import annotations

from tests.api import paths
from tests.api.paths import At
from tests.support.city import City
from urbangrid.cases.models import WorkItem
from urbangrid.organizations import queries
from urbangrid.organizations.models import Appointment, CellDuty


def _sent(desk: At, city: City) -> int | None:
    case = paths.accept(desk, paths.request(desk, city)["report_id"], "send_verification")
    return WorkItem.objects.get(case_id=int(case), kind="verify", closed_at=None).appointment_id


def test_who_is_off_duty_is_not_sent_though_the_cell_is_hers_and_she_has_less_to_do(desk: At, city: City) -> None:
    one, two = (Appointment.objects.get(pk=city.acting(name).appointment_id) for name in ("inspector", "second_inspector"))
    for duty in CellDuty.objects.filter(appointment=one):
        CellDuty.objects.create(cell=duty.cell, appointment=two)
    Appointment.objects.exclude(pk=one.pk).update(on_duty=False)
    queries.forget()
    assert [_sent(desk, city) for _call in range(3)] == [one.pk] * 3
    Appointment.objects.filter(pk=two.pk).update(on_duty=True)
    queries.forget()
    assert [_sent(desk, city) for _call in range(3)] == [two.pk] * 3, "who came has least to do"
