"""Three shifts, a fourth for the night of one post, and turns in them, for stories about rosters."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from tests.support.city import City
from urbangrid.organizations import shift_settings
from urbangrid.organizations.models import Appointment, Shift

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)


def at(day: int, clock: str) -> datetime:
    """An instant of November 2026 by the wall clock of the city."""
    hours, minutes = clock.split(":")
    return datetime(2026, 11, day, int(hours), int(minutes), tzinfo=ZONE)


def make_shifts(city: City) -> dict[str, Shift]:
    """早 08:30–17:30, 夜 17:30–08:30, by their letters."""
    admin = city.acting("system_admin")
    day = shift_settings.change_shift(admin, letter="早", name="早班", begins_minute=510, lasts_minutes=540, night=False)
    night = shift_settings.change_shift(admin, letter="夜", name="夜班", begins_minute=1050, lasts_minutes=900, night=True)
    return {"早": day, "夜": night}


def row(city: City, name: str) -> Appointment:
    return Appointment.objects.select_related("user", "post", "unit").get(pk=city.acting(name).appointment_id)
