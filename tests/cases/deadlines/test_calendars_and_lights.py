"""Nights, holidays, make-up days, seasons, summer time; units of limits, lights and refusals."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tests.cases.deadlines.calendars import (
    BEIJING,
    BOSTON_NIGHT,
    BOSTON_OFFICE,
    HALF_FRIDAY,
    HOUR,
    NEW_YORK,
    NIGHT_SHIFT,
    OFFICE,
    ROUND_THE_CLOCK,
    SANITATION,
    SEASONAL,
    at,
    day,
    only,
    week,
)
from urbangrid.cases.deadlines import (
    STAGE_LIMIT_MINUTES,
    Calendar,
    Stretch,
    advance,
    budget_seconds,
    by_closing,
    change_calendar,
    due_at,
    end,
    explain,
    go_on,
    is_provisional,
    light,
    on_time,
    replay,
    stand,
    start,
    state_at,
    urgency,
    verdict,
    warn_at,
    warn_seconds,
    working_seconds,
)
from urbangrid.cases.deadlines_errors import (
    CalendarInvalid,
    CalendarNeverWorks,
    InstantNaive,
    LimitInvalid,
    NotPossible,
    OutOfOrder,
    SpanBackwards,
)
from urbangrid.catalog.holidays import HolidayYear, holiday_table, holiday_year, official_years

# --- nights, weekends, holidays -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("calendar", "begun", "hours", "due"),
    [
        pytest.param(OFFICE, "2026-03-03 18:50", 4, "2026-03-04 12:00", id="after hours the limit begins next morning"),
        pytest.param(OFFICE, "2026-03-03 12:30", 1, "2026-03-03 15:00", id="the noon break does not count"),
        pytest.param(OFFICE, "2026-03-03 14:00", 4, "2026-03-03 18:00", id="a limit used up at closing is due then"),
        pytest.param(OFFICE, "2026-03-06 17:00", 2, "2026-03-09 09:00", id="a plain weekend is skipped"),
        pytest.param(
            OFFICE, "2025-09-30 17:00", 2, "2025-10-09 09:00", id="National Day and Mid-autumn 2025, eight days"
        ),
        pytest.param(OFFICE, "2025-10-10 17:00", 2, "2025-10-11 09:00", id="the make-up Saturday of October 2025"),
        pytest.param(OFFICE, "2025-09-26 17:00", 2, "2025-09-28 09:00", id="a make-up Sunday after a free Saturday"),
        pytest.param(OFFICE, "2025-12-31 17:00", 2, "2026-01-04 09:00", id="New Year 2026 with its make-up Sunday"),
        pytest.param(OFFICE, "2026-02-27 17:00", 2, "2026-02-28 09:00", id="the make-up Saturday after the festival"),
        pytest.param(OFFICE, "2026-04-03 17:00", 2, "2026-04-07 09:00", id="Tomb-sweeping Day with a Monday for it"),
        pytest.param(OFFICE, "2026-04-30 17:00", 10, "2026-05-07 09:00", id="Labour Day, five days without work"),
        pytest.param(
            OFFICE, "2026-05-08 17:00", 10, "2026-05-11 09:00", id="the make-up Saturday counts as a whole day"
        ),
        pytest.param(HALF_FRIDAY, "2026-02-14 11:00", 2, "2026-02-24 09:00", id="a make-up day follows its own Friday"),
        pytest.param(HALF_FRIDAY, "2026-02-28 11:00", 2, "2026-02-28 15:00", id="a make-up day follows its own Monday"),
        pytest.param(SANITATION, "2026-02-17 18:00", 2, "2026-02-18 06:00", id="sanitation works at Spring Festival"),
        pytest.param(NIGHT_SHIFT, "2026-03-03 21:00", 3, "2026-03-04 01:00", id="a night shift passes midnight"),
        pytest.param(NIGHT_SHIFT, "2026-12-31 23:00", 3, "2027-01-01 02:00", id="a night shift passes New Year"),
        pytest.param(ROUND_THE_CLOCK, "2026-02-16 23:00", 3, "2026-02-17 02:00", id="urgent hours know no holiday"),
        pytest.param(SEASONAL, "2026-05-29 17:00", 2, "2026-06-01 08:00", id="summer hours begin on 1 June"),
        pytest.param(SEASONAL, "2026-09-30 18:00", 2, "2026-10-08 09:00", id="summer hours end on 30 September"),
        pytest.param(SEASONAL, "2026-12-31 17:00", 1, "2027-01-04 09:00", id="winter hours run over New Year"),
    ],
)
def test_due_times(calendar: Calendar, begun: str, hours: int, due: str) -> None:
    assert due_at(start(at(begun), hours * HOUR, only(calendar))) == at(due)


def test_a_working_day_is_eight_working_hours() -> None:
    assert due_at(start(at("2026-03-03 10:00"), budget_seconds(5, "work_day"), only(OFFICE))) == at("2026-03-10 10:00")


def test_a_calendar_day_is_twenty_four_elapsed_hours() -> None:
    assert due_at(start(at("2026-02-16 10:20"), budget_seconds(3, "day"), only(ROUND_THE_CLOCK))) == at(
        "2026-02-19 10:20"
    )


def test_half_a_working_day_is_a_limit_and_a_third_of_a_second_is_not() -> None:
    assert budget_seconds(Decimal("0.5"), "work_day") == 4 * HOUR
    for wrong in (Decimal("0.0001"), Decimal(-1)):
        with pytest.raises(LimitInvalid):
            budget_seconds(wrong, "work_hour")


def test_when_summer_time_begins_the_skipped_hour_counts_nothing() -> None:
    midnight = at("2026-03-08 00:00", NEW_YORK)
    # 0:00–1:30, 1:45–2:00 (2:00 to 3:00 does not exist), 3:00–6:00
    assert working_seconds(BOSTON_NIGHT, midnight, at("2026-03-08 06:00", NEW_YORK)) == int(4.75 * HOUR)


def test_when_summer_time_ends_the_repeated_hour_counts_twice() -> None:
    midnight = at("2026-11-01 00:00", NEW_YORK)
    # 0:00–1:30, 1:45–2:00, again 1:00–1:30, 1:45–2:30, 3:00–6:00
    assert working_seconds(BOSTON_NIGHT, midnight, at("2026-11-01 06:00", NEW_YORK)) == int(6 * HOUR)


def test_urgent_hours_over_the_end_of_summer_time_are_elapsed_hours() -> None:
    clock = start(at("2026-10-31 12:00", NEW_YORK), budget_seconds(1, "day"), only(ROUND_THE_CLOCK))
    assert due_at(clock) == at("2026-11-01 11:00", NEW_YORK)


def test_office_hours_stay_at_nine_over_summer_time() -> None:
    assert advance(BOSTON_OFFICE, at("2026-03-06 16:00", NEW_YORK), 2 * HOUR) == at("2026-03-09 10:00", NEW_YORK)


def test_time_is_told_through_a_night_with_two_midnights() -> None:
    """St. John's set its clocks from 0:01 back to 23:01 in 2010; the telling begins in the repeated evening."""
    island = ZoneInfo("America/St_Johns")
    sunday_only = ((),) * 6 + (((480, 720),),)
    office = Calendar("island", island, week=sunday_only)
    begun = datetime(2010, 11, 6, 23, 30, tzinfo=island, fold=1)
    told = explain(start(begun, HOUR, only(office)), at("2010-11-07 09:00", island))
    assert [(line.what, line.seconds) for line in told] == [("rest_day", 0), ("off_duty", 0), ("counted", HOUR)]
    assert (told[0].end - told[0].start).total_seconds() == HOUR / 2


