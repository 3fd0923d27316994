"""法规条文 that apply to a class: brought in by spreadsheet, seen where decisions are taken, put into a reply (CY-2.9)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from tests.api import paths
from tests.catalog.test_handbook_table import book
from tests.support.browser import enter
from tests.support.city import WORKDAY, City
from tests.support.desk import Desk
from urbangrid.audit.models import AuditRow
from urbangrid.catalog import law
from urbangrid.catalog.models import LegalArticle
from urbangrid.core import clock

At = Callable[[str], Desk]
TITLES = [column.title for column in law.COLUMNS]
ROADS = ["样城区道路管理办法", "第九条", "道路破损的，养护单位应当及时修复。", "事件0113", None, None]
EVERYTHING = ["样城区城市管理办法", "第一条", "本办法适用于城市管理的各类事项。", None, None, None]
GREEN = ["样城区绿化办法", "第三条", "行道树由园林部门养护。", "部件0402、部件0403", "2026-01-01", "2026-12-31"]
LATER = ["样城区道路管理办法", "第十条", "明年起施行的条文。", "事件0113", "2027-01-01", None]


def table(*rows: list[Any]) -> bytes:
    return book(*rows, titles=TITLES, sheet=law.SHEET)


def bring_in(city: City, data: bytes) -> Any:
    """The administrator uploads, looks, and confirms."""
    browser = enter(Client(), city, "system_admin")
    shown = browser.post(reverse("catalog:law_import"), {"file": SimpleUploadedFile("law.xlsx", data)})
    if shown.status_code != 200:
        return shown
    return browser.post(reverse("catalog:law_apply"), {"staged": shown.context["staged"]})


@pytest.mark.requirement("CY-2.9")
def test_a_department_sees_the_articles_of_the_class_and_the_seat_puts_one_into_the_reply(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        assert "新增 4" in bring_in(city, table(ROADS, EVERYTHING, GREEN, LATER)).content.decode()
        case = paths.accept(desk, paths.request(desk, city)["report_id"], "send_verification")
        for name in ("inspector", "second_inspector"):
            if any(row["case_id"] == case for row in desk(name).get("/queues/verify").body):
                desk(name).done(case, "verify", answer="true", files=[desk(name).send_photo()])
        desk("seat_agent").done(case, "file", category_id=str(city.category().id), condition_id=str(city.condition()))
        desk("dispatcher").done(case, "dispatch", unit_id=str(desk("clerk").who.unit_id))
        clerk = enter(Client(), city, "clerk")
        for address in (reverse("workbench:case", args=[case]), reverse("workbench:desk") + "?tab=receive"):
            page = clerk.get(address).content.decode()
            assert "《样城区道路管理办法》第九条" in page
            assert "《样城区城市管理办法》第一条" in page, "an article without classes applies to all"
            assert "行道树由园林部门养护" not in page
            assert "明年起施行" not in page
        paths.fed_back(desk, case)
        review = enter(Client(), city, "dispatcher").get(reverse("workbench:desk"), {"tab": "review"}).content.decode()
        assert "第九条" in review
        paths.to_check(desk, case)
        paths.checked(desk, case)
        closing = enter(Client(), city, "seat_agent").get(reverse("workbench:desk"), {"tab": "close"}).content.decode()
        assert 'data-insert="#reply"' in closing
        assert 'data-text="《样城区道路管理办法》第九条：道路破损的，养护单位应当及时修复。"' in closing
        assert 'data-key="F6"' in closing


def test_the_table_comes_back_as_it_went_out_and_an_article_that_changes_ends_and_begins_anew(city: City) -> None:
    with clock.travel(WORKDAY):
        bring_in(city, table(ROADS, EVERYTHING, GREEN))
        out = enter(Client(), city, "system_admin").get(reverse("catalog:law_file"))
        assert "将增加 0 条，停用 0 条，3 条不变" in _looked(city, out.content)
    with clock.travel(WORKDAY + timedelta(days=1)):
        bring_in(city, table([*ROADS[:2], "道路破损的，养护单位应当在三日内修复。", *ROADS[3:]], EVERYTHING))
    rows = LegalArticle.objects.filter(number="第九条").order_by("id")
    assert [row.ended_at is not None for row in rows] == [True, False]
    assert [one.number for one in law.articles(city.platform.pk, city.category().id, WORKDAY.date())] == ["第九条", "第一条"]
    notes = [row.values for row in AuditRow.objects.filter(action="import_law").order_by("id")]
    assert [(one["added"], one["ended"]) for one in notes] == [(3, 0), (1, 2)]


def _looked(city: City, data: bytes) -> str:
    browser = enter(Client(), city, "system_admin")
    page: str = browser.post(reverse("catalog:law_import"), {"file": SimpleUploadedFile("law.xlsx", data)}).content.decode()
    return page


def test_faults_name_sheet_row_and_column(city: City) -> None:
    wrong = table(
        [*ROADS[:3], "道路0113", None, None],
        [*EVERYTHING[:3], "事件2999", None, None],
        [*GREEN[:4], "2026-02-30", None],
        [*LATER[:4], "2026-05-01", "2026-04-01"],
        ["无条文", "第一条", None, None, None, None],
        ROADS,
        ROADS,
    )
    refused = bring_in(city, wrong)
    assert refused.status_code == 422
    page = refused.content.decode()
    for place in (
        "第 2 行“适用小类”列",
        "第 3 行“适用小类”列",
        "第 4 行“施行日期”列",
        "第 5 行“失效日期”列",
        "第 6 行“条文”列",
        "第 8 行“条号”列",
    ):
        assert f"工作表“法规条文”{place}" in page
    assert not LegalArticle.objects.exists()


def test_an_empty_table_goes_out_with_its_head_as_the_pattern(city: City) -> None:
    out = enter(Client(), city, "system_admin").get(reverse("catalog:law_file"))
    head = next(load_workbook(BytesIO(out.content))[law.SHEET].iter_rows(values_only=True))
    assert list(head) == TITLES
