"""应用安全 (HD-9.1.3): input checks, session, upload checks, password rules, CSRF, injection, each over every address it concerns.

The finer stories stand with their packages: tests/accounts (passwords, lockout, sessions, tokens), tests/api (bad input, files).
"""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.api import paths
from tests.api.paths import At
from tests.support.addresses import Address, every, sample
from tests.support.browser import enter, sign_in
from tests.support.city import INSIDE, City, picture
from tests.support.people import PASSWORD
from urbangrid.accounts import actions as accounts
from urbangrid.accounts.models import User
from urbangrid.cases.models import Case, Report
from urbangrid.core.errors import Refusal
from urbangrid.core.models import StoredFile
from urbangrid.organizations.models import Unit

pytestmark = pytest.mark.requirement("HD-9.1.3")

SCRIPT = "<script>alert(1)</script>"
GARBAGE = (
    "\0",
    "甲\0乙",
    "' OR '1'='1' --",
    '"; DROP TABLE cases_case; --',
    SCRIPT,
    "9" * 30,
    "-1",
    "nan,inf,1,2",
    "%s%(x)s{0}",
    "字" * 10_000,
)
FIELDS = (
    "tab", "item", "light", "soon", "kind", "words", "number", "typed", "page", "q", "box", "longitude", "latitude", "category",
    "category_id", "condition", "grade", "state", "area", "action", "unit", "after", "before", "from", "to", "first", "last", "person",
    "act", "parent", "next", "bulletin", "source", "opened_from", "opened_to", "line", "text", "phone", "ref", "limit", "skip", "draft",
)  # fmt: skip
"""Names of parameters that some page or the interface reads."""


def _who(pattern: str) -> str:
    """Somebody whom the address lets in, so that the garbage reaches what stands behind it."""
    return next((name for start, name in LET_IN.items() if pattern.startswith(start)), "duty_director")


LET_IN = {
    "/admin/rights": "security_admin", "/admin/trail": "audit_admin", "/admin": "system_admin", "/catalog": "system_admin",
    "/phone": "inspector", "/api": "seat_agent", "/area": "subdistrict_officer",
}  # fmt: skip


def _browsers(city: City, **made: Any) -> dict[str, Client]:
    names = {"security_admin", "audit_admin", "system_admin", "inspector", "seat_agent", "subdistrict_officer", "duty_director"}
    return {name: enter(Client(raise_request_exception=False, **made), city, name) for name in names}


@pytest.fixture
def addresses(desk: At, city: City) -> list[Address]:
    return every(sample(desk, city))


# --- input checks ---


def test_garbage_in_every_parameter_of_every_page_is_answered_and_never_runs(city: City, addresses: list[Address]) -> None:
    browsers = _browsers(city)
    failed = []
    for address, value in product(addresses, GARBAGE):
        answer = browsers[_who(address.pattern)].get(address.path, dict.fromkeys(FIELDS, value[:100]))
        if answer.status_code >= 500 or (SCRIPT.encode() in _body(answer) and "html" in answer["Content-Type"]):
            failed.append((address.pattern, value[:20], answer.status_code))
    assert failed == []
    assert Case.objects.exists() and Unit.objects.exists()


def test_garbage_in_every_form_is_answered_and_changes_no_password(city: City, addresses: list[Address]) -> None:
    browsers = _browsers(city)
    forms = [address for address in addresses if not address.pattern.startswith(("/api", "/sign-out/"))]
    failed = []
    for address, value in product(forms, (GARBAGE[1], *GARBAGE[3:6], GARBAGE[-1])):
        with transaction.atomic():
            answer = browsers[_who(address.pattern)].post(address.path, dict.fromkeys((*FIELDS, *INPUTS), value))
            transaction.set_rollback(True)
        if answer.status_code >= 500 or SCRIPT.encode() in _body(answer):
            failed.append((address.pattern, value[:20], answer.status_code))
    assert failed == []
    assert User.objects.get(username="duty_director").check_password(PASSWORD)


INPUTS = (
    "username", "password", "old", "new", "name", "code", "calendar", "post", "reason", "description", "files", "seq", "key", "then",
    "answer", "note", "urgent", "appointment", "place_text", "client_id", "last_day", "upload", "case",
)  # fmt: skip
"""Names of inputs beside the parameters."""


