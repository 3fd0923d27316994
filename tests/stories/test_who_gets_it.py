"""Under every model: taking a dispatch back, giving it to another, sending it back, several units on one case (case-rules 8, 14, 15)."""

from __future__ import annotations

import pytest

from tests.stories.stage import Stage, later, until
from urbangrid.cases.models import CaseAccess, CaseRequest, Clock, WorkItem


def test_what_was_dispatched_a_moment_ago_is_withdrawn_until_somebody_opens_it(stage: Stage) -> None:
    case = stage.cases["filed"]
    with later():
        stage.dispatch(case)
        last = stage.commander
        stage.refused(stage.unit, case, "withdraw", "withdraw_nothing", reason="slip")
        stage.done(last, case, "withdraw", reason="slip")
        assert stage.case(case).state == ("at_district" if stage.city.tenant else "to_dispatch")
        assert not Clock.objects.filter(case_id=case, kind="unit", ended_at=None).exists()
        stage.proved(case)
        stage.done(last, case, "dispatch", unit_id=str(stage.unit.who.unit_id))
        stage.unit.get(f"/cases/{case}")
        stage.refused(last, case, "withdraw", "withdraw_too_late", reason="slip")


def test_a_recalled_case_is_the_dispatchers_again_and_what_the_unit_used_stands(stage: Stage) -> None:
    case = stage.cases["held"]
    with later():
        used = stage.used(case)
        stage.refused(stage.unit, case, "recall", "duty_missing", reason="wrong_unit")
        stage.done(stage.who("recall"), case, "recall", reason="wrong_unit", note="不在其管养范围")
        found = stage.case(case)
        assert (found.state, found.handler_unit_id, found.command_unit_id) == ("to_dispatch", None, None)
        assert stage.work(case) == ["dispatch"] and stage.worker(case, "dispatch").who.unit_id == stage.who("dispatch").who.unit_id
        assert stage.unit.get("/queues/dispose").body == []
    with later(hours=2):
        stage.dispatch(case)
        assert stage.used(case) == used == 3600, "the hours elsewhere are not its own (捆绑时限)"
        assert stage.story(case)[-1] == "dispatch"
        stage.proved(case)


def test_a_redispatch_gives_another_unit_its_whole_limit_and_the_former_reads_up_to_there(stage: Stage) -> None:
    case, other = stage.cases["held"], stage.at("other_clerk")
    with later():
        by = stage.who("recall")
        limit = stage.row(case).budget_seconds
        stage.refused(by, case, "redispatch", "reason_missing", unit_id=str(other.who.unit_id))
        stage.done(by, case, "redispatch", unit_id=str(other.who.unit_id), reason="owner_changed", opinion="移交园林所")
        found = stage.case(case)
        assert (found.state, found.handler_unit_id, stage.work(case)) == ("to_receive", other.who.unit_id, ["receive"])
        assert found.command_unit_id is None, "a unit of the city's own: no district looks at its answer"
        assert (stage.used(case), stage.row(case).budget_seconds) == (0, limit)
        assert CaseAccess.objects.get(case_id=case, unit_id=stage.unit.who.unit_id).until_seq is not None
        former = Clock.objects.get(case_id=case, kind="unit", unit_id=stage.unit.who.unit_id)
        assert former.ended_at is None and former.due_at is None, "it stands in case the unit gets it again"
        stage.done(other, case, "receive")
        stage.to_closure(case)
        stage.proved(case)


def test_a_unit_that_helps_the_one_that_gets_its_case_goes_on_reading_it(stage: Stage) -> None:
    case, other = stage.cases["held"], stage.at("other_clerk")
    if stage.letter == "d":
        pytest.skip("a unit of a district helps its own district, not the city")
    helper = str(stage.unit.who.unit_id)
    with later():
        chosen = {"unit_id": str(other.who.unit_id), "reason": "owner_changed", "opinion": "主办改园林所", "assist": [helper]}
        stage.done(stage.who("recall"), case, "redispatch", **chosen)
        stage.done(other, case, "receive")
        assert CaseAccess.objects.get(case_id=case, unit_id=helper).until_seq is None, "else it helps with what it cannot see"


