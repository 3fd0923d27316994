"""Under every model each kind of report goes its way to closure, and nobody does what is another's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from tests.api.paths import At
from tests.models import ways
from tests.support.city import WORKDAY
from tests.support.model_city import ModelCity
from urbangrid.accounts.models import User
from urbangrid.administration import words
from urbangrid.cases import process, processes
from urbangrid.cases.models import Case
from urbangrid.cases.verification import verify_case
from urbangrid.catalog import cache
from urbangrid.catalog.models import Source
from urbangrid.core import clock, presets
from urbangrid.core.errors import Refusal
from urbangrid.core.models import Platform
from urbangrid.organizations import actions, installing
from urbangrid.organizations.models import Post, Unit

ONE_LEVEL = ["a", "b", "c", "e"]


def _whole(at: At, city: ModelCity, case: str) -> list[str]:
    ways.dispatched(at, case)
    ways.disposed(at, case)
    at("dispatcher").done(case, "review")
    assert ways.closed(at, city, case)["state"] == "closed"
    assert verify_case(int(case)) == []
    return at("seat_agent").story(case)


@pytest.mark.parametrize("model_city", ONE_LEVEL, indirect=True)
def test_an_inspectors_find_is_filed_disposed_checked_and_closed(at: At, model_city: ModelCity) -> None:
    case = ways.accepted(at, ways.inspector_reports(at, model_city))
    ways.filed(at, model_city, case)
    story = _whole(at, model_city, case)
    assert story[-7:] == ["dispatch", "receive", "feedback", "review", "send_check", "check", "close"]


@pytest.mark.parametrize("model_city", ONE_LEVEL, indirect=True)
def test_a_citizens_call_is_verified_first_and_answered_at_the_end(at: At, model_city: ModelCity) -> None:
    report = ways.citizen_calls(at, model_city)
    case = ways.verified(at, model_city, report)
    ways.filed(at, model_city, case)
    assert "verify" in _whole(at, model_city, case)
    assert at("seat_agent").get(f"/cases/{case}").body["source"] == "热线"


@pytest.mark.parametrize("model_city", ["a", "b", "e"], indirect=True)
def test_a_matter_of_the_city_goes_the_same_way(at: At, model_city: ModelCity) -> None:
    case = ways.verified(at, model_city, ways.city_sends(at, model_city))
    ways.filed(at, model_city, case)
    _whole(at, model_city, case)


@pytest.mark.requirement("CY-12-2")
@pytest.mark.parametrize("model_city", ["b"], indirect=True)
def test_two_centres_share_the_way_and_neither_does_the_others_part(at: At, model_city: ModelCity) -> None:
    centres = {unit.code: unit.kind for unit in Unit.objects.filter(platform=model_city.platform, code__in=("SUP", "CMD"), parent=None)}
    assert centres == {"SUP": "supervision", "CMD": "command"}
    case = ways.accepted(at, ways.inspector_reports(at, model_city))
    at("seat_agent").done(case, "propose_filing", condition_id=str(model_city.condition()))
    assert at("dispatcher").act(case, "file", condition_id=str(model_city.condition())).status == 403
    at("duty_director").done(case, "file", condition_id=str(model_city.condition()))
    assert at("duty_director").act(case, "dispatch", unit_id=str(at("clerk").who.unit_id)).status == 403
    ways.dispatched(at, case)
    ways.disposed(at, case)
    at("dispatcher").done(case, "review")
    assert at("dispatcher").act(case, "send_check").status == 403
    assert ways.closed(at, model_city, case)["state"] == "closed"


@pytest.mark.parametrize("model_city", ["b"], indirect=True)
def test_whether_a_citizens_call_is_verified_is_the_platforms_own_setting(at: At, model_city: ModelCity) -> None:
    strict = ways.accepted(at, ways.citizen_calls(at, model_city))
    at("seat_agent").done(strict, "propose_filing", condition_id=str(model_city.condition()))
    assert at("duty_director").act(strict, "file", condition_id=str(model_city.condition())).code == "verification_missing"

    Source.objects.create(platform=model_city.platform, code="hotline", name="热线", source_class="public", verify="never")
    cache.changed()
    at("duty_director").done(strict, "file", condition_id=str(model_city.condition()))


@pytest.mark.requirement("JJ-4")
@pytest.mark.parametrize("model_city", ["c"], indirect=True)
def test_one_joint_centre_of_a_county_level_city_has_receptionists_dispatchers_and_seven_stages(at: At, model_city: ModelCity) -> None:
    units = Unit.objects.filter(platform=model_city.platform).exclude(kind__in=("department", "company", "community"))
    assert [unit.kind for unit in units] == ["joint_centre"]
    assert at("seat_agent").who.unit_id == at("dispatcher").who.unit_id
    case = ways.accepted(at, ways.inspector_reports(at, model_city, "part_timer"))
    ways.filed(at, model_city, case)
    _whole(at, model_city, case)
    stages = at("seat_agent").get(f"/cases/{case}").body["stages"]
    assert [one["state"] for one in stages] == ["done"] * 6 + ["ahead"], "closing a case does not evaluate it"
    assert stages[-2]["left_at"] and (stages[-1]["name"], stages[-1]["entered_at"]) == ("综合评价", None)
    page = ways.browser(model_city, "seat_agent").get(reverse("workbench:case", args=[case])).content.decode()
    assert 'class="stages" aria-label="7 个环节"' in page


@pytest.mark.parametrize("model_city", ["e"], indirect=True)
def test_a_district_of_its_own_brings_a_case_to_closure_without_anybody_of_a_city(at: At, model_city: ModelCity) -> None:
    assert Platform.objects.count() == 1
    case = ways.accepted(at, ways.inspector_reports(at, model_city))
    ways.filed(at, model_city, case)
    _whole(at, model_city, case)
    seen = at("seat_agent").get(f"/cases/{case}").body
    assert [one["state"] for one in seen["stages"]] == ["done"] * 6 + ["ahead"]
    actors = {(line["post"], line["unit"]) for line in seen["story"]}
    assert {post for post, _unit in actors} >= {"坐席员", "派遣员", "部门内勤", "信息采集员"}


@pytest.mark.requirement("SY-4.5")
@pytest.mark.parametrize("model_city", ["e"], indirect=True)
def test_the_supervision_body_stands_beside_the_command_and_nobody_sits_in_both(at: At, model_city: ModelCity) -> None:
    bodies = {unit.kind: unit for unit in Unit.objects.filter(platform=model_city.platform, kind__in=("supervision", "command"))}
    assert bodies["supervision"].parent_id is None and bodies["command"].parent_id is None
    own = {"accept", "file", "send_check", "close", "check"}
    assert not at("dispatcher").who.duties & own and not at("seat_agent").who.duties & {"dispatch", "review"}
    user = User.objects.get(pk=at("seat_agent").who.user_id)
    with pytest.raises(Refusal) as caught:
        post = Post.objects.get(platform=model_city.platform, code="command_director")
        actions.appoint(user=user, post=post, unit=bodies["command"])
    assert caught.value.code == "post_exclusive"


@pytest.mark.requirement("SY-6.5c")
@pytest.mark.parametrize("model_city", ["e"], indirect=True)
def test_a_seat_officer_closes_by_an_authorisation_of_the_duty_leader_alone(at: At, model_city: ModelCity) -> None:
    """She accepts, files and hands on by right; closing she is let do for a class and a time, and the history says by whom."""
    with clock.travel(WORKDAY):
        cases = [_to_close(at, model_city) for _turn in range(2)]
        seat, leader = (ways.browser(model_city, name) for name in ("seat_agent", "duty_director"))
        desk = seat.get("/desk/?tab=close").content.decode()
        assert "没有对这一类别有效的结案授权" in desk and str(Case.objects.get(pk=cases[0]).number) in desk
        refused = at("seat_agent").act(cases[0], "close")
        assert (refused.status, refused.code) == (403, "not_authorised")
        assert seat.get("/authorisations/").status_code == 403
        form = {
            "holder": f"person:{at('seat_agent').who.appointment_id}", "valid_from": "2026-11-20", "valid_until": "2026-11-20",
            "category_id": str(model_city.category().id), "reason": "当日授权",
        }  # fmt: skip
        assert leader.post("/authorisations/", form).status_code == 302
        assert "没有对这一类别有效的结案授权" not in seat.get("/desk/?tab=close").content.decode()
        at("seat_agent").done(cases[0], "close")
        line = at("seat_agent").get(f"/cases/{cases[0]}").body["story"][-1]
        assert (line["word"], line["text"], line["post"]) == ("结案", "授权结案（duty_director授权）", "坐席员")
    with clock.travel(WORKDAY + timedelta(days=1)):
        assert at("seat_agent").act(cases[1], "close").code == "not_authorised"
        assert at("duty_director").done(cases[1], "close")["state"] == "closed"


def _to_close(at: At, city: ModelCity) -> str:
    case = ways.accepted(at, ways.inspector_reports(at, city))
    ways.filed(at, city, case)
    ways.dispatched(at, case)
    ways.disposed(at, case)
    at("dispatcher").done(case, "review")
    at("seat_agent").done(case, "send_check")
    who = at(ways.holder(at, city, case, "check"))
    who.done(case, "check", answer="handled", files=[who.send_photo("white")])
    return case


@pytest.mark.parametrize("model_city", ["c", "e"], indirect=True)
def test_a_way_that_the_model_does_not_have_is_refused_and_has_no_button(at: At, model_city: ModelCity) -> None:
    case = ways.accepted(at, ways.inspector_reports(at, model_city))
    ways_of_others: list[dict[str, Any]] = [{"complex": True}, {"city_owned": True}]
    for wanted in ways_of_others:
        refused = at("seat_agent").act(case, "file", condition_id=str(model_city.condition()), **wanted)
        assert (refused.status, refused.code) == (422, "way_not_there")
    moves = {one["action"] for one in at("seat_agent").get(f"/cases/{case}/moves").body["moves"]}
    assert not moves & {"propose_filing", "release", "sign"}


@pytest.mark.parametrize("code", presets.codes(processes.PRESETS))
def test_every_shipped_process_is_whole_and_every_duty_of_it_is_held(code: str) -> None:
    organisation = installing.preset(code)
    posts = [*organisation["posts"], *(installing.preset(organisation["district"])["posts"] if "district" in organisation else ())]
    loaded = process.load(processes.preset(code))
    assert process.faults(loaded, {duty for post in posts for duty in post["duties"]}) == []
    assert len(loaded.stages) == organisation["stages"]
    for post in posts:
        assert set(post["duties"]) <= set(words.DUTIES), post["code"]
        assert set(post.get("unit_kinds", ())) <= set(Unit.KINDS), post["code"]
