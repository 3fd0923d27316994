"""局 → 站所 → 班组: work is given down, answered upwards, taken back and handed back, while the department's clock runs (case-rules 12)."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.api import paths
from tests.api.paths import At
from tests.support.city import WORKDAY, City
from urbangrid.cases import shares
from urbangrid.cases.models import Case, CaseAccess, Clock, WorkItem
from urbangrid.core import clock
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.models import Unit

MINUTES = timedelta(minutes=1)


def _unit(code: str) -> Unit:
    return Unit.objects.get(code=code)


def _set(code: str, **values: Any) -> None:
    Unit.objects.filter(code=code).update(**values)
    organizations.forget()


def _task(case: str) -> WorkItem:
    """The open task furthest down."""
    return WorkItem.objects.filter(case_id=case, kind="crew_task", closed_at=None).order_by("-id")[0]


def _received(at: At, city: City) -> str:
    case = paths.dispatched(at, city)
    at("clerk").done(case, "receive")
    return case


def _given(at: At, city: City, code: str = "LAMPCREW", who: str = "clerk", case: str = "", **more: Any) -> str:
    case = case or _received(at, city)
    at(who).done(case, "assign_down", unit_id=str(_unit(code).pk), **more)
    return case


def _due(case: str, kind: str) -> datetime:
    found = WorkItem.objects.get(case_id=case, kind=kind, closed_at=None).due_at
    assert found is not None
    return found


def test_a_crew_gets_its_share_and_the_departments_clock_runs_on(desk: At, city: City) -> None:
    with clock.travel(WORKDAY):
        case = _received(desk, city)
        before = _due(case, "dispose")
        _given(desk, city, case=case, note="带冷补料")
        unit_clock = Clock.objects.get(case_id=case, kind="unit")
        task = Clock.objects.get(case_id=case, stage="crew_task")
        assert task.limit_seconds == unit_clock.limit_seconds * 80 // 100
        assert (task.unit_id, task.calendar_code) == (_unit("LAMPCREW").pk, unit_clock.calendar_code)
        assert _due(case, "dispose") == before > _due(case, "crew_task")
        row = desk("crew").get("/queues/crew_task").body[0]
        assert (row["case_id"], row["note"], row["light"]["light"]) == (case, "带冷补料", "green")
        assert Case.objects.get(pk=case).state == "disposing"
        line = desk("clerk").get(f"/cases/{case}").body["story"][-1]
        assert (line["word"], line["text"]) == ("指派", "路灯班")


def test_giving_it_on_before_the_receipt_is_the_receipt(desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    with clock.travel(WORKDAY):
        _given(desk, city, case=case)
    receipt = WorkItem.objects.get(case_id=case, kind="receive")
    assert receipt.closed_by_id == desk("clerk").who.appointment_id
    assert desk("clerk").story(case)[-2:] == ["receive", "assign_down"]
    assert Case.objects.get(pk=case).state == "disposing"


def test_the_crews_answer_is_looked_at_by_the_clerk_who_passes_its_photos_on(desk: At, city: City) -> None:
    with clock.travel(WORKDAY):
        case = _given(desk, city)
    with clock.travel(WORKDAY + 60 * MINUTES):
        crew = desk("crew")
        crew.done(case, "crew_feedback", text="已换灯", files=[crew.send_photo("black")])
        assert Case.objects.get(pk=case).state == "disposing"
        row = desk("clerk").get("/queues/dispose").body[0]
        assert row["note"] == "路灯班已反馈：已换灯"
        assert WorkItem.objects.get(case_id=case, kind="crew_task").on_time is True
        desk("clerk").done(case, "feedback", text="已换灯，已自查", handled_by="石磊")
        assert Case.objects.get(pk=case).state == "to_review"
        roles = [photo["role"] for photo in desk("dispatcher").get(f"/cases/{case}").body["photos"]]
        assert roles == ["before", "after"]


def test_without_a_crews_photo_the_clerk_sends_her_own(desk: At, city: City) -> None:
    case = _given(desk, city)
    answer = desk("clerk").act(case, "feedback", text="已修")
    assert (answer.status, answer.code) == (422, "photos_missing")
    crew = desk("crew")
    crew.done(case, "crew_feedback", text="已修", files=[crew.send_photo("black")])
    desk("clerk").done(case, "feedback", text="已修")
    desk("dispatcher").done(case, "rework", reason="other", note="未清理")
    again = desk("clerk").act(case, "feedback", text="已清理")
    assert (again.status, again.code) == (422, "photos_missing"), "photos of before the rework prove nothing"


def test_a_trusted_crews_answer_goes_on_at_once_as_the_feedback(desk: At, city: City) -> None:
    _set("LAMPCREW", answers_directly=True)
    with clock.travel(WORKDAY):
        case = _given(desk, city)
        crew = desk("crew")
        crew.done(case, "crew_feedback", text="已换灯", files=[crew.send_photo("black")])
    row = Case.objects.get(pk=case)
    assert (row.state, row.on_time) == ("to_review", True)
    assert desk("clerk").story(case)[-2:] == ["crew_feedback", "feedback"]
    assert not WorkItem.objects.filter(case_id=case, closed_at=None).exclude(kind="review").exists()


def test_a_station_gives_on_to_its_crew_with_a_share_of_its_own_share(desk: At, city: City) -> None:
    _set("ROADCREW", share_percent=50)
    with clock.travel(WORKDAY):
        case = _given(desk, city, "ROADS")
        _given(desk, city, "ROADCREW", "station_clerk", case)
        station, crew = Clock.objects.filter(case_id=case, stage="crew_task").order_by("id")
        assert crew.limit_seconds == station.limit_seconds // 2
        who = desk("road_crew")
        who.done(case, "crew_feedback", text="已补坑", files=[who.send_photo("black")])
        note = WorkItem.objects.get(case_id=case, kind="crew_task", closed_at=None).note
        assert note == "道路一班已反馈：已补坑"
        desk("station_clerk").done(case, "crew_feedback", text="站里查过", files=[desk("station_clerk").send_photo("white")])
        assert desk("clerk").get("/queues/dispose").body[0]["note"] == "道路站已反馈：站里查过"


def test_two_trusted_levels_answer_in_one_step(desk: At, city: City) -> None:
    _set("ROADCREW", answers_directly=True)
    _set("ROADS", answers_directly=True)
    case = _given(desk, city, "ROADS")
    _given(desk, city, "ROADCREW", "station_clerk", case)
    who = desk("road_crew")
    who.done(case, "crew_feedback", text="已补坑", files=[who.send_photo("black")])
    assert Case.objects.get(pk=case).state == "to_review"
    assert set(WorkItem.objects.filter(case_id=case, kind="crew_task").values_list("on_time", flat=True)) == {True}


def test_what_is_taken_back_is_no_verdict_unless_it_was_late_already(desk: At, city: City) -> None:
    with clock.travel(WORKDAY):
        soon, late = _given(desk, city), _given(desk, city)
        desk("clerk").done(soon, "unassign", reason="own_work")
        assert WorkItem.objects.get(case_id=soon, kind="crew_task").on_time is None
    with clock.travel(WORKDAY + timedelta(days=60)):
        desk("clerk").done(late, "unassign", reason="to_other")
    assert WorkItem.objects.get(case_id=late, kind="crew_task").on_time is False
    assert desk("crew").get("/queues/crew_task").body == []
    _given(desk, city, case=late)
    assert CaseAccess.objects.get(case_id=late, unit=_unit("LAMPCREW")).until_seq is None


def test_taking_back_from_a_station_ends_what_its_crew_has(desk: At, city: City) -> None:
    case = _given(desk, city, "ROADS")
    _given(desk, city, "ROADCREW", "station_clerk", case)
    desk("clerk").done(case, "unassign", reason="other", note="现场封闭")
    assert not WorkItem.objects.filter(case_id=case, kind="crew_task", closed_at=None).exists()
    who = desk("road_crew")
    answer = who.act(case, "crew_feedback", text="已补坑", files=[who.send_photo()])
    assert (answer.status, answer.code) == (409, "no_task_of_yours")


def test_a_crew_hands_back_with_a_reason_that_the_clerk_reads_first(desk: At, city: City) -> None:
    case = _given(desk, city)
    assert desk("crew").act(case, "hand_back").code == "reason_missing"
    desk("crew").done(case, "hand_back", reason="lacking", note="缺高空车")
    assert desk("clerk").get("/queues/dispose").body[0]["note"] == "路灯班交回：人员或设备不足 缺高空车"
    assert desk("crew").act(case, "hand_back", reason="lacking").code == "no_task_of_yours"
    _given(desk, city, case=case)


def test_a_task_for_one_person_is_not_done_by_another(desk: At, city: City) -> None:
    person = desk("crew").who
    case = _given(desk, city, person=str(person.appointment_id))
    assert _task(case).appointment_id == person.appointment_id
    assert desk("crew").get("/queues/crew_task").body[0]["case_id"] == case
    elsewhere = desk("road_crew").who.appointment_id
    desk("clerk").done(case, "unassign", reason="wrong_crew")
    answer = desk("clerk").act(case, "assign_down", unit_id=str(_unit("LAMPCREW").pk), person=str(elsewhere))
    assert (answer.status, answer.code) == (422, "person_not_there")


@pytest.mark.parametrize(("code", "fault"), [("GARDENS", "unit_not_below"), ("ROADCREW", "unit_not_below"), ("SUP", "unit_not_below")])
def test_work_is_given_to_a_unit_directly_below_only(desk: At, city: City, code: str, fault: str) -> None:
    answer = desk("clerk").act(_received(desk, city), "assign_down", unit_id=str(_unit(code).pk))
    assert (answer.status, answer.code) == (422, fault)


def test_it_is_given_to_one_unit_at_a_time(desk: At, city: City) -> None:
    case = _given(desk, city)
    answer = desk("clerk").act(case, "assign_down", unit_id=str(_unit("ROADS").pk))
    assert (answer.status, answer.code) == (409, "task_given_before")


def test_only_who_has_the_case_gives_it_on_and_others_do_not_see_it(desk: At, city: City) -> None:
    case = _received(desk, city)
    for name in ("other_clerk", "crew", "company_crew", "station_clerk"):
        assert desk(name).get(f"/cases/{case}").status == 404, name
    _given(desk, city, case=case)
    assert desk("crew").get(f"/cases/{case}").status == 200
    assert desk("station_clerk").get(f"/cases/{case}").status == 404
    crew_moves = {move["action"] for move in desk("crew").get(f"/cases/{case}/moves").body["moves"] if not move["why_not"]}
    assert crew_moves == {"crew_feedback", "hand_back"}
    clerk_moves = {move["action"] for move in desk("clerk").get(f"/cases/{case}/moves").body["moves"] if not move["why_not"]}
    assert clerk_moves == {"unassign", "feedback"}


def test_a_feedback_over_the_crews_head_ends_its_task_without_a_verdict(desk: At, city: City) -> None:
    case = _given(desk, city)
    desk("clerk").done(case, "feedback", text="已由本所处置", files=[desk("clerk").send_photo("black")])
    task = WorkItem.objects.get(case_id=case, kind="crew_task")
    assert task.closed_at is not None and task.on_time is None
    assert Case.objects.get(pk=case).state == "to_review"


def test_while_the_case_is_suspended_the_crews_clock_stands_too_and_goes_on_with_it(desk: At, city: City) -> None:
    with clock.travel(WORKDAY):
        case = _given(desk, city)
        until = (WORKDAY + timedelta(days=20)).isoformat()
        files = [desk("clerk").send_photo("white")]
        desk("clerk").done(case, "ask_suspension", reason="project", note="列入改造", until=until, files=files)
        for _link in range(3):
            waiting = [one for one in desk("command_director").get(f"/cases/{case}").body["requests"] if one["state"] == "waiting"]
            if not waiting:
                break
            desk(_decider(city, case)).done(case, "agree", request=waiting[0]["request_id"])
        row = desk("crew").get("/queues/crew_task").body[0]
        assert row["light"]["light"] == "grey"
        left = Clock.objects.get(case_id=case, stage="crew_task").budget_seconds
    with clock.travel(WORKDAY + timedelta(days=5)):
        desk("clerk").done(case, "wake", reason="done")
        row = desk("crew").get("/queues/crew_task").body[0]
        assert row["light"]["light"] == "green"
    state = Clock.objects.get(case_id=case, stage="crew_task")
    assert state.budget_seconds == left and state.due_at is not None and state.due_at > WORKDAY + timedelta(days=5)


def _decider(city: City, case: str) -> str:
    """Whose turn the request on a case is."""
    item = WorkItem.objects.get(case_id=case, kind="decide", closed_at=None)
    return next(name for name, who in city.cast.items() if who.unit_id == item.unit_id and item.duty in who.duties)


def test_a_trusted_crews_answer_waits_for_the_clerk_while_another_unit_helps(desk: At, city: City) -> None:
    _set("LAMPCREW", answers_directly=True)
    case = _given(desk, city)
    desk("dispatcher").done(case, "add_assist", unit_id=str(desk("other_clerk").who.unit_id), note="修剪树枝")
    crew = desk("crew")
    crew.done(case, "crew_feedback", text="已换灯", files=[crew.send_photo("black")])
    assert Case.objects.get(pk=case).state == "disposing"
    assert desk("clerk").get("/queues/dispose").body[0]["note"] == "路灯班已反馈：已换灯"


def test_the_duty_directors_board_counts_a_case_once(desk: At, city: City) -> None:
    case = _given(desk, city)
    watched = {row["kind"]: row for row in desk("duty_director").get("/queues").body["watched"]}
    assert "crew_task" not in watched and watched["dispose"]["green"] == 1, case


@given(
    limit=st.integers(0, 10**7), remaining=st.integers(-(10**7), 10**7), share=st.integers(1, 100),
    until_due=st.none() | st.integers(0, 10**7),
)  # fmt: skip
def test_the_share_equals_a_second_by_second_reading_of_the_rule(limit: int, remaining: int, share: int, until_due: int | None) -> None:
    got = shares.task_seconds(limit=limit, remaining=remaining, share_percent=share, until_due=until_due)
    floor = max(60, int(Fraction(limit, 10) * Fraction(share, 100)))
    wishes = [int(Fraction(max(remaining, 0) * share, 100))] + ([until_due] if until_due is not None else [])
    assert got == (floor if min(wishes) < floor else min(wishes))
    assert got >= 60
    if until_due is not None and until_due >= floor:
        assert got <= until_due, "never beyond the due instant above"
