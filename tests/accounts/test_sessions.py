"""Sessions in a browser: rotation, ends, the one-time password before anything else, posts of a stale session."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.support.browser import choose_post, sign_in
from tests.support.city import WORKDAY, City
from tests.support.people import PASSWORD
from urbangrid.accounts import actions
from urbangrid.accounts.models import ApiToken, SignIn, User
from urbangrid.accounts.sessions import SessionStore
from urbangrid.core import clock
from urbangrid.organizations.models import Appointment

NEW = "Deng-guang 88"
HOME = "/catalog/handbook/"
"""A page that the system administrator may open."""


def test_a_session_is_read_by_a_prepared_statement_and_an_ended_or_unknown_one_is_nobodys(db: None) -> None:
    kept = SessionStore()
    kept["user"] = 7
    kept.save()
    assert [SessionStore(kept.session_key).get("user") for _time in range(2)] == [7, 7]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT session_data%'")
        assert cursor.fetchone() == (1,)
    kept.set_expiry(-1)
    kept.save()
    for key in (kept.session_key, "0" * 32):
        ended = SessionStore(key)
        assert (ended.get("user"), ended.session_key) == (None, None)


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


def test_a_sign_in_ends_after_twelve_hours_however_busy_it_was(city: City) -> None:
    with clock.travel(WORKDAY):
        browser = Client()
        sign_in(browser, "seat_agent")
    for minutes in range(30, 12 * 60, 30):
        with clock.travel(WORKDAY + timedelta(minutes=minutes)):
            assert browser.get("/desk/").status_code == 200
    with clock.travel(WORKDAY + timedelta(hours=12)):
        assert browser.get("/desk/").headers["Location"].startswith(reverse("people:sign_in"))


@pytest.mark.parametrize(("name", "page", "status"), [("system_admin", HOME, 302), ("seat_agent", "/desk/", 200)])
def test_an_administrators_screen_that_stands_idle_for_an_hour_is_closed_and_a_desk_is_not(
    city: City, name: str, page: str, status: int
) -> None:
    with clock.travel(WORKDAY):
        browser = Client()
        sign_in(browser, name)
    with clock.travel(WORKDAY + timedelta(minutes=59)):
        assert browser.get(page).status_code == 200
    with clock.travel(WORKDAY + timedelta(minutes=118)):
        assert browser.get(page).status_code == 200  # it was seen an hour less a minute ago
    with clock.travel(WORKDAY + timedelta(minutes=179)):
        assert browser.get(page).status_code == status


def test_what_an_open_page_asks_by_itself_keeps_no_sign_in_alive(city: City) -> None:
    with clock.travel(WORKDAY):
        browser = Client()
        sign_in(browser, "system_admin")
    for minutes in (15, 30, 45):
        with clock.travel(WORKDAY + timedelta(minutes=minutes)):
            assert browser.get("/live/token").status_code == 200
    with clock.travel(WORKDAY + timedelta(minutes=61)):
        assert browser.get(HOME).status_code == 302


def test_a_sign_in_is_seen_by_a_write_every_five_minutes_and_no_more(city: City) -> None:
    with clock.travel(WORKDAY):
        browser = Client()
        sign_in(browser, "seat_agent")
    writes = []
    for minutes in (1, 4, 6, 7, 10, 12):
        with clock.travel(WORKDAY + timedelta(minutes=minutes)), CaptureQueriesContext(connection) as seen:
            browser.get("/search/")
        writes.append(sum("UPDATE accounts_signin" in one["sql"] for one in seen))
    assert writes == [0, 0, 1, 0, 0, 1]


def test_my_sign_ins_say_where_when_and_by_what_and_the_others_are_ended(city: City) -> None:
    agents = ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", "Mozilla/5.0 (Linux; Android 14) Chrome/130.0")
    desk, phone = (Client(REMOTE_ADDR=f"192.0.2.{n}", headers={"user-agent": agent}) for n, agent in enumerate(agents, 1))
    sign_in(desk, "seat_agent")
    sign_in(phone, "seat_agent")
    page = desk.get("/mine/").content.decode()
    assert all(part in page for part in ("Edge · Windows", "Chrome · Android", "192.0.2.1", "192.0.2.2", "本机", "退出其他"))
    assert desk.post("/mine/end-others/").status_code == 302
    assert (desk.get("/desk/").status_code, phone.get("/desk/").status_code) == (200, 302)
    assert "已退出" in desk.get("/mine/").content.decode()


def test_nobody_ends_a_sign_in_or_token_of_somebody_else_on_her_own_page(city: City) -> None:
    own, other = Client(), Client()
    sign_in(own, "seat_agent")
    sign_in(other, "clerk")
    theirs = SignIn.objects.get(user__username="clerk")
    actions.issue_token(theirs.user_id, city.acting("clerk").appointment_id, "x")
    token = ApiToken.objects.get()
    assert own.post(f"/mine/{theirs.pk}/end/").status_code == 409
    assert own.post(f"/mine/tokens/{token.pk}/revoke/").status_code == 409
    assert other.get("/desk/").status_code == 200
    token.refresh_from_db()
    assert token.revoked_at is None


def test_a_token_is_known_by_its_beginning_shows_its_last_use_and_is_taken_back(city: City) -> None:
    browser = Client()
    sign_in(browser, "seat_agent")
    page = browser.post("/mine/tokens/new/", {"label": "呼叫系统", "days": "30"}).content.decode()
    token = page.partition('out-key">')[2].partition("<")[0]
    row = ApiToken.objects.get()
    assert token.startswith("ug_") and row.prefix == token[:9] and row.expires_at - row.created_at == timedelta(days=30)
    program = Client(headers={"authorization": f"Bearer {token}"})
    assert program.get("/api/v1/me").status_code == 200
    row.refresh_from_db()
    assert row.last_used_at is not None
    listed = browser.get("/mine/").content.decode()
    assert token[:9] in listed and token not in listed and "呼叫系统" in listed
    browser.post(f"/mine/tokens/{row.pk}/revoke/")
    assert program.get("/api/v1/me").status_code == 401
