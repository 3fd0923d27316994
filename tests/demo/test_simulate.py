"""演练: programs act on each stage of a case; what a person has touched they leave alone; stopped, they leave nothing half done."""

from __future__ import annotations

import argparse
import io
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from tests.demo.test_town import forget
from tests.support.city import settle
from urbangrid.cases import detail, holding, rehearsal, verification
from urbangrid.cases.actions import holders, intake, perform
from urbangrid.cases.actions.inputs import ReportInputs
from urbangrid.cases.models import Case, CaseRecord, Report, WorkItem
from urbangrid.core import clock, files
from urbangrid.core.models import Platform
from urbangrid.demo import accounts, beside, commands_simulate, day, pictures, robots, town, unasked
from urbangrid.demo.robots import Robots
from urbangrid.organizations.acting import Acting, from_row

NOW = datetime(2026, 11, 23, 1, 40, tzinfo=UTC)
KINDS = unasked.DRAWN


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[town.Town]:
    folder = tmp_path_factory.mktemp("robots")
    with django_db_blocker.unblock(), override_settings(FILES_ROOT=folder / "files", DATA=folder), transaction.atomic():
        with clock.travel(NOW):
            forget()
            made = town.build(lambda _line: None, town.since(NOW), scale=0.04)
            settle()
            yield made
        transaction.set_rollback(True)
    forget()


@pytest.fixture
def play(city: town.Town, db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Robots]:
    """What is drawn by the millisecond is chance: its own test draws each kind in turn, the others none."""
    monkeypatch.setattr(unasked, "DRAWN", {})
    forget()
    with clock.travel(NOW):
        made = town.standing()
        assert made is not None
        yield Robots(day.begin(made, NOW), 60.0, 0.16, frozenset(), random.Random(4))
    forget()


def _go(play: Robots, first: int, last: int) -> None:
    """From one minute after NOW to another, a turn for every three of them."""
    for minute in range(first, last, 3):
        with clock.travel(NOW + timedelta(minutes=minute)):
            play.turn(3.0)


def _waiting(city: town.Town, kinds: Sequence[str]) -> list[rehearsal.Waiting]:
    return rehearsal.work(city.platform.pk, kinds, NOW + timedelta(days=1), 50)


def _visitor(city: town.Town, key: str) -> Acting:
    row = city.people[key]
    return from_row(type(row).objects.select_related("user", "post", "unit", "platform").get(pk=row.pk))


def _proved() -> None:
    assert all(verification.verify_case(pk) == [] for pk in Case.objects.values_list("pk", flat=True))


def test_programs_bring_reports_to_closure_and_every_record_says_that_it_is_a_rehearsal(play: Robots) -> None:
    _go(play, 0, 105)
    assert {"report", "accept", "file", "dispatch", "receive", "review", "send_check", "check", "close"} <= set(play.acts)
    case = Case.objects.filter(state="closed").order_by("pk")[0]
    assert all('"simulated":true' in body for body in CaseRecord.objects.exclude(actor_id=None).values_list("body", flat=True))
    view = detail.view(_visitor(play.day.town, "chenliguo"), case.pk)
    assert all("演练" in line.post for line in view.story if line.actor)
    _proved()


def test_orders_requests_and_tasks_of_crews_are_answered_too(play: Robots) -> None:
    director, units = play.day.named("chenliguo"), play.day.town.units
    known = set(Case.objects.values_list("pk", flat=True))
    kind = play.day.classes_of(units["D01"].pk)[0].id
    for number in range(3):
        play.day.play(900 + number, day.Story(until="dispose", category=kind), NOW - timedelta(hours=4), public=False)
    ordered, difficult, given = sorted(set(Case.objects.filter(state="disposing").values_list("pk", flat=True)) - known)
    perform(director, ordered, "order", holding.seq_of(ordered), {"note": "请今日处置"})
    perform(director, difficult, "ask_difficult", holding.seq_of(difficult), {"reason": "dispute", "note": "请会商"})
    clerk = play.day.named("d01")
    perform(clerk, given, "assign_down", holding.seq_of(given), {"unit_id": units["D01-2"].pk, "note": "请上午到场"})
    play.posts = frozenset({"crew_member", "policy_officer"})
    _go(play, 1, 9)
    assert play.acts == {"decide": 1, "crew_task": 1}
    play.posts = frozenset()
    _go(play, 10, 60)
    assert play.acts["answer_order"] == play.acts["judge_answer"] == 1
    _proved()


