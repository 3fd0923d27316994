"""Tokens of programs and phones: bound to one post, kept as a hash, ending by themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from tests.support.browser import enter
from tests.support.city import WORKDAY, City
from urbangrid.accounts import actions
from urbangrid.accounts.models import ApiToken, User
from urbangrid.core import clock
from urbangrid.core.errors import NotFound

ME = "/api/v1/me"


def _issue(city: City, name: str = "dispatcher") -> str:
    who = city.acting(name)
    return actions.issue_token(who.user_id, who.appointment_id, "test")


def _status(token: str, scheme: str = "Bearer") -> int:
    return Client(headers={"authorization": f"{scheme} {token}"}).get(ME).status_code


def test_the_database_holds_a_hash_from_which_no_token_can_be_made(city: City) -> None:
    token = _issue(city)
    row = ApiToken.objects.get()
    assert token not in (row.token_hash, row.label)
    assert _status(token) == 200
    assert _status(row.token_hash) == 401


def test_a_token_ends_at_its_instant(city: City) -> None:
    with clock.travel(WORKDAY):
        token = _issue(city)
    with clock.travel(WORKDAY + actions.TOKEN_LIFE - timedelta(seconds=1)):
        assert actions.token_row(token).user_id == city.acting("dispatcher").user_id
    with clock.travel(WORKDAY + actions.TOKEN_LIFE), pytest.raises(NotFound) as caught:
        actions.token_row(token)
    assert caught.value.status == 401


def test_revoked_wrong_and_misplaced_tokens_are_strangers(city: City) -> None:
    token, other = _issue(city), _issue(city, "seat_agent")
    actions.revoke_tokens(city.acting("dispatcher").user_id)
    assert [_status(token), _status(other), _status(other, "Basic"), _status(""), _status(other + "x")] == [401, 200, 401, 401, 401]


def test_a_wrong_token_does_not_fall_back_to_the_session_beside_it(city: City) -> None:
    browser = enter(Client(), city, "dispatcher")
    assert browser.get(ME).status_code == 200
    assert browser.get(ME, headers={"authorization": "Bearer falsch"}).status_code == 401


def test_a_token_ends_with_the_contract_and_with_a_reset(city: City) -> None:
    first, second = _issue(city), _issue(city, "seat_agent")
    User.objects.filter(username="dispatcher").update(active_until=clock.now() - timedelta(seconds=1))
    actions.reset_password(city.acting("seat_agent").user_id, city.acting("system_admin"))
    assert [_status(first), _status(second)] == [401, 401]
