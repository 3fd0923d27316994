"""Posts that one person should not hold together: off, warned of, refused, and lifted for a night on record (SY-4.5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.support.browser import enter
from tests.support.city import WORKDAY, City
from urbangrid.audit.models import AuditRow
from urbangrid.core import clock
from urbangrid.core.errors import Refusal
from urbangrid.organizations import actions, exclusion, queries
from urbangrid.organizations.models import Appointment, ExclusionLift

HOURS = timedelta(hours=1)


def _row(city: City, name: str) -> Appointment:
    return Appointment.objects.select_related("user", "post", "unit").get(pk=city.acting(name).appointment_id)


def _appoint(city: City, person: str, post_of: str) -> Appointment:
    other = _row(city, post_of)
    return actions.appoint(user=_row(city, person).user, post=other.post, unit=other.unit, acting=city.acting("system_admin"))


def test_the_platform_refuses_warns_or_looks_away_and_the_refusal_names_person_and_posts(city: City) -> None:
    security = city.acting("security_admin")
    with pytest.raises(Refusal) as caught:
        _appoint(city, "seat_agent", "dispatcher")
    assert all(word in caught.value.sentence() for word in ("周岚", "坐席员", "派遣员"))
    exclusion.change_mode(security, "warn")
    _appoint(city, "seat_agent", "dispatcher")
    assert AuditRow.objects.filter(action="appointed").latest("at").values["beside"] == ["坐席员"]
    assert [(one.name, set(one.posts)) for one in exclusion.together(city.platform.pk)] == [("周岚", {"坐席员", "派遣员"})]
    exclusion.change_mode(security, "off")
    _appoint(city, "dispatcher", "seat_agent")
    with pytest.raises(Refusal):
        exclusion.change_mode(security, "sometimes")


PAIRS = [("duty_director", "command_director"), ("inspector", "dispatcher"), ("dispatcher", "inspector")]


@pytest.mark.parametrize(("person", "post"), PAIRS)
def test_supervision_and_command_are_kept_apart_as_groups_not_only_the_two_desks(city: City, person: str, post: str) -> None:
    with pytest.raises(Refusal) as caught:
        _appoint(city, person, post)
    assert caught.value.code == "post_exclusive"


def test_no_mode_lets_one_person_be_two_administrators(city: City) -> None:
    exclusion.change_mode(city.acting("security_admin"), "off")
    with pytest.raises(Refusal):
        _appoint(city, "system_admin", "audit_admin")


def test_a_lift_for_one_night_lets_one_person_hold_both_and_takes_the_second_back_by_itself(city: City) -> None:
    seat = _row(city, "seat_agent")
    with clock.travel(WORKDAY):
        exclusion.lift(
            city.acting("security_admin"), user_id=seat.user_id, posts=["seat_agent", "dispatcher"], valid_from=WORKDAY + 10 * HOURS,
            valid_to=WORKDAY + 20 * HOURS, reason="夜间一人值守",
        )  # fmt: skip
        with pytest.raises(Refusal):  # not yet
            _appoint(city, "seat_agent", "dispatcher")
    with clock.travel(WORKDAY + 11 * HOURS):
        made = _appoint(city, "seat_agent", "dispatcher")
        assert exclusion.together(city.platform.pk)[0].until == WORKDAY + 20 * HOURS
        with pytest.raises(Refusal):  # another person is not meant
            _appoint(city, "second_seat_agent", "dispatcher")
    with clock.travel(WORKDAY + 21 * HOURS):
        assert not Appointment.objects.filter(queries.in_force(), pk=made.pk).exists()
    row = AuditRow.objects.get(action="exclusion_lifted")
    assert (row.purpose, row.subject) == ("夜间一人值守", f"user:{seat.user_id}")


def test_a_lift_that_is_ended_early_takes_what_was_given_with_it(city: City) -> None:
    seat, security = _row(city, "seat_agent"), city.acting("security_admin")
    now = clock.now()
    both = ["seat_agent", "dispatcher"]
    made = exclusion.lift(security, user_id=seat.user_id, posts=both, valid_from=now, valid_to=now + HOURS, reason="演练")
    given = _appoint(city, "seat_agent", "dispatcher")
    exclusion.end_lift(security, made.pk)
    assert not Appointment.objects.filter(queries.in_force(), pk=given.pk).exists()
    with pytest.raises(Refusal):
        exclusion.end_lift(security, made.pk)


@pytest.mark.parametrize("fault", ["lift_posts", "lift_time", "lift_reason", "lift_person_unknown"])
def test_a_lift_needs_person_posts_a_time_that_ends_and_a_reason(city: City, fault: str) -> None:
    now = clock.now()
    asked: dict[str, Any] = {"user_id": _row(city, "seat_agent").user_id, "posts": ["seat_agent", "dispatcher"],
                             "valid_from": now, "valid_to": now + HOURS, "reason": "夜间"}  # fmt: skip
    wrong: dict[str, dict[str, Any]] = {"lift_posts": {"posts": ["seat_agent", "system_admin"]},
                                        "lift_time": {"valid_to": now + timedelta(days=99)}, "lift_reason": {"reason": " "},
                                        "lift_person_unknown": {"user_id": 7}}  # fmt: skip
    with pytest.raises(Refusal) as caught:
        exclusion.lift(city.acting("security_admin"), **{**asked, **wrong[fault]})
    assert caught.value.code == fault
    assert not ExclusionLift.objects.exists()


def test_the_security_administrator_does_it_on_her_page(city: City) -> None:
    browser = enter(Client(), city, "security_admin")
    assert "拒绝：不能任职" in browser.get("/admin/exclusive/").content.decode()
    assert browser.post("/admin/exclusive/mode/", {"mode": "warn"}).status_code == 302
    seat = _row(city, "seat_agent")
    form = {"user": seat.user_id, "posts": ["seat_agent", "dispatcher"], "valid_from": "2030-01-01T22:00", "valid_to": "2030-01-02T06:00",
            "reason": "夜间一人值守"}  # fmt: skip
    assert browser.post("/admin/exclusive/lift/", form).status_code == 302
    page = browser.get("/admin/exclusive/").content.decode()
    assert "夜间一人值守" in page and "提前结束" in page
    wrong = browser.post("/admin/exclusive/lift/", form | {"valid_to": "nonsense"})
    assert wrong.status_code == 422 and 'value="2030-01-01T22:00"' in wrong.content.decode()
    assert browser.post(f"/admin/exclusive/lift/{ExclusionLift.objects.get().pk}/end/").status_code == 302
    assert enter(Client(), city, "system_admin").get("/admin/exclusive/").status_code == 403
