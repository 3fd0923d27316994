"""自处置: an inspector solves a trifle on the spot; outside the filed total (case-rules 10, HD-3.2-y)."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.api.paths import At
from tests.support.city import INSIDE, WORKDAY, City
from tests.support.desk import Answer
from urbangrid.audit.models import AuditRow
from urbangrid.cases import drawing
from urbangrid.cases.models import Case, Report, SelfDisposal, WorkItem
from urbangrid.catalog import actions as catalog
from urbangrid.core import clock, platforms
from urbangrid.core.models import Platform

_serial = count(1)


@pytest.fixture(autouse=True)
def allowed(city: City) -> None:
    with transaction.atomic():
        catalog.set_rule(city.platform, city.category().id, self_disposal=True, close_informed=False)


def _send(desk: At, city: City, who: str = "inspector", **more: Any) -> Answer:
    number = next(_serial)
    body = {
        "client_id": f"self-{number}", "category_id": str(city.category().id), "place_text": "大柳树路南侧",
        "longitude": INSIDE[0], "latitude": INSIDE[1],
    } | more  # fmt: skip
    if "before" not in body:
        body |= {"before": desk(who).send_photo(_colour(2 * number)), "after": desk(who).send_photo(_colour(2 * number + 1))}
    return desk(who).post("/self-disposals", body)


def _colour(number: int) -> str:
    """Far enough apart that no two pictures have the same bytes."""
    return f"#{number * 37 % 256:02x}{number * 91 % 256:02x}{number * 53 % 256:02x}"


def _sent(desk: At, city: City, **more: Any) -> str:
    answer = _send(desk, city, **more)
    assert answer.status == 201, answer.body
    return str(answer.body["self_id"])


def _setting(city: City, **values: int) -> None:
    Platform.objects.filter(pk=city.platform.pk).update(settings={**city.platform.settings, **values})
    platforms.forget()


@pytest.mark.requirement("HD-3.2-y")
def test_solved_on_the_spot_it_is_reported_closed_with_both_photos_and_counts_nowhere_among_the_cases(desk: At, city: City) -> None:
    answer = _send(desk, city)
    assert (answer.status, answer.body["state_word"]) == (201, "待审核")
    assert answer.body["number"].startswith("自")
    rows = desk("seat_agent").get("/self-disposals").body
    assert [(row["number"], row["inspector"], row["title"]) for row in rows] == [(answer.body["number"], "张小燕", "道路破损")]
    for file_id in (rows[0]["before_id"], rows[0]["after_id"]):
        assert desk("seat_agent").bytes_of(file_id)[0] == 200
    done = desk("seat_agent").post(f"/self-disposals/{answer.body['self_id']}/judge", {})
    assert (done.status, done.body["state_word"]) == (200, "办结")
    assert not Case.objects.exists() and not Report.objects.exists() and not WorkItem.objects.exists()
    assert desk("seat_agent").get("/cases").body["total"] == 0


def test_a_void_one_has_a_reason_and_of_two_who_judge_at_one_instant_the_second_is_told(desk: At, city: City) -> None:
    one = _sent(desk, city)
    assert desk("seat_agent").post(f"/self-disposals/{one}/judge", {"reason": "other"}).code == "reason_needs_words"
    assert desk("seat_agent").post(f"/self-disposals/{one}/judge", {"reason": "not_done"}).body["state"] == "void"
    late = desk("duty_director").post(f"/self-disposals/{one}/judge", {})
    assert (late.status, late.code) == (409, "self_done")
    assert "周岚" in late.body["sentence"] and "作废" in late.body["sentence"]
    assert desk("inspector").post(f"/self-disposals/{one}/judge", {}).status == 403


def test_only_whitelisted_categories_by_inspectors_with_two_fresh_different_photos_and_a_place(desk: At, city: City) -> None:
    refused = _send(desk, city, category_id=str(city.category("上水井盖").id))
    assert (refused.status, refused.code) == (403, "self_category")
    assert _send(desk, city, "seat_agent").status == 403
    inspector = desk("inspector")
    one = inspector.send_photo("red")
    assert _send(desk, city, before=one, after=one).code == "self_two_photos"
    assert _send(desk, city, before=one, after=inspector.send_photo("red")).code == "self_two_photos"  # the same bytes sent twice
    assert _send(desk, city, before=one, after=desk("second_inspector").send_photo("blue")).code == "photo_unknown"
    assert _send(desk, city, before=one, after=inspector.send_photo("black"), place_text="", longitude=None).code == "place_missing"
    _sent(desk, city, before=one, after=inspector.send_photo("black"))
    again = _send(desk, city, before=inspector.send_photo("red"), after=inspector.send_photo("white"))
    assert (again.status, again.code) == (422, "self_photo_used")


def test_the_same_client_id_again_is_the_first_one_and_with_other_photos_refused(desk: At, city: City) -> None:
    photos = {"before": desk("inspector").send_photo("red"), "after": desk("inspector").send_photo("blue")}
    first = _send(desk, city, client_id="twice", **photos)
    assert _send(desk, city, client_id="twice", **photos).body == first.body
    assert _send(desk, city, client_id="twice").status == 409
    assert SelfDisposal.objects.count() == 1


def test_beyond_the_daily_cap_an_inspector_is_refused_until_the_next_day(desk: At, city: City) -> None:
    _setting(city, self_disposal_daily=2)
    with clock.travel(WORKDAY):
        _sent(desk, city), _sent(desk, city)
        refused = _send(desk, city)
        assert (refused.status, refused.code) == (409, "self_cap")
        _sent(desk, city, who="second_inspector")
    with clock.travel(WORKDAY + timedelta(days=1)):
        _sent(desk, city)


def test_who_was_drawn_can_be_computed_by_anybody_when_the_day_is_over_and_the_seed_was_fixed_before(desk: At, city: City) -> None:
    _setting(city, self_disposal_recheck_per_mille=500)
    with clock.travel(WORKDAY):
        for _ in range(6):
            _sent(desk, city)
        today = desk("seat_agent").get("/self-disposals/draws/2026-11-20").body
        assert today["seed"] == ""  # else one could wait for a number that is not drawn
    with clock.travel(WORKDAY + timedelta(days=1)):
        proof = desk("seat_agent").get("/self-disposals/draws/2026-11-20").body
    row = AuditRow.objects.get(action="self_disposal_draw")
    assert row.values["seed_sha256"] == hashlib.sha256(proof["seed"].encode()).hexdigest() == proof["commitment"] == today["commitment"]
    first = SelfDisposal.objects.order_by("id").first()
    assert first is not None and row.at <= first.done_at
    numbers = list(SelfDisposal.objects.order_by("id").values_list("number", flat=True))
    by_hand = [one for one in numbers if int(hashlib.sha256(f"{proof['seed']}:{one}".encode()).hexdigest()[:16], 16) / 2**64 < 0.5]
    assert proof["drawn"] == by_hand and proof["agrees"] is True and proof["count"] == 6
    SelfDisposal.objects.filter(number=numbers[0]).update(drawn=numbers[0] not in by_hand)
    assert desk("seat_agent").get("/self-disposals/draws/2026-11-20").body["agrees"] is False
    assert desk("inspector").get("/self-disposals/draws/2026-11-20").status == 403


def test_a_drawn_one_is_looked_at_again_by_another_person_and_not_done_it_is_void(desk: At, city: City) -> None:
    _setting(city, self_disposal_recheck_per_mille=1000)
    one = _sent(desk, city)
    desk("seat_agent").post(f"/self-disposals/{one}/judge", {})
    assert [row["self_id"] for row in desk("seat_agent").get("/self-disposals", show="recheck").body] == [one]
    own = desk("seat_agent").post(f"/self-disposals/{one}/recheck", {"answer": "handled"})
    assert (own.status, own.code) == (403, "self_other_person")
    found = desk("duty_director").post(f"/self-disposals/{one}/recheck", {"answer": "not_handled"})
    assert (found.status, found.body["state"]) == (200, "void")
    assert desk("duty_director").post(f"/self-disposals/{one}/recheck", {"answer": "handled"}).code == "self_not_drawn"


@given(st.text("0123456789abcdef", min_size=1, max_size=64), st.text("自0123456789-", max_size=20), st.integers(0, 1000))
def test_the_draw_agrees_with_a_plain_fraction_and_grows_with_the_share(seed: str, number: str, per_mille: int) -> None:
    digest = hashlib.sha256(f"{seed}:{number}".encode()).digest()
    value = sum(byte * 256 ** (7 - place) for place, byte in enumerate(digest[:8]))
    assert drawing.is_drawn(seed, number, per_mille) is (value * 1000 < per_mille * 2**64)
    assert drawing.is_drawn(seed, number, 1000) and not drawing.is_drawn(seed, number, 0)


def test_five_in_a_hundred_are_drawn() -> None:
    drawn = sum(drawing.is_drawn("a" * 64, f"自261120-{number:04d}", drawing.PER_MILLE) for number in range(20_000))
    assert 0.045 < drawn / 20_000 < 0.055