def _body(answer: Any) -> bytes:
    """Read to the end, so that a file that was streamed is closed."""
    return b"".join(answer) if answer.streaming else bytes(answer.content)


def test_a_wrong_value_is_refused_at_its_field_and_nothing_is_kept(city: City, desk: At) -> None:
    kept = Report.objects.count()
    body = {"source": "inspector", "client_id": "x", "category_id": "0", "description": "a", "longitude": 200, "latitude": INSIDE[1]}
    answer = desk("inspector").post("/reports", body)
    assert answer.status == 422 and answer.body["field"]
    assert Report.objects.count() == kept


# --- session ---


def test_a_session_begins_anew_at_sign_in_is_hidden_from_scripts_and_ends_at_sign_out_and_with_the_password(city: City) -> None:
    browser, elsewhere = Client(), Client()
    sign_in(browser, "dispatcher")
    first = browser.cookies["sessionid"].value
    sign_in(browser, "dispatcher")
    sign_in(elsewhere, "dispatcher")
    cookie = browser.cookies["sessionid"]
    assert cookie.value != first
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 12 * 3600)
    browser.post(reverse("people:password"), {"old": PASSWORD, "new": "Deng-guang 88"})
    assert (browser.get("/desk/").status_code, elsewhere.get("/desk/").status_code) == (200, 302)
    last = browser.cookies["sessionid"].value
    browser.post(reverse("people:sign_out"))
    for key in (first, last):
        browser.cookies["sessionid"] = key
        assert browser.get("/desk/").headers["Location"].startswith("/sign-in/")


# --- password rules ---


def test_five_wrong_passwords_lock_and_a_weak_new_one_is_refused(city: City) -> None:
    user = city.acting("dispatcher").user_id
    for weak in ("Kurz-1", "nurkleinbuchstaben", "Dispatcher-2026", "Password-12"):
        with pytest.raises(Refusal) as caught:
            accounts.change_password(user, PASSWORD, weak)
        assert caught.value.code == "password_weak", weak
    statuses = [Client().post(reverse("people:sign_in"), {"username": "dispatcher", "password": "falsch"}).status_code for _ in range(5)]
    assert statuses == [403] * 5
    assert "已锁定" in Client().post(reverse("people:sign_in"), {"username": "dispatcher", "password": PASSWORD}).content.decode()


# --- CSRF ---


def test_no_address_takes_a_post_of_a_session_without_the_token_of_its_page(city: City, addresses: list[Address]) -> None:
    browsers = _browsers(city, enforce_csrf_checks=True)
    taken = []
    for address in addresses:
        answer = browsers[_who(address.pattern)].post(address.path, {"username": "seat_agent"})
        if answer.status_code not in (403, 404, 405):
            taken.append((address.pattern, answer.status_code))
    # a token is asked for with name and password in the body: no cookie takes part
    assert taken == [("/api/v1/tokens", 400)]
    page = browsers["duty_director"].post(reverse("workbench:register"), {"description": "x"})
    assert "页面放得太久" in page.content.decode()


