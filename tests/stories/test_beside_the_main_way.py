"""Under every model: 反复, 先派后补, 视频或考评核查 and 取消协办."""

from __future__ import annotations

from datetime import timedelta

from tests.models import ways
from tests.stories.stage import HOUR, LATER, Stage, later, new_case
from tests.support.city import WORKDAY
from urbangrid.cases.models import CaseRelation
from urbangrid.core import clock

MINUTE = timedelta(minutes=1)


def test_what_is_reported_again_soon_after_its_closing_is_a_new_case_that_names_the_earlier_one(stage: Stage) -> None:
    earlier = stage.cases["closed"]
    with later():
        case, other = new_case(stage), new_case(stage)
        ways.filed(stage.at, stage.city, case)
        row = stage.case(case)
        assert (row.repeat, CaseRelation.objects.get(case_id=case, kind="repeat").other_id) == (True, int(earlier))
        assert stage.case(earlier).state == "closed"
    with clock.travel(WORKDAY + 73 * HOUR):
        ways.filed(stage.at, stage.city, other)
        assert stage.case(other).repeat is False, "three days are over"
        stage.proved(case, other, earlier)


def test_a_danger_is_called_out_first_filed_within_ten_minutes_and_its_unit_stands_first(stage: Stage) -> None:
    case, seat, called = stage.cases["unfiled"], stage.at("seat_agent"), stage.at("other_clerk").who.unit_id
    with clock.travel(LATER):
        words = {"unit_id": str(called), "person": "值班员", "phone": "010-6500 0001", "note": "井盖没了"}
        stage.refused(stage.unit, case, "call_first", "case_unknown", **words)  # not hers to read
        stage.done(seat, case, "call_first", **words)
        assert (stage.case(case).called_at, stage.case(case).urgent) == (LATER, True)
    with clock.travel(LATER + 9 * MINUTE):
        ways.filed(stage.at, stage.city, case)
        assert stage.case(case).called_on_time is True
        desk = stage.worker(case, "dispatch")
        proposed = desk.get(f"/cases/{case}/proposals").body[0]
        assert (proposed["unit_id"], proposed["grounds"][0]["basis"]) == (str(called), "call")
        stage.done(desk, case, "dispatch", unit_id=str(called))
        stage.refused(seat, case, "call_first", "case_not_that_state", **words)
        stage.proved(case)


def test_a_check_by_video_is_said_to_be_one_needs_a_picture_and_never_ends_unseen(stage: Stage) -> None:
    case = stage.cases["held"]
    with later():
        stage.feed_back(case)
        stage.review(case)
        desk = stage.worker(case, "send_check")
        seen = {"means": "video", "answer": "handled", "files": [desk.send_photo("white")]}
        stage.refused(desk, case, "check_remotely", "remote_not_seen", **seen | {"answer": "unreachable"})
        stage.refused(desk, case, "check_remotely", "photos_missing", **seen | {"files": []})
        stage.done(desk, case, "check_remotely", **seen)
        row = stage.case(case)
        assert (row.state, row.check_means, row.check_answer) == ("to_close", "video", "handled")
        stage.close(case)
        assert stage.case(case).state == "closed"
        stage.proved(case)


def test_who_does_not_answer_as_a_helper_is_let_go_with_a_reason_and_the_unit_feeds_back(stage: Stage) -> None:
    case, helper = stage.cases["held"], stage.other_unit
    with later():
        stage.done(stage.commander, case, "add_assist", unit_id=str(helper.who.unit_id), note="请移开护栏")
        assert stage.work(case) == ["assist", "dispose"]
        photo = stage.unit.send_photo("black")
        stage.refused(stage.unit, case, "feedback", "assist_waits", text="已修补", handled_by="班组", files=[photo])
        let_go = {"unit_id": str(helper.who.unit_id), "reason": "other", "note": "护栏已自行移开"}
        stage.refused(stage.unit, case, "drop_assist", "duty_missing", **let_go)
        stage.refused(stage.commander, case, "drop_assist", "reason_missing", unit_id=str(helper.who.unit_id))
        stage.done(stage.commander, case, "drop_assist", **let_go)
        assert stage.work(case) == ["dispose"]
        stage.to_closure(case)
        assert "drop_assist" in stage.story(case) and stage.case(case).state == "closed"
        stage.proved(case)
