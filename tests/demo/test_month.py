"""The made city's months: lives made in bulk that are, row for row, what the ordinary actions would have left."""

from __future__ import annotations

import dataclasses
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from tests.demo.test_town import forget
from tests.support.city import settle
from urbangrid.cases import clocks, holding, ledgers, numbers, processes, verification, volume_rows
from urbangrid.cases.actions import intake, perform
from urbangrid.cases.actions.inputs import ReportInputs
from urbangrid.cases.models import Case, CaseAccess, CaseRecord, Clock, NumberSeries, RecordFile, RecordSecret, Report, WorkItem
from urbangrid.cases.models.request import CaseRequest
from urbangrid.cases.records import actor_of
from urbangrid.core import clock, files
from urbangrid.core.models import OutboxEntry
from urbangrid.demo import citizens, day, hard_cases, lying, mix, month, pictures, town
from urbangrid.demo.posts import Posts
from urbangrid.organizations.acting import Acting
from urbangrid.service_requests import actions as requests
from urbangrid.service_requests.models import ServiceRequest

NOW = datetime(2026, 11, 23, 1, 40, tzinfo=UTC)
"""Monday 09:40 in the city."""
ZONE = ZoneInfo("Asia/Shanghai")
SCALE, LIVES = 0.05, 0.017


@pytest.fixture(scope="module")
def city(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[town.Town, month.Month]]:
    """One city with two months for the module; its cases are few for its size."""
    folder = tmp_path_factory.mktemp("months")
    with django_db_blocker.unblock(), override_settings(FILES_ROOT=folder / "files", DATA=folder), transaction.atomic():
        with clock.travel(NOW), pytest.MonkeyPatch.context() as patch:
            forget()
            patch.setattr(mix, "OVERDUE", 8 / LIVES)  # as many as a larger city has
            made = town.build(lambda _line: None, town.since(NOW), scale=SCALE)
            lived = month.read(made.platform, LIVES, NOW, 13)
            assert lived is not None
            month.play(lived, lambda _line: None)
        settle()
        yield made, lived
        transaction.set_rollback(True)
    forget()


@pytest.fixture
def made(city: tuple[town.Town, month.Month], db: None) -> Iterator[tuple[town.Town, month.Month]]:
    forget()
    with clock.travel(NOW):
        yield city
    forget()


def test_every_record_of_the_months_is_proved_and_every_clock_is_what_the_engine_says(made: tuple[town.Town, month.Month]) -> None:
    connection.check_constraints()
    proved = verification.verify_cases(list(Case.objects.values_list("pk", flat=True)))
    assert proved.cases == Case.objects.count() > 250
    assert proved.records == CaseRecord.objects.count() > 8 * proved.cases
    assert proved.faults == []
    platform = made[0].platform
    for row in Clock.objects.order_by("pk"):
        told = clocks.columns(clocks.state_of(row, platform.pk, platform.zone), clocks.warn_rules(platform.pk))
        assert {name: getattr(row, name) for name in told} == told, f"{row.kind} {row.stage} of case {row.case_id}"


def test_each_open_case_has_the_work_of_its_state_and_the_ended_ones_have_none(made: tuple[town.Town, month.Month]) -> None:
    process = processes.process_of(processes.current_for(made[0].platform.pk, "inspector", "").pk)
    work: dict[int, list[WorkItem]] = {}
    for item in WorkItem.objects.filter(closed_at=None, case__isnull=False).order_by("pk"):
        work.setdefault(item.case_id or 0, []).append(item)
    for case in Case.objects.order_by("pk"):
        own = {item.kind for item in work.get(case.pk, [])} - {"fence"}
        assert own == ({process.waits[case.state].work} if case.closed_at is None else set()), case.state  # type: ignore[index]
    assert not WorkItem.objects.filter(unit=None).exists()
    assert not OutboxEntry.objects.filter(subject_id__in=Case.objects.values("pk")).exists(), "nobody is told what was long ago"


