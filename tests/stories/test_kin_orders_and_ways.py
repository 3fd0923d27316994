"""Under every model: cases that belong together, 催办 督办 批示, 自处置, and the ways before dispatch that a model has or has not."""

from __future__ import annotations

from itertools import count

import pytest
from django.db import transaction

from tests.models import ways
from tests.stories.stage import Stage, later, new_case
from tests.support.city import INSIDE
from tests.support.desk import Answer, Desk
from urbangrid.cases.models import Case, CaseRelation, CaseReport, Clock
from urbangrid.catalog import actions as catalog

_serial = count(1)


# --- 并入, 并案, 拆分, 关联 ---


def test_a_report_of_a_case_that_is_open_already_is_joined_to_it(stage: Stage) -> None:
    case = stage.cases["held"]
    with later():
        report = ways.inspector_reports(stage.at, stage.city, "second_inspector" if "second_inspector" in stage.desks else "inspector")
        stage.refused(stage.at("dispatcher"), case, "join_report", "duty_missing", report_id=report)
        stage.done(stage.at("seat_agent"), case, "join_report", report_id=report)
        assert (stage.case(case).state, stage.work(case)) == ("disposing", ["dispose"])
        assert CaseReport.objects.get(report_id=report).role == "duplicate"
        assert not Clock.objects.filter(item__report_id=report, ended_at=None).exists()
        assert stage.story(case)[-1] == "join_report"
        stage.proved(case)


def test_two_cases_of_one_matter_are_merged_and_taken_apart_again_with_what_was_left(stage: Stage) -> None:
    case, main = stage.cases["held"], stage.cases["filed"]
    with later():
        director = stage.who("merge")
        stage.refused(stage.at("seat_agent"), case, "merge", "duty_missing", main=main, reason="same_matter")
        stage.done(director, case, "merge", main=main, reason="same_matter")
        assert (stage.case(case).state, stage.work(case)) == ("merged", [])
        assert not Clock.objects.filter(case_id=case, ended_at=None).exists()
        assert CaseReport.objects.filter(case_id=main).count() == 2 and stage.story(main)[-1] == "take_in"
    with later(hours=2):
        stage.done(director, case, "unmerge", reason="not_same")
        assert (stage.case(case).state, stage.work(case), stage.used(case)) == ("disposing", ["dispose"], 3600)
        stage.proved(case, main)


def test_a_case_with_two_matters_is_split_and_the_part_goes_its_own_way(stage: Stage) -> None:
    case = stage.cases["held"]
    with later():
        part = {"category_id": str(stage.city.category("上水井盖").id), "condition_id": str(stage.city.condition("上水井盖"))}
        stage.refused(stage.at("dispatcher"), case, "split", "duty_missing", reason="several_owners", **part)
        stage.done(stage.who("split"), case, "split", reason="several_owners", **part)
        made = str(CaseRelation.objects.get(case_id=case, kind="split").other_id)
        assert (stage.case(case).state, stage.work(case)) == ("disposing", ["dispose"])
        new = stage.case(made)
        assert (new.state, new.filed_at, stage.work(made)) == ("to_dispatch", stage.case(case).filed_at, ["dispatch"])
        assert new.number and new.number != stage.case(case).number
        assert stage.used(made, "case") == stage.used(case, "case"), "its limit counts from the first filing"
        stage.proved(case, made)


def test_cases_are_related_by_hand_and_named_on_both(stage: Stage) -> None:
    one, two = stage.cases["held"], stage.cases["filed"]
    with later():
        seat = stage.who("relate")
        stage.refused(stage.unit, one, "relate", "case_unknown", other=two)  # not hers to read
        stage.done(seat, one, "relate", other=two, note="同一施工队")
        for here, there in ((one, two), (two, one)):
            assert [row["case_id"] for row in seat.get(f"/cases/{here}").body["relations"]] == [there]
        stage.done(seat, two, "unrelate", other=one)
        assert seat.get(f"/cases/{one}").body["relations"][0]["ended"] is True
        stage.proved(one, two)


# --- 催办, 督办, 批示 ---


