"""归档: read-only, in every count; only a granted 恢复办理 leads out (HD-4.1-3c)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.api import paths
from tests.api.paths import At
from tests.support.browser import enter
from tests.support.city import WORKDAY, City
from urbangrid.cases import ledger_figures, verification
from urbangrid.cases.actions import archiving
from urbangrid.cases.models import Case, CaseRecord
from urbangrid.cases.search import Asked
from urbangrid.core import clock


def closed(city: City, at: At) -> str:
    """A case that was closed on the working day."""
    with clock.travel(WORKDAY):
        case = paths.dispatched(at, city)
        paths.fed_back(at, case)
        paths.to_check(at, case)
        paths.checked(at, case)
        at("seat_agent").done(case, "close")
    return case


@pytest.mark.requirement("HD-4.1-3c")
def test_a_closed_case_is_archived_stays_counted_and_is_reopened_with_right_and_reason_alone(city: City, desk: At) -> None:
    case = closed(city, desk)
    seat = desk("seat_agent")
    before = ledger_figures.figures(city.acting("duty_director"), Asked())
    assert desk("dispatcher").act(case, "archive").status == 403
    assert seat.done(case, "archive")["state"] == "archived"
    assert seat.story(case)[-1] == "archive"
    after = ledger_figures.figures(city.acting("duty_director"), Asked())
    assert (before.total, before.closed, before.on_time.whole) == (after.total, after.closed, after.on_time.whole) == (1, 1, 1)
    tries: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("duty_director", "correct", {"reason": "other", "note": "x", "place_text": "y"}), ("duty_director", "void", {"reason": "other"}),
        ("seat_agent", "close", {}), ("dispatcher", "dispatch", {"unit_id": str(desk("clerk").who.unit_id)}), ("seat_agent", "archive", {}),
    )  # fmt: skip
    for who, action, data in tries:
        assert desk(who).act(case, action, **data).status == 409, action
    assert desk("clerk").act(case, "ask_reopen", reason="remains", note="还在").status == 403, "a right"
    assert seat.act(case, "ask_reopen").status == 422, "and a reason"
    seat.done(case, "ask_reopen", reason="remains", note="回访：坑还在")
    asked = seat.get(f"/cases/{case}").body["requests"][0]
    assert desk("head").done(case, "agree", request=asked["request_id"])["state"] == "to_dispatch"
    assert verification.verify_case(int(case)) == []


def test_the_worker_archives_what_is_old_enough_once_and_leaves_what_is_asked_about(city: City, desk: At) -> None:
    case, asked = closed(city, desk), closed(city, desk)
    with clock.travel(WORKDAY + timedelta(days=1)):
        desk("seat_agent").done(asked, "ask_reopen", reason="remains", note="坑还在")
    with clock.travel(WORKDAY + timedelta(days=29)):
        assert archiving.archive_old() == 0
    with clock.travel(WORKDAY + timedelta(days=31)):
        assert archiving.archive_old() == 1
        assert archiving.archive_old() == 0
    assert [Case.objects.get(pk=int(one)).state for one in (case, asked)] == ["archived", "closed"]
    last = CaseRecord.objects.filter(case_id=int(case)).latest("seq")
    assert (last.action, last.actor_id) == ("archive", None), "the platform itself"
    assert verification.verify_case(int(case)) == []


def test_the_director_archives_a_whole_list_and_a_reader_cannot(city: City, desk: At) -> None:
    cases = [closed(city, desk) for _turn in range(2)]
    with clock.travel(WORKDAY + timedelta(days=8)):
        director = enter(Client(), city, "duty_director")
        director.post(reverse("workbench:archive"), {"days": "10"})
        assert "已归档 0 件" in director.get(reverse("workbench:ledger")).content.decode()
        director.post(reverse("workbench:archive"), {"days": "7"})
        assert "已归档 2 件" in director.get(reverse("workbench:ledger")).content.decode()
        assert director.post(reverse("workbench:archive"), {"days": "x"}).status_code == 422
        assert enter(Client(), city, "leader").post(reverse("workbench:archive"), {"days": "7"}).status_code == 403
        page = director.get(reverse("workbench:case", args=[cases[0]])).content.decode()
    assert "已归档" in page and "归档</b>" not in page
    assert Case.objects.filter(state="archived").count() == 2


def test_the_case_page_offers_archiving_of_a_closed_case(city: City, desk: At) -> None:
    case = closed(city, desk)
    seat = enter(Client(), city, "seat_agent")
    page = seat.get(reverse("workbench:case", args=[case])).content.decode()
    address = reverse("workbench:act", args=[case, "archive"])
    assert address in page
    seq = Case.objects.get(pk=int(case)).seq
    assert seat.post(address, {"seq": seq, "from": "case", "key": "k"}).status_code == 302
    page = seat.get(reverse("workbench:case", args=[case])).content.decode()
    assert address not in page and "已归档" in page
