"""Working calendars as data."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.catalog.makers import national_class
from urbangrid.cases.deadlines_calendar import Calendar, CalendarTimeline, calendar_from_json
from urbangrid.catalog import actions, cache, queries
from urbangrid.catalog.models import CalendarUse, WorkCalendar
from urbangrid.core import clock
from urbangrid.core.errors import NotFound
from urbangrid.core.models import Platform

BEIJING = ZoneInfo("Asia/Shanghai")


def calendar(platform: Platform, code: str) -> Calendar:
    return calendar_from_json(queries.calendar_versions(platform.id, code)[-1].text)


def hours(platform: Platform, code: str, start: datetime, end: datetime) -> float:
    return CalendarTimeline(calendar(platform, code)).seconds(start, end) / 3600


def at(month: int, day: int, hour: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=BEIJING)


@pytest.fixture
def with_calendars(platform: Platform) -> Platform:
    actions.load_calendars()
    return platform


def test_desks_run_round_the_clock_and_offices_eight_hours_on_workdays(with_calendars: Platform) -> None:
    monday, tuesday = at(11, 16, 0), at(11, 17, 0)
    saturday, sunday = at(11, 21, 0), at(11, 22, 0)
    assert hours(with_calendars, "always", saturday, sunday) == 24
    assert hours(with_calendars, "office", monday, tuesday) == 8
    assert hours(with_calendars, "office", saturday, sunday) == 0
    assert hours(with_calendars, "seven_day", saturday, sunday) == 8


def test_the_national_day_is_free_for_offices_and_a_make_up_saturday_counts(with_calendars: Platform) -> None:
    assert hours(with_calendars, "office", at(10, 1, 0), at(10, 2, 0)) == 0
    assert hours(with_calendars, "seven_day", at(10, 1, 0), at(10, 2, 0)) == 8
    saturday_worked = at(2, 8, 0, 2025)  # after the spring festival of 2025
    assert hours(with_calendars, "office", saturday_worked.replace(hour=0), at(2, 9, 0, 2025)) == 8


def test_a_season_shifts_the_afternoon(with_calendars: Platform) -> None:
    assert hours(with_calendars, "office_summer", at(7, 6, 14), at(7, 6, 15)) == 0
    assert hours(with_calendars, "office_summer", at(7, 6, 18), at(7, 6, 19)) == 1
    assert hours(with_calendars, "office_summer", at(11, 16, 14), at(11, 16, 15)) == 1


def test_years_without_an_official_list_are_marked(with_calendars: Platform) -> None:
    assert calendar(with_calendars, "office").is_provisional(at(6, 1, 12, 2036))
    assert not calendar(with_calendars, "office").is_provisional(at(6, 1, 12, 2026))
    assert not calendar(with_calendars, "always").is_provisional(at(6, 1, 12, 2036))


def test_loading_twice_writes_nothing_and_a_changed_file_becomes_a_version_that_applies_from_now(
    with_calendars: Platform, tmp_path: Path
) -> None:
    assert actions.load_calendars() == 0
    changed = tmp_path / "calendars.toml"
    changed.write_text(
        '[office]\nname = "机关"\nkind = "working"\nholidays = true\nweekday = ["09:00-17:00"]\nweekend = []\n',
        encoding="utf-8",
    )
    moment = datetime(2026, 11, 20, 1, 40, tzinfo=UTC)
    with clock.travel(moment):
        assert actions.load_calendars(path=changed) == 1
    first, second = queries.calendar_versions(with_calendars.id, "office")
    assert (first.version, second.version) == (1, 2)
    assert first.applies_from == actions.BEGINNING
    assert second.applies_from == moment
    assert calendar_from_json(second.text).version == "office/2"


def test_a_platforms_own_calendar_replaces_the_shipped_one_of_the_same_code(with_calendars: Platform) -> None:
    rules = {**queries.calendar_versions(with_calendars.id, "seven_day")[0].rules, "version": "office/own"}
    WorkCalendar.objects.create(platform=with_calendars, code="office", name="本区", version=1, applies_from=actions.BEGINNING, rules=rules)
    assert calendar(with_calendars, "office").version == "office/own"
    with pytest.raises(NotFound, match="没有代码为 night 的工作日历"):
        queries.calendar_versions(with_calendars.id, "night")


def test_stage_class_and_unit_name_their_calendars_and_the_most_exact_wins(national: Platform) -> None:
    actions.use_calendars(national)
    assert actions.use_calendars(national) == 0
    rubbish = national_class(national, "event", "0110")
    potholes = national_class(national, "event", "0113")
    code = queries.calendar_code_for
    assert code(national.id, stage="accept") == "always"
    assert code(national.id, stage="sign") == "office"
    assert code(national.id, stage="no_such_stage") == "always"
    assert code(national.id, stage="verify", category_id=rubbish.id) == "always"
    assert code(national.id, unit_calendar="office", category_id=rubbish.id) == "seven_day"
    assert code(national.id, unit_calendar="office_summer", category_id=potholes.id) == "office_summer"
    assert code(national.id, category_id=potholes.id) == "office"
    CalendarUse.objects.create(platform=national, stage="sign", category_id=rubbish.id, calendar_code="seven_day")
    cache.changed()
    assert code(national.id, stage="sign", category_id=rubbish.id) == "seven_day"
    assert code(national.id, stage="sign", category_id=potholes.id) == "office"
