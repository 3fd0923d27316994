"""Who may call: tokens, sessions, limits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from tests.api.paths import At
from tests.support.browser import enter
from tests.support.city import City
from tests.support.people import PASSWORD
from urbangrid.accounts.models import User
from urbangrid.core import clock
from urbangrid.organizations.models import Appointment

TOKENS = "/api/v1/tokens"


def _ask(client: Client, username: str = "dispatcher", password: str = PASSWORD, **more: str) -> tuple[int, dict[str, object]]:
    answer = client.post(TOKENS, {"username": username, "password": password} | more, content_type="application/json")
    return answer.status_code, answer.json()


def _me(token: object) -> int:
    return Client(headers={"authorization": f"Bearer {token}"}).get("/api/v1/me").status_code


def test_name_and_password_give_a_token_of_one_post(client: Client, city: City) -> None:
    status, body = _ask(client)
    assert status == 201
    me = Client(headers={"authorization": f"Bearer {body['token']}"}).get("/api/v1/me").json()
    assert (me["user_name"], me["post_code"], me["unit_name"]) == ("王芳", "dispatcher", "指挥部")
    assert "dispatch" in me["duties"]
    assert me["appointment"] == str(city.acting("dispatcher").appointment_id)


def test_who_holds_two_posts_must_name_one(client: Client, city: City) -> None:
    seat, who = city.acting("seat_agent"), city.acting("dispatcher")
    post = Appointment.objects.get(pk=seat.appointment_id).post
    second = Appointment.objects.create(
        platform=city.platform, user_id=who.user_id, post=post, unit_id=seat.unit_id, valid_from=clock.now() - timedelta(days=1)
    )
    status, body = _ask(client)
    assert (status, body["code"]) == (422, "api_choose_post")
    assert len(body["values"]["posts"]) == 2  # type: ignore[index]

    status, body = _ask(client, appointment=str(second.pk))

    assert (status, body["post"]["post_code"]) == (201, "seat_agent")  # type: ignore[index]
    assert _ask(client, appointment=str(seat.appointment_id))[1]["code"] == "post_unknown"


def test_a_wrong_password_says_how_many_tries_are_left_and_the_fifth_locks(client: Client, city: City) -> None:
    codes = [_ask(client, password="falsch")[1]["code"] for _ in range(5)]
    assert codes == ["wrong_password"] * 4 + ["account_locked"]
    assert _ask(client)[1]["code"] == "account_locked"


def test_twenty_one_asks_in_a_minute_from_one_address_are_too_many(client: Client, city: City) -> None:
    answers = [_ask(client, username=f"nobody{i}") for i in range(21)]
    assert {status for status, _ in answers[:20]} == {403}
    assert (answers[20][0], answers[20][1]["code"]) == (429, "too_often")
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert _ask(elsewhere)[0] == 201


def test_a_password_that_must_be_changed_gives_no_token(client: Client, city: City) -> None:
    User.objects.filter(username="dispatcher").update(must_change_password=True)
    assert _ask(client)[1]["code"] == "api_password_first"


def test_without_a_token_nothing_is_shown(client: Client, city: City) -> None:
    for path in ("me", "queues", "cases", "cases/1", "reports", "requests", "categories", "files/1"):
        answer = client.get(f"/api/v1/{path}")
        assert (answer.status_code, answer.json()["code"]) == (401, "api_sign_in_needed"), path


def test_a_token_ends_by_itself_when_taken_back_and_with_the_appointment(client: Client, city: City, desk: At) -> None:
    token = _ask(client)[1]["token"]
    assert _me(token) == 200
    with clock.travel(clock.now() + timedelta(hours=13)):
        assert _me(token) == 401
    assert desk("dispatcher").client.delete(TOKENS).status_code == 204
    assert _me(token) == 401
    token = _ask(client)[1]["token"]
    Appointment.objects.filter(pk=city.acting("dispatcher").appointment_id).update(valid_to=clock.now() - timedelta(seconds=1))
    assert _me(token) == 401


@pytest.fixture
def browser(city: City) -> Client:
    """A browser with a session of the seat agent, which checks CSRF as in production."""
    return enter(Client(enforce_csrf_checks=True), city, "seat_agent")


def test_a_session_reads_and_changes_only_with_its_csrf_token(browser: Client, city: City) -> None:
    assert browser.get("/api/v1/me").json()["post_code"] == "seat_agent"
    refused = browser.post("/api/v1/queues/accept/next")
    assert (refused.status_code, refused.json()["code"]) == (403, "api_csrf")
    browser.cookies["csrftoken"] = secret = "a" * 32
    assert browser.post("/api/v1/queues/accept/next", headers={"x-csrftoken": secret}).status_code == 204


def test_a_wrong_token_does_not_fall_back_to_the_session_beside_it(browser: Client, city: City) -> None:
    assert browser.get("/api/v1/me", headers={"authorization": "Bearer wrong"}).status_code == 401
