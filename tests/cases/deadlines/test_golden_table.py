"""The golden table of the working rules, one row each, in office hours 8–12 and 14–18 of Beijing unless said."""

from collections.abc import Callable

import pytest

from tests.cases.deadlines.calendars import (
    HOUR,
    OFFICE,
    OFFICE_TO_FIVE,
    ROUND_THE_CLOCK,
    SANITATION,
    at,
    only,
)
from urbangrid.cases.deadlines import (
    ClockState,
    Stretch,
    budget_seconds,
    bundled,
    change_calendar,
    correct,
    credit,
    due_at,
    end,
    explain,
    extend,
    go_on,
    light,
    may_leave,
    on_time,
    remaining,
    replay,
    rework,
    stand,
    start,
    timeline_for,
    verdict,
    warn_at,
)
from urbangrid.cases.deadlines_errors import AskedTooLate, ExtendedTooOften, NotPossible

FOUR_HOURS = 4 * HOUR
OFFICE_TIME = only(OFFICE)


def test_four_hours_dispatched_at_ten_to_five_end_the_next_morning() -> None:
    """70 minutes are left of an afternoon that ends at 18:00; 10 of one that ends at 17:00."""
    assert due_at(start(at("2026-03-03 16:50"), FOUR_HOURS, OFFICE_TIME)) == at("2026-03-04 10:50")
    assert due_at(start(at("2026-03-03 16:50"), FOUR_HOURS, only(OFFICE_TO_FIVE))) == at("2026-03-04 11:50")


def test_on_the_eve_of_a_holiday_the_make_up_saturday_counts() -> None:
    """2026-02-14 is a Saturday of work before the Spring Festival; Friday's clock goes on then."""
    clock = start(at("2026-02-13 16:50"), FOUR_HOURS, OFFICE_TIME)
    assert due_at(clock) == at("2026-02-14 10:50")


def test_over_the_spring_festival_a_clock_waits_until_the_first_working_day() -> None:
    clock = start(at("2026-02-14 16:50"), FOUR_HOURS, OFFICE_TIME)
    assert due_at(clock) == at("2026-02-24 10:50")


def test_an_accepted_send_back_gives_the_unit_its_time_back() -> None:
    dispatched = at("2026-03-03 09:00")
    clock = credit(start(dispatched, FOUR_HOURS, OFFICE_TIME), at("2026-03-03 11:00"), dispatched)
    assert (clock.consumed, clock.phase, light(clock, at("2026-03-03 17:00"))) == (0, "standing", "grey")

    again = go_on(clock, at("2026-03-04 08:00"))
    assert due_at(again) == at("2026-03-04 12:00")
    assert explain(again, at("2026-03-04 09:00")) == [
        Stretch(dispatched, at("2026-03-03 11:00"), 0, "credited"),
        Stretch(at("2026-03-03 11:00"), at("2026-03-04 08:00"), 0, "send_back"),
        Stretch(at("2026-03-04 08:00"), at("2026-03-04 09:00"), HOUR, "counted"),
    ]


def test_an_accepted_send_back_excuses_a_due_time_that_passed_meanwhile() -> None:
    dispatched = at("2026-03-03 08:00")
    clock = start(dispatched, FOUR_HOURS, OFFICE_TIME)
    assert not on_time(clock, at("2026-03-03 15:00"))
    assert on_time(credit(clock, at("2026-03-03 15:00"), dispatched), at("2026-03-03 15:00"))


def test_a_credit_reaches_back_to_its_own_dispatch_only() -> None:
    clock = start(at("2026-03-03 08:00"), FOUR_HOURS, OFFICE_TIME)
    clock = rework(stand(clock, at("2026-03-03 09:00"), "review"), at("2026-03-03 10:00"))
    clock = credit(clock, at("2026-03-03 11:30"), at("2026-03-03 10:00"))
    assert clock.consumed == HOUR


def test_during_a_refused_send_back_time_ran_on_for_the_unit() -> None:
    clock = start(at("2026-03-03 09:00"), FOUR_HOURS, OFFICE_TIME)
    # asked 10:00, refused 11:00: nothing happens to the clock
    assert due_at(clock) == at("2026-03-03 15:00")
    assert remaining(clock, at("2026-03-03 11:00")) == 2 * HOUR


def test_another_unit_gets_its_full_limit() -> None:
    first = end(start(at("2026-03-03 09:00"), FOUR_HOURS, OFFICE_TIME), at("2026-03-03 11:00"))
    second = start(at("2026-03-03 11:00"), first.first_limit, OFFICE_TIME)
    assert due_at(second) == at("2026-03-03 17:00")


def test_rework_goes_on_with_the_rest_of_the_budget() -> None:
    clock = stand(start(at("2026-03-03 08:00"), FOUR_HOURS, OFFICE_TIME), at("2026-03-03 09:00"), "review")
    again = rework(clock, at("2026-03-03 14:00"))
    assert (due_at(again), again.reworks) == (at("2026-03-03 17:00"), 1)


