"""Sheets on paper: the same on the screen and as PDF, without reporters and coordinates, on the trail (desks.md C2, G2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.api import paths
from tests.api.paths import At
from tests.support import pdf as paper
from tests.support.browser import enter
from tests.support.city import INSIDE, WORKDAY, City
from urbangrid.audit.models import AuditRow
from urbangrid.cases.models import Case
from urbangrid.core import clock
from urbangrid.core.errors import Refusal
from urbangrid.grids import queries as grids
from urbangrid.ui import pdf

Entered = Callable[[str], Client]


@pytest.fixture
def browser(city: City) -> Entered:
    """``browser("clerk")``: somebody of the cast at a browser."""
    return lambda name: enter(Client(), city, name)


def as_pdf(client: Client, case: str, name: str) -> bytes:
    answer = client.get(reverse("workbench:sheet_pdf", args=[case, name]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf"), answer.content[:300]
    return bytes(answer.content)


def test_a_dispatch_order_says_on_paper_what_it_says_on_the_screen(city: City, desk: At, browser: Entered) -> None:
    case = paths.dispatched(desk, city)
    number = desk("clerk").get(f"/cases/{case}").body["number"]
    screen = browser("clerk").get(reverse("workbench:sheet", args=[case, "order"])).content.decode()
    made = as_pdf(browser("clerk"), case, "order")
    [page] = paper.pages(made)
    said = (number, "任务派遣单", "大柳树路南侧", "请尽快修补", "市政所", "010-00000001", "盖章处", "第1页共1页", "位置示意图，不含坐标")
    for words in said:
        assert words.replace(" ", "") in page, words
        assert words in screen or words == "第1页共1页"
    assert paper.pictures(made) == 1 and screen.count("<img") == 1
    assert screen.count('class="sketch"') == 1 and "大柳树路" in screen
    printed = AuditRow.objects.filter(action="printed", subject=f"case:{case}")
    assert sorted(row.values["sheet"] for row in printed) == ["order", "order"]


def test_no_sheet_tells_a_reporter_or_a_coordinate(city: City, desk: At, browser: Entered) -> None:
    request = paths.request(desk, city)
    case = paths.accept(desk, request["report_id"], "send_verification")
    tasks = {one: desk(one).get("/queues/verify").body for one in ("inspector", "second_inspector")}
    name = next(one for one, rows in tasks.items() if any(row["case_id"] == case for row in rows))
    desk(name).done(case, "verify", answer="true", files=[desk(name).send_photo()])
    desk("seat_agent").done(case, "file", condition_id=str(city.condition()))
    desk("dispatcher").done(case, "dispatch", unit_id=str(desk("clerk").who.unit_id), opinion="联系人电话13900001111")
    for who, sheets in (("clerk", ("order", "filing", "case")), ("seat_agent", ("case", "filing"))):
        for sheet in sheets:
            screen = browser(who).get(reverse("workbench:sheet", args=[case, sheet])).content.decode()
            [*pages] = paper.pages(as_pdf(browser(who), case, sheet))
            for text in (screen, *pages):
                assert not re.search(r"秦素珍|秦女士|1390000|139 0000|柳荫里3号", text), (who, sheet)
                assert f"{INSIDE[0]:.3f}" not in text and f"{INSIDE[1]:.3f}" not in text, (who, sheet)


def test_the_case_sheet_has_every_step_with_person_time_duration_and_opinion(city: City, desk: At, browser: Entered) -> None:
    case = paths.dispatched(desk, city)
    paths.fed_back(desk, case)
    pages = paper.pages(as_pdf(browser("seat_agent"), case, "case"))
    whole = "".join(pages)
    for words in ("周岚", "王芳", "何建", "派遣", "签收", "反馈", "请尽快修补", "已修补", "用时", "信息收集"):
        assert words in whole, words


def test_a_sheet_that_a_case_does_not_have_yet_is_refused_in_words(city: City, desk: At, browser: Entered) -> None:
    case = paths.filed(desk, city)
    answer = browser("seat_agent").get(reverse("workbench:sheet_pdf", args=[case, "order"]))
    assert answer.status_code == 404 and "任务派遣单" in answer.content.decode()
    assert browser("other_clerk").get(reverse("workbench:sheet_pdf", args=[case, "filing"])).status_code == 404
    assert not AuditRow.objects.filter(action="printed").exists()


def test_ticked_cases_come_as_one_file_in_their_order_and_a_moved_one_is_named(city: City, desk: At, browser: Entered) -> None:
    cases = [paths.dispatched(desk, city) for _turn in range(3)]
    desk("dispatcher").done(cases[1], "recall", reason="other", note="派错")
    clerk = browser("clerk")
    answer = clerk.post(reverse("workbench:print_orders"), {"case": [f"{case}:5" for case in cases]})
    pages = paper.pages(answer.content)
    numbers = dict(Case.objects.values_list("pk", "number"))
    assert [str(numbers[int(case)]) in page for case, page in zip((cases[0], cases[2]), pages, strict=True)] == [True, True]
    assert all("第1页共1页" in page for page in pages), "each sheet counts its own pages"
    assert "有 1 件没有派遣单" in clerk.get(reverse("workbench:desk")).content.decode()
    assert AuditRow.objects.filter(action="printed").count() == 2
    assert clerk.post(reverse("workbench:print_orders")).status_code == 422


def test_a_machine_without_fonts_or_libraries_says_so_and_shows_the_page_all_the_same(
    city: City, desk: At, browser: Entered, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    case = paths.dispatched(desk, city)
    address = reverse("workbench:sheet_pdf", args=[case, "order"])
    monkeypatch.setattr(pdf, "FONT_FOLDERS", (tmp_path,))
    without = browser("clerk").get(address)
    assert without.status_code == 503 and "没有中文字体" in without.content.decode() and pdf.FONT_PACKAGE in without.content.decode()

    def missing() -> Any:
        raise Refusal("pdf_without_library", status=503, packages=" ".join(pdf.LIBRARIES))

    monkeypatch.setattr(pdf, "_library", missing)
    without = browser("clerk").get(address)
    assert without.status_code == 503 and "libpango" in without.content.decode()
    assert browser("clerk").get(reverse("workbench:sheet", args=[case, "order"])).status_code == 200


@pytest.mark.parametrize(
    "url", ["http://example.org/a.png", "file:///etc/passwd", "static:../../core/models.py", "static:ui/js/main.js", "stored:" + "0" * 64,
            "stored:../../secrets/django_key", "data:text/css,a", "ftp://x/y", "//x/y"]
)  # fmt: skip
def test_a_page_may_name_only_our_own_files_and_the_photos_that_were_listed(url: str) -> None:
    with pytest.raises(ValueError, match="no page of ours"):
        pdf.local_file(url, {"1" * 64})
    assert pdf.local_file("static:ui/css/print.css", ())[1] == "text/css"


def test_a_file_or_address_named_in_a_page_never_reaches_the_sheet(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("geheim")
    outside = f'<img src="file://{tmp_path}/a.txt"><link rel="attachment" href="file:///etc/hostname"><img src="http://127.0.0.1:9/x.png">'
    made = pdf.write([f"<p>派遣单</p>{outside}"])
    assert paper.pages(made) == ["派遣单"] and paper.pictures(made) == 0 and b"EmbeddedFile" not in made


def test_the_drawing_shows_cell_border_and_road_and_no_coordinate(city: City) -> None:
    drawn = grids.sketch_of(city.platform, *INSIDE)
    assert "大柳树路" in drawn and "50 米" in drawn and ">北<" in drawn
    numbers = [abs(float(text)) for text in re.findall(r"-?\d+\.\d+", drawn)]
    assert numbers and max(numbers) <= 160, "metres from the point, nothing of where the point is"
    assert drawn.count('fill="#eef2f6"') == 1, "the cell that the point lies in"


def test_the_form_of_an_extension_shows_the_request_and_each_approver(city: City, desk: At, browser: Entered) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        desk("clerk").done(case, "receive")
        until = f"{WORKDAY + timedelta(days=6):%FT%TZ}"
        desk("clerk").done(case, "ask_extension", reason="material", note="沥青未到，电话13900001111", until=until)
        asked = desk("clerk").get(f"/cases/{case}").body["requests"][0]["request_id"]
        address = reverse("workbench:sheet_pdf", args=[case, "extension"])
        waiting = paper.pages(browser("clerk").get(address, {"request": asked}).content)[0]
        desk("command_director").done(case, "agree", request=asked, note="同意，抓紧")
        page = browser("clerk").get(reverse("workbench:case", args=[case])).content.decode()
        granted = paper.pages(browser("clerk").get(address, {"request": asked}).content)[0]
    for words in ("延期审批表", "市政所", "何建", "沥青未到", "申请计划完成2026-11-26"):
        assert words in waiting, words
    assert "待审批" in waiting and "审批意见" in waiting and "1390000" not in waiting
    for words in ("审批1同意", "同意，抓紧", "冯立新", "已同意"):
        assert words in granted, words
    assert "审批意见" not in granted
    assert f"extension/?request={asked}" in page
    assert browser("other_clerk").get(address, {"request": asked}).status_code == 404
    assert browser("clerk").get(reverse("workbench:sheet_pdf", args=[case, "suspension"]), {"request": asked}).status_code == 404


@pytest.mark.requirement("HD-2.3.2d")
def test_a_supervision_sheet_says_what_until_when_and_by_whom_and_carries_the_reply(city: City, desk: At, browser: Entered) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        desk("clerk").done(case, "receive")
        until = WORKDAY + timedelta(hours=7)
        desk("duty_director").done(case, "order", note="今日内修复，书面说明原因", until=f"{until:%FT%TZ}")
        seen = desk("clerk").get(f"/cases/{case}").body
        order = seen["requests"][0]
        address = reverse("workbench:sheet_pdf", args=[case, "supervision"])
        page = browser("clerk").get(reverse("workbench:case", args=[case])).content.decode()
        sent = "".join(paper.pages(browser("clerk").get(address, {"request": order["request_id"]}).content))
        screen = browser("duty_director").get(reverse("workbench:sheet", args=[case, "supervision"]), {"request": order["request_id"]})
        desk("clerk").done(case, "answer_order", request=order["request_id"], note="已进场，16时完成")
        answered = "".join(paper.pages(browser("clerk").get(address, {"request": order["request_id"]}).content))
    wanted = ("督办单", order["number"], seen["number"], "今日内修复，书面说明原因", "2026-11-2016:40", "孙国平", "盖章处", "主送市政所")
    assert [words for words in wanted if words not in sent] == []
    assert "打印督办单" in page and screen.status_code == 200 and order["number"] in screen.content.decode()
    assert "单位回复" in sent and "已进场" not in sent
    assert "回复督办已进场，16时完成" in answered and "何建" in answered
    assert browser("other_clerk").get(address, {"request": order["request_id"]}).status_code == 404


def test_a_due_time_that_rests_on_computed_holidays_says_so_on_the_case_page_and_the_dispatch_order(
    city: City, desk: At, browser: Entered
) -> None:
    """The list of 2027 is not out: 暂按推算 stands beside the due time itself, not only in the sum of the clock (case-rules 1.3)."""
    near, far = WORKDAY, datetime(2026, 12, 31, 1, 40, tzinfo=UTC)
    for moment, marked in ((near, False), (far, True)):
        with clock.travel(moment):
            case = paths.dispatched(desk, city)
            page = browser("clerk").get(reverse("workbench:case", args=[case])).content.decode()
            order = browser("clerk").get(reverse("workbench:sheet", args=[case, "order"])).content.decode()
        summary = re.search(r"<b>处置时限</b>.*?<summary[^>]*>(.*?)</summary>", page, re.DOTALL)
        assert summary and "到期" in summary[1] and ("暂按推算" in summary[1]) is marked
        assert "前办结" in order and ("暂按推算" in order) is marked
