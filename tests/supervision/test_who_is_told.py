"""Who is told of what: the table of the requirements played on cases of model A."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.api import paths
from tests.api.paths import At
from tests.supervision.delivery import deliver, everything, sweep, told
from tests.support.city import INSIDE, WORKDAY, City
from urbangrid.accounts.models import User
from urbangrid.cases.actions import ACTIONS
from urbangrid.cases.lifecycle import BESIDE, BY_ITSELF, EDGES, TOLD_BESIDE, WORK
from urbangrid.cases.models import Case
from urbangrid.core import clock
from urbangrid.core.models import OutboxEntry
from urbangrid.messaging import actions, lines, queries
from urbangrid.messaging.models import Notice
from urbangrid.organizations import actions as organizations
from urbangrid.organizations.models import Post, Unit
from urbangrid.supervision import subscribers, watching, words
from urbangrid.supervision import told as worded
from urbangrid.supervision.recipients import ROLES

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _fresh_table() -> None:
    queries.forget()


def test_every_line_can_happen_has_its_words_and_names_roles_that_exist() -> None:
    kinds = set(WORK.values()) | BESIDE
    acts = {edge.action for edge in EDGES} | set(ACTIONS) | set(TOLD_BESIDE) | BY_ITSELF
    for line in lines.shipped():
        assert line.event in words.LINES, line.event
        assert set(line.to) <= set(ROLES) & set(words.ROLES), line.event
        assert line.actions <= acts, line.event
        assert line.opened <= kinds and line.stages <= kinds, line.event
        assert words.sentence(line.event, {"title": "道路破损", "by": "派遣员"}).count("道路破损") == 1
    assert len({line.event for line in lines.shipped()}) == len(lines.shipped()) == len(words.LINES)


@pytest.mark.parametrize("row", [
    {"event": "x", "to": ["holder"]},
    {"event": "x", "to": [], "report": True},
    {"event": "x", "to": ["holder"], "report": True, "actions": ["file"]},
    {"event": "x", "to": ["holder"], "clock": "moon", "at": "due"},
    {"event": "x", "to": ["holder"], "clock": "unit", "at": "share", "amount": 100},
])  # fmt: skip
def test_a_line_that_this_release_does_not_understand_is_refused(row: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="lines: x"):
        lines.read(row)


def test_the_main_way_tells_each_post_its_own_part_and_what_is_done_is_no_longer_new(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        report = paths.report(desk, city)
        deliver()
        assert told(city, "seat_agent") == ["new_report"]
        assert queries.bell(city.acting("seat_agent")).count == 1
        case = paths.accept(desk, report["report_id"], "file")
        deliver()
        assert queries.bell(city.acting("seat_agent")).count == 0, "the report is accepted: nothing new any more"
        assert told(city, "dispatcher", case) == ["filed"]
        desk("dispatcher").done(case, "dispatch", unit_id=str(desk("clerk").who.unit_id))
        deliver()
        assert told(city, "clerk", case) == ["dispatched"]
        assert told(city, "other_clerk", case) == []
        paths.fed_back(desk, case)
        deliver()
        assert told(city, "dispatcher", case) == ["filed", "answered"]
        desk("dispatcher").done(case, "rework", reason="other", note="未清理")
        deliver()
        assert told(city, "clerk", case) == ["dispatched", "rework"]
        desk("clerk").done(case, "feedback", text="已清理", handled_by="何建", files=[desk("clerk").send_photo("black")])
        desk("dispatcher").done(case, "rework", reason="other", note="仍未清理")
        deliver()
        assert told(city, "clerk", case)[-2:] == ["rework", "rework_again"], "without a head of the unit its desk hears it as urgent"
        desk("clerk").done(case, "feedback", text="已清理", handled_by="何建", files=[desk("clerk").send_photo("black")])
        paths.to_check(desk, case)
        deliver()
        checker = paths.checker(desk, case)
        assert told(city, checker, case) == ["check_task"]
        paths.checked(desk, case)
        desk("seat_agent").done(case, "close")
        deliver()
        assert told(city, "clerk", case)[-1] == "closed"
        assert told(city, "inspector", case)[-1] == "closed", "who reported hears how it ended"
        assert not Notice.objects.filter(case_id=int(case), settled_at=None, event__in=("filed", "dispatched", "answered", "check_task"))


def test_the_asking_agent_hears_the_answer_of_a_verification(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = paths.accept(desk, paths.request(desk, city)["report_id"])
        desk("seat_agent").done(case, "send_verification")
        deliver()
        name = next(one for one in ("inspector", "second_inspector") if told(city, one, case))
        assert told(city, name, case) == ["verification_task"]
        desk(name).done(case, "verify", answer="true", files=[desk(name).send_photo()])
        deliver()
        assert told(city, "seat_agent", case) == ["verified"]
        assert told(city, "second_seat_agent", case) == [], "another agent did not ask"


def test_what_is_delivered_again_is_told_once(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        paths.fed_back(desk, paths.dispatched(desk, city))
        deliver()
        once = everything()
        deliver()
        assert everything() == once


def test_a_withdrawn_dispatch_was_never_told(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        deliver()
        assert told(city, "clerk", case) == ["dispatched"]
        desk("dispatcher").done(case, "withdraw", reason="other", note="派错单位")
        deliver()
        assert told(city, "clerk", case) == []


def test_a_request_goes_to_who_decides_and_its_result_to_who_asked(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        desk("clerk").done(case, "receive")
        until = (WORKDAY + timedelta(days=9)).isoformat()
        desk("clerk").done(case, "ask_extension", reason="other", note="材料未到", until=until)
        deliver()
        assert told(city, "command_director", case)[-1:] == ["to_decide"]
        with clock.travel(WORKDAY + 121 * MINUTE):
            sweep()
            assert "undecided" in told(city, "duty_director", case), "who decides has slept two hours"
            request = Case.objects.get(pk=case).requests.get().pk
            desk("command_director").done(case, "disagree", request=str(request), reason="other", note="请按期")
            deliver()
            assert told(city, "clerk", case)[-1] == "decided"


def test_units_that_do_not_receive_and_heads_that_do_not_sign_are_told_of_in_steps(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        complex_case = paths.filed(desk, city, complex=True)
        sweep()
        assert told(city, "head", complex_case) == ["to_sign"]
    with clock.travel(WORKDAY + 59 * MINUTE):
        sweep()
        assert "not_received" not in told(city, "dispatcher", case)
    with clock.travel(WORKDAY + 60 * MINUTE):
        sweep()
        assert told(city, "dispatcher", case).count("not_received") == 1
        assert told(city, "duty_director", complex_case).count("unsigned") == 1, "without a deputy the duty director hears it"
        assert "not_received_again" not in told(city, "duty_director", case)
    with clock.travel(WORKDAY + 120 * MINUTE):
        sweep()
        assert told(city, "duty_director", case).count("not_received_again") == 1
        assert told(city, "dispatcher", case).count("not_received") == 1


def test_half_soon_and_late_are_told_once_each_and_late_to_unit_dispatcher_and_sub_district(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        desk("clerk").done(case, "receive")
        sweep()
    for days in range(12):
        with clock.travel(WORKDAY + timedelta(days=days)):
            sweep()
    for name, events in (("clerk", ["half", "soon", "late"]), ("dispatcher", ["late"]), ("subdistrict_officer", ["late"])):
        assert [one for one in told(city, name, case) if one in ("half", "soon", "late")] == events, name
    assert told(city, "far_subdistrict_officer", case) == []


def test_no_notice_carries_a_citizen_or_free_text_or_a_coordinate(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        request = paths.request(desk, city, place_text="秦素珍家门前 13900001111 东经116.4123")
        case = paths.accept(desk, request["report_id"])
        desk("seat_agent").done(case, "send_verification", note="找秦素珍 13900001111")
        name = next(one for one in ("inspector", "second_inspector") if desk(one).get("/queues/verify").body)
        desk(name).done(case, "verify", answer="true", note="秦素珍在场", files=[desk(name).send_photo()])
        desk("seat_agent").done(case, "file", condition_id=str(city.condition()))
        company = desk("company_clerk").who.unit_id
        desk("dispatcher").done(case, "dispatch", unit_id=str(company), reason="other", opinion="联系秦素珍 13900001111")
        desk("seat_agent").done(case, "comment", text="秦素珍 13900001111 很着急", unit_id=str(company))
        deliver()
    with clock.travel(WORKDAY + timedelta(days=12)):
        sweep()
        rows = everything()
        assert {"new_report", "verified", "filed", "dispatched", "comment", "late"} <= {row["event"] for row in rows}
        kept = json.dumps([{**row, "created_at": "", "settled_at": ""} for row in rows], default=str, ensure_ascii=False)
        page = str(worded.days(city.acting("company_clerk")))
        assert "派到本单位" in page
        for secret in ("秦素珍", "13900001111", "116.4", f"{INSIDE[0]:.3f}", f"{INSIDE[1]:.3f}", "柳荫里"):
            assert secret not in kept and secret not in page, secret


def test_an_administrator_switches_a_line_off_for_one_unit_and_for_all(city: City, desk: At) -> None:
    admin = city.acting("system_admin")
    with clock.travel(WORKDAY):
        actions.switch(admin, "dispatched", city.acting("clerk").unit_id, "in_system", on=False)
        case = paths.dispatched(desk, city)
        deliver()
        assert told(city, "clerk", case) == []
        actions.switch(admin, "dispatched", city.acting("clerk").unit_id, "in_system", on=None)
        actions.switch(admin, "filed", None, "in_system", on=False)
        later = paths.dispatched(desk, city)
        deliver()
        assert told(city, "clerk", later) == ["dispatched"]
        assert "filed" not in told(city, "dispatcher", later)


def test_a_watched_case_tells_of_each_step_but_not_of_the_own_ones(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        deliver()
    with clock.travel(WORKDAY + MINUTE):
        watching.watch(city.acting("subdistrict_officer"), int(case), on=True)
        watching.watch(city.acting("clerk"), int(case), on=True)
        desk("clerk").done(case, "receive")
        deliver()
        assert told(city, "subdistrict_officer", case) == ["watched"]
        assert "watched" not in told(city, "clerk", case)
        assert [row.number for row in watching.watched(city.acting("clerk"))] == [Case.objects.get(pk=case).number]
        watching.watch(city.acting("subdistrict_officer"), int(case), on=False)
        desk("seat_agent").done(case, "comment", text="请抓紧")
        assert watching.watched(city.acting("subdistrict_officer")) == []


def test_the_relay_loses_no_notice_when_a_subscriber_is_slow_to_learn(city: City, desk: At) -> None:
    """An entry may come late: work that has ended meanwhile is told and settled in the same order."""
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        paths.fed_back(desk, case)
        for entry in OutboxEntry.objects.filter(topic="case", subject_id=int(case)).order_by("seq"):
            subscribers.tell(entry)
        assert queries.unread(city.acting("clerk")).filter(event="dispatched").count() == 0
        assert queries.unread(city.acting("dispatcher")).filter(event="answered").count() == 1


def test_an_order_goes_to_the_unit_and_its_head_and_the_answer_to_who_gave_it(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        head = _head_of_the_unit(city, desk("clerk").who.unit_id)
        case = paths.dispatched(desk, city)
        desk("subdistrict_officer").done(case, "remind", note="请抓紧")
        deliver()
        assert told(city, "clerk", case)[-1] == "reminder"
        desk("subdistrict_officer").done(case, "order", note="三日内答复")
        deliver()
        assert told(city, "clerk", case)[-1] == "order"
        assert list(Notice.objects.filter(unit_id=head, duty="lead_unit").values_list("event", flat=True)) == ["order"]
        request = Case.objects.get(pk=case).requests.get(kind="order").pk
        desk("clerk").done(case, "answer_order", request=str(request), note="已安排")
        deliver()
        assert told(city, "subdistrict_officer", case)[-1] == "order_answered"
        assert not queries.unread(city.acting("clerk")).filter(event="order").exists(), "answered: nothing new any more"


def _head_of_the_unit(city: City, unit_id: int) -> int:
    """王所长 heads 市政所."""
    who = User.objects.create(username="unit_head", name="王所长", password="!", password_set_at=clock.now())
    post = Post.objects.get(platform=city.platform, code="unit_head")
    organizations.appoint(user=who, post=post, unit=Unit.objects.get(pk=unit_id), division_id=None, director_unit=None)
    return unit_id


def test_what_is_returned_before_the_dispatch_reaches_who_filed_or_proposed_it(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        proposed = paths.accept(desk, paths.report(desk, city)["report_id"], "propose_filing", note="请审定")
        desk("duty_director").done(proposed, "return_proposal", note="条件不清")
        signed = paths.filed(desk, city, complex=True)
        desk("head").done(signed, "return_unsigned", reason="other", note="不必签发")
        back = paths.filed(desk, city)
        desk("dispatcher").done(back, "return_to_filing", reason="other", note="类别不对")
        deliver()
        for case in (proposed, signed, back):
            assert told(city, "seat_agent", case).count("returned") == 1, case
            assert "returned" not in told(city, "second_seat_agent", case), "it is hers who filed it"


def test_mergers_and_splits_reach_the_units_that_have_the_cases_and_a_reopening_the_one_that_had_it(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case, main = paths.dispatched(desk, city), paths.dispatched(desk, city)
        desk("duty_director").done(case, "merge", main=main, reason="same_matter")
        deliver()
        assert told(city, "clerk", case)[-1] == "merged" and told(city, "clerk", main)[-1] == "taken_in"
        assert "merged" in told(city, "inspector", case), "who reported it learns where it went"
        desk("duty_director").done(case, "unmerge", reason="not_same")
        deliver()
        assert told(city, "clerk", case)[-1] == told(city, "clerk", main)[-1] == "taken_apart"
        desk("duty_director").done(
            main, "split", reason="several_owners", category_id=str(city.category().id), condition_id=str(city.condition())
        )
        deliver()
        assert told(city, "clerk", main)[-1] == "split"
        paths.fed_back(desk, case)
        paths.to_check(desk, case)
        paths.checked(desk, case)
        desk("seat_agent").done(case, "close")
        desk("seat_agent").done(case, "ask_reopen", reason="remains", note="仍在")
        asked = Case.objects.get(pk=case).requests.get(kind="reopen").pk
        desk("head").done(case, "agree", request=str(asked))
        deliver()
        assert "reopened" in told(city, "clerk", case) and "reopened" in told(city, "inspector", case)
        assert "filed" in told(city, "dispatcher", case)
