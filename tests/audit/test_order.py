"""Times of sealed rows against the order of the log, as values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from urbangrid.audit.order import Odd, odd

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MOST = timedelta(hours=6)


def _at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def test_rows_that_follow_each_other_or_wait_for_a_late_sealing_are_in_order() -> None:
    assert odd([(0, _at(0)), (1, _at(5)), (2, _at(90)), (3, _at(85))], [(2, _at(100)), (4, _at(101))], 2, MOST) == []


def test_an_old_time_is_held_against_the_latest_before_it_and_a_coming_one_against_its_head() -> None:
    times = [(2, _at(-20)), (0, _at(0)), (1, _at(1)), (3, _at(40)), (4, _at(2))]
    assert odd(times, [(1, _at(0)), (5, _at(2))], 1, MOST) == [Odd(2, _at(-20), _at(1)), Odd(3, _at(40), _at(2))]


def test_what_was_there_when_the_log_began_came_in_any_order_but_not_from_the_future() -> None:
    times = [(0, _at(0)), (1, _at(-900)), (2, _at(50))]
    assert [one.number for one in odd(times, [(3, _at(0))], 3, MOST)] == [2]
