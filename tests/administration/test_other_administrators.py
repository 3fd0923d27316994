"""The security administrator watches rights, locks and sessions; the audit administrator reads the trail; each her own alone."""

from __future__ import annotations

import ast
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

import urbangrid
from tests.support.browser import enter, sign_in
from tests.support.city import WORKDAY, City
from tests.support.log import empty_trail
from tests.support.people import PASSWORD
from urbangrid.accounts import actions as accounts
from urbangrid.accounts.models import SignIn, User
from urbangrid.administration import words
from urbangrid.audit.actions import note
from urbangrid.audit.models import AuditRow
from urbangrid.core import clock
from urbangrid.core.errors import Refusal
from urbangrid.core.models import Platform

RIGHTS, TRAIL, SIGN_INS = "/admin/rights/", "/admin/trail/", "/admin/sign-ins/"


def _text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]
    return str(answer.content.decode())


def _lock(username: str) -> None:
    for _ in range(accounts.TRIES):
        with pytest.raises(Refusal):
            accounts.sign_in(username, "falsch")


@pytest.mark.parametrize(("who", "own"), [("system_admin", "/admin/"), ("security_admin", RIGHTS), ("audit_admin", TRAIL)])
def test_each_administrator_opens_her_own_pages_and_no_other(city: City, who: str, own: str) -> None:
    browser = enter(Client(), city, who)
    pages = ["/admin/people/", "/admin/people/new/", "/admin/posts/", "/admin/units/new/", "/catalog/handbook/"]
    allowed = {own, *(pages if who == "system_admin" else [])}
    for path in (*pages, RIGHTS, TRAIL):
        assert browser.get(path).status_code == (200 if path in allowed else 403), path
    home = browser.get("/")
    assert home.headers["Location"] == "/admin/"
    assert browser.get("/", follow=True).request["PATH_INFO"] == own


def test_nobody_else_opens_any_of_them_and_the_refusal_is_on_record(city: City) -> None:
    browser = enter(Client(), city, "duty_director")
    for path in ("/admin/", "/admin/people/", RIGHTS, TRAIL):
        assert browser.get(path).status_code == 403, path
    kept = AuditRow.objects.filter(action="refused", user_id=city.acting("duty_director").user_id)
    assert sorted(kept.values_list("subject", flat=True)) == ["/admin/", "/admin/people/", RIGHTS, TRAIL]


def test_the_matrix_holds_exactly_the_duties_of_the_posts(city: City) -> None:
    page = _text(enter(Client(), city, "security_admin").get(RIGHTS))
    heads = re.findall(r'<th scope="col"><span>([^<]+)</span>', page)
    for name, codes in (("坐席员", city.acting("seat_agent").duties), ("派遣员", city.acting("dispatcher").duties)):
        row = re.search(rf"<tr><th scope=\"row\"[^>]*>{name} .*?</tr>", page, re.DOTALL)
        assert row
        cells = re.findall(r"<td>(.*?)</td>", row[0], re.DOTALL)
        marked = {head for head, cell in zip(heads, cells, strict=True) if "i-check" in cell}
        assert marked == {str(words.DUTIES[code]) for code in codes}


def test_a_locked_account_is_shown_and_unlocked_on_record(city: City) -> None:
    _lock("clerk")
    clerk, guard = city.acting("clerk"), city.acting("security_admin")
    browser = enter(Client(), city, "security_admin")
    unlock = reverse("administration:unlock", args=[clerk.user_id])
    assert unlock in _text(browser.get(RIGHTS))

    assert browser.post(unlock).headers["Location"] == RIGHTS

    assert "没有锁定的账号" in _text(browser.get(RIGHTS))
    assert accounts.sign_in("clerk", PASSWORD).pk == clerk.user_id
    assert AuditRow.objects.get(action="unlocked").appointment_id == guard.appointment_id
    assert "没有锁定" in _text(browser.post(unlock), 409)


def test_only_the_security_administrator_unlocks(city: City) -> None:
    _lock("clerk")
    unlock = reverse("administration:unlock", args=[city.acting("clerk").user_id])
    for who in ("system_admin", "audit_admin", "seat_agent"):
        assert enter(Client(), city, who).post(unlock).status_code == 403
    assert User.objects.get(username="clerk").locked_until is not None