def test_a_case_that_cannot_be_dispatched_goes_back_to_be_filed_and_keeps_its_number(stage: Stage) -> None:
    case = stage.cases["filed"]
    with later():
        number = stage.case(case).number
        stage.done(stage.worker(case, "dispatch"), case, "return_to_filing", reason="place", note="现场找不到")
        assert (stage.case(case).state, stage.work(case)) == ("to_file", ["file"])
        item = WorkItem.objects.get(case_id=case, kind="file", closed_at=None)
        assert "现场找不到" in item.note and stage.worker(case, "file").who.may(item.duty)
        stage.file(case)
        assert (stage.case(case).state, stage.case(case).number) == ("to_dispatch", number)
        stage.proved(case)


def test_only_a_district_gives_a_case_up_to_the_city(stage: Stage) -> None:
    case = stage.cases["filed"]
    with later():
        if stage.city.tenant is None:
            stage.refused(stage.worker(case, "dispatch"), case, "return_up", "case_not_that_state", reason="city_unit")
            return
        district = stage.at("district_dispatcher")
        stage.done(stage.worker(case, "dispatch"), case, "dispatch", unit_id=str(district.who.unit_id))
        assert stage.worker(case, "district_dispatch").who.platform_id == stage.city.tenant.pk
        stage.done(district, case, "return_up", reason="city_unit", note="市属道路")
        assert (stage.case(case).state, stage.work(case)) == ("to_dispatch", ["dispatch"])
        assert not Clock.objects.filter(case_id=case, kind="unit").exists(), "no unit had it"
        stage.proved(case)


def test_an_agreed_send_back_credits_the_unit_and_never_comes_to_it_again(stage: Stage) -> None:
    case = stage.cases["held"]
    with later():
        stage.ask(stage.unit, case, "send_back", reason="not_ours", note="不属本所养护范围")
        assert (stage.case(case).aside, stage.work(case)) == ("asking", ["decide", "dispose"])
        assert not stage.stands(case), "the unit's time runs while it waits"
        stage.refused(stage.unit, case, "agree", "not_your_item", request=str(stage.request(case).pk))
        posts = stage.agree(case)
        assert posts[0] in ("dispatcher", "command_director", "head"), posts
        found = stage.case(case)
        assert (found.state, found.send_backs, found.aside) == ("at_district" if stage.city.tenant else "to_dispatch", 1, "")
        assert stage.story(case)[-2:] == ["agree", "send_back"]
        clock_of_unit = Clock.objects.get(case_id=case, kind="unit", unit_id=stage.unit.who.unit_id)
        assert clock_of_unit.due_at is None
        first = str(stage.unit.who.unit_id)
        stage.refused(stage.commander, case, "dispatch", "unit_sent_back", unit_id=first, reason="agreed", opinion="再派")
        stage.done(stage.commander, case, "dispatch", unit_id=str(stage.other_unit.who.unit_id), reason="agreed", opinion="权属在该单位")
        assert stage.used(case) == 0
        stage.proved(case)


def test_the_second_units_send_back_is_for_somebody_above_the_dispatcher_and_then_nobody_is_tried(stage: Stage) -> None:
    case = stage.cases["held"]
    with later():
        stage.ask(stage.unit, case, "send_back", reason="not_ours", note="不属本所")
        first = stage.agree(case)
        stage.done(stage.commander, case, "dispatch", unit_id=str(stage.other_unit.who.unit_id), reason="agreed", opinion="权属在该单位")
        stage.done(stage.other_unit, case, "receive")
        stage.ask(stage.other_unit, case, "send_back", reason="not_ours", note="也不属本所")
        assert stage.request(case).again
        second = stage.agree(case)
        assert set(second) - set(first), "not by the same post alone"
        assert "dispatcher" not in second or stage.city.tenant is not None
        # the made district has these two units alone; elsewhere a third would be tried
        third, code = (stage.at("company_clerk"), "settlement_needed") if stage.city.tenant is None else (stage.unit, "unit_sent_back")
        stage.refused(stage.commander, case, "dispatch", code, unit_id=str(third.who.unit_id), reason="agreed", opinion="试派")
        stage.proved(case)


