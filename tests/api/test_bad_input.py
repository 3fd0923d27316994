"""Bad input gets a clear sentence, changes nothing and loses nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.api import paths
from tests.api.paths import At
from tests.support.city import OUTSIDE, City, picture
from urbangrid.accounts import actions as accounts


def _report(city: City, photo: str, **more: Any) -> dict[str, Any]:
    body = {"source": "inspector", "client_id": "p-1", "category_id": str(city.category().id), "place_text": "某处", "files": [photo]}
    return body | more


def test_a_strangers_case_number_looks_like_one_that_is_not_there(desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    number = desk("clerk").get(f"/cases/{case}").body["number"]
    for stranger in ("other_clerk", "company_clerk", "far_inspector", "far_subdistrict_officer"):
        for ref in (case, number, "样20261120-9999", "999", "²", "9" * 40):
            answer = desk(stranger).get(f"/cases/{ref}")
            assert (answer.status, answer.code) == (404, "case_unknown"), (stranger, ref)
        assert desk(stranger).act(case, "receive", seq=4).status == 404
        assert desk(stranger).get("/cases").body["rows"] == []


def test_an_action_on_a_case_that_moved_on_says_who_when_and_what(desk: At, city: City) -> None:
    case = paths.filed(desk, city)
    drawn = desk("dispatcher").get(f"/cases/{case}/moves").body["seq"]
    desk("command_director").done(case, "dispatch", unit_id=str(desk("clerk").who.unit_id))

    late = desk("dispatcher").act(case, "dispatch", seq=drawn, unit_id=str(desk("clerk").who.unit_id))

    assert (late.status, late.code) == (409, "case_moved_on")
    values = late.body["values"]
    assert (values["post"], values["name"], values["action"], values["state"]) == ("指挥部值班主任", "冯立新", "派遣", "待签收")
    assert values["seq"] == drawn + 1
    assert values["case_id"] == case
    assert values["name"] in late.body["sentence"] and values["time"] in late.body["sentence"]
    assert len(desk("clerk").story(case)) == drawn + 1


def test_ten_thousand_characters_are_taken_and_one_more_is_counted(desk: At, city: City) -> None:
    photo = desk("inspector").send_photo()
    taken = desk("inspector").post("/reports", _report(city, photo, description="坑" * 10_000))
    assert taken.status == 201
    assert desk("inspector").get(f"/reports/{taken.body['report_id']}").body["description"] == "坑" * 10_000

    refused = desk("inspector").post("/reports", _report(city, photo, client_id="p-2", description="坑" * 10_001))
    assert (refused.status, refused.code, refused.body["field"]) == (422, "input_too_long", "description")
    assert "10001" in refused.body["sentence"]


def test_a_long_note_of_an_action_is_refused_and_the_case_stays_where_it_was(desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    refused = desk("clerk").act(case, "receive", note="长" * 2_001)
    assert (refused.status, refused.code) == (422, "input_too_long")
    assert desk("clerk").get(f"/cases/{case}").body["state"] == "to_receive"


def test_a_text_file_named_jpg_is_refused_by_its_content(desk: At, city: City) -> None:
    refused = desk("inspector").upload("现场.jpg", "我不是照片".encode())
    assert (refused.status, refused.code) == (422, "file_not_photo")
    assert "现场.jpg" in refused.body["sentence"]


def test_a_photo_beyond_the_limit_is_refused_with_its_size_and_leaves_nothing(desk: At, city: City, settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = 2 * 2**20
    refused = desk("inspector").upload("大照片.jpg", picture() + b"\0" * (5 * 2**20))
    assert (refused.status, refused.code) == (422, "file_too_large")
    assert "大照片.jpg" in refused.body["sentence"] and "5 MB" in refused.body["sentence"]
    assert not list(settings.FILES_ROOT.rglob("*"))


def test_an_upload_without_a_file_names_the_field(desk: At, city: City) -> None:
    refused = desk("inspector").upload("现场.jpg", picture(), field="photo")
    assert (refused.status, refused.code, refused.body["field"]) == (422, "input_missing", "file")


def test_an_unknown_category_is_refused_and_nothing_is_kept(desk: At, city: City) -> None:
    photo = desk("inspector").send_photo()
    refused = desk("inspector").post("/reports", _report(city, photo, category_id="12345"))
    assert (refused.status, refused.code) == (404, "catalog.category_unknown")
    assert desk("inspector").get("/reports").body == []


def test_a_point_in_no_area_is_kept_and_flagged(desk: At, city: City) -> None:
    report = paths.report(desk, city, spot=OUTSIDE)
    assert report["place"]["outside"] is True
    assert desk("seat_agent").get("/queues/accept").body[0]["report_id"] == report["report_id"]
    case = paths.accept(desk, report["report_id"], "file")
    assert desk("seat_agent").get(f"/cases/{case}").body["place"]["outside"] is True


def test_somebody_elses_photo_is_not_taken(desk: At, city: City) -> None:
    photo = desk("second_inspector").send_photo()
    refused = desk("inspector").post("/reports", _report(city, photo))
    assert (refused.status, refused.code) == (422, "photo_unknown")


def test_a_double_tap_is_one_report(desk: At, city: City) -> None:
    photo = desk("inspector").send_photo()
    first, second = (desk("inspector").post("/reports", _report(city, photo)) for _ in range(2))
    assert (first.status, second.status) == (201, 201)
    assert first.body["report_id"] == second.body["report_id"]
    other = desk("inspector").post("/reports", _report(city, photo, description="另一处"))
    assert (other.status, other.code) == (409, "same_key_other_body")
    assert len(desk("seat_agent").get("/queues/accept").body) == 1


def test_the_same_key_gives_the_same_answer_even_when_the_case_has_moved_on(desk: At, city: City) -> None:
    case = paths.filed(desk, city)
    seq = desk("dispatcher").get(f"/cases/{case}/moves").body["seq"]
    unit = str(desk("clerk").who.unit_id)
    first = desk("dispatcher").act(case, "dispatch", key="k-1", seq=seq, unit_id=unit)
    desk("clerk").done(case, "receive")

    again = desk("dispatcher").act(case, "dispatch", key="k-1", seq=seq, unit_id=unit)
    other = desk("dispatcher").act(case, "dispatch", key="k-1", seq=seq, unit_id=unit, opinion="加急")

    assert again == first
    assert (other.status, other.code) == (409, "same_key_other_body")
    assert desk("clerk").story(case).count("dispatch") == 1


def test_a_refused_try_does_not_use_up_its_key(desk: At, city: City) -> None:
    report = paths.report(desk, city)["report_id"]
    seat = desk("seat_agent")
    assert seat.post(f"/reports/{report}/refuse", {}, key="k-2").status == 422
    assert seat.post(f"/reports/{report}/refuse", {"reason": "below_condition"}, key="k-2").status == 200


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/reports", {"source": "inspector"}, "client_id"),
        ("/reports", {"source": "inspector", "client_id": "x", "longitude": 999, "latitude": 40}, "longitude"),
        ("/reports", {"source": "inspector", "client_id": "x", "category_id": "路"}, "category_id"),
        ("/reports", {"source": "inspector", "client_id": "x", "category_id": str(2**63)}, "category_id"),
        ("/reports", {"source": "inspector", "client_id": "x", "device_at": "昨天"}, "device_at"),
    ],
)
def test_a_body_of_the_wrong_shape_is_refused_at_its_field(desk: At, city: City, path: str, body: dict[str, Any], field: str) -> None:
    refused = desk("inspector").post(path, body)
    assert (refused.status, refused.body["field"]) == (422, field)
    assert refused.code in ("input_missing", "input_wrong")
    assert refused.body["sentence"]


def test_a_body_that_is_no_json_is_refused_in_words(city: City) -> None:
    who = city.acting("inspector")
    token = accounts.issue_token(who.user_id, who.appointment_id, "test")
    client = Client(headers={"authorization": f"Bearer {token}"})
    answer = client.post("/api/v1/reports", "{不是", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "api_body_wrong")


def test_a_post_without_the_duty_is_told_so(desk: At, city: City) -> None:
    report = paths.report(desk, city)["report_id"]
    assert desk("leader").post(f"/reports/{report}/accept", {}).status == 403
    assert desk("clerk").post("/reports", {"source": "hotline", "client_id": "x", "place_text": "某处"}).code == "duty_missing"
    assert desk("inspector").post("/reports", {"source": "hotline", "client_id": "x", "place_text": "某处"}).code == "duty_missing"


def test_an_action_that_this_release_does_not_know_is_not_found(desk: At, city: City) -> None:
    case = paths.filed(desk, city)
    assert desk("seat_agent").act(case, "explode").status == 404
    assert desk("seat_agent").get("/queues/explode").code == "queue_unknown"
    assert desk("seat_agent").get("/reasons/explode").status == 404


def test_an_unknown_address_is_answered_in_json(desk: At, city: City) -> None:
    for path in ("/nosuch", "/cases/1/2/3/4"):
        answer = desk("seat_agent").get(path)
        assert (answer.status, answer.code) == (404, "api_unknown")


def test_a_fault_of_ours_is_answered_in_words_and_logged(
    desk: At, city: City, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError("inside")

    monkeypatch.setattr("urbangrid.cases.search.search", breaks)
    answer = desk("seat_agent").get("/cases")
    assert (answer.status, answer.code) == (500, "api_failed")
    assert "inside" not in str(answer.body)
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    ("field", "value"),
    [("longitude", "NaN"), ("longitude", 200), ("latitude", "-Infinity"), ("latitude", 91), ("device_at", "0001-01-01T00:00:00Z")],
)
def test_a_place_or_time_that_nobody_can_mean_is_refused_by_name(desk: At, city: City, field: str, value: object) -> None:
    photo = desk("inspector").send_photo()
    place = {"longitude": 116.4, "latitude": 39.9}
    refused = desk("inspector").post("/reports", _report(city, photo, **place | {field: value}))
    assert (refused.status, refused.body["field"]) == (422, field)


def test_a_place_on_the_other_side_of_the_earth_is_outside_and_kept(desk: At, city: City) -> None:
    photo = desk("inspector").send_photo()
    taken = desk("inspector").post("/reports", _report(city, photo, longitude=27.0, latitude=0.0))
    assert taken.status == 201
    assert desk("inspector").get(f"/reports/{taken.body['report_id']}").body["place"]["outside"] is True


@pytest.mark.parametrize("text", ["甲\0乙", "\ud800"])
@pytest.mark.parametrize("place", ["note", "within", "key"])
def test_a_character_that_no_table_keeps_is_refused_wherever_it_stands(desk: At, city: City, text: str, place: str) -> None:
    case = paths.dispatched(desk, city)
    data: dict[str, dict[str, Any]] = {"note": {"note": text}, "within": {"list": [{"a": text}]}, "key": {text: 1}}
    refused = desk("clerk").act(case, "receive", **data[place])
    assert (refused.status, refused.code) == (400, "text_unreadable")
    assert desk("clerk").get(f"/cases/{case}").body["state"] == "to_receive"