def test_open_sign_ins_are_listed_and_ended_by_the_security_administrator(city: City) -> None:
    first, second, third = Client(), Client(), Client()
    for browser, name in ((first, "clerk"), (second, "clerk"), (third, "dispatcher")):
        sign_in(browser, name)
    watcher = Client()
    sign_in(watcher, "security_admin")
    page = _text(watcher.get(SIGN_INS))
    assert (page.count(">何建<"), page.count(">王芳<")) == (2, 1)
    accounts.reset_password(city.acting("clerk").user_id, city.acting("system_admin"))
    assert "何建" not in _text(watcher.get(SIGN_INS))

    row = SignIn.objects.get(user__username="dispatcher")
    watcher.post(reverse("administration:end_sign_in", args=[row.user_id, row.pk]))

    assert third.get("/desk/").headers["Location"].startswith("/sign-in/")
    assert AuditRow.objects.get(action="session_ended").user_id == city.acting("security_admin").user_id


def _rows(page: str) -> list[str]:
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return [re.sub(r"<[^>]+>|\s+", " ", row) for row in body.split("<tr>")[1:]]


def test_the_trail_names_who_as_what_did_what_to_whom_and_why(city: City) -> None:
    empty_trail()
    seat, admin = city.acting("seat_agent"), city.acting("system_admin")
    note(seat, "reveal", subject="contact:7", purpose="回访来报人")
    accounts.reset_password(seat.user_id, admin)
    with pytest.raises(Refusal):
        accounts.sign_in("nobody", "x", "192.0.2.44")
    rows = _rows(_text(enter(Client(), city, "audit_admin").get(TRAIL)))
    assert len(rows) == 3
    for row, parts in zip(
        rows,
        (("未知账号登录", "192.0.2.44"), ("管一", "系统管理员", "重设密码", "周岚"), ("周岚", "监督部·坐席员", "查看来报人", "回访来报人")),
        strict=True,
    ):
        assert all(part in row for part in parts), row


def test_the_trail_is_filtered_by_person_act_and_days(city: City) -> None:
    empty_trail()
    seat, clerk = city.acting("seat_agent"), city.acting("clerk")
    for days, acting, act in ((3, seat, "sign_out"), (2, clerk, "sign_out"), (1, seat, "reveal")):
        with clock.travel(WORKDAY - timedelta(days=days)):
            note(acting, act)
    browser = enter(Client(), city, "audit_admin")
    counts = {
        query: len(_rows(_text(browser.get(TRAIL + query))))
        for query in (
            "", "?person=周岚", "?person=CLERK", "?act=sign_out", "?person=周岚&act=reveal", "?first=2026-11-18&last=2026-11-18",
            "?first=2026-11-18", "?last=2026-11-18", "?person=%27%20OR%201=1--", "?act=nothing",
        )
    }  # fmt: skip
    assert list(counts.values()) == [3, 2, 1, 2, 1, 1, 2, 2, 0, 0]


def test_a_day_that_is_none_is_named_at_its_field(city: City) -> None:
    page = _text(enter(Client(), city, "audit_admin").get(TRAIL, {"first": "yesterday", "person": "周"}), 422)
    assert 'id="first-fault"' in page and 'value="周"' in page


def test_a_long_trail_comes_by_pages_without_gaps_and_with_few_queries(city: City, django_assert_max_num_queries: Any) -> None:
    empty_trail()
    seat = city.acting("seat_agent")
    AuditRow.objects.bulk_create(
        AuditRow(
            platform_id=seat.platform_id,
            at=WORKDAY + timedelta(seconds=i // 3),
            user_id=seat.user_id,
            action="sign_out",
            purpose=f"No.{i:03d}.",
        )
        for i in range(120)
    )
    browser = enter(Client(), city, "audit_admin")
    path, seen = TRAIL, []
    while path:
        with django_assert_max_num_queries(9):
            page = _text(browser.get(path))
        seen += re.findall(r"No\.(\d+)\.", page)
        further = re.search(r'href="(\?before=\d+)"', page)
        path = TRAIL + further[1] if further else ""
    assert seen == [f"{i:03d}" for i in reversed(range(120))]


def test_the_trail_of_another_platform_is_not_shown(city: City) -> None:
    empty_trail()
    other = Platform.objects.create(code="990102", name="邻区", short_name="邻")
    AuditRow.objects.create(platform=other, at=clock.now(), action="sign_out", purpose="邻区的")
    assert "邻区的" not in _text(enter(Client(), city, "audit_admin").get(TRAIL))


def test_every_act_that_the_code_writes_to_the_trail_has_a_word() -> None:
    found = set()
    for path in Path(urbangrid.__file__).parent.rglob("*.py"):
        for call in (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name in ("note", "_note", "note_import") and len(call.args) > 1 and isinstance(call.args[1], ast.Constant):
                found.add(call.args[1].value)
    assert {"sign_in", "reveal", "import_handbook"} <= found
    assert found <= set(words.ACTS)
