"""Under every model: more time, standing still, doing it again, and the ends of a case (golden table; case-rules 6, 8, 16, 19, 20, 22)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from tests.models import ways
from tests.stories.stage import Stage, later, new_case, until
from tests.support.city import INSIDE
from urbangrid.cases.actions import authorising, library
from urbangrid.cases.actions.authorising import AuthorisationInputs
from urbangrid.cases.models import Case, CaseRecord, Clock, WorkItem
from urbangrid.catalog import actions as catalog
from urbangrid.catalog import queries
from urbangrid.core import clock

SMALL = {"a": "command_director", "b": "command_director", "c": "dispatcher", "e": "dispatcher"}
LARGE = {"a": "command_head", "b": "command_leader", "c": "duty_director", "e": "command_head"}
"""Who grants small and large requests where one level commands (requirements, "Who may do what"); model D's own tests tell of its two."""


def _chain(stage: Stage, posts: list[str], *, large: bool) -> None:
    if stage.letter in SMALL:
        assert posts == [SMALL[stage.letter], *([LARGE[stage.letter]] if large else [])]


def _as_refuse(stage: Stage) -> dict[str, str]:
    """A correction to a class with a limit of hours instead of days."""
    other = next(one for one in queries.category_options(stage.city.platform.pk) if one.name == "暴露垃圾")
    condition = queries.conditions_of(other.id, stage.city.platform.pk)[0].id
    return {"category_id": str(other.id), "condition_id": str(condition), "reason": "category", "note": "实为垃圾"}


def test_a_correction_names_old_and_new_and_counts_the_limits_anew_from_the_first_filing(stage: Stage) -> None:
    case = stage.cases["held"]
    with later():
        old, began = stage.case(case), stage.row(case, "case").pk
        data = _as_refuse(stage)
        stage.refused(stage.at("seat_agent"), case, "correct", "duty_missing", **data)
        stage.done(stage.who("correct"), case, "correct", **data)
        new = stage.case(case)
        assert (new.state, new.category_id, new.handler_unit_id) == (old.state, int(data["category_id"]), old.handler_unit_id)
        assert stage.row(case, "case").pk == began and stage.used(case) == 3600, "what was used stays"
        record = CaseRecord.objects.get(case_id=case, action="correct")
        assert str(old.category_id) in record.body and data["category_id"] in record.body
        assert stage.work(case) == ["dispose"]
        stage.proved(case)


def test_an_extension_asked_in_time_is_granted_though_a_correction_has_made_the_limit_shorter_since(stage: Stage) -> None:
    case = stage.cases["held"]
    with later(hours=48):
        asked = stage.ask(stage.unit, case, "extension", reason="material", note="沥青明日到", until=until(9)).asked_at
        stage.done(stage.who("correct"), case, "correct", **_as_refuse(stage))
        shorter = stage.row(case)
        assert shorter.due_at is not None and shorter.due_at < asked, "by the shorter limit it would have come too late"
    with later(hours=49):
        stage.agree(case)
        assert stage.row(case).budget_seconds == 2 * shorter.budget_seconds
        stage.proved(case)


def test_an_extension_adds_the_limit_once_more_by_whom_the_model_names(stage: Stage) -> None:
    case = stage.cases["held"]
    with later():
        limit, due = stage.row(case).budget_seconds, stage.row(case).due_at
        stage.refused(stage.other_unit, case, "ask_extension", "case_unknown", reason="weather", until=until(9))
        stage.ask(stage.unit, case, "extension", reason="material", note="沥青明日到", until=until(9))
        assert (stage.row(case).due_at, stage.case(case).aside) == (due, "asking"), "the clock runs while it waits"
    with later(hours=1):
        posts = stage.agree(case)
        if stage.letter in SMALL:
            assert posts[0] == SMALL[stage.letter]
        assert (stage.row(case).budget_seconds, stage.used(case)) == (2 * limit, 2 * 3600)
        stage.proved(case)