def test_the_months_have_the_mix_and_the_weaknesses_of_a_real_centre(made: tuple[town.Town, month.Month]) -> None:
    _city, lived = made
    many = dataclasses.replace(lived, scale=0.1, serials=defaultdict(int))
    sources = Counter(told.source for told in many.reports(0))
    total = sum(sources.values())
    assert 2000 < total < 3500
    assert 0.86 <= sources["inspector"] / total <= 0.96
    assert 0.04 <= sources["hotline"] / total <= 0.07
    events = Case.objects.filter(category__kind="event").count() / Case.objects.count()
    assert 0.88 <= events <= 0.98
    filed = Case.objects.exclude(filed_at=None)
    assert 0.01 <= filed.filter(rework_count__gt=0).count() / filed.count() <= 0.05
    assert Report.objects.filter(state="refused").exists()
    days = {at.astimezone(ZONE).date() for at in Report.objects.values_list("received_at", flat=True)}
    assert min(days) == date(2026, 10, 1) and max(days) == date(2026, 11, 23)
    for code, wanted in ((mix.WORST, 0.78), (mix.BEST, 0.99)):
        judged = Case.objects.filter(handler_unit__code=code, on_time__isnull=False)
        kept = judged.filter(on_time=True).count() / judged.count()
        assert kept == pytest.approx(wanted, abs=0.06), f"{code}: {kept:.3f} of {judged.count()}"


def test_numbers_go_on_where_the_months_ended(made: tuple[town.Town, month.Month]) -> None:
    given_ = list(Case.objects.exclude(number=None).values_list("number", flat=True))
    assert len(given_) == len(set(given_))
    last = NumberSeries.objects.get(kind="report", day=date(2026, 11, 20)).last
    assert max(Report.objects.filter(number__startswith="261120-").values_list("number", flat=True)) == f"261120-{last:04d}"


# --- the same lives, played by the ordinary actions ---


def _again(made: tuple[town.Town, month.Month], case: Case) -> Case:
    """The life of a case once more, through ``perform``, by the same people at the same instants."""
    origin = Report.objects.get(case_links__case=case, case_links__role="origin")
    posts = Posts.read(case.platform_id)
    records = list(CaseRecord.objects.filter(case_id=case.pk).order_by("seq"))
    with clock.travel(origin.received_at):
        reporter = posts.by_id[origin.reporter_appointment_id] if origin.reporter_appointment_id else _seat(posts)
        report = intake.report(
            reporter,
            ReportInputs(
                origin.source, f"again-{case.pk}", origin.category_id, origin.condition_id, origin.description, origin.urgent,
                origin.place_text, origin.point.x, origin.point.y, device_at=origin.device_at,  # type: ignore[union-attr]
                files=_photos(reporter, bool(origin.reporter_appointment_id)),
            ),
            simulated=True,
        )  # fmt: skip
    again = 0
    for record in records:
        if record.action == "hand_on":
            continue
        who = posts.by_id[record.appointment_id or 0]
        with clock.travel(record.at):
            if record.action == "accept":
                again = intake.accept(who, report.pk).pk
            else:
                seq = Case.objects.get(pk=again).seq
                perform(who, again, record.action, seq, _inputs(case, record, who))
    return Case.objects.get(pk=again)


def _seat(posts: Posts) -> Acting:
    return next(one for one in posts.by_id.values() if one.post_code == "seat_agent")


def _photos(who: Acting, wanted: bool) -> tuple[int, ...]:
    if not wanted:
        return ()
    data = pictures.picture("道路破损", "check", who.user_id % 9999)
    kept = files.store_photo(io.BytesIO(data), name="a.jpg", platform_id=who.platform_id, owner_id=who.user_id, zone=who.zone)
    return (kept.pk,)


