"""Dispatcher seats and reception seats in one room (model C): each sees and does its own part (JJ-5.1.3)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.api.paths import At
from tests.models import ways
from tests.support.browser import enter
from tests.support.model_city import ModelCity
from urbangrid.organizations import actions
from urbangrid.organizations.acting import from_row
from urbangrid.organizations.models import Appointment, Post

pytestmark = pytest.mark.parametrize("model_city", ["c"], indirect=True)


def _desk(city: ModelCity, name: str) -> str:
    return enter(Client(), city, name).get(reverse("workbench:desk")).content.decode()  # type: ignore[arg-type]


@pytest.mark.requirement("JJ-5.1.3")
def test_a_dispatcher_seat_has_filed_cases_alone_a_receptionist_no_dispatch_and_who_holds_both_posts_both(
    at: At, model_city: ModelCity
) -> None:
    report, case = ways.inspector_reports(at, model_city), ways.accepted(at, ways.inspector_reports(at, model_city))
    number, dispatch = ways.accepted(at, ways.inspector_reports(at, model_city)), reverse("workbench:act", args=[case, "dispatch"])
    ways.filed(at, model_city, number)
    assert [row["case_id"] for row in at("dispatcher").get("/queues/dispatch").body] == [number]
    assert at("dispatcher").get("/queues/accept").body == at("dispatcher").get("/queues/file").body == []
    assert at("dispatcher").post(f"/reports/{report}/accept", {"then": "", "data": {}}).status == 403
    assert at("dispatcher").act(case, "file", condition_id=str(model_city.condition())).status == 403

    assert at("seat_agent").get("/queues/dispatch").body == []
    refused = at("seat_agent").act(number, "dispatch", unit_id=str(at("clerk").who.unit_id))
    assert (refused.status, refused.code) == (403, "duty_missing")
    assert "dispatch" not in {one["action"] for one in at("seat_agent").get(f"/cases/{number}/moves").body["moves"]}
    assert dispatch.replace(case, number) in _desk(model_city, "dispatcher") and dispatch.replace(case, number) not in _desk(
        model_city, "seat_agent"
    )

    seat = Appointment.objects.select_related("user", "unit").get(pk=at("seat_agent").who.appointment_id)
    both = actions.appoint(user=seat.user, post=Post.objects.get(platform=model_city.platform, code="dispatcher"), unit=seat.unit)
    row = Appointment.objects.select_related("user", "post", "unit", "platform").get(pk=both.pk)
    model_city.cast["both"] = from_row(row)
    at("both").done(number, "dispatch", unit_id=str(at("clerk").who.unit_id))
