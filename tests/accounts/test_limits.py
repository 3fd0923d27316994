"""Limits of tries: counted in the database, ending by themselves, telling when; a stranger locks nobody out of her own screen."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.support.browser import enter, sign_in
from tests.support.city import WORKDAY, City
from tests.support.people import PASSWORD
from urbangrid.accounts import actions as accounts
from urbangrid.config.command import places
from urbangrid.core import beats, clock, limits
from urbangrid.core.clients import UNDECLARED, address_of
from urbangrid.core.health import Finding, Level
from urbangrid.core.health_checks import CHECKS
from urbangrid.core.models import RateCount

SIGN_IN = "/sign-in/"


def _try(browser: Client, name: str = "dispatcher", password: str = "falsch") -> int:
    return browser.post(SIGN_IN, {"username": name, "password": password}).status_code


def test_thirty_wrong_passwords_from_one_address_are_enough_whatever_names_they_try(city: City) -> None:
    with clock.travel(WORKDAY):
        stranger = Client(REMOTE_ADDR="192.0.2.1")
        assert {_try(stranger, f"nobody{i}") for i in range(30)} == {403}
        refused = stranger.post(SIGN_IN, {"username": "dispatcher", "password": PASSWORD})
        assert refused.status_code == 429
        assert 0 < int(refused["Retry-After"]) <= 600
        assert "10 分钟内最多 30 次" in refused.content.decode()
        assert _try(Client(REMOTE_ADDR="192.0.2.2"), password=PASSWORD) == 302
    with clock.travel(WORKDAY + timedelta(minutes=10)):
        assert _try(Client(REMOTE_ADDR="192.0.2.1"), password=PASSWORD) == 302


@pytest.mark.parametrize("known", ["", "mark of her browser"])
def test_tries_at_once_do_not_pass_the_limit_together(city: City, settings: Any, monkeypatch: pytest.MonkeyPatch, known: str) -> None:
    """While one password is being checked, which takes long on purpose, the next try is counted against it already."""
    settings.RATE_LIMITS = {"sign_in.address": (1, 600)} if not known else {"sign_in.device": (1, 900)}
    true_check = accounts._check

    def slow(*args: Any, **values: Any) -> Any:
        monkeypatch.setattr(accounts, "_check", true_check)
        with pytest.raises(limits.TooOften):
            accounts.sign_in("dispatcher", "falsch", "192.0.2.1", known)
        return true_check(*args, **values)

    monkeypatch.setattr(accounts, "_check", slow)
    accounts.sign_in("dispatcher", PASSWORD, "192.0.2.1", known)
    accounts.sign_in("dispatcher", PASSWORD, "192.0.2.1", known)  # the right one was given back


def test_right_passwords_from_one_address_are_not_counted(city: City) -> None:
    for _ in range(35):
        assert _try(Client(REMOTE_ADDR="192.0.2.1"), password=PASSWORD) == 302


def test_a_stranger_who_locks_an_account_does_not_lock_its_person_out_of_her_own_browser(city: City) -> None:
    with clock.travel(WORKDAY):
        own = Client(REMOTE_ADDR="192.0.2.5")
        sign_in(own, "dispatcher")
        own.post(reverse("people:sign_out"))
        stranger = Client(REMOTE_ADDR="192.0.2.66")
        for _ in range(6):
            _try(stranger)
        assert _try(Client(REMOTE_ADDR="192.0.2.7"), password=PASSWORD) == 403  # unknown browsers wait
        assert _try(own, password=PASSWORD) == 302
        assert _try(stranger, password=PASSWORD) == 403  # her sign-in gives strangers no new tries


def test_a_known_browser_has_five_tries_of_its_own(city: City) -> None:
    with clock.travel(WORKDAY):
        own = Client()
        sign_in(own, "dispatcher")
        own.post(reverse("people:sign_out"))
        assert [_try(own) for _ in range(5)] == [403] * 5
        assert _try(own, password=PASSWORD) == 429
        assert _try(Client(), password=PASSWORD) == 302  # and they count for no other browser
    with clock.travel(WORKDAY + timedelta(minutes=16)):
        assert _try(own, password=PASSWORD) == 302


def test_the_mark_of_a_browser_is_signed_and_of_one_person(city: City) -> None:
    own = Client()
    sign_in(own, "dispatcher")
    cookie = own.cookies["known"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/sign-in/")
    own.post(reverse("people:sign_out"))
    for _ in range(5):
        _try(Client(), "clerk")
    assert _try(own, "clerk", PASSWORD) == 403
    for _ in range(5):
        _try(Client())
    own.cookies["known"] = cookie.value[:-3] + "abc"
    assert _try(own, password=PASSWORD) == 403


def test_wrong_tokens_are_counted_by_address_and_right_ones_cost_nothing(city: City) -> None:
    program = Client(REMOTE_ADDR="192.0.2.1", headers={"authorization": "Bearer ug_wrong"})
    statuses = [program.get("/api/v1/me").status_code for _ in range(61)]
    assert statuses == [401] * 60 + [429]
    refused = program.get("/api/v1/me")
    assert refused.json()["code"] == "too_often" and int(refused["Retry-After"]) <= 60


def test_pages_that_only_read_are_never_counted(city: City) -> None:
    browser = enter(Client(), city, "seat_agent")
    with CaptureQueriesContext(connection) as seen:
        for path in ("/desk/", "/search/", "/case/12/"):
            browser.get(path)
    counting = [one["sql"] for one in seen if "core_ratecount" in one["sql"]]
    assert len(counting) == 1 and "refused.path:" in counting[0]  # the refused one alone


def test_a_guarded_act_costs_one_statement_and_a_window_ends_by_itself(city: City) -> None:
    with clock.travel(WORKDAY), CaptureQueriesContext(connection) as seen:
        limits.spend("export.person", 7)
    assert len(seen) == 1
    with clock.travel(WORKDAY):
        for _ in range(19):
            limits.spend("export.person", 7)
        for _ in range(3):  # trying on does not move the end
            with pytest.raises(limits.TooOften) as caught:
                limits.spend("export.person", 7)
        assert caught.value.values["seconds"] == 3600
    with clock.travel(WORKDAY + timedelta(minutes=59)), pytest.raises(limits.TooOften) as caught:
        limits.spend("export.person", 7)
    assert caught.value.values["seconds"] == 60
    with clock.travel(WORKDAY + timedelta(hours=1)):
        limits.spend("export.person", 7)


def test_a_flood_of_reports_of_one_person_is_stopped_without_a_statement_for_the_others(city: City, settings: Any) -> None:
    settings.RATE_LIMITS = {"report.person": (3, 60)}
    limits._here.clear()
    seat, other = enter(Client(), city, "seat_agent"), enter(Client(), city, "second_seat_agent")
    form = {"source": "hotline", "text": "路面塌陷", "phone": "13900001111"}
    with clock.travel(WORKDAY):
        statuses = [seat.post("/register/", form).status_code for _ in range(4)]
        assert statuses[3] == 429 and 429 not in statuses[:3]
        assert "路面塌陷" in seat.post("/register/", form).content.decode()  # what was typed stays
        assert other.post("/register/", form).status_code != 429
        with CaptureQueriesContext(connection) as seen, pytest.raises(limits.TooOften):
            limits.spend("report.person", city.acting("seat_agent").user_id)
        assert len(seen) == 0
    with clock.travel(WORKDAY + timedelta(minutes=1)):
        assert seat.post("/register/", form).status_code != 429


def test_a_clock_that_is_set_back_shuts_nobody_out(city: City) -> None:
    with clock.travel(WORKDAY + timedelta(days=1)):
        for _ in range(20):
            limits.spend("export.person", 7)
    with clock.travel(WORKDAY):
        limits.spend("export.person", 7)


def test_an_installation_sets_its_own_limits_and_nought_means_none(city: City, settings: Any) -> None:
    settings.RATE_LIMITS = {"export.person": (2, 60), "upload.person": (0, 60)}
    limits.spend("export.person", 7)
    limits.spend("export.person", 7)
    with pytest.raises(limits.TooOften):
        limits.spend("export.person", 7)
    for _ in range(5):
        limits.spend("upload.person", 7)
    assert not RateCount.objects.filter(key__startswith="upload").exists()


def test_counts_lie_in_a_table_without_a_write_ahead_log_and_name_nobody(city: City) -> None:
    limits.spend("token.address", "192.0.2.77")
    assert "192.0.2.77" not in str(list(RateCount.objects.values()))
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'core_ratecount'")
        assert cursor.fetchone() == ("u",)


@pytest.mark.parametrize(
    ("trusted", "said", "found"),
    [
        ([], "203.0.113.9", "10.0.0.1"),
        (["10.0.0.0/24"], "203.0.113.9", "203.0.113.9"),
        (["10.0.0.0/24"], "1.2.3.4, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (["10.0.0.0/24"], "garbage, ", "10.0.0.1"),
        (["10.0.0.0/24"], "", "10.0.0.1"),
    ],
)
def test_an_address_is_believed_from_trusted_front_servers_alone(settings: Any, trusted: list[str], said: str, found: str) -> None:
    settings.TRUSTED_PROXIES = [ip_network(one) for one in trusted]
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers={"x-forwarded-for": said})
    assert address_of(request) == found


def _front_server() -> Finding:
    return next(check.look() for check in CHECKS if check.name == "clients.undeclared_front_server")


def test_a_front_server_that_nobody_declared_is_an_amber_line_that_names_the_setting(city: City, settings: Any, tmp_path: Path) -> None:
    settings.HEALTH_ROOT, settings.TRUSTED_PROXIES = tmp_path, []
    beats._written.clear()
    said = {"x-forwarded-for": "203.0.113.9"}
    _try(Client(REMOTE_ADDR="198.51.100.7"), password=PASSWORD)
    _try(Client(REMOTE_ADDR="8.8.8.8", headers=said), password=PASSWORD)  # a stranger writes what he likes
    assert _front_server().level is Level.GOOD
    with CaptureQueriesContext(connection) as seen:
        address_of(RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers=said))
    assert len(seen) == 0
    found = _front_server()
    assert found.level is Level.WATCH and "10.0.0.1" in found.says and "URBANGRID_TRUSTED_PROXIES=10.0.0.1" in found.advice
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/24")]
    assert _front_server().level is Level.GOOD


def test_an_undeclared_front_server_is_forgotten_after_a_day(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HEALTH_ROOT, settings.TRUSTED_PROXIES = tmp_path, []
    beats.beat(UNDECLARED, at_once=True, peer="10.0.0.1")
    assert _front_server().level is Level.WATCH
    monkeypatch.setattr(beats, "age_seconds", lambda name: 25 * 3600.0)
    assert _front_server().level is Level.GOOD


def test_every_limit_stands_in_the_documentation() -> None:
    text = (places.CHECKOUT / "docs/topics/accounts.md").read_text(encoding="utf-8")
    missing = [name for name, one in limits.LIMITS.items() if f"| `{name}` | {one.most} in {one.seconds} s | {one.per} |" not in text]
    assert missing == []
    assert Path(places.CHECKOUT, "docs/topics/personal-data.md").exists()