def _inputs(case: Case, record: CaseRecord, who: Acting) -> dict[str, Any]:
    """What was typed, read back from the record."""
    secrets = dict(RecordSecret.objects.filter(case=case, seq=record.seq).values_list("name", "value"))
    given: dict[str, Any] = dict(secrets)
    if RecordFile.objects.filter(case=case, seq=record.seq).exists():
        given["files"] = list(_photos(who, wanted=True))
    if record.action == "dispatch":
        given["unit_id"] = record.target_unit_id
    elif record.action in ("verify", "check"):
        given["answer"] = record.reason
    elif record.action in ("rework", "refuse_filing"):
        given["reason"] = record.reason
    if record.action in ("send_verification", "send_check"):
        following = CaseRecord.objects.filter(case_id=case.pk, seq=record.seq + 1).first()
        given["person"] = following.appointment_id if following is not None else None
    if record.action == "file":
        given["repeat_of"] = int(json.loads(record.body)["inputs"].get("repeat_of", 0))
    return given


ITEM = (
    "kind", "duty", "unit_id", "appointment_id", "urgent", "opened_seq", "opened_at", "closed_seq", "closed_at", "closed_by_id", "on_time",
    "note", "paused", "due_at",
)  # fmt: skip
CLOCK = (
    "kind", "stage", "unit_id", "calendar_code", "calendar_version", "limit_seconds", "budget_seconds", "events", "due_at", "warn_at",
    "look_at", "ended_at", "on_time",
)  # fmt: skip
NOT_COMPARED = frozenset({"id", "number", "last_hash", "words"})


def _rows(case: Case) -> Mapping[str, Any]:
    """Everything that a case consists of, without ids, numbers and what is drawn by chance."""
    items = WorkItem.objects.filter(case=case).order_by("opened_seq", "kind")
    own = Clock.objects.filter(case=case).order_by("kind", "stage", "events")
    records = []
    for one in CaseRecord.objects.filter(case_id=case.pk).order_by("seq"):
        body = json.loads(one.body)
        inputs = {name: value for name, value in body["inputs"].items() if name not in ("number", "report", "photo_doubts")}
        if "candidates" in inputs:  # precedents are counted at the instant of each dispatch
            inputs["candidates"] = [row["unit"] for row in inputs["candidates"]]
        kept = {name: inputs[name] for name in inputs}
        records.append((
            one.seq, one.action, one.from_state, one.to_state, one.at, actor_of(one.body), one.unit_id, one.target_unit_id, one.reason,
            kept, body["device_at"], sorted(body["secrets"]), [row["role"] for row in body["files"]], body["chained"],
        ))  # fmt: skip
    return {
        "case": {name: getattr(case, name) for name in (one.attname for one in Case._meta.concrete_fields) if name not in NOT_COMPARED},
        "items": [tuple(getattr(row, name) for name in ITEM) for row in items],
        "clocks": [tuple(getattr(row, name) for name in CLOCK) for row in own],
        "records": records,
        "access": sorted(CaseAccess.objects.filter(case=case).values_list("why", "unit_id", "division_id", "since"), key=str),
    }


WAYS: dict[str, dict[str, Any]] = {
    "an inspector's, on time": {"source_class": "inspector", "state": "closed", "rework_count": 0, "on_time": True},
    "late": {"source_class": "inspector", "state": "closed", "rework_count": 0, "on_time": False},
    "sent again": {"state": "closed", "rework_count__gt": 0},
    "a citizen's": {"source_class": "public", "state": "closed"},
    "back again": {"state": "closed", "repeat": True},
    "fenced": {"fenced_at__isnull": False, "state": "closed"},
    "under way": {"state": "disposing"},
}


@pytest.mark.parametrize("way", WAYS)
def test_a_life_made_in_bulk_is_what_the_actions_leave(made: tuple[town.Town, month.Month], way: str) -> None:
    cases = Case.objects.filter(**WAYS[way]).order_by("-opened_at")[:2]
    assert cases, "the months have such a case"
    for case in cases:
        expected, found = _rows(_again(made, case)), _rows(case)
        for part in expected:
            assert found[part] == expected[part], part
        assert case.words, "it is found by its words"


