"""Keys of terminals: what is taken for a proof, who admits and blocks, what ends with a terminal, what the rules demand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.support.browser import sign_in
from tests.support.city import WORKDAY, City
from tests.support.people import PASSWORD
from tests.support.screen import Screen
from tests.support.second_step import give, set_up
from tests.support.terminal import HOST, Terminal, admitted, demand, text
from urbangrid.accounts import device_proof, devices
from urbangrid.accounts.models import Device, SignIn, SpentChallenge, User
from urbangrid.audit.models import AuditRow
from urbangrid.config.command import parser
from urbangrid.config.commands_accounts import any_device
from urbangrid.core import clock
from urbangrid.core.errors import NotAllowed, Refusal
from urbangrid.organizations.acting import of_session

PHONE = "/phone/"
DEVICE, PROOF, SIGN_IN = "/device/", "/device/proof/", "/sign-in/"


def _acts() -> list[str]:
    return list(AuditRow.objects.filter(action__startswith="device_").order_by("at", "pk").values_list("action", flat=True))


def _block(city: City, terminal: Terminal, reason: str = "lost") -> None:
    devices.block(terminal.row().pk, city.acting("security_admin"), reason)


def test_a_signature_holds_for_its_key_purpose_host_and_challenge_and_for_nothing_else() -> None:
    one, other = Terminal(), Terminal()
    signed = device_proof.message("sign-in", HOST, "c")
    signature = one.sign(signed)
    assert device_proof.holds(one.point, signed, signature)
    for message in (("enrol", HOST, "c"), ("sign-in", "elsewhere.example", "c"), ("sign-in", HOST, "d")):
        assert not device_proof.holds(one.point, device_proof.message(*message), signature)
    assert not device_proof.holds(other.point, signed, signature)
    for wrong in (b"", signature[:-1], signature + b"0", bytes(64), signature[:32] + bytes(32), b"\xff" * 64):
        assert not device_proof.holds(one.point, signed, wrong)


def test_what_is_no_point_of_the_curve_is_no_key() -> None:
    point = Terminal().point
    for wrong in (b"", point[:-1], b"\x02" + point[1:33], b"\x04" + bytes(64), point[:-1] + bytes([point[-1] ^ 1])):
        with pytest.raises(device_proof.Unreadable):
            device_proof.public_key(wrong)


def test_what_cannot_be_a_proof_is_none() -> None:
    good = {"device_fingerprint": "a" * 64, "device_challenge": "c", "device_signature": "AAAA"}
    assert device_proof.read(good) is not None
    for name, wrong in (("fingerprint", "A" * 64), ("fingerprint", ""), ("challenge", ""), ("challenge", "c" * 401), ("signature", "é")):
        assert device_proof.read({**good, f"device_{name}": wrong}) is None
    assert device_proof.read({}) is None


def test_a_challenge_is_taken_once_in_five_minutes_and_for_its_purpose(city: City) -> None:
    terminal = admitted(city, "inspector")
    SpentChallenge.objects.all().delete()
    with clock.travel(WORKDAY):
        form = terminal.proof("sign-in")
        assert devices.proven(device_proof.read(form), "sign-in", HOST, "") == terminal.row()
        others = (devices.challenge("proof"), "made-up")
        for again in (form, *(terminal.proof("sign-in", challenge=one) for one in others)):
            with pytest.raises(NotAllowed, match="已用过"):
                devices.proven(device_proof.read(again), "sign-in", HOST, "")
        late = terminal.proof("sign-in")
    with clock.travel(WORKDAY + devices.CHALLENGE_LASTS), pytest.raises(NotAllowed):
        devices.proven(device_proof.read(late), "sign-in", HOST, "")
    with clock.travel(WORKDAY + timedelta(minutes=30)):
        devices.proven(device_proof.read(terminal.proof("sign-in")), "sign-in", HOST, "")
    assert SpentChallenge.objects.count() == 1, "what has ended anyway is not kept"


def test_a_forged_proof_is_refused_counted_and_on_the_trail(city: City) -> None:
    terminal, forger = admitted(city, "inspector"), Terminal()
    forged = {**forger.proof("sign-in"), "device_fingerprint": terminal.fingerprint}
    answer = Client(REMOTE_ADDR="192.0.2.9").post(SIGN_IN, {"username": "inspector", "password": PASSWORD, **forged})
    assert answer.status_code == 403 and "终端的证明不对" in answer.content.decode()
    row = AuditRow.objects.get(action="device_proof_wrong")
    assert (row.user_id, row.address) == (city.acting("inspector").user_id, "192.0.2.9")
    assert not SignIn.objects.filter(user__username="inspector").exists()
    for _again in range(30):
        answer = Client(REMOTE_ADDR="192.0.2.9").post(SIGN_IN, {"username": "inspector", "password": PASSWORD, **forged})
    assert answer.status_code == 429


def test_a_proof_that_was_overheard_is_worth_nothing_again(city: City) -> None:
    terminal = admitted(city, "inspector")
    form = {"username": "inspector", "password": PASSWORD, **terminal.proof("sign-in")}
    assert Client().post(SIGN_IN, form).status_code == 302
    assert Client().post(SIGN_IN, form).status_code == 403


def test_an_inspector_asks_the_security_administrator_admits_and_every_step_is_on_the_trail(city: City) -> None:
    phone, terminal = Client(), Terminal()
    sign_in(phone, "inspector")
    assert "登记本机" in phone.get(DEVICE).content.decode()
    assert terminal.enrol(phone).status_code == 302
    assert "等待安全管理员准入" in phone.get(DEVICE).content.decode()
    register = Screen("security_admin")
    assert all(word in register.get("/admin/devices/?typed=张小") for word in ("张小燕", "YJ-001", "样机 1", "待准入"))
    register.post(f"/admin/devices/{terminal.row().pk}/admit/", {"number": "YJ-007", "model": "样机 1"})
    assert "已准入" in register.get("/admin/devices/?typed=YJ-007&state=admitted")
    assert "本机是已准入的终端" in phone.get(DEVICE).content.decode()
    register.post(f"/admin/devices/{terminal.row().pk}/block/", {"reason": "lost"})
    assert _acts() == ["device_asked", "device_admitted", "device_blocked"]
    assert AuditRow.objects.get(action="device_blocked").values == {
        "device": "YJ-007 样机 1", "reason": "lost", "sign_ins": 1, "tokens": 0,
    }  # fmt: skip
    assert "遗失或被盗" in Screen("audit_admin").get("/admin/trail/?act=device_blocked")


@pytest.mark.parametrize("change", ["no_key", "other_key", "no_proof", "wrong_purpose", "no_model"])
def test_only_who_holds_the_key_registers_it(city: City, change: str) -> None:
    browser, terminal = Client(), Terminal()
    sign_in(browser, "inspector")
    wrong = {
        "no_key": {"device_key": "###"}, "other_key": {"device_key": text(Terminal().point)}, "no_proof": {"device_signature": ""},
        "wrong_purpose": terminal.proof("sign-in"), "no_model": {"model": "  "},
    }[change]  # fmt: skip
    assert terminal.enrol(browser, **wrong).status_code in (403, 422)
    assert not Device.objects.exists()


@pytest.mark.requirement("CY-24-1")
def test_a_lost_phone_is_blocked_its_next_request_is_refused_and_its_holder_goes_on_elsewhere(city: City) -> None:
    terminal, phone, other = admitted(city, "inspector"), Client(), Client()
    terminal.sign_in(phone, "inspector")
    sign_in(other, "inspector")
    page = phone.post("/mine/tokens/new/", {"label": "手机", "days": "1"}).content.decode()
    token = page.partition('out-key">')[2].partition("<")[0]
    program = Client(headers={"authorization": f"Bearer {token}"})
    assert (phone.get(PHONE).status_code, program.get("/api/v1/me").status_code) == (200, 200)

    _block(city, terminal)

    landed = phone.get(PHONE, follow=True)
    assert landed.redirect_chain[-1][0].startswith(SIGN_IN) and "遗失或被盗" in landed.content.decode()
    assert program.get("/api/v1/me").status_code == 401
    assert terminal.sign_in(Client(), "inspector").status_code == 403, "a new sign-in on it is refused"
    assert AuditRow.objects.filter(action="device_refused").count() == 1
    assert other.get(PHONE).status_code == 200 and User.objects.get(username="inspector").is_active
    row = terminal.row()
    assert (row.number, row.model, row.state, row.reason) == ("YJ-001", "样机 1", "blocked", "lost") and len(row.fingerprint) == 64


def test_a_terminal_blocked_between_proof_and_session_opens_nothing(city: City) -> None:
    terminal, phone = admitted(city, "inspector"), Client()
    terminal.sign_in(phone, "inspector")
    Device.objects.update(state=Device.BLOCKED, reason="lost")  # and nobody ended its sign-ins
    assert phone.get(PHONE).status_code == 302


def test_where_a_post_demands_it_no_other_browser_signs_in_and_is_told_what_to_do(city: City) -> None:
    demand(city, "inspector")
    terminal = admitted(city, "inspector")
    stranger = Client()
    answer = stranger.post(SIGN_IN, {"username": "inspector", "password": PASSWORD}, follow=True)
    assert answer.status_code == 403
    said = answer.content.decode()
    assert "监督员只能在已准入的终端上登录" in said and "登记本机" in said
    assert stranger.get(PHONE).status_code == 302 and not SignIn.objects.exists()
    assert _acts()[-1] == "device_missing"
    assert terminal.sign_in(Client(), "inspector").status_code == 302
    sign_in(Client(), "seat_agent")


def test_a_terminal_that_waits_does_not_open_and_opens_once_admitted(city: City) -> None:
    demand(city, "inspector")
    browser, terminal = Client(), Terminal()
    sign_in(browser, "inspector")
    assert terminal.enrol(browser).status_code == 302
    waits = browser.get(DEVICE)
    assert waits.status_code == 403 and "还没有准入" in waits.content.decode() and terminal.fingerprint[:8] in waits.content.decode()
    assert terminal.sign_in(browser, "inspector").headers["Location"] == DEVICE
    devices.admit(terminal.row().pk, city.acting("security_admin"), "YJ-002", "")
    assert terminal.sign_in(browser, "inspector").headers["Location"] == "/"
    assert browser.get(PHONE).status_code == 200


def test_the_page_of_asking_ends_by_itself_and_with_the_password(city: City) -> None:
    demand(city, "inspector")
    with clock.travel(WORKDAY):
        browser = Client()
        sign_in(browser, "inspector")
        assert browser.get(DEVICE).status_code == 403
    with clock.travel(WORKDAY + timedelta(minutes=31)):
        assert browser.get(DEVICE).headers["Location"] == SIGN_IN
    with clock.travel(WORKDAY):
        User.objects.filter(username="inspector").update(session_stamp="changed")
        assert browser.get(DEVICE).headers["Location"] == SIGN_IN


def test_by_the_rule_a_persons_first_terminal_is_admitted_at_once_and_the_second_waits(city: City) -> None:
    demand(city, "inspector", first_device_at_once=True)
    browser, first, second = Client(), Terminal(), Terminal()
    sign_in(browser, "inspector")
    first.enrol(browser)
    assert first.row().state == "admitted" and first.row().admitted_by is None
    sign_in(browser, "inspector")
    second.enrol(browser)
    assert second.row().state == "asked"
    assert _acts() == ["device_missing", "device_admitted_at_once", "device_missing", "device_asked"]


def test_sessions_and_tokens_from_before_the_demand_open_nothing_but_the_page_of_the_terminal(city: City) -> None:
    browser, terminal = Client(), admitted(city, "inspector")
    sign_in(browser, "inspector")
    page = browser.post("/mine/tokens/new/", {"label": "手机", "days": "1"}).content.decode()
    token = page.partition('out-key">')[2].partition("<")[0]
    demand(city, "inspector")
    assert browser.get(PHONE).headers["Location"] == DEVICE
    answer = browser.post("/upload/", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (403, "device_needed")
    answer = Client(headers={"authorization": f"Bearer {token}"}).get("/api/v1/me")
    assert (answer.status_code, answer.json()["code"]) == (403, "device_token_needed")
    answer = Client().post("/api/v1/tokens", {"username": "inspector", "password": PASSWORD}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "token_needs_device")
    assert terminal.enrol(browser).status_code == 302, "the key that stands already is carried over to this sign-in"
    assert browser.get(PHONE).status_code == 200


def test_the_key_is_proven_again_within_the_hour_and_a_copied_cookie_ends_with_it(city: City) -> None:
    demand(city, "inspector")
    terminal, phone, thief = admitted(city, "inspector"), Client(), Client()
    with clock.travel(WORKDAY):
        terminal.sign_in(phone, "inspector")
        thief.cookies["sessionid"] = phone.cookies["sessionid"].value
        assert thief.get(PHONE).status_code == 200
    with clock.travel(WORKDAY + timedelta(minutes=40)):
        answer = phone.post(PROOF, terminal.proof("proof"), headers={"accept": "application/json"})
        assert answer.json() == {"seconds": 3600}
        assert phone.get(PHONE).status_code == 200
        assert thief.get(PHONE).headers["Location"].startswith(SIGN_IN), "the phone's cookie is new, the copy is not"


def test_a_copied_cookie_whose_phone_sleeps_serves_for_the_interval_and_no_longer(city: City) -> None:
    demand(city, "inspector", device_proof_hours=2)
    terminal, phone = admitted(city, "inspector"), Client()
    with clock.travel(WORKDAY):
        terminal.sign_in(phone, "inspector")
    with clock.travel(WORKDAY + timedelta(minutes=119)):
        assert phone.get(PHONE).status_code == 200
    with clock.travel(WORKDAY + timedelta(hours=2)):
        assert phone.get(f"{PHONE}mine/").headers["Location"] == f"{PROOF}?next=%2Fphone%2Fmine%2F"
        assert phone.post(f"{PHONE}report/", {}).headers["Location"] == PROOF
        answer = phone.post("/upload/", headers={"accept": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (403, "device_proof_due")
        assert phone.post(PROOF, Terminal().proof("proof")).status_code == 403
        assert phone.post(PROOF, {}).status_code == 403
        assert phone.get(PHONE).status_code == 302
        answer = phone.post(PROOF, {**terminal.proof("proof"), "next": f"{PHONE}mine/"})
        assert answer.headers["Location"] == f"{PHONE}mine/" and phone.get(PHONE).status_code == 200


def test_the_proof_of_another_terminal_of_the_platform_does_not_serve(city: City) -> None:
    demand(city, "inspector")
    own, others, phone = admitted(city, "inspector"), admitted(city, "second_inspector"), Client()
    own.sign_in(phone, "inspector")
    assert phone.post(PROOF, others.proof("proof")).status_code == 403


def test_after_the_second_step_the_terminal_is_looked_at_again(city: City) -> None:
    demand(city, "inspector")
    authenticator, _codes = set_up("inspector")
    terminal, phone = admitted(city, "inspector"), Client()
    assert terminal.sign_in(phone, "inspector").headers["Location"] == "/sign-in/code/"
    _block(city, terminal)
    answer = give(phone, authenticator.code(clock.now() + timedelta(seconds=30)))
    assert answer.status_code == 403 and "遗失或被盗" in answer.content.decode()


def test_nobody_shuts_herself_out_and_the_operator_can_lift_the_demand(city: City) -> None:
    register = Screen("security_admin")
    said = register.post("/admin/devices/rules/", {"device_posts": ["security_admin"], "device_proof_hours": "1"}, status=422)
    assert "您将无法登录" in said
    assert "须在 1 到 12 之间" in register.post("/admin/devices/rules/", {"device_proof_hours": "13"}, status=422)
    register.post("/admin/devices/rules/", {"device_posts": ["inspector"], "device_proof_hours": "4", "first_device_at_once": "on"})
    city.platform.refresh_from_db()
    assert city.platform.settings["security"] == {
        "second_step_posts": [], "device_posts": ["inspector"], "device_proof_hours": 4, "first_device_at_once": True,
    }  # fmt: skip
    args = parser.parse(["accounts", "any-device"])
    assert any_device(args) == 0 and any_device(args) == 1
    sign_in(Client(), "inspector")
    assert AuditRow.objects.filter(action="security_changed").count() == 2


def test_a_security_administrator_does_not_block_the_terminal_she_sits_at_nor_one_twice(city: City) -> None:
    own, desk = admitted(city, "security_admin"), Client()
    own.sign_in(desk, "security_admin")
    path = f"/admin/devices/{own.row().pk}"
    assert desk.post(f"{path}/block/", {"reason": "lost"}).status_code == 409
    lost = admitted(city, "inspector").row()
    assert desk.post(f"/admin/devices/{lost.pk}/block/", {"reason": "made up"}).status_code == 422
    assert [desk.post(f"/admin/devices/{lost.pk}/block/", {"reason": "lost"}).status_code for _ in range(2)] == [302, 409]
    assert [desk.post(f"/admin/devices/{lost.pk}/admit/", {}).status_code for _ in range(2)] == [302, 409], "found again"


def test_a_blocked_key_is_not_registered_anew(city: City) -> None:
    terminal, browser = admitted(city, "inspector"), Client()
    _block(city, terminal)
    sign_in(browser, "inspector")
    assert terminal.enrol(browser).status_code == 403
    assert Device.objects.count() == 1


def test_terminals_of_another_platform_are_out_of_reach(city: City) -> None:
    terminal = admitted(city, "inspector").row()
    stranger = city.acting("security_admin")
    elsewhere = type(stranger)(**{name: getattr(stranger, name) for name in stranger.__slots__} | {"platform_id": 1})
    with pytest.raises(Refusal, match="状态已经改变"):
        devices.block(terminal.pk, elsewhere, "lost")


def test_the_register_on_paper_is_a_row_of_the_trail(city: City) -> None:
    admitted(city, "inspector")
    page = Screen("security_admin").get("/admin/devices/print/?state=admitted")
    assert all(word in page for word in ("终端登记表", "张小燕", "YJ-001", "已准入"))
    assert AuditRow.objects.get(action="printed").values == {"sheet": "终端登记表", "rows": 1}


def test_a_record_of_a_case_names_the_terminal_by_its_fingerprint(city: City) -> None:
    terminal, phone = admitted(city, "inspector"), Client()
    terminal.sign_in(phone, "inspector")
    acting = of_session(phone.session, True)
    assert acting is not None and acting.device == terminal.fingerprint[:16]


def test_pages_on_a_terminal_cost_no_statement_more_than_without(city: City) -> None:
    with_key, without = Client(), Client()
    admitted(city, "inspector").sign_in(with_key, "inspector")
    sign_in(without, "inspector")
    counts = []
    for browser in (with_key, without):
        browser.get(PHONE)
        with CaptureQueriesContext(connection) as seen:
            browser.get(PHONE)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_challenges_are_given_for_known_purposes_alone_and_cost_no_statement(db: None) -> None:
    path = reverse("people:device_challenge")
    with CaptureQueriesContext(connection) as seen:
        assert Client().post(path, {"purpose": "sign-in"}).status_code == 200
    assert [one["sql"] for one in seen] == []
    assert Client().post(path, {"purpose": "anything"}).status_code == 422