@pytest.mark.parametrize(("kind", "reason", "aside"), [("suspension", "project", "suspended"), ("deferral", "season", "deferred")])
def test_set_aside_for_some_days_the_clocks_stand_and_wake_by_themselves(stage: Stage, kind: str, reason: str, aside: str) -> None:
    case = stage.cases["held"]
    with later():
        paper = {"files": [stage.unit.send_photo("white")]} if kind == "suspension" else {}
        if paper:
            stage.refused(stage.unit, case, "ask_suspension", "proof_missing", reason=reason, note="改造", until=until(20))
        stage.ask(stage.unit, case, kind, reason=reason, note="已列入改造", until=until(20), **paper)
        _chain(stage, stage.agree(case), large=False)
        assert (stage.case(case).state, stage.case(case).aside, stage.work(case)) == ("disposing", aside, ["dispose"])
        assert stage.stands(case) and stage.stands(case, "case")
    with later(hours=20 * 24):
        assert library.wake_due() == 1
        assert (stage.case(case).aside, stage.stands(case), stage.used(case)) == ("", False, 3600)
        assert stage.story(case)[-1] == "wake"
        stage.proved(case)


def test_a_long_suspension_needs_the_word_of_the_head_too(stage: Stage) -> None:
    case = stage.cases["held"]
    with later():
        stage.ask(stage.unit, case, "suspension", reason="project", note="改造", until=until(90), files=[stage.unit.send_photo("white")])
        _chain(stage, stage.agree(case), large=True)
        stage.done(stage.unit, case, "wake", reason="done")
        assert (stage.case(case).aside, stage.stands(case)) == ("", False)
        stage.proved(case)


def test_a_refused_extension_changes_nothing_but_the_record(stage: Stage) -> None:
    case = stage.cases["held"]
    with later():
        due = stage.row(case).due_at
        stage.ask(stage.unit, case, "extension", reason="weather", until=until(9))
        stage.refuse(case, "in_time")
        assert (stage.row(case).due_at, stage.case(case).aside, stage.story(case)[-1]) == (due, "", "disagree")
        stage.proved(case)


def test_rework_from_review_and_after_a_check_goes_to_the_same_unit_with_what_is_left(stage: Stage) -> None:
    case = stage.cases["held"]
    with later():
        stage.feed_back(case)
        assert stage.row(case).due_at is None, "it stands while others look at the answer"
        reviewer = stage.worker(case, "district_review" if stage.city.tenant else "review")
        stage.done(reviewer, case, "rework", reason="remains", note="仍有残留")
        assert (stage.case(case).state, stage.work(case), stage.used(case)) == ("disposing", ["dispose"], 3600)
        stage.feed_back(case, "red")
        stage.review(case)
        stage.check(case, "not_handled")
        stage.refused(stage.who("close"), case, "close", "check_disagrees")
        stage.done(stage.worker(case, "close"), case, "rework", reason="undone")
        found = stage.case(case)
        assert (found.state, found.rework_count, found.handler_unit_id) == ("disposing", 2, stage.unit.who.unit_id)
        stage.feed_back(case, "blue")
        stage.review(case)
        stage.check(case)
        stage.close(case)
        stage.proved(case)


def test_a_check_that_nobody_could_make_is_sent_again_and_is_no_rework(stage: Stage) -> None:
    case = stage.cases["held"]
    with later():
        stage.feed_back(case)
        stage.review(case)
        stage.check(case, "unreachable")
        found = stage.case(case)
        assert (found.state, found.rework_count, stage.work(case)) == ("to_send_check", 0, ["send_check"])
        stage.check(case)
        stage.close(case)
        stage.proved(case)


def test_a_case_is_voided_at_once_or_when_asked_and_everything_open_ends(stage: Stage) -> None:
    held, filed = stage.cases["held"], stage.cases["filed"]
    with later():
        director = stage.who("void")
        stage.refused(stage.at("seat_agent"), held, "void", "duty_missing", reason="filed_wrongly")
        stage.ask(stage.unit, held, "extension", reason="weather", until=until(9))
        stage.done(director, held, "void", reason="filed_wrongly", note="复核不符合立案条件")
        stage.ask(stage.at("seat_agent"), filed, "void", reason="not_true", note="现场无此问题")
        assert stage.worker(filed, "decide").who.may("void")
        stage.agree(filed)
        for case in (held, filed):
            assert (stage.case(case).state, stage.work(case)) == ("void", [])
            assert not Clock.objects.filter(case_id=case, ended_at=None).exists()
        assert stage.request(held).state == "lapsed"
        stage.proved(held, filed)