def test_a_refused_send_back_costs_the_time_and_is_not_asked_twice(stage: Stage) -> None:
    case = stage.cases["held"]
    with later():
        stage.ask(stage.unit, case, "send_back", reason="not_ours", note="不属本所")
    with later(hours=1):
        stage.refuse(case, "ours")
        assert (stage.case(case).state, stage.case(case).aside, stage.used(case)) == ("disposing", "", 2 * 3600)
        stage.refused(stage.unit, case, "ask_send_back", "request_used_up", reason="not_ours", note="再次说明")
        stage.proved(case)


def test_unclear_responsibility_is_settled_by_whom_the_model_names_and_binds_the_dispatch(stage: Stage) -> None:
    case = stage.cases["filed"]
    with later():
        by, unit = stage.worker(case, "dispatch"), stage.at("other_clerk")
        stage.ask(by, case, "responsibility", reason="two_owners", note="两家都说不是")
        item = WorkItem.objects.get(case_id=case, kind="dispatch", closed_at=None)
        assert item.due_at is None, "the dispatcher's stage stands"
        stage.refused(by, case, "dispatch", "request_waits", unit_id=str(unit.who.unit_id))
        stage.refused(stage.worker(case, "decide"), case, "agree", "basis_missing", request=str(stage.request(case).pk),
                      unit_id=str(unit.who.unit_id))  # fmt: skip
        kind = {"a": "policy", "b": "policy", "c": "joint_centre", "d": "joint_centre", "e": "supervision"}[stage.letter]
        assert stage.worker(case, "decide").who.unit_kind == kind
        stage.agree(case, unit_id=str(unit.who.unit_id), basis="养护协议附件二", designated=True)
        stage.refused(by, case, "dispatch", "settled_otherwise", unit_id=str(stage.at("clerk").who.unit_id), reason="agreed", opinion="x")
        stage.done(by, case, "dispatch", unit_id=str(unit.who.unit_id))
        stage.done(unit, case, "receive")
        stage.refused(unit, case, "ask_send_back", "designated", reason="not_ours", note="不是")
        stage.proved(case)


def test_a_difficult_case_waits_for_an_opinion_and_the_dispatchers_stage_stands(stage: Stage) -> None:
    case = stage.cases["filed"]
    with later():
        stage.ask(stage.who("ask_difficult"), case, "difficult", reason="no_rule", note="是否适用")
        assert WorkItem.objects.get(case_id=case, kind="dispatch", closed_at=None).due_at is None
        assert not stage.stands(case, "case")
        decider = stage.worker(case, "decide")
        assert decider.who.may("settle")
        stage.refused(decider, case, "agree", "opinion_missing", request=str(stage.request(case).pk))
        stage.agree(case, note="适用第三条")
        assert WorkItem.objects.get(case_id=case, kind="dispatch", closed_at=None).due_at is not None
        assert stage.case(case).state == "to_dispatch"
        stage.proved(case)


def _joint(stage: Stage) -> str:
    """Two units on one case; the main one has signed for it."""
    case = stage.cases["filed"]
    if stage.city.tenant is not None:
        stage.done(stage.worker(case, "dispatch"), case, "dispatch", unit_id=str(stage.at("district_dispatcher").who.unit_id))
    helper = str(stage.other_unit.who.unit_id)
    stage.done(stage.commander, case, "dispatch", unit_id=str(stage.unit.who.unit_id), assist=[helper], opinion="联合处置")
    stage.done(stage.unit, case, "receive")
    return case


