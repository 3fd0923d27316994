"""The whole main path of model A, driven through the interface by the posts."""

from __future__ import annotations

from tests.api import paths
from tests.api.paths import At
from tests.support.city import City
from urbangrid.cases.verification import verify_case


def test_an_inspectors_report_is_filed_dispatched_disposed_checked_and_closed(desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    paths.fed_back(desk, case)
    paths.to_check(desk, case)
    who = paths.checked(desk, case)
    closed = desk("seat_agent").done(case, "close")

    assert closed["state"] == "closed"
    assert who != "inspector"  # the reporter does not check her own find
    expected = "accept file hand_on dispatch receive feedback review send_check check close"
    assert desk("seat_agent").story(case) == expected.split()
    seen = desk("clerk").get(f"/cases/{case}").body
    assert seen["on_time"] is True
    assert [one["state"] for one in seen["stages"]] == ["done"] * 6
    assert {photo["role"] for photo in seen["photos"]} == {"before", "after", "check"}
    assert verify_case(int(case)) == []
