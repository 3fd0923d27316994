"""Sessions in a browser: rotation, ends, the one-time password before anything else, posts of a stale session."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.support.browser import choose_post, sign_in
from tests.support.city import City
from tests.support.people import PASSWORD
from urbangrid.accounts import actions
from urbangrid.accounts.models import User
from urbangrid.core import clock
from urbangrid.organizations.models import Appointment

NEW = "Deng-guang 88"
HOME = "/catalog/handbook/"
"""A page that the system administrator may open."""


def test_a_session_known_before_the_sign_in_is_worth_nothing_after_it(city: City) -> None:
    browser = Client()
    browser.get(reverse("people:sign_in"))
    session = browser.session
    session["planted"] = "yes"
    session.save()
    browser.cookies["sessionid"] = str(session.session_key)
    before, csrf_before = session.session_key, browser.cookies["csrftoken"].value

    sign_in(browser, "system_admin")

    assert browser.cookies["sessionid"].value != before
    assert browser.cookies["csrftoken"].value != csrf_before
    assert "planted" not in browser.session
    stranger = Client()
    stranger.cookies["sessionid"] = str(before)
    assert stranger.get(HOME).status_code == 302


def test_the_session_cookie_is_hidden_from_scripts_and_from_other_sites(city: City) -> None:
    browser = Client()
    sign_in(browser, "system_admin")
    cookie = browser.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_changing_the_password_ends_the_other_sessions_and_tokens_and_keeps_this_one(city: City) -> None:
    who = city.acting("system_admin")
    here, elsewhere = Client(), Client()
    sign_in(here, "system_admin")
    sign_in(elsewhere, "system_admin")
    token = actions.issue_token(who.user_id, who.appointment_id, "phone")
    phone = Client(headers={"authorization": f"Bearer {token}"})
    assert phone.get("/api/v1/me").status_code == 200

    answer = here.post(reverse("people:password"), {"old": PASSWORD, "new": NEW})

    assert answer.status_code == 302
    assert here.get(HOME).status_code == 200
    assert elsewhere.get(HOME).status_code == 302
    assert elsewhere.get(reverse("people:posts")).headers["Location"] == reverse("people:sign_in")
    assert phone.get("/api/v1/me").status_code == 401


def test_a_weak_new_password_is_refused_at_its_field(city: City) -> None:
    browser = Client()
    sign_in(browser, "system_admin")
    answer = browser.post(reverse("people:password"), {"old": PASSWORD, "new": "kurz"})
    assert answer.status_code == 422
    assert "至少 10 个字符" in answer.content.decode()


def test_a_one_time_password_leads_to_ones_own_before_anything_else(city: City) -> None:
    once = actions.reset_password(city.acting("seat_agent").user_id, city.acting("system_admin"))
    browser = Client()
    answer = sign_in(browser, "seat_agent", once)
    assert answer.headers["Location"] == reverse("people:password")
    for page in ("/", "/desk/", "/search/", "/register/", "/api/v1/me"):
        assert browser.get(page).headers.get("Location") == reverse("people:password"), page

    browser.post(reverse("people:password"), {"old": once, "new": NEW})

    assert browser.get("/choices/categories/").status_code == 200


def test_the_one_time_password_of_a_person_with_two_posts_also_comes_first(city: City) -> None:
    seat, second = city.acting("seat_agent"), city.acting("squad_leader")
    leader = Appointment.objects.get(pk=second.appointment_id)
    post = Appointment.objects.create(
        platform=city.platform, user_id=seat.user_id, post=leader.post, unit=leader.unit, valid_from=clock.now() - timedelta(days=1)
    )
    once = actions.reset_password(seat.user_id, city.acting("system_admin"))
    browser = Client()
    sign_in(browser, "seat_agent", once)
    choose_post(browser, post.pk)
    assert browser.get("/").headers["Location"] == reverse("people:password")


def test_signing_out_ends_the_session_and_needs_a_post(city: City) -> None:
    browser = Client()
    sign_in(browser, "system_admin")
    key = browser.cookies["sessionid"].value
    assert browser.get(reverse("people:sign_out")).status_code == 405
    assert browser.get(HOME).status_code == 200
    browser.post(reverse("people:sign_out"))
    browser.cookies["sessionid"] = key
    assert browser.get(HOME).status_code == 302


@pytest.mark.parametrize("change", [{"is_active": False}, {"active_until": clock.now() - timedelta(days=1)}])
def test_an_ended_account_or_contract_ends_the_open_session(city: City, change: dict[str, object]) -> None:
    browser = Client()
    sign_in(browser, "system_admin")
    User.objects.filter(username="system_admin").update(**change)
    assert browser.get(HOME).status_code == 302
    assert browser.get(reverse("people:posts")).headers["Location"] == reverse("people:sign_in")


def test_an_ended_appointment_ends_what_its_session_may_do(city: City) -> None:
    browser = Client()
    sign_in(browser, "system_admin")
    Appointment.objects.filter(pk=city.acting("system_admin").appointment_id).update(valid_to=clock.now())
    assert browser.get(HOME).status_code == 302


@pytest.mark.parametrize("target", ["https://example.org/", "//example.org/", "javascript:alert(1)", "\\\\example.org"])
def test_the_sign_in_never_leads_to_another_site(city: City, target: str) -> None:
    answer = Client().post(reverse("people:sign_in"), {"username": "system_admin", "password": PASSWORD, "next": target})
    assert answer.headers["Location"] == "/"


def test_the_sign_in_leads_back_to_where_the_stranger_wanted_to_go(city: City) -> None:
    browser = Client()
    asked = browser.get(f"{HOME}?kind=event")
    page = browser.get(asked.headers["Location"])
    assert 'name="next" value="/catalog/handbook/?kind=event"' in page.content.decode()
    answer = browser.post(reverse("people:sign_in"), {"username": "system_admin", "password": PASSWORD, "next": f"{HOME}?kind=event"})
    assert answer.headers["Location"] == f"{HOME}?kind=event"


def test_nobody_takes_a_post_of_somebody_else(city: City) -> None:
    browser = Client()
    sign_in(browser, "system_admin")
    answer = choose_post(browser, city.acting("duty_director").appointment_id)
    assert answer.status_code == 403
    assert browser.session["appointment"] == city.acting("system_admin").appointment_id


@pytest.mark.parametrize("path", ["people:demonstrate"])
def test_there_is_no_sign_in_by_one_click_outside_the_demonstration(city: City, path: str) -> None:
    User.objects.update(simulated=True)
    assert Client().post(reverse(path), {"username": "system_admin"}).status_code == 403


def test_in_the_demonstration_one_click_signs_in_as_a_made_person_alone(city: City, settings: object) -> None:
    settings.DEMONSTRATION = True  # type: ignore[attr-defined]
    assert Client().post(reverse("people:demonstrate"), {"username": "system_admin"}).status_code == 403
    User.objects.filter(username="system_admin").update(simulated=True)
    browser = Client()
    browser.post(reverse("people:demonstrate"), {"username": "system_admin"})
    assert browser.get(HOME).status_code == 200
