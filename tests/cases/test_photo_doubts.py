"""Photos of disposal that were used before, or taken before the dispatch, are flagged for who reviews and checks (desks.md P3)."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.api import paths
from tests.api.paths import At
from tests.api.test_requests import received
from tests.support.browser import enter
from tests.support.city import WORKDAY, City
from tests.support.desk import Desk
from urbangrid.cases.models import WorkItem
from urbangrid.cases.photo_doubts import Earlier, doubts
from urbangrid.cases.records import UsedFile
from urbangrid.cases.verification import verify_case
from urbangrid.core import clock

HOUR = timedelta(hours=1)


def _photo(desk: Desk, colour: str, taken: datetime | None = None) -> str:
    """A photo of that colour, with the camera's own time where given (in the zone of the city)."""
    out, exif = io.BytesIO(), Image.Exif()
    if taken is not None:
        exif.get_ifd(0x8769)[0x9003] = taken.astimezone(desk.who.zone).strftime("%Y:%m:%d %H:%M:%S")
    Image.new("RGB", (64, 48), colour).save(out, "JPEG", exif=exif)
    answer = desk.upload("现场.jpg", out.getvalue())
    assert answer.status == 201, answer.body
    return str(answer.body["file_id"])


def _fed_back(desk: At, case: str, photo: str) -> None:
    desk("clerk").done(case, "feedback", text="已修补", handled_by="何建", files=[photo])


def _doubts(desk: Desk, case: str) -> list[str]:
    return [words for one in desk.get(f"/cases/{case}").body["photos"] for words in one["doubts"]]


