"""授权结案 that runs out: who gave it and who has it are told the day before, once (case-rules 20, SY-6.5c)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.supervision.delivery import deliver, told
from tests.support.browser import enter
from tests.support.city import WORKDAY, City
from urbangrid.cases.actions import authorising
from urbangrid.cases.actions.authorising import AuthorisationInputs, remind_ending
from urbangrid.cases.models import ClosingAuthorisation
from urbangrid.core import clock
from urbangrid.messaging import queries
from urbangrid.supervision import told as worded

DAY = timedelta(days=1)
HEAD, SEAT = "head", "seat_agent"


@pytest.fixture(autouse=True)
def _fresh_table() -> None:
    queries.forget()


def _given(city: City, until: timedelta = 10 * DAY, **held: Any) -> ClosingAuthorisation:
    held = held or {"appointment_id": city.acting(SEAT).appointment_id}
    with clock.travel(WORKDAY):
        return authorising.authorise(city.acting(HEAD), AuthorisationInputs(WORKDAY, WORKDAY + until, "节日值守", **held))


def test_the_day_before_it_ends_both_are_told_once_and_she_who_gave_it_finds_where_to_renew_it(city: City) -> None:
    _given(city)
    with clock.travel(WORKDAY + 9 * DAY - timedelta(minutes=1)):
        assert remind_ending() == 0
    with clock.travel(WORKDAY + 9 * DAY):
        assert (remind_ending(), remind_ending()) == (1, 0)
        deliver()
        deliver()
        heard = {name: told(city, name) for name in city.cast if told(city, name)}
        assert heard == {HEAD: ["authorisation_ends"], SEAT: ["authorisation_ends"]}
        row = worded.days(city.acting(HEAD))[0].rows[0]
        assert city.acting(SEAT).user_name in row.sentence and "2026-11-30 09:40" in row.sentence
        answer = enter(Client(), city, HEAD).get(reverse("workbench:notice", args=[row.id]))
        assert answer["Location"] == reverse("workbench:authorisations")


def test_a_unit_is_told_as_a_desk_and_what_was_ended_or_given_for_a_day_tells_nobody(city: City) -> None:
    _given(city, unit_id=city.acting("clerk").unit_id)
    _given(city, DAY)
    ended = _given(city)
    with clock.travel(WORKDAY + timedelta(hours=1)):
        assert remind_ending() == 0
    with clock.travel(WORKDAY + 9 * DAY):
        authorising.end(city.acting(HEAD), ended.pk)
        assert remind_ending() == 1
        deliver()
        assert (told(city, "clerk"), told(city, SEAT)) == (["authorisation_ends"], [])


def test_one_that_is_ended_between_the_telling_and_its_delivery_tells_nobody(city: City) -> None:
    given = _given(city)
    with clock.travel(WORKDAY + 9 * DAY):
        assert remind_ending() == 1
        authorising.end(city.acting(HEAD), given.pk)
        deliver()
        assert told(city, HEAD) == told(city, SEAT) == []
