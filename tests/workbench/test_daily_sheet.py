"""城市管理日报: made at 08:00, kept as it stood, as page, A4, picture and text; the leaders are told (case-rules 26, desks.md L5)."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

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
