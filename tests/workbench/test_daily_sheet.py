"""城市管理日报: made at 08:00, kept as it stood, as page, A4, picture and text; the leaders are told (case-rules 26, desks.md L5)."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from tests.api import paths
from tests.api.paths import At
from tests.support import pdf as told_pdf
from tests.support.browser import enter
from tests.support.city import City
from urbangrid.cases import daily
from urbangrid.cases.models import Case, DailySheet
from urbangrid.core import clock
from urbangrid.workbench import daily_sheets

EIGHT = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)
"""08:00 in the city, of the day that stories call WORKDAY."""
DAY = timedelta(days=1)
TODAY = "2026-11-20"


def _evening(desk: At, city: City) -> tuple[str, str]:
    """The day before: a closed case, and a dangerous one that nobody signed for and that is late by the morning."""
    with clock.travel(EIGHT - DAY + timedelta(hours=2)):
        closed, danger = (paths.dispatched(desk, city) for _number in range(2))
        paths.fed_back(desk, closed)
        paths.to_check(desk, closed)
        paths.checked(desk, closed)
        desk("seat_agent").done(closed, "close")
    Case.objects.filter(pk=danger).update(urgent=True, due_at=EIGHT - timedelta(hours=1))
    return closed, danger


def _made(at: datetime = EIGHT) -> daily.KeptSheet:
    with clock.travel(at):
        assert daily_sheets.make_due() == 1
        assert daily_sheets.make_due() == 0, "one a day"
    found = daily.newest(DailySheet.objects.get(day=at.date()).platform_id)
    assert found is not None
    return found


def test_before_eight_there_is_none_and_at_eight_the_sheet_says_what_the_page_says(desk: At, city: City) -> None:
    _closed, danger = _evening(desk, city)
    with clock.travel(EIGHT - timedelta(minutes=1)):
        assert daily_sheets.make_due() == 0
        assert "还没有日报" in enter(Client(), city, "leader").get(reverse("workbench:daily")).content.decode()
    sheet = _made()
    assert {one.code: one.number for one in sheet.figures} == {
        "reported": "2", "filed": "2", "closed": "1", "on_time": "100.0", "reworked": "0.0", "overdue": "1",
    }  # fmt: skip
    with clock.travel(EIGHT):
        leader = enter(Client(), city, "leader")
        page = leader.get(reverse("workbench:leader")).content.decode()
        on_page = re.findall(r'data-figure="\w+">.*?<b class="six-number number">([^<]+)', page)
        assert on_page == [one.number for one in sheet.figures] and sheet.text in page
        paper = leader.get(reverse("workbench:daily")).content.decode()
    assert "第 324 期" in paper and "11月19日 周四，对上周四" in paper and "2026年11月20日 周五 08:00" in paper
    assert "过夜险情 1 件" in paper and (Case.objects.get(pk=danger).number or "") in paper
    assert "未签收" in paper and "市政所 1 件" in paper, "nobody signed for it"
    assert "孙国平" in paper, "signed by the duty director"
    assert "挂账、缓办到期恢复" not in paper and "最差道路" not in paper, "a section without anything to say is left out"
    assert len(sheet.text) <= 70 and "超期1件" in sheet.text and "大柳树路南侧" in sheet.text


def test_yesterdays_sheet_stays_as_it_was_and_stands_in_the_list(desk: At, city: City) -> None:
    _closed, danger = _evening(desk, city)
    before = _made()
    with clock.travel(EIGHT + timedelta(hours=3)):
        paths.fed_back(desk, danger)
        paths.to_check(desk, danger)
        paths.checked(desk, danger)
        desk("seat_agent").done(danger, "close")
    after = _made(EIGHT + DAY)
    assert [one.number for one in after.figures][1:3] == ["0", "1"] and after.figures[-1].before == "0"
    with clock.travel(EIGHT + DAY):
        leader = enter(Client(), city, "leader")
        newest = leader.get(reverse("workbench:daily")).content.decode()
        assert "第 325 期" in newest and f"/daily/{TODAY}/" in newest
        old = leader.get(reverse("workbench:daily_of", args=[TODAY])).content.decode()
        assert "第 324 期" in old and "超期未结 1 件" in old and "往期，按当时数字" in old
        assert leader.get(reverse("workbench:daily_of", args=["2026-11-01"])).status_code == 404
        assert leader.get(reverse("workbench:daily_of", args=["x"])).status_code == 404
    kept = daily.of_day(city.platform.pk, before.day)
    assert kept is not None and kept.content == before.content


def test_the_week_after_a_sheet_late_cases_are_compared_with_what_it_said(desk: At, city: City) -> None:
    _evening(desk, city)
    first = _made()
    Case.objects.filter(closed_at=None).update(due_at=EIGHT + 30 * DAY)
    later = _made(EIGHT + 7 * DAY)
    assert later.figures[-1].number == "0" and later.figures[-1].before == first.figures[-1].number == "1"
    assert later.figures[-1].verdict == "better"


HELD = {"holder": "市政所·何建", "stage": "已签收未处置", "waited_seconds": 334_800, "urged": 2, "asking": ""}
LATE = {"unit": "市政设施所", "count": 3, "late_seconds": 990_000, "phone": "5550-6236", **HELD}
DANGER = {
    "place": "学府街 86 号门前", "title": "雨水井盖·井盖缺失", "number": "20261119-0123", "seconds": 99_000, "fenced": False,
    "phone": "5550-6201", **HELD,
}  # fmt: skip


@pytest.mark.parametrize(("late", "dangers"), [(10, 5), (7, 3), (5, 2)])
def test_the_paper_of_a_full_day_is_one_a4_and_says_what_it_leaves_out(desk: At, city: City, late: int, dangers: int) -> None:
    _evening(desk, city)
    _made()
    row = DailySheet.objects.get()
    media = {"title": "雨水井盖·井盖缺失", "place": "学府街 86 号门前", "unit": "市政设施所"}
    until = [{"unit": "市政设施所", "until": "2026-11-20T09:00:00+00:00"}] * 4
    row.content |= {
        "late": row.content["late"] | {"total": 3 * late + 3, "others": 3, "rows": [LATE] * late},
        "dangers": {"count": dangers, "rows": [DANGER] * dangers},
        "unsigned": [{"unit": "市政设施所", "phone": "5550-6236", "count": 3, "waited_seconds": 9000}] * 5,
        "due": {"instruction": until, "order": until, "media": [media] * 4, "requests": {"count": 31, "before_noon": 12}},
        "waking": [media | {"count": 2}] * 4,
        "on_duty": [{"post": "坐席员", "due": 30, "here": 27, "late": 1, "leave": 1, "absent": 1}] * 5,
        "roads": [
            {"road": "学府街", "area": "文昌街道", "cases": 30, "repeats": 6, "common": ["道路破损", "暴露垃圾"],
             "person": {"unit": "文昌街道办事处", "name": "高健", "phone": "5550-1234"}},
        ] * 2,
    }  # fmt: skip
    row.save()
    with clock.travel(EIGHT):
        paper = enter(Client(), city, "leader").get(reverse("workbench:daily_pdf", args=[TODAY]))
    (words,) = told_pdf.pages(paper.content)
    assert f"超期未结{3 * late + 3}件" in words and f"过夜险情{dangers}件" in words and "最差道路" in words
    shown = words.count("5550-6236") - 4
    others = re.search(r"其余单位(\d+)", words)
    assert others is not None and int(others[1]) == 3 + 3 * (late - shown), "nothing is lost from the sum"


def test_one_a4_one_picture_and_a_notice_to_the_leader_and_the_duty_director(desk: At, city: City) -> None:
    _closed, danger = _evening(desk, city)
    _made()
    with clock.travel(EIGHT):
        leader = enter(Client(), city, "leader")
        paper = leader.get(reverse("workbench:daily_pdf", args=[TODAY]))
        assert paper.status_code == 200 and paper.headers["Content-Type"] == "application/pdf"
        (words,) = told_pdf.pages(paper.content)
        number = Case.objects.get(pk=danger).number or ""
        for wanted in ("城市管理日报", "第324期", "超期未结1件", number, "孙国平", "各街道超期未结"):
            assert wanted in words, wanted
        picture = leader.get(reverse("workbench:daily_picture", args=[TODAY]))
        with Image.open(io.BytesIO(picture.content)) as image:
            assert image.format == "PNG" and image.width == 1080 and 900 < image.height < 4000
            dark = image.convert("L").point(lambda value: 255 if value < 128 else 0).getbbox()
        assert dark is not None and dark[0] >= 40 and dark[2] <= 1040, "nothing beyond the margins"
        assert len(picture.content) < 300_000
        for who in ("leader", "duty_director"):
            browser = enter(Client(), city, who)
            listed = browser.get(reverse("workbench:notices")).content.decode()
            assert "昨日上报2立案2结案1，按期率100.0%；超期1件" in listed and "大柳树路" not in listed, "no place, no name, no telephone"
            lead = re.search(r'href="(/notices/\d+/)"', listed)
            assert lead and browser.get(lead[1]).headers["Location"] == reverse("workbench:daily_of", args=[TODAY])
        clerk: Any = enter(Client(), city, "clerk")
        assert clerk.get(reverse("workbench:daily")).status_code == 403
        assert "昨日上报" not in clerk.get(reverse("workbench:notices")).content.decode()
