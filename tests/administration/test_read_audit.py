"""The read audit: refusals, looks, prints and exports are on the trail, and 谁看过 finds them (HD-2.3.7e, HD-3.1.3-sec, desks.md G5)."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.test import Client
from openpyxl import load_workbook

from tests.api import paths
from tests.api.paths import At
from tests.support.browser import enter, sign_in
from tests.support.city import WORKDAY, City
from urbangrid.audit.actions import note
from urbangrid.audit.models import AuditRow
from urbangrid.cases.models import Case
from urbangrid.core import clock
from urbangrid.organizations import refusals
from urbangrid.service_requests.models import RequestCase

TRAIL = "/admin/trail/"


def _refused(user_id: int) -> list[str]:
    rows = AuditRow.objects.filter(user_id=user_id, action="refused").order_by("pk")
    return list(rows.values_list("subject", flat=True))


def test_a_foreign_case_is_answered_by_404_and_an_audit_row(city: City, desk: At) -> None:
    """desks.md G5."""
    case = paths.dispatched(desk, city)
    number = Case.objects.get(pk=case).number
    stranger = city.acting("company_clerk")
    browser = enter(Client(REMOTE_ADDR="192.0.2.8"), city, "company_clerk")
    for path in (f"/case/{case}/", f"/case/no/{number}/", f"/api/v1/cases/{case}"):
        assert browser.get(path).status_code == 404
    assert _refused(stranger.user_id) == [f"/case/{case}/", f"/case/no/{number}/", f"/api/v1/cases/{case}"]
    row = AuditRow.objects.filter(action="refused").first()
    assert row is not None and (row.address, row.values, row.appointment_id) == ("192.0.2.8", {"status": 404}, stranger.appointment_id)


def test_a_page_without_the_right_is_on_record_and_a_mistyped_address_is_not(city: City) -> None:
    clerk = city.acting("clerk")
    browser = enter(Client(), city, "clerk")
    assert [browser.get(path).status_code for path in ("/admin/people/", "/nowhere/", "/api/v1/nowhere")] == [403, 404, 404]
    assert _refused(clerk.user_id) == ["/admin/people/"]


def test_the_same_refusal_is_written_once_a_minute_and_its_number_is_kept(city: City) -> None:
    clerk = city.acting("clerk")
    with clock.travel(WORKDAY):
        browser = enter(Client(), city, "clerk")
        for _ in range(7):
            browser.get("/admin/people/")
        browser.get("/admin/posts/")
        assert refusals.tell_repeated() == 0  # the minute is not over
    with clock.travel(WORKDAY + timedelta(minutes=1)):
        assert refusals.tell_repeated() == 1
        row = AuditRow.objects.get(action="refused_again")
        assert (row.user_id, row.subject, row.values["times"]) == (clerk.user_id, "/admin/people/", 6)
        assert refusals.tell_repeated() == 0
        browser.get("/admin/people/")
    assert _refused(clerk.user_id) == ["/admin/people/", "/admin/posts/", "/admin/people/"]


def test_sign_in_failure_and_sign_out_are_on_record_with_the_address(city: City) -> None:
    browser = Client(REMOTE_ADDR="192.0.2.4")
    browser.post("/sign-in/", {"username": "clerk", "password": "falsch"})
    sign_in(browser, "clerk")
    browser.post("/sign-out/")
    rows = AuditRow.objects.filter(user_id=city.acting("clerk").user_id).order_by("pk").values_list("action", "address")
    assert list(rows) == [(act, "192.0.2.4") for act in ("sign_in_failed", "sign_in", "sign_out")]


@pytest.fixture
def seen_case(city: City, desk: At) -> tuple[str, str]:
    """A case of a citizen whose contact was looked at, that was printed, and that a stranger asked for; its number, the request's."""
    call = paths.request(desk, city)
    case = paths.accept(desk, call["report_id"], "send_verification")
    desk("inspector").done(case, "verify", answer="true", files=[desk("inspector").send_photo()])
    desk("seat_agent").done(case, "file", condition_id=str(city.condition()))
    RequestCase.objects.get_or_create(request_id=int(call["request_id"]), case_id=int(case))
    enter(Client(), city, "seat_agent").post(f"/case/{case}/reveal/{call['request_id']}/", {"purpose": "回访来电人"})
    enter(Client(), city, "duty_director").get(f"/case/{case}/print/filing/")
    enter(Client(), city, "company_clerk").get(f"/case/{case}/")
    return str(Case.objects.get(pk=case).number), str(call["number"])


def test_who_has_seen_is_answered_by_the_number_of_case_or_request(city: City, seen_case: tuple[str, str]) -> None:
    auditor = enter(Client(), city, "audit_admin")
    by_case, by_request = (auditor.get(TRAIL, {"about": number}).content.decode() for number in seen_case)
    body = by_case.partition("<tbody>")[2]
    assert body.count("<tr>") == 3
    assert all(part in body for part in ("周岚", "回访来电人", "查看来报人", "孙国平", "打印", "高远", "越权访问"))
    assert by_request.partition("<tbody>")[2].count("<tr>") == 1 and "回访来电人" in by_request
    assert "没有符合条件的记录" in auditor.get(TRAIL, {"about": "样-0"}).content.decode()


def test_the_trail_leaves_as_a_spreadsheet_and_that_is_on_the_trail(city: City, seen_case: tuple[str, str]) -> None:
    auditor = enter(Client(), city, "audit_admin")
    answer = auditor.get("/admin/trail.xlsx", {"about": seen_case[0]})
    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)  # type: ignore[union-attr]
    assert rows[0][:4] == ("时间", "人员", "以岗位", "行为")
    assert {row[1] for row in rows[1:]} == {"周岚", "孙国平", "高远"}
    row = AuditRow.objects.get(action="export_trail")
    assert (row.user_id, row.values) == (city.acting("audit_admin").user_id, {"rows": 3, "about": seen_case[0]})
    assert enter(Client(), city, "system_admin").get("/admin/trail.xlsx").status_code == 403


def test_exports_of_tables_are_on_record_and_counted(city: City) -> None:
    browser = enter(Client(), city, "system_admin")
    assert [browser.get("/catalog/handbook.xlsx").status_code for _ in range(21)] == [200] * 20 + [429]
    assert browser.get("/catalog/responsibility.xlsx").status_code == 429
    assert AuditRow.objects.filter(action="export_handbook").count() == 20


def test_what_was_changed_is_said_in_words_and_never_in_codes(city: City) -> None:
    acting = city.acting("security_admin")
    note(acting, "exclusive_mode_changed", values={"before": "warn", "after": "refuse"})
    note(acting, "sign_in_rules_changed", values={"before": {"second_step_posts": ["audit_admin"]}, "after": {"second_step_posts": []}})
    note(acting, "printed", subject="request:77", values={"sheet": "reply"})
    note(acting, "company_added", values={"classes": 4, "areas": 0, "contract_to": "2027-12-31"})
    page = enter(Client(), city, "audit_admin").get(TRAIL).content.decode()
    said = " ".join(re.sub("<[^>]*>", " ", page).split())
    for words in ("拒绝：不能任职", city.acting("audit_admin").post_name, "诉求 77", "诉求答复单", "服务的小类 4", "合同终止 2027-12-31"):
        assert words in said, words
    for code in (" refuse ", "须两步登录的岗位 audit_admin", "request:77", "contract_to", " reply "):
        assert code not in said, code