def test_a_closed_case_is_reopened_by_whom_the_model_names_and_has_a_limit_of_its_own_again(stage: Stage) -> None:
    case = stage.cases["closed"]
    with later():
        stage.refused(stage.unit, case, "ask_reopen", "duty_missing", reason="remains")
        stage.ask(stage.at("seat_agent"), case, "reopen", reason="remains", note="坑还在")
        assert stage.case(case).state == "closed"
        posts = stage.agree(case)
        assert posts == [{"a": "head", "b": "duty_director", "c": "duty_director", "d": "duty_director", "e": "head"}[stage.letter]]
        found = stage.case(case)
        assert (found.state, found.reopen_count, found.closed_at, stage.work(case)) == ("to_dispatch", 1, None, ["dispatch"])
        assert stage.used(case, "case") == 0
        stage.dispatch(case)
        stage.done(stage.unit, case, "receive")
        stage.to_closure(case)
        stage.proved(case)


def test_an_appeal_is_judged_by_another_and_the_fact_stays(stage: Stage) -> None:
    case = stage.cases["closed"]
    with later():
        stage.refused(stage.at("seat_agent"), case, "ask_appeal", "duty_missing", reason="objective", note="连日暴雨", subject="lateness")
        asked = stage.ask(stage.unit, case, "appeal", reason="objective", note="连日暴雨", subject="lateness")
        judge = stage.worker(case, "decide")
        assert judge.who.may("judge") and judge.who.unit_id != stage.unit.who.unit_id
        stage.agree(case, excluded=True, note="属实")
        asked.refresh_from_db()
        assert (asked.state, asked.outcome["excluded"]) == ("granted", True)
        assert (stage.case(case).state, stage.case(case).on_time) == ("closed", True)
        stage.proved(case)
    with later(hours=24 * 7):
        stage.refused(stage.unit, case, "ask_appeal", "appeal_too_late", reason="objective", note="再诉", subject="rework")


def _missing_cover(stage: Stage) -> str:
    """A cover is gone: the unit has to fence the hole before it repairs."""
    city = stage.city
    chosen = city.category("上水井盖")
    condition = next(one.id for one in queries.conditions_of(chosen.id, city.platform.pk) if one.problem == "缺失移位")
    case = new_case(stage)
    way = {"category_id": str(chosen.id), "condition_id": str(condition)}
    seat = stage.at("seat_agent")
    if not seat.who.may("file"):
        stage.done(seat, case, "propose_filing", **way)
        seat = stage.worker(case, "confirm_filing")
    stage.done(seat, case, "file", **way)
    return case


def test_a_two_limit_case_has_its_fence_first_beside_the_repair(stage: Stage) -> None:
    with later():
        case = _missing_cover(stage)
        stage.dispatch(case, reason="urgent_near")
        assert stage.work(case) == ["fence", "receive"]
        fence = Clock.objects.get(case_id=case, kind="fence")
        assert (fence.limit_seconds, fence.due_at) == (3600, clock.now() + timedelta(hours=1))
        stage.done(stage.unit, case, "receive")
        stage.refused(stage.unit, case, "ask_send_back", "fence_first", reason="not_ours", note="不属本所")
        stage.refused(stage.unit, case, "feedback", "fence_first", text="已换盖", files=[stage.unit.send_photo("black")])
    with later(hours=0.5):
        stage.done(stage.unit, case, "fence", files=[stage.unit.send_photo("orange")], text="已围护")
        fence.refresh_from_db()
        assert (fence.on_time, stage.work(case)) == (True, ["dispose"])
        assert stage.used(case) == 1800, "the repair's clock runs on beside it"
        stage.to_closure(case)
        stage.proved(case)


def _to_close(stage: Stage) -> str:
    case = stage.cases["held"]
    stage.feed_back(case)
    stage.review(case)
    stage.check(case)
    return case


