"""拆分 and 关联: one case becomes several with limits of their own, and cases name each other (case-rules 8, CY-20-3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.api import paths
from tests.api.paths import At
from tests.service_requests.delivery import deliver
from tests.support.city import WORKDAY, City
from urbangrid.cases import clocks, deadlines
from urbangrid.cases.models import Case, CaseRelation, Clock, WorkItem
from urbangrid.cases.verification import verify_case
from urbangrid.core import clock


def _part(city: City, name: str) -> dict[str, str]:
    return {"category_id": str(city.category(name).id), "condition_id": str(city.condition(name))}


def test_a_filed_case_becomes_the_main_one_and_two_more_with_numbers_and_limits_from_the_first_filing(desk: At, city: City) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
    with clock.travel(WORKDAY + timedelta(hours=1)):
        unit = str(desk("other_clerk").who.unit_id)
        parts = [{**_part(city, "上水井盖"), "unit_id": unit}, _part(city, "道路破损")]
        desk("duty_director").done(case, "split", parts=parts, reason="several_owners", note="两个权属")
        made = list(CaseRelation.objects.filter(case_id=case, kind="split").order_by("id").values_list("other_id", flat=True))
        assert len(made) == 2
        main = Case.objects.get(pk=case)
        for number, name in zip(made, ("上水井盖", "道路破损"), strict=True):
            part = Case.objects.get(pk=number)
            assert part.number and part.number != main.number
            assert (part.state, part.filed_at, part.category_id) == ("to_dispatch", main.filed_at, city.category(name).id)
            row = Clock.objects.get(case=part, kind="case")
            state = clocks.state_of(row, city.platform.pk, city.platform.zone)
            assert main.filed_at is not None and state.started_at == main.filed_at.replace(microsecond=0)
            assert row.due_at == deadlines.due_at(state)
            assert list(part.report_links.values_list("report_id", "role")) == [(main.report_links.get().report_id, "origin")]
            assert verify_case(number) == []
        note = WorkItem.objects.get(case_id=made[0], kind="dispatch", closed_at=None).note
        assert str(main.number) in note and "园林所" in note
    assert (main.state, desk("seat_agent").story(case)[-1]) == ("to_receive", "split")
    assert verify_case(int(case)) == []


def test_each_part_goes_its_own_way_and_the_caller_is_answered_when_all_are_closed(desk: At, city: City) -> None:
    call = paths.request(desk, city)
    case = paths.accept(desk, call["report_id"], "send_verification")
    desk("inspector").done(case, "verify", answer="true", files=[desk("inspector").send_photo()])
    desk("seat_agent").done(case, "file", condition_id=str(city.condition()))
    desk("duty_director").done(case, "split", reason="several_matters", **_part(city, "道路破损"))
    deliver()
    part = str(CaseRelation.objects.get(case_id=case, kind="split").other_id)
    assert {one["case_id"] for one in desk("seat_agent").get(f"/requests/{call['request_id']}").body["cases"]} == {case, part}

    for number, reply in ((case, "坑已补。"), (part, "井盖已换。")):
        assert desk("seat_agent").get(f"/requests/{call['request_id']}").body["state"] == "open"
        desk("dispatcher").done(number, "dispatch", unit_id=str(desk("clerk").who.unit_id))
        paths.fed_back(desk, number)
        paths.to_check(desk, number)
        paths.checked(desk, number)
        desk("seat_agent").done(number, "close", reply=reply)
        deliver()
    answered = desk("seat_agent").get(f"/requests/{call['request_id']}").body
    assert (answered["state"], answered["reply"]) == ("to_reply", "坑已补。\n井盖已换。")


def test_a_split_without_parts_before_filing_or_by_another_post_is_refused_and_a_late_one_told_who_was_first(desk: At, city: City) -> None:
    case, unfiled = paths.filed(desk, city), paths.accept(desk, paths.report(desk, city)["report_id"])
    director = desk("duty_director")
    part: dict[str, Any] = _part(city, "道路破损")
    assert director.act(case, "split", reason="several_owners").code == "split_parts"
    assert director.act(case, "split", **part).code == "reason_missing"
    assert director.act(unfiled, "split", reason="several_owners", **part).code == "case_not_that_state"
    assert desk("dispatcher").act(case, "split", reason="several_owners", **part).status == 403
    foreign: dict[str, Any] = {**part, "condition_id": str(city.condition("上水井盖"))}
    wrong = director.act(case, "split", reason="several_owners", **foreign)
    assert (wrong.status, wrong.code) == (422, "condition_not_of_category")
    assert not CaseRelation.objects.exists()
    seq = Case.objects.get(pk=case).seq
    director.done(case, "split", reason="several_owners", **part)
    late = director.act(case, "split", seq=seq, reason="several_owners", **part)
    assert (late.status, late.code) == (409, "case_moved_on")
    assert CaseRelation.objects.count() == 1


def test_cases_are_related_by_hand_seen_from_both_sides_and_unrelated_again(desk: At, city: City) -> None:
    one, two = paths.filed(desk, city), paths.filed(desk, city)
    seat, number = desk("seat_agent"), Case.objects.get(pk=two).number
    seat.done(one, "relate", other=number, note="同一施工队")
    for here, there in ((one, two), (two, one)):
        seen = seat.get(f"/cases/{here}").body["relations"]
        assert [(row["case_id"], row["kind"], row["leads"]) for row in seen] == [(there, "related", False)]
    assert seat.act(two, "relate", other=one).code == "relation_known"
    assert seat.act(one, "relate", other=one).code == "merge_itself"
    assert desk("clerk").act(one, "relate", other=two).status == 404
    seat.done(two, "unrelate", other=one)
    assert seat.get(f"/cases/{one}").body["relations"][0]["ended"] is True
    assert seat.act(one, "unrelate", other=two).code == "relation_unknown"
    assert verify_case(int(one)) == [] and verify_case(int(two)) == []
