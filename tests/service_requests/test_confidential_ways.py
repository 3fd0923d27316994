"""How a confidential case goes on (case-rules 24): each piece of work stays with the unit it was given to, and holds up nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.api import paths
from tests.api.paths import At
from tests.api.test_requests import ask_back, received
from tests.service_requests.test_confidential_matters import DIRECTOR, HANDLER, case_of, complaint, named
from tests.support.city import WORKDAY, City
from urbangrid.cases.actions import archiving, escalating
from urbangrid.cases.models import Case, WorkItem
from urbangrid.core import clock


def _opened(desk: At, city: City, *names: str) -> str:
    """A complaint about 市政所 with its case, entrusted to these."""
    call = complaint(desk, city)
    for name in (HANDLER, *names):
        named(desk, city, call, name)
    return case_of(desk, city, call)


def _item(case: str, kind: str) -> WorkItem:
    return WorkItem.objects.get(case_id=case, kind=kind, closed_at=None)


def _disposing(desk: At, city: City) -> str:
    """... filed, dispatched to another unit and received there."""
    case = _opened(desk, city, "dispatcher", "other_clerk")
    desk(HANDLER).done(case, "file", condition_id=str(city.condition()))
    desk("dispatcher").done(case, "dispatch", unit_id=str(city.acting("other_clerk").unit_id), reason="other", opinion="回避")
    desk("other_clerk").done(case, "receive")
    return case


def test_an_order_to_a_unit_goes_to_nobody_of_another_and_its_answer_to_the_director_who_gave_it(desk: At, city: City) -> None:
    call = complaint(desk, city)
    for name in (HANDLER, "command_director"):
        named(desk, city, call, name)
    case = case_of(desk, city, call)
    order: dict[str, Any] = {"unit_id": str(city.acting("other_clerk").unit_id), "note": "请说明经过"}
    assert "answer_order" in city.acting("command_director").duties  # of another unit: it is not hers
    refused = desk(DIRECTOR).act(case, "order", **order)
    assert (refused.status, refused.code) == (409, "confidential_nobody")
    named(desk, city, call, "other_clerk")
    desk(DIRECTOR).done(case, "order", **order)
    item = _item(case, "answer_order")
    assert item.appointment_id == city.acting("other_clerk").appointment_id
    desk("other_clerk").done(case, "answer_order", request=str(item.request_id), note="已核实")
    assert _item(case, "judge_answer").appointment_id == city.acting(DIRECTOR).appointment_id


def test_an_open_case_is_not_related_to_a_confidential_one_by_somebody_who_handles_both(desk: At, city: City) -> None:
    case, secret = paths.filed(desk, city), _opened(desk, city, "dispatcher")
    refused = desk("dispatcher").act(case, "relate", other=secret)
    assert (refused.status, refused.code) == (409, "confidential_apart")
    assert desk("leader").get(f"/cases/{case}").body["story"][-1]["action"] != "relate"


def test_a_request_that_nobody_is_named_to_decide_waits_and_those_of_other_cases_go_on(desk: At, city: City) -> None:
    with clock.travel(WORKDAY):
        secret, case = _disposing(desk, city), received(desk, city)
        ask_back(desk, "other_clerk", secret)
        ask_back(desk, "clerk", case)
    with clock.travel(WORKDAY + timedelta(hours=2)):
        assert escalating.escalate_slept() == 1
    assert _item(case, "decide").duty == "approve"
    kept = _item(secret, "decide")
    assert (kept.duty, kept.appointment_id) == ("dispatch", city.acting("dispatcher").appointment_id)


def test_archiving_by_hand_passes_over_a_confidential_case(desk: At, city: City) -> None:
    secret = _disposing(desk, city)
    Case.objects.filter(pk=secret).update(state="closed", closed_at=WORKDAY - timedelta(days=40))
    old = paths.filed(desk, city)
    Case.objects.filter(pk=old).update(state="closed", closed_at=WORKDAY - timedelta(days=40))
    who = next(one for one in city.cast.values() if one.may("archive"))
    with clock.travel(WORKDAY):
        assert archiving.archive_closed(who, 30) == 1
    assert Case.objects.get(pk=secret).state == "closed"