def test_the_last_working_second_of_a_year_is_due_in_that_year() -> None:
    begun = at("2026-12-31 16:00", NEW_YORK)
    assert advance(BOSTON_OFFICE, begun, HOUR) == at("2026-12-31 17:00", NEW_YORK)


def test_ten_years_are_counted() -> None:
    whole = working_seconds(SANITATION, at("2020-01-01 00:00"), at("2030-01-01 00:00"))
    assert whole == 12 * HOUR * (day("2030-01-01") - day("2020-01-01")).days


def test_a_calendar_without_slots_says_so_instead_of_searching_for_ever() -> None:
    with pytest.raises(CalendarNeverWorks):
        advance(Calendar("idle", BEIJING, week=week()), at("2026-03-03 08:00"), 1)


@pytest.mark.parametrize(
    "fault",
    [
        {"week": week((8, 12))[:6]},
        {"week": week((8, 12), (11, 18))},
        {"week": week((12, 8))},
        {"week": week((20, 25))},
        {"week": week((8, 12)), "holidays": frozenset({day("2026-10-01")}), "makeup": {day("2026-10-01"): 1}},
        {"week": week((8, 12)), "makeup": {day("2026-10-10"): 7}},
    ],
)
def test_a_calendar_that_cannot_be_computed_is_refused(fault: dict[str, object]) -> None:
    with pytest.raises(CalendarInvalid):
        Calendar("faulty", BEIJING, **fault)  # type: ignore[arg-type]


