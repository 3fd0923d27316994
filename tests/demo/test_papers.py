"""The made city's papers of the last days and its roster: composed at their hour, from what then stood."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from tests.demo.test_town import forget
from tests.support.city import settle
from urbangrid.cases import verification
from urbangrid.cases.actions import daily_sheets
from urbangrid.cases.models import Case, CaseRecord, DailySheet, WorkItem
from urbangrid.core import clock
from urbangrid.demo import accounts, commands, day, looking_back, rosters, town
from urbangrid.organizations.models import Appointment, Handover, Leave, Shift, Staffing, Turn
from urbangrid.service_requests.models import RequestRecord, ServiceRequest

NOW = datetime(2026, 11, 23, 1, 40, tzinfo=UTC)
"""Monday 09:40 in the city."""
ZONE = ZoneInfo("Asia/Shanghai")
SCALE, LIVES = 0.05, 0.012


@dataclass
class Seen:
    """What stood in the tables when a daily sheet was composed."""

    states: dict[datetime, dict[int, tuple[str, int]]] = field(default_factory=dict)
    open: dict[datetime, dict[int, list[str]]] = field(default_factory=dict)
    requests: dict[datetime, dict[int, int]] = field(default_factory=dict)

    def take(self) -> None:
        now = clock.now()
        self.states[now] = {pk: (state, seq) for pk, state, seq in Case.objects.values_list("pk", "state", "seq")}
        items: dict[int, list[str]] = defaultdict(list)
        for case, kind in WorkItem.objects.filter(closed_at=None, case__isnull=False).order_by("kind").values_list("case_id", "kind"):
            items[case or 0].append(kind)
        self.open[now] = dict(items)
        self.requests[now] = dict(ServiceRequest.objects.values_list("pk", "seq"))


@pytest.fixture(scope="module")
def city(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[town.Town, Seen]]:
    """A small city whose months were looked at on the way."""
    folder, seen, compose = tmp_path_factory.mktemp("papers"), Seen(), daily_sheets.compose

    def looked_at(*told: Any) -> Any:
        seen.take()
        return compose(*told)

    with django_db_blocker.unblock(), override_settings(FILES_ROOT=folder / "files", DATA=folder), transaction.atomic():
        with clock.travel(NOW), pytest.MonkeyPatch.context() as patch:
            forget()
            patch.setattr(daily_sheets, "compose", looked_at)
            made = town.build(lambda _line: None, town.since(NOW), scale=SCALE)
            last = commands._live(made, day.begin(made, NOW), LIVES, 11, besides=0)
        assert last == datetime(2026, 11, 22, 8, tzinfo=ZONE)
        settle()
        yield made, seen
        transaction.set_rollback(True)
    forget()


@pytest.fixture
def made(city: tuple[town.Town, Seen], db: None) -> Iterator[tuple[town.Town, Seen]]:
    forget()
    with clock.travel(NOW):
        yield city
    forget()


def test_each_of_the_last_seven_days_has_the_sheet_of_its_morning(made: tuple[town.Town, Seen]) -> None:
    sheets = list(DailySheet.objects.order_by("day"))
    assert [row.day for row in sheets] == [date(2026, 11, 16) + timedelta(days=number) for number in range(7)]
    for row in sheets:
        assert row.made_at == datetime.combine(row.day, datetime.min.time(), ZONE) + timedelta(hours=8)
        assert 0 < len(row.text) <= 70
        assert {one["post"] for one in row.content["on_duty"]} >= {"坐席员", "监督员"}
        assert row.content["signed"], "a duty director is there"
    assert len({row.text for row in sheets}) == 7


def test_a_sheet_saw_the_cases_as_their_records_say_that_they_then_stood(made: tuple[town.Town, Seen]) -> None:
    _city, seen = made
    assert len(seen.states) == 7
    for at, states in seen.states.items():
        told: dict[int, tuple[str, int]] = {}
        for case, seq, state in CaseRecord.objects.filter(at__lte=at).order_by("seq").values_list("case_id", "seq", "to_state"):
            told[case] = state, seq
        assert states == told
        items: dict[int, list[str]] = defaultdict(list)
        then = WorkItem.objects.filter(opened_at__lte=at, case__opened_at__lte=at).exclude(closed_at__lte=at).order_by("kind")
        for number, kind in then.values_list("case_id", "kind"):
            items[number or 0].append(kind)
        assert seen.open[at] == items
        acts = RequestRecord.objects.filter(at__lte=at).order_by("seq").values_list("request_id", "seq")
        assert seen.requests[at] == dict(acts)
    assert any(not_yet != Case.objects.get(pk=pk).state for pk, (not_yet, _seq) in next(iter(seen.states.values())).items())


def test_the_figures_of_a_sheet_are_those_of_the_rows_that_there_are_now(made: tuple[town.Town, Seen]) -> None:
    for row in DailySheet.objects.order_by("day"):
        midnight = datetime.combine(row.day, datetime.min.time(), ZONE)
        yesterday = midnight - timedelta(days=1), midnight
        shown = {one["code"]: one["part"] for one in row.content["figures"]}
        assert shown["filed"] == Case.objects.filter(filed_at__gte=yesterday[0], filed_at__lt=yesterday[1]).count()
        assert shown["closed"] == Case.objects.filter(closed_at__gte=yesterday[0], closed_at__lt=yesterday[1], state="closed").count()
        waiting = WorkItem.objects.filter(kind="receive", opened_at__lte=row.made_at).exclude(closed_at__lte=row.made_at)
        assert sum(one["count"] for one in row.content["unsigned"]) == waiting.count()


def test_nothing_of_the_looks_is_left_and_every_record_is_proved(made: tuple[town.Town, Seen]) -> None:
    proved = verification.verify_cases(list(Case.objects.values_list("pk", flat=True)))
    assert proved.records == CaseRecord.objects.count() > 500
    assert proved.faults == []


def test_shifts_handed_over_with_sheets_that_somebody_took(made: tuple[town.Town, Seen]) -> None:
    sheets = Handover.objects.select_related("given_by", "answered_by").order_by("given_at")
    assert {row.post.code for row in sheets} == {"seat_agent", "dispatcher", "duty_director"}
    assert {row.given_at.astimezone(ZONE).day for row in sheets} <= {19, 20, 21, 22}
    for row in sheets:
        assert row.state == Handover.ACCEPTED
        assert row.answered_by is not None and row.answered_by.user_id != row.given_by.user_id
        assert row.content["at"] == row.given_at.isoformat()
        assert row.content["stages"] or row.post.code != "duty_director", "the whole platform has something open"
        turns = Turn.objects.filter(appointment=row.answered_by, begins_at__lte=row.answered_at, ends_at__gt=row.answered_at)
        assert turns.get().signed_on_at is not None, "who took over was at work"


# --- the roster ---


def test_the_roster_stands_since_the_first_of_the_months_with_people_at_work_and_gaps(made: tuple[town.Town, Seen]) -> None:
    days = {turn.day for turn in Turn.objects.all()}
    assert min(days) == date(2026, 10, 1) and max(days) == date(2026, 12, 4)
    here = Turn.objects.filter(begins_at__lte=NOW, ends_at__gt=NOW, signed_on_at__isnull=False, signed_off_at=None)
    assert {"seat_agent", "dispatcher", "inspector"} <= set(here.values_list("post__code", flat=True))
    assert Appointment.objects.filter(post__code="inspector", on_duty=False).exists(), "who is off is off"
    over = Turn.objects.filter(ends_at__lt=NOW - timedelta(hours=1))
    came = over.filter(signed_on_at__isnull=False)
    assert 0.9 < came.count() / over.count() < 0.96
    assert not came.filter(signed_off_at=None).exists()
    assert not Turn.objects.filter(begins_at__gt=NOW, signed_on_at__isnull=False).exists()


@pytest.mark.parametrize("later", [0, 1, 2, 3, 7])
def test_whoever_the_sign_in_page_offers_is_at_work_on_whatever_day_is_made(made: tuple[town.Town, Seen], later: int) -> None:
    """The script sends visitors to these people: they work, came in time and are not on leave."""
    now = NOW + timedelta(days=later)
    with clock.travel(now):
        if later:
            for model in (Handover, Leave, Turn, Staffing, Shift):
                model.objects.all().delete()
            today = day.begin(made[0], now)
            planned = rosters.Rosters(today.named("guanli"), commands._planners(made[0], today), now)
            planned.fill()
            planned.sign(now)
        names = {accounts.account_of(key) for key, _icon, _sentence in accounts.shown()}
        staffed = Appointment.objects.filter(user__username__in=names, post__code__in=rosters.STAFFED)
        assert {one.post.code for one in staffed.select_related("post")} == set(rosters.STAFFED)
        for one in staffed:
            turn = Turn.objects.get(appointment=one, begins_at__lte=now, ends_at__gt=now)
            assert turn.signed_on_at is not None and turn.signed_off_at is None
            assert not Leave.objects.filter(appointment=one, begins_at__lte=now, ends_at__gt=now).exists()


def test_a_cycle_goes_on_over_the_day_from_which_it_is_planned_ahead(made: tuple[town.Town, Seen]) -> None:
    turns: dict[int, list[str]] = defaultdict(list)
    for person, letter in Turn.objects.filter(post__code="duty_director").order_by("day").values_list("appointment_id", "shift__letter"):
        turns[person].append(letter)
    days = {person: sorted(Turn.objects.filter(appointment=person).values_list("day", flat=True)) for person in turns}
    for own in days.values():
        assert {(after - before).days for before, after in pairwise(own)} == {2}, "one day on, one day off"


def test_leave_shows_who_stands_in_and_what_is_still_to_be_decided(made: tuple[town.Town, Seen]) -> None:
    assert Counter(Leave.objects.values_list("state", flat=True)) == {"ended": 3, "granted": 2, "asked": 2}
    for row in Leave.objects.filter(state="granted").select_related("appointment__post"):
        assert row.stand_in is not None
        assert not row.appointment.on_duty
        own = Turn.objects.filter(begins_at__lt=row.ends_at, ends_at__gt=row.begins_at)
        assert not own.filter(appointment=row.appointment).exists()
        assert own.filter(stands_in_for=row.appointment, appointment=row.stand_in).exists()


def test_papers_are_looked_for_at_the_hours_at_which_shifts_end_and_never_after_the_day_that_is_played() -> None:
    found = looking_back.hours(date(2026, 11, 23), ZONE)
    assert [one.at for one in found] == sorted(one.at for one in found)
    assert sum(one.sheet for one in found) == 7 and found[-1].at == datetime(2026, 11, 22, 8, tzinfo=ZONE)
    assert {one.at.hour for one in found if one.change} == {8, 16, 18}
