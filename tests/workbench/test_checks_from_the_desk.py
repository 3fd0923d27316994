"""核查 from a desk: by video or by an assessor, with a picture, instead of an inspector or over his head (case-rules 19)."""

from __future__ import annotations

import pytest

from tests.api import paths
from tests.api.paths import At
from tests.support.city import City, photo
from tests.support.screen import Screen
from urbangrid.cases.models import Case, WorkItem
from urbangrid.cases.verification import verify_case


def _act(who: Screen, case: str, action: str, status: int = 200, /, **data: object) -> str:
    return who.post(f"/case/{case}/act/{action}/", {"seq": Case.objects.get(pk=case).seq, "from": "case", **data}, status)


def _to_send_check(desk: At, city: City) -> str:
    case = paths.dispatched(desk, city)
    paths.fed_back(desk, case)
    desk("dispatcher").done(case, "review")
    return case


def test_the_seat_checks_by_video_at_her_desk_instead_of_sending_an_inspector(screen: type[Screen], desk: At, city: City) -> None:
    case = _to_send_check(desk, city)
    seat, item = screen("seat_agent"), WorkItem.objects.get(case_id=case, closed_at=None)
    page = seat.get(f"/desk/?tab=send_check&item={item.pk}")
    assert "视频或考评核查 F4" in page and 'data-open="move-check_remotely"' in seat.html
    form = {"tab": "send_check", "item": item.pk, "from": "desk", "means": "video", "answer": "handled", "note": "探头 12 号可见路面平整"}
    page = _act(seat, case, "check_remotely", 422, **form)
    assert "照片" in page and "探头 12 号可见路面平整" in page and 'id="move-check_remotely" open data-opened' in seat.html
    _act(seat, case, "check_remotely", **form, files=[photo(city.acting("seat_agent"), "white")])
    assert "已视频核查" in seat.toast
    row = Case.objects.get(pk=case)
    assert (row.state, row.check_answer, row.check_means) == ("to_close", "handled", "video")
    closing = seat.get(f"/desk/?tab=close&item={WorkItem.objects.get(case_id=case, closed_at=None).pk}")
    assert "已处置（视频核查）" in closing and "探头 12 号可见路面平整" in closing
    assert verify_case(int(case)) == []


def test_the_duty_director_checks_by_an_assessor_what_an_inspector_was_sent_for(screen: type[Screen], desk: At, city: City) -> None:
    case = _to_send_check(desk, city)
    desk("seat_agent").done(case, "send_check")
    inspector = paths.checker(desk, case)
    director = screen("duty_director")
    assert "视频或考评核查" in director.get(f"/case/{case}/")
    form = {"means": "assessor", "answer": "unreachable", "files": [photo(city.acting("duty_director"), "white")]}
    assert "请发监督员到场核查" in _act(director, case, "check_remotely", 422, **form)
    assert "核查方式" in _act(director, case, "check_remotely", 422, **form | {"means": "site", "answer": "insufficient"})
    _act(director, case, "check_remotely", **form | {"answer": "insufficient", "note": "井圈仍松"})
    assert "处置不到位（考评员核查）" in director.get(f"/case/{case}/?all=1")
    assert not any(row["case_id"] == case for row in desk(inspector).get("/queues/check").body)  # she need not go any more
    assert Case.objects.get(pk=case).check_means == "assessor"
    assert desk("seat_agent").act(case, "close").code == "check_disagrees"


@pytest.mark.parametrize("who", ["dispatcher", "clerk", "subdistrict_officer"])
def test_who_does_not_send_checks_is_offered_no_check_from_the_desk(screen: type[Screen], desk: At, city: City, who: str) -> None:
    case = _to_send_check(desk, city)
    reader = screen(who)
    assert "视频或考评核查" not in reader.get(f"/case/{case}/")
    _act(reader, case, "check_remotely", 403, means="video", answer="handled")
    assert Case.objects.get(pk=case).state == "to_send_check"