def test_rework_grants_at_least_half_the_limit() -> None:
    clock = stand(start(at("2026-03-03 08:00"), FOUR_HOURS, OFFICE_TIME), at("2026-03-03 11:50"), "check")
    again = rework(clock, at("2026-03-03 14:00"))
    assert due_at(again) == at("2026-03-03 16:00")
    assert verdict(end(again, at("2026-03-03 16:00"))) == "on_time"


def test_rework_does_not_make_a_late_unit_punctual() -> None:
    clock = stand(start(at("2026-03-03 08:00"), FOUR_HOURS, OFFICE_TIME), at("2026-03-03 14:30"), "review")
    again = rework(clock, at("2026-03-03 15:00"))
    assert due_at(again) == at("2026-03-03 17:00")
    assert light(again, at("2026-03-03 15:30")) == "red"
    assert verdict(end(again, at("2026-03-03 15:30"))) == "late"
    assert again.missed_at == at("2026-03-03 12:00")


def test_review_and_check_stop_the_units_clock() -> None:
    clock = stand(start(at("2026-03-03 08:00"), FOUR_HOURS, OFFICE_TIME), at("2026-03-03 11:00"), "review")
    clock = stand(clock, at("2026-03-03 15:00"), "check")
    assert verdict(end(clock, at("2026-03-05 15:00"))) == "on_time"
    assert [(line.what, line.seconds) for line in explain(clock, at("2026-03-04 09:00"))] == [
        ("counted", 3 * HOUR),
        ("review", 0),
        ("check", 0),
    ]


def test_a_suspended_clock_is_grey_and_wakes_with_what_was_left() -> None:
    clock = stand(start(at("2026-03-03 08:00"), FOUR_HOURS, OFFICE_TIME), at("2026-03-03 11:00"), "suspension")
    assert (light(clock, at("2026-09-01 09:00")), due_at(clock), warn_at(clock)) == ("grey", None, None)
    awake = go_on(clock, at("2026-09-01 09:00"))
    assert due_at(awake) == at("2026-09-01 10:00")


def test_an_extension_adds_the_original_limit_from_the_moment_it_was_asked() -> None:
    """Asked at 11:00, due at 12:00, granted at 16:00: the clock ran on and was never late."""
    clock = start(at("2026-03-03 08:00"), FOUR_HOURS, OFFICE_TIME)
    assert light(clock, at("2026-03-03 16:00")) == "red"
    granted = extend(clock, at("2026-03-03 11:00"))
    assert due_at(granted) == at("2026-03-03 18:00")
    assert on_time(granted, at("2026-03-03 16:00"))


def test_an_extension_asked_in_time_saves_a_feedback_given_before_the_answer() -> None:
    clock = stand(start(at("2026-03-03 08:00"), FOUR_HOURS, OFFICE_TIME), at("2026-03-03 15:00"), "review")
    assert clock.missed_at == at("2026-03-03 12:00")
    assert extend(clock, at("2026-03-03 11:59")).missed_at is None


@pytest.mark.parametrize("asked", ["2026-03-03 12:00", "2026-03-03 12:30", "2026-03-03 15:00"])
def test_an_extension_asked_at_or_after_the_due_time_is_refused(asked: str) -> None:
    clock = start(at("2026-03-03 08:00"), FOUR_HOURS, OFFICE_TIME)
    with pytest.raises(AskedTooLate):
        extend(clock, at(asked))


def test_an_extension_found_in_time_when_it_was_asked_is_granted_after_a_correction_too() -> None:
    clock = correct(start(at("2026-03-03 08:00"), FOUR_HOURS, OFFICE_TIME), at("2026-03-03 11:30"), HOUR)
    with pytest.raises(AskedTooLate):
        extend(clock, at("2026-03-03 11:45"))
    assert extend(clock, at("2026-03-03 11:00"), in_time=True).budget == 2 * HOUR


def test_a_late_unit_in_rework_cannot_ask_for_an_extension() -> None:
    clock = stand(start(at("2026-03-03 08:00"), FOUR_HOURS, OFFICE_TIME), at("2026-03-03 14:30"), "review")
    again = rework(clock, at("2026-03-03 15:00"))
    with pytest.raises(AskedTooLate):
        extend(again, at("2026-03-03 15:30"))


def test_a_third_extension_is_refused() -> None:
    clock = start(at("2026-03-03 08:00"), FOUR_HOURS, OFFICE_TIME)
    twice = extend(extend(clock, at("2026-03-03 09:00")), at("2026-03-03 14:00"))
    assert due_at(twice) == at("2026-03-04 12:00")
    with pytest.raises(ExtendedTooOften):
        extend(twice, at("2026-03-03 15:00"))


