"""领导周报: made on Friday at 16:00, kept, told to the leaders; a leader reads every case and gives instructions (CY-1)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.api import paths
from tests.api.paths import At
from tests.support import pdf as told_pdf
from tests.support.browser import enter
from tests.support.city import City
from urbangrid.cases import weekly
from urbangrid.cases.models import Case, CaseRequest, WeeklySheet
from urbangrid.core import clock, platforms
from urbangrid.core.models import Platform
from urbangrid.workbench import weekly_sheets

FRIDAY = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
"""16:00 in the city, of a Friday that is a working day."""
DAY = timedelta(days=1)
TODAY = "2026-11-20"


def _case(desk: At, city: City, at: datetime, *, closed: bool = False) -> str:
    with clock.travel(at):
        case = paths.dispatched(desk, city)
        if closed:
            paths.fed_back(desk, case)
            paths.to_check(desk, case)
            paths.checked(desk, case)
            desk("seat_agent").done(case, "close")
    return case


def _made(at: datetime = FRIDAY) -> weekly.KeptWeek:
    with clock.travel(at):
        assert weekly_sheets.make_due() == 1
        assert weekly_sheets.make_due() == 0, "one a week"
    found = weekly.newest(WeeklySheet.objects.get(day=at.astimezone(UTC).date()).platform_id)
    assert found is not None
    return found


def _numbers(sheet: weekly.KeptWeek) -> dict[str, tuple[str, str]]:
    return {one.code: (one.number, one.before) for one in sheet.figures}


@pytest.mark.requirement("CY-1")
def test_a_leader_reads_every_case_gives_an_instruction_and_has_the_figures_of_the_week_on_friday(desk: At, city: City) -> None:
    cases = [_case(desk, city, FRIDAY - 9 * DAY), _case(desk, city, FRIDAY - 3 * DAY, closed=True), _case(desk, city, FRIDAY - 2 * DAY)]
    with clock.travel(FRIDAY - DAY):
        leader = enter(Client(), city, "leader")
        for case in cases:
            assert leader.get(reverse("workbench:case", args=[case])).status_code == 200
        found = leader.get(reverse("workbench:search")).content.decode()
        assert all((Case.objects.get(pk=case).number or "?") in found for case in cases), "the search of a leader holds the whole platform"
        desk("leader").done(cases[2], "instruct", note="本周内办结，请回复。")
        assert CaseRequest.objects.get(kind="instruction").case_id == int(cases[2])
    Case.objects.filter(pk=cases[0]).update(due_at=FRIDAY - timedelta(hours=1))
    with clock.travel(FRIDAY - timedelta(minutes=1)):
        assert weekly_sheets.make_due() == 0
        assert "还没有周报" in leader.get(reverse("workbench:week_sheet")).content.decode()
    sheet = _made()
    numbers = _numbers(sheet)
    assert (numbers["reported"], numbers["filed"], numbers["closed"]) == (("2", "1"), ("2", "1"), ("1", "0"))
    assert numbers["overdue"][0] == "1" and sheet.content["instructions"]["given"] == 1
    assert sheet.content["late"] == [{"unit": "市政所", "count": 1}]
    with clock.travel(FRIDAY):
        listed = leader.get(reverse("workbench:notices")).content.decode()
        assert "本周周报：11-13至11-19上报2立案2结案1" in listed
        lead = next(one for one in re.findall(r'href="(/notices/\d+/)"', listed) if "weekly" in leader.get(one).headers["Location"])
        page = leader.get(lead, follow=True).content.decode()
        assert "2026-11-13 至 2026-11-19" in page and "西湖街道" in page and "口径：" in page and "截至 2026-11-20 16:00:00" in page
        (paper,) = told_pdf.pages(leader.get(reverse("workbench:week_sheet_pdf", args=[TODAY])).content)
        for wanted in ("领导周报", "超期未结", "本周下达1件", "截至2026-11-2016:00:00"):
            assert wanted in paper, wanted
        clerk = enter(Client(), city, "clerk")
        assert clerk.get(reverse("workbench:week_sheet")).status_code == 403
        assert "本周周报" not in clerk.get(reverse("workbench:notices")).content.decode()


def test_earlier_sheets_stay_as_they_were_and_the_next_begins_where_the_last_ended(desk: At, city: City) -> None:
    _case(desk, city, FRIDAY - 2 * DAY)
    first = _made()
    _case(desk, city, FRIDAY)
    second = _made(FRIDAY + 7 * DAY)
    assert _numbers(second)["reported"] == ("1", "1") and second.first.isoformat() == TODAY
    assert _numbers(second)["overdue"][1] == _numbers(first)["overdue"][0], "beside what the last sheet said"
    with clock.travel(FRIDAY + 7 * DAY):
        leader = enter(Client(), city, "leader")
        assert f"/weekly/{TODAY}/" in leader.get(reverse("workbench:week_sheet")).content.decode()
        assert leader.get(reverse("workbench:week_sheet_of", args=[TODAY])).status_code == 200
        for day in ("2026-11-01", "x"):
            assert leader.get(reverse("workbench:week_sheet_of", args=[day])).status_code == 404
    kept = weekly.of_day(city.platform.pk, first.day)
    assert kept is not None and kept.content == first.content


def test_where_friday_is_a_holiday_the_sheet_is_made_on_the_last_working_day_before(city: City) -> None:
    """2026-10-02 is a Friday of the national holiday that began on 1 October: the sheet of that week is Wednesday's."""
    noon = datetime(2026, 9, 28, 8, 0, tzinfo=UTC)
    made = []
    for number in range(12):
        with clock.travel(noon + number * DAY):
            if weekly_sheets.make_due():
                made.append((noon + number * DAY).date())
    assert made == [date(2026, 9, 30), date(2026, 10, 9)]
    sheet = weekly.newest(city.platform.pk)
    assert sheet is not None and (sheet.first, sheet.last) == (date(2026, 9, 30), date(2026, 10, 8)), "no day is left out or told twice"


def test_weekday_and_hour_are_settings_of_the_platform(city: City) -> None:
    admin = enter(Client(), city, "system_admin")
    page = admin.get(reverse("administration:settings")).content.decode()
    assert "周报的星期" in page and "周报的钟点" in page
    Platform.objects.filter(pk=city.platform.pk).update(settings={**city.platform.settings, "weekly_sheet": {"weekday": 4, "hour": 9}})
    platforms.forget()
    thursday = FRIDAY - DAY - timedelta(hours=7)
    for at, count in ((thursday - timedelta(minutes=1), 0), (thursday, 1), (FRIDAY, 0)):
        with clock.travel(at):
            assert weekly_sheets.make_due() == count


@pytest.mark.parametrize(("today", "due"), [(date(2026, 11, 19), False), (date(2026, 11, 20), True), (date(2026, 11, 21), False)])
def test_an_ordinary_week_has_its_sheet_on_friday(today: date, due: bool) -> None:
    assert weekly.due_on(today, 5, lambda day: day.isoweekday() < 6) is due


def test_a_week_without_a_working_day_still_has_one_day_for_its_sheet() -> None:
    week = [date(2026, 11, 14) + number * DAY for number in range(7)]
    assert sum(weekly.due_on(day, 5, lambda _day: False) for day in week) == 1
