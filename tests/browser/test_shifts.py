"""A shift by keys: signing on, handing over, taking over; the pages of shifts fit a desk and a phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.browser.test_plans import fits
from tests.support.city import City
from tests.support.shifts import ZONE
from urbangrid.core import clock
from urbangrid.organizations import rosters, shift_settings
from urbangrid.organizations.models import Handover, Shift, Turn

Sit = Callable[..., Page]


def _shift_of_now(city: City, letter: str, begins_at_minute: int) -> Shift:
    return shift_settings.change_shift(
        city.acting("system_admin"), letter=letter, name=f"{letter}班", begins_minute=begins_at_minute, lasts_minutes=720, night=False
    )


def test_a_shift_is_signed_on_handed_over_and_taken_over_by_keys(running: City, sits_down: Sit) -> None:
    director, now = running.acting("duty_director"), clock.now().astimezone(ZONE)
    began = now - timedelta(minutes=1)
    shift = _shift_of_now(running, "早", began.hour * 60 + began.minute)
    for name in ("seat_agent", "second_seat_agent"):
        rosters.add(director, running.acting(name).appointment_id, shift.pk, began.date())
    one, other = sits_down("seat_agent"), sits_down("second_seat_agent")
    one.goto("/duty/")
    one.keyboard.press("F2")
    expect(one.locator("[data-toast]")).to_contain_text("早班已签到")
    one.keyboard.press("F2")
    one.wait_for_url("**/handover/")
    one.fill("#notes", "西湖街道两处停水")
    one.keyboard.press("F2")
    expect(one.locator(".chip")).to_contain_text("待接班")
    other.goto("/handover/")
    other.keyboard.press("F2")
    expect(other.get_by_text("西湖街道两处停水")).to_be_visible()
    other.keyboard.press("F2")
    expect(other.locator("[data-toast]")).to_contain_text("已接周岚的班")
    assert Handover.objects.get().state == Handover.ACCEPTED
    assert Turn.objects.get(appointment_id=running.acting("seat_agent").appointment_id).signed_off_at is not None
    page = sits_down("duty_director")
    fits(page, "/duty/", "/roster/", "/leave/", "/handover/", f"/handover/{Handover.objects.get().pk}/")
    fits(sits_down("system_admin"), "/admin/shifts/")
    fits(sits_down("security_admin"), "/admin/exclusive/")