def test_who_has_no_right_to_close_does_it_by_an_authorisation_that_the_record_names(stage: Stage) -> None:
    with later():
        case = _to_close(stage)
        by = stage.at("dispatcher")
        stage.refused(by, case, "close", "not_authorised")
        if not stage.holders("authorise_closing"):
            assert stage.letter == "d", "the city closes; nobody there lets others do it"
            return
        giver = stage.who("authorise_closing")
        with pytest.raises(Exception, match="授权结案"), transaction.atomic():
            authorising.authorise(by.who, AuthorisationInputs(clock.now(), clock.now() + timedelta(days=1), "自己授权"))
        given = AuthorisationInputs(
            clock.now(), clock.now() + timedelta(days=1), "夜间代办", appointment_id=by.who.appointment_id,
            category_ids=(stage.case(case).category_id or 0,),
        )  # fmt: skip
        row = authorising.authorise(giver.who, given)
        stage.done(by, case, "close", note="夜间代办")
        found = stage.case(case)
        assert (found.state, found.closing_kind, stage.work(case)) == ("closed", "authorised", [])
        line = giver.get(f"/cases/{case}").body["story"][-1]
        assert line["text"] == f"授权结案（{giver.who.user_name}授权）"
        assert str(row.pk) in CaseRecord.objects.get(case_id=case, action="close").body
        stage.proved(case)


def test_a_consultation_of_a_marked_class_is_closed_by_telling_the_citizen(stage: Stage) -> None:
    case = stage.cases["held"]
    with later():
        stage.feed_back(case)
        stage.review(case)
        by = stage.who("close")
        stage.refused(by, case, "close_informed", "close_not_informed", reply="已告知。")
        with transaction.atomic():
            catalog.set_rule(stage.city.platform, stage.case(case).category_id or 0, self_disposal=False, close_informed=True)
        stage.refused(stage.at("dispatcher"), case, "close_informed", "duty_missing", reply="已告知。")
        stage.done(by, case, "close_informed", reply="已告知办理流程。")
        found = stage.case(case)
        assert (found.state, found.closing_kind, stage.work(case)) == ("closed", "informed", [])
        assert not Clock.objects.filter(case_id=case, ended_at=None).exists()
        stage.proved(case)


def test_a_closed_case_is_archived_and_only_read_from_then_on(stage: Stage) -> None:
    case = stage.cases["closed"]
    with later():
        stage.refused(stage.at("dispatcher"), case, "archive", "duty_missing")
        stage.done(stage.who("archive"), case, "archive")
        assert stage.case(case).state == "archived" and stage.story(case)[-1] == "archive"
        answer = stage.act(stage.who("correct"), case, "correct", reason="place", place_text="别处")
        assert (answer.status, answer.code) == (409, "case_not_that_state")
        stage.proved(case)


def test_one_that_is_not_true_or_out_of_scope_ends_before_it_is_filed(stage: Stage) -> None:
    case = stage.cases["unfiled"]
    with later():
        report = ways.inspector_reports(stage.at, stage.city)
        refused = stage.at("seat_agent").post(f"/reports/{report}/refuse", {"reason": "out_of_scope"})
        assert refused.status == 200, refused.body
        assert not Case.objects.filter(report_links__report_id=report).exists()
        seat = stage.at("seat_agent")
        if not seat.who.may("refuse_filing"):
            stage.refused(seat, case, "refuse_filing", "duty_missing", reason="gone")
            stage.done(seat, case, "propose_filing", note="提请不予立案")
            seat = stage.worker(case, "confirm_filing")
        stage.done(seat, case, "refuse_filing", reason="gone")
        assert (stage.case(case).state, stage.work(case), stage.case(case).number) == ("not_filed", [], None)
        stage.proved(case)


def test_a_verification_is_sent_to_the_inspector_of_the_place_and_answered(stage: Stage) -> None:
    case = stage.cases["unfiled"]
    with later():
        stage.done(stage.at("seat_agent"), case, "send_verification", note="请再看一眼")
        item = WorkItem.objects.get(case_id=case, kind="verify", closed_at=None)
        assert item.appointment_id is not None and stage.case(case).state == "verifying"
        inspector = stage.worker(case, "verify")
        assert inspector.who.may("verify")
        stage.done(inspector, case, "verify", answer="gone", note="已清走", longitude=INSIDE[0], latitude=INSIDE[1])
        assert (stage.case(case).state, stage.work(case)) == ("to_file", ["file"])
        stage.proved(case)