@pytest.mark.parametrize(("action", "duty"), [("remind", "remind"), ("order", "order")])
def test_everybody_whom_the_model_lets_urge_does_and_nobody_else(stage: Stage, action: str, duty: str) -> None:
    case = stage.cases["held"]
    with later():
        own = [name for name, one in stage.city.cast.items() if one.platform_id == stage.city.platform.pk]
        may = set(stage.holders(duty))
        assert may
        for name in own:
            answer = stage.act(stage.at(name), case, action, note="请抓紧")
            if name in may:
                assert answer.status == 200, (name, answer.body)
            else:
                assert answer.status in (403, 404), (name, answer.body)
        assert stage.story(case).count(action) == len(may)
        assert stage.case(case).state == "disposing"
        stage.proved(case)


def test_an_order_is_answered_by_the_unit_returned_answered_again_and_accepted_by_who_sent_it(stage: Stage) -> None:
    case = stage.cases["held"]
    with later():
        issuer = stage.who("order")
        stage.refused(issuer, case, "order", "order_without_words")
        stage.done(issuer, case, "order", note="今日内修复并回复", grade="yellow")
        order = stage.request(case)
        target = stage.at("district_dispatcher") if stage.city.tenant else stage.unit  # in model D the city orders its district
        assert (order.kind, order.target_unit_id, stage.work(case)) == ("order", target.who.unit_id, ["answer_order", "dispose"])
        assert order.number and order.until is not None
        asked = {"request": str(order.pk)}
        stage.done(stage.worker(case, "answer_order"), case, "answer_order", note="已进场", **asked)
        assert stage.worker(case, "judge_answer").who == issuer.who
        stage.done(issuer, case, "return_answer", note="须附照片", **asked)
        stage.done(target, case, "answer_order", note="附后", files=[target.send_photo()], **asked)
        stage.done(issuer, case, "accept_answer", **asked)
        assert (stage.request(case).state, stage.work(case)) == ("ended", ["dispose"])
        assert not stage.stands(case), "orders stop no clock"
        stage.proved(case)


def test_a_leaders_instruction_outlives_the_closing_until_the_answer_is_accepted(stage: Stage) -> None:
    case = stage.cases["closed"]
    with later():
        leader, to = stage.who("instruct"), stage.at("dispatcher")
        stage.done(leader, case, "instruct", note="请举一反三，全面排查", unit_id=str(to.who.unit_id))
        asked = {"request": str(stage.request(case).pk)}
        assert (stage.case(case).state, stage.work(case)) == ("closed", ["answer_instruction"])
        stage.done(stage.worker(case, "answer_instruction"), case, "answer_order", note="已排查", **asked)
        stage.done(leader, case, "accept_answer", **asked)
        assert (stage.request(case).state, stage.work(case)) == ("ended", [])
        stage.proved(case)


def test_an_order_from_above_is_passed_on_to_the_unit_and_both_replies_are_chained(stage: Stage) -> None:
    case = stage.cases["held"]
    with later():
        issuer, command = stage.who("order"), stage.at("command_director" if "command_director" in stage.desks else "duty_director")
        stage.done(issuer, case, "order", note="三日内整改", unit_id=str(command.who.unit_id))
        first = stage.request(case)
        passer = stage.worker(case, "answer_order")
        stage.done(passer, case, "pass_on", request=str(first.pk), unit_id=str(stage.unit.who.unit_id), note="请两日内完成")
        second = stage.request(case)
        assert second.parent_id == first.pk
        stage.done(stage.unit, case, "answer_order", request=str(second.pk), note="已完成")
        stage.done(passer, case, "accept_answer", request=str(second.pk))
        stage.done(passer, case, "answer_order", request=str(first.pk), note="已整改")
        stage.done(issuer, case, "accept_answer", request=str(first.pk))
        assert {one.state for one in (type(first).objects.get(pk=pk) for pk in (first.pk, second.pk))} == {"ended"}
        stage.proved(case)


# --- 自处置 ---


def test_a_trifle_solved_on_the_spot_is_judged_by_the_centre_and_is_no_case(stage: Stage) -> None:
    with later():
        before = Case.objects.count()
        with transaction.atomic():
            catalog.set_rule(stage.city.platform, stage.city.category().id, self_disposal=True, close_informed=False)
        inspector = stage.at("inspector")
        answer = _self(stage, inspector)
        assert (answer.status, answer.body["state_word"]) == (201, "待审核"), answer.body
        address = f"/self-disposals/{answer.body['self_id']}/judge"
        assert inspector.post(address, {}).status == 403 and stage.at("dispatcher").post(address, {}).status == 403
        assert stage.who("review_self").post(address, {}).body["state_word"] == "办结"
        other = _self(stage, inspector)
        void = stage.at("seat_agent").post(f"/self-disposals/{other.body['self_id']}/judge", {"reason": "not_done"})
        assert void.body["state"] == "void" and Case.objects.count() == before