def test_a_life_that_ends_because_the_matter_is_not_there_is_the_same_too(
    made: tuple[town.Town, month.Month], monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(mix, "UNTRUE", 1.0)
    monkeypatch.setattr(mix, "REFUSED", 0.0)
    _city, lived = made
    life = lived.play(lived._told(NOW - timedelta(hours=5), "hotline"))
    volume_rows.write(life.rows())
    numbers.go_on_from(made[0].platform, lived.serials)
    assert life.case is not None
    case = Case.objects.get(pk=life.case.pk)
    assert case.state == "not_filed"
    expected, found = _rows(_again(made, case)), _rows(case)
    for part in expected:
        assert found[part] == expected[part], part


# --- citizens ---


def test_each_report_of_a_citizen_has_her_request_which_is_answered_when_its_case_ends(made: tuple[town.Town, month.Month]) -> None:
    public = Report.objects.filter(source_class="public")
    requests_ = {row.report_id: row for row in ServiceRequest.objects.select_related("contact")}
    assert set(requests_) == set(public.values_list("pk", flat=True)) and len(requests_) > 15
    for report in public:
        request = requests_[report.pk]
        assert report.contact_id == request.contact_id and request.contact is not None
        assert request.contact.phone.startswith("5550"), "a number that is not given out"
        case = Case.objects.filter(report_links__report=report, report_links__role="origin").first()
        assert list(request.case_links.values_list("case_id", flat=True)) == ([case.pk] if case is not None else [])
        closed = case.closed_at if case is not None else None
        ended = report.state == "refused" or (closed is not None and closed < NOW - timedelta(minutes=1))
        assert (request.state != "open") == ended
        assert bool(request.reply) == ended
    assert "closed" in {row.state for row in requests_.values()}


CALLS = {"satisfied": (1.0, 0.0), "dissatisfied": (0.0, 0.0), "not_reached": (0.0, 1.0)}


@pytest.mark.parametrize("first", CALLS)
def test_a_request_made_in_bulk_is_what_the_actions_leave(
    made: tuple[town.Town, month.Month], monkeypatch: pytest.MonkeyPatch, first: str
) -> None:  # fmt: skip
    satisfied, missed = CALLS[first]
    for name, value in (("SATISFIED", satisfied), ("NOT_REACHED", missed)):
        monkeypatch.setattr(citizens, name, value)
    monkeypatch.setattr(mix, "REFUSED", 0.0)
    _city, lived = made
    at = NOW - timedelta(days=20)
    life = next(one for number in range(9) if (one := lived.play(lived._told(at + timedelta(minutes=number), "hotline"))).citizen
                and one.citizen.state == "closed")  # fmt: skip
    volume_rows.write(life.rows())
    numbers.go_on_from(made[0].platform, lived.serials)
    assert life.citizen is not None and life.case is not None
    row = ServiceRequest.objects.get(pk=life.citizen.request.pk)
    calls = [record.values["result"] for record in row.records.filter(action="follow_up").order_by("seq")]
    assert calls == {"satisfied": ["satisfied"], "dissatisfied": ["dissatisfied", "satisfied"], "not_reached": ["not_reached"] * 3}[first]
    again = _request_again(row)
    assert _of_request(again) == _of_request(row)


def _request_again(row: ServiceRequest) -> ServiceRequest:
    """The same by the ordinary actions, by the same people at the same instants."""
    posts = Posts.read(row.platform_id)
    contact, report = row.contact, row.report
    assert contact is not None and report is not None and report.point is not None
    made, who = None, None
    for record in row.records.order_by("seq"):
        who = posts.by_id[record.appointment_id] if record.appointment_id else None
        with clock.travel(record.at):
            if made is None:
                assert who is not None
                asked = requests.Registration(
                    row.source, f"again-{row.pk}", row.text, line=row.line, contact=requests.Contact(contact.name, contact.phone),
                    category_id=row.category_id, condition_id=report.condition_id, place_text=row.place_text,
                    longitude=report.point.x, latitude=report.point.y,
                )  # fmt: skip
                made = requests.register(who, asked, simulated=True)
            elif who is None:
                assert requests.answer(made.pk, record.note, record.at)
            else:
                seq = ServiceRequest.objects.get(pk=made.pk).seq
                if record.action == "tell":
                    requests.tell(who, made.pk, seq, "", record.values["channel"])
                elif record.action == "write_reply":
                    requests.write_reply(who, made.pk, seq, record.note)
                else:
                    requests.follow_up(who, made.pk, seq, record.values["result"], record.note)
    assert made is not None
    return ServiceRequest.objects.get(pk=made.pk)


OWN = frozenset({"id", "number", "client_id", "contact_id", "report_id"})


def _of_request(row: ServiceRequest) -> Mapping[str, Any]:
    fields = {one.attname: getattr(row, one.attname) for one in ServiceRequest._meta.concrete_fields if one.attname not in OWN}
    records = [
        (one.seq, one.action, one.at, one.actor_id, one.appointment_id, one.actor, one.note, {**one.values, "report": ""})
        for one in row.records.order_by("seq")
    ]
    return {**fields, "records": records}


# --- what comes after them ---


def test_what_was_left_lying_is_suspended_and_extended_by_the_posts(made: tuple[town.Town, month.Month]) -> None:
    city, lived = made
    today = day.begin(city, NOW)
    assert lived.left.suspended or lived.left.extended
    lying.go_on(lived, today, lambda _line: None)
    for case_id, _at in lived.left.suspended:
        assert Case.objects.get(pk=case_id).aside in ("suspended", "asking")
        assert verification.verify_case(case_id) == []
    for case_id, _at in lived.left.extended:
        assert CaseRecord.objects.filter(case_id=case_id, action="ask_extension").exists()
        assert verification.verify_case(case_id) == []


def test_a_few_difficult_cases_and_instructions_stand_in_their_lists_each_as_far_as_it_has_come(
    made: tuple[town.Town, month.Month],
) -> None:  # fmt: skip
    today, told = day.begin(made[0], NOW), list[str]()
    hard_cases.play(today, told.append)
    leader = today.named("gaojian")
    difficult, instructed = (ledgers.ledger(leader, name, open_only=False)[0] for name in ("difficult", "instruction"))
    assert Counter(row.state for row in difficult) == {"granted": 1, "waiting": 2}
    assert Counter(row.state for row in instructed) == {"ended": 1, "answered": 1, "waiting": 1}
    assert told[0].startswith("疑难件 3 件，批示件 3 件，")
    cases = [row.case_id for row in (*difficult, *instructed)]
    assert len(set(cases)) == 6 and len({Case.objects.get(pk=pk).handler_unit_id for pk in cases}) > 1
    assert verification.verify_cases(cases).faults == []
    assert RecordSecret.objects.filter(case__in=cases, value=hard_cases.INSTRUCTIONS[2][0].note).count() == 1
    assert not {one.case_id for one in holding.lying(made[0].platform.pk)} & set(cases), "nothing is asked twice"


def test_a_few_orders_and_returns_stand_too_as_far_as_they_have_come(
    made: tuple[town.Town, month.Month], monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(hard_cases, "INSTRUCTIONS", ())  # the small city has not as many cases that lie
    monkeypatch.setattr(hard_cases, "DIFFICULT", ())
    today, told = day.begin(made[0], NOW), list[str]()
    hard_cases.play(today, told.append)
    assert told == ["疑难件 0 件，批示件 0 件，督办件 3 件，申请回退 2 件"]
    ordered = ledgers.ledger(today.named("chenliguo"), "order", open_only=False)[0]
    assert Counter(row.state for row in ordered) == {"ended": 1, "answered": 1, "waiting": 1}
    returned = CaseRequest.objects.filter(kind="send_back", case__platform=made[0].platform)
    assert Counter(returned.values_list("state", flat=True)) == {CaseRequest.REFUSED: 1, CaseRequest.GRANTED: 1}
    cases = [row.case_id for row in ordered] + list(returned.values_list("case_id", flat=True))
    assert len(set(cases)) == 5 and verification.verify_cases(cases).faults == []
    again = Case.objects.get(pk=returned.get(state=CaseRequest.GRANTED).case_id)
    assert again.state == "to_dispatch", "it waits to be dispatched anew"