def test_helping_units_have_items_and_clocks_of_their_own_and_the_main_one_waits_for_them(stage: Stage) -> None:
    with later():
        case = _joint(stage)
        assert stage.work(case) == ["assist", "dispose"]
        item = WorkItem.objects.get(case_id=case, kind="assist", closed_at=None)
        own = Clock.objects.get(case_id=case, kind="assist")
        assert item.unit_id == own.unit_id == stage.other_unit.who.unit_id and item.due_at == own.due_at
        early = stage.act(stage.unit, case, "feedback", text="已修补", files=[stage.unit.send_photo("black")])
        assert (early.status, early.code) == (409, "assist_waits")
        stage.done(stage.other_unit, case, "assist_answer", text="已迁移绿化", handled_by="林晓")
        assert Clock.objects.get(pk=own.pk).on_time is True and stage.work(case) == ["dispose"]
        stage.to_closure(case)
        stage.proved(case)


def test_the_send_back_of_a_helping_unit_frees_it_alone(stage: Stage) -> None:
    with later():
        case = _joint(stage)
        stage.ask(stage.other_unit, case, "assist_back", reason="not_needed", note="无绿化")
        assert stage.worker(case, "decide").who.may("dispatch")
        stage.agree(case)
        assert (stage.case(case).state, stage.work(case)) == ("disposing", ["dispose"])
        stage.proved(case)


def test_a_coordination_records_the_meeting_and_ends_with_its_last_sub_task(stage: Stage) -> None:
    case = stage.cases["held"]
    with later():
        stage.refused(stage.unit, case, "coordinate", "duty_missing", note="我来协调")
        stage.done(stage.commander, case, "coordinate", note="市政修路，园林迁移", met_at=until(0), place="现场")
        asked = stage.request(case)
        unit = str(stage.other_unit.who.unit_id)
        stage.done(stage.commander, case, "add_assist", unit_id=unit, note="三日内迁移", until=until(3), request=str(asked.pk))
        assert stage.work(case) == ["assist", "dispose"]
        stage.done(stage.other_unit, case, "assist_answer", text="已迁移")
        assert CaseRequest.objects.get(pk=asked.pk).state == CaseRequest.ENDED
        stage.proved(case)


def test_within_the_unit_work_goes_down_to_a_crew_is_handed_back_taken_back_and_answered(stage: Stage) -> None:
    case, crew = stage.cases["held"], stage.at("crew")
    with later():
        below = str(crew.who.unit_id)
        stage.done(stage.unit, case, "assign_down", unit_id=below, note="带冷补料")
        assert stage.work(case) == ["crew_task", "dispose"] and stage.worker(case, "crew_task").who == crew.who
        stage.done(crew, case, "hand_back", reason="lacking", note="缺压路机")
        assert stage.work(case) == ["dispose"]
        stage.done(stage.unit, case, "assign_down", unit_id=below)
        stage.done(stage.unit, case, "unassign", reason="own_work")
        stage.done(stage.unit, case, "assign_down", unit_id=below)
        stage.done(crew, case, "crew_feedback", text="已修补", files=[crew.send_photo("black")])
        assert (stage.case(case).state, stage.work(case)) == ("disposing", ["dispose"])
        assert not stage.stands(case), "the unit's clock ran on"
        stage.proved(case)


def test_a_companys_head_assigns_what_the_clerk_signed_for_and_answers_an_order(stage: Stage) -> None:
    case, clerk, head, crew = stage.cases["filed"], *map(stage.at, ("company_clerk", "company_head", "company_crew"))
    with later():
        stage.dispatch(case, clerk, reason="order", opinion="领导指定")
        stage.refused(head, case, "receive", "duty_missing")
        stage.done(clerk, case, "receive")
        stage.done(head, case, "assign_down", unit_id=str(crew.who.unit_id), note="带发电车")
        stage.done(crew, case, "crew_feedback", text="已恢复供电", files=[crew.send_photo("black")])
        stage.done(stage.who("order"), case, "order", note="请说明停电原因")
        stage.done(head, case, "answer_order", request=str(stage.request(case).pk), note="电缆被挖断")
        stage.done(head, case, "feedback", text="已恢复供电", handled_by="一班")
        assert (stage.case(case).state, stage.row(case).due_at) == ("to_review", None)
        stage.proved(case)
