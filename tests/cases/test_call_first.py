"""先派后补: an urgent matter is called out by telephone, and filed within ten minutes after the call (case-rules 11)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests.api import paths
from tests.api.paths import At
from tests.supervision.delivery import sweep, told
from tests.support.browser import enter
from tests.support.city import WORKDAY, City
from urbangrid.cases import calls, process, processes, remarks
from urbangrid.cases.models import Case, CaseRecord, RecordSecret, WorkItem
from urbangrid.cases.verification import verify_case
from urbangrid.core import clock
from urbangrid.messaging import queries as messaging

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _fresh_table() -> None:
    messaging.forget()


def _call(desk: At, name: str = "other_clerk", **more: Any) -> dict[str, Any]:
    """The words of a call to the unit of somebody of the cast."""
    return {"unit_id": str(desk(name).who.unit_id), "person": "值班员老何", "phone": "010-6500 0001", "note": "井盖没了，马上去人"} | more


def called(desk: At, city: City, *, public: bool = False, **more: Any) -> str:
    """A report that the seat accepts and calls out at once."""
    made = paths.request(desk, city) if public else paths.report(desk, city)
    report = WorkItem.objects.get(kind="accept", closed_at=None).report_id if public else made["report_id"]
    return paths.accept(desk, str(report), "call_first", **_call(desk, **more))


def _due(case: str) -> datetime | None:
    return WorkItem.objects.get(case_id=case, closed_at=None).due_at


def test_the_call_is_kept_its_ten_minutes_run_and_the_unit_called_is_proposed_first(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = called(desk, city)
        row = Case.objects.get(pk=case)
        assert (row.state, row.urgent, row.called_at) == ("to_file", True, WORKDAY)
        assert _due(case) == WORKDAY + 10 * MINUTE
        [log] = remarks.remarks(city.acting("seat_agent"), int(case))
        assert (log.kind, log.person, log.how, log.text) == ("contact", "值班员老何", "电话", "井盖没了，马上去人")
        record = CaseRecord.objects.get(case_id=case, action="call_first")
        assert "6500" not in record.body and "老何" not in record.body  # whom and which number are kept apart, to be erased one day
        assert RecordSecret.objects.filter(case_id=case, seq=record.seq, name="phone", value="010-6500 0001").exists()
    with clock.travel(WORKDAY + 9 * MINUTE):
        desk("seat_agent").done(case, "file")
        assert Case.objects.get(pk=case).called_on_time is True
        choices = desk("dispatcher").get(f"/cases/{case}/proposals").body
        assert choices[0]["unit_id"] == str(desk("other_clerk").who.unit_id) and choices[0]["proposed"]
        assert choices[0]["grounds"][0]["basis"] == "call" and "09:40" in choices[0]["grounds"][0]["words"]
        desk("dispatcher").done(case, "dispatch", unit_id=choices[0]["unit_id"])  # the proposed one: no reason is asked
    assert verify_case(int(case)) == []


def test_the_minutes_run_on_through_verification_and_who_misses_them_is_named_to_the_duty_director(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = called(desk, city)
    with clock.travel(WORKDAY + 2 * MINUTE):
        desk("seat_agent").done(case, "send_verification")
        assert _due(case) == WORKDAY + 10 * MINUTE
        desk("inspector").done(case, "verify", answer="true", files=[desk("inspector").send_photo()])
        assert _due(case) == WORKDAY + 10 * MINUTE
        sweep()
        assert "stage_late" not in told(city, "duty_director", case)
    with clock.travel(WORKDAY + 10 * MINUTE + timedelta(seconds=1)):
        sweep()
        assert "stage_late" in told(city, "duty_director", case)
        desk("seat_agent").done(case, "file")
    assert Case.objects.get(pk=case).called_on_time is False
    assert WorkItem.objects.get(case_id=case, kind="file", on_time=False)


def test_a_second_unit_is_called_without_new_minutes_and_is_the_one_that_is_proposed(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = called(desk, city)
    with clock.travel(WORKDAY + 4 * MINUTE):
        desk("seat_agent").done(case, "call_first", **_call(desk, "clerk"))
        assert _due(case) == WORKDAY + 10 * MINUTE
        assert Case.objects.get(pk=case).called_unit_id == desk("clerk").who.unit_id
        desk("seat_agent").done(case, "file")
    assert desk("dispatcher").get(f"/cases/{case}/proposals").body[0]["unit_id"] == str(desk("clerk").who.unit_id)


def test_what_a_citizen_reported_is_filed_without_verification_only_where_it_was_called_out(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        paths.request(desk, city)
        report = WorkItem.objects.get(kind="accept", closed_at=None).report_id
        early = desk("seat_agent").post(f"/reports/{report}/accept", {"then": "file", "data": {"condition_id": str(city.condition())}})
        assert (early.status, early.code) == (409, "verification_missing")
        case = paths.accept(desk, str(report), "call_first", **_call(desk))
        desk("seat_agent").done(case, "file", condition_id=str(city.condition()))
        assert Case.objects.get(pk=case).state == "to_dispatch"


def test_a_call_needs_unit_number_and_person_and_comes_before_the_filing(city: City, desk: At) -> None:
    case = paths.accept(desk, paths.report(desk, city)["report_id"])
    seat = desk("seat_agent")
    for missing in ("person", "phone"):
        answer = seat.act(case, "call_first", **_call(desk, **{missing: ""}))
        assert (answer.status, answer.code, answer.body["field"]) == (422, "input_missing", missing)
    assert seat.act(case, "call_first", **_call(desk, phone="问总机")).code == "input_wrong"
    assert seat.act(case, "call_first", **_call(desk, outcome="unreached")).code == "input_wrong"
    assert seat.act(case, "call_first", **_call(desk, unit_id=str(desk("inspector").who.unit_id))).code == "unit_unknown"
    assert desk("clerk").act(case, "call_first", **_call(desk)).status in (403, 404)
    seat.done(case, "file")
    assert seat.act(case, "call_first", **_call(desk)).code == "case_not_that_state"


def test_other_units_read_neither_the_call_nor_whom_it_reached(city: City, desk: At) -> None:
    case = called(desk, city)
    desk("seat_agent").done(case, "file")
    desk("dispatcher").done(case, "dispatch", unit_id=str(desk("clerk").who.unit_id), reason="agreed", opinion="请去")
    assert "call_first" in desk("seat_agent").story(case)
    assert "call_first" not in desk("clerk").story(case)


def test_the_seat_has_the_button_on_the_report_and_sees_the_light_and_the_call_on_the_case(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        report = paths.report(desk, city)
        item = WorkItem.objects.get(report_id=report["report_id"], closed_at=None)
        seat = enter(Client(), city, "seat_agent")
        shown = seat.get(reverse("workbench:desk"), {"tab": "accept", "item": str(item.pk)}).content.decode()
        assert 'data-open="call-first"' in shown and 'name="then" value="call_first"' in shown
        form = {"then": "call_first", "key": "k-1", "tab": "accept", "item": item.pk} | _call(desk)
        wrong = seat.post(reverse("workbench:accept", args=[report["report_id"]]), form | {"phone": "问总机", "key": "k-0"})
        assert wrong.status_code == 422 and "问总机" in wrong.content.decode()
        assert seat.post(reverse("workbench:accept", args=[report["report_id"]]), form).status_code == 302
        shown = seat.get(reverse("workbench:desk"), {"tab": "file"}).content.decode()
        assert "已电话先派" in shown and "通话后 10 分钟内立案" in shown
        assert f'data-due="{(WORKDAY + 10 * MINUTE).astimezone(city.platform.zone).isoformat()}"' in shown


@given(minutes=st.integers(1, 60), after=st.integers(0, 5000))
def test_in_time_means_within_the_minutes_that_the_process_sets(minutes: int, after: int) -> None:
    definition = processes.preset("model_a")
    definition["settings"]["file_after_call_minutes"] = minutes
    found = calls.in_time(process.load(definition), WORKDAY, WORKDAY + timedelta(seconds=after))
    assert found == (after <= minutes * 60)