def test_instants_without_zone_and_spans_backwards_are_refused() -> None:
    with pytest.raises(InstantNaive):
        advance(OFFICE, datetime(2026, 3, 3, 8), 1)  # noqa: DTZ001
    with pytest.raises(SpanBackwards):
        working_seconds(OFFICE, at("2026-03-03 08:00"), at("2026-03-03 07:59"))


# --- holidays -------------------------------------------------------------------------------------------------------


def test_official_years_name_their_free_and_their_make_up_days() -> None:
    year = holiday_year(2026)
    assert year.official
    assert year.free_days[day("2026-02-17")] == "春节"
    assert year.makeup == {
        day("2026-01-04"): 4,
        day("2026-02-14"): 4,
        day("2026-02-28"): 0,
        day("2026-05-09"): 1,
        day("2026-09-20"): 1,
        day("2026-10-10"): 2,
    }


def test_every_make_up_day_of_the_official_years_lies_on_a_weekend_and_follows_a_weekday() -> None:
    for year in official_years():
        listed = holiday_year(year)
        assert all(worked.weekday() >= 5 and weekday < 5 for worked, weekday in listed.makeup.items()), year
        assert not listed.makeup.keys() & listed.free_days.keys(), year


def test_a_year_without_notice_is_computed_and_marked() -> None:
    year = holiday_year(official_years()[-1] + 1)
    assert not year.official
    assert not year.makeup
    assert {(free.month, free.day) for free in year.free_days} >= {(1, 1), (5, 1), (10, 1)}


def test_a_due_time_in_a_computed_year_is_provisional() -> None:
    assert not is_provisional(start(at("2026-12-30 09:00"), 8 * HOUR, only(OFFICE)))
    assert is_provisional(start(at("2026-12-31 17:00"), 8 * HOUR, only(OFFICE)))
    assert not is_provisional(start(at("2026-12-31 17:00"), 8 * HOUR, only(SANITATION)))


def test_when_the_official_list_arrives_the_open_clock_is_recomputed() -> None:
    """A made notice: 2027-02-11 becomes free too, so that the computed due day moves."""
    notice = HolidayYear(
        2027, True, {**holiday_year(2027).free_days, day("2027-02-11"): "春节"}, {day("2027-02-20"): 3}
    )
    table = holiday_table(2025, 2028, [notice])
    assert table.last_official == day("2027-12-31")
    listed = Calendar(
        "office-3", BEIJING, "working", OFFICE.week, (), table.holidays, table.makeup, table.last_official
    )
    clock = start(at("2027-02-04 17:00"), 2 * HOUR, only(OFFICE))
    told = change_calendar(clock, at("2027-01-01 00:00"), listed)
    assert (due_at(clock), is_provisional(clock)) == (at("2027-02-11 09:00"), True)
    assert (due_at(told), is_provisional(told)) == (at("2027-02-12 09:00"), False)


# --- lights ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit_minutes", "amber_minutes"),
    [(15, 3), (30, 6), (60, 20), (120, 30), (150, 30), (240, 48), (480, 96), (2400, 480)],
)
def test_amber_begins_in_the_last_share_of_the_limit(limit_minutes: int, amber_minutes: int) -> None:
    assert warn_seconds(60 * limit_minutes) == 60 * amber_minutes


def test_a_light_goes_from_green_over_amber_to_red() -> None:
    clock = start(at("2026-03-03 16:50"), 4 * HOUR, only(OFFICE))
    assert warn_at(clock) == at("2026-03-04 10:02")
    shown = [
        light(clock, at(f"2026-03-04 {time}")) for time in ("10:01:59", "10:02:00", "10:50:00", "10:50:01", "11:00:00")
    ]
    assert shown == ["green", "amber", "amber", "red", "red"]


