"""台账 of a month, its export, and searches that are kept (HD-3.1.2g, JJ-4b, CY-20-3)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from tests.api import paths
from tests.api.paths import At
from tests.support.browser import enter
from tests.support.city import WORKDAY, City
from urbangrid.audit import retention
from urbangrid.audit.models import AuditRow
from urbangrid.cases import exports, sheets
from urbangrid.cases.models import Export
from urbangrid.core import clock
from urbangrid.organizations import actions as organizations

Entered = Callable[[str], Client]


@pytest.fixture
def browser(city: City, settings: Any, tmp_path: Path) -> Entered:
    """``browser("clerk")``: somebody of the cast at a browser; exports lie in a folder of this test."""
    settings.EXPORTS_ROOT = tmp_path / "exports"
    return lambda name: enter(Client(), city, name)


def play(city: City, at: At) -> str:
    """A case with one rework, closed late at night, and one that is open; gives the closed one."""
    with clock.travel(WORKDAY):
        case = paths.dispatched(at, city)
        paths.filed(at, city)
    with clock.travel(WORKDAY + timedelta(minutes=30)):
        paths.fed_back(at, case)
        at("dispatcher").done(case, "rework", reason="other", note="未清理")
    with clock.travel(WORKDAY + timedelta(minutes=90)):
        at("clerk").done(case, "feedback", text="已清理", handled_by="何建", files=[at("clerk").send_photo("black")])
        paths.to_check(at, case)
    with clock.travel(WORKDAY + timedelta(hours=14)):
        paths.checked(at, case)
        at("seat_agent").done(case, "close")
    return case


def send(client: Client, form: str, query: str = "month=2026-11", of: str = "ledger") -> Any:
    return client.post(reverse("workbench:export"), {"form": form, "query": query, "of": of})


@pytest.mark.requirement("HD-3.1.2g")
@pytest.mark.requirement("JJ-4b")
def test_the_director_opens_a_month_and_exports_it_with_correct_chinese(city: City, desk: At, browser: Entered) -> None:
    case = play(city, desk)
    number = desk("duty_director").get(f"/cases/{case}").body["number"]
    with clock.travel(WORKDAY + timedelta(hours=15)):
        director = browser("duty_director")
        page = director.get(reverse("workbench:ledger"), {"month": "2026-11"}).content.decode()
        answer = send(director, "xlsx")
    for words in (number, "市政所", "信息收集", "核查结案", "口径：按受理时间计入", "截至时刻 2026-11-21 00:40", "14时00分", "按期"):
        assert words in " ".join(page.split()), words
    book = load_workbook(io.BytesIO(answer.content))
    rows: list[tuple[Any, ...]] = list(book["台账"].iter_rows(values_only=True))
    closed = dict(zip(rows[0], next(row for row in rows[1:] if row[0] == number), strict=True))
    assert len(rows) == 3
    assert (closed["问题"], closed["处置单位"], closed["是否按期"], closed["返工次数"]) == ("道路破损·路面破损", "市政所", "按期", 1)
    assert f"{closed['结案时间']:%Y-%m-%d %H:%M}" == "2026-11-20 23:40"
    stages = [closed[title] for title in rows[0] if str(title).endswith("用时（分）") and title != "全程用时（分）"]
    assert sum(part or 0 for part in stages) == closed["全程用时（分）"] == 14 * 60
    notes: list[Any] = [row[0] for row in book["说明"].iter_rows(values_only=True)]
    assert notes[0].startswith("口径：") and notes[1] == "截至时刻：2026-11-21 00:40" and "孙国平" in notes[2]
    assert AuditRow.objects.get(action="export_cases").values["form"] == "xlsx"


def test_another_month_is_empty_and_says_what_will_appear(city: City, desk: At, browser: Entered) -> None:
    play(city, desk)
    page = browser("duty_director").get(reverse("workbench:ledger"), {"month": "2026-10"}).content.decode()
    assert "这个月没有符合的案件" in page and "受理的每一件都会进入当月台账" in page


def test_a_table_holds_only_what_the_post_may_read_and_no_reporter(city: City, desk: At, browser: Entered) -> None:
    play(city, desk)
    paths.accept(desk, paths.request(desk, city)["report_id"])
    paths.accept(desk, paths.report(desk, city, place_text="柳荫里，问老赵13900001111")["report_id"])
    month = f"month={clock.now():%Y-%m}"
    found = send(browser("seat_agent"), "csv", month).content.decode("utf-8-sig")
    assert "139******11" in found and "13900001111" not in found and "秦" not in found
    own = list(csv.reader(io.StringIO(send(browser("clerk"), "csv").content.decode("utf-8-sig"))))
    assert len([row for row in own[1:] if len(row) > 5]) == 1, "the unit has one of three"
    assert len(list(csv.reader(io.StringIO(send(browser("other_clerk"), "csv").content.decode("utf-8-sig"))))) == 5
    assert send(browser("system_admin"), "csv").status_code == 403
    assert send(browser("clerk"), "exe").status_code == 422


def test_a_search_result_is_exported_as_it_was_narrowed(city: City, desk: At, browser: Entered) -> None:
    play(city, desk)
    answer = send(browser("duty_director"), "csv", "state=closed", of="")
    rows = [row for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))) if len(row) > 5]
    assert [row[9] for row in rows] == ["状态", "已结案"]


def test_a_long_table_is_made_by_the_worker_and_lies_there_for_its_person(
    city: City, desk: At, browser: Entered, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(city, desk)
    monkeypatch.setattr(exports, "AT_ONCE", 1)
    director = browser("duty_director")
    answer = send(director, "xlsx")
    assert (answer.status_code, answer["Location"]) == (302, reverse("workbench:exports"))
    assert "等待生成" in director.get(reverse("workbench:exports")).content.decode()
    assert exports.make_waiting() == 1 and exports.make_waiting() == 0
    page = director.get(reverse("workbench:exports")).content.decode()
    assert "台账 2026-11.xlsx" in page and "已生成" in page
    row = Export.objects.get()
    answer = director.get(reverse("workbench:export_file", args=[row.pk]))
    assert len(list(load_workbook(io.BytesIO(b"".join(answer)))["台账"].iter_rows())) == 3
    assert browser("leader").get(reverse("workbench:export_file", args=[row.pk])).status_code == 404
    with clock.travel(clock.now() + timedelta(days=2)):
        assert retention.purge("exports") == 1
        assert enter(Client(), city, "duty_director").get(reverse("workbench:export_file", args=[row.pk])).status_code == 404
    assert not any(exports.path_of(row).parent.iterdir())


def test_an_export_cut_off_with_its_worker_begins_again_and_a_lost_post_gets_none(city: City, desk: At, browser: Entered) -> None:
    play(city, desk)
    who = city.acting("duty_director")
    row = exports.ask_ledger(who, exports._read({}), "csv", name="台账", address="")
    Export.objects.update(state=Export.RUNNING, beat_at=clock.now())
    assert exports.make_waiting() == 0, "its worker lives"
    with clock.travel(clock.now() + timedelta(minutes=3)):
        assert exports.make_waiting() == 1
    assert exports.file_of(who, row.pk)[1].read_bytes().startswith(b"\xef\xbb\xbf")
    lost = exports.ask_ledger(who, exports._read({}), "csv", name="台账", address="")
    organizations.end_appointment(appointment_id=who.appointment_id)
    exports.make_waiting()
    lost.refresh_from_db()
    assert lost.state == Export.FAILED and "已不在这个岗位" in lost.said


def test_a_table_made_by_the_worker_has_the_language_of_the_page_where_it_was_asked_for(city: City, desk: At) -> None:
    play(city, desk)
    with translation.override("en"):
        row = exports.ask_ledger(city.acting("duty_director"), exports._read({}), "csv", name="Ledger", address="")
        wanted = {translation.gettext(word) for word in ("案卷号", "处置单位", "结案时间")}
    exports.make_waiting()
    text = exports.path_of(row).read_text(encoding="utf-8-sig")
    titles = next(one for one in csv.reader(io.StringIO(text)) if len(one) > 5)
    assert wanted <= set(titles) and "案卷号" not in text
    assert [title for title in titles if title.startswith(("Filing", "Dispatch", "Handling"))] and "任务派遣" not in text, "stages too"


def test_more_than_twenty_sheets_are_made_by_the_worker(city: City, desk: At, browser: Entered, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "AT_ONCE", 1)
    cases = [paths.dispatched(desk, city) for _turn in range(2)]
    clerk = browser("clerk")
    answer = clerk.post(reverse("workbench:print_orders"), {"case": [f"{case}:5" for case in cases]})
    assert answer["Location"] == reverse("workbench:exports")
    exports.make_waiting()
    row = Export.objects.get()
    assert (row.state, row.done, row.total) == (Export.DONE, 2, 2)
    assert b"".join(clerk.get(reverse("workbench:export_file", args=[row.pk]))).startswith(b"%PDF")
    assert AuditRow.objects.filter(action="printed").count() == 2


@pytest.mark.requirement("CY-20-3")
def test_the_seat_finds_a_case_every_way_reads_every_step_and_prints_it(city: City, desk: At, browser: Entered) -> None:
    case = play(city, desk)
    told = desk("seat_agent").get(f"/cases/{case}").body
    seat, address = browser("seat_agent"), reverse("workbench:case", args=[case])
    ways = [
        {"words": "大柳树路"}, {"words": "道路破损"}, {"category": str(city.category().id)}, {"state": "closed"},
        {"area": str(city.west_street.pk)}, {"since": "2026-11-20", "until": "2026-11-20"}, {"unit": str(city.acting("clerk").unit_id)},
    ]  # fmt: skip
    for asked in ways:
        assert f'href="{address}"' in seat.get(reverse("workbench:search"), asked).content.decode(), asked
    exact = seat.get(reverse("workbench:search"), {"words": told["number"]})
    assert exact["Location"] == address, "a whole number leads to the case itself"
    page = " ".join(seat.get(address).content.decode().split())
    for words in ("王芳", "请尽快修补", "用时", "何建", "未清理", "全部经过"):
        assert words in page, words
    assert page.count("用时") >= 3
    printed = seat.get(reverse("workbench:sheet_pdf", args=[case, "case"]))
    assert printed.content.startswith(b"%PDF")
    assert AuditRow.objects.filter(action="printed", subject=f"case:{case}").count() == 1


def test_a_search_is_kept_under_a_name_of_ones_own(city: City, desk: At, browser: Entered) -> None:
    seat = browser("seat_agent")
    search = reverse("workbench:search")
    seat.post(reverse("workbench:save_search"), {"name": "西湖超时", "query": "light=red&page=3"})
    page = seat.get(search).content.decode()
    assert "西湖超时" in page and 'href="?light=red"' in page
    assert "西湖超时" not in browser("duty_director").get(search).content.decode()
    assert seat.post(reverse("workbench:save_search"), {"name": " ", "query": "light=red"}).status_code == 422
    saved_id = page.split("/search/saved/")[1].split("/")[0]
    assert browser("duty_director").post(reverse("workbench:forget_search", args=[saved_id])).status_code == 404
    assert seat.post(reverse("workbench:forget_search", args=[saved_id])).status_code == 302
    assert "西湖超时" not in seat.get(search).content.decode()