def _self(stage: Stage, inspector: Desk) -> Answer:
    number = next(_serial)
    colours = [f"#{(number * 2 + turn) * 37 % 256:02x}{(number * 2 + turn) * 91 % 256:02x}40" for turn in (0, 1)]
    body = {
        "client_id": f"side-{number}", "category_id": str(stage.city.category().id), "place_text": "大柳树路南侧",
        "longitude": INSIDE[0], "latitude": INSIDE[1],
        "before": inspector.send_photo(colours[0]), "after": inspector.send_photo(colours[1]),
    }  # fmt: skip
    return inspector.post("/self-disposals", body)


# --- ways before dispatch: signature, the city, proposal ---


def test_a_complex_case_is_signed_or_returned_by_the_head_where_the_model_has_a_signature(stage: Stage) -> None:
    with later():
        case = stage.cases["unfiled"]
        if stage.letter != "a":
            filer = stage.at("seat_agent")
            if not filer.who.may("file"):
                stage.done(filer, case, "propose_filing", condition_id=str(stage.city.condition()))
                filer = stage.worker(case, "confirm_filing")
            stage.refused(filer, case, "file", "way_not_there", condition_id=str(stage.city.condition()), complex=True)
            return
        stage.file(case, complex=True)
        head = stage.worker(case, "sign")
        assert (stage.case(case).state, head.who.post_code) == ("to_sign", "head")
        stage.refused(stage.at("seat_agent"), case, "sign", "duty_missing")
        stage.done(head, case, "return_unsigned", reason="unclear", note="请补充现场范围")
        assert stage.work(case) == ["file"]
        stage.file(case, complex=True)
        stage.done(head, case, "sign", note="同意")
        assert (stage.case(case).state, stage.work(case)) == ("to_dispatch", ["dispatch"])
        stage.proved(case)


def test_a_city_owned_case_is_released_answered_checked_and_closed_where_the_model_sends_up(stage: Stage) -> None:
    with later():
        case = stage.cases["unfiled"]
        if stage.letter not in "ab":
            filer = stage.at("seat_agent")
            stage.refused(filer, case, "file", "way_not_there", condition_id=str(stage.city.condition()), city_owned=True)
            return
        stage.file(case, city_owned=True)
        by = stage.worker(case, "release")
        assert by.who.post_code == "duty_director"
        stage.done(by, case, "return_release", note="本区可办")
        stage.file(case, city_owned=True)
        stage.done(stage.worker(case, "release"), case, "release")
        assert (stage.case(case).state, stage.work(case), stage.stands(case, "case")) == ("with_city", ["city_answer"], True)
    with later(hours=30):
        stage.done(stage.worker(case, "city_answer"), case, "enter_city_answer", text="已修复", city_number="市-1", handled_by="市路政")
        assert not stage.stands(case, "case")
        stage.check(case, "not_handled")
        stage.done(stage.worker(case, "close"), case, "return_to_city", reason="undone")
        stage.done(stage.worker(case, "city_answer"), case, "enter_city_answer", text="已重修", city_number="市-1", handled_by="市路政")
        stage.check(case)
        stage.close(case)
        stage.proved(case)


def test_a_filing_is_proposed_and_returned_where_the_model_has_somebody_who_confirms(stage: Stage) -> None:
    with later():
        case = new_case(stage)
        seat, data = stage.at("seat_agent"), {"condition_id": str(stage.city.condition())}
        if stage.letter not in "ab":
            answer = stage.act(seat, case, "propose_filing", **data)
            assert (answer.status, stage.case(case).state) == (409, "to_file"), answer.body
            return
        stage.done(seat, case, "propose_filing", **data)
        confirmer = stage.worker(case, "confirm_filing")
        stage.refused(seat, case, "return_proposal", "duty_missing")
        stage.done(confirmer, case, "return_proposal", note="请补照片")
        assert (stage.case(case).state, stage.work(case)) == ("to_file", ["file"])
        stage.done(seat, case, "propose_filing", **data)
        stage.done(seat, case, "withdraw", reason="incomplete")
        stage.done(seat, case, "propose_filing", **data)
        stage.done(stage.worker(case, "confirm_filing"), case, "file", **data)
        assert stage.case(case).number and stage.work(case) == ["dispatch"]
        stage.proved(case)