def test_feedback_at_the_due_second_is_on_time_and_one_second_later_is_late() -> None:
    clock = start(at("2026-03-03 08:00"), 4 * HOUR, only(OFFICE))
    assert verdict(end(clock, at("2026-03-03 12:00:00.900"))) == "on_time"
    assert verdict(end(clock, at("2026-03-03 12:00:01"))) == "late"
    assert on_time(clock, at("2026-03-03 12:00:00.900"))
    assert verdict(clock) is None


def test_an_ended_clock_shows_its_verdict() -> None:
    clock = start(at("2026-03-03 08:00"), 4 * HOUR, only(OFFICE))
    later = at("2026-06-01 08:00")
    assert light(end(clock, at("2026-03-03 11:59")), later) == "green"
    assert light(end(clock, at("2026-03-03 14:01")), later) == "red"


def test_work_lists_are_sorted_by_the_time_left_with_standing_clocks_last() -> None:
    morning = at("2026-03-03 08:00")
    overdue = start(at("2026-03-02 08:00"), HOUR, only(OFFICE))
    soon = start(morning, HOUR, only(OFFICE))
    later = start(morning, 4 * HOUR, only(OFFICE))
    standing = stand(soon, at("2026-03-03 08:10"), "suspension")
    assert sorted([standing, later, soon, overdue], key=urgency) == [overdue, soon, later, standing]


def test_stage_limits_of_the_presets() -> None:
    stated = {"accept": 15, "dispatch": 15, "verify": 30, "check": 30, "receive": 60, "review": 30}
    assert {stage: STAGE_LIMIT_MINUTES[stage] for stage in stated} == stated


# --- telling and refusing -------------------------------------------------------------------------------------------


def test_a_light_explains_itself_over_a_weekend_and_a_holiday() -> None:
    clock = start(at("2025-09-30 17:00"), 2 * HOUR, only(OFFICE))
    assert explain(clock, at("2025-10-09 08:30")) == [
        Stretch(at("2025-09-30 17:00"), at("2025-09-30 18:00"), HOUR, "counted"),
        Stretch(at("2025-09-30 18:00"), at("2025-10-01 00:00"), 0, "off_duty"),
        Stretch(at("2025-10-01 00:00"), at("2025-10-09 00:00"), 0, "holiday"),
        Stretch(at("2025-10-09 00:00"), at("2025-10-09 08:00"), 0, "off_duty"),
        Stretch(at("2025-10-09 08:00"), at("2025-10-09 08:30"), HOUR // 2, "counted"),
    ]
    weekend = explain(start(at("2026-03-06 18:00"), HOUR, only(OFFICE)), at("2026-03-09 08:00"))
    assert [line.what for line in weekend] == ["off_duty", "rest_day", "off_duty"]


def test_by_closing_time_the_unit_pays_for_a_slow_check() -> None:
    clock = start(at("2026-03-03 08:00"), 4 * HOUR, only(OFFICE))
    clock = end(stand(clock, at("2026-03-03 11:00"), "review"), at("2026-03-03 15:00"))
    assert verdict(clock) == "on_time"
    assert verdict(replay(by_closing(clock.events), clock.first_limit, clock.timeline)) == "late"


def test_a_clock_can_be_seen_as_it_was() -> None:
    clock = stand(start(at("2026-03-03 08:00"), 4 * HOUR, only(OFFICE)), at("2026-03-03 11:00"), "suspension")
    assert state_at(clock, at("2026-03-03 10:00")).phase == "running"
    assert explain(clock, at("2026-03-03 10:00")) == [
        Stretch(at("2026-03-03 08:00"), at("2026-03-03 10:00"), 2 * HOUR, "counted")
    ]


def test_moves_out_of_order_or_out_of_phase_are_refused() -> None:
    clock = start(at("2026-03-03 08:00"), 4 * HOUR, only(OFFICE))
    with pytest.raises(OutOfOrder):
        stand(clock, at("2026-03-03 07:59"), "review")
    with pytest.raises(NotPossible):
        go_on(clock, at("2026-03-03 09:00"))
    with pytest.raises(NotPossible):
        stand(clock, at("2026-03-03 09:00"), "lunch")  # type: ignore[arg-type]
    with pytest.raises(LimitInvalid):
        start(at("2026-03-03 08:00"), -1, only(OFFICE))
