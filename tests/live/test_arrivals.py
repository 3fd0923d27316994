"""What desks are told when cases move: exact counts, what came, what went, and nothing to others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.support.city import INSIDE, WORKDAY, City, city, photo
from urbangrid.cases import arrivals, queues, upkeep
from urbangrid.cases.actions import claiming, intake, perform
from urbangrid.cases.actions.inputs import ReportInputs
from urbangrid.cases.models import Clock, Report, WorkItem
from urbangrid.catalog import cache
from urbangrid.catalog.models import WorkCalendar
from urbangrid.core import clock
from urbangrid.core.models import OutboxEntry
from urbangrid.live.messages import Message
from urbangrid.live.topics import topics_for

__all__ = ["city"]


def _told() -> dict[str, dict[str, Any]]:
    """Deliver what waits, as the relay does; messages by topic."""
    entries = list(OutboxEntry.objects.filter(delivered_at=None).order_by("id"))
    OutboxEntry.objects.filter(pk__in=[entry.pk for entry in entries]).update(delivered_at=clock.now())
    return {message.topic: message.data for message in arrivals.arrivals(entries)}


def _report(city: City, who: str = "seat_agent", **more: Any) -> Report:
    longitude, latitude = INSIDE
    acting = city.acting(who)
    source = "inspector" if who == "inspector" else "hotline"
    files = (photo(acting),) if who == "inspector" else ()
    category = city.category()
    return intake.report(
        acting,
        ReportInputs(
            source=source, client_id=f"{who}-{clock.now().timestamp()}-{Report.objects.count()}", category_id=category.id,
            condition_id=city.condition(), longitude=longitude, latitude=latitude, files=files, **more,
        ),
    )  # fmt: skip


def test_a_report_is_new_on_the_queue_of_the_seats_and_on_no_other(city: City) -> None:
    seat, dispatcher = city.acting("seat_agent"), city.acting("dispatcher")
    with clock.travel(WORKDAY):
        _report(city, urgent=True)
        told = _told()
        item = WorkItem.objects.get()
        queue = f"queue:{seat.unit_id}:accept"
        assert told[queue]["new"] == [item.pk]
        assert (told[queue]["count"], told[queue]["urgent"], told[queue]["kinds"]) == (1, 1, {"accept": 1})
        assert told[queue]["lights"] == {"green": 1, "amber": 0, "red": 0, "grey": 0}
        assert told[queue]["urgent_new"] == 1
        assert queue in topics_for(seat)
        assert not set(told) & set(topics_for(dispatcher))


def test_an_accepted_report_goes_from_one_queue_and_comes_to_the_next(city: City) -> None:
    seat = city.acting("seat_agent")
    with clock.travel(WORKDAY):
        report = _report(city)
        _report(city)
        assert _told()[f"queue:{seat.unit_id}:accept"]["urgent_new"] == 0
    with clock.travel(WORKDAY + timedelta(minutes=2)):
        case = intake.accept(seat, report.pk)
        told = _told()
        queue = queues.counts(queues.mine(seat))
        accept, file = told[f"queue:{seat.unit_id}:accept"], told[f"queue:{seat.unit_id}:file"]
        assert (accept["count"], file["count"]) == (queue["accept"].total, queue["file"].total) == (1, 1)
        assert accept["gone"] == [WorkItem.objects.get(report=report, kind="accept").pk]
        assert file["new"] == [WorkItem.objects.get(case=case, kind="file").pk]
        assert told[f"case:{case.pk}"] == {"seq": case.seq}


def test_a_task_is_told_to_its_inspector_and_a_withdrawn_step_brings_the_item_back(city: City) -> None:
    seat, inspector = city.acting("seat_agent"), city.acting("inspector")
    with clock.travel(WORKDAY):
        case = intake.accept(seat, _report(city).pk)
        _told()
    with clock.travel(WORKDAY + timedelta(minutes=1)):
        case = perform(seat, case.pk, "send_verification", case.seq, {})
        told = _told()
        tasks = told[f"tasks:{inspector.appointment_id}"]
        assert (tasks["count"], tasks["kinds"]) == (1, {"verify": 1})
        assert f"tasks:{inspector.appointment_id}" in topics_for(inspector)
    with clock.travel(WORKDAY + timedelta(minutes=2)):
        case = perform(seat, case.pk, "withdraw", case.seq, {"reason": "slip"})
        told = _told()
        assert told[f"queue:{seat.unit_id}:file"]["new"] == [WorkItem.objects.get(case=case, kind="file").pk]
        assert told[f"tasks:{inspector.appointment_id}"]["count"] == 0
        assert len(told[f"tasks:{inspector.appointment_id}"]["gone"]) == 1


def test_arrivals_ask_the_database_four_times_however_many_cases_moved(
    city: City, django_assert_max_num_queries: Any
) -> None:
    with clock.travel(WORKDAY):
        for _ in range(12):
            _report(city)
        entries = list(OutboxEntry.objects.order_by("id"))
        with django_assert_max_num_queries(4):
            arrivals.arrivals(entries)


def test_a_light_that_turns_is_told_once(city: City) -> None:
    seat = city.acting("seat_agent")
    with clock.travel(WORKDAY):
        _report(city)
    item = WorkItem.objects.get()
    assert item.due_at is not None
    look = item.due_at + timedelta(seconds=2)
    with clock.travel(look):
        (told,) = arrivals.turned(look - timedelta(seconds=5), look)
        assert (told.topic, told.data["changed"]) == (f"queue:{seat.unit_id}:accept", [item.pk])
        assert told.data["lights"]["red"] == 1
        assert arrivals.turned(look, look + timedelta(seconds=5)) == []


def test_the_board_counts_all_open_work_of_the_platform(city: City) -> None:
    seat = city.acting("seat_agent")
    with clock.travel(WORKDAY):
        intake.accept(seat, _report(city).pk)
        _report(city)
        (told,) = arrivals.board([city.platform.pk])
        expected = queues.counts(queues.watched(city.acting("duty_director")))
        assert told.data["kinds"] == {kind: counts.total for kind, counts in expected.items()}
        assert told.topic in topics_for(city.acting("duty_director"))
        assert told.topic not in topics_for(city.acting("inspector"))


def test_a_claim_nobody_works_on_returns_after_ten_minutes_and_its_queue_hears_of_it(city: City) -> None:
    seat = city.acting("seat_agent")
    with clock.travel(WORKDAY):
        _report(city)
        item = WorkItem.objects.get()
        claiming.claim(seat, item.pk)
    with clock.travel(WORKDAY + timedelta(minutes=9)):
        assert upkeep.return_idle_claims() == []
    with clock.travel(WORKDAY + timedelta(minutes=11)):
        (told,) = upkeep.return_idle_claims()
        assert told.data["changed"] == [item.pk]
        item.refresh_from_db()
        assert item.claimed_by_id is None
        assert upkeep.return_idle_claims() == []


def _new_calendar(code: str, applies_from: Any, **rules: Any) -> None:
    """A further version of a shipped calendar."""
    latest = WorkCalendar.objects.filter(code=code).order_by("version").last()
    assert latest is not None
    number = latest.version + 1
    changed = {**latest.rules, **rules, "version": f"{code}/{number}"}
    WorkCalendar.objects.create(
        platform=latest.platform, code=code, name=latest.name, version=number, applies_from=applies_from, rules=changed
    )
    cache.changed()


def test_a_new_calendar_moves_open_clocks_from_its_instant_on_and_no_ended_one(city: City) -> None:
    head, seat = city.acting("head"), city.acting("seat_agent")
    with clock.travel(WORKDAY):
        case = intake.accept(seat, _report(city, "inspector").pk, "file", {"complex": True})
        item = WorkItem.objects.get(case=case, closed_at=None)
        assert item.kind == "sign"  # one hour in office hours, from 09:40
        assert item.due_at == WORKDAY + timedelta(minutes=60)
        row = Clock.objects.get(item=item, kind="stage")
        ended = list(Clock.objects.exclude(ended_at=None).order_by("id").values())
        # From 10:00 on the office works from 14:00 only: 20 minutes were used before, 40 remain
        afternoon = [[[14 * 60, 18 * 60]]] * 5 + [[], []]
        _new_calendar(row.calendar_code, WORKDAY + timedelta(minutes=20), week=afternoon)
        told: list[Message] = []
        assert upkeep.recompute_clocks(told.extend) >= 1
        item.refresh_from_db()
        row.refresh_from_db()
        assert item.due_at == row.due_at == WORKDAY + timedelta(hours=5)  # 14:40
        assert row.calendar_version == 1
        queue = next(one for one in told if one.topic == f"queue:{head.unit_id}:sign")
        assert queue.data["changed"] == [item.pk]
        assert list(Clock.objects.exclude(ended_at=None).order_by("id").values()) == ended
        case.refresh_from_db()
        assert upkeep.recompute_clocks(told.extend) == 0


def test_a_report_that_waits_has_its_clock_moved_too(city: City) -> None:
    with clock.travel(WORKDAY):
        _report(city)
        Clock.objects.update(calendar_code="office", calendar_version=0)  # a city whose seats keep office hours
        _new_calendar("office", WORKDAY + timedelta(minutes=5), week=[[[14 * 60, 18 * 60]]] * 5 + [[], []])
        told: list[Message] = []
        assert upkeep.recompute_clocks(told.extend) == 1
        item = WorkItem.objects.get()
        assert item.due_at == WORKDAY + timedelta(hours=4, minutes=20 + 10)  # 14:00 and the ten minutes left
        assert told[0].data["changed"] == [item.pk]
