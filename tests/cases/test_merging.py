"""并入, 并案, 拆回 of reports and cases of the same matter (case-rules 9)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from tests.api import paths
from tests.api.paths import At
from tests.service_requests.delivery import deliver
from tests.support.city import INSIDE, WORKDAY, City
from urbangrid.cases import clocks, deadlines
from urbangrid.cases.actions import perform
from urbangrid.cases.models import Case, CaseRelation, CaseReport, Clock, NamedHandler, WorkItem
from urbangrid.cases.verification import verify_case
from urbangrid.core import clock
from urbangrid.core.errors import Refusal


def _seq(at: At, case: str) -> int:
    return int(Case.objects.get(pk=case).seq)


def _proved(*cases: str) -> None:
    for case in cases:
        assert verify_case(int(case)) == []


def _number(at: At, case: str) -> str:
    return str(at("seat_agent").get(f"/cases/{case}").body["number"])


def test_a_second_callers_report_is_joined_by_one_step_and_she_is_answered_by_the_cases_reply(desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    call = paths.request(desk, city)
    desk("seat_agent").done(case, "join_report", report_id=call["report_id"])
    deliver()

    assert desk("seat_agent").get(f"/reports/{call['report_id']}").body["state"] == "linked"
    assert not WorkItem.objects.filter(report_id=call["report_id"], closed_at=None).exists()
    assert CaseReport.objects.get(report_id=call["report_id"]).role == "duplicate"
    seen = desk("seat_agent").get(f"/requests/{call['request_id']}").body
    assert [one["case_id"] for one in seen["cases"]] == [case]

    paths.fed_back(desk, case)
    paths.to_check(desk, case)
    paths.checked(desk, case)
    desk("seat_agent").done(case, "close", reply="路面已修复。")
    deliver()
    answered = desk("seat_agent").get(f"/requests/{call['request_id']}").body
    assert (answered["state"], answered["reply"]) == ("to_reply", "路面已修复。")
    _proved(case)


def test_a_report_is_joined_once_only_and_never_to_a_closed_case(desk: At, city: City) -> None:
    case, other = paths.filed(desk, city), paths.filed(desk, city)
    report = paths.report(desk, city)["report_id"]
    desk("duty_director").done(other, "void", reason="other", note="误报")
    assert desk("seat_agent").act(other, "join_report", report_id=report).status == 409
    assert desk("dispatcher").act(case, "join_report", report_id=report).status == 403
    desk("seat_agent").done(case, "join_report", report_id=report)
    again = desk("seat_agent").act(case, "join_report", report_id=report)
    assert (again.status, again.code) == (409, "report_done")
    assert "并入" in again.body["sentence"]


def test_a_case_before_filing_is_merged_by_the_seat_without_a_reason_and_leads_to_its_main_case(desk: At, city: City) -> None:
    main = paths.dispatched(desk, city)
    call = paths.request(desk, city)
    case = paths.accept(desk, call["report_id"])
    deliver()
    done = desk("seat_agent").done(case, "merge", main=_number(desk, main))
    deliver()

    assert done["state"] == "merged"
    seen = desk("seat_agent").get(f"/cases/{case}").body
    assert [(one["case_id"], one["leads"], one["word"]) for one in seen["relations"]] == [(main, True, "已并入")]
    assert seen["holders"] == [] and seen["story"][-1]["text"] == _number(desk, main)
    of_main = desk("seat_agent").get(f"/cases/{main}").body
    assert [(one["case_id"], one["word"]) for one in of_main["relations"]] == [(case, "并入本案")]
    assert of_main["story"][-1]["action"] == "take_in"
    request = desk("seat_agent").get(f"/requests/{call['request_id']}").body
    assert {one["case_id"] for one in request["cases"]} == {case, main}
    _proved(case, main)


def test_the_merged_cases_caller_gets_the_main_cases_reply_alone(desk: At, city: City) -> None:
    main, call = paths.dispatched(desk, city), paths.request(desk, city)
    case = paths.accept(desk, call["report_id"])
    deliver()
    desk("seat_agent").done(case, "merge", main=main)
    deliver()
    assert desk("seat_agent").get(f"/requests/{call['request_id']}").body["state"] == "open"
    paths.fed_back(desk, main)
    paths.to_check(desk, main)
    paths.checked(desk, main)
    desk("seat_agent").done(main, "close", reply="已修好。")
    deliver()
    assert desk("seat_agent").get(f"/requests/{call['request_id']}").body["reply"] == "已修好。"


def test_a_filed_case_is_merged_by_the_duty_director_with_a_reason_its_photos_and_reports_go_along(desk: At, city: City) -> None:
    main, case = paths.filed(desk, city), paths.dispatched(desk, city)
    assert desk("seat_agent").act(case, "merge", main=main, reason="same_matter").status == 403
    without = desk("duty_director").act(case, "merge", main=main)
    assert (without.status, without.code) == (422, "reason_missing")
    desk("duty_director").done(case, "merge", main=main, reason="same_matter")

    assert not WorkItem.objects.filter(case_id=case, closed_at=None).exists()
    assert not Clock.objects.filter(case_id=case, ended_at=None).exists()
    assert CaseReport.objects.filter(case_id=main).count() == 2
    photos = desk("seat_agent").get(f"/cases/{main}").body["photos"]
    assert [one["role"] for one in photos] == ["before", "before"]
    assert desk("clerk").get(f"/cases/{case}").status == 200  # the unit that had it reads what became of it
    _proved(main, case)


@pytest.mark.parametrize("how", ["itself", "closed", "circle", "stranger"])
def test_a_merger_never_goes_into_itself_into_a_closed_one_in_a_circle_or_into_what_is_not_there(desk: At, city: City, how: str) -> None:
    case, other = paths.filed(desk, city), paths.filed(desk, city)
    director = desk("duty_director")
    data: dict[str, Any] = {"reason": "same_matter"}
    if how == "itself":
        refused, code = director.act(case, "merge", main=case, **data), (409, "merge_itself")
    elif how == "closed":
        director.done(other, "void", reason="other", note="误报")
        refused, code = director.act(case, "merge", main=other, **data), (409, "main_closed")
    elif how == "circle":
        director.done(other, "merge", main=case, **data)
        refused, code = director.act(case, "merge", main=other, **data), (409, "main_closed")
    else:
        refused, code = director.act(case, "merge", main="样20200101-0001", **data), (404, "case_unknown")
    assert (refused.status, refused.code) == code
    assert Case.objects.get(pk=case).closed_at is None


def test_of_two_who_merge_the_same_pair_both_ways_one_wins_and_the_other_is_told_who(desk: At, city: City) -> None:
    one, two = paths.filed(desk, city), paths.filed(desk, city)
    seq = _seq(desk, two)
    desk("duty_director").done(one, "merge", main=two, reason="same_matter")
    late = desk("duty_director").act(two, "merge", seq=seq, main=one, reason="same_matter", note="看着是同一个坑")
    assert (late.status, late.code) == (409, "case_moved_on")
    assert "孙国平" in late.body["sentence"] and late.body["values"]["seq"] == seq + 1


def _state_of(row: Clock, city: City) -> deadlines.ClockState:
    return clocks.state_of(row, city.platform.pk, city.platform.zone)


@pytest.mark.parametrize("stage", ["verifying", "to_receive", "disposing", "to_review"])
def test_taken_apart_again_work_is_open_as_before_and_the_time_between_stood(desk: At, city: City, stage: str) -> None:
    with clock.travel(WORKDAY):
        main, case = paths.filed(desk, city), _case_in(desk, city, stage)
    before, who = _open_work(case), "seat_agent" if stage == "verifying" else "duty_director"
    with clock.travel(WORKDAY + timedelta(minutes=7)):
        used = _consumed(case, city)
        desk(who).done(case, "merge", main=main, reason="same_matter")
    with clock.travel(WORKDAY + timedelta(hours=3)):
        done = desk("duty_director").done(case, "unmerge", reason="not_same")

        assert done["state"] == stage
        assert _open_work(case) == before
        assert _consumed(case, city) == used and all(used.values()) is (stage != "to_review")
        for row in Clock.objects.filter(case_id=case, ended_at=None):
            assert row.due_at == deadlines.due_at(_state_of(row, city))
        assert not CaseReport.objects.filter(case_id=main, role="duplicate").exists()
        assert CaseRelation.objects.get(other_id=int(case)).ended_at is not None
        assert desk("seat_agent").story(main)[-2:] == ["take_in", "let_go"]
        _proved(main, case)


def _consumed(case: str, city: City) -> dict[str, int]:
    rows = Clock.objects.filter(case_id=case, ended_at=None)
    return {row.kind: deadlines.consumed_at(_state_of(row, city), clock.now()) for row in rows}


def _open_work(case: str) -> list[tuple[str, int | None]]:
    return sorted(WorkItem.objects.filter(case_id=case, closed_at=None).values_list("kind", "unit_id"))


def _case_in(desk: At, city: City, stage: str) -> str:
    if stage == "verifying":
        return paths.accept(desk, paths.request(desk, city)["report_id"], "send_verification")
    case = paths.dispatched(desk, city)
    if stage == "disposing":
        desk("clerk").done(case, "receive")
    if stage == "to_review":
        paths.fed_back(desk, case)
    return case


def test_apart_again_the_callers_request_belongs_to_its_own_case_alone(desk: At, city: City) -> None:
    main, call = paths.filed(desk, city), paths.request(desk, city)
    case = paths.accept(desk, call["report_id"])
    deliver()
    desk("seat_agent").done(case, "merge", main=main)
    deliver()
    desk("duty_director").done(case, "unmerge", reason="other_place")
    deliver()
    assert [one["case_id"] for one in desk("seat_agent").get(f"/requests/{call['request_id']}").body["cases"]] == [case]


def test_nothing_is_taken_apart_after_the_main_case_ended_nor_by_a_seat_nor_twice(desk: At, city: City) -> None:
    main, case = paths.filed(desk, city), paths.filed(desk, city)
    director = desk("duty_director")
    assert director.act(case, "unmerge", reason="not_same").code == "not_merged"
    director.done(case, "merge", main=main, reason="same_matter")
    assert desk("seat_agent").act(case, "unmerge", reason="not_same").status == 403
    director.done(main, "void", reason="other", note="误报")
    late = director.act(case, "unmerge", reason="not_same")
    assert (late.status, late.code) == (409, "main_closed_undo")


def test_what_was_merged_twice_in_a_row_leads_on_and_every_report_reaches_the_last_main_case(desk: At, city: City) -> None:
    cases: list[Any] = [paths.filed(desk, city) for _ in range(3)]
    desk("duty_director").done(cases[0], "merge", main=cases[1], reason="same_matter")
    desk("duty_director").done(cases[1], "merge", main=cases[2], reason="same_matter")
    assert CaseReport.objects.filter(case_id=cases[2]).count() == 3
    assert desk("duty_director").act(cases[0], "unmerge", reason="not_same").code == "main_closed_undo"
    desk("duty_director").done(cases[1], "unmerge", reason="not_same")
    desk("duty_director").done(cases[0], "unmerge", reason="not_same")
    assert [CaseReport.objects.filter(case_id=case).count() for case in cases] == [1, 1, 1]
    _proved(*cases)


def test_near_cases_of_the_same_kind_within_its_radius_are_offered_as_duplicates(desk: At, city: City) -> None:
    case = paths.filed(desk, city)
    near = desk("seat_agent").get(
        "/cases/near", longitude=INSIDE[0], latitude=INSIDE[1], category_id=str(city.category().id), radius_m=5
    ).body
    assert [(row["case_id"], row["duplicate"], row["repeat"]) for row in near] == [(case, True, False)]


def test_a_confidential_case_is_never_merged_split_related_or_joined_nor_is_anything_merged_into_it(desk: At, city: City) -> None:
    case, secret = paths.filed(desk, city), paths.filed(desk, city)
    report = paths.report(desk, city)["report_id"]
    named = city.acting("duty_director").appointment_id
    NamedHandler.objects.create(case_id=int(secret), appointment_id=named, named_by_id=named, since=clock.now())
    Case.objects.filter(pk=secret).update(confidential=True)
    director = city.acting("duty_director")
    seq = Case.objects.get(pk=secret).seq
    part = {"category_id": str(city.category().id), "condition_id": str(city.condition())}
    for action, data in (
        ("merge", {"main": case, "reason": "same_matter"}), ("split", {"reason": "several_owners", **part}), ("relate", {"other": case}),
        ("join_report", {"report_id": report}),
    ):  # fmt: skip
        with pytest.raises(Refusal) as refused, transaction.atomic():
            perform(director, int(secret), action, seq, data)
        assert refused.value.code == "confidential_apart", action
    into = desk("duty_director").act(case, "merge", main=secret, reason="same_matter")
    assert (into.status, into.code) == (409, "confidential_apart")  # she handles it and is told
    blind = desk("seat_agent").act(case, "relate", other=secret)
    assert (blind.status, blind.code) == (404, "case_unknown")  # who does not, learns nothing