def test_a_corrected_condition_is_computed_from_the_original_start() -> None:
    clock = start(at("2026-03-03 08:00"), FOUR_HOURS, OFFICE_TIME)
    longer = correct(clock, at("2026-03-03 15:00"), 8 * HOUR, reason="category")
    assert (due_at(clock), due_at(longer)) == (at("2026-03-03 12:00"), at("2026-03-03 18:00"))
    assert (longer.first_limit, longer.limit, longer.started_at) == (FOUR_HOURS, 8 * HOUR, at("2026-03-03 08:00"))
    assert on_time(longer, at("2026-03-03 16:00"))
    shorter = correct(clock, at("2026-03-03 11:00"), 2 * HOUR)
    assert (due_at(shorter), light(shorter, at("2026-03-03 11:00"))) == (at("2026-03-03 10:00"), "red")


def test_a_correction_to_urgent_hours_runs_day_and_night_from_the_original_start() -> None:
    clock = start(at("2026-03-03 17:00"), FOUR_HOURS, OFFICE_TIME)
    limit = budget_seconds(4, "urgent_hour")
    urgent = correct(clock, at("2026-03-03 18:30"), limit, timeline=timeline_for("urgent_hour", OFFICE_TIME))
    assert due_at(urgent) == at("2026-03-03 21:00")


def test_an_extension_after_a_correction_adds_the_corrected_limit() -> None:
    clock = correct(start(at("2026-03-03 08:00"), FOUR_HOURS, OFFICE_TIME), at("2026-03-03 09:00"), 2 * HOUR)
    assert extend(clock, at("2026-03-03 09:30")).budget == FOUR_HOURS


def test_a_missing_cover_has_two_limits_side_by_side() -> None:
    reported = at("2026-03-06 17:30")
    fence = start(reported, budget_seconds(2, "urgent_hour"), timeline_for("urgent_hour", OFFICE_TIME))
    repair = start(reported, budget_seconds(1, "work_day"), timeline_for("work_day", OFFICE_TIME))
    assert (due_at(fence), due_at(repair)) == (at("2026-03-06 19:30"), at("2026-03-09 17:30"))
    assert not may_leave(fence)
    assert may_leave(end(fence, at("2026-03-06 18:40")))
    assert may_leave(None)


def test_a_changed_calendar_leaves_what_was_consumed_before() -> None:
    """From Wednesday on the unit works seven days from 5 to 11 and from 13 to 19."""
    clock = start(at("2026-03-03 16:00"), 8 * HOUR, OFFICE_TIME)
    changed = change_calendar(clock, at("2026-03-04 00:00"), SANITATION)
    assert due_at(clock) == at("2026-03-04 16:00")
    assert due_at(changed) == at("2026-03-04 11:00")
    assert remaining(changed, at("2026-03-03 20:00")) == 6 * HOUR


def test_a_calendar_changed_within_a_slot_splits_it() -> None:
    clock = start(at("2026-03-03 16:00"), 8 * HOUR, OFFICE_TIME)
    changed = change_calendar(clock, at("2026-03-03 17:00"), ROUND_THE_CLOCK)
    assert due_at(changed) == at("2026-03-04 00:00")


def test_a_limit_used_up_before_the_calendar_changes_overnight_is_due_at_closing() -> None:
    clock = start(at("2026-03-03 16:00"), 2 * HOUR, OFFICE_TIME)
    assert due_at(change_calendar(clock, at("2026-03-04 00:00"), SANITATION)) == at("2026-03-03 18:00")


def test_an_ended_clock_never_changes() -> None:
    ended = end(start(at("2026-03-03 08:00"), FOUR_HOURS, OFFICE_TIME), at("2026-03-03 12:00"))
    noon = at("2026-03-03 12:00")
    moves: tuple[Callable[[], ClockState], ...] = (
        lambda: change_calendar(ended, noon, SANITATION),
        lambda: extend(ended, at("2026-03-03 09:00")),
        lambda: correct(ended, noon, HOUR),
        lambda: rework(ended, noon),
        lambda: credit(ended, noon, at("2026-03-03 08:00")),
        lambda: go_on(ended, noon),
    )
    for move in moves:
        with pytest.raises(NotPossible):
            move()


def test_all_attempts_of_a_unit_share_one_limit() -> None:
    first = end(start(at("2026-03-03 08:00"), FOUR_HOURS, OFFICE_TIME), at("2026-03-03 11:00"))
    second = start(at("2026-03-04 14:00"), FOUR_HOURS, OFFICE_TIME)
    together = replay(bundled([first.events, second.events]), FOUR_HOURS, OFFICE_TIME)
    assert due_at(together) == at("2026-03-04 15:00")
    assert "elsewhere" in [line.what for line in explain(together, at("2026-03-04 15:00"))]
