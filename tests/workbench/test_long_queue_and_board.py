"""A desk with more items than fit on its first page, and the figures of the day on the duty director's board."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.api import paths
from tests.support.city import WORKDAY, City
from tests.support.screen import Screen
from urbangrid.cases import queues, today
from urbangrid.core import clock
from urbangrid.workbench import desks

At = paths.At


def test_an_item_asked_for_by_name_is_shown_though_others_fill_the_page(desk: At, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    reports = [paths.report(desk, city) for _number in range(3)]
    seat = city.acting("seat_agent")
    monkeypatch.setattr(queues.rows, "__kwdefaults__", {**(queues.rows.__kwdefaults__ or {}), "most": 2})  # a page of two
    last = int(reports[-1]["item_id"])
    assert last not in [row.item_id for row in desks.view(seat, tab="accept").rows]
    shown = desks.view(seat, tab="accept", item_id=last)
    assert shown.selected is not None
    assert (shown.selected.item_id, shown.rows[0].item_id) == (last, last)


def test_a_task_that_others_push_off_the_first_page_is_opened_on_the_phone_and_counted(
    desk: At, city: City, screen: type[Screen], monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = []
    for _number in range(3):
        cases.append(paths.dispatched(desk, city))
        paths.fed_back(desk, cases[-1])
        paths.to_check(desk, cases[-1])
    phone = screen(paths.checker(desk, cases[0]))
    monkeypatch.setattr(queues.rows, "__kwdefaults__", {**(queues.rows.__kwdefaults__ or {}), "most": 1})
    assert all("已处置" in phone.get(f"/phone/task/{case}/") for case in cases)
    assert "3 件" in phone.get("/phone/")


def test_the_board_counts_what_was_reported_filed_fed_back_and_closed_since_midnight(desk: At, city: City) -> None:
    director = city.acting("duty_director")
    with clock.travel(WORKDAY):
        yesterdays = paths.dispatched(desk, city)
    with clock.travel(WORKDAY + timedelta(days=1)):
        paths.filed(desk, city)
        paths.fed_back(desk, yesterdays)
        found = today.figures(director, 0)
    assert (found.reported, found.filed, found.judged, found.closed) == (1, 1, 1, 0)
    with clock.travel(WORKDAY + timedelta(days=60)):
        late = today.figures(director, 0)
    assert (late.reported, late.filed, late.judged) == (0, 0, 0)
    assert late.overdue_open == 2
