"""A roster made by a few keys, its gaps named, leave with a stand-in, 顶班, and who may plan whom."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.support.city import City
from tests.support.shifts import MONDAY, at, make_shifts, row
from urbangrid.core import clock
from urbangrid.core.errors import NotAllowed, Refusal
from urbangrid.organizations import attending, leaves, queries, rosters, shift_settings
from urbangrid.organizations.models import Appointment

WEEK = [MONDAY + timedelta(days=number) for number in range(7)]


def _workday(day: date) -> str:
    return "workday" if day.weekday() < 5 else "rest_day"


def _seats(city: City) -> tuple[int, int, list[int]]:
    one, two = row(city, "seat_agent"), row(city, "second_seat_agent")
    return one.unit_id, one.post_id, [one.pk, two.pk]


def test_a_week_from_six_keys_names_what_is_missing_and_a_leave_opens_a_gap(city: City) -> None:
    director, made = city.acting("duty_director"), make_shifts(city)
    unit_id, post_id, people = _seats(city)
    with clock.travel(at(22, "09:00")):
        shift_settings.set_staffing(director, unit_id, post_id, {made["早"].pk: (1, 1, 1), made["夜"].pk: (1, 0, 0)})
        turns, away = rosters.fill(
            director, unit_id=unit_id, post_id=post_id, people=people, cycle="早夜休", first=WEEK[0], last=WEEK[6]
        )
        assert (turns, away) == (10, 0)
        found = rosters.faults(rosters.plan(unit_id, post_id, WEEK, _workday))
        told = [(one.wanted.day.day, one.wanted.name, one.missing) for one in found.gaps]
        assert told == [(24, "早班", 1), (25, "夜班", 1), (27, "早班", 1)]
        asked = leaves.ask(city.acting("seat_agent"), kind="sick", begins_at=at(23, "00:00"), ends_at=at(24, "00:00"), reason="发热")
        with pytest.raises(Refusal) as own:
            leaves.decide(city.acting("seat_agent"), asked.pk, grant=True)
        assert own.value.code == "roster_elsewhere"
        decided = leaves.decide(director, asked.pk, grant=True)
        assert (decided.taken, decided.free) == (0, 1)
        after = rosters.faults(rosters.plan(unit_id, post_id, WEEK, _workday))
        assert (MONDAY, "早班", 1) in [(one.wanted.day, one.wanted.name, one.missing) for one in after.gaps]
        assert all(one.whole for one in after.gaps)


def test_nobody_is_planned_twice_at_once_nor_into_a_leave_nor_by_a_stranger(city: City) -> None:
    director, made = city.acting("duty_director"), make_shifts(city)
    _unit, _post, people = _seats(city)
    with clock.travel(at(22, "09:00")):
        rosters.add(director, people[0], made["夜"].pk, MONDAY)
        longer = shift_settings.change_shift(
            city.acting("system_admin"), letter="长", name="长白班", begins_minute=420, lasts_minutes=700, night=False
        )
        with pytest.raises(Refusal) as twice:
            rosters.add(director, people[0], longer.pk, MONDAY)
        assert "周岚" in twice.value.sentence() and "夜班" in twice.value.sentence()
        asked = leaves.ask(city.acting("second_seat_agent"), kind="annual", begins_at=at(24, "00:00"), ends_at=at(26, "00:00"), reason="")
        leaves.decide(director, asked.pk, grant=True)
        with pytest.raises(Refusal) as away:
            rosters.add(director, people[1], made["早"].pk, MONDAY + timedelta(days=1))
        assert away.value.code == "roster_on_leave"
        with pytest.raises(NotAllowed):
            rosters.add(city.acting("squad_leader"), people[0], made["早"].pk, WEEK[4])
        with pytest.raises(NotAllowed):
            rosters.add(city.acting("command_director"), people[0], made["早"].pk, WEEK[4])
        with pytest.raises(Refusal):
            rosters.add(director, people[0], made["早"].pk, date(2026, 11, 20))


def test_eight_hours_between_two_turns_are_asked_for(city: City) -> None:
    director, made = city.acting("duty_director"), make_shifts(city)
    unit_id, post_id, people = _seats(city)
    with clock.travel(at(22, "09:00")):
        rosters.add(director, people[0], made["夜"].pk, MONDAY)
        rosters.add(director, people[0], made["早"].pk, WEEK[1])
        found = rosters.plan(unit_id, post_id, WEEK, _workday)
        (one, other, rest), = rosters.faults(found).rests
        assert (one.key.day, other.key.day, rest) == (MONDAY, WEEK[1], timedelta(0))
        later = rosters.plan(unit_id, post_id, WEEK[1:], _workday)
        assert not rosters.faults(later).rests and rosters.faults(later, rosters.around(later)).rests, "the night before counts too"
        shift_settings.set_rest(director, 0)
        assert not rosters.faults(rosters.plan(unit_id, post_id, WEEK, _workday)).rests


def test_a_stand_in_of_another_post_holds_the_post_for_the_leave_and_no_longer(city: City) -> None:
    director = city.acting("duty_director")
    agent, head = row(city, "seat_agent"), row(city, "head")
    with clock.travel(at(22, "09:00")):
        asked = leaves.ask(city.acting("seat_agent"), kind="annual", begins_at=at(23, "00:00"), ends_at=at(25, "00:00"), reason="")
        decided = leaves.decide(director, asked.pk, grant=True, stand_in=head.pk)
        given = decided.leave.given
        assert given is not None and (given.user_id, given.post_id) == (head.user_id, agent.post_id)
        assert not Appointment.objects.filter(queries.in_force(), pk=given.pk).exists(), "not yet"
    with clock.travel(at(23, "10:00")):
        assert Appointment.objects.filter(queries.in_force(), pk=given.pk).exists()
        leaves.turn_over(), attending.refresh()
        assert not Appointment.objects.get(pk=agent.pk).on_duty
    with clock.travel(at(25, "00:01")):
        assert not Appointment.objects.filter(queries.in_force(), pk=given.pk).exists()
        assert leaves.turn_over() == 1 and attending.refresh() == 1
        assert Appointment.objects.get(pk=agent.pk).on_duty


def test_the_squad_leader_sees_who_is_missing_at_five_to_eight_and_puts_a_stand_in_at_once(city: City) -> None:
    leader, made = city.acting("squad_leader"), make_shifts(city)
    one, two = row(city, "inspector"), row(city, "second_inspector")
    assert {team.unit.pk for team in rosters.teams(leader)} == {one.unit_id}
    with clock.travel(at(22, "09:00")):
        turn = rosters.add(leader, one.pk, made["早"].pk, MONDAY)
        second = rosters.add(leader, two.pk, made["夜"].pk, WEEK[2])
    with clock.travel(at(23, "08:40")):
        attending.refresh()
        (found,) = attending.attendance(city.platform.pk, [one.unit_id])
        assert (found.name, found.state) == (one.user.name, "absent")
        assert [who.on_duty for who in queries.inspectors(city.platform.pk)[:2]] == [True, True]
        rosters.stand_in(leader, turn.pk, two.pk)
        (found,) = attending.attendance(city.platform.pk, [one.unit_id])
        assert (found.name, found.stands_in_for) == (two.user.name, one.user.name)
        attending.sign_on(city.acting("second_inspector"))
        (found,) = attending.attendance(city.platform.pk, [one.unit_id])
        assert found.state == "late"
        first = queries.inspectors(city.platform.pk)[0]
        assert first.appointment_id == two.pk or first.on_duty
        assert not Appointment.objects.get(pk=one.pk).on_duty
        with pytest.raises(Refusal):
            rosters.stand_in(leader, second.pk, two.pk)
