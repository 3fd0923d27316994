"""Leading the platform astray: foreign addresses to return to, forged hosts and log lines, fields nobody asked for, ids of others."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.test import Client

from tests.api import paths
from tests.api.paths import At
from tests.support.addresses import sample
from tests.support.browser import enter
from tests.support.city import City, picture
from tests.support.people import PASSWORD
from urbangrid.accounts.models import ApiToken, SignIn, User
from urbangrid.cases.models import Case, Report
from urbangrid.live import tokens, uploads

AWAY = ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "http:evil.example", "\thttps://evil.example",
        "///evil.example", "https:/evil.example", "/\t/evil.example", "evil.example", "\x00//evil.example")  # fmt: skip


@pytest.mark.parametrize("target", AWAY)
def test_after_sign_in_nobody_is_sent_elsewhere(city: City, target: str) -> None:
    browser = Client()
    answer = browser.post("/sign-in/", {"username": "seat_agent", "password": PASSWORD, "next": target})
    hops = 0
    while answer.status_code == 302 and hops < 5:
        place, hops = answer.headers["Location"], hops + 1
        assert place.startswith("/") and not place.startswith(("//", "/\\")) and "evil" not in place, place
        answer = browser.get(place)
    assert answer.status_code in (200, 400)


@pytest.mark.parametrize("host", ["evil.example/x", "a b", "x';script-src *", "[::1", "a\r\nX: y", "h;connect-src *", "@evil", "a,b"])
def test_a_forged_host_is_refused_and_never_reaches_the_policy(city: City, host: str) -> None:
    answer = Client(raise_request_exception=False).get("/sign-in/", headers={"host": host})
    assert answer.status_code == 400
    assert host not in str(answer.headers)


def test_an_unknown_host_is_refused_where_the_installation_names_its_own(city: City, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["grid.example.cn"]
    assert Client(raise_request_exception=False).get("/sign-in/", headers={"host": "evil.example"}).status_code == 400
    assert Client().get("/sign-in/", headers={"host": "grid.example.cn"}).status_code == 200


def test_no_line_of_the_log_can_be_forged(city: City, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("urbangrid.cases.access.case_id_of", breaks)
    forged = "1\n2026-11-22 ERROR forged by somebody\r\x1b[31m"
    browser = enter(Client(raise_request_exception=False), city, "seat_agent")
    with caplog.at_level(logging.DEBUG):
        browser.get(f"/api/v1/cases/{forged}")
        browser.get(f"/nowhere/{forged}")
        browser.post("/sign-in/", {"username": forged, "password": "x"})
    lines = [record.getMessage() for record in caplog.records]
    assert any("forged" in line for line in lines)
    assert not any(mark in line for line in lines for mark in "\n\r\x1b")


def test_fields_that_nobody_asked_for_change_nothing(city: City, desk: At) -> None:
    more: dict[str, Any] = {"state": "accepted", "report_id": "1", "number": "x", "reporter_id": "1", "platform_id": 99,
                            "received_at": "2020-01-01"}
    made = paths.report(desk, city, **more)
    kept = Report.objects.get(pk=int(made["report_id"]))
    assert (kept.state, kept.platform_id, kept.received_at.year > 2020, kept.pk != 1) == ("waiting", city.platform.pk, True, True)
    case = paths.filed(desk, city)
    asked: dict[str, Any] = {"unit_id": str(desk("clerk").who.unit_id), "state": "closed", "on_time": True, "closed_at": "2020-01-01"}
    done = desk("dispatcher").act(case, "dispatch", **asked)
    assert (done.status, Case.objects.get(pk=case).state) == (200, "to_receive")
    form = {"name": "米晓晴", "username": "mi.xq", "is_superuser": "on", "password": "geheim", "active": "", "id": "1"}
    enter(Client(), city, "system_admin").post("/admin/people/new/", form)
    user = User.objects.get(username="mi.xq")
    assert user.must_change_password and not user.check_password("geheim") and user.pk != 1


def test_nobody_acts_under_the_appointment_of_another(city: City) -> None:
    other = city.acting("system_admin").appointment_id
    browser = enter(Client(), city, "seat_agent")
    assert browser.post("/posts/", {"appointment": other}).status_code == 403
    assert browser.get("/admin/people/").status_code == 403
    body = {"username": "seat_agent", "password": PASSWORD, "appointment": str(other)}
    assert Client().post("/api/v1/tokens", body, content_type="application/json").status_code == 403


def test_nobody_finishes_or_reads_the_upload_of_another(city: City, tmp_path: Any, settings: Any) -> None:
    settings.UPLOADS_ROOT = tmp_path / "uploads"
    owner, other = enter(Client(), city, "inspector"), enter(Client(), city, "second_inspector")
    content = picture()
    started = owner.post("/uploads/start", {"client_id": "mine", "name": "a.jpg", "size": len(content)}).json()
    uploads.append(uploads.begin(tokens.read_upload(started["token"])), 0, content)
    assert other.post("/uploads/finish", {"client_id": "mine"}).status_code == 404
    photo = owner.post("/uploads/finish", {"client_id": "mine"}).json()["file"]
    assert other.get(f"/files/{photo}/").status_code == 404
    forged = started["token"][:-2] + ("AA" if not started["token"].endswith("AA") else "BB")
    with pytest.raises(tokens.TokenWrong):
        tokens.read_upload(forged)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_no_other_way_of_changing_goes_round_the_token_of_the_page(city: City, desk: At, method: str) -> None:
    case = paths.dispatched(desk, city)
    browser = enter(Client(enforce_csrf_checks=True), city, "clerk")
    for path in ("/api/v1/tokens", "/api/v1/me", f"/case/{case}/act/receive/", "/draft/", "/desk/receive/", f"/api/v1/cases/{case}"):
        assert browser.generic(method, path).status_code in (403, 404, 405), path
    assert Case.objects.get(pk=case).state == "to_receive"


def test_the_interface_takes_a_session_only_with_the_token_of_its_page(city: City) -> None:
    browser = enter(Client(enforce_csrf_checks=True), city, "seat_agent")
    assert browser.post("/api/v1/queues/accept/next", {}, content_type="text/plain").status_code == 403
    assert browser.delete("/api/v1/tokens").status_code == 403


def test_nobody_ends_the_sign_in_or_the_token_of_another(city: City, desk: At) -> None:
    ids = sample(desk, city)
    other = enter(Client(), city, "other_clerk")
    other.post(f"/mine/{ids['sign_in_id']}/end/")
    other.post(f"/mine/tokens/{ids['token_id']}/revoke/")
    assert SignIn.objects.get(pk=str(ids["sign_in_id"])).ended_at is None
    assert ApiToken.objects.get(pk=str(ids["token_id"])).revoked_at is None