def test_with_the_token_of_its_page_the_form_is_taken(city: City) -> None:
    browser = enter(Client(enforce_csrf_checks=True), city, "system_admin")
    browser.get("/admin/people/new/")
    form = {"name": "米晓晴", "username": "mi.xq", "csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
    assert browser.post("/admin/people/new/", form).status_code == 200
    assert User.objects.filter(username="mi.xq").exists()


# --- injection ---


def test_words_made_of_markup_are_shown_as_words_on_every_page(city: City, desk: At) -> None:
    User.objects.filter(username="inspector").update(name=SCRIPT[:30])
    Unit.objects.filter(code="MUNICIPAL").update(name=SCRIPT, short_name="<b>市政")
    case = paths.filed(desk, city)
    report = paths.report(desk, city, description=SCRIPT, place_text=SCRIPT)
    desk("dispatcher").done(case, "dispatch", unit_id=str(desk("clerk").who.unit_id), opinion=SCRIPT)
    shown = ""
    for name, path in (("seat_agent", "/desk/"), ("duty_director", f"/case/{case}/"), ("clerk", "/desk/"), ("system_admin", "/admin/"),
                       ("system_admin", "/admin/people/"), ("audit_admin", "/admin/trail/"), ("clerk", f"/case/{case}/print/order/"),
                       ("seat_agent", "/search/?words=alert")):  # fmt: skip
        page = enter(Client(), city, name).get(path, follow=True)
        assert page.status_code == 200, path
        assert SCRIPT not in page.content.decode() and "<b>市政" not in page.content.decode(), path
        shown += page.content.decode()
    assert html.escape(SCRIPT) in shown and str(report["number"]) in shown


def test_no_page_allows_scripts_in_its_text_or_from_elsewhere(city: City, addresses: list[Address]) -> None:
    browsers = _browsers(city)
    for address in addresses:
        answer = browsers[_who(address.pattern)].get(address.path)
        if not answer["Content-Type"].startswith("text/html"):
            assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox", address.pattern
            _body(answer)
            continue
        policy = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))
        assert (policy["script-src"], policy["object-src"], policy["base-uri"]) == ("'self'", "'none'", "'none'"), address.pattern
        assert (policy["default-src"], policy["frame-ancestors"], policy["form-action"]) == ("'self'", "'none'", "'self'"), address.pattern
        _body(answer)


@pytest.mark.parametrize("words", ["' OR '1'='1", "%", "_", "') UNION SELECT username, password FROM accounts_user --", "\\"])
def test_code_in_the_words_of_a_search_finds_no_case(city: City, desk: At, words: str) -> None:
    paths.filed(desk, city)
    answer = desk("seat_agent").get("/cases", words=words)
    assert (answer.status, answer.body["rows"]) == (200, [])


# --- uploads ---


def _archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("run.sh", "#!/bin/sh\n")
    return out.getvalue()


NOT_PHOTOS = {
    "page.jpg": b"<!doctype html><script>alert(1)</script>",
    "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "program.png": b"\x7fELF\x02\x01\x01" + bytes(64),
    "script.php": b"<?php system($_GET['c']); ?>",
    "archive.webp": _archive(),
    "begins-well.jpg": picture()[:40] + b"<script>alert(1)</script>" * 9,
    "moving.gif": b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)",
}


@pytest.mark.parametrize("name", NOT_PHOTOS)
def test_what_is_no_photo_is_refused_whatever_its_name(city: City, desk: At, name: str) -> None:
    answer = desk("inspector").upload(name, NOT_PHOTOS[name])
    assert (answer.status, answer.code) == (422, "file_not_photo")
    browser = enter(Client(), city, "seat_agent")
    sent = SimpleUploadedFile(name, NOT_PHOTOS[name], "image/jpeg")
    assert browser.post("/upload/", {"file": sent}, headers={"accept": "application/json"}).status_code == 422
    assert not StoredFile.objects.exists() and list(_stored()) == []


def _stored() -> Iterator[Path]:
    root = Path(configured.FILES_ROOT)
    return (path for path in root.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", ["photo.php", "../../outside.jpg", "page.html", "a\r\nSet-Cookie: x=1.jpg", SCRIPT])
def test_a_photo_is_served_as_the_picture_it_is_and_never_run(city: City, desk: At, name: str) -> None:
    """The bytes end in a page with a script: what comes back is a picture by type, by header and by content."""
    answer = desk("inspector").upload(name, picture() + SCRIPT.encode())
    assert answer.status == 201
    browser = enter(Client(), city, "inspector")
    for path in (f"/files/{answer.body['file_id']}/", f"/api/v1/files/{answer.body['file_id']}", f"/files/{answer.body['file_id']}/thumb/"):
        seen = browser.get(path)
        body = _body(seen)
        assert seen["Content-Type"] == "image/jpeg" and seen["X-Content-Type-Options"] == "nosniff", path
        assert "default-src 'none'" in seen["Content-Security-Policy"] and "Set-Cookie" not in seen
        assert body.startswith(b"\xff\xd8") and SCRIPT.encode() not in body, path
    for kept in _stored():
        assert kept.suffix in ("", ".thumb") and kept.stat().st_mode & 0o111 == 0
        assert not kept.resolve().is_relative_to(Path(configured.STATIC_ROOT).resolve())
    assert list(_stored())