def test_a_photo_that_served_another_case_is_taken_and_flagged_before_the_key_is_pressed(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        first, second = received(desk, city), received(desk, city)
        _fed_back(desk, first, _photo(desk("clerk"), "black"))
        assert _doubts(desk("dispatcher"), first) == []
        _fed_back(desk, second, _photo(desk("clerk"), "black"))
        number = desk("dispatcher").get(f"/cases/{first}").body["number"]
        named = [f"疑似重复照片：与案件 {number} 的处置后照片（11-20 09:40）相同"]
        assert _doubts(desk("dispatcher"), second) == named
        page = enter(Client(), city, "dispatcher")
        item = WorkItem.objects.get(case_id=second, kind="review", closed_at=None)
        shown = page.get(reverse("workbench:desk"), {"tab": "review", "item": str(item.pk)}).content.decode()
        assert named[0] in shown and shown.index(named[0]) < shown.index('data-key="F2"')
        assert reverse("workbench:case", args=[first]) in shown, "the other case is a click away"
        paths.to_check(desk, second)
        checker = enter(Client(), city, paths.checker(desk, second))
        task = checker.get(reverse("collection:task", args=[second])).content.decode()
        assert "疑似重复照片：以前在另一案件用过" in task and number not in task, "an inspector may not know of the other case"
    assert verify_case(int(second)) == []


def test_after_rework_the_newest_feedbacks_photo_comes_first_and_the_doubt_is_about_what_stands(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        other, case = received(desk, city), received(desk, city)
        _fed_back(desk, other, _photo(desk("clerk"), "black"))
        refused, good, crooked = (_photo(desk("clerk"), colour) for colour in ("black", "teal", "navy"))
        _fed_back(desk, case, refused)
        assert _doubts(desk("dispatcher"), case) != []
        desk("dispatcher").done(case, "rework", reason="remains", note="不是这里")
        assert _doubts(desk("dispatcher"), case) == [], "what was refused is doubted no more"
        desk("clerk").done(case, "feedback", text="已重做", handled_by="何建", files=[good, crooked])
        assert _doubts(desk("dispatcher"), case) == []
        page = enter(Client(), city, "dispatcher")
        item = WorkItem.objects.get(case_id=case, kind="review", closed_at=None)
        shown = page.get(reverse("workbench:desk"), {"tab": "review", "item": str(item.pk)}).content.decode()
        panel = shown[shown.rindex("<h2>处置后</h2>") :]
        places = [panel.index(f"/{one}/") for one in (good, crooked, refused)]
        assert places == sorted(places)
        assert panel.index("返工前") > panel.index(f"/{crooked}/")
        photos = desk("dispatcher").get(f"/cases/{case}").body["photos"]
        assert [one["role_word"] for one in photos] == ["处置前", "处置后（返工前）", "处置后", "处置后"]
    with clock.travel(WORKDAY + HOUR):
        _fed_back(desk, other := received(desk, city), _photo(desk("clerk"), "navy"))
        number = desk("dispatcher").get(f"/cases/{case}").body["number"]
        assert _doubts(desk("dispatcher"), other) == [f"疑似重复照片：与案件 {number} 的处置后照片（11-20 09:40）相同"]


def test_the_photo_from_before_shown_as_the_one_after_is_flagged_too(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = received(desk, city)
        _fed_back(desk, case, desk("clerk").send_photo("gray"))  # as the inspector's report
        assert "以前在另一案件用过" not in _doubts(desk("dispatcher"), case)[0]
        assert _doubts(desk("dispatcher"), case) == ["疑似重复照片：与本案处置前的照片相同"]


def test_a_photo_taken_before_the_dispatch_is_flagged_with_both_times_and_a_later_one_is_not(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        early, good = received(desk, city), received(desk, city)
    with clock.travel(WORKDAY + 2 * HOUR):
        _fed_back(desk, early, _photo(desk("clerk"), "navy", WORKDAY - 24 * HOUR))
        _fed_back(desk, good, _photo(desk("clerk"), "teal", WORKDAY + HOUR))
        assert _doubts(desk("dispatcher"), early) == ["拍摄于11-19 09:40，早于派遣（11-20 09:40）"]
        assert _doubts(desk("dispatcher"), good) == []


def test_the_crews_photo_handed_on_by_the_clerk_is_not_doubted(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = received(desk, city)
        desk("clerk").done(case, "assign_down", unit_id=str(desk("crew").who.unit_id))
        desk("crew").done(case, "crew_feedback", text="已修", files=[_photo(desk("crew"), "olive")])
        _fed_back(desk, case, _photo(desk("clerk"), "olive"))
        assert _doubts(desk("dispatcher"), case) == []


KEPT, SENT = st.sampled_from("abc"), st.sampled_from(["", "x", "y"])
TAKEN = st.one_of(st.none(), st.integers(-3, 3).map(lambda hours: WORKDAY + hours * HOUR))
FILES = st.builds(UsedFile, st.just("after"), st.integers(1, 9), KEPT, SENT, TAKEN)
EARLIER = st.builds(Earlier, st.integers(1, 3), st.sampled_from(["before", "after"]), KEPT, SENT)


def _naive(one: UsedFile, earlier: list[Earlier], case_id: int, dispatched: datetime) -> set[str]:
    """Told once more, a row at a time."""
    said: set[str] = set()
    for row in earlier:
        same_bytes = row.sha256 == one.sha256 or (one.original != "" and row.original == one.original)
        if same_bytes and row.case_id != case_id:
            said.add("other_case")
        if same_bytes and row.case_id == case_id and row.role == "before":
            said.add("from_before")
    if "other_case" in said:
        said.discard("from_before")
    if one.taken_at is not None and one.taken_at < dispatched:
        said.add("too_early")
    return said


@given(one=FILES, earlier=st.lists(EARLIER, max_size=5), case_id=st.integers(1, 3))
def test_doubts_are_what_the_rows_say(one: UsedFile, earlier: list[Earlier], case_id: int) -> None:
    found: list[dict[str, Any]] = doubts([one], earlier, case_id, WORKDAY)
    assert {row["why"] for row in found} == _naive(one, earlier, case_id, WORKDAY)