def test_units_ask_and_director_and_sub_districts_urge_and_order_of_their_own_accord(play: Robots, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each kind in turn on every work at a unit, instead of a few in a hundred: each is done once, answered, and the case goes on."""
    kinds = list(KINDS.values())

    class InTurn(dict[int, int]):
        def get(self, item: int, *_none: object) -> Any:
            return kinds[self.setdefault(item, len(self)) % len(kinds)]

    monkeypatch.setattr(unasked, "OF", 2**63)
    monkeypatch.setattr(unasked, "DRAWN", InTurn())
    _go(play, 0, 240)
    told = CaseRecord.objects.exclude(actor_id=None)
    by_action = Counter(told.values_list("action", flat=True))
    assert {one.action for one in kinds} <= set(by_action), by_action
    assert by_action["agree"] and by_action["answer_order"] and by_action["accept_answer"]
    assert not told.exclude(body__contains='"simulated":true').exists()
    for action in ("order", "remind"):
        units = set(told.filter(action=action).values_list("unit_id", flat=True))
        assert len(units) > 1, "the centre and the sub-districts"
    twice = told.filter(action__in={one.action for one in kinds} - {"order", "remind"}).values("case_id", "action")
    assert max(Counter((row["case_id"], row["action"]) for row in twice).values()) == 1
    assert by_action["close"], "and cases go on to their end"
    _proved()


def test_what_was_refused_three_times_is_left_to_people(play: Robots, monkeypatch: pytest.MonkeyPatch) -> None:
    play.day.play(900, day.Story(until="dispose"), NOW - timedelta(hours=4), public=False)
    (case,) = Case.objects.filter(state="disposing").values_list("pk", flat=True)
    perform(play.day.named("chenliguo"), case, "ask_difficult", holding.seq_of(case), {"reason": "dispute", "note": "请会商"})
    tried: list[int] = []

    def of_another_case(*_told: Any) -> tuple[str, dict[str, object]]:
        tried.append(1)
        return "agree", {"request": 1}

    monkeypatch.setattr(beside, "deed", of_another_case)
    play.posts = frozenset({"policy_officer"})
    _go(play, 1, 45)
    assert len(tried) == play.refusals[case] == robots.GIVEN_UP
    assert not play.acts
    _proved()


def test_what_a_visitor_has_reported_done_or_in_hand_no_program_touches(play: Robots, city: town.Town) -> None:
    _go(play, 0, 21)
    director, inspector = _visitor(city, "chenliguo"), _visitor(city, "inspector")
    waiting = _waiting(city, robots.KINDS)
    touched, held = waiting[0].work.case_id, waiting[-1].work
    assert touched != held.case_id
    perform(director, touched, "comment", holding.seq_of(touched), {"text": "请加快"})
    WorkItem.objects.filter(pk=held.item_id).update(claimed_by=director.appointment_id, claimed_at=clock.now())
    place = city.communities[0].geom.point_on_surface  # type: ignore[union-attr]
    kept = files.store_photo(
        io.BytesIO(pictures.picture("道路破损", "before", 3)), name="a.jpg", platform_id=city.platform.pk, owner_id=inspector.user_id,
        zone=inspector.zone,
    )  # fmt: skip
    known = Case.objects.exclude(condition=None).order_by("pk")[0]
    own = intake.report(
        inspector, ReportInputs("inspector", "visitor-1", known.category_id, known.condition_id, "", False, "", place.x, place.y,
                                files=(kept.pk,)),
    )  # fmt: skip
    assert not rehearsal.hold(touched) and not rehearsal.hold(held.case_id)
    before = {pk: holding.seq_of(pk) for pk in (touched, held.case_id)}
    _go(play, 21, 90)
    assert {pk: holding.seq_of(pk) for pk in before} == before
    assert Report.objects.get(pk=own.pk).state == "waiting"
    assert Case.objects.filter(state="closed").exists(), "the others go on meanwhile"


def test_a_visitor_who_is_faster_than_the_program_keeps_the_case(play: Robots, city: town.Town) -> None:
    _go(play, 0, 12)
    one = _waiting(city, robots.KINDS)[0]
    perform(_visitor(city, "chenliguo"), one.work.case_id, "comment", one.seq, {"text": "我来办"})  # a remark moves nothing
    seq = holding.seq_of(one.work.case_id)
    play._try(one.work.kind, lambda: play._answer(one))
    assert holding.seq_of(one.work.case_id) == seq


def test_stopped_in_the_middle_of_an_act_everything_is_as_before_it(play: Robots, monkeypatch: pytest.MonkeyPatch) -> None:
    _go(play, 0, 12)
    plain: Any = day.Day.answer

    def stopped(self: day.Day, *args: Any, **more: Any) -> None:
        plain(self, *args, **more)
        raise KeyboardInterrupt

    before = {row.pk: (row.state, row.seq) for row in Case.objects.all()}
    monkeypatch.setattr(day.Day, "answer", stopped)
    with clock.travel(NOW + timedelta(minutes=40)), pytest.raises(KeyboardInterrupt):
        play.turn(0.0)
    after = {row.pk: (row.state, row.seq) for row in Case.objects.filter(pk__in=before)}
    assert after == before
    monkeypatch.setattr(day.Day, "answer", plain)
    _go(play, 42, 60)
    _proved()


def test_only_the_posts_that_are_named_are_played(play: Robots) -> None:
    play.posts = frozenset({"seat_agent", "inspector"})
    _go(play, 0, 36)
    assert Case.objects.filter(state="to_dispatch").exists()
    assert not Case.objects.exclude(dispatched_at=None).exists()


def test_the_posts_of_the_sign_in_page_keep_a_handful_of_each_queue_while_the_others_are_worked(
    play: Robots, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    seat, dispatcher = play.day.named("limin"), play.day.named("wangfang")
    monkeypatch.setattr(accounts, "shown", lambda: (("limin", "", ""), ("wangfang", "", "")))

    def desk(who: Acting, kind: str) -> int:
        return WorkItem.objects.filter(holders.held_by(who), closed_at=None, paused=False, kind=kind).count()

    play.left = 2
    _go(play, 0, 150)
    assert (desk(seat, "accept"), desk(seat, "file"), desk(dispatcher, "dispatch")) == (2, 2, 2)
    assert {"receive", "review"} <= set(play.acts), "what is more than that goes on"
    play.left = 0
    for minute in (180, 240):
        with clock.travel(NOW + timedelta(minutes=minute)):
            play.turn(0.0)
    assert (desk(seat, "accept"), desk(seat, "file")) == (0, 0)
    _proved()


def test_by_default_a_handful_is_left_and_all_leaves_nothing(play: Robots, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    made: list[Robots] = []

    def kept(*told: Any) -> Robots:
        made.append(Robots(*told))
        return made[-1]

    monkeypatch.setattr(commands_simulate, "Robots", kept)
    for every in (False, True):
        assert commands_simulate.simulate(argparse.Namespace(speed=60.0, hours=0.0, posts=None, all=every)) == 0
    assert [one.left for one in made] == [robots.LEFT, 0]
    assert capsys.readouterr().out.count("留给访客") == 1


def test_a_real_platform_is_refused(play: Robots, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    args = argparse.Namespace(speed=60.0, hours=1.0, posts=None, all=False)
    Platform.objects.create(code="110108", name="真实平台", short_name="真")
    assert commands_simulate.simulate(args) == 2
    assert "没有改动" in capsys.readouterr().out
