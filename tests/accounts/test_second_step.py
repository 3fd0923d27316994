"""第二步: codes beside the password for administrators, recovery codes, locks, resets by somebody else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.support.browser import enter, sign_in
from tests.support.city import WORKDAY, City
from tests.support.people import PASSWORD
from tests.support.second_step import CODE, SET_UP, Authenticator, demand, from_page, give, set_up
from urbangrid.accounts import actions, sealing, second_step
from urbangrid.accounts.models import RecoveryCode, SecondFactor, SignIn, User
from urbangrid.audit.models import AuditRow
from urbangrid.core import clock
from urbangrid.core.errors import NotFound, Refusal

ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")
HOMES = {"system_admin": "/admin/", "security_admin": "/admin/rights/", "audit_admin": "/admin/trail/"}


@pytest.mark.parametrize("name", ADMINISTRATORS)
def test_an_administrator_opens_nothing_before_the_second_step_is_set_up(city: City, name: str) -> None:
    demand(city)
    browser = Client()
    sign_in(browser, name)
    for path in (HOMES[name], "/", "/mine/", "/search/", "/api/v1/me"):
        assert browser.get(path).headers.get("Location") == SET_UP, path

    phone, sealed = from_page(browser.get(SET_UP).content.decode())
    done = browser.post(SET_UP, {"sealed": sealed, "code": phone.code()})

    assert len(re.findall(r"<li>[a-z2-9]{5}-[a-z2-9]{5}</li>", done.content.decode())) == 10
    assert browser.get(HOMES[name]).status_code == 200
    assert "no-store" in done["Cache-Control"]


def test_the_next_sign_in_wants_password_and_code(city: City) -> None:
    demand(city)
    with clock.travel(WORKDAY):
        phone, _codes = set_up("security_admin")
    with clock.travel(WORKDAY + timedelta(minutes=5)):
        browser = Client()
        answer = sign_in(browser, "security_admin")
        assert answer.headers["Location"] == CODE
        assert browser.get(HOMES["security_admin"]).headers["Location"].startswith("/sign-in/?")
        assert give(browser, "000000" if phone.code() != "000000" else "111111").status_code == 403
        assert give(browser, phone.code()).status_code == 302
        assert browser.get(HOMES["security_admin"]).status_code == 200
        assert SignIn.objects.get(user__username="security_admin").second_step


def test_made_people_and_other_posts_sign_in_by_password_alone(city: City) -> None:
    demand(city)
    User.objects.filter(username="system_admin").update(simulated=True)
    for name, page in (("system_admin", "/admin/"), ("seat_agent", "/desk/")):
        browser = Client()
        sign_in(browser, name)
        assert browser.get(page).status_code == 200
        assert ("演示账号不要求第二步" in browser.get("/mine/").content.decode()) == (name == "system_admin")


def test_a_code_is_taken_once_and_one_step_early_or_late(city: City) -> None:
    user = city.acting("dispatcher").user_id
    with clock.travel(WORKDAY):
        phone, _codes = set_up("dispatcher")
    now = WORKDAY + timedelta(minutes=10)
    with clock.travel(now):
        late, next_one = phone.code(now - timedelta(seconds=30)), phone.code(now + timedelta(seconds=30))
        second_step.check(user, late)
        with pytest.raises(Refusal):
            second_step.check(user, late)
        second_step.check(user, next_one)
        with pytest.raises(Refusal):  # older than the last one taken
            second_step.check(user, phone.code(now))
        for far in (-60, 90):
            with pytest.raises(Refusal):
                second_step.check(user, phone.code(now + timedelta(seconds=far)))


def test_five_wrong_codes_lock_the_second_step_and_not_the_password(city: City) -> None:
    with clock.travel(WORKDAY):
        phone, _codes = set_up("dispatcher")
    with clock.travel(WORKDAY + timedelta(minutes=1)):
        browser = Client()
        sign_in(browser, "dispatcher")
        answers = [give(browser, "abcdef").content.decode() for _ in range(5)]
        assert ["还可再试 4 次" in answers[0], "锁定到" in answers[4]] == [True, True]
        assert "锁定到" in give(browser, phone.code()).content.decode()
        assert User.objects.get(username="dispatcher").locked_until is None
    with clock.travel(WORKDAY + timedelta(minutes=17)):
        browser = Client()
        sign_in(browser, "dispatcher")
        assert give(browser, phone.code()).status_code == 302


def test_a_recovery_code_serves_once_however_it_is_typed(city: City) -> None:
    _phone, codes = set_up("dispatcher")
    for typed, status in ((codes[0].upper().replace("-", " "), 302), (codes[0], 403), (codes[1], 302)):
        browser = Client()
        sign_in(browser, "dispatcher")
        assert give(browser, typed).status_code == status
    assert second_step.codes_left(city.acting("dispatcher").user_id) == 8
    assert AuditRow.objects.filter(action="recovery_code_used").count() == 2


def test_new_recovery_codes_end_the_old_ones_and_want_a_code(city: City) -> None:
    with clock.travel(WORKDAY):
        phone, codes = set_up("dispatcher")
    with clock.travel(WORKDAY + timedelta(minutes=5)):
        browser = enter(Client(), city, "dispatcher")
        assert browser.post("/second-step/codes/", {"code": "000000"}).status_code == 403
        page = browser.post("/second-step/codes/", {"code": phone.code()}).content.decode()
        fresh = re.findall(r"<li>([a-z2-9]{5}-[a-z2-9]{5})</li>", page)
        assert len(fresh) == 10 and not set(fresh) & set(codes)
        with pytest.raises(Refusal):
            second_step.check(city.acting("dispatcher").user_id, codes[0])


def test_wrong_codes_for_new_recovery_codes_are_counted_and_lock(city: City) -> None:
    with clock.travel(WORKDAY):
        phone, _codes = set_up("dispatcher")
    with clock.travel(WORKDAY + timedelta(minutes=5)):
        browser = enter(Client(), city, "dispatcher")
        for _try in range(second_step.TRIES):
            assert browser.post("/second-step/codes/", {"code": "000000"}).status_code == 403
        assert browser.post("/second-step/codes/", {"code": phone.code()}).status_code == 403, "locked, the right code too"
        rows = AuditRow.objects.filter(action="second_step_failed", user_id=city.acting("dispatcher").user_id)
        assert rows.count() == second_step.TRIES


def test_the_database_holds_neither_secret_nor_codes(city: City) -> None:
    phone, codes = set_up("dispatcher")
    row = SecondFactor.objects.get()
    secret = phone.totp.byte_secret()
    assert secret not in bytes(row.sealed) and phone.totp.secret.encode() not in bytes(row.sealed)
    kept = " ".join(RecoveryCode.objects.values_list("code_hash", flat=True))
    assert not any(code.replace("-", "") in kept for code in codes)
    with pytest.raises(sealing.Unreadable):  # a row copied to another person opens nothing
        sealing.open_sealed(bytes(row.sealed), "second step of 1")


def test_a_secret_closed_by_another_key_is_told_in_words(city: City) -> None:
    phone, _codes = set_up("dispatcher")
    SecondFactor.objects.update(sealed=b"x" * 60)
    with pytest.raises(Refusal) as caught:
        second_step.check(city.acting("dispatcher").user_id, phone.code())
    assert caught.value.code == "second_step_unreadable"


def test_an_offer_ends_after_fifteen_minutes_and_serves_nobody_else(city: City) -> None:
    with clock.travel(WORKDAY):
        offer = second_step.offer(User.objects.get(username="dispatcher"), "样城区")
        phone = Authenticator(offer.key)
        with pytest.raises(Refusal) as caught:
            second_step.set_up(city.acting("clerk").user_id, offer.sealed, phone.code())
        assert caught.value.code == "offer_too_old"
    with clock.travel(WORKDAY + timedelta(minutes=16)), pytest.raises(Refusal):
        second_step.set_up(city.acting("dispatcher").user_id, offer.sealed, phone.code())
    assert not SecondFactor.objects.exists()


def test_a_wrong_first_code_keeps_the_picture_that_was_scanned(city: City) -> None:
    browser = enter(Client(), city, "dispatcher")
    phone, sealed = from_page(browser.get(SET_UP).content.decode())
    again = browser.post(SET_UP, {"sealed": sealed, "code": "12345"})
    assert again.status_code == 422
    assert from_page(again.content.decode())[0].totp.secret == phone.totp.secret


def test_the_picture_needs_no_script_no_style_and_nothing_from_outside(city: City) -> None:
    answer = enter(Client(), city, "dispatcher").get(SET_UP)
    svg = re.search(r"<svg.*?</svg>", answer.content.decode(), re.S)
    assert svg is not None
    assert not re.search(r"style=|<script|href=|xmlns:xlink|url\(", svg[0])
    assert "style-src 'self';" in answer["Content-Security-Policy"]


def test_only_another_security_administrator_resets_it_and_everything_of_the_person_ends(city: City) -> None:
    set_up("security_admin")
    set_up("dispatcher")
    guard, open_elsewhere = enter(Client(), city, "security_admin"), enter(Client(), city, "dispatcher")
    ids = [city.acting(name).user_id for name in ("security_admin", "dispatcher")]
    own, other = (reverse("administration:reset_second_step", args=[user_id]) for user_id in ids)
    assert guard.post(own).status_code == 409
    assert enter(Client(), city, "system_admin").post(other).status_code == 403
    assert enter(Client(), city, "dispatcher").post(other).status_code == 403
    assert SecondFactor.objects.count() == 2

    assert guard.post(other).status_code == 302

    assert list(SecondFactor.objects.values_list("user__username", flat=True)) == ["security_admin"]
    assert open_elsewhere.get("/desk/").status_code == 302
    row = AuditRow.objects.get(action="second_step_reset")
    assert (row.user_id, row.subject) == (city.acting("security_admin").user_id, f"user:{city.acting('dispatcher').user_id}")


def test_an_administrators_token_is_made_on_the_page_after_the_second_step_alone(city: City) -> None:
    demand(city)
    phone, _codes = set_up("audit_admin")
    asked = {"username": "audit_admin", "password": PASSWORD, "code": phone.code()}
    refused = Client().post("/api/v1/tokens", asked, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "token_needs_second_step")
    browser = enter(Client(), city, "audit_admin", second_step=True)
    page = browser.post("/mine/tokens/new/", {"label": "报表", "days": "7"}).content.decode()
    token = re.search(r'out-key">(ug_[\w-]+)<', page)
    assert token is not None
    program = Client(headers={"authorization": f"Bearer {token[1]}"})
    assert program.get("/api/v1/me").status_code == 200
    assert program.post("/mine/tokens/new/", {"label": "另一个"}).status_code == 403  # a token makes no token


def test_who_has_set_it_up_gives_a_code_for_a_token_too(city: City) -> None:
    with clock.travel(WORKDAY):
        phone, _codes = set_up("dispatcher")
    with clock.travel(WORKDAY + timedelta(minutes=5)):
        asked = {"username": "dispatcher", "password": PASSWORD}
        assert Client().post("/api/v1/tokens", asked, content_type="application/json").json()["code"] == "api_code_needed"
        given = Client().post("/api/v1/tokens", {**asked, "code": phone.code()}, content_type="application/json")
        assert given.status_code == 201


def test_between_password_and_code_there_are_ten_minutes(city: City) -> None:
    with clock.travel(WORKDAY):
        phone, _codes = set_up("dispatcher")
        browser = Client()
        sign_in(browser, "dispatcher")
    with clock.travel(WORKDAY + timedelta(minutes=11)):
        assert "请重新登录" in give(browser, phone.code()).content.decode()
        assert Client().get(CODE).headers["Location"] == "/sign-in/"


def test_a_session_by_password_alone_gives_the_code_when_the_post_begins_to_demand_it(city: City) -> None:
    with clock.travel(WORKDAY):
        phone, _codes = set_up("system_admin")
    demand(city)
    with clock.travel(WORKDAY + timedelta(minutes=5)):
        browser = enter(Client(), city, "system_admin", second_step=False)
        assert browser.get("/admin/").headers["Location"] == CODE
        assert give(browser, phone.code()).status_code == 302
        assert browser.get("/admin/").status_code == 200


def test_which_posts_demand_it_is_set_by_the_security_administrator_on_record(city: City) -> None:
    guard = enter(Client(), city, "security_admin")
    rules = {"posts": ["dispatcher", "security_admin", "nonsense"], "idle_administrators_minutes": "30", "idle_others_minutes": "720"}
    assert guard.post("/admin/sign-ins/rules/", rules).status_code == 302
    city.platform.refresh_from_db()
    assert city.platform.settings["security"]["second_step_posts"] == ["dispatcher", "security_admin"]
    assert AuditRow.objects.get(action="security_changed").user_id == city.acting("security_admin").user_id
    assert enter(Client(), city, "dispatcher", second_step=False).get("/desk/").headers["Location"] == SET_UP
    wrong = guard.post("/admin/sign-ins/rules/", {**rules, "idle_others_minutes": "5"})
    assert wrong.status_code == 422 and 'id="idle_others_minutes-fault"' in wrong.content.decode()


def test_tokens_of_a_post_end_when_it_begins_to_demand_the_second_step_and_the_page_says_how_many(city: City) -> None:
    dispatcher, clerk = city.acting("dispatcher"), city.acting("clerk")
    old = [actions.issue_token(dispatcher.user_id, dispatcher.appointment_id, "大屏", timedelta(days=90)) for _ in range(2)]
    other = actions.issue_token(clerk.user_id, clerk.appointment_id, "报表", timedelta(days=90))
    guard = enter(Client(), city, "security_admin")
    rules = {"posts": ["dispatcher", "security_admin"], "idle_administrators_minutes": "30", "idle_others_minutes": "720"}
    answer = guard.post("/admin/sign-ins/rules/", rules, follow=True)
    assert "收回了 2 个令牌" in answer.content.decode()
    for token in old:
        with pytest.raises(NotFound):
            actions.token_row(token)
    assert actions.token_row(other)
    rows = list(AuditRow.objects.filter(action="token_revoked"))
    assert {(row.user_id, row.subject) for row in rows} == {(city.acting("security_admin").user_id, f"user:{dispatcher.user_id}")}
    assert len(rows) == 2
    later = actions.issue_token(dispatcher.user_id, dispatcher.appointment_id, "大屏", timedelta(days=90))
    guard.post("/admin/sign-ins/rules/", {**rules, "idle_others_minutes": "600"})
    assert actions.token_row(later), "given under the rule, and the rule stands"


def test_no_table_of_the_sign_in_speaks_of_secrets_in_clear(city: City) -> None:
    """What stands in the session between password and code is who, not what."""
    phone, _codes = set_up("dispatcher")
    browser = Client()
    sign_in(browser, "dispatcher")
    assert set(browser.session["half"]) == {"user", "stamp", "ends", "next", "device"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_data FROM django_session")
        assert phone.totp.secret not in str(cursor.fetchall())
