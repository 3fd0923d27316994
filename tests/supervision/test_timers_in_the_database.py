"""The sweep of the timers on real rows: once, not while a clock stands, moved by a calendar, apart from actions under way."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from tests.api import paths
from tests.api.paths import At
from tests.supervision.delivery import sweep, told
from tests.support.city import WORKDAY, City
from urbangrid.cases import timers, upkeep
from urbangrid.cases.models import Clock
from urbangrid.catalog import cache
from urbangrid.catalog.models import WorkCalendar
from urbangrid.core import clock
from urbangrid.core.models import OutboxEntry
from urbangrid.core.outbox import conninfo
from urbangrid.messaging import queries

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _fresh_table() -> None:
    queries.forget()


def given() -> list[str]:
    """Warnings of unit clocks so far."""
    rows = OutboxEntry.objects.filter(topic=timers.TOPIC, payload__kind="unit").order_by("id")
    return [row.payload["event"] for row in rows]


def test_a_warning_comes_once_however_often_the_worker_looks_and_never_while_the_unit_waits_for_review(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        desk("clerk").done(case, "receive")
        sweep()
        assert given() == []
        half = Clock.objects.get(case_id=int(case), kind="unit").look_at
        assert half is not None
    with clock.travel(half):
        sweep()
        sweep()
        assert given() == ["half"]
        desk("clerk").done(case, "feedback", text="已修补", handled_by="何建", files=[desk("clerk").send_photo("black")])
        assert Clock.objects.get(case_id=int(case), kind="unit").look_at is None
    with clock.travel(half + 30 * DAY):
        sweep()
        assert given() == ["half"], "while it stands nothing falls due"
        desk("dispatcher").done(case, "rework", reason="other", note="未清理")
        sweep()
        assert given() == ["half"], "what was said for this limit is not said again"
    with clock.travel(half + 60 * DAY):
        sweep()
        assert given() == ["half", "soon", "late"]
        assert [one for one in told(city, "clerk", case) if one in ("half", "soon", "late")] == ["half", "soon", "late"]


def test_a_new_calendar_moves_what_was_not_said_yet(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        sweep()
        row = Clock.objects.get(case_id=int(case), kind="unit")
        before = row.look_at
        code = row.calendar_code
        newest = WorkCalendar.objects.filter(code=code).latest("version")
        longer = {**newest.rules, "version": "longer", "week": [[[0, 1440]]] * 7, "seasons": [], "holidays": [], "makeup": {}}
        WorkCalendar.objects.create(code=code, name="全天", version=newest.version + 1, applies_from=WORKDAY, rules=longer)
        cache.changed()
        upkeep.recompute_clocks(lambda messages: None)
        sweep()
        after = Clock.objects.get(case_id=int(case), kind="unit").look_at
        assert before is not None and after is not None and after < before


@pytest.mark.django_db(transaction=True)
def test_a_case_that_somebody_acts_on_is_looked_at_after_the_act(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        desk("clerk").done(case, "receive")
    with clock.travel(WORKDAY + 30 * DAY), psycopg.connect(conninfo()) as other:
        other.execute("SELECT 1 FROM cases_case WHERE id = %s FOR UPDATE", [int(case)])
        timers.sweep()
        assert given() == [], "the action may be the feedback that ends the warning"
        other.rollback()
        timers.sweep()
        assert given() == ["half", "soon", "late"]


def test_two_workers_that_sweep_at_once_give_a_warning_once(city: City, desk: At, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second finds the clock as the first left it: what was said stands in the row that both must lock."""
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        timers.sweep()
    with clock.travel(WORKDAY + 30 * DAY):
        known = list(Clock.objects.filter(case_id=int(case), look_at__isnull=False).values_list("pk", flat=True))
        assert known
        timers.sweep()
        once = given()
        Clock.objects.filter(pk__in=known).update(look_at=WORKDAY)  # as a worker sees it that read before the first committed
        timers.sweep()
        assert given() == once == ["half", "soon", "late"]


def test_a_clock_that_cannot_be_computed_keeps_nobody_elses_warnings_back(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        broken, case = paths.dispatched(desk, city), paths.dispatched(desk, city)
        Clock.objects.filter(case_id=int(broken), kind="unit").update(calendar_code="gone")
    with clock.travel(WORKDAY + 30 * DAY):
        sweep()
        assert "late" in told(city, "clerk", case)
        assert "late" not in told(city, "clerk", broken)
