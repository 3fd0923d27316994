"""Lists, queues and places as the posts read them."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from django.utils import translation

from tests.api import paths
from tests.api.paths import At
from tests.support.city import INSIDE, OUTSIDE, WORKDAY, City
from urbangrid.cases import detail, search
from urbangrid.cases.detail import Doable
from urbangrid.core import clock
from urbangrid.core.errors import NotFound


def test_each_count_is_the_length_of_the_list_behind_it(desk: At, city: City) -> None:
    with clock.travel(WORKDAY):
        for _ in range(3):
            paths.report(desk, city)
        paths.filed(desk, city)
    with clock.travel(WORKDAY + timedelta(minutes=13)):  # of 15 minutes
        counts = desk("seat_agent").get("/queues").body["mine"][0]
        assert (counts["kind"], counts["amber"], counts["total"]) == ("accept", 3, 3)
        assert len(desk("seat_agent").get("/queues/accept", light="amber").body) == 3
        assert desk("seat_agent").get("/queues/accept", light="green").body == []
        watched = {one["kind"]: one["total"] for one in desk("duty_director").get("/queues").body["watched"]}
        assert watched == {"accept": 3, "dispatch": 1}
        assert desk("clerk").get("/queues").body == {"mine": [], "watched": []}


def test_two_seats_taking_next_get_different_reports_and_the_third_gets_none(desk: At, city: City) -> None:
    reports = {paths.report(desk, city)["report_id"] for _ in range(2)}
    first = desk("seat_agent").post("/queues/accept/next").body
    second = desk("second_seat_agent").post("/queues/accept/next").body
    assert {first["report_id"], second["report_id"]} == reports
    assert desk("seat_agent").post("/queues/accept/next").status == 204

    busy = desk("seat_agent").post(f"/items/{second['item_id']}/claim", {})
    assert (busy.status, busy.code, busy.body["values"]["name"]) == (409, "claimed_by_other", "李敏")
    assert desk("seat_agent").post(f"/items/{second['item_id']}/claim", {"take_over": True}).body["claimed_by_me"] is True
    assert desk("seat_agent").post(f"/items/{second['item_id']}/release").status == 204
    assert desk("clerk").post(f"/items/{second['item_id']}/claim", {}).status == 404


def test_what_may_be_done_is_told_alike_with_the_whole_case_and_alone(desk: At, city: City) -> None:
    """Before each step a program asks for the moves alone; the case page shows them with everything else."""
    cases = [paths.accept(desk, paths.report(desk, city)["report_id"]), *(paths.dispatched(desk, city) for _time in range(4))]
    _accepted, _sent, asked, given_away, closed = cases
    desk("clerk").done(asked, "receive")
    desk("clerk").done(asked, "ask_extension", reason="material", note="沥青明日到", until="2026-12-24T18:00:00+08:00")
    desk("dispatcher").done(given_away, "recall", reason="wrong_unit")
    company = {"unit_id": str(desk("company_clerk").who.unit_id), "reason": "order", "opinion": "领导指定"}
    desk("dispatcher").done(given_away, "dispatch", **company)
    paths.fed_back(desk, closed)
    paths.to_check(desk, closed)
    paths.checked(desk, closed)
    desk("seat_agent").done(closed, "close")
    read, offered, left = 0, set[str](), 0
    for who, case in product(city.cast.values(), cases):
        try:
            whole = detail.view(who, int(case))
        except NotFound:
            with pytest.raises(NotFound):
                detail.doable(who, int(case))
            continue
        alone = detail.doable(who, int(case))
        assert alone == Doable(whole.case.seq, whole.case.state, whole.moves, whole.asks, whole.can_withdraw), (who.user_name, case)
        read, offered = read + 1, offered | {one.action for one in alone.moves} | {one.action for one in alone.asks}
        left += case == given_away and who.unit_id == desk("clerk").who.unit_id and alone.state == "to_dispatch"
    assert read > 60 and {"file", "receive", "recall", "ask_extension"} <= offered
    assert left == 1, "of a unit that no longer has it"


def test_cases_are_found_by_number_words_category_area_state_and_time(desk: At, city: City) -> None:
    with clock.travel(WORKDAY):
        case = paths.filed(desk, city)
        other = paths.report(desk, city, category_id=str(city.category("暴露垃圾").id), condition_id=None, place_text="双井巷")
        seat = desk("seat_agent")
        number = seat.get(f"/cases/{case}").body["number"]
        assert number == "样20261120-0001"
        for asked in (
            {"words": number},
            {"words": "坑洼"},
            {"words": "大柳树"},
            {"category_id": city.category().id},
            {"state": "to_dispatch"},
            {"division_id": city.west_street.pk},
            {"since": "2026-11-20T00:00:00+08:00", "until": "2026-11-21T00:00:00+08:00"},
            {"open_only": True},
        ):
            found = seat.get("/cases", **asked).body
            assert [row["case_id"] for row in found["rows"]] == [case], asked
            assert (found["total"], found["more"]) == (1, False)
        for asked in (
            {"words": "路灯"},
            {"state": "closed"},
            {"division_id": city.east_street.pk},
            {"since": "2026-11-21T00:00:00+08:00"},
        ):
            assert seat.get("/cases", **asked).body["rows"] == [], asked
        assert [row["report_id"] for row in seat.get("/reports", state="waiting").body] == [other["report_id"]]
        assert seat.get("/cases", light="violet").status == 422


def test_near_cases_come_with_distance_and_direction(desk: At, city: City) -> None:
    case = paths.filed(desk, city)
    found = desk("seat_agent").get("/cases/near", longitude=INSIDE[0] - 0.0002, latitude=INSIDE[1], category_id=city.category().id).body
    assert [(one["case_id"], one["direction"], one["same_category"]) for one in found] == [(case, "东", True)]
    with translation.override("en"):
        assert [one.direction for one in search.near(city.acting("seat_agent"), INSIDE[0] - 0.0002, INSIDE[1])] == ["E"]
    assert 10 <= found[0]["distance_m"] <= 25
    assert desk("seat_agent").get("/cases/near", longitude=OUTSIDE[0], latitude=OUTSIDE[1]).body == []


def test_a_point_is_located_and_a_category_found_by_its_initials(desk: At, city: City) -> None:
    place = desk("inspector").get("/places/locate", longitude=INSIDE[0], latitude=INSIDE[1]).body
    assert (place["community"], place["subdistrict"], place["road"], place["outside"]) == ("柳荫社区", "西湖街道", "大柳树路", False)
    assert len(place["cell_code"]) == 15
    found = desk("inspector").get("/categories", q="dlps").body
    assert found[0]["name"] == "道路破损"
    handbook = desk("inspector").get(f"/categories/{found[0]['id']}").body
    assert handbook["units"][0]["unit_name"] == "市政所"
    assert all(one["condition"] and one["limit_text"] for one in handbook["conditions"])
    assert [one["name"] for one in desk("dispatcher").get("/units", q="szs").body] == ["市政所"]


def test_the_proof_of_a_case_is_for_the_centre(desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    assert desk("duty_director").get(f"/cases/{case}/proof").body == {"proved": True, "faults": []}
    assert desk("clerk").get(f"/cases/{case}/proof").status == 403


def test_the_sub_district_reads_its_own_area_and_does_nothing(desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    officer = desk("subdistrict_officer")
    assert [row["case_id"] for row in officer.get("/cases").body["rows"]] == [case]
    assert officer.get(f"/cases/{case}/moves").body["moves"] == []
    assert officer.act(case, "receive").status == 403


def test_moves_say_why_not(desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    moves = {one["action"]: one["why_not"] for one in desk("duty_director").get(f"/cases/{case}/moves").body["moves"]}
    assert set(moves) == {"correct", "void", "join_report", "merge", "split", "relate", "unrelate"}
    assert set(moves.values()) == {""}
    assert {one["action"]: one["why_not"] for one in desk("clerk").get(f"/cases/{case}/moves").body["moves"]} == {
        "receive": "", "assign_down": "",
    }  # fmt: skip
