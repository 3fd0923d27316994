"""授权结案 and 告知结案, and how a check was made (case-rules 19, 20)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from tests.api import paths
from tests.api.paths import At
from tests.support.city import WORKDAY, City
from urbangrid.audit.models import AuditRow
from urbangrid.cases.actions import authorising
from urbangrid.cases.actions.authorising import AuthorisationInputs
from urbangrid.cases.models import Case, CaseRecord, ClosingAuthorisation
from urbangrid.cases.verification import verify_case
from urbangrid.catalog import actions as catalog
from urbangrid.core import clock
from urbangrid.core.errors import NotAllowed, NotFound, Refusal


def _checked(desk: At, city: City) -> str:
    case = paths.dispatched(desk, city)
    paths.fed_back(desk, case)
    paths.to_check(desk, case)
    paths.checked(desk, case)
    return case


def _given(city: City, **more: object) -> ClosingAuthorisation:
    fields = {
        "valid_from": WORKDAY - timedelta(days=1), "valid_until": WORKDAY + timedelta(days=10), "reason": "夜间授权",
        "appointment_id": city.acting("dispatcher").appointment_id,
    } | more  # fmt: skip
    return authorising.authorise(city.acting("head"), AuthorisationInputs(**fields))  # type: ignore[arg-type]


def test_a_holder_closes_without_the_duty_and_the_record_names_the_authorisation(desk: At, city: City) -> None:
    with clock.travel(WORKDAY):
        case, row = _checked(desk, city), _given(city)
        assert AuditRow.objects.filter(action="closing_authorised", subject=f"authorisation:{row.pk}").exists()
        words = {move["action"]: move["word"] for move in desk("dispatcher").get(f"/cases/{case}/moves").body["moves"]}
        assert words["close"] == "授权结案"
        done = desk("dispatcher").done(case, "close", note="夜间代办")
    assert done["state"] == "closed"
    assert Case.objects.get(pk=case).closing_kind == "authorised"
    record = CaseRecord.objects.get(case_id=case, action="close")
    assert f'"authorisation":"{row.pk}"' in record.body and '"kind":"authorised"' in record.body
    assert verify_case(int(case)) == []


@pytest.mark.parametrize("why", ["none", "too early", "over", "ended", "other category", "other unit", "not checked"])
def test_without_a_valid_authorisation_for_the_category_nobody_closes_beside_the_seats(desk: At, city: City, why: str) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city) if why == "not checked" else _checked(desk, city)
        if why == "too early":
            _given(city, valid_from=WORKDAY + timedelta(hours=1))
        elif why == "over":
            _given(city, valid_until=WORKDAY)
        elif why == "ended":
            authorising.end(city.acting("head"), _given(city).pk)
        elif why == "other category":
            _given(city, category_ids=(city.category("上水井盖").id,))
        elif why == "other unit":
            _given(city, appointment_id=None, unit_id=city.acting("other_clerk").unit_id)
        elif why == "not checked":
            _given(city)
        refused = desk("dispatcher").act(case, "close")
    assert (refused.status, refused.code) == ((409, "case_not_that_state") if why == "not checked" else (403, "not_authorised"))
    assert Case.objects.get(pk=case).closed_at is None


def test_a_unit_that_cannot_see_a_case_cannot_close_it_by_its_authorisation(desk: At, city: City) -> None:
    with clock.travel(WORKDAY):
        case = _checked(desk, city)
        _given(city, appointment_id=None, unit_id=city.acting("other_clerk").unit_id)
        assert desk("other_clerk").act(case, "close", seq=Case.objects.get(pk=case).seq).status == 404


def test_only_the_head_authorises_for_one_holder_for_a_term_of_at_most_a_year_with_a_reason(city: City) -> None:
    with clock.travel(WORKDAY), transaction.atomic():
        with pytest.raises(NotAllowed):
            authorising.authorise(city.acting("seat_agent"), AuthorisationInputs(WORKDAY, WORKDAY + timedelta(days=1), "代办"))
        for more, code in (
            ({"unit_id": city.acting("clerk").unit_id}, "authorisation_holder"), ({"appointment_id": None}, "authorisation_holder"),
            ({"valid_until": WORKDAY - timedelta(days=2)}, "authorisation_term"),
            ({"valid_until": WORKDAY + timedelta(days=400)}, "authorisation_term"), ({"reason": " "}, "input_missing"),
            ({"appointment_id": 1}, "authorisation_holder"), ({"category_ids": (1,)}, "catalog.category_unknown"),
        ):  # fmt: skip
            with pytest.raises(Refusal) as refused:
                _given(city, **more)
            assert refused.value.code == code
        with pytest.raises(NotFound):
            authorising.end(city.acting("head"), 1)


def test_a_consultation_of_a_marked_category_is_closed_by_telling_the_citizen_and_no_other(desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    paths.fed_back(desk, case)
    desk("dispatcher").done(case, "review")
    seat = desk("seat_agent")
    refused = seat.act(case, "close_informed", reply="已告知办理流程。")
    assert (refused.status, refused.code) == (403, "close_not_informed")
    assert "close_informed" not in {move["action"] for move in seat.get(f"/cases/{case}/moves").body["moves"]}
    with transaction.atomic():
        catalog.set_rule(city.platform, city.category().id, self_disposal=False, close_informed=True)
    assert seat.act(case, "close_informed").code == "input_missing"
    assert seat.act(case, "close_informed", reply="  ").code == "reply_missing"
    seat.done(case, "close_informed", reply="已告知办理流程。")
    row = Case.objects.get(pk=case)
    assert (row.state, row.closing_kind, row.reply) == ("closed", "informed", "已告知办理流程。")
    assert verify_case(int(case)) == []


def test_how_a_check_was_made_stands_in_the_record_and_a_kind_set_by_the_way_is_never_chosen(desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    paths.fed_back(desk, case)
    paths.to_check(desk, case)
    who = desk(paths.checker(desk, case))
    assert who.act(case, "check", answer="handled", means="hearsay", files=[who.send_photo()]).code == "input_wrong"
    who.done(case, "check", answer="handled", means="video", files=[who.send_photo("white")])
    seen = desk("seat_agent").get(f"/cases/{case}").body
    assert seen["check_means"] == "video" and seen["story"][-1]["text"] == "已处置（视频核查）"
    for kind in ("informed", "authorised"):
        assert desk("seat_agent").act(case, "close", kind=kind).code == "closing_kind_by_way"
    desk("seat_agent").done(case, "close", kind="special")
    assert verify_case(int(case)) == []
